"""The search of an archive: a text is parsed, and the query asked for hits, numbers, facets and conditions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from newsarchive.i18n import _
from newsarchive.search.facets import Facets
from newsarchive.search.fields import Sql
from newsarchive.search.index import SearchIndex
from newsarchive.search.query import EVERYTHING, Query, QueryError, parse, write_term
from newsarchive.search.ranking import Matches, Position
from newsarchive.search.snippets import Highlighter, Marks, word_pattern
from newsarchive.search.sql import Plan, filters_of, plan, words_of

if TYPE_CHECKING:
    import re
    import sqlite3
    from collections.abc import Callable, Mapping

    from newsarchive.search.folding import Folding

Order = Literal["newest", "oldest", "longest", "shortest", "rank"]


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
    url: str
    site: str
    lang: str | None
    category: str | None
    category_name: str | None
    char_count: int | None
    paywalled: bool
    story_id: int | None
    source_count: int

    @property
    def position(self) -> Position:
        """The place behind which the next page begins, for the orders of time and of length."""
        return Position(self.published_at, self.article_id, self.char_count or 0)


class Search:
    """The search of one archive: a text is parsed once, and the query then asked for hits, numbers, conditions."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def parse(self, text: str) -> Query:
        """Read a query; its language is described in `query`. An empty text asks for everything.

        Raises QueryError, saying what to mend: also for a source of which the archive has nothing.
        """
        query = parse(text, self._folding)
        for part in filters_of(query):
            if part.field == "source" and not part.prefix:
                self._check_source(part.value, text)
        return query

    def _check_source(self, name: str, text: str) -> None:
        if self._connection.execute("SELECT 1 FROM sources WHERE name = ?", (name,)).fetchone():
            return  # as printed, by its index: links of a page always write it so
        rows = self._connection.execute("SELECT search_fold(name), name FROM sources")
        known = {folded: printed for folded, printed in rows if folded}
        folded = self._folding.fold(name)
        if not known or folded in known:
            return
        from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

        close = get_close_matches(folded, known, n=1, cutoff=0.5)
        instead = write_term("source", known[close[0]]) or "" if close else ""
        advice = _("write {term}", term=instead) if instead else _("write how it begins: source:财*")
        problem = _("there is no source {name!r} in this archive", name=name)
        raise QueryError(problem, max(0, text.find(name)), advice, instead)

    def hits(
        self,
        query: Query,
        *,
        order: Order = "newest",
        limit: int = 50,
        offset: int = 0,
        after: Position | None = None,
        marks: Marks | None = None,
    ) -> list[Hit]:
        """Return the articles that a query finds.

        `newest` and `oldest` follow the time of publication exactly, undated articles last, `longest` and `shortest`
        the number of characters; `rank` weighs only the newest `MOST_RANKED` matches, and a query without words falls
        back to `newest`. A further page begins `after` the last hit's position (fast at any depth; not for `rank`) or
        at an `offset`. Raises ValueError for a limit
        below one or a negative offset.
        """
        return self.hits_of(query, self.ids(query, order=order, limit=limit, offset=offset, after=after), marks)

    def ids(
        self, query: Query, *, order: Order, limit: int, offset: int = 0, after: Position | None = None
    ) -> dict[int, float | None]:
        """Return the ids of the articles that `hits` would return, in their order, each with its rank."""
        if limit < 1 or offset < 0:
            raise ValueError(f"limit {limit}, offset {offset}: there is no such page")
        matches = Matches(self._connection, plan(query))
        if order == "rank" and matches.have_words:
            return dict(matches.by_rank(offset + limit, self._folding)[offset:])
        if order in ("longest", "shortest"):
            found = matches.by_length(offset + limit, shortest=order == "shortest", after=after)
        else:
            found = matches.by_time(offset + limit, oldest=order == "oldest", after=after)
        return dict.fromkeys(found[offset:])

    def hits_of(self, query: Query, ids: Mapping[int, float | None], marks: Marks | None = None) -> list[Hit]:
        """Return hits for what `ids` has returned."""
        return self._read(list(ids), ids, Highlighter(words_of(query), self._folding, marks or Marks()))

    def count(self, query: Query) -> int:
        """Return how many articles a query finds."""
        found = plan(query)
        if found.match is not None and not found.conditions:
            index = found.match.index
            sql = Sql(f"SELECT count(*) FROM {index} WHERE {index} MATCH ?", (found.match.expression,))  # noqa: S608
        elif query == EVERYTHING:
            sql = Sql("SELECT count(*) FROM articles")  # without a condition SQLite need not look at the rows
        else:
            where = _whole(found)
            sql = Sql(f"SELECT count(*) FROM articles a WHERE {where.text}", where.parameters)  # noqa: S608
        (number,) = self._connection.execute(sql.text, sql.parameters).fetchone()
        return int(number)

    def condition(self, query: Query) -> Sql:
        """Return a query as an SQL condition on `articles a`, for exports and statistics."""
        return _whole(plan(query))

    def word_pattern(self, query: Query) -> re.Pattern[str] | None:
        """Return a regular expression that finds the words of a query in printed text; None where it has none."""
        return word_pattern(words_of(query), self._folding)

    def facets(self, query: Query, *, most: int = 4000, lines: int = 8, is_single: bool = False) -> Facets:
        """Return what the articles that a query finds have in common, among those stored last, `most` of them at most.

        At most `lines` values of each kind are counted, each kind when it is first asked for; `is_single` is for who
        asks for one of them.
        """
        return Facets(self._connection, self.condition(query), most=most, lines=lines, is_single=is_single)

    def reindex(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Index all articles again, see `SearchIndex.reindex`; no commit is made."""
        SearchIndex(self._connection).reindex(progress)
        self.__dict__.pop("_folding", None)

    def check(self, *, words: bool = True) -> list[str]:
        """Look for damage in the index and, with `words`, compare it with the articles; nothing is written.

        Returns what is wrong, in words.
        """
        return SearchIndex(self._connection).check(words=words)

    @cached_property
    def _folding(self) -> Folding:
        return SearchIndex(self._connection).folding()

    def _read(self, ids: list[int], ranks: Mapping[int, float | None], highlighter: Highlighter) -> list[Hit]:
        rows = self._connection.execute(
            "SELECT a.id, a.article_key, a.title, a.digest, a.body, a.published_at, a.published_precision, s.name, "
            "a.url, a.site, a.lang, c.slug, c.name, a.char_count, a.paywalled, a.story_id, t.source_count "
            "FROM articles a LEFT JOIN sources s ON s.id = a.source_id LEFT JOIN categories c ON c.id = a.category_id "
            "LEFT JOIN stories t ON t.id = a.story_id WHERE a.id IN (SELECT value FROM json_each(?))",
            (json.dumps(ids),),
        )
        hits = {}
        for article_id, key, title, digest, body, published_at, precision, source, *more in rows:
            url, site, lang, slug, category, length, paywalled, story_id, sources = more
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
                url=url,
                site=site,
                lang=lang,
                category=slug,
                category_name=category,
                char_count=length,
                paywalled=bool(paywalled),
                story_id=story_id,
                source_count=sources or 0,
            )
        return [hits[article_id] for article_id in ids if article_id in hits]


def condition(connection: sqlite3.Connection, text: str) -> Sql:
    """Return the text of a query as an SQL condition on `articles a`. Raises QueryError."""
    search = Search(connection)
    return search.condition(search.parse(text))


def _whole(found: Plan) -> Sql:
    where = found.where
    if found.match is None:
        return where
    index = found.match.index
    return Sql(
        f"a.id IN (SELECT rowid FROM {index} WHERE {index} MATCH ?) AND ({where.text})",  # noqa: S608
        (found.match.expression, *where.parameters),
    )
