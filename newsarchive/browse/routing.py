"""What all pages share: how they are registered, read the archive in a thread, and are shown by a template."""

from __future__ import annotations

from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Response

from newsarchive.browse.archives import archive_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from typing import TypeVar

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

    from newsarchive.browse.urls import Addresses
    from newsarchive.browse.volume import Period

    T = TypeVar("T")

CSV_TYPE = "text/csv; charset=utf-8"
#: Pages by the patterns of their paths: our own, and those below the archive's tables and questions.
ROUTES: list[tuple[str, Callable[..., Any]]] = []
TABLE_ROUTES: list[tuple[str, Callable[..., Any]]] = []


def route(
    pattern: str, routes: list[tuple[str, Callable[..., Any]]] = ROUTES
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a page for the paths that match a pattern."""

    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        routes.append((pattern, view))
        return view

    return register


async def read(datasette: Datasette, name: str, function: Callable[[sqlite3.Connection], T]) -> T:
    """Run a function in one of Datasette's threads with a connection of its own to the archive.

    It speaks the language of the request, which Datasette's threads do not know.
    """
    context = copy_context()
    return await datasette.get_database(name).execute_fn(lambda connection: context.run(function, connection))  # type: ignore[no-any-return]


def archive_needed(datasette: Datasette) -> str:
    """Return the name of the archive that a request is about."""
    name = archive_of(datasette)
    assert name is not None  # there are no routes to pages of ours without an archive
    return name


async def page(datasette: Datasette, request: Request, template: str, context: dict[str, Any]) -> Response:
    """Show a template."""
    return Response.html(await datasette.render_template(template, context, request=request))


def is_public(datasette: Datasette) -> bool:
    """Return whether anybody may ask, so that answers are bounded."""
    return bool((datasette.plugin_config("newsarchive") or {}).get("public"))


def attached(name: str) -> dict[str, str]:
    """Return the header of a file to keep."""
    return {"content-disposition": f'attachment; filename="{name}"'}


def refused(problem: str) -> Response:
    """Answer a program what is wrong with what it asks for."""
    return Response.json({"ok": False, "error": problem}, status=400)


def only(day: str) -> dict[str, str]:
    """Return the arguments of a search in one day."""
    return {"from": day, "to": day}


def leading(to: Addresses, text: str = "") -> Callable[[Period], str]:
    """Return what leads from a period of a chart to its articles."""
    return lambda period: to.search(text, **{"from": period.first.isoformat(), "to": period.last.isoformat()})
