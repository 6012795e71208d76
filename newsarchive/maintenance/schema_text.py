"""Mend the SQL by which SQLite knows the tables of an archive, where a bit of it was flipped.

SQLite refuses a file whose schema it cannot parse, and takes a changed name for another column. The rows are there as
they were: with the text of this version's schema, which differs in that bit alone, they can be read again.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from newsarchive.archive import schema
from newsarchive.maintenance.bits import differ_by_a_bit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ENTRIES = "SELECT rowid, CAST(type || ' ' || name || ' ' || sql AS BLOB) FROM sqlite_master WHERE sql IS NOT NULL"


def damaged_entries(connection: sqlite3.Connection) -> Iterator[tuple[int, schema.SchemaObject]]:
    """Yield the rows of the schema in which a bit was flipped, with what they were."""
    wanted = {f"{one.kind} {one.name} {one.sql}".encode(): one for one in schema.reference()}
    entries = connection.execute(_ENTRIES).fetchall()
    there = {entry for _, entry in entries}
    missing = [(text, one) for text, one in wanted.items() if text not in there]
    for row_id, entry in entries:
        if entry not in wanted:
            yield from ((row_id, one) for text, one in missing if differ_by_a_bit(text, entry))


def mend_schema_text(path: Path) -> list[str]:
    """Set right the entries of the schema in which a bit was flipped; return their names.

    Nothing is done where the file is none that SQLite opens at all. The caller holds the locks.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")  # an entry that cannot be parsed hides itself alone
        try:
            found = list(damaged_entries(connection))
            for row_id, one in found:
                connection.execute(
                    "UPDATE sqlite_master SET type = ?, name = ?, sql = ? WHERE rowid = ?",
                    (one.kind, one.name, one.sql, row_id),
                )
        except sqlite3.DatabaseError:
            return []  # what it is, the reader that comes next says
    return [f"{one.kind} {one.name}" for _, one in found]
