"""Runs: one row a crawl, from its first second to its last."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from newsarchive.processes import is_alive, process_name
from newsarchive.timestamps import stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping


#: A time is of the future when it is later by more than this; clocks of two machines may differ by less.
SKEW = timedelta(hours=1)


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

    def _close_killed(self, now: datetime) -> None:
        running = self._connection.execute("SELECT id, process FROM runs WHERE outcome = 'running'").fetchall()
        for run_id, process in running:
            if not is_alive(process):
                self._connection.execute(
                    "UPDATE runs SET finished_at = ?, outcome = 'killed', reason = 'its process is gone' WHERE id = ?",
                    (stamp(now), run_id),
                )


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(dict(values), ensure_ascii=False, sort_keys=True, default=str)
