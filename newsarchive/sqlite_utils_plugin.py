"""A plugin of sqlite-utils: its command line can then write to an archive, whose triggers call our SQL functions.

sqlite-utils loads this module while it is itself half loaded, so it lies in no package that imports sqlite-utils, and
imports our functions when they are needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pluggy import HookimplMarker

if TYPE_CHECKING:
    import sqlite3

hookimpl = HookimplMarker("sqlite_utils")


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Register the functions of the search index, where the file is an archive."""
    from newsarchive.archive.migrations import APPLICATION_ID  # noqa: PLC0415 - see above
    from newsarchive.search import register_functions  # noqa: PLC0415

    (application_id,) = conn.execute("PRAGMA application_id").fetchone()
    if application_id == APPLICATION_ID:
        register_functions(conn)
