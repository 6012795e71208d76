"""Errors as pages: what was wrong and where to go; the log gets the trace of what is ours to mend, never any text."""

from __future__ import annotations

import logging
import sqlite3
from json import JSONDecodeError
from typing import TYPE_CHECKING

from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError

from newsarchive.browse.filters import plain

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

log = logging.getLogger(__name__)

_LONGEST = 500


async def show_failure(datasette: Datasette, request: Request, exception: Exception) -> Response:
    """Answer a request that failed, as JSON where JSON was asked for."""
    status, title, message = _told(request, exception)
    if status >= 500:
        log.error("%s failed", request.path, exc_info=exception)
    if request.path.endswith(".json"):
        return Response.json({"ok": False, "status": status, "title": title, "error": message}, status=status)
    return await failure_page(datasette, request, status, message, title)


async def failure_page(
    datasette: Datasette, request: Request, status: int, message: str, title: str | None = None
) -> Response:
    """Make the page of a failure."""
    context = {"status": status, "title": title, "error": message}
    return Response.html(await datasette.render_template("error.html", context, request=request), status=status)


def _told(request: Request, exception: Exception) -> tuple[int, str | None, str]:
    if isinstance(exception, Base400):
        return exception.status, None, plain(exception.args[0] if exception.args else "", _LONGEST)
    if isinstance(exception, DatasetteError):
        # Its message may be HTML of Datasette's own; here it is text like everything else.
        return _status(exception), exception.title, plain(exception.message, _LONGEST)
    if isinstance(exception, JSONDecodeError) and any(
        exception.doc in request.args.getlist(key) for key in request.args
    ):
        return 400, None, f"This is not JSON: {plain(exception.doc, _LONGEST)}"
    if request.path.endswith(".csv") and isinstance(exception, KeyError) and exception.args == ("columns",):
        # What Datasette has of a whole database has no columns, and it does not look before it writes them.
        return 400, None, "A database is no list: ask for one of its tables (archive/articles.csv), or with ?sql=."
    return 500, None, "Something went wrong here; the log of the server says what."


def _status(exception: DatasetteError) -> int:
    """Distinguish a reader's mistake (no such column) from a failure of the database; Datasette calls both 500."""
    is_ours = isinstance(exception.__context__, sqlite3.Error)
    return int(exception.status) if exception.status != 500 or is_ours else 400
