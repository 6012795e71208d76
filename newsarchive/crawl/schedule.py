"""When a site is to be crawled again: after what its listings brought, what it asks for, and how often it failed.

The rule is that of Media Cloud's fetcher of feeds: where less than a third of what a listing shows was known before,
the site is asked sooner the next time, where it was more than two thirds, later. As long as a part was known, nothing
that was listed in between has left the listing unseen.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from newsarchive.crawl.known_listings import HARDLY_KNOWN, PARTLY_KNOWN
from newsarchive.crawl.retries import backoff
from newsarchive.discovery.refresh import Refresh

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from newsarchive.archive.schedules import Schedule
    from newsarchive.options import Options
    from newsarchive.sites import Site

# By what an interval becomes shorter or longer: small enough that a site does not swing between the two.
_STEP = 1.5
# A site that asks for nothing else than rest is looked at again after so many hours.
_LONGEST_REST = 8 * 24
#: A site that another process crawls is looked at again after so long.
OCCUPIED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rest:
    """The rest that a listing asks for: not before a time (UTC), not at hours and on days of its feed."""

    not_before: datetime | None = None
    refresh: Refresh = field(default_factory=Refresh)

    def is_over(self, at: datetime) -> bool:
        """Return whether the listing may be asked for at a time."""
        return (self.not_before is None or self.not_before <= at) and not self.refresh.rests(at)


def adapted(interval: timedelta, counts: Mapping[str, int], options: Options) -> timedelta:
    """Return the interval after a run that counted how much of its listings was known before.

    The listing of which the least was known decides; a run that read none says nothing.
    """
    if counts.get(HARDLY_KNOWN):
        interval /= _STEP
    elif not counts.get(PARTLY_KNOWN) and (counts.get("listings/read") or counts.get("listings/unchanged")):
        interval *= _STEP
    return max(shortest(options), min(interval, timedelta(minutes=options.interval_max)))


def shortest(options: Options) -> timedelta:
    """Return the shortest time between two runs of a site."""
    return timedelta(minutes=options.interval_min)


def after_good_run(before: Schedule, counts: Mapping[str, int], *, now: datetime, options: Options) -> Schedule:
    """Return the schedule of a site after a run that did its work, by what it counted."""
    interval = adapted(before.interval, counts, options)
    return replace(before, interval=interval, due_at=now + interval, failures=0)


def after_failure(before: Schedule, *, now: datetime, options: Options) -> Schedule:
    """Return the schedule of a site after a run that failed: the pause doubles with each failure, up to a day."""
    failures = before.failures + 1
    pause = max(backoff(failures, options), shortest(options))
    return replace(before, due_at=now + pause, failures=failures)


def awake(at: datetime, site: Site, rests: Sequence[Rest]) -> datetime:
    """Return when from a time (UTC) on the site is not at rest: it is no quiet hour, and a listing may be asked for.

    A site without known listings has none that rest.
    """

    def may_be_asked(when: datetime) -> bool:
        if when.astimezone(site.timezone).hour in site.politeness.quiet_hours:
            return False
        return not rests or any(rest.is_over(when) for rest in rests)

    for _ in range(_LONGEST_REST):
        if may_be_asked(at):
            break
        hour = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        at = min([hour, *(rest.not_before for rest in rests if rest.not_before and rest.not_before > at)])
    return at
