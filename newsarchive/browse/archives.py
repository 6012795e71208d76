"""Which of the open databases are archives, and which of them a request is about."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from contextvars import ContextVar
from typing import TYPE_CHECKING, Literal
from weakref import WeakKeyDictionary

from datasette.utils import tilde_decode, tilde_encode

from newsarchive.archive.connection import open_readonly
from newsarchive.archive.migrations import APPLICATION_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from datasette.app import Datasette

# The databases of a Datasette when they were looked at, and which of them are archives.
_FOUND: WeakKeyDictionary[Datasette, tuple[tuple[str, ...], tuple[str, ...]]] = WeakKeyDictionary()
# The archive that the request at hand is about.
_ASKED: ContextVar[str | None] = ContextVar("archive", default=None)


def archives_of(datasette: Datasette) -> tuple[str, ...]:
    """Return the names of the databases that are archives of ours, in the order in which they were opened.

    The files are asked, not Datasette's connections: routes and templates are chosen before these may be used.
    """
    names = tuple(datasette.databases)
    known = _FOUND.get(datasette)
    if known is None or known[0] != names:
        paths = ((name, datasette.databases[name].path) for name in names)
        known = (names, tuple(name for name, path in paths if path and _is_archive(path)))
        _FOUND[datasette] = known
    return known[1]


def archive_of(datasette: Datasette) -> str | None:
    """Return the name of the archive that the request at hand is about, else of the first; None where there is none."""
    archives = archives_of(datasette)
    asked = _ASKED.get()
    return asked if asked in archives else next(iter(archives), None)


def archive_asked(datasette: Datasette, below: Mapping[str, Collection[str]]) -> Callable[[str], None]:
    """Return what notes which archive a request for a path is about.

    That is the first, unless the path is that of another one's database, of its pages, or of something that `below`
    says to be in it: its name -> what tables and questions it has.
    """
    further = {tilde_encode(name): name for name in archives_of(datasette)[1:]}

    def note(path: str) -> None:
        first, _, rest = path.lstrip("/").partition("/")
        name = further.get(first.partition(".")[0])
        inner = rest.partition("/")[0]
        is_there = name is not None and (inner in ("", "-") or tilde_decode(inner.partition(".")[0]) in below[name])
        _ASKED.set(name if is_there else None)

    return note


def prefix_of(datasette: Datasette, name: str) -> str:
    """Return where the pages of an archive are: those of the first at the root, those of others below their names."""
    return "" if name == next(iter(archives_of(datasette)), name) else f"/{tilde_encode(name)}/-"


def names_in(datasette: Datasette, name: str, *kinds: Literal["table", "view"]) -> set[str]:
    """Return the names of all tables and views of an archive, or of one kind."""
    with closing(open_readonly(datasette.databases[name].path)) as connection:
        found = connection.execute("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')").fetchall()
    return {name for name, kind in found if not kinds or kind in kinds}


def _is_archive(path: str) -> bool:
    try:
        with closing(open_readonly(path)) as connection:
            (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    except sqlite3.Error:
        return False  # what is wrong with the file is told when Datasette opens it
    return bool(application_id == APPLICATION_ID)
