"""Copy an archive while it is in use, and make its file small again.

A backup is an archive itself: it can be opened, crawled into and checked. Files are copied and not linked, because a
link is no second copy: what damages the one damages the other.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsarchive.archive.archive import Archive
from newsarchive.archive.connection import explain
from newsarchive.archive.migrations import APPLICATION_ID
from newsarchive.atomic import replace_durably
from newsarchive.errors import UserError
from newsarchive.locks import try_lock
from newsarchive.warc.record import SnapshotDamagedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PARTIAL = ".partial"
_CHUNK = 1 << 20
_SQLITE_MAGIC = b"SQLite format 3\0"
# Bytes 68 to 71 of a SQLite file hold its application id (https://www.sqlite.org/fileformat.html).
_ID_AT = slice(68, 72)
_FILES = """
SELECT warc_file, max(warc_offset + warc_length), (SELECT id FROM snapshots l WHERE l.warc_file = s.warc_file
                                                   ORDER BY warc_offset DESC LIMIT 1)
FROM snapshots s GROUP BY warc_file ORDER BY warc_file
"""


@dataclass(slots=True)
class Backup:
    """What a backup did; sizes in bytes. `damaged` names WARC files that are missing or damaged in the archive."""

    path: Path
    articles: int
    bytes: int = 0
    files: int = 0
    files_copied: int = 0
    bytes_copied: int = 0
    damaged: list[str] = field(default_factory=list)


def backup(source: Path, target: Path, *, warc: bool = True) -> Backup:
    """Copy an archive into a folder, under its own name, with the WARC files that it refers to.

    The copy is complete and checked before it takes the place of an earlier one; a crawl may write meanwhile.

    Args:
        source: the archive's file.
        target: the folder; made if it does not exist.
        warc: whether the WARC files are copied too; those that are there already are not copied again.

    Raises:
        UserError: the archive cannot be read, the folder holds something else under that name, cannot be written or
            is full, or another backup is writing to it. An earlier backup then stays as it is.

    """
    with Archive.open(source, readonly=True) as archive, _locked_folder(target, source):
        copy = target / source.name
        _refuse_others(copy, archive.connection)
        partial = target / (source.name + _PARTIAL)
        try:
            with _clear_errors(partial):
                done = Backup(copy, _copy_database(archive.connection, partial))
                if warc:
                    _copy_files(partial, source.parent, done)
                _take_its_place(partial, copy)
                done.bytes = copy.stat().st_size
        finally:
            partial.unlink(missing_ok=True)
    return done


def vacuum(path: Path) -> tuple[int, int]:
    """Shrink an archive's file; return its size in bytes before and after, with its log.

    Raises:
        UserError: there is no such archive, another program uses it, or the disk is too small for the second copy
            that SQLite makes meanwhile.

    """
    if not path.is_file():
        raise UserError(f"archive {path}: there is no such file - name another path")
    with Archive.open(path) as archive:
        before = _size(path)
        free = shutil.disk_usage(path.parent).free
        if free < before:
            raise UserError(f"archive {path}: {before:,} bytes must be free on its disk, and {free:,} are - make room")
        try:
            archive.connection.execute("VACUUM")
            (is_busy, _, _) = archive.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            raise explain(error, path) from error
        if is_busy:
            raise UserError(f"archive {path}: another program is reading it - close it and run the same command again")
        return before, _size(path)


def _size(path: Path) -> int:
    log = path.with_name(path.name + "-wal")
    return path.stat().st_size + (log.stat().st_size if log.exists() else 0)


@contextlib.contextmanager
def _locked_folder(target: Path, source: Path) -> Iterator[None]:
    """Make the folder and let no second backup write to it."""
    with _clear_errors(target):
        target.mkdir(parents=True, exist_ok=True)
        if target.samefile(source.parent):
            raise UserError(f"{target}: that is the archive's own folder - name another one")
        folder = os.open(target, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if not try_lock(folder):
            raise UserError(f"{target}: another backup is writing to it - wait until it has finished")
        yield
    finally:
        os.close(folder)


@contextlib.contextmanager
def _clear_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(f"{error.filename or path}: {error.strerror} - make room or check the permissions") from error
    except sqlite3.Error as error:
        raise explain(error, path) from error


def _refuse_others(copy: Path, source: sqlite3.Connection) -> None:
    """Refuse to write over what is no earlier backup of the same archive."""
    if not copy.exists():
        return
    with copy.open("rb") as file:
        head = file.read(100)
    if head[:16] != _SQLITE_MAGIC or int.from_bytes(head[_ID_AT], "big") != APPLICATION_ID:
        raise UserError(f"{copy}: that is no archive, and is not written over - name another folder")
    question = "SELECT archive_id FROM identity"
    try:
        with contextlib.closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as there:
            is_other = there.execute(question).fetchone() != source.execute(question).fetchone()
    except sqlite3.DatabaseError:
        return  # a damaged backup is there to be replaced
    if is_other:
        raise UserError(f"{copy}: that is another archive, and is not written over - name another folder")


def _copy_database(source: sqlite3.Connection, partial: Path) -> int:
    """Copy the database as it is at one moment and check the copy; return the number of articles."""
    partial.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(partial, isolation_level=None)) as copy:
        source.execute("BEGIN")
        try:
            counts = _counts(source)
            # All at once: in steps, SQLite would start again whenever a crawl writes in between.
            source.backup(copy)
        finally:
            source.rollback()
        # One file that can also be read where nothing may be written; the next crawl into it sets its own mode.
        copy.execute("PRAGMA journal_mode = DELETE")
        (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise UserError(f"the archive is damaged ({verdict}) and was not copied - run newsarchive check")
        if _counts(copy) != counts:
            raise UserError(f"{partial}: the copy differs from the archive - check the disk")
        return counts["articles"]


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    tables = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    return {
        name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608
        for (name,) in tables
    }


def _copy_files(partial: Path, base: Path, done: Backup) -> None:
    """Copy what the copied database refers to; it finds its WARC files beside itself, so it can read them back."""
    with Archive.open(partial, readonly=True) as copy:
        for name, end, last_id in copy.connection.execute(_FILES).fetchall():
            done.files += 1
            there = partial.parent / name
            if _is_whole(copy, there, end, last_id):
                continue
            copied = _copy_file(base / name, there, end)
            done.files_copied += copied > 0
            done.bytes_copied += copied
            if not _is_whole(copy, there, end, last_id):
                done.damaged.append(name)


def _is_whole(copy: Archive, path: Path, end: int, last_id: int) -> bool:
    """Return whether a file is as long as it should be and its last record is the one that should be there."""
    if not path.exists() or path.stat().st_size < end:
        return False
    try:
        copy.snapshots.verify(last_id)
    except SnapshotDamagedError:
        return False
    return True


def _copy_file(source: Path, there: Path, end: int) -> int:
    """Copy the first `end` bytes, so that no half record is copied; return what was copied, 0 where there is less."""
    length = min(end, source.stat().st_size) if source.exists() else 0
    if length == 0 or (length < end and there.exists() and there.stat().st_size >= length):
        return 0
    there.parent.mkdir(parents=True, exist_ok=True)
    partial = there.with_name(there.name + _PARTIAL)
    try:
        with source.open("rb") as original, partial.open("wb") as copy:
            left = length
            while chunk := original.read(min(_CHUNK, left)):
                copy.write(chunk)
                left -= len(chunk)
        _take_its_place(partial, there)
    finally:
        partial.unlink(missing_ok=True)
    return length


def _take_its_place(partial: Path, final: Path) -> None:
    """Wait until a file is on the disk and give it its name, which replaces an earlier one at once."""
    for suffix in ("-wal", "-shm"):
        # The log of an earlier backup that somebody opened must not be applied to this one.
        final.with_name(final.name + suffix).unlink(missing_ok=True)
    replace_durably(partial, final)
