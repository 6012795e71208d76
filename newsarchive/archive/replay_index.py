"""The CDXJ index of an archive's WARC files, in `warc/index/<archive>/`, by which pywb replays them as they are.

The index is derived from the table `snapshots`, in sorted files of which each holds a range of its ids; a small one is
merged into its neighbour, so that there are few. The table `replay_runs` says which files count: they are written
first, the rows then, and a file without a row is removed. Triggers delete the row of a file as soon as one of its
snapshots is changed or deleted, and the next update writes that range again. So the index is right after a crash, after
pages were pruned or repaired, and when its files are lost; nobody else has to know of it.
"""

from __future__ import annotations

import heapq
import json
import os
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from newsarchive.atomic import atomic_file
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.locks import try_lock
from newsarchive.warc.cdxj import Capture, cdxj_line, is_replayed

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from newsarchive.archive.archive import Archive

#: Columns of `snapshots` of which `capture_of` makes a capture.
CAPTURE_COLUMNS = (
    "url, fetched_at, http_status, headers, digest, payload_id IS NOT NULL, warc_file, warc_offset, warc_length"
)
_TABLE = """
CREATE TABLE IF NOT EXISTS replay_runs (
    first_id INTEGER PRIMARY KEY, last_id INTEGER NOT NULL, lines INTEGER NOT NULL, bytes INTEGER NOT NULL
) STRICT
"""
# A file is forgotten when one of its snapshots changes in what the index says of it.
_COLUMNS = "id, url, fetched_at, http_status, headers, digest, warc_file, warc_offset, warc_length, payload_id, lost_at"
_FORGET = "BEGIN DELETE FROM replay_runs WHERE OLD.id BETWEEN first_id AND last_id; END"
_TRIGGERS = {"replay_runs_delete": "DELETE", "replay_runs_update": f"UPDATE OF {_COLUMNS}"}
# Snapshots whose lines are sorted in memory at a time: about 10 MB.
_CHUNK = 20_000
# A file is merged into the one before it unless that is so many times as large: 20 files for a billion pages.
_GROWTH = 4
# Seconds to wait for another process that brings the index up to date.
_PATIENCE = 30.0
# How often the index is written when snapshots are changed meanwhile.
_TRIES = 5
# Length of a file that is being written.
_ANNOUNCED = -1

_SNAPSHOTS = f"SELECT {CAPTURE_COLUMNS} FROM snapshots WHERE id BETWEEN ? AND ? AND lost_at IS NULL"  # noqa: S608


@dataclass(frozen=True, slots=True)
class _Run:
    """A file of the index: its range of snapshots, and how many lines and bytes it has."""

    first_id: int
    last_id: int
    lines: int
    bytes: int

    @property
    def name(self) -> str:
        return f"{self.first_id:012}-{self.last_id:012}.cdxj"


def create_table(connection: sqlite3.Connection) -> None:
    """Make the table of the files that count and its triggers, where they are missing; no commit is made."""
    connection.execute(_TABLE)
    for name, event in _TRIGGERS.items():
        connection.execute(f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event} ON snapshots {_FORGET}")


def index_folder(archive: Archive) -> Path:
    """Return the folder of the index: beside the WARC files, which lie where the file is that a link leads to."""
    path = Path(archive.connection.execute("PRAGMA database_list").fetchone()[2])
    return path.parent / "warc" / "index" / path.name


def update(archive: Archive) -> int:
    """Bring the index up to date with what is committed; return the number of snapshots that were indexed.

    A crawl may be running. Raises UserError where the files or the archive cannot be written.
    """
    folder = index_folder(archive)
    with _alone(folder):
        for _try in range(_TRIES):
            indexed = _update(archive, folder)
            if indexed is not None:
                return indexed
    raise UserError(_("{folder}: the raw pages were changed all the time - run this again later", folder=folder))


def _update(archive: Archive, folder: Path) -> int | None:
    """Do what `update` does; None where snapshots were changed meanwhile, so that it has to be done again."""
    runs = _valid_runs(archive, folder)
    (last_id,) = archive.connection.execute("SELECT coalesce(max(id), 0) FROM snapshots").fetchone()
    chunks = [chunk for gap in _gaps(runs, last_id) for chunk in _chunks(*gap)]
    if chunks:
        # What is written is announced before it is read, so that the triggers see a change that happens meanwhile.
        _set_rows(archive, [*runs, *(_Run(*chunk, 0, _ANNOUNCED) for chunk in chunks)])
    new = [_write_run(archive, folder, *chunk) for chunk in chunks]
    unmerged = sorted([*runs, *new], key=lambda run: run.first_id)
    merged = _merge(folder, unmerged)
    if merged != runs:
        with archive.transaction():
            if _ids(archive) != [run.first_id for run in unmerged]:
                return None
            _set_rows(archive, merged)
    _remove_others(folder, {run.name for run in merged})
    return sum(run.lines for run in new)


def _ids(archive: Archive) -> list[int]:
    return [one for (one,) in archive.connection.execute("SELECT first_id FROM replay_runs ORDER BY first_id")]


def _set_rows(archive: Archive, runs: list[_Run]) -> None:
    with archive.transaction():
        archive.connection.execute("DELETE FROM replay_runs")
        archive.connection.executemany(
            "INSERT INTO replay_runs VALUES (?, ?, ?, ?)",
            [(run.first_id, run.last_id, run.lines, run.bytes) for run in runs],
        )


def rebuild(archive: Archive) -> int:
    """Write the whole index again; return the number of snapshots that were indexed."""
    with archive.transaction():
        archive.connection.execute("DELETE FROM replay_runs")
    return update(archive)


def _valid_runs(archive: Archive, folder: Path) -> list[_Run]:
    """Return the files of the index that are there and as long as they should be."""
    rows = archive.connection.execute("SELECT first_id, last_id, lines, bytes FROM replay_runs ORDER BY first_id")
    runs = [_Run(*row) for row in rows]
    return [run for run in runs if _size(folder / run.name) == run.bytes]


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _gaps(runs: list[_Run], last_id: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of ids that no file holds."""
    ends = [0, *(run.last_id for run in runs)]
    starts = [*(run.first_id for run in runs), last_id + 1]
    for end, start in zip(ends, starts, strict=True):
        if end + 1 < start:
            yield end + 1, start - 1


def _chunks(first_id: int, last_id: int) -> Iterator[tuple[int, int]]:
    for first, following in pairwise([*range(first_id, last_id + 1, _CHUNK), last_id + 1]):
        yield first, following - 1


def _write_run(archive: Archive, folder: Path, first_id: int, last_id: int) -> _Run:
    rows = archive.connection.execute(_SNAPSHOTS, (first_id, last_id))
    lines = sorted(cdxj_line(capture_of(row)) for row in rows if is_replayed(row[0]))
    run = _Run(first_id, last_id, len(lines), sum(map(len, lines)))
    with atomic_file(folder / run.name) as file:
        file.writelines(lines)
    return run


def capture_of(row: tuple[str, str, int | None, str | None, str, int, str, int, int]) -> Capture:
    """Return what an index says of a snapshot, of the values of `CAPTURE_COLUMNS`."""
    url, fetched_at, status, headers, digest, is_revisit, warc_file, offset, length = row
    content_type = json.loads(headers or "{}").get("content-type", "")
    # Names are those below the folder `warc`, so that it can be moved alone.
    name = warc_file.removeprefix("warc/")
    return Capture(url, fetched_at, status, content_type, digest, bool(is_revisit), name, offset, length)


def _merge(folder: Path, runs: list[_Run]) -> list[_Run]:
    """Merge files that are not much smaller than the one behind them, and those on both sides of a small one."""
    merged: list[_Run] = []
    for run in runs:
        merged.append(run)
        while len(merged) > 1 and merged[-2].lines <= _GROWTH * merged[-1].lines:
            later, earlier = merged.pop(), merged.pop()
            merged.append(_merge_two(folder, earlier, later))
    return merged


def _merge_two(folder: Path, earlier: _Run, later: _Run) -> _Run:
    run = _Run(earlier.first_id, later.last_id, earlier.lines + later.lines, earlier.bytes + later.bytes)
    with ExitStack() as stack:
        parts = [stack.enter_context((folder / part.name).open("rb")) for part in (earlier, later)]
        file = stack.enter_context(atomic_file(folder / run.name))
        file.writelines(heapq.merge(*parts))
    return run


def _remove_others(folder: Path, names: set[str]) -> None:
    """Remove what a killed update left behind, and what was merged."""
    for path in folder.iterdir():
        if path.name not in names:
            with suppress(FileNotFoundError):
                path.unlink()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder, so that two crawls into one archive update its index one after the other."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise UserError(
            _(
                "{folder}: cannot be made: {strerror} - check the folder's permissions",
                folder=folder,
                strerror=error.strerror,
            )
        ) from error
    try:
        end = time.monotonic() + _PATIENCE
        while not try_lock(descriptor):
            if time.monotonic() > end:
                raise UserError(
                    _("{folder}: another process writes it - run this again when that has ended", folder=folder)
                )
            time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)
