"""Find values that nothing writes into an archive: times that are none, JSON that cannot be read, unknown words.

Most columns have a witness: a hash, an index, a raw page. Those listed here have none but their form.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, get_args

from newsarchive.archive.frontier import End
from newsarchive.maintenance.bits import unflipped
from newsarchive.models import Role

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

_STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def _is_time(value: bytes) -> bool:
    if not _STAMP.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value.decode())
    except ValueError:
        return False
    return True


def _is_json(value: bytes) -> bool:
    try:
        return isinstance(json.loads(value.decode()), dict)
    except (ValueError, RecursionError):
        return False


def _one_of(*words: str) -> Callable[[bytes], bool]:
    known = frozenset(word.encode() for word in words)
    return known.__contains__


_IS_ROLE = _one_of(*get_args(Role))
_IS_STATE = _one_of("pending", "done", *get_args(End))
#: Whether a value, as it stands in the file, has the form of its column; what has none may be empty.
FORMS: dict[tuple[str, str], Callable[[bytes], bool]] = {
    ("frontier", "role"): _IS_ROLE,
    ("frontier", "state"): _IS_STATE,
    ("frontier", "hints"): _is_json,
    ("frontier", "found_at"): _is_time,
    ("frontier", "next_at"): _is_time,
    ("frontier", "ended_at"): _is_time,
    ("copies", "role"): _IS_ROLE,
    ("copies", "first_seen_at"): _is_time,
    ("copies", "last_seen_at"): _is_time,
    ("copies", "gone_at"): _is_time,
    ("readings", "first_seen_at"): _is_time,
    ("readings", "last_seen_at"): _is_time,
    ("problems", "first_at"): _is_time,
    ("problems", "last_at"): _is_time,
    ("runs", "started_at"): _is_time,
    ("runs", "finished_at"): _is_time,
    ("runs", "arguments"): _is_json,
    ("runs", "counts"): _is_json,
    ("listings", "changed_at"): _is_time,
    ("listings", "not_before"): _is_time,
}
# What a column that may not be empty gets where nobody knows what was there: such a page is fetched again.
_INSTEAD = {("frontier", "state"): "pending"}


@dataclass(frozen=True, slots=True)
class Malformed:
    """A value that does not have the form of its column."""

    table: str
    column: str
    row_id: int
    value: bytes

    def __str__(self) -> str:
        """Describe it for people."""
        return f"{self.column} of row {self.row_id} of {self.table}: {self.value[:80]!r}"


def malformed(connection: sqlite3.Connection) -> Iterator[Malformed]:
    """Yield the values that do not have the form of their column."""
    for (table, column), has_form in FORMS.items():
        query = f"SELECT rowid, CAST({column} AS BLOB) FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608 - names of ours
        for row_id, value in connection.execute(query):
            if not has_form(value):
                yield Malformed(table, column, row_id, value)


def put_right(connection: sqlite3.Connection, one: Malformed) -> bool:
    """Restore the form of a value, where one bit was flipped; else empty it. Return whether it is what it was."""
    right = unflipped(one.value, FORMS[one.table, one.column])
    if right is not None:
        _set(connection, one, right.decode())
    elif (instead := _INSTEAD.get((one.table, one.column))) is not None:
        _set(connection, one, instead)
    elif _may_be_empty(connection, one):
        _set(connection, one, None)
    return right is not None


def _set(connection: sqlite3.Connection, one: Malformed, value: str | None) -> None:
    connection.execute(
        f"UPDATE {one.table} SET {one.column} = ? WHERE rowid = ?",  # noqa: S608 - names of ours
        (value, one.row_id),
    )


def _may_be_empty(connection: sqlite3.Connection, one: Malformed) -> bool:
    query = 'SELECT "notnull" FROM pragma_table_info(?) WHERE name = ?'
    (is_needed,) = connection.execute(query, (one.table, one.column)).fetchone()
    return not is_needed
