"""When a URL that failed is tried again, and when it is given up.

Servers answer wrongly for a while: a listing is out before its page, a firewall refuses for an hour, a deployment
answers 404. So hardly any failure is final at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from newsarchive.crawl.outcomes import Outcome
    from newsarchive.options import Options

LONGEST_BACKOFF = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How often a server has to say that a page is gone; the last two answers lie `apart` from each other at least."""

    times: int
    apart: timedelta = timedelta(0)


_NOT_FOUND = Confirmation(3, apart=timedelta(days=1))
# 410 is a statement about the page, where 404 may be one about the server.
_CONFIRMATIONS = {410: Confirmation(2)}


def next_try(
    outcome: Outcome, *, status: int | None, tries: int, said: int, now: datetime, options: Options
) -> datetime | None:
    """Return when (UTC) a URL that failed is due again; None when it is given up.

    `tries` is how often it was tried in vain, `said` how often the server said that the page is gone, both with this
    time. `status` is the HTTP status, where there was one.
    """
    if not outcome.may_pass or tries >= options.attempts:
        return None
    pause = backoff(tries, options)
    if outcome.state == "gone":
        needed = _CONFIRMATIONS.get(status or 0, _NOT_FOUND)
        if said >= needed.times:
            return None
        if said + 1 == needed.times:
            pause = max(pause, needed.apart)
    return max(now + pause, outcome.not_before or now)


def backoff(tries: int, options: Options) -> timedelta:
    """Return the pause after so many tries in vain (1 or more): it doubles with each, up to a day."""
    return min(timedelta(seconds=options.backoff * (1 << min(tries - 1, 20))), LONGEST_BACKOFF)
