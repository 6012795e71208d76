"""Where a table and its index say something else of a row, find out which is right, before the index is made again.

A flipped bit is as likely in the one as in the other, and REINDEX alone would make the wrong value of a table final.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from newsarchive.archive.observations import content_hash
from newsarchive.i18n import _
from newsarchive.warc.record import SnapshotDamagedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsarchive.archive import Archive

_INDEXES = """
SELECT t.name, i.name, (SELECT sql FROM sqlite_master m WHERE m.name = i.name)
FROM sqlite_master t JOIN pragma_index_list(t.name) i
WHERE t.type = 'table' AND t.sql NOT LIKE 'CREATE VIRTUAL%' AND t.sql NOT LIKE '%WITHOUT ROWID%'
"""
_PARTIAL = re.compile(r"\sWHERE\s.*", re.IGNORECASE | re.DOTALL)
_TIMES = re.compile(r"_at$")
_URLS = "SELECT url FROM frontier UNION ALL SELECT url FROM copies UNION ALL SELECT url FROM snapshots"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A value of a row as its table has it, and as an index has it."""

    table: str
    row_id: int
    column: str
    value: object
    indexed: object

    def __str__(self) -> str:
        """Describe it for people."""
        return _(
            "{column} of row {row_id} of {table}: {value!r}, or {indexed!r}",
            column=self.column,
            row_id=self.row_id,
            table=self.table,
            value=self.value,
            indexed=self.indexed,
        )


def settle(archive: Archive) -> tuple[int, list[str]]:
    """Make all indexes again, with the right values; return how many were wrong in a table, and what nobody can tell.

    The caller holds the transaction. Raises sqlite3.DatabaseError where a table cannot be read.
    """
    connection = archive.connection
    judged = [(one, _right(archive, one)) for one in _disagreements(connection)]
    connection.execute("REINDEX")
    mended = 0
    for one, right in judged:
        if right is not None and right != one.value:
            connection.execute(
                f"UPDATE {one.table} SET {one.column} = ? WHERE rowid = ?",  # noqa: S608 - names of ours
                (right, one.row_id),
            )
            mended += 1
    return mended, [_("{one} - the first was kept", one=one) for one, right in judged if right is None]


def _disagreements(connection: sqlite3.Connection) -> list[Disagreement]:
    found: dict[tuple[str, int, str], Disagreement] = {}
    for table, index, sql in connection.execute(_INDEXES).fetchall():
        names = [name for (name,) in connection.execute("SELECT name FROM pragma_index_info(?)", (index,))]
        where = match[0] if (match := _PARTIAL.search(sql or "")) else ""
        columns = ", ".join(names)
        query = f"SELECT rowid, {columns} FROM {table} {{}} {where}"  # noqa: S608 - names of ours
        try:
            in_index = {row[0]: row[1:] for row in connection.execute(query.format(f"INDEXED BY {index}"))}
        except sqlite3.DatabaseError:
            continue  # it cannot be read, and bears no witness
        for row_id, *values in connection.execute(query.format("NOT INDEXED")):
            for name, value, indexed in zip(names, values, in_index.get(row_id, values), strict=True):
                if value != indexed:
                    found[table, row_id, name] = Disagreement(table, row_id, name, value, indexed)
    return list(found.values())


def _right(archive: Archive, one: Disagreement) -> object:
    """Return the right value; None where neither can be told to be."""
    told = [value for value in (one.value, one.indexed) if _is_possible(archive, one, value)]
    return told[0] if len(told) == 1 else None


def _is_possible(archive: Archive, one: Disagreement, value: object) -> bool:
    return all(_doubts(archive, one, value))


def _doubts(archive: Archive, one: Disagreement, value: object) -> Iterator[bool]:
    """Yield whether a value stands the questions that can be asked of it."""
    connection = archive.connection
    if isinstance(value, str):
        yield value.isprintable() and "\ufffd" not in value
        if _TIMES.search(one.column):
            yield _is_time(value)
        if one.column == "url":
            urls = [url for (url,) in connection.execute(_URLS)]
            yield urls.count(value) > (value == one.value)
        if one.column in ("site", "state", "role", "reason", "stage"):
            query = f"SELECT count(*) FROM {one.table} NOT INDEXED WHERE {one.column} = ?"  # noqa: S608
            yield connection.execute(query, (value,)).fetchone()[0] > (value == one.value)
    if (one.table, one.column) == ("texts", "content_hash"):
        (body,) = connection.execute("SELECT body FROM texts WHERE rowid = ?", (one.row_id,)).fetchone()
        yield content_hash(body) == value
    if one.table == "snapshots" and one.column in ("digest", "warc_file", "warc_offset"):
        yield _reads_with(archive, one, value)


def _is_time(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _reads_with(archive: Archive, one: Disagreement, value: object) -> bool:
    """Return whether the record of a snapshot can be read when its row has a value."""
    try:
        archive.snapshots.verify(one.row_id, **{one.column: value})
    except SnapshotDamagedError:
        return False
    return True
