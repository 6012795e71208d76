"""Runs: one row a crawl, from its first second to its last, and one row for the runs of a day that is long past.

A crawl every five minutes is 105,120 rows a year, nearly all of which say that nothing was found. So a run that found
nothing is kept for `QUIET_DAYS`; what it counted stays in `run_days`, which grows by a row a day.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from newsarchive.models import QUIET_DAYS
from newsarchive.processes import is_alive, process_name
from newsarchive.timestamps import stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping


#: A time is of the future when it is later by more than this; clocks of two machines may differ by less.
SKEW = timedelta(hours=1)
# Rows that one run moves at most, so that none takes long for what others left.
_MOVED = 1000
# What a run may count that found nothing. Whatever else it counts, or is counted later, makes a run worth its row.
_QUIET_COUNTS = frozenset(
    (
        *("requests", "responses", "bytes", "retries", "pauses", "pages", "page_bytes"),
        *("listings/read", "listings/unchanged", "listings/sweep", "links/known", "links/new"),
        *("checks/unchanged", "articles/known"),
    )
)


@dataclass(frozen=True, slots=True)
class EndedRun:
    """A crawl that is over: how (`finished`, `failed`, `stopped`, `killed`), when it began, and what it counted."""

    outcome: str
    started_at: datetime
    counts: dict[str, Any]


class Runs:
    """The crawls of an archive."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def start(self, *, spider: str, site: str | None, arguments: Mapping[str, Any], now: datetime) -> int:
        """Open a run; runs whose process is no more are closed as `killed` first."""
        self._close_killed(now)
        cursor = self._connection.execute(
            "INSERT INTO runs (spider, site, arguments, process, started_at, outcome)"
            " VALUES (?, ?, ?, ?, ?, 'running')",
            (spider, site, _json(arguments), process_name(os.getpid()), stamp(now)),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def finish(
        self, run_id: int, *, outcome: str, now: datetime, reason: str | None = None, counts: Mapping[str, Any]
    ) -> None:
        """Close a run: how it ended, why, and what it counted."""
        self._connection.execute(
            "UPDATE runs SET finished_at = ?, outcome = ?, reason = ?, counts = ? WHERE id = ?",
            (stamp(now), outcome, reason, _json(counts), run_id),
        )

    def lose(self, run_id: int, now: datetime) -> None:
        """Close a run whose end was never told, if it is open."""
        self._connection.execute(
            "UPDATE runs SET finished_at = ?, outcome = 'killed', reason = 'its worker is gone'"
            " WHERE id = ? AND outcome = 'running'",
            (stamp(now), run_id),
        )

    def ended(self, spider: str, site: str, limit: int) -> Iterator[EndedRun]:
        """Yield the latest runs of a spider and site that are over, the newest first."""
        rows = self._connection.execute(
            "SELECT outcome, started_at, counts FROM runs WHERE spider = ? AND site = ? AND outcome <> 'running'"
            " ORDER BY id DESC LIMIT ?",
            (spider, site, limit),
        )
        for outcome, started_at, counts in rows:
            yield EndedRun(outcome, datetime.fromisoformat(started_at), json.loads(counts or "{}"))

    def ahead(self, now: datetime) -> datetime | None:
        """Return when the latest of the last runs began that began in the future: a clock was ahead. None for none."""
        (latest,) = self._connection.execute(
            "SELECT max(started_at) FROM (SELECT started_at FROM runs ORDER BY id DESC LIMIT 1000)"
        ).fetchone()
        began = datetime.fromisoformat(latest) if latest else now
        return began if began > now + SKEW else None

    def compact(self, now: datetime) -> int:
        """Count runs of long past days in `run_days`, delete those that found nothing; return how many were counted."""
        before, found = stamp(now - timedelta(days=QUIET_DAYS)), []
        for row in self._connection.execute(
            "SELECT id, spider, coalesce(site, ''), started_at, outcome, reason, counts FROM runs"
            " WHERE id > (SELECT coalesce(max(last_run_id), 0) FROM run_days) ORDER BY id LIMIT ?",
            (_MOVED,),
        ):
            if row[3] >= before or row[4] == "running":
                break
            found.append(row)
        quiet = []
        for run_id, spider, site, started_at, outcome, reason, counts in found:
            counted = json.loads(counts or "{}")
            self._count_in_day(started_at[:10], spider, site, run_id, counted)
            if outcome == "finished" and reason is None and _is_quiet(counted):
                quiet.append((run_id,))
        self._connection.executemany(
            "DELETE FROM runs WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM frontier WHERE run_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM problems WHERE run_id = ?1)",
            quiet,
        )
        return len(found)

    def _count_in_day(self, day: str, spider: str, site: str, run_id: int, counts: Mapping[str, int]) -> None:
        row = self._connection.execute(
            "SELECT counts FROM run_days WHERE day = ? AND spider = ? AND site = ?", (day, spider, site)
        ).fetchone()
        total = Counter(json.loads(row[0]) if row else {})
        total.update(counts)
        self._connection.execute(
            "INSERT INTO run_days (day, spider, site, runs, counts, last_run_id) VALUES (?, ?, ?, 1, ?, ?)"
            " ON CONFLICT (day, spider, site) DO UPDATE SET runs = runs + 1, counts = excluded.counts,"
            " last_run_id = excluded.last_run_id",
            (day, spider, site, _json(total), run_id),
        )

    def _close_killed(self, now: datetime) -> None:
        running = self._connection.execute("SELECT id, process FROM runs WHERE outcome = 'running'").fetchall()
        for run_id, process in running:
            if not is_alive(process):
                self._connection.execute(
                    "UPDATE runs SET finished_at = ?, outcome = 'killed', reason = 'its process is gone' WHERE id = ?",
                    (stamp(now), run_id),
                )


def _is_quiet(counts: Mapping[str, int]) -> bool:
    return _QUIET_COUNTS.issuperset(counts) and not counts.get("links/new")


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(dict(values), ensure_ascii=False, sort_keys=True, default=str)
