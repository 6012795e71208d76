"""Snapshots: the raw bytes of every fetched page, saved before anything can fail on them.

The bytes lie in WARC files beside the archive (see `warc_folder`), a row here says where. The record is written first
and the row then, so that a row always finds its record; what a killed run wrote without a row is cut off again before
the file is next written to.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from newsarchive.archive.frontier import IN_VAIN
from newsarchive.models import Page
from newsarchive.timestamps import stamp
from newsarchive.warc.record import (
    Original,
    SnapshotDamagedError,
    build_record,
    check_revisit,
    payload_digest,
    payload_of,
    unpack,
)
from newsarchive.warc.writer import WarcFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from newsarchive.models import Role


class Snapshots:
    """Pages as they came; a body that was seen before is saved once.

    `label` names the WARC files that are written; set it to the site of the crawl. While it is None each page goes
    to the file of its own site.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.label: str | None = None
        path = Path(connection.execute("PRAGMA database_list").fetchone()[2])
        self._folder = WarcFolder(
            path.parent, partial(_part_of, connection, path.name), partial(_known_end, connection)
        )

    def save(self, page: Page) -> int:
        """Save a page's bytes and headers; saving the same page again gives the same snapshot. Return its id.

        Raises:
            UserError: the WARC file cannot be written; then nothing of the page is saved.

        """
        digest = payload_digest(page.body)
        known = self._find(page, digest)
        if known:
            return known
        original = self._original(digest, page)
        record = build_record(page, digest, original)
        name, offset = self._folder.append(record, page.fetched_at.astimezone(UTC), self.label or page.site)
        try:
            cursor = self._connection.execute(
                "INSERT INTO snapshots (url, fetched_at, http_status, headers, digest, length, warc_file, warc_offset,"
                " warc_length, payload_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    page.url,
                    stamp(page.fetched_at),
                    page.status,
                    json.dumps(page.headers, ensure_ascii=False),
                    digest,
                    len(page.body),
                    name,
                    offset,
                    len(record),
                    original.snapshot_id if original else None,
                ),
            )
        except sqlite3.Error:
            self._folder.take_back(name, offset)
            raise
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def note_charset(self, snapshot_id: int, charset: str) -> None:
        """Record the charset that a page was decoded with."""
        self._connection.execute("UPDATE snapshots SET charset = ? WHERE id = ?", (charset, snapshot_id))

    def load(self, snapshot_id: int, *, role: Role, site: str) -> Page:
        """Return a page back as it was fetched.

        Raises:
            KeyError: there is no such snapshot.
            SnapshotDamagedError: its WARC file is missing or damaged; the message names file and place.

        """
        row = self._connection.execute(
            "SELECT url, fetched_at, http_status, headers, coalesce(payload_id, id) FROM snapshots WHERE id = ?",
            (snapshot_id,),
        ).fetchone()
        if row is None:
            raise KeyError(snapshot_id)
        url, fetched_at, status, headers, payload_id = row
        return Page(
            url=url,
            role=role,
            site=site,
            body=self._read(payload_id),
            fetched_at=datetime.fromisoformat(fetched_at),
            status=status,
            headers=json.loads(headers),
            snapshot_id=snapshot_id,
        )

    def has(self, url: str, status: int) -> bool:
        """Return whether a page of a URL with a status is saved."""
        row = self._connection.execute(
            "SELECT 1 FROM snapshots WHERE url = ? AND http_status = ? LIMIT 1", (url, status)
        ).fetchone()
        return row is not None

    def body_of(self, digest: str) -> bytes | None:
        """Return the body of a payload digest; None where the archive has none. Raises SnapshotDamagedError."""
        row = self._connection.execute(
            "SELECT id FROM snapshots WHERE digest = ? AND payload_id IS NULL ORDER BY id LIMIT 1", (digest,)
        ).fetchone()
        return self._read(row[0]) if row else None

    def verify(self, snapshot_id: int) -> None:
        """Read a snapshot's own record, also one without a body; raises SnapshotDamagedError where it is not whole."""
        self._read(snapshot_id)

    def close(self) -> None:
        """Close the WARC files that are open for writing."""
        self._folder.close()

    def _read(self, snapshot_id: int) -> bytes:
        name, offset, packed_length, digest, length, payload_id = self._connection.execute(
            "SELECT warc_file, warc_offset, warc_length, digest, length, payload_id FROM snapshots WHERE id = ?",
            (snapshot_id,),
        ).fetchone()
        try:
            record = unpack(self._folder.read(name, offset, packed_length), length)
            if payload_id is None:
                return payload_of(record, digest, length)
            check_revisit(record, digest)
        except SnapshotDamagedError as error:
            raise SnapshotDamagedError(
                f"snapshot {snapshot_id}: {error} ({name}, byte {offset}) - restore the file from a backup; "
                "`newsarchive check --deep` names everything that is damaged"
            ) from error
        return b""

    def _find(self, page: Page, digest: str) -> int | None:
        row = self._connection.execute(
            "SELECT id FROM snapshots WHERE url = ? AND fetched_at = ? AND digest = ?",
            (page.url, stamp(page.fetched_at), digest),
        ).fetchone()
        return int(row[0]) if row else None

    def _original(self, digest: str, page: Page) -> Original | None:
        if not page.body:
            return None
        row = self._connection.execute(
            "SELECT id, url, fetched_at FROM snapshots WHERE digest = ? AND length = ? AND payload_id IS NULL"
            " ORDER BY id LIMIT 1",
            (digest, len(page.body)),
        ).fetchone()
        return Original(*row) if row else None


def _part_of(connection: sqlite3.Connection, file_name: str) -> str:
    # The file's name too: a copy of the archive beside it must not write to the same files.
    (archive_id,) = connection.execute("SELECT archive_id FROM identity").fetchone()
    return f"{archive_id} {file_name}"


def _known_end(connection: sqlite3.Connection, warc_file: str) -> int:
    row = connection.execute(
        "SELECT warc_offset + warc_length FROM snapshots WHERE warc_file = ? ORDER BY warc_offset DESC LIMIT 1",
        (warc_file,),
    ).fetchone()
    return int(row[0]) if row else 0


_CHUNK = 500

_COPIES = """
SELECT c.id, s.id, c.url, c.role, c.site
FROM copies c JOIN snapshots s ON s.id = c.snapshot_id
WHERE c.id > ?1 AND (?2 IS NULL OR c.site = ?2) AND s.fetched_at >= ?3
ORDER BY c.id LIMIT ?4
"""
# What the rules of that day could make nothing of; other rules may.
_GIVEN_UP = f"""
SELECT f.rowid, s.id, f.url, f.role, f.site
FROM frontier f JOIN snapshots s ON s.id = (SELECT id FROM snapshots WHERE url = f.url AND http_status = 200
                                            ORDER BY fetched_at DESC, id DESC LIMIT 1)
WHERE f.rowid > ?1 AND (?2 IS NULL OR f.site = ?2) AND s.fetched_at >= ?3
  AND {IN_VAIN}
  AND NOT EXISTS (SELECT 1 FROM copies c WHERE c.url = f.url)
ORDER BY f.rowid LIMIT ?4
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class SavedPage:
    """The newest page that is saved of a URL, and what the URL is to an article."""

    snapshot_id: int
    url: str
    role: Role
    site: str


def saved_pages(connection: sqlite3.Connection, *, site: str | None, since: date) -> Iterator[SavedPage]:
    """Yield the newest page of each copy, then the pages that no article could be made of.

    Only those of one site where it is named, and only pages fetched on the day `since` (UTC) or later. The archive
    may be written to between two of them.
    """
    for query in (_COPIES, _GIVEN_UP):
        last = 0
        while rows := connection.execute(query, (last, site, since.isoformat(), _CHUNK)).fetchall():
            for last, snapshot_id, url, role, page_site in rows:  # noqa: B007 - the next chunk begins behind the last
                yield SavedPage(snapshot_id, url, role, page_site)
