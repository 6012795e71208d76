"""The tables, indexes, triggers and views that an archive must have, and putting back what another program took away.

`sqlite-utils transform articles`, or an editor that rebuilds a table, drops without a word the triggers that keep the
search index in step. To see that, the schema of this version is made once more in memory and compared. It takes a
moment, so whoever opens an archive for writing does it only where SQLite's schema version is not the one for which it
was done last (`PRAGMA user_version` holds that).
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from newsarchive.archive.migrations import rebuild, upgrade
from newsarchive.archive.search_functions import register_functions

if TYPE_CHECKING:
    from sqlite_utils import Database

    from newsarchive.progress_bar import Progress

Kind = Literal["table", "index", "trigger", "view"]

_OBJECTS = "SELECT type, name, sql FROM sqlite_master WHERE name NOT GLOB 'sqlite_*'"
# Programs that rebuild a table quote its names in their own way.
_SPELLING = re.compile(r"[\s\"'`\[\]]+")
#: What is made of the articles, and made again when a part of it is missing: the beginnings of its names.
SEARCH, STORIES, DAYS = "search_", ("stories", "story_"), "source_days"
#: What says which files of the replay index are right.
REPLAY = "replay_runs"
#: The beginnings of the names of all that is made again: the search index, the stories, the counts of days, and that.
DERIVED = (SEARCH, *STORIES, DAYS, REPLAY)


@dataclass(frozen=True, slots=True)
class SchemaObject:
    """A table, index, trigger or view, the SQL that makes it, and the columns of a table."""

    kind: Kind
    name: str
    sql: str
    columns: tuple[str, ...] = ()

    @property
    def is_derived(self) -> bool:
        """Whether it is of the search index, of the stories, of the counts of days or of the replay index."""
        return self.name.startswith(DERIVED)


@dataclass(frozen=True, slots=True)
class Difference:
    """An object that an archive lacks or has otherwise, in words."""

    wanted: SchemaObject
    what: str

    @property
    def can_be_mended(self) -> bool:
        """Whether it can be made again; the rows of a table that is not derived cannot."""
        return self.wanted.kind != "table" or self.wanted.is_derived

    def __str__(self) -> str:
        """Describe it for people."""
        return f"{self.wanted.kind} {self.wanted.name} {self.what}"


def differences(connection: sqlite3.Connection) -> list[Difference]:
    """Return where the schema of an archive is not the one that this version makes; what there is besides may be."""
    there = {(kind, name): sql or "" for kind, name, sql in connection.execute(_OBJECTS)}
    found = []
    for wanted in reference():
        sql = there.get((wanted.kind, wanted.name))
        if sql is None:
            found.append(Difference(wanted, "is missing"))
        elif wanted.kind != "table":
            if _plain(sql) != _plain(wanted.sql):
                found.append(Difference(wanted, "was changed"))
        elif lacking := set(wanted.columns) - set(columns(connection, wanted.name)):
            found.append(Difference(wanted, f"has lost {', '.join(sorted(lacking))}"))
    return found


def columns(connection: sqlite3.Connection, table: str) -> list[str]:
    """Return the names of a table's columns; none where there is no such table."""
    return [name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]


def was_touched(connection: sqlite3.Connection) -> bool:
    """Return whether the schema was changed since it was compared last."""
    return _pragma(connection, "schema_version") != _pragma(connection, "user_version")


def put_back(db: Database, progress: Progress) -> list[Difference]:
    """Make again what is missing or changed, as far as it can be made; the caller holds the transaction.

    Where a trigger is missing, changes were missed: what it keeps in step is built anew. Return what was put back.
    """
    connection = db.conn
    found = [difference for difference in differences(connection) if difference.can_be_mended]
    lost = [difference.wanted for difference in found]
    if any(one.name.startswith(SEARCH) for one in lost):
        drop(connection, SEARCH)
    if any(one.kind == "table" and one.name.startswith(STORIES) for one in lost):
        drop(connection, *STORIES)
    if any(one.name.startswith(REPLAY) for one in lost):
        drop(connection, REPLAY)
    if any(one.is_derived or one.kind == "view" for one in lost):
        rebuild(db, progress)
    for difference in differences(connection):
        if difference.can_be_mended and difference.wanted.kind != "table":
            _make(connection, difference.wanted)
    remember(connection)
    return found


def drop(connection: sqlite3.Connection, *beginnings: str) -> None:
    """Drop all objects of ours whose names begin so; `migrations.rebuild` makes them again."""
    for wanted in reference():
        if not wanted.name.startswith(beginnings):
            continue
        # The tables in which FTS5 keeps an index go with it.
        if wanted.kind != "table" or wanted.sql.startswith("CREATE VIRTUAL") or not _is_shadow(wanted.name):
            connection.execute(f'DROP {wanted.kind} IF EXISTS "{wanted.name}"')
    if STORIES[0] in beginnings:
        connection.execute("DROP INDEX IF EXISTS articles_story")


def remember(connection: sqlite3.Connection) -> None:
    """Record that the schema was compared as it is now; the caller holds the transaction."""
    connection.execute(f"PRAGMA user_version = {_pragma(connection, 'schema_version')}")


@cache
def reference() -> tuple[SchemaObject, ...]:
    """Return the objects that this version makes."""
    from sqlite_utils import Database  # noqa: PLC0415 - see migrations.Steps

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        register_functions(connection)
        upgrade(Database(connection), lambda _done, _total=None: None)
        rows = connection.execute(_OBJECTS).fetchall()
        return tuple(
            SchemaObject(kind, name, sql, tuple(columns(connection, name)) if kind == "table" else ())
            for kind, name, sql in rows
        )


def _is_shadow(name: str) -> bool:
    tables = [one.name for one in reference() if one.sql.startswith("CREATE VIRTUAL")]
    return any(name.startswith(f"{table}_") for table in tables)


def _make(connection: sqlite3.Connection, wanted: SchemaObject) -> None:
    # Rows that were added without a unique index may not allow it any more: `newsarchive check` goes on telling.
    with suppress(sqlite3.IntegrityError):
        connection.execute(f'DROP {wanted.kind} IF EXISTS "{wanted.name}"')
        connection.execute(wanted.sql)


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)


def _plain(sql: str) -> str:
    return _SPELLING.sub("", sql).lower()
