"""Problems: one row for each thing that went wrong with one URL, counted when it happens again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.problems import REASONS
from newsarchive.timestamps import stamp

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

#: Characters of a detail that are kept.
_DETAIL_LIMIT = 500


class ProblemLog:
    """What went wrong, for people to look through."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(
        self,
        run_id: int | None,
        *,
        url: str,
        site: str | None,
        stage: str,
        reason: str,
        now: datetime,
        detail: str = "",
    ) -> None:
        """Record a problem of one URL. Raises ValueError when `reason` is none of `problems.REASONS`."""
        if reason not in REASONS:
            raise ValueError(f"{reason!r} is no reason that newsarchive.problems knows")
        at = stamp(now)
        self._connection.execute(
            "INSERT INTO problems (run_id, url, site, stage, reason, detail, first_at, last_at, count)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT (url, stage, reason) DO UPDATE SET"
            " first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at),"
            " count = count + (excluded.last_at > last_at)",
            (run_id, url, site, stage, reason, detail[:_DETAIL_LIMIT], at, at),
        )
