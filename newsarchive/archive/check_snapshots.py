"""Check that every snapshot lies where its row says, and that its bytes are those that were kept."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from newsarchive.archive.warc_record import SnapshotDamagedError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from newsarchive.archive.archive import Archive
    from newsarchive.archive.check import Fault

_PLACES = "SELECT warc_file, id, warc_offset, warc_length FROM snapshots ORDER BY warc_file, warc_offset"
_WRONG_ORIGINALS = """
SELECT s.id FROM snapshots s JOIN snapshots p ON p.id = s.payload_id
WHERE p.payload_id IS NOT NULL OR p.digest <> s.digest OR p.length <> s.length
"""
_NEWEST = """
SELECT id FROM (SELECT id, warc_file, warc_offset FROM snapshots ORDER BY id DESC LIMIT ?)
ORDER BY warc_file, warc_offset
"""


def check_places(connection: sqlite3.Connection, base: Path) -> Iterator[Fault]:
    """Compare the places of all records with the files; nothing is unpacked. `base` is the archive's folder."""
    known: set[Path] = set()
    for name, rows in groupby(connection.execute(_PLACES), key=lambda row: row[0]):
        known.add(base / name)
        yield from _check_file(base / name, name, rows)
    for (snapshot_id,) in connection.execute(_WRONG_ORIGINALS):
        yield "damage", "a snapshot takes its body from one that has another", f"snapshot {snapshot_id}"
    for path in sorted((base / "warc").rglob("*.warc.gz")):
        if path not in known:
            yield "notice", "a WARC file holds nothing that this archive knows", str(path.relative_to(base))


def check_records(archive: Archive, newest: int | None) -> Iterator[Fault]:
    """Read the newest records, or all of them, and compare their bytes with the digests."""
    ids = archive.connection.execute(_NEWEST, (-1 if newest is None else newest,))
    for (snapshot_id,) in ids:
        try:
            archive.snapshots.verify(snapshot_id)
        except SnapshotDamagedError as error:
            yield "damage", "a snapshot cannot be read", str(error)


def _check_file(path: Path, name: str, rows: Iterator[tuple[str, int, int, int]]) -> Iterator[Fault]:
    try:
        size = path.stat().st_size
    except OSError as error:
        yield "damage", f"a WARC file cannot be read ({error.strerror})", f"{name}: {sum(1 for _ in rows)} snapshots"
        return
    end = lost = 0
    for _, snapshot_id, offset, length in rows:
        if offset < end:
            yield "damage", "two snapshots lie in one place", f"snapshot {snapshot_id} in {name}"
        end = offset + length
        lost += end > size
    if lost:
        yield "damage", "a WARC file is shorter than it was", f"{name}: {lost} snapshots are lost"
    elif end < size:
        detail = f"{name}: {size - end} bytes"
        yield "notice", "a run that is at work, or was killed, wrote more than the archive knows", detail
