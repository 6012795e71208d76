"""How the crawls of an archive are doing: for each site what came in, what waits, what was lost, which rules died."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from newsarchive.archive.runs import Runs
from newsarchive.i18n import N_, _, stored
from newsarchive.processes import is_alive
from newsarchive.timestamps import stamp

if TYPE_CHECKING:
    import sqlite3

#: Days before today of which the usual is the median.
USUAL_DAYS = 14
#: Days over which what was not collected is counted.
LOSS_DAYS = 7
# A rule is dead when it gave a field in most of the readings before the latest, and in hardly any of the latest.
_LATEST, _BEFORE, _FEWEST = 40, 200, 10
_ALIVE, _DEAD = 0.8, 0.1
_FIELDS = ("published_at", "source", "attribution", "digest", "category", "bylines", "mentions", "images")

_SITES = """
SELECT site FROM runs WHERE site IS NOT NULL UNION SELECT site FROM frontier ORDER BY 1
"""
# Runs that ask a site; the others read what lies here.
_RUNS = """
SELECT outcome, reason, started_at, finished_at, process, spider FROM runs
WHERE site = ? AND spider NOT IN ('replay', 'warc', 'posts') ORDER BY id DESC LIMIT 500
"""
_INCOMING = """
SELECT substr(first_seen_at, 1, 10), count(*) FROM articles WHERE site = ? AND first_seen_at >= ? GROUP BY 1
"""
_NOT_COLLECTED = """
SELECT reason, count(*) FROM frontier WHERE site = ? AND state IN ('gone', 'blocked', 'rejected', 'failed')
AND ended_at >= ? AND NOT EXISTS (SELECT 1 FROM copies c WHERE c.url = frontier.url) GROUP BY 1 ORDER BY 2 DESC, 1
"""
_READINGS = """
SELECT r.title, t.body <> '', r.fields
FROM readings r JOIN copies c ON c.id = r.copy_id JOIN texts t ON t.id = r.text_id
WHERE c.site = ? AND c.role = ? ORDER BY r.id DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class SiteHealth:
    """How the crawls of one site are doing. Times are UTC, ISO 8601; days are days of UTC.

    `outcome` is that of the latest run; `today` and `usual` count new articles, `usual` as the median of the days
    before. `not_collected` counts by reason the addresses that ended without an article in the last days. `dead_rules`
    names fields that were usually filled and no longer are, as `post: published_at`. `ahead` is the time of a run that
    began in the future.
    """

    site: str
    outcome: str | None
    reason: str | None
    last_run: str | None
    last_good_run: str | None
    last_new: str | None
    today: int
    usual: float
    pending: int
    failing: int
    not_collected: dict[str, int] = field(default_factory=dict)
    dead_rules: list[str] = field(default_factory=list)

    ahead: str | None = None
    #: When it is crawled next, where `newsarchive crawl --watch` crawls it.
    due: str | None = None

    def alarms(self, now: datetime, *, run_hours: float, silence_hours: float) -> list[str]:
        """Return what somebody should look at: no good run, or nothing new, for so many hours; rules that died."""
        found: list[str] = []
        if self.outcome is None:
            return found
        if not _is_within(self.last_good_run, now, run_hours):
            found.append(
                _(
                    "no good run in the last {hours:g} hours (the last one: {outcome})",
                    hours=run_hours,
                    outcome=_(self.outcome) if self.outcome else "-",
                )
            )
        if not _is_within(self.last_new, now, silence_hours):
            found.append(_("nothing new in the last {hours:g} hours", hours=silence_hours))
        if self.ahead is not None:
            found.append(stored(clock_alarm(datetime.fromisoformat(self.ahead))))
        look = f"newsarchive add --again {self.site}"
        found += [
            _("rule is dead, the field is nearly always empty: {name} - {look}", name=name, look=look)
            for name in self.dead_rules
        ]
        return found


def clock_alarm(began: datetime) -> str:
    """Describe that a run began in the future, as it is kept."""
    return N_(
        "a run began at {0}, which is still to come: a clock was ahead, or this one is behind - "
        "newsarchive check names what is of the future, newsarchive repair sets it back"
    ).format(stamp(began))


def health(connection: sqlite3.Connection, now: datetime, site: str | None = None) -> list[SiteHealth]:
    """Return how the crawls are doing, of one site or of all that were ever crawled."""
    names = [name for (name,) in connection.execute(_SITES)]
    return [_health_of(connection, name, now) for name in names if site is None or name == site]


def last_new(connection: sqlite3.Connection, site: str) -> str | None:
    """Return when the latest copy of a site's articles came in; None when none ever did."""
    row = connection.execute(
        "SELECT first_seen_at FROM copies WHERE site = ? ORDER BY id DESC LIMIT 1", (site,)
    ).fetchone()
    return str(row[0]) if row else None


def _health_of(connection: sqlite3.Connection, site: str, now: datetime) -> SiteHealth:
    runs = connection.execute(_RUNS, (site,)).fetchall()
    outcome, reason, last_run = _latest(runs)
    days = dict(connection.execute(_INCOMING, (site, stamp(now - timedelta(days=USUAL_DAYS))[:10])).fetchall())
    today = stamp(now)[:10]
    counts = [days.get(stamp(now - timedelta(days=ago))[:10], 0) for ago in range(1, USUAL_DAYS + 1)]
    # Days before the first crawl are no days without articles.
    while counts and not counts[-1]:
        counts.pop()
    pending, failing = connection.execute(
        "SELECT count(*), coalesce(sum(attempts > 0), 0) FROM frontier WHERE site = ? AND state = 'pending'", (site,)
    ).fetchone()
    lost_since = stamp(now - timedelta(days=LOSS_DAYS))
    return SiteHealth(
        site=site,
        outcome=outcome,
        reason=reason,
        last_run=last_run,
        last_good_run=next((run[3] for run in runs if run[0] == "finished"), None),
        last_new=last_new(connection, site),
        today=days.get(today, 0),
        usual=float(statistics.median(counts)) if counts else 0.0,
        pending=pending,
        failing=failing,
        not_collected=dict(connection.execute(_NOT_COLLECTED, (site, lost_since)).fetchall()),
        dead_rules=_dead_rules(connection, site),
        ahead=stamp(ahead) if (ahead := Runs(connection).ahead(now)) else None,
        due=_due(connection, site),
    )


def _due(connection: sqlite3.Connection, site: str) -> str | None:
    row = connection.execute("SELECT due_at FROM schedules WHERE site = ?", (site,)).fetchone()
    return str(row[0]) if row else None


def _latest(runs: list[tuple[str, str | None, str, str | None, str, str]]) -> tuple[str | None, str | None, str | None]:
    if not runs:
        return None, None, None
    outcome, reason, started_at, _, process, _ = runs[0]
    if outcome == "running" and not is_alive(process):
        return "killed", N_("its process is gone"), started_at
    return outcome, reason, started_at


def _dead_rules(connection: sqlite3.Connection, site: str) -> list[str]:
    """Compare how often each field is filled in the latest readings with how often it was before."""
    dead = []
    for role in ("post", "original", "share"):
        rows = connection.execute(_READINGS, (site, role, _LATEST + _BEFORE)).fetchall()
        latest, before = rows[:_LATEST], rows[_LATEST:]
        if len(latest) < _FEWEST or len(before) < _FEWEST:
            continue
        now, then = _filled(latest), _filled(before)
        dead += [
            f"{role}: {name}"
            for name in ("title", "body", *_FIELDS)
            if then[name] >= _ALIVE * len(before) and now[name] <= _DEAD * len(latest)
        ]
    return dead


def _filled(rows: list[tuple[str | None, int, str]]) -> Counter[str]:
    filled: Counter[str] = Counter()
    for title, has_body, fields in rows:
        filled["title"] += bool(title)
        filled["body"] += bool(has_body)
        said = json.loads(fields)
        filled.update(name for name in _FIELDS if said.get(name))
    return filled


def _is_within(when: str | None, now: datetime, hours: float) -> bool:
    return when is not None and datetime.fromisoformat(when) >= now - timedelta(hours=hours)
