"""What Datasette 0.65 and 1.0 (its alphas) do differently, in one place: all other modules are the same for both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette.app import Datasette
from datasette.utils.asgi import Forbidden

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from datasette.database import Database
    from datasette.utils.asgi import Request

#: Whether this is 1.0, which calls canned queries stored queries and keeps them in a database of its own.
IS_ONE = hasattr(Datasette, "add_query")
_MOST_QUERIES = 1000


async def is_allowed(datasette: Datasette, actor: Any, action: str, database: str, query: str | None = None) -> bool:
    """Return whether who asks may do something with a database, or with a query of it."""
    if not IS_ONE:
        resource: Any = database if query is None else (database, query)
        return bool(await datasette.permission_allowed(actor, action, resource, default=True))
    from datasette.resources import DatabaseResource, QueryResource  # noqa: PLC0415 - there are none in 0.65

    resource = DatabaseResource(database) if query is None else QueryResource(database, query)
    return bool(await datasette.allowed(action=action, resource=resource, actor=actor))


async def ensure_allowed(
    datasette: Datasette, request: Request, action: str, name: str, query: str | None = None
) -> None:
    """Raise Forbidden unless who asks may see a database and do something with it, or with a query of it."""
    for one, asked in (("view-database", None), (action, query)):
        if not await is_allowed(datasette, request.actor, one, name, asked):
            raise Forbidden(one)


async def questions_of(datasette: Datasette, name: str) -> list[dict[str, Any]]:
    """List the questions of a database: name, title, description."""
    if not IS_ONE:
        return list((await datasette.get_canned_queries(name, None)).values())
    page = await datasette.list_queries(name, limit=_MOST_QUERIES)
    return [{"name": one.name, "title": one.title, "description": one.description} for one in page.queries]


async def add_questions(datasette: Datasette, name: str, queries: Mapping[str, Mapping[str, Any]]) -> None:
    """Add questions to a database, where no hook is asked for them."""
    for query, entry in queries.items():
        told = {key: entry[key] for key in ("title", "description", "hide_sql")}
        await datasette.add_query(name, query, entry["sql"], **told, is_trusted=True, source="newsarchive")


async def database_metadata(datasette: Datasette, name: str) -> dict[str, Any]:
    """Return what the metadata say of a database."""
    if IS_ONE:
        return dict(await datasette.get_database_metadata(name))
    return dict((datasette.metadata("databases") or {}).get(name, {}))


def keep_connection(database: Database, connection: sqlite3.Connection) -> None:
    """Let Datasette close a connection when it ends."""
    _connections(database).append(connection)


def release_connection(database: Database, connection: sqlite3.Connection) -> None:
    """Remove a connection that is closed by us from those that Datasette closes."""
    _connections(database).remove(connection)


def _connections(database: Database) -> list[sqlite3.Connection]:
    return database._all_connections if IS_ONE else database._all_file_connections  # type: ignore[no-any-return] # noqa: SLF001
