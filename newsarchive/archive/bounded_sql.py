"""Anybody's SQL on a connection: it can read everything, change nothing, and does not run for ever."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from newsarchive.errors import UserError
from newsarchive.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The longest text or blob that a query may make, in bytes: SQLite cannot be interrupted inside one function.
LARGEST_VALUE = 64_000_000
_COMMENTS = re.compile(r"--[^\n]*|/\*.*?(?:\*/|$)", re.DOTALL)
# PRAGMAs that only tell something; others change how the connection works. FTS5 itself asks for data_version.
_TELLING = frozenset(
    {"table_info", "table_xinfo", "table_list", "index_list", "index_info", "foreign_key_list", "application_id"}
    | {"user_version", "page_count", "page_size", "freelist_count", "encoding", "compile_options", "data_version"}
)
# Steps of SQLite's machine between two looks at the clock; some milliseconds at most.
_STEPS = 100_000
_DENIED = {sqlite3.SQLITE_ATTACH: "ATTACH", sqlite3.SQLITE_DETACH: "DETACH"}


def must_say_something(text: str) -> None:
    """Raise UserError for SQL that is nothing but blanks and comments."""
    if not _COMMENTS.sub("", text).strip(" \t\r\n;"):
        raise UserError(_("this SQL is empty - write a query, for example: select count(*) from articles"))


@contextmanager
def bounded(connection: sqlite3.Connection, seconds: float, *, advice: str = N_("narrow it down")) -> Iterator[None]:
    """Restrict a connection to reading, for a limited time, while the block runs.

    Errors of SQLite become a UserError; `advice` is what to do where the time was not enough.
    """
    end = time.monotonic() + seconds
    connection.execute("PRAGMA query_only = ON")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
    connection.set_authorizer(_authorize)
    connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise _explained(error, seconds, advice) from error
    finally:
        connection.set_progress_handler(None, 0)
        connection.set_authorizer(None)


def _authorize(action: int, name: str | None, *_: Any) -> int:
    if action in _DENIED:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and (name or "").lower() not in _TELLING:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _explained(error: Exception, seconds: float, advice: str) -> UserError:
    text = str(error)
    if "interrupted" in text:
        return UserError(
            _("this SQL took longer than {seconds:g} seconds - {advice}", seconds=seconds, advice=_(advice))
        )
    if "readonly" in text or "not authorized" in text or "prohibited" in text:
        return UserError(_("this SQL cannot be run: {text} - the archive can only be read here", text=text))
    if "too big" in text:
        return UserError(
            _("this SQL makes a value of more than {value} MB - take less of it", value=LARGEST_VALUE // 1000000)
        )
    return UserError(_("this SQL cannot be run: {text} - docs/schema.md lists tables and columns", text=text))
