"""The frontier: every URL to fetch, committed before it is fetched, and how it ended.

States: `pending`, `done` (set in the transaction that stores the article) and the ends that `problems.REASONS`
explain: `gone`, `blocked`, `rejected`, `failed`. Nothing leaves the frontier without a state and, but for `done`,
a reason. No end is for ever: what a listing still names a day later is pending again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from newsarchive.archive.listings import Validators
from newsarchive.archive.runs import SKEW
from newsarchive.models import Category, Hints, Role
from newsarchive.problems import check_reason
from newsarchive.timestamps import stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from newsarchive.models import Page

End = Literal["gone", "blocked", "rejected", "failed"]

#: The reason of a URL that is on its way. It stays where a run was killed meanwhile.
UNFINISHED = "unfinished"

# What is read of a row; a stored copy's validators go with its URL.
_ENTRY = """
SELECT f.url, f.site, f.role, f.found_on, f.hints, c.etag, c.last_modified, s.digest, f.state = 'done'
FROM frontier f LEFT JOIN copies c ON c.url = f.url LEFT JOIN snapshots s ON s.id = c.snapshot_id
"""
# How often a URL was tried in vain, with the try that just failed; one that is on its way was counted when it began.
_TRIES = "attempts + (reason IS NOT 'unfinished')"
_DONE = "UPDATE frontier SET state = 'done', reason = NULL, next_at = NULL, ended_at = ?, attempts = 0 WHERE url = ?"
#: The rows of URLs whose pages came and could not be used so far.
IN_VAIN = "(state IN ('rejected', 'failed') OR state = 'pending' AND attempts > 0)"
# The rows that are pending again when they are found: given up at ?1 or before, or after ?2, by a clock that was ahead.
_REOPENED = """
state IN ('gone', 'blocked', 'rejected', 'failed') AND (ended_at <= ?1 OR ended_at > ?2)
AND reason IS NOT 'unfinished' AND NOT EXISTS (SELECT 1 FROM copies WHERE copies.url = frontier.url)
"""
# For how long a URL that was given up is left alone, whatever names it: the longest pause between two tries.
_LEFT_ALONE = timedelta(days=1)
# Nothing is put off for longer, neither after failures nor until it is rechecked.
_LONGEST_PAUSE = timedelta(days=100)


@dataclass(frozen=True, slots=True)
class Link:
    """A URL that a page led to: what it is said to be, and what was said of it there."""

    url: str
    site: str
    role: Role
    found_on: str | None = None
    hints: Hints = field(default_factory=Hints)


@dataclass(frozen=True, slots=True)
class FrontierEntry(Link):
    """A URL that is to be fetched.

    `validators` are those of the stored copy, where the URL is only rechecked for changes.
    """

    validators: Validators | None = None
    #: Whether a run was killed while the URL was on its way.
    is_unfinished: bool = False

    @classmethod
    def of_page(cls, page: Page) -> FrontierEntry:
        """Return the row that a page came from, as far as the page tells."""
        return cls(page.url, page.site, page.role, page.found_on, page.hints)


class Frontier:
    """What is still to be fetched."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, links: Iterable[Link], run_id: int | None, now: datetime) -> int:
        """Record URLs as pending; those that are known already stay as they are. Return the number of new ones.

        What was given up is pending again when it is found a day later: it may have been a mistake of the site. It
        keeps its attempts, so that it is given up again when it fails once more. Only what is thought to have killed
        runs stays as it is.
        """
        again, ahead = stamp(now - _LEFT_ALONE), stamp(now + SKEW)
        rows = [
            (again, ahead, link.url, link.site, link.role, link.found_on, stamp(now), run_id, _encode(link.hints))
            for link in links
        ]
        before = self._connection.total_changes
        self._connection.executemany(
            "INSERT INTO frontier (url, site, role, found_on, found_at, run_id, hints, state, attempts)"  # noqa: S608
            " VALUES (?3, ?4, ?5, ?6, ?7, ?8, ?9, 'pending', 0) ON CONFLICT (url) DO UPDATE SET state = 'pending',"
            f" next_at = NULL WHERE {_REOPENED}",
            rows,
        )
        return self._connection.total_changes - before

    def may_reopen(self, site: str, now: datetime) -> bool:
        """Return whether there is anything of a site that `add` would make pending again."""
        row = self._connection.execute(
            f"SELECT 1 FROM frontier WHERE site = ?3 AND {_REOPENED} LIMIT 1",  # noqa: S608
            (stamp(now - _LEFT_ALONE), stamp(now + SKEW), site),
        ).fetchone()
        return row is not None

    def pending(
        self, *, site: str, now: datetime, role: Role | None = None, limit: int | None = None
    ) -> list[FrontierEntry]:
        """Return what may be fetched now, in the order in which it was found."""
        rows = self._connection.execute(
            "SELECT url, site, role, found_on, hints FROM frontier"
            " WHERE site = ?1 AND state = 'pending' AND (next_at IS NULL OR next_at <= ?2)"
            " AND reason IS NOT 'unfinished' AND (?3 IS NULL OR role = ?3) ORDER BY rowid LIMIT ?4",
            (site, stamp(now), role, -1 if limit is None else limit),
        ).fetchall()
        return [FrontierEntry(row[0], row[1], row[2], row[3], _decode(row[4])) for row in rows]

    def doubt_gone(self, urls: Iterable[str], now: datetime) -> None:
        """Have stored copies that are gone rechecked, because something names them still; once a day at most."""
        self._connection.executemany(
            "UPDATE frontier SET state = 'done', reason = NULL, next_at = ?2"
            " WHERE url = ?1 AND state = 'gone' AND (ended_at <= ?3 OR ended_at > ?4)",
            [(url, stamp(now), stamp(now - _LEFT_ALONE), stamp(now + SKEW)) for url in urls],
        )

    def bring_back(self, *, site: str, now: datetime) -> int:
        """Make due what a run whose clock was ahead has put off or taken for old; return the number of URLs."""
        cursor = self._connection.execute(
            "UPDATE frontier SET next_at = ?2, ended_at = min(ended_at, ?2)"
            " WHERE site = ?1 AND (state = 'done' AND ended_at > ?3 OR state IN ('pending', 'done') AND next_at > ?3"
            " AND (ended_at > ?3 OR next_at > ?4))",
            (site, stamp(now), stamp(now + SKEW), stamp(now + _LONGEST_PAUSE)),
        )
        return cursor.rowcount

    def tries(self, url: str) -> int:
        """Return how often a URL was tried in vain, with the try that just failed."""
        row = self._connection.execute(
            f"SELECT {_TRIES} FROM frontier WHERE url = ?",  # noqa: S608
            (url,),
        ).fetchone()
        return int(row[0]) if row else 1

    def done(self, url: str, now: datetime) -> None:
        """Mark a URL as stored; the caller does so in the transaction that stores its article."""
        self._connection.execute(_DONE, (stamp(now), url))

    def rechecks(self, *, site: str, now: datetime, limit: int) -> list[FrontierEntry]:
        """Return the stored copies that are due to be rechecked for changes, the longest due first."""
        rows = self._connection.execute(
            _ENTRY + " WHERE f.site = ? AND f.state = 'done' AND f.next_at <= ? AND f.reason IS NOT 'unfinished'"
            " AND c.url IS NOT NULL ORDER BY f.next_at LIMIT ?",
            (site, stamp(now), limit),
        ).fetchall()
        return [_entry(*row) for row in rows]

    def begin(self, url: str) -> None:
        """Record that a URL is on its way: the try counts from now on, whatever becomes of it and of the run."""
        self._connection.execute(
            "UPDATE frontier SET reason = 'unfinished', attempts = attempts + 1"
            " WHERE url = ? AND state IN ('pending', 'done')",
            (url,),
        )

    def unfinished(self, *, site: str) -> list[FrontierEntry]:
        """Return what is on its way, or was when a run was killed, the least tried first."""
        rows = self._connection.execute(
            _ENTRY + " WHERE f.site = ? AND f.state IN ('pending', 'done') AND f.reason = 'unfinished'"
            " ORDER BY f.attempts, f.rowid",
            (site,),
        ).fetchall()
        return [replace(_entry(*row), is_unfinished=True) for row in rows]

    def found_at(self, url: str) -> datetime | None:
        """Return when (UTC) a URL was found; None where the frontier does not know it."""
        row = self._connection.execute("SELECT found_at FROM frontier WHERE url = ?", (url,)).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def schedule_recheck(self, url: str, at: datetime | None) -> None:
        """Set when a URL that is done is to be rechecked; None for never."""
        self._connection.execute(
            "UPDATE frontier SET next_at = ?, attempts = 0, reason = NULL WHERE url = ? AND state = 'done'",
            (at and stamp(at), url),
        )

    def missed(self, url: str, next_at: datetime) -> None:
        """Record that a stored copy was not there when it was rechecked, and when it is rechecked again."""
        self._connection.execute(
            f"UPDATE frontier SET next_at = ?, attempts = {_TRIES}, reason = NULL"  # noqa: S608
            " WHERE url = ? AND state = 'done'",
            (stamp(next_at), url),
        )

    def accept(self, url: str, now: datetime) -> None:
        """Mark a URL as stored whose page could not be used so far; any other stays as it is."""
        self._connection.execute(f"{_DONE} AND {IN_VAIN}", (stamp(now), url))

    def hints(self, url: str) -> tuple[Hints, str | None]:
        """Return what was said of a URL where it was found, and where that was."""
        row = self._connection.execute("SELECT hints, found_on FROM frontier WHERE url = ?", (url,)).fetchone()
        return (_decode(row[0]), row[1]) if row else (Hints(), None)

    def end(self, url: str, *, state: End, reason: str, now: datetime) -> None:
        """Abandon a URL, with a reason from `problems.REASONS`."""
        check_reason(reason)
        self._connection.execute(
            f"UPDATE frontier SET state = ?, reason = ?, next_at = NULL, ended_at = ?, attempts = {_TRIES}"  # noqa: S608
            " WHERE url = ?",
            (state, reason, stamp(now), url),
        )

    def retry(self, url: str, *, reason: str, now: datetime, next_at: datetime) -> None:
        """Leave a URL pending, to be tried again at `next_at` at the earliest."""
        check_reason(reason)
        self._connection.execute(
            f"UPDATE frontier SET state = 'pending', reason = ?, next_at = ?, ended_at = ?, attempts = {_TRIES}"  # noqa: S608
            " WHERE url = ?",
            (reason, stamp(next_at), stamp(now), url),
        )

    def next_work(self, site: str) -> datetime | None:
        """Return when (UTC) the next URL of a site is to be fetched or rechecked; None where none is.

        What may be fetched at once was so from the beginning of time.
        """
        (at,) = self._connection.execute(
            "SELECT min(CASE WHEN state = 'pending' THEN coalesce(next_at, '0001-01-01T00:00:00Z') ELSE next_at END)"
            " FROM frontier WHERE site = ? AND (state = 'pending' OR state = 'done' AND next_at IS NOT NULL)",
            (site,),
        ).fetchone()
        return datetime.fromisoformat(at) if at else None

    def count_pending(self, site: str) -> int:
        """Count the URLs of a site that are to be fetched, now or later."""
        (number,) = self._connection.execute(
            "SELECT count(*) FROM frontier WHERE site = ? AND state = 'pending'", (site,)
        ).fetchone()
        return int(number)

    def counts(self, site: str | None = None) -> dict[str, int]:
        """Count the URLs in each state, of one site or of all."""
        return dict(
            self._connection.execute(
                "SELECT state, count(*) FROM frontier WHERE ?1 IS NULL OR site = ?1 GROUP BY state", (site,)
            ).fetchall()
        )


def _entry(*row: Any) -> FrontierEntry:
    url, site, role, found_on, hints, *known_by, is_stored = row
    return FrontierEntry(url, site, role, found_on, _decode(hints), Validators(*known_by) if is_stored else None)


def _encode(hints: Hints) -> str | None:
    said = {name: value for name, value in asdict(hints).items() if value}
    return json.dumps(said, ensure_ascii=False, sort_keys=True) if said else None


def _decode(text: str | None) -> Hints:
    said: dict[str, Any] = json.loads(text) if text else {}
    if category := said.pop("category", None):
        said["category"] = Category(**category)
    for name in ("authors", "genres", "tickers"):
        said[name] = tuple(said.get(name, ()))
    return Hints(**said)
