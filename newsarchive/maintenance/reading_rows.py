"""Compare readings with their checksums, and correct those in which a bit was changed.

Of all texts that differ from a damaged one in a single bit, one alone has its checksum: that is the one which was
stored, and neither the raw page nor the rules by which it was read are needed for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsarchive.archive.observations import checksum
from newsarchive.maintenance.bits import flipped

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

# As bytes: what was damaged may be no UTF-8.
_READINGS = """
SELECT r.id, CAST(r.title AS BLOB), t.content_hash, CAST(r.fields AS BLOB), CAST(r.extractor AS BLOB),
    CAST(r.checksum AS BLOB)
FROM readings r JOIN texts t ON t.id = r.text_id WHERE r.checksum IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class StoredReading:
    """What a row of `readings` says, as its bytes stand there."""

    row_id: int
    title: bytes | None
    text_hash: str
    fields: bytes
    extractor: bytes | None
    checksum: bytes

    @property
    def is_whole(self) -> bool:
        """Whether it has the checksum that was stored with it."""
        return checksum(self.title, self.text_hash, self.fields, self.extractor).encode() == self.checksum


def damaged_readings(connection: sqlite3.Connection) -> Iterator[StoredReading]:
    """Yield the readings that say something else than what was stored."""
    for row in connection.execute(_READINGS):
        reading = StoredReading(*row)
        if not reading.is_whole:
            yield reading


def correct(connection: sqlite3.Connection, damaged: StoredReading) -> bool:
    """Restore what was stored of a reading, where that is found; return whether it was."""
    right = next((one for one in _candidates(damaged) if one.is_whole), None)
    if right is not None:
        connection.execute(
            "UPDATE readings SET title = CAST(? AS TEXT), fields = CAST(? AS TEXT), extractor = CAST(? AS TEXT),"
            " checksum = CAST(? AS TEXT) WHERE id = ?",
            (right.title, right.fields, right.extractor, right.checksum, right.row_id),
        )
        return True
    for text_id, text_hash in connection.execute("SELECT id, content_hash FROM texts").fetchall():
        if replace(damaged, text_hash=text_hash).is_whole:
            connection.execute("UPDATE readings SET text_id = ? WHERE id = ?", (text_id, damaged.row_id))
            return True
    return False


def _candidates(damaged: StoredReading) -> Iterator[StoredReading]:
    for checksum_bytes in flipped(damaged.checksum):
        yield replace(damaged, checksum=checksum_bytes)
    for fields in flipped(damaged.fields):
        yield replace(damaged, fields=fields)
    for title in flipped(damaged.title or b""):
        yield replace(damaged, title=title)
    for extractor in flipped(damaged.extractor or b""):
        yield replace(damaged, extractor=extractor)
