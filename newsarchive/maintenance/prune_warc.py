"""Remove raw pages from WARC files without ever losing one that is to stay, whenever the process ends.

A file of which nothing stays is removed. Of any other a new file is written with the records that stay, byte by byte
as they were; one transaction lets the rows name it, and only when that is on the disk the old file goes. Which file
goes is written down in the same transaction (`warc_removals`): the next prune finishes what a killed one began. Until
then the archive is whole, with or without the file.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from newsarchive.atomic import sync_folder
from newsarchive.i18n import _
from newsarchive.locks import try_lock
from newsarchive.timestamps import stamp
from newsarchive.warc.record import SnapshotDamagedError
from newsarchive.warc.writer import WarcFile

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from newsarchive.archive import Archive

_ENDING = ".warc.gz"
_REFERRING = ("copies", "readings")
_STAYING = """
SELECT id, warc_offset, warc_length, lost_at IS NOT NULL FROM snapshots
WHERE warc_file = ? AND id NOT IN (SELECT id FROM doomed) ORDER BY warc_offset
"""


class _Row(NamedTuple):
    id: int
    offset: int
    length: int
    is_lost: bool


class FilesPruned(NamedTuple):
    """How many WARC files were removed and written anew, and the names of those that could not be."""

    removed: int
    rewritten: int
    refused: list[str]


def plan_files(connection: sqlite3.Connection) -> FilesPruned:
    """Return what `prune_files` would do; nothing is read or written."""
    removed = rewritten = 0
    for name in _files(connection):
        stays = any(not row.is_lost for row in _staying(connection, name))
        rewritten += stays
        removed += not stays
    return FilesPruned(removed, rewritten, [])


def prune_files(archive: Archive, now: datetime) -> FilesPruned:
    """Remove the snapshots that the temporary table `doomed` names; the caller lets no crawl begin meanwhile.

    A file is left as it is, with its rows, where a record that is to stay cannot be read, or another process writes.
    """
    removed, rewritten, refused = 0, 0, []
    finish_removals(archive)
    _find_references(archive.connection)
    for name in _files(archive.connection):
        with _locked(archive.path.parent / name) as is_ours:
            try:
                if not is_ours:
                    refused.append(_("{name}: another process writes to it", name=name))
                elif _prune_file(archive, name, now):
                    rewritten += 1
                else:
                    removed += 1
            except SnapshotDamagedError as error:
                refused.append(str(error))
        finish_removals(archive)
    return FilesPruned(removed, rewritten, refused)


def finish_removals(archive: Archive) -> None:
    """Remove the files that nothing needs any more, as it was written down; one that is in use again stays."""
    connection = archive.connection
    for (name,) in connection.execute("SELECT warc_file FROM warc_removals").fetchall():
        if not connection.execute(
            "SELECT 1 FROM snapshots WHERE warc_file = ? AND lost_at IS NULL", (name,)
        ).fetchone():
            path = archive.path.parent / name
            path.unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                sync_folder(path.parent)
        with archive.transaction():
            connection.execute("DELETE FROM warc_removals WHERE warc_file = ?", (name,))


def _files(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT DISTINCT warc_file FROM snapshots JOIN doomed USING (id) ORDER BY warc_file")
    return [name for (name,) in rows.fetchall()]


def _staying(connection: sqlite3.Connection, name: str) -> list[_Row]:
    return [_Row(*row) for row in connection.execute(_STAYING, (name,))]


def _prune_file(archive: Archive, name: str, now: datetime) -> bool:
    """Prune one file; return whether a part of it stays. Raises SnapshotDamagedError for a part that cannot be read."""
    rows = [row for row in _staying(archive.connection, name) if not row.is_lost]
    for row in rows:
        archive.snapshots.verify(row.id)
    new = _new_file(archive, name) if rows else None
    try:
        places = _copy(archive.path.parent / name, new[1], rows) if new else []
        with archive.transaction():
            if new:
                archive.connection.executemany(
                    "UPDATE snapshots SET warc_file = ?, warc_offset = ? WHERE id = ?",
                    [(new[0], offset, row.id) for row, offset in zip(rows, places, strict=True)],
                )
                archive.connection.execute("DELETE FROM warc_removals WHERE warc_file = ?", (new[0],))
                for row in rows:
                    archive.snapshots.verify(row.id)  # at its new place
            _forget(archive.connection, name, now)
            archive.connection.execute("INSERT OR IGNORE INTO warc_removals VALUES (?)", (name,))
    finally:
        if new:
            new[1].close()
    return bool(rows)


def _new_file(archive: Archive, name: str) -> tuple[str, WarcFile]:
    """Make the file that takes what stays of another: of the same day and site, with the next free number."""
    stem = name.removesuffix(_ENDING)
    for number in count(2):
        free = f"{stem}-{number}{_ENDING}"
        if archive.connection.execute("SELECT 1 FROM snapshots WHERE warc_file = ?", (free,)).fetchone():
            continue
        with archive.transaction():  # from here on it may be there, and nothing needs it yet
            archive.connection.execute("INSERT OR IGNORE INTO warc_removals VALUES (?)", (free,))
        file = WarcFile.open(archive.path.parent / free, part_of=archive.snapshots.part_of(), known_end=0)
        if file is not None:
            return free, file
        with archive.transaction():
            archive.connection.execute("DELETE FROM warc_removals WHERE warc_file = ?", (free,))
    raise AssertionError


def _copy(source: Path, file: WarcFile, rows: list[_Row]) -> list[int]:
    """Append records to a file and wait until they are on the disk; return their offsets."""
    places = []
    with source.open("rb") as original:
        for row in rows:
            original.seek(row.offset)
            places.append(file.append(original.read(row.length)))
    file.sync()
    return places


def _find_references(connection: sqlite3.Connection) -> None:
    """Find what refers to doomed snapshots, once: to look for it file by file would read whole tables each time."""
    for table in _REFERRING:
        connection.execute(
            f"CREATE TEMP TABLE doomed_{table} AS SELECT id AS row, snapshot_id FROM {table}"  # noqa: S608
            " WHERE snapshot_id IN (SELECT id FROM doomed)"
        )
        connection.execute(f"CREATE INDEX temp.doomed_{table}_snapshot ON doomed_{table} (snapshot_id)")


def _forget(connection: sqlite3.Connection, name: str, now: datetime) -> None:
    """Delete the rows of a file's doomed snapshots; what is left of each is a row of `pruned_pages`."""
    doomed = "SELECT id FROM snapshots JOIN doomed USING (id) WHERE warc_file = ?1"
    connection.execute(
        "INSERT OR REPLACE INTO pruned_pages (url, fetched_at, digest, length, pruned_at)"
        " SELECT url, fetched_at, digest, length, ?2 FROM snapshots JOIN doomed USING (id) WHERE warc_file = ?1",
        (name, stamp(now)),
    )
    for table in _REFERRING:
        connection.execute(
            f"UPDATE {table} SET snapshot_id = NULL WHERE id IN"  # noqa: S608
            f" (SELECT row FROM doomed_{table} WHERE snapshot_id IN ({doomed}))",
            (name,),
        )
    connection.execute(f"DELETE FROM snapshots WHERE id IN ({doomed})", (name,))  # noqa: S608


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Lock a file as those do who write to it; False where one does. A file that is not there needs no lock."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        yield True
        return
    try:
        yield try_lock(descriptor)
    finally:
        os.close(descriptor)
