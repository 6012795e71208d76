"""The raw pages of articles as a WACZ file, for ReplayWeb.page, pywb and other programs that replay archived pages."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING

from newsarchive.archive.queries import articles, one_moment
from newsarchive.archive.replay_index import CAPTURE_COLUMNS, capture_of
from newsarchive.archive.snapshots import Snapshots
from newsarchive.search import condition
from newsarchive.warc.cdxj import is_replayed
from newsarchive.warc.record import SnapshotDamagedError
from newsarchive.warc.wacz import ArchivedPage, WaczWriter

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from newsarchive.archive.queries import ArchivedArticle
    from newsarchive.models import Role

# Roles of copies that a reader can look at; share addresses answer with JSON.
_PAGES: tuple[Role, ...] = ("original", "post")
# Every page of the addresses of some articles, with those that hold the body of one that did not change.
_OF_ARTICLES = """
WITH wanted AS (
    SELECT n.id, n.payload_id FROM articles a
    JOIN copies c ON c.article_id = a.id JOIN snapshots n ON n.url = c.url WHERE {where}
)
SELECT id FROM wanted UNION SELECT payload_id FROM wanted WHERE payload_id IS NOT NULL
"""
_RECORDS = f"SELECT id, {CAPTURE_COLUMNS} FROM snapshots WHERE id IN ({{ids}}) AND lost_at IS NULL ORDER BY id"  # noqa: S608


def write_wacz(
    connection: sqlite3.Connection,
    stream: IO[bytes],
    query: str = "",
    *,
    title: str,
    progress: Callable[[int], None] | None = None,
    warn: Callable[[str], None],
) -> int:
    """Write every kept page of the articles that a query matches; return the number of articles.

    Without a query all kept pages are written, listings too, so that a reader can go from page to page. What is damaged
    is left out, and `warn` is told.
    """
    where = condition(connection, query)
    ids = _OF_ARTICLES.format(where=where.text) if query else "SELECT id FROM snapshots"
    parameters = where.parameters if query else ()
    now = datetime.now(UTC)
    with one_moment(connection), WaczWriter(stream, title=title, created=now) as writer:
        snapshots = Snapshots(connection)
        kept: set[int] = set()
        for snapshot_id, *row in connection.execute(_RECORDS.format(ids=ids), parameters):
            if not is_replayed(row[0]):
                continue
            try:
                record = snapshots.record(snapshot_id)
            except SnapshotDamagedError as error:
                warn(str(error))
                continue
            writer.add_record(record, capture_of(tuple(row)))
            kept.add(snapshot_id)
        count = 0

        def pages() -> Iterator[ArchivedPage]:
            nonlocal count
            with closing(articles(connection, query, parts=("copies",), progress=progress)) as found:
                for article in found:
                    count += 1
                    yield from _pages(article, kept)

        writer.add_pages(pages())
        writer.finish()
    return count


def _pages(article: ArchivedArticle, kept: set[int]) -> Iterator[ArchivedPage]:
    for copy in article.copies:
        if copy.snapshot_id in kept and copy.role in _PAGES and copy.fetched_at:
            title, text = article.row["title"] or article.key, article.row["body"]
            yield ArchivedPage(f"{article.key}-{copy.snapshot_id}", copy.url, copy.fetched_at, title, text)
