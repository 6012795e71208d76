"""When to ask for every category page that is known, and not only for those that something new leads to.

The newest articles of a site stand on its home page, and a new article leads to its category's page. That suffices
while every run ends well; after one that did not, and now and then in any case, all categories are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from newsarchive.archive.runs import Runs

#: The count under which a run records that it was a sweep.
SWEEP = "listings/sweep"
# Runs that are looked back over; an older sweep is due again anyway.
_LOOK_BACK = 500


def sweep_is_due(runs: Runs, spider: str, site: str, now: datetime, interval: timedelta) -> bool:
    """Tell whether no sweep of a site ended well within the interval, or a run after it did not end well."""
    for run in runs.ended(spider, site, _LOOK_BACK):
        if run.outcome != "finished" or run.counts.get("listings/failed"):
            return True
        if run.counts.get(SWEEP):
            return run.started_at + interval <= now
    return True
