"""Rows by the names of their columns, whatever row factory a connection has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

#: A row: column -> value.
Row = dict[str, Any]


def rows(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
    """Run a query and give its rows as dicts."""
    cursor = connection.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def one(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Row | None:
    """Return the first row of a query, None where there is none."""
    found = rows(connection, sql, parameters)
    return found[0] if found else None


def value(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any] = ()) -> Any:
    """Return the only value of a query that has one."""
    (found,) = connection.execute(sql, parameters).fetchone()
    return found
