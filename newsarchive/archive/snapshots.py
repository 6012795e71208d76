"""Snapshots: the raw bytes of every fetched page, saved before anything can fail on them.

The bytes lie in WARC files beside the archive (see `warc.writer`), a row here says where. The record is written first,
and is on the disk before the transaction of its row commits, so that a row always finds its record, also after a power
cut; what a killed run wrote without a row is cut off again before the file is next written to.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsarchive.archive.frontier import IN_VAIN
from newsarchive.i18n import _
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


# The columns that say where a record lies and what it holds.
_RECORD = ("warc_file", "warc_offset", "warc_length", "digest", "length", "payload_id", "lost_at")


class Snapshots:
    """Pages as they came; a body that was seen before is saved once.

    `label` names the WARC files that are written; set it to the site of the crawl. While it is None each page goes
    to the file of its own site.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.label: str | None = None
        path = Path(connection.execute("PRAGMA database_list").fetchone()[2])
        #: Gives the name under which WARC files belong to the archive.
        self.part_of = partial(part_of, connection, path.name)
        self._folder = WarcFolder(path.parent, self.part_of, partial(_known_end, connection))

    def save(self, page: Page) -> int:
        """Save a page's bytes and headers; saving the same page again gives the same snapshot. Return its id.

        Raises:
            UserError: the WARC file cannot be written; then nothing of the page is saved.

        """
        digest = payload_digest(page.body)
        known, is_lost = self._find(page, digest)
        if known and not is_lost:
            return known
        original = self._original(digest, page)
        record = build_record(page, digest, original)
        name, offset = self._folder.append(record, page.fetched_at.astimezone(UTC), self.label or page.site)
        if not self._connection.in_transaction:
            self._folder.sync()
        place = (name, offset, len(record), original.snapshot_id if original else None)
        try:
            snapshot_id = self._place_again(known, place) if known else self._insert(page, digest, place)
            if original is None:
                self._adopt(snapshot_id)
        except sqlite3.Error:
            self._folder.take_back(name, offset)
            raise
        return snapshot_id

    def _insert(self, page: Page, digest: str, place: tuple[str, int, int, int | None]) -> int:
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
                *place,
            ),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _place_again(self, snapshot_id: int, place: tuple[str, int, int, int | None]) -> int:
        """Let a lost page, which came again from somewhere, be found at its new place."""
        self._connection.execute(
            "UPDATE snapshots SET warc_file = ?, warc_offset = ?, warc_length = ?, payload_id = ?, lost_at = NULL"
            " WHERE id = ?",
            (*place, snapshot_id),
        )
        return snapshot_id

    def _adopt(self, snapshot_id: int) -> None:
        """Let lost pages that had the body of a snapshot, and those that took it from them, have it again."""
        lost = self._connection.execute(
            "SELECT l.id FROM snapshots s JOIN snapshots l ON l.digest = s.digest AND l.length = s.length"
            " WHERE s.id = ? AND l.payload_id IS NULL AND l.lost_at IS NOT NULL",
            (snapshot_id,),
        ).fetchall()
        for (lost_id,) in lost:
            self._connection.execute(
                "UPDATE snapshots SET payload_id = ?1 WHERE ?2 IN (id, payload_id)", (snapshot_id, lost_id)
            )

    def lose(self, snapshot_id: int, now: datetime) -> bool:
        """Record that a page's record can be read no more; return whether its body is still there, in another record.

        The row stays as it is: it proves what was once read. A page of the same body that is saved later is its body.
        """
        self._connection.execute("UPDATE snapshots SET lost_at = ? WHERE id = ?", (stamp(now), snapshot_id))
        digest, length, payload_id = self._connection.execute(
            "SELECT digest, length, payload_id FROM snapshots WHERE id = ?", (snapshot_id,)
        ).fetchone()
        original = self._whole_original(digest, length)
        if original is not None and payload_id is None:
            self._adopt(original.snapshot_id)
        return original is not None

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

    def at(self, page: Page) -> int | None:
        """Return the snapshot that was saved of a page, by its URL and time; None where none was."""
        row = self._connection.execute(
            "SELECT id FROM snapshots WHERE url = ? AND fetched_at = ? ORDER BY id DESC LIMIT 1",
            (page.url, stamp(page.fetched_at)),
        ).fetchone()
        return int(row[0]) if row else None

    def has(self, url: str, status: int) -> bool:
        """Return whether a page of a URL with a status is saved."""
        row = self._connection.execute(
            "SELECT 1 FROM snapshots WHERE url = ? AND http_status = ? LIMIT 1", (url, status)
        ).fetchone()
        return row is not None

    def body_of(self, digest: str) -> bytes | None:
        """Return the body of a payload digest; None where the archive has none. Raises SnapshotDamagedError."""
        row = self._connection.execute(
            "SELECT id FROM snapshots WHERE digest = ? AND payload_id IS NULL ORDER BY lost_at, id LIMIT 1", (digest,)
        ).fetchone()
        return self._read(row[0]) if row else None

    def verify(self, snapshot_id: int, **instead: Any) -> None:
        """Read a snapshot's own record, also one without a body; raises SnapshotDamagedError where it is not whole.

        `instead` gives columns of its row another value than they have.
        """
        self._read(snapshot_id, **instead)

    def unpacked(self, snapshot_id: int) -> bytes:
        """Return a snapshot's own record, unpacked; raises SnapshotDamagedError where it is not whole."""
        return self._unpack(snapshot_id)[1]

    def body_at(self, url: str, fetched_at: str) -> bytes | None:
        """Return the body of the page fetched from a URL at a time; None for one that the archive does not have."""
        row = self._connection.execute(
            "SELECT coalesce(payload_id, id) FROM snapshots WHERE url = ? AND fetched_at = ? LIMIT 1", (url, fetched_at)
        ).fetchone()
        return self._read(row[0]) if row else None

    def record(self, snapshot_id: int) -> bytes:
        """Return a snapshot's own record, packed, as it lies in its WARC file; raises SnapshotDamagedError."""
        return self._unpack(snapshot_id)[0]

    def sync(self) -> None:
        """Wait until the pages that were saved are on the disk; rows that name them are committed after that.

        Raises:
            UserError: a WARC file cannot be written; then the rows must not be committed.

        """
        self._folder.sync()

    def close(self) -> None:
        """Close the WARC files that are open for writing."""
        self._folder.close()

    def _read(self, snapshot_id: int, **instead: Any) -> bytes:
        return self._unpack(snapshot_id, **instead)[2]

    def _unpack(self, snapshot_id: int, **instead: Any) -> tuple[bytes, bytes, bytes]:
        """Return a snapshot's own record, packed and unpacked, and the body in it, which a revisit has not."""
        values = self._connection.execute(
            f"SELECT {', '.join(_RECORD)} FROM snapshots WHERE id = ?",  # noqa: S608
            (snapshot_id,),
        ).fetchone()
        row = dict(zip(_RECORD, values, strict=True)) | instead
        name, offset, packed_length, digest, length, payload_id, lost_at = row.values()
        if lost_at is not None:
            raise SnapshotDamagedError(
                _(
                    "snapshot {snapshot_id}: its page was found to be lost on {lost_at}",
                    snapshot_id=snapshot_id,
                    lost_at=lost_at[:10],
                )
            )
        try:
            packed = self._folder.read(name, offset, packed_length)
            record = unpack(packed, length)
            if payload_id is None:
                return packed, record, payload_of(record, digest, length)
            check_revisit(record, digest)
        except SnapshotDamagedError as error:
            raise SnapshotDamagedError(
                _(
                    "snapshot {snapshot_id}: {error} ({name}, byte {offset}) - `newsarchive check --deep` names "
                    "all that is damaged, `newsarchive repair` has the page fetched again",
                    snapshot_id=snapshot_id,
                    error=error,
                    name=name,
                    offset=offset,
                )
            ) from error
        return packed, record, b""

    def _find(self, page: Page, digest: str) -> tuple[int | None, bool]:
        row = self._connection.execute(
            "SELECT id, lost_at IS NOT NULL FROM snapshots WHERE url = ? AND fetched_at = ? AND digest = ?",
            (page.url, stamp(page.fetched_at), digest),
        ).fetchone()
        return (int(row[0]), bool(row[1])) if row else (None, False)

    def _original(self, digest: str, page: Page) -> Original | None:
        return self._whole_original(digest, len(page.body)) if page.body else None

    def _whole_original(self, digest: str, length: int) -> Original | None:
        rows = self._connection.execute(
            "SELECT id, url, fetched_at FROM snapshots WHERE digest = ? AND length = ? AND payload_id IS NULL"
            " AND lost_at IS NULL ORDER BY id",
            (digest, length),
        ).fetchall()
        # A body that can be read no more is saved again; the last one that was saved so is the first to be tried.
        for snapshot_id, url, fetched_at in reversed(rows):
            with suppress(SnapshotDamagedError):
                self.verify(snapshot_id)
                return Original(snapshot_id, url, fetched_at)
        return None


def part_of(connection: sqlite3.Connection, file_name: str) -> str:
    """Return the name under which WARC files belong to an archive whose file has a name."""
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
  AND (s.lost_at IS NULL OR s.payload_id IS NOT NULL)
ORDER BY c.id LIMIT ?4
"""
# What the rules of that day could make nothing of; other rules may.
_GIVEN_UP = f"""
SELECT f.rowid, s.id, f.url, f.role, f.site
FROM frontier f JOIN snapshots s ON s.id = (SELECT id FROM snapshots WHERE url = f.url AND http_status = 200
                                            AND lost_at IS NULL ORDER BY fetched_at DESC, id DESC LIMIT 1)
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


#: Where the pages are that can be read again: of copies, and of addresses of which nothing could be made.
PAGES = {"copies": "copies", "given-up": "frontier"}


def pages_between(connection: sqlite3.Connection, kind: str, first: int, last: int) -> Iterator[SavedPage]:
    """Yield what `saved_pages` yields of a kind (see `PAGES`), of the rows of its table from `first` to `last`."""
    query = {"copies": _COPIES, "given-up": _GIVEN_UP}[kind]
    for row_id, *saved in connection.execute(query, (first - 1, None, "", last - first + 1)):
        if row_id <= last:
            yield SavedPage(*saved)


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
