"""Errors as pages: what was wrong and where to go; the log gets the trace of what is ours to mend, never any text."""

from __future__ import annotations

import logging
import sqlite3
from json import JSONDecodeError
from traceback import walk_tb
from typing import TYPE_CHECKING

from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError

from newsarchive.browse.archives import archive_of
from newsarchive.browse.filters import plain
from newsarchive.i18n import N_, _

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

log = logging.getLogger(__name__)

_LONGEST = 500
_TOO_LONG = N_(
    "The answer was not found in the time that a page may take: narrow it down, for example by days or a limit."
)
# What Python raises for a value of the wrong form.
_STUMBLES = (ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError)


async def show_failure(datasette: Datasette, request: Request, exception: Exception) -> Response:
    """Answer a request that failed, as JSON where JSON was asked for."""
    status, title, message = _told(request, exception)
    if status >= 500:
        log.error("%s failed", request.path, exc_info=exception)
    if request.path.endswith(".json"):
        return Response.json({"ok": False, "status": status, "title": title, "error": message}, status=status)
    context = {"status": status, "title": title, "error": message, "sql": _sql(datasette, request)}
    return Response.html(await datasette.render_template("error.html", context, request=request), status=status)


def _sql(datasette: Datasette, request: Request) -> str | None:
    """Return the SQL that a reader wrote, so that it can be mended where it failed."""
    name = archive_of(datasette)
    is_sql = name is not None and request.path.partition(".")[0] == str(datasette.urls.database(name))
    return request.args.get("sql") if is_sql else None


def _told(request: Request, exception: Exception) -> tuple[int, str | None, str]:
    if isinstance(exception, Base400):
        return exception.status, None, _(plain(exception.args[0] if exception.args else "", _LONGEST))
    if isinstance(exception, DatasetteError) and exception.message_is_html:
        # Of its own it writes HTML only where time ran out.
        return _status(exception), _("This takes too long"), _(_TOO_LONG)
    if isinstance(exception, DatasetteError):
        return (
            _status(exception),
            _(exception.title) if exception.title else None,
            _(plain(exception.message, _LONGEST)),
        )
    if isinstance(exception, JSONDecodeError) and any(
        exception.doc in request.args.getlist(key) for key in request.args
    ):
        return 400, None, _("This is not JSON: {text}", text=plain(exception.doc, _LONGEST))
    if _is_of_datasette(exception):
        log.warning("%s: %s in Datasette", request.path, type(exception).__name__)
        return 400, None, _("This address cannot be read: leave out what follows the question mark.")
    return 500, None, _("Something went wrong here; the log of the server says what.")


def _is_of_datasette(exception: Exception) -> bool:
    """Return whether Datasette stumbled over a value that it reads without a look: `_timelimit=abc`, `_through={}`."""
    frames = [frame for frame, _ in walk_tb(exception.__traceback__)]
    modules = [str(frame.f_globals.get("__name__", "")).partition(".")[0] for frame in frames]
    ours_or_theirs = [module for module in modules if module in ("datasette", "newsarchive")]
    return isinstance(exception, _STUMBLES) and ours_or_theirs[-1:] == ["datasette"]


def _status(exception: DatasetteError) -> int:
    """Distinguish a reader's mistake (no such column) from a failure of the database; Datasette calls both 500."""
    is_ours = isinstance(exception.__context__, sqlite3.Error)
    return int(exception.status) if exception.status != 500 or is_ours else 400
