"""Schedules: when each site that is watched is due to be crawled again, and what that follows from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from newsarchive.timestamps import stamp

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a site is due (UTC), how long it usually rests between two runs, and how often it has failed in a row."""

    site: str
    due_at: datetime
    interval: timedelta
    failures: int = 0


class Schedules:
    """The schedules of an archive."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self) -> dict[str, Schedule]:
        """Return the schedules of all sites, by their names."""
        rows = self._connection.execute("SELECT site, due_at, interval, failures FROM schedules")
        return {
            site: Schedule(site, datetime.fromisoformat(due_at), timedelta(seconds=seconds), failures)
            for site, due_at, seconds, failures in rows
        }

    def set(self, schedule: Schedule) -> None:
        """Record a schedule in place of the one that the site had."""
        self._connection.execute(
            "INSERT INTO schedules (site, due_at, interval, failures) VALUES (?, ?, ?, ?) ON CONFLICT (site)"
            " DO UPDATE SET due_at = excluded.due_at, interval = excluded.interval, failures = excluded.failures",
            (
                schedule.site,
                stamp(schedule.due_at),
                round(schedule.interval.total_seconds()),
                schedule.failures,
            ),
        )
