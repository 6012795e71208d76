"""Problems: one row for each thing that went wrong with one URL, counted when it happens again; and all of one URL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from newsarchive.i18n import _
from newsarchive.models import FEED_MARK
from newsarchive.problems import REASONS, check_reason
from newsarchive.text import plain, valid
from newsarchive.timestamps import stamp
from newsarchive.urls import spellings

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

#: Characters of a detail that are kept.
_DETAIL_LIMIT = 500
# All that the archive knows of some URLs (?1, a JSON list), in the order of time.
_EVENTS = """
WITH asked (url) AS MATERIALIZED (SELECT value FROM json_each(?1))
SELECT found_at AS at, 'found' AS event, NULL AS reason, NULL AS times, NULL AS next_at,
    json_object('role', role, 'site', site, 'on', found_on, 'run', run_id) AS detail, url, 1 AS place
FROM frontier WHERE url IN asked
UNION ALL SELECT coalesce(changed_at, ''), 'listing', NULL, NULL, NULL,
    json_object('role', way, 'site', site, 'on', found_on, 'links', links, 'due', due = 1), url, 1
FROM listings WHERE url IN asked
UNION ALL SELECT fetched_at, 'page', NULL, NULL, NULL,
    json_object('status', http_status, 'length', length, 'snapshot', id), url, 2
FROM snapshots WHERE url IN asked
UNION ALL SELECT last_at, 'problem', reason, count, NULL, json_object('stage', stage, 'detail', detail), url, 2
FROM problems WHERE url IN asked
UNION ALL SELECT c.first_seen_at, 'stored', NULL, NULL, NULL,
    json_object('key', a.article_key, 'seen', c.last_seen_at), c.url, 3
FROM copies c JOIN articles a ON a.id = c.article_id WHERE c.url IN asked
UNION ALL SELECT gone_at, 'vanished', NULL, NULL, NULL, json_object('status', http_status), url, 4
FROM copies WHERE url IN asked AND gone_at IS NOT NULL
UNION ALL SELECT coalesce(ended_at, found_at), state, reason, attempts, next_at, '{}', url, 5
FROM frontier WHERE url IN asked
ORDER BY at, place, url
"""


class UrlEvent(NamedTuple):
    """One thing that is known of a URL: `found`, `listing`, `page`, `problem`, `stored`, `vanished`, or its state now.

    Times are UTC. `times` is how often a problem occurred, or how often a URL was tried; `next_at` is when it is due.
    """

    at: str
    event: str
    reason: str | None
    times: int | None
    next_at: str | None
    detail: str
    url: str


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
        check_reason(reason)
        at = stamp(now)
        self._connection.execute(
            "INSERT INTO problems (run_id, url, site, stage, reason, detail, first_at, last_at, count)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT (url, stage, reason) DO UPDATE SET"
            " first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at),"
            " count = count + (excluded.last_at > last_at)",
            (run_id, valid(url), site, stage, reason, plain(detail)[:_DETAIL_LIMIT], at, at),
        )

    def times(self, url: str, stage: str, reason: str) -> int:
        """Return how often a problem occurred."""
        row = self._connection.execute(
            "SELECT count FROM problems WHERE url = ? AND stage = ? AND reason = ?", (url, stage, reason)
        ).fetchone()
        return int(row[0]) if row else 0

    def history(self, url: str) -> list[UrlEvent]:
        """Return all that the archive knows of a URL, under each of its spellings, in the order of time."""
        events = (UrlEvent(*row[:7]) for row in self._connection.execute(_EVENTS, (_asked(url),)))
        return [event._replace(detail=_detail(event, json.loads(event.detail))) for event in events]

    def newest_page(self, url: str) -> int | None:
        """Return the snapshot of the newest raw page of a URL, under each of its spellings; None where none is kept."""
        row = self._connection.execute(
            "SELECT id FROM snapshots WHERE url IN (SELECT value FROM json_each(?))"
            " ORDER BY fetched_at DESC, id DESC LIMIT 1",
            (_asked(url),),
        ).fetchone()
        return int(row[0]) if row else None


def _detail(event: UrlEvent, given: dict[str, Any]) -> str:
    """Describe an event by what its table says of it."""
    if event.event == "page":
        return _("status {status}, {length} bytes, kept as snapshot {snapshot}", **given)
    if event.event == "stored":
        return _("article {key}, last seen {seen}", **given)
    if event.event == "vanished":
        return _("status {status}; its text stays", **given)
    if event.event == "problem" and given["detail"]:
        return "{stage}: {detail}".format_map(given)
    if event.event not in ("found", "listing"):
        return _(REASONS.get(event.reason or "", ""))
    return _("{role} of {site}", role=_(given["role"]), site=given["site"]) + "".join(
        told
        for is_so, told in (
            (given["on"], _(", on {address}", address=given["on"])),
            (given.get("run"), _(", in run {number}", number=given.get("run"))),
            (given.get("links"), _(", with {number} articles", number=given.get("links"))),
            (given.get("due"), _(", to be asked for by the next run")),
        )
        if is_so
    )


def _asked(url: str) -> str:
    return json.dumps([spelling + mark for spelling in spellings(url) for mark in ("", FEED_MARK)])
