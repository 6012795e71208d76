"""What the hooks of the plugin do, once Datasette is loaded."""

from __future__ import annotations

import hashlib
import sqlite3
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.plugins import pm
from datasette.utils.asgi import asgi_static

from newsarchive.archive.migrations import APPLICATION_ID
from newsarchive.browse.archives import archive_known, archive_of
from newsarchive.browse.atom import can_render, render
from newsarchive.browse.cells import body_of, body_of_table, show_cell
from newsarchive.browse.errors import show_failure
from newsarchive.browse.filters import FILTERS
from newsarchive.browse.metadata import queries
from newsarchive.browse.security import guarded
from newsarchive.browse.urls import Addresses
from newsarchive.browse.views import ROUTES
from newsarchive.search import match_expression, register_functions, write_term

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette
    from jinja2 import Environment

__all__ = [
    "FEED",
    "cell",
    "guarding",
    "prepare",
    "prepare_templates",
    "questions",
    "routes",
    "show_failure",
    "starting",
]

#: Bytes of the largest value that SQL may make or read: one that grows without end fails instead of eating the memory.
LARGEST_VALUE = 32 << 20
#: The form of lists that the plugin adds to Datasette's own.
FEED = {"extension": "atom", "render": render, "can_render": can_render}

# Datasette's handler prints every failure, a mistyped address too, with all values that were at hand.
_DATASETTES_HANDLER = "datasette.handle_exception"
_STATIC = Path(__file__).with_name("static")
_STYLE_VERSION = hashlib.blake2b((_STATIC / "style.css").read_bytes(), digest_size=4).hexdigest()


def prepare(connection: sqlite3.Connection) -> None:
    """Bound what SQL may make, and register our functions where the database is an archive.

    One takes the place of Datasette's own, which makes an FTS5 expression of what is typed into a table's search box.
    """
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    if application_id == APPLICATION_ID:
        folding = register_functions(connection)
        connection.create_function("escape_fts", 1, lambda query: match_expression(query, folding()))


def starting(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    """Prepare for the first request."""
    if pm.has_plugin(_DATASETTES_HANDLER):
        pm.unregister(name=_DATASETTES_HANDLER)

    async def find_archive() -> None:
        await archive_of(datasette)

    return find_archive


def routes() -> list[tuple[str, Callable[..., Any]]]:
    """List the pages and the files that they need."""
    return [*ROUTES, (r"/-/newsarchive/(?P<path>.*)$", asgi_static(_STATIC))]


def questions(datasette: Datasette, database: str) -> dict[str, dict[str, Any]]:
    """Return the canned queries of the archive; other databases have none of ours."""
    return queries() if archive_known(datasette) == database else {}


def cell(datasette: Datasette, database: str, *, row: Any, value: Any, column: str, table: str | None) -> Any:
    """Show a value of the archive; values of other databases are left to Datasette."""
    if archive_known(datasette) != database:
        return None
    return show_cell(Addresses(datasette, database), row, value, column, table)


def prepare_templates(environment: Environment, datasette: Datasette) -> None:
    """Add filters and globals."""
    environment.filters.update(FILTERS, body_of=body_of, body_of_table=body_of_table)
    environment.globals.update(
        newsarchive_to=partial(_addresses, datasette), newsarchive_style=_STYLE_VERSION, newsarchive_term=write_term
    )


def guarding(datasette: Datasette) -> Callable[[Any], Any]:
    """Make the wrapper of the application."""
    hosts = (datasette.plugin_config("newsarchive") or {}).get("hosts")
    return lambda app: guarded(app, hosts)


def _addresses(datasette: Datasette) -> Addresses:
    return Addresses(datasette, archive_known(datasette) or next(iter(datasette.databases), ""))
