"""Set back the times that a clock which was ahead has written.

How far it was ahead is told by the servers that were asked: their answers carry the right time (`Date`). Where none of
them does, what is of the future is set to the time at which the next run began, or to now.
"""

from __future__ import annotations

import json
import statistics
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from newsarchive.archive.runs import SKEW
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.maintenance.check import PAST
from newsarchive.timestamps import stamp

if TYPE_CHECKING:
    import sqlite3

_PAGES = "SELECT fetched_at, headers FROM snapshots WHERE fetched_at > ? ORDER BY id DESC LIMIT 1000"


def set_back(connection: sqlite3.Connection, now: datetime) -> int:
    """Set times of the future right; the caller holds the transaction. Return the number of rows.

    Raises:
        UserError: the servers that were asked agree with those times: it is this machine's clock that is behind.

    """
    latest = stamp(now + SKEW)
    ahead = _ahead(connection, latest)
    if ahead is not None and ahead < SKEW:
        raise UserError(
            _(
                "the clock of this machine says {now}, and servers said a later time already - set the "
                "clock, then run the same command again",
                now=stamp(now),
            )
        )
    changed = 0
    for table, column in PAST:
        rows = connection.execute(
            f"SELECT rowid, {column} FROM {table} WHERE {column} > ?",  # noqa: S608 - names of ours
            (latest,),
        ).fetchall()
        for row_id, at in rows:
            right = _right(at, ahead, now)
            cursor = connection.execute(
                f"UPDATE OR IGNORE {table} SET {column} = ? WHERE rowid = ?",  # noqa: S608
                (right, row_id),
            )
            changed += cursor.rowcount
    return changed


def _right(at: str, ahead: timedelta | None, now: datetime) -> str:
    if ahead is not None:
        right = stamp(datetime.fromisoformat(at) - ahead)
        if right <= stamp(now):
            return right
    return stamp(now)


def _ahead(connection: sqlite3.Connection, latest: str) -> timedelta | None:
    """Return by how much the clock was ahead of the servers', over all answers; None where none of them tells."""
    found = []
    for fetched_at, headers in connection.execute(_PAGES, (latest,)):
        said = _date(headers)
        if said is not None:
            found.append((datetime.fromisoformat(fetched_at) - said).total_seconds())
    return timedelta(seconds=statistics.median(found)) if found else None


def _date(headers: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(json.loads(headers)["date"])
    except (ValueError, TypeError, LookupError):
        return None
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
