"""Slices: what a worker has to know of a site, as a small archive that its shard cuts out of its own.

A worker records in it what it ships, so that the crawl sees what it has done: states of URLs and listings, which copies
there are, never texts or pages. It may be lost at any time.
"""

from __future__ import annotations

import sqlite3
import tempfile
import zlib
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from newsarchive.archive import Archive, schema
from newsarchive.archive.connection import transaction
from newsarchive.archive.copy_keys import CopyKeys, identity_of
from newsarchive.crawl import rechecks
from newsarchive.crawl.writer.operations import Operations
from newsarchive.timestamps import stamp
from newsarchive.warc.record import payload_digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from newsarchive.archive import Link
    from newsarchive.models import Article, Page

#: The article that all copies of a slice belong to: which one it is does not matter to a crawl.
ANY_ARTICLE = 0
# Runs that are kept in a slice; a crawl asks when it last looked for all that there is.
_RUNS = 100
# Each table of a slice: what is in other columns than in the archive, and which rows are there, of the site :site.
_TABLES: Sequence[tuple[str, Mapping[str, str], str]] = (
    ("runs", {}, f"site = :site AND outcome <> 'running' ORDER BY id DESC LIMIT {_RUNS}"),
    ("categories", {}, "site = :site"),
    ("frontier", {"run_id": "NULL"}, "site = :site ORDER BY rowid"),
    ("listings", {}, "site = :site ORDER BY rowid"),
    (
        "snapshots",
        {"headers": "NULL", "payload_id": "NULL", "warc_file": "''", "warc_offset": "id", "warc_length": "0"},
        "id IN (SELECT snapshot_id FROM main.copies WHERE site = :site)",
    ),
    ("copies", {"article_id": str(ANY_ARTICLE)}, "site = :site ORDER BY id"),
    ("copy_keys", {}, "kind = 'own' AND copy_id IN (SELECT id FROM main.copies WHERE site = :site)"),
    (
        "problems",
        {"run_id": "NULL"},
        "site = :site AND url IN (SELECT url FROM main.frontier WHERE site = :site AND state <> 'done')",
    ),
)


def cut(archive: Archive, site: str) -> bytes:
    """Return the slice of a site, packed; called while no transaction is open."""
    with piece_of(archive) as piece:
        for table, instead, rows in _TABLES:
            copy_rows(archive.connection, table, instead, rows, site=site)
    return piece.pop()


@contextmanager
def piece_of(archive: Archive) -> Iterator[list[bytes]]:
    """Attach an empty archive as `slice`, for the block to fill in one transaction; the list then holds it, packed.

    It has no indexes yet, so that it is small and quickly filled: `open_piece` makes them.
    """
    connection, piece = archive.connection, list[bytes]()
    connection.execute("ATTACH ':memory:' AS slice")
    connection.execute("PRAGMA foreign_keys = OFF")  # the rows are as they were
    try:
        connection.deserialize(_empty(), name="slice")
        with transaction(connection):
            yield piece
        piece.append(zlib.compress(connection.serialize(name="slice"), 1))
    finally:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DETACH slice")


def open_piece(data: bytes, path: Path) -> Archive:
    """Write a slice, or another piece of an archive, to a file, and open it.

    Raises:
        UserError: it was cut by a newer version, or cannot be written.

    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zlib.decompress(data))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in (
            "journal_mode = OFF",
            "synchronous = OFF",
            f"mmap_size = {1 << 30}",
            f"cache_size = {-(64 << 10)}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        for (sql,) in connection.execute("SELECT sql FROM indexes").fetchall():
            connection.execute(sql)
        connection.execute("DROP TABLE indexes")
        schema.remember(connection)  # whole again, as far as the version that cut it knew
        connection.execute("COMMIT")
    archive = Archive.open(path)
    archive.connection.execute("PRAGMA synchronous = OFF")
    return archive


def copy_rows(
    connection: sqlite3.Connection, table: str, instead: Mapping[str, str], rows: str, **values: object
) -> None:
    """Copy rows of a table into the `slice` that is attached; `instead` says what is in other columns there."""
    names = [row[1] for row in connection.execute(f"PRAGMA slice.table_info({table})")]
    columns = ", ".join(f'"{name}"' for name in names)
    selected = ", ".join(instead.get(name, f'"{name}"') for name in names)
    connection.execute(
        f"INSERT INTO slice.{table} ({columns}) SELECT {selected} FROM main.{table} WHERE {rows}",  # noqa: S608
        values,
    )


@cache
def _empty() -> bytes:
    """Return the file of an archive without anything but the article of the copies to come, and without indexes.

    The table `indexes` says which are to be made.
    """
    with tempfile.TemporaryDirectory() as folder, Archive.open(Path(folder) / "slice.db") as archive:
        archive.connection.execute(
            "INSERT INTO articles (id, article_key, site, url, body, content_hash, first_seen_at, last_seen_at)"
            " VALUES (?, '', '', '', '', '', '', '')",
            (ANY_ARTICLE,),
        )
        indexes = archive.connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        archive.connection.execute("CREATE TABLE indexes (sql TEXT)")
        for name, sql in indexes:
            archive.connection.execute("INSERT INTO indexes VALUES (?)", (sql,))
            archive.connection.execute(f'DROP INDEX "{name}"')
        archive.connection.execute("PRAGMA journal_mode = DELETE")  # a file that is read into memory has no log beside
        archive.connection.execute("VACUUM")
        return archive.connection.serialize()


class SliceOperations(Operations):
    """What a crawl does to a slice while its shard is sent the same: the states of URLs, no pages and no texts.

    Where the shard comes to another result, because it knows more (an article that stands in another's place, a rule
    that fails), it has the slice thrown away.
    """

    def save(self, page: Page) -> None:
        """Remember the digest of a page, by which it is seen that it has not changed."""
        with self._guarded(page):
            cursor = self.archive.connection.execute(
                "INSERT INTO snapshots (url, fetched_at, http_status, digest, length, warc_file, warc_offset,"
                " warc_length) VALUES (?, ?, ?, ?, ?, '', (SELECT coalesce(max(id), 0) + 1 FROM snapshots), 0)",
                (page.url, stamp(page.fetched_at), page.status, payload_digest(page.body), len(page.body)),
            )
            assert cursor.lastrowid is not None
            self._saved.clear()
            self._saved[page.url, page.fetched_at] = cursor.lastrowid

    def save_refused(self, page: Page) -> None:
        """Do nothing: only the shard keeps such pages."""

    def store(self, article: Article, links: Sequence[Link]) -> None:
        """Record that there is a copy, that its URL is done, and what it leads to."""
        page, connection, now = article.page, self.archive.connection, datetime.now(UTC)
        page.snapshot_id = self._saved.pop((page.url, page.fetched_at), None)
        with self._guarded(page):
            is_new = self.archive.copies.see(article, ANY_ARTICLE, "", stamp(page.fetched_at))
            (copy_id,) = connection.execute("SELECT id FROM copies WHERE url = ?", (page.url,)).fetchone()
            CopyKeys(connection).record(copy_id, identity_of(article))
            self.archive.frontier.done(page.url, now)
            if page.role in rechecks.ROLES:
                self._schedule_recheck(page.url, article.published_at)
            self.find(links)
            self.report.counts["articles/new" if is_new else "articles/known"] += 1
            self.report.counts.update(f"problems/{problem.reason}" for problem in article.problems)
        self.report.settled.add(page.url)
