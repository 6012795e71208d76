"""Copy an archive from one folder to another, and see that the copy is whole before it counts."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from newsarchive.archive.connection import explain, open_readonly
from newsarchive.atomic import make_folder_durably, replace_durably
from newsarchive.errors import ArchiveDamagedError, UserError
from newsarchive.i18n import _
from newsarchive.maintenance.check import file_faults
from newsarchive.warc.record import SnapshotDamagedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from newsarchive.archive.archive import Archive

PARTIAL = ".partial"
_CHUNK = 1 << 20
_RECORDS = """
SELECT warc_file, id, warc_offset + warc_length FROM snapshots WHERE lost_at IS NULL ORDER BY warc_file, warc_offset
"""


@dataclass(frozen=True, slots=True)
class WarcFile:
    """A WARC file as an archive knows it: (snapshot, end of its record) in the order of the file, and where it ends."""

    name: str
    records: tuple[tuple[int, int], ...]

    @property
    def end(self) -> int:
        """Where the last known record ends."""
        return self.records[-1][1]

    def behind(self, offset: int) -> tuple[tuple[int, int], ...]:
        """Return the records that end behind an offset."""
        return tuple(record for record in self.records if record[1] > offset)


def warc_files(archive: Archive) -> list[WarcFile]:
    """Return the WARC files in which an archive has raw pages."""
    rows = archive.connection.execute(_RECORDS)
    return [
        WarcFile(name, tuple((row[1], row[2]) for row in records))
        for name, records in groupby(rows, key=lambda row: row[0])
    ]


def copy_database(source: sqlite3.Connection, partial: Path) -> int:
    """Copy the database as it is at one moment, see that it is whole, and return the number of articles."""
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
        faults = file_faults(copy)
        if faults:
            raise ArchiveDamagedError(
                _(
                    "the archive is damaged ({verdict}) and was not copied - run newsarchive repair, or restore "
                    "a backup",
                    verdict=faults[0],
                )
            )
        if _counts(copy) != counts:
            raise UserError(_("{partial}: the copy differs from the archive - check the disk", partial=partial))
        return counts["articles"]


def copy_bytes(pieces: Sequence[tuple[Path, int, int]], partial: Path) -> int:
    """Write pieces of files (from, to), one behind the other, into a new file; return how many bytes there were."""
    make_folder_durably(partial.parent)
    written = 0
    with partial.open("wb") as copy:
        for source, start, end in pieces:
            with source.open("rb") as original:
                original.seek(start)
                left = end - start
                while left > 0 and (chunk := original.read(min(_CHUNK, left))):
                    copy.write(chunk)
                    left -= len(chunk)
                    written += len(chunk)
    return written


def count_damaged(copy: Archive, records: Sequence[tuple[int, int]], name: str) -> int:
    """Count the records that are not whole in a file, named from the archive's folder."""
    damaged = 0
    for snapshot_id, _offset in records:
        try:
            copy.snapshots.verify(snapshot_id, warc_file=name)
        except SnapshotDamagedError:
            damaged += 1
    return damaged


def is_other(path: Path, connection: sqlite3.Connection) -> bool:
    """Return whether a file is another archive than an open one; what cannot be read is not taken for one."""
    question = "SELECT archive_id FROM identity"
    try:
        with contextlib.closing(open_readonly(path)) as there:
            return bool(there.execute(question).fetchone() != connection.execute(question).fetchone())
    except sqlite3.DatabaseError:
        return False


def size_of(path: Path) -> int:
    """Return the bytes of a file, 0 where there is none."""
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def take_its_place(partial: Path, final: Path) -> None:
    """Wait until a file is on the disk and give it its name, which replaces an earlier one at once."""
    for suffix in ("-wal", "-shm"):
        # The log of an earlier backup that somebody opened must not be applied to this one.
        final.with_name(final.name + suffix).unlink(missing_ok=True)
    replace_durably(partial, final)


@contextlib.contextmanager
def clear_errors(path: Path) -> Iterator[None]:
    """Describe for people what the disk or SQLite says."""
    try:
        yield
    except OSError as error:
        raise UserError(
            _(
                "{value}: {strerror} - make room or check the permissions",
                value=error.filename or path,
                strerror=error.strerror,
            )
        ) from error
    except sqlite3.Error as error:
        raise explain(error, path) from error


def remove(*paths: Path) -> None:
    """Remove files that may not be there."""
    for path in paths:
        path.unlink(missing_ok=True)


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    tables = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    return {
        name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608
        for (name,) in tables
    }
