"""Search the archive: a query as people type it, the newest or best articles as the answer, and what matched."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from newsarchive.search.index import (
    create_index,
    folding_of,
    integrity_check,
    match_expression,
    register_functions,
    reindex,
)
from newsarchive.search.query import QueryError, parse
from newsarchive.search.ranking import (
    MOST_RANKED,
    Position,
    by_rank,
    by_time,
)
from newsarchive.search.snippets import Highlighter, Marks
from newsarchive.search.sql import Sql, plan, words_of

if TYPE_CHECKING:
    import sqlite3

    from newsarchive.search.sql import Plan

__all__ = [
    "MOST_RANKED",
    "Hit",
    "Marks",
    "Order",
    "Position",
    "QueryError",
    "condition",
    "count",
    "create_index",
    "integrity_check",
    "match_expression",
    "register_functions",
    "reindex",
    "search",
]

Order = Literal["newest", "oldest", "rank"]


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that matches. `title` is as printed; `marked_title` and `snippet` are plain text with marks in it.

    `rank` grows with relevance and is only set when the order is by rank.
    """

    article_id: int
    article_key: str
    title: str
    marked_title: str
    published_at: str | None
    published_precision: str | None
    source: str | None
    snippet: str
    rank: float | None

    @property
    def position(self) -> Position:
        """The place behind which the next page begins, for the orders `newest` and `oldest`."""
        return Position(self.published_at, self.article_id)


def search(
    connection: sqlite3.Connection,
    query: str,
    *,
    order: Order = "newest",
    limit: int = 50,
    offset: int = 0,
    after: Position | None = None,
    marks: Marks | None = None,
) -> list[Hit]:
    """Find articles; the query language is described in `search_query`.

    `newest` and `oldest` follow the time of publication exactly, undated articles last; `rank` weighs only the newest
    `MOST_RANKED` matches, and a query without words falls back to `newest`. A further page begins `after` the last
    hit's position (fast at any depth; not for `rank`) or at an `offset`. Raises QueryError, saying what to mend, and
    ValueError for a limit below one or a negative offset.
    """
    if limit < 1 or offset < 0:
        raise ValueError(f"limit {limit}, offset {offset}: there is no such page")
    folding = folding_of(connection)
    tree = parse(query, folding)
    found = plan(tree)
    ranks: dict[int, float] = {}
    if order == "rank" and found.match is not None:
        ranks = dict(by_rank(connection, found, offset + limit, folding)[offset:])
        ids = list(ranks)
    else:
        ids = by_time(connection, found, offset + limit, oldest=order == "oldest", after=after)[offset:]
    return _hits(connection, ids, ranks, Highlighter(words_of(tree), folding, marks or Marks()))


def count(connection: sqlite3.Connection, query: str) -> int:
    """Count the articles that a query matches. Raises QueryError."""
    found = plan(parse(query, folding_of(connection)))
    if found.match is not None and not found.conditions:
        index = found.match.index
        sql = Sql(f"SELECT count(*) FROM {index} WHERE {index} MATCH ?", (found.match.expression,))  # noqa: S608
    else:
        where = _whole(found)
        sql = Sql(f"SELECT count(*) FROM articles a WHERE {where.text}", where.parameters)  # noqa: S608
    (number,) = connection.execute(sql.text, sql.parameters).fetchone()
    return int(number)


def condition(connection: sqlite3.Connection, query: str) -> Sql:
    """Turn a query into an SQL condition on `articles a`, for exports and statistics; an empty query is every article.

    Raises QueryError.
    """
    return _whole(plan(parse(query, folding_of(connection)))) if query.strip() else Sql("true")


def _whole(found: Plan) -> Sql:
    where = found.where
    if found.match is None:
        return where
    index = found.match.index
    return Sql(
        f"a.id IN (SELECT rowid FROM {index} WHERE {index} MATCH ?) AND ({where.text})",  # noqa: S608
        (found.match.expression, *where.parameters),
    )


def _hits(
    connection: sqlite3.Connection, ids: list[int], ranks: dict[int, float], highlighter: Highlighter
) -> list[Hit]:
    rows = connection.execute(
        "SELECT a.id, a.article_key, a.title, a.digest, a.body, a.published_at, a.published_precision, s.name "
        "FROM articles a LEFT JOIN sources s ON s.id = a.source_id WHERE a.id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    )
    hits = {}
    for article_id, key, title, digest, body, published_at, precision, source in rows:
        hits[article_id] = Hit(
            article_id=article_id,
            article_key=key,
            title=title or "",
            marked_title=highlighter.title(title or ""),
            published_at=published_at,
            published_precision=precision,
            source=source,
            snippet=highlighter.snippet(body, digest),
            rank=ranks.get(article_id),
        )
    return [hits[article_id] for article_id in ids if article_id in hits]
