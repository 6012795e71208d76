"""When a stored copy is rechecked for changes: often while it is young, then less and less, then never."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain, repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsarchive.models import Recheck

#: What an address must be to an article to be rechecked: the texts of the other places do not change.
ROLES = ("post", "original")


def next_recheck(
    recheck: Recheck, *, now: datetime, found_at: datetime, published_at: datetime | None
) -> datetime | None:
    """Return when a copy is to be rechecked; None for never again.

    The times follow from when the copy was found alone, so that a run that comes late does not push the rest back.
    """
    end = (published_at or found_at) + timedelta(days=recheck.days)
    at = found_at
    # A schedule of fractions of a second would never get anywhere.
    steps = [max(timedelta(minutes=minutes), timedelta(seconds=1)) for minutes in recheck.minutes]
    late = now - found_at - sum(steps, timedelta(0))
    if late > timedelta(0):
        at += sum(steps, timedelta(0)) + (late // steps[-1]) * steps[-1]
        steps = steps[-1:]
    for step in chain(steps, repeat(steps[-1])):
        at += step
        if at > now or at > end:
            break
    return at if at <= end else None
