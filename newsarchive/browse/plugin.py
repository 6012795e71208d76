"""What the hooks of the plugin do, once Datasette is loaded."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.plugins import pm
from datasette.utils import tilde_encode
from datasette.utils.asgi import asgi_static
from jinja2 import ChoiceLoader, FileSystemLoader

from newsarchive.archive.migrations import APPLICATION_ID
from newsarchive.browse import article_views, reading_list, search_views, views  # noqa: F401 - they register routes
from newsarchive.browse.archives import archive_asked, archive_of, archives_of, names_in, prefix_of
from newsarchive.browse.atom import can_render, render
from newsarchive.browse.caching import cached
from newsarchive.browse.cells import answer_of, body_of_table, listed, show_cell
from newsarchive.browse.changes import register_comparisons
from newsarchive.browse.charts import answer_chart
from newsarchive.browse.compression import compressed
from newsarchive.browse.datasette_api import IS_ONE, add_questions
from newsarchive.browse.errors import show_failure
from newsarchive.browse.files import renderer
from newsarchive.browse.filters import FILTERS
from newsarchive.browse.languages import as_markup, speaking, switches, tag
from newsarchive.browse.metadata import descriptions_of_tables, queries
from newsarchive.browse.openapi import openapi_page
from newsarchive.browse.parameters import as_value, choices, field_of, register_readers, suggestions
from newsarchive.browse.routing import ROUTES, TABLE_ROUTES
from newsarchive.browse.security import guarded, is_list
from newsarchive.browse.urls import Addresses
from newsarchive.i18n import _, ngettext
from newsarchive.labels import label_of
from newsarchive.search import match_expression, register_functions, write_term

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette
    from datasette.utils.asgi import Request, Response
    from jinja2 import Environment

    from newsarchive.browse.security import Scope

__all__ = [
    "FORMS",
    "cell",
    "failing",
    "guarding",
    "is_without_token",
    "prepare",
    "prepare_templates",
    "questions",
    "routes",
    "starting",
]

#: Bytes of the largest value that SQL may make or read: one that grows without end fails instead of eating the memory.
LARGEST_VALUE = 32 << 20
#: The forms of lists that the plugin adds to Datasette's own.
FORMS = [{"extension": "atom", "render": render, "can_render": can_render}, renderer("xlsx"), renderer("parquet")]

# Datasette's handler prints every failure, a mistyped address too, with all values that were at hand.
_DATASETTES_HANDLER = "datasette.handle_exception"
_STATIC, _TEMPLATES = Path(__file__).with_name("static"), Path(__file__).with_name("templates")
_VERSION = hashlib.blake2b(b"".join(path.read_bytes() for path in sorted(_STATIC.iterdir())), digest_size=4).hexdigest()


def prepare(datasette: Datasette, connection: sqlite3.Connection) -> None:
    """Bound what SQL may make beside an archive, and register our functions where the database is one.

    One takes the place of Datasette's own, which makes an FTS5 expression of what is typed into a table's search box.
    """
    if archive_of(datasette) is None:
        return
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    if application_id == APPLICATION_ID:
        folding = register_functions(connection)
        connection.create_function("escape_fts", 1, lambda query: match_expression(query, folding()))
        register_readers(connection)
        register_comparisons(connection)


def starting(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    """Remove Datasette's own handler of failures, where ours takes its place; give the archives their questions."""

    async def start() -> None:
        if archives_of(datasette) and pm.has_plugin(_DATASETTES_HANDLER):
            pm.unregister(name=_DATASETTES_HANDLER)
        for name in archives_of(datasette) if IS_ONE else ():
            await add_questions(datasette, name, queries())

    return start


def is_without_token(datasette: Datasette, scope: Scope) -> bool:
    """Return whether a form may be sent from anywhere: that of a list, which changes nothing."""
    path = str(scope["path"]).removeprefix(datasette.setting("base_url").rstrip("/"))
    return bool(archives_of(datasette)) and is_list(path)


def failing(datasette: Datasette, request: Request, exception: Exception) -> Callable[[], Awaitable[Response]] | None:
    """Return what shows a failure; without an archive Datasette does it as ever."""
    return None if archive_of(datasette) is None else lambda: show_failure(datasette, request, exception)


def routes(datasette: Datasette) -> list[tuple[str, Callable[..., Any]]]:
    """List the pages and the files that they need; a Datasette without an archive is left as it is.

    An archive in a file named article.db has its tables below /article, where our pages are: tables and questions have
    the right of way there.
    """
    archives = archives_of(datasette)
    if not archives:
        return []
    places = {name: re.escape(f"/{tilde_encode(name)}") for name in archives}
    taken = "".join(
        f"(?!{place}/(?:{'|'.join(sorted(map(re.escape, _below(datasette, name))))})(?:[./]|$))"
        for name, place in places.items()
    )
    pages = [(f"{taken}{pattern}", page) for pattern, page in ROUTES]
    below = [(f"{place}{pattern}", page) for place in places.values() for pattern, page in TABLE_ROUTES]
    further = [
        (re.escape(prefix_of(datasette, name)) + pattern, page) for name in archives[1:] for pattern, page in ROUTES
    ]
    files = [(r"/-/newsarchive/openapi\.json$", openapi_page), (r"/-/newsarchive/(?P<path>.*)$", asgi_static(_STATIC))]
    return [*below, *further, *pages, *files]


def _below(datasette: Datasette, name: str) -> set[str]:
    """Return what an archive has below its name: its tables, views and questions."""
    return names_in(datasette, name) | queries().keys()


def questions(datasette: Datasette, database: str) -> dict[str, dict[str, Any]]:
    """Return the canned queries of an archive; other databases have none of ours."""
    return queries() if database in archives_of(datasette) else {}


def cell(datasette: Datasette, database: str, *, row: Any, value: Any, column: str, table: str | None) -> Any:
    """Show a value of the archive; values of other databases are left to Datasette."""
    if database not in archives_of(datasette):
        return None
    return show_cell(Addresses(datasette, database), row, value, column, table)


def prepare_templates(environment: Environment, datasette: Datasette) -> None:
    """Add filters and globals; without an archive, take our templates away, which would cover Datasette's own."""
    if archive_of(datasette) is None:
        for loader in _loaders(environment):
            loader.searchpath = [path for path in loader.searchpath if Path(path) != _TEMPLATES]
        return
    environment.filters.update(
        FILTERS,
        answer_of=answer_of,
        as_value=as_value,
        body_of_table=body_of_table,
        label_of=label_of,
        listed=listed,
    )
    environment.globals.update(
        _=as_markup(_),
        ngettext=as_markup(ngettext),
        newsarchive_language=tag,
        newsarchive_languages=switches,
        newsarchive_to=partial(_addresses, datasette),
        newsarchive_tables=descriptions_of_tables,
        newsarchive_version=_VERSION,
        newsarchive_most_kept=reading_list.MOST_ARTICLES,
        newsarchive_others=partial(_others, datasette),
        newsarchive_term=write_term,
        newsarchive_field=field_of,
        newsarchive_choices=partial(choices, datasette),
        newsarchive_chart=lambda columns, rows: answer_chart(columns, rows, _addresses(datasette)),
        newsarchive_suggestions=partial(suggestions, datasette),
        newsarchive_streams=datasette.setting("allow_csv_stream"),
    )


def _loaders(environment: Environment) -> list[FileSystemLoader]:
    """Return the loaders that look into folders, those inside of others too."""
    loader = environment.loader
    found = loader.loaders if isinstance(loader, ChoiceLoader) else [loader]
    return [one for one in found if isinstance(one, FileSystemLoader)]


def guarding(datasette: Datasette) -> Callable[[Any], Any]:
    """Make the wrapper of the application."""
    archives = archives_of(datasette)
    if not archives:
        return lambda app: app
    config = datasette.plugin_config("newsarchive") or {}
    base = datasette.setting("base_url")
    guard = partial(
        guarded,
        hosts=config.get("hosts"),
        is_public=bool(config.get("public")),
        base=base,
        others={tilde_encode(other) for other in datasette.databases if other not in archives},
        articles=[f"/{tilde_encode(name)}/articles.csv" for name in archives],
        views={f"/{tilde_encode(name)}/{view}" for name in archives for view in names_in(datasette, name, "view")},
        note=archive_asked(datasette, {name: _below(datasette, name) for name in archives}),
    )

    def files() -> list[str | None]:
        return [database.path for database in datasette.databases.values() if database.name != "_internal"]

    return lambda app: compressed(guard(speaking(cached(app, files, base), base)))


def _addresses(datasette: Datasette) -> Addresses:
    return Addresses(datasette, archive_of(datasette) or next(iter(datasette.databases), ""))


def _others(datasette: Datasette) -> list[tuple[str, str]]:
    """List the other databases that are open, each with its address: an archive leads to its front page."""
    asked, archives = archive_of(datasette), archives_of(datasette)
    return [
        (name, Addresses(datasette, name).front() if name in archives else str(datasette.urls.database(name)))
        for name in datasette.databases
        if name not in (asked, "_internal", "_memory")
    ]
