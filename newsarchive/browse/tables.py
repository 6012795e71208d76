"""The tables and views of an archive, with their columns and, where counting is quick, their rows."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.utils import sqlite_timelimit

from newsarchive.archive.describe import descriptions

#: Milliseconds that counting the rows of one table may take.
COUNT_TIME = 40


def tables(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """List what the descriptions tell of, in their order; `count` is None for views and where counting takes long."""
    kinds = dict(connection.execute("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')").fetchall())
    return [
        {
            "name": name,
            "columns": [row[1] for row in connection.execute(f"PRAGMA table_info({name})")],
            "is_view": kinds[name] == "view",
            "count": _count(connection, name) if kinds[name] == "table" else None,
            "hidden": False,
        }
        for name, described in descriptions().items()
        if name in kinds and not described.hidden
    ]


def _count(connection: sqlite3.Connection, table: str) -> int | None:
    try:
        with sqlite_timelimit(connection, COUNT_TIME):
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - a name of ours
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        return None
