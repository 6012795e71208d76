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

_FOUND: WeakKeyDictionary[Datasette, str] = WeakKeyDictionary()


def archive_of(datasette: Datasette) -> str | None:
    """Return the name of the first database that is an archive of ours; None where there is none.

    The files are asked, not Datasette's connections: routes and templates are chosen before these may be used.
    """
    if (known := _FOUND.get(datasette)) is not None:
        return known
    for name, database in datasette.databases.items():
        if database.path and _is_archive(database.path):
            _FOUND[datasette] = name
            return str(name)
    return None


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
