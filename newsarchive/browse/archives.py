"""Which of the open databases is the archive."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from newsarchive.archive.connection import open_readonly
from newsarchive.archive.migrations import APPLICATION_ID

if TYPE_CHECKING:
    from datasette.app import Datasette

# The databases of a Datasette when they were looked at, and which of them is the archive.
_FOUND: WeakKeyDictionary[Datasette, tuple[tuple[str, ...], str | None]] = WeakKeyDictionary()


def archive_of(datasette: Datasette) -> str | None:
    """Return the name of the first database that is an archive of ours; None where there is none.

    The files are asked, not Datasette's connections: routes and templates are chosen before these may be used.
    """
    names = tuple(datasette.databases)
    known = _FOUND.get(datasette)
    if known is None or known[0] != names:
        archives = (name for name in names if (path := datasette.databases[name].path) and _is_archive(path))
        _FOUND[datasette] = known = (names, next(archives, None))
    return known[1]


def names_in(datasette: Datasette) -> set[str]:
    """Return the names of all tables and views of the archive."""
    name = archive_of(datasette)
    if name is None:
        return set()
    with closing(open_readonly(datasette.databases[name].path)) as connection:
        return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}


def _is_archive(path: str) -> bool:
    try:
        with closing(open_readonly(path)) as connection:
            (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    except sqlite3.Error:
        return False  # what is wrong with the file is told when Datasette opens it
    return bool(application_id == APPLICATION_ID)
