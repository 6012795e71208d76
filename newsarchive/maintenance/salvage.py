"""Read out of a damaged SQLite file whatever can still be read, into a new archive.

Tables are read by their row ids, so that an unreadable page costs the rows on it and no other. Indexes, the search
index, stories and the state of the replay index are not read: they are made anew from the rows.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from newsarchive.archive import Archive, schema
from newsarchive.archive.migrations import APPLICATION_ID
from newsarchive.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Row = tuple[object, ...]

# Where the header of a file has what never differs between archives (https://www.sqlite.org/fileformat.html).
_HEADER = (
    (0, b"SQLite format 3\0" + (4096).to_bytes(2, "big")),
    (18, b"\2\2\0\x40\x20\x20"),
    (56, (1).to_bytes(4, "big")),
    (68, APPLICATION_ID.to_bytes(4, "big")),
)
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
#: How far behind the last readable row another one is looked for, and how many of the ids between are tried one by one.
_FARTHEST, _CLOSELY = 1 << 40, 1 << 16


def salvage(damaged: Path, new: Path) -> tuple[int, list[str]]:
    """Copy the rows that can be read into a new archive; return their number, and where rows could not be read.

    `damaged` may be written to: the header of a file is set right where it is no SQLite header.
    """
    _mend_header(damaged)
    count, unreadable = 0, []
    with closing(_open(damaged)) as source, Archive.open(new) as archive:
        target = archive.connection
        target.execute("PRAGMA foreign_keys = OFF")
        with archive.transaction():
            for table in _tables(target):
                copied, lost = _copy(source, target, table)
                count += copied
                unreadable += lost
            archive.stories.rebuild()
            schema.remember(target)
    return count, unreadable


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA writable_schema = ON")  # an unreadable entry of the schema hides that entry alone
    connection.execute("PRAGMA cell_size_check = ON")
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    return connection


def _mend_header(path: Path) -> None:
    with path.open("r+b") as file:
        for offset, right in _HEADER:
            file.seek(offset)
            if file.read(len(right)) != right:
                file.seek(offset)
                file.write(right)


def _tables(target: sqlite3.Connection) -> list[str]:
    names = [name for (name,) in target.execute(_TABLES)]
    return [name for name in names if not name.startswith((*schema.DERIVED, "sqlite_", "_sqlite"))]


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> tuple[int, list[str]]:
    wanted = schema.columns(target, table)
    try:
        there = set(schema.columns(source, table))
    except sqlite3.DatabaseError as error:
        return 0, [_("all rows of {table}: {error}", table=table, error=error)]
    columns = [name for name in wanted if name in there]
    if not columns:
        return 0, [_("all rows of {table}", table=table)]
    names = ", ".join(f'"{name}"' for name in columns)
    target.execute(f'DELETE FROM "{table}"')  # noqa: S608 - names of ours
    insert = f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({", ".join("?" * len(columns))})'  # noqa: S608
    count, lost = 0, []
    for row in _rows(source, table, names):
        if isinstance(row, str):
            lost.append(row)
            continue
        try:
            is_new = target.execute(insert, row).rowcount > 0
        except sqlite3.Error:
            is_new = False
        count += is_new
        if not is_new:
            lost.append(
                _("a row of {table}, whose values are not possible: {value}", table=table, value=str(row)[:200])
            )
    return count, lost


def _rows(source: sqlite3.Connection, table: str, names: str) -> Iterator[Row | str]:
    """Yield the readable rows of a table, each once, and in words where rows cannot be read."""
    try:
        source.execute(f'SELECT rowid FROM "{table}" LIMIT 1').fetchone()  # noqa: S608
    except sqlite3.OperationalError:  # it has none: WITHOUT ROWID
        yield from _until_damage(source, f'SELECT {names} FROM "{table}"')  # noqa: S608
        return
    except sqlite3.DatabaseError:
        pass
    query = f'SELECT rowid, {names} FROM "{table}" NOT INDEXED WHERE rowid > ? ORDER BY rowid'  # noqa: S608
    last = -1
    while True:
        for row_id, *row in _until_damage(source, query, last):
            last = int(str(row_id))
            yield tuple(row)
        if _is_at_end(source, table, last):
            return
        following = _next_readable(source, table, last)
        if following is None:
            yield _("rows of {table} behind row {last}", table=table, last=last)
            return
        unread = 0
        for row_id in range(last + 1, min(following, last + _CLOSELY)):
            found = list(_until_damage(source, f'SELECT {names} FROM "{table}" WHERE rowid = ?', row_id))  # noqa: S608
            yield from found
            unread += not found
        yield _(
            "{unread} rows of {table}, between row {last} and row {following}",
            unread=unread,
            table=table,
            last=last,
            following=following,
        )
        last = following - 1


def _until_damage(source: sqlite3.Connection, query: str, *parameters: int) -> Iterator[Row]:
    cursor = source.cursor()
    try:
        yield from cursor.execute(query, parameters)
    except sqlite3.DatabaseError:
        return


def _is_at_end(source: sqlite3.Connection, table: str, last: int) -> bool:
    query = f'SELECT 1 FROM "{table}" NOT INDEXED WHERE rowid > ? LIMIT 1'  # noqa: S608
    try:
        return source.execute(query, (last,)).fetchone() is None
    except sqlite3.DatabaseError:
        return False


def _next_readable(source: sqlite3.Connection, table: str, last: int) -> int | None:
    """Return a row id behind unreadable ones from which reading goes on; None where nothing more can be read."""
    query = f'SELECT rowid FROM "{table}" NOT INDEXED WHERE rowid > ? ORDER BY rowid LIMIT 1'  # noqa: S608
    step = 1
    while step < _FARTHEST:
        try:
            row = source.execute(query, (last + step,)).fetchone()
        except sqlite3.DatabaseError:
            step *= 2
            continue
        return int(row[0]) if row else last + step + 1
    return None
