"""Copy an archive while it is in use, and make its file small again.

A backup is an archive itself: it can be opened, crawled into and checked. Files are copied and not linked, because a
link is no second copy: what damages the one damages the other. What is in a backup is not copied again and never
replaced by something worse: an archive that was damaged since is refused.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newsarchive.archive.archive import Archive
from newsarchive.archive.connection import explain, file_uri, must_exist
from newsarchive.archive.migrations import APPLICATION_ID
from newsarchive.atomic import replace_durably, sync_folder
from newsarchive.errors import ArchiveDamagedError, UserError
from newsarchive.i18n import _
from newsarchive.locks import try_lock
from newsarchive.maintenance.check import check_content
from newsarchive.maintenance.copying import (
    PARTIAL,
    clear_errors,
    copy_bytes,
    copy_database,
    count_damaged,
    is_other,
    remove,
    size_of,
    take_its_place,
    warc_files,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newsarchive.maintenance.copying import WarcFile

_SQLITE_MAGIC = b"SQLite format 3\0"
# Bytes 68 to 71 of a SQLite file hold its application id (https://www.sqlite.org/fileformat.html).
_ID_AT = slice(68, 72)
# Rows that never change once they are written.
_CHANGED = """
SELECT 'snapshot ' || n.id FROM snapshots n JOIN earlier.snapshots o ON o.id = n.id
WHERE (n.url, n.fetched_at, n.digest, n.length) IS NOT (o.url, o.fetched_at, o.digest, o.length)
UNION ALL
SELECT 'text ' || n.id FROM texts n JOIN earlier.texts o ON o.id = n.id WHERE n.content_hash IS NOT o.content_hash
"""


@dataclass(slots=True)
class Backup:
    """What a backup did; sizes in bytes.

    `damaged` names WARC files of which records are missing or damaged in the archive, `faults` what is wrong with the
    texts that were copied (of a first backup, or one that is no worse than the one before); `generations` the earlier
    backups that are kept, the newest first.
    """

    path: Path
    articles: int
    bytes: int = 0
    files: int = 0
    files_copied: int = 0
    bytes_copied: int = 0
    damaged: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    generations: list[Path] = field(default_factory=list)


def backup(source: Path, target: Path, *, warc: bool = True, keep: int | None = None) -> Backup:
    """Copy an archive into a folder, under its own name, with the WARC files that it refers to.

    The copy is complete and checked before it takes the place of an earlier one; a crawl may write meanwhile.

    Args:
        source: the archive's file.
        target: the folder; made if it does not exist.
        warc: whether the WARC files are copied too; what is there already is not copied again.
        keep: how many backups there are to be afterwards, with this one; older ones are removed. None: an earlier one
            is replaced, and whatever else is there stays.

    Raises:
        ArchiveDamagedError: the archive has damage that the earlier backup has not.
        UserError: the archive cannot be read, the folder holds something else under that name, cannot be written or
            is full, or another backup is writing to it. An earlier backup then stays as it is.

    """
    with Archive.open(source, readonly=True) as archive, locked_folder(target, source):
        copy = target / source.name
        _refuse_others(copy, archive.connection)
        partial = target / (source.name + PARTIAL)
        try:
            with clear_errors(partial):
                done = Backup(copy, copy_database(archive.connection, partial))
                done.faults = _refuse_worse(partial, copy)
                if warc:
                    _copy_files(partial, source.parent, done)
                if keep is not None and keep > 1:
                    _keep_earlier(copy)
                take_its_place(partial, copy)
                done.generations = _remove_oldest(copy, keep)
                done.bytes = copy.stat().st_size
        finally:
            remove(partial)
    return done


def generations(copy: Path) -> list[Path]:
    """Return the earlier backups beside a backup, the newest first."""
    return sorted(copy.parent.glob(f"{copy.name}.????????T??????Z"), reverse=True)


def _keep_earlier(copy: Path) -> None:
    """Rename the backup that is to be replaced, with its time."""
    if copy.exists():
        at = datetime.fromtimestamp(copy.stat().st_mtime, UTC)
        with contextlib.suppress(FileExistsError):  # two in one second
            os.link(copy, copy.with_name(f"{copy.name}.{at:%Y%m%dT%H%M%SZ}"))
            sync_folder(copy.parent)


def _remove_oldest(copy: Path, keep: int | None) -> list[Path]:
    there = generations(copy)
    if keep is not None:
        remove(*there[keep - 1 :])
        return there[: keep - 1]
    return there


def _refuse_worse(partial: Path, copy: Path) -> list[str]:
    """Return what is damaged in a copy; refuse it where an earlier backup has not the same damage."""
    with Archive.open(partial, readonly=True) as archive:
        faults = check_content(archive.connection)
        if not copy.exists():
            return faults
        try:
            archive.connection.execute("ATTACH ? AS earlier", (file_uri(copy, "mode=ro"),))
            faults += [
                _("{what} is another than in the backup before", what=what)
                for (what,) in archive.connection.execute(_CHANGED)
            ]
            before = None if not faults else set(_faults_of(copy))
        except sqlite3.DatabaseError:
            return faults  # a damaged backup, or one of an older version, is there to be replaced
    worse = faults if before is None else [fault for fault in faults if fault not in before]
    if worse:
        raise ArchiveDamagedError(
            _(
                "the archive is damaged ({worse} x, {first}): the backup {copy} is not, and stays as it is "
                "- run newsarchive check, then newsarchive repair or newsarchive restore",
                worse=len(worse),
                first=worse[0],
                copy=copy,
            )
        )
    return faults


def _faults_of(copy: Path) -> list[str]:
    try:
        with Archive.open(copy, readonly=True) as archive:
            return check_content(archive.connection)
    except UserError:
        return []


def vacuum(path: Path) -> tuple[int, int]:
    """Shrink an archive's file; return its size in bytes before and after, with its log.

    Raises:
        UserError: there is no such archive, another program uses it, or the disk is too small for the second copy
            that SQLite makes meanwhile.

    """
    with Archive.open(must_exist(path)) as archive:
        before = _size(path)
        free = shutil.disk_usage(path.parent).free
        if free < before:
            raise UserError(
                _(
                    "archive {path}: {before:,} bytes must be free on its disk, and {free:,} are - make room",
                    path=path,
                    before=before,
                    free=free,
                )
            )
        try:
            archive.connection.execute("VACUUM")
            (is_busy, *_frames) = archive.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            raise explain(error, path) from error
        if is_busy:
            raise UserError(
                _("archive {path}: another program is reading it - close it and run the same command again", path=path)
            )
        return before, _size(path)


def _size(path: Path) -> int:
    return size_of(path) + size_of(path.with_name(path.name + "-wal"))


@contextlib.contextmanager
def locked_folder(target: Path, source: Path) -> Iterator[None]:
    """Make the folder and let no second backup write to it."""
    with clear_errors(target):
        target.mkdir(parents=True, exist_ok=True)
        if target.samefile(source.parent):
            raise UserError(_("{target}: that is the archive's own folder - name another one", target=target))
        folder = os.open(target, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if not try_lock(folder):
            raise UserError(_("{target}: another backup is writing to it - wait until it has finished", target=target))
        yield
    finally:
        os.close(folder)


def _refuse_others(copy: Path, source: sqlite3.Connection) -> None:
    """Refuse to write over what is no earlier backup of the same archive."""
    if not copy.exists():
        return
    with copy.open("rb") as file:
        head = file.read(100)
    if head[:16] != _SQLITE_MAGIC or int.from_bytes(head[_ID_AT], "big") != APPLICATION_ID:
        raise UserError(_("{copy}: that is no archive, and is not written over - name another folder", copy=copy))
    if is_other(copy, source):  # a damaged backup is there to be replaced
        raise UserError(_("{copy}: that is another archive, and is not written over - name another folder", copy=copy))


def _copy_files(partial: Path, base: Path, done: Backup) -> None:
    """Copy what the copied database refers to; it finds its WARC files beside itself, so it can read them back."""
    with Archive.open(partial, readonly=True) as copy:
        for file in warc_files(copy):
            done.files += 1
            copied, damaged = _copy_file(copy, file, base / file.name, partial.parent / file.name)
            done.files_copied += copied > 0
            done.bytes_copied += copied
            if damaged:
                done.damaged.append(file.name)


def _copy_file(copy: Archive, file: WarcFile, source: Path, there: Path) -> tuple[int, int]:
    """Copy what is new of a WARC file, up to its last known record; return the bytes, and how many records are damaged.

    What was copied before stays, where its last record is whole: the archive's own file may have been damaged since.
    """
    have = size_of(there)
    before = [record for record in file.records if record[1] <= have]
    if before and count_damaged(copy, before[-1:], file.name):
        before = []
    start = before[-1][1] if before else 0
    new = file.behind(start)
    if not new:
        return 0, 0
    end = min(file.end, size_of(source))
    if end <= start:
        return 0, len(new)
    partial = there.with_name(there.name + PARTIAL)
    try:
        written = copy_bytes([(there, 0, start), (source, start, end)] if before else [(source, 0, end)], partial)
        damaged = count_damaged(copy, new, file.name + PARTIAL)
        if not before and have and count_damaged(copy, file.records, file.name) <= damaged:
            return 0, damaged
        replace_durably(partial, there)
    finally:
        remove(partial)
    return written - start, damaged
