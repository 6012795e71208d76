"""Read articles out of the archive: whole, with names instead of ids; their revisions, and their story's members.

Parts come in one order everywhere, which does not depend on the order in which copies arrived: paragraphs and images
by position, bylines by role and name, mentions by market and code, copies by when they were first seen.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from newsarchive.archive.joins import ARTICLES_WITH_NAMES, ARTICLES_WITH_SOURCE
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.models import Byline, Image, Mention, Paragraph
from newsarchive.search import Sql
from newsarchive.url_keys import url_key
from newsarchive.urls import parse_info_code

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

#: A row: column -> value.
Row = dict[str, Any]

#: What an article's row is exported as: name -> column.
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
    "document_number": "a.document_number",
    "index_number": "a.index_number",
    "region": "a.region",
    "embeds": "a.embeds",
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


@dataclass(frozen=True, slots=True)
class Copy:
    """An address of an article, and the newest snapshot of it (`length` in bytes, `fetched_at` in UTC, its digest)."""

    url: str
    role: str
    site: str
    first_seen_at: str
    last_seen_at: str
    http_status: int | None
    gone_at: str | None
    snapshot_id: int | None
    length: int | None
    fetched_at: str | None
    digest: str | None


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of an article's text; revisions are numbered from 1."""

    revision: int
    seen_at: str
    url: str
    cause: str
    title: str | None
    body: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a story; `minutes_later` than the first one, None where a time of day is not known."""

    article_key: str
    title: str | None
    published_at: str | None
    published_precision: str | None
    char_count: int | None
    source: str | None
    minutes_later: int | None


@dataclass(slots=True)
class ArchivedArticle:
    """An article: its `row` by the names in `COLUMNS`, and what belongs to it in rows of its own."""

    row: Row
    paragraphs: list[Paragraph] = field(default_factory=list)
    bylines: list[Byline] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The article's key."""
        return str(self.row["article_key"])

    @property
    def kept_page(self) -> Copy | None:
        """The copy whose page is kept: that of the article's own address, else the one that was fetched last."""
        kept = [copy for copy in self.copies if copy.fetched_at]
        return max(kept, key=lambda copy: (copy.url == self.row["url"], copy.fetched_at), default=None)


def _part(columns: str, table: str, order: str) -> str:
    return (
        f"SELECT article_id, {columns} FROM {table} WHERE article_id IN (SELECT value FROM json_each(?))"  # noqa: S608
        f" ORDER BY article_id, {order}"
    )


# Part -> its class, and the query of its values for the articles in a JSON array of ids.
_PARTS: dict[str, tuple[Callable[..., Any], str]] = {
    "paragraphs": (Paragraph, _part("text, kind", "paragraphs", "position")),
    "bylines": (Byline, _part("role, name", "bylines", "role, name")),
    "mentions": (Mention, _part("market, code, name, count", "mentions", "market, code")),
    "images": (Image, _part("url, alt, caption", "images", "position")),
    "copies": (
        Copy,
        _part(
            "c.url, role, site, first_seen_at, last_seen_at, c.http_status, gone_at, snapshot_id, n.length,"
            " n.fetched_at, n.digest",
            "copies c LEFT JOIN snapshots n ON n.id = c.snapshot_id",
            "first_seen_at, c.url",
        ),
    ),
}
#: The names of all parts of an article.
PARTS = tuple(_PARTS)

_REVISIONS = (
    "SELECT revision, seen_at, url, cause, title, body, content_hash FROM revisions WHERE article_id = ?"
    " ORDER BY revision"
)
# An article of which the day alone is known may be as late as the end of that day; the undated come last.
_MEMBERS = f"""
SELECT a.article_key, a.title, a.published_at, a.published_precision, a.char_count, s.name,
       CASE WHEN a.id = t.lead_article_id THEN 0
            WHEN a.published_precision IS NOT 'day' AND length(t.first_published_at) > 10 THEN
                CAST(round((julianday(a.published_at) - julianday(t.first_published_at)) * 1440) AS INTEGER)
       END
{ARTICLES_WITH_SOURCE} JOIN stories t ON t.id = a.story_id
WHERE a.story_id = ?
ORDER BY julianday(a.published_at) IS NULL, julianday(a.published_at) + (a.published_precision IS 'day'), a.id LIMIT ?
"""
# Articles read at once: what is in memory at any time.
_STEP = 100
_SHORTEST_END = 4  # digits


def rows(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
    """Run a query and return its rows by the names of their columns, whatever row factory the connection has."""
    cursor = connection.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def one(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Row | None:
    """Return the first row of a query, None where there is none."""
    found = rows(connection, sql, parameters)
    return found[0] if found else None


def value(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any] = ()) -> Any:
    """Return the only value of a query that has one."""
    (found,) = connection.execute(sql, parameters).fetchone()
    return found


def article_row(connection: sqlite3.Connection, article_id: int) -> Row | None:
    """Return every column of an article, with the names of its source and category; None for an unknown id."""
    return one(
        connection,
        f"SELECT a.*, s.name AS source, c.slug AS category, c.name AS category_name, c.site AS category_site"
        f" {ARTICLES_WITH_NAMES} WHERE a.id = ?",
        (article_id,),
    )


def articles(
    connection: sqlite3.Connection,
    query: str = "",
    *,
    parts: Sequence[str] = PARTS,
    progress: Callable[[int], None] | None = None,
) -> Generator[ArchivedArticle, None, None]:
    """Yield the articles that a search query matches (an empty one: all), in the order in which they were stored.

    Only the named parts are read. All of them show the archive at one moment, whatever is written meanwhile.
    `progress` is called with the number of articles yielded so far. Raises QueryError before the first article.
    """
    from newsarchive.search import condition  # noqa: PLC0415 - to read one article takes no query

    return _stream(connection, condition(connection, query), parts, progress)


def articles_of(
    connection: sqlite3.Connection, ids: Iterable[int], *, parts: Sequence[str] = PARTS
) -> Iterator[ArchivedArticle]:
    """Yield the articles of these ids, in the order of the ids; an id without an article is left out."""
    remaining = iter(ids)
    while step := list(islice(remaining, _STEP)):
        where = Sql("a.id IN (SELECT value FROM json_each(?))", (json.dumps(step),))
        with one_moment(connection):
            found = {key: article for batch in _batches(connection, where, parts) for key, article in batch.items()}
        yield from (found[article_id] for article_id in step if article_id in found)


def ids_of(connection: sqlite3.Connection, keys: Sequence[str]) -> list[int]:
    """Return the ids of the articles with these keys, in the order of the keys; unknown ones are left out."""
    sql = "SELECT a.id FROM json_each(?) k JOIN articles a ON a.article_key = k.value ORDER BY k.id"
    return [article_id for (article_id,) in connection.execute(sql, (json.dumps(list(keys)),))]


def months(connection: sqlite3.Connection, where: Sql) -> list[str | None]:
    """List the months (2022-03) in which articles that match were published; None stands for the undated."""
    found = connection.execute(
        f"SELECT DISTINCT substr(a.published_at, 1, 7) AS month FROM articles a WHERE {where.text} ORDER BY month",  # noqa: S608
        where.parameters,
    )
    return [month for (month,) in found]


def articles_of_month(connection: sqlite3.Connection, where: Sql, month: str | None) -> Iterator[ArchivedArticle]:
    """Yield the matching articles of one month with all their parts, as `articles` does."""
    # U+007F sorts after the hyphen that follows the month in a time.
    dated = Sql("a.published_at >= ? AND a.published_at < ?", (month, month + "\x7f")) if month else None
    dated = dated or Sql("a.published_at IS NULL")
    both = Sql(f"({where.text}) AND {dated.text}", (*where.parameters, *dated.parameters))
    return _stream(connection, both, PARTS, None)


def revisions(connection: sqlite3.Connection, article_id: int) -> list[Revision]:
    """Return the states of an article's text, oldest first."""
    return [Revision(*row) for row in connection.execute(_REVISIONS, (article_id,))]


def story_members(connection: sqlite3.Connection, story_id: int | None, *, limit: int | None = None) -> list[Member]:
    """Return the articles of a story in the order of publication."""
    found = connection.execute(_MEMBERS, (story_id, -1 if limit is None else limit))
    return [Member(*row) for row in found]


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
    connection: sqlite3.Connection, where: Sql, parts: Sequence[str], progress: Callable[[int], None] | None
) -> Generator[ArchivedArticle, None, None]:
    done = 0
    with one_moment(connection):
        for batch in _batches(connection, where, parts):
            yield from batch.values()
            done += len(batch)
            if progress is not None:
                progress(done)


def _batches(connection: sqlite3.Connection, where: Sql, parts: Sequence[str]) -> Iterator[dict[int, ArchivedArticle]]:
    """Yield articles by their ids, `_STEP` of them at a time."""
    columns = ", ".join(COLUMNS.values())
    sql = f"SELECT a.id, {columns} {ARTICLES_WITH_NAMES} WHERE {where.text} ORDER BY a.id"
    cursor = connection.execute(sql, where.parameters)
    while step := cursor.fetchmany(_STEP):
        found = {row[0]: ArchivedArticle(dict(zip(COLUMNS, row[1:], strict=True))) for row in step}
        for part in parts:
            make, query = _PARTS[part]
            for article_id, *values in connection.execute(query, (json.dumps(list(found)),)):
                getattr(found[article_id], part).append(make(*values))
        yield found


# What the articles and copies of today are known by, then what an article was known by.
_KNOWN_AS = (
    "SELECT DISTINCT c.article_id FROM copy_keys k JOIN copies c ON c.id = k.copy_id WHERE k.key = ? AND k.kind = "
)
_BY_KEY = (
    "SELECT id FROM articles WHERE article_key = ?",
    "SELECT article_id FROM copies WHERE url = ?",
    f"{_KNOWN_AS}'own'",
    f"{_KNOWN_AS}'named'",
    "SELECT DISTINCT a.id FROM key_changes k JOIN articles a ON a.article_key = k.new_key"
    " WHERE k.old_key = ? AND k.change <> 'split'",
)


def find_article(connection: sqlite3.Connection, text: str) -> int:
    """Return the id of the article that a key, an info code, an address or the last digits of a key name.

    Raises UserError when there is none, or more than one.
    """
    wanted = text.strip()
    ids = _exact(connection, wanted) or _ending(connection, wanted)
    if len(ids) == 1:
        return ids[0]
    if ids:
        raise UserError(_("{wanted} is the end of {ids} keys - write more digits", wanted=wanted, ids=len(ids)))
    raise UserError(
        _(
            "no article {wanted} in this archive - give a key, an info code or an address; `newsarchive "
            "search WORD` lists keys",
            wanted=wanted,
        )
    )


def _exact(connection: sqlite3.Connection, wanted: str) -> list[int]:
    for key in _keys(wanted):
        for query in _BY_KEY:
            found = connection.execute(query, (key,)).fetchall()
            if len(found) == 1:
                return [found[0][0]]
    return []


def stored_key(connection: sqlite3.Connection, text: str) -> str | None:
    """Return the key of the article that a whole key, info code or address names; None where there is none."""
    found = _exact(connection, text.strip())
    row = connection.execute("SELECT article_key FROM articles WHERE id = ?", found).fetchone() if found else None
    return str(row[0]) if row else None


def _keys(wanted: str) -> Iterator[str]:
    """Yield what a person may mean by a text, the most certain first."""
    yield wanted
    if code := parse_info_code(wanted):
        yield code.digits
    if "/" in wanted:
        url = wanted if "://" in wanted else f"//{wanted}"
        yield url_key(url)
        from newsarchive.extract.identity import identity_of  # noqa: PLC0415 - loads the sites; few addresses need them

        yield identity_of(url)[1]


def _ending(connection: sqlite3.Connection, wanted: str) -> list[int]:
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) >= _SHORTEST_END):
        return []
    found = connection.execute("SELECT id FROM articles WHERE article_key LIKE ? LIMIT 50", (f"%{wanted}",))
    return [row[0] for row in found]
