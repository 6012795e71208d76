"""The archive in a browser: a Datasette plugin with its pages, and what `newsarchive browse` serves.

Datasette loads this module while it is itself half loaded, so nothing of it is imported here; the work is done in
`plugin`, which each hook loads when it is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable
    from types import ModuleType

    from datasette.app import Datasette
    from datasette.utils.asgi import Request, Response
    from jinja2 import Environment

hookimpl = HookimplMarker("datasette")


def _plugin() -> ModuleType:
    from newsarchive.browse import plugin  # noqa: PLC0415 - see above

    return plugin


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection, datasette: Datasette) -> None:
    """Add the functions of the search to each connection, after Datasette has added its own, and bound what SQL makes.

    The search box of a table then understands what the search page understands.
    """
    _plugin().prepare(datasette, conn)


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    """Register our own handling of failures."""
    return _plugin().starting(datasette)  # type: ignore[no-any-return]


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, Callable[..., Any]]]:
    """Add the pages and the files that they need."""
    return _plugin().routes(datasette)  # type: ignore[no-any-return]


@hookimpl(optionalhook=True)
def canned_queries(datasette: Datasette, database: str) -> dict[str, dict[str, Any]]:
    """Ask the questions also where Datasette was started without our metadata; 1.0 has no such hook."""
    return _plugin().questions(datasette, database)  # type: ignore[no-any-return]


@hookimpl
def register_output_renderer() -> list[dict[str, Any]]:
    """Offer an Atom feed wherever there is a list of articles, and every list as a workbook and as Parquet."""
    return _plugin().FORMS  # type: ignore[no-any-return]


@hookimpl
def render_cell(  # noqa: PLR0917 - the hook hands over what it is asked for by name
    row: Any, value: Any, column: str, table: str | None, database: str, datasette: Datasette
) -> Any:
    """Show the values of tables and questions as text, and lead from them to the pages."""
    return _plugin().cell(datasette, database, row=row, value=value, column=column, table=table)


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    """Return the templates our filters, and what the frame of every page needs."""
    _plugin().prepare_templates(env, datasette)


@hookimpl
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]] | None:
    """Show failures as pages."""
    return _plugin().failing(datasette, request, exception)  # type: ignore[no-any-return]


@hookimpl(optionalhook=True)
def skip_csrf(datasette: Datasette, scope: dict[str, Any]) -> bool:
    """Let the form of a list be sent without a token: nothing is changed by it."""
    return _plugin().is_without_token(datasette, scope)  # type: ignore[no-any-return]


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[Any], Any]:
    """Wrap everything that Datasette serves in the security layer."""
    return _plugin().guarding(datasette)  # type: ignore[no-any-return]
