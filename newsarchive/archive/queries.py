"""Articles as they leave the archive: whole, with their names instead of ids, one after the other in flat memory."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from newsarchive.errors import UserError
from newsarchive.search import Sql, condition
from newsarchive.urls import canonical_url, find_info_code, parse_info_code

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Generator, Iterable, Iterator


#: What an article's row is exported as; the names are also those of the columns in tables.
COLUMNS = {
    "article_key": "a.article_key",
    "info_code": "a.info_code",
    "kind": "a.kind",
    "title": "a.title",
    "source": "s.name",
    "published_at": "a.published_at",
    "published_date": "a.published_date",
    "published_precision": "a.published_precision",
    "category": "c.slug",
    "category_name": "c.name",
    "category_url": "c.url",
    "section": "a.section",
    "lang": "a.lang",
    "site": "a.site",
    "url": "a.url",
    "share_url": "a.share_url",
    "original_url": "a.original_url",
    "original_title": "a.original_title",
    "digest": "a.digest",
    "attribution": "a.attribution",
    "via": "a.via",
    "paywalled": "a.paywalled",
    "char_count": "a.char_count",
    "paragraph_count": "a.paragraph_count",
    "story_id": "a.story_id",
    "revision": "a.revision",
    "first_seen_at": "a.first_seen_at",
    "last_seen_at": "a.last_seen_at",
    "changed_at": "a.changed_at",
    "extractor": "a.extractor",
    "body": "a.body",
}
#: What belongs to an article in rows of its own: table -> columns.
PARTS = {
    "paragraphs": ("kind", "text"),
    "bylines": ("role", "name"),
    "mentions": ("market", "code", "name", "count"),
    "images": ("url", "alt", "caption"),
    "copies": ("url", "role", "site", "first_seen_at", "last_seen_at", "http_status"),
}

# Articles read at once: what is in memory at any time.
_STEP = 100
_FROM = "FROM articles a LEFT JOIN sources s ON s.id = a.source_id LEFT JOIN categories c ON c.id = a.category_id"


@dataclass(slots=True)
class Exported:
    """An article: `row` by the names in `COLUMNS`, and its parts as rows by the names in `PARTS`."""

    row: dict[str, Any]
    paragraphs: list[dict[str, Any]] = field(default_factory=list)
    bylines: list[dict[str, Any]] = field(default_factory=list)
    mentions: list[dict[str, Any]] = field(default_factory=list)
    images: list[dict[str, Any]] = field(default_factory=list)
    copies: list[dict[str, Any]] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The article's key."""
        return str(self.row["article_key"])


def articles(
    connection: sqlite3.Connection,
    query: str = "",
    *,
    parts: tuple[str, ...] = tuple(PARTS),
    progress: Callable[[int], None] | None = None,
) -> Generator[Exported, None, None]:
    """Yield the articles that a search query matches (an empty one: all), in the order in which they were stored.

    Only the named parts are read. All of them show the archive at one moment, whatever is written meanwhile.
    `progress` is called with the number of articles yielded so far. Raises QueryError before the first article.
    """
    where = condition(connection, query)
    return _stream(connection, where, parts, progress)


def articles_of(connection: sqlite3.Connection, ids: Iterable[int]) -> Iterator[Exported]:
    """Yield the articles of these ids, whole and in the order of the ids; an id without an article is left out."""
    for article_id in ids:
        yield from _stream(connection, Sql("a.id = ?", (article_id,)), tuple(PARTS), None)


def months(connection: sqlite3.Connection, query: str = "") -> list[str | None]:
    """List the months (2022-03) in which articles that match were published; None stands for the undated."""
    where = condition(connection, query)
    rows = connection.execute(
        f"SELECT DISTINCT substr(a.published_at, 1, 7) AS month FROM articles a WHERE {where.text} ORDER BY month",  # noqa: S608
        where.parameters,
    )
    return [row[0] for row in rows]


def articles_of_month(
    connection: sqlite3.Connection,
    query: str,
    month: str | None,
    *,
    parts: tuple[str, ...] = tuple(PARTS),
    progress: Callable[[int], None] | None = None,
) -> Iterator[Exported]:
    """Yield the matching articles of one month, as `articles` does."""
    where = condition(connection, query)
    # U+007F sorts after the hyphen that follows the month in a time.
    dated = Sql("a.published_at >= ? AND a.published_at < ?", (month, month + "\x7f")) if month else None
    dated = dated or Sql("a.published_at IS NULL")
    both = Sql(f"({where.text}) AND {dated.text}", (*where.parameters, *dated.parameters))
    return _stream(connection, both, parts, progress)


@contextmanager
def one_moment(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold a read transaction unless one is open: everything read inside shows the archive as it is now."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def _stream(
    connection: sqlite3.Connection, where: Sql, parts: tuple[str, ...], progress: Callable[[int], None] | None
) -> Generator[Exported, None, None]:
    columns = ", ".join(COLUMNS.values())
    sql = f"SELECT a.id, {columns} {_FROM} WHERE {where.text} ORDER BY a.id"
    done = 0
    with one_moment(connection):
        cursor = connection.execute(sql, where.parameters)
        while rows := cursor.fetchmany(_STEP):
            found = {row[0]: Exported(dict(zip(COLUMNS, row[1:], strict=True))) for row in rows}
            for part in parts:
                _add_parts(connection, found, part)
            yield from found.values()
            done += len(found)
            if progress is not None:
                progress(done)


def _add_parts(connection: sqlite3.Connection, found: dict[int, Exported], part: str) -> None:
    names = PARTS[part]
    rows = connection.execute(
        f"SELECT article_id, {', '.join(names)} FROM {part} "  # noqa: S608
        "WHERE article_id IN (SELECT value FROM json_each(?)) ORDER BY article_id, rowid",
        (json.dumps(list(found)),),
    )
    for article_id, *values in rows:
        getattr(found[article_id], part).append(dict(zip(names, values, strict=True)))


_SHORTEST_END = 4  # digits


def find_article(connection: sqlite3.Connection, text: str) -> int:
    """Return the id of the article that a key, an info code, an address or the last digits of a key name.

    Raises UserError when there is none, or more than one.
    """
    wanted = text.strip()
    ids = _exact(connection, wanted) or _ending(connection, wanted)
    if len(ids) == 1:
        return ids[0]
    if ids:
        raise UserError(f"{wanted} is the end of {len(ids)} keys - write more digits")
    raise UserError(
        f"no article {wanted} in this archive - a key, info code or address is wanted;"
        " `newsarchive search WORD` lists keys"
    )


def _exact(connection: sqlite3.Connection, wanted: str) -> list[int]:
    keys = {wanted}
    if code := parse_info_code(wanted):
        keys.add(code.digits)
    if "/" in wanted:
        keys |= _keys_of_address(wanted)
    for key in sorted(keys):
        rows = connection.execute(
            "SELECT id FROM articles WHERE article_key = ?1 UNION SELECT article_id FROM copies WHERE url = ?1", (key,)
        ).fetchall()
        if rows:
            return [row[0] for row in rows]
    return []


def _keys_of_address(wanted: str) -> set[str]:
    try:
        code = find_info_code(wanted)
        return {code.digits if code else canonical_url(wanted if "://" in wanted else f"//{wanted}")}
    except ValueError:  # brackets or a port that no address has
        return set()


def _ending(connection: sqlite3.Connection, wanted: str) -> list[int]:
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) >= _SHORTEST_END):
        return []
    rows = connection.execute("SELECT id FROM articles WHERE article_key LIKE ? LIMIT 50", (f"%{wanted}",))
    return [row[0] for row in rows]
