"""A quick look into an archive before a crawl relies on it; `newsarchive check` is the thorough one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND rootpage > 0"


def look_into_tables(connection: sqlite3.Connection) -> None:
    """Read a row of each table, in no time; raises sqlite3.DatabaseError where the way to it is damaged.

    A crawl that happens to store nothing would end well on such a file, and the next ones, too.
    """
    for (name,) in connection.execute(_TABLES).fetchall():
        connection.execute(f'SELECT * FROM "{name}" LIMIT 1').fetchone()  # noqa: S608 - a name of the schema
