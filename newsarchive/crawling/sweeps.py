"""When to ask for every category page that is known, and not only for those that something new leads to.

The newest articles of a site stand on its home page, and a new article leads to its category's page. That suffices
while every run ends well; after one that did not, and now and then in any case, all categories are asked for.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from newsarchive.items import Category

if TYPE_CHECKING:
    import sqlite3

#: The count under which a run records that it was a sweep.
SWEEP = "listings/sweep"
# Runs that are looked back over; an older sweep is due again anyway.
_LOOK_BACK = 500


def sweep_is_due(connection: sqlite3.Connection, spider: str, site: str, now: datetime, interval: timedelta) -> bool:
    """Tell whether no sweep of a site ended well within the interval, or a run after it did not end well."""
    runs = connection.execute(
        "SELECT outcome, counts, started_at FROM runs WHERE spider = ? AND site = ? AND outcome <> 'running'"
        " ORDER BY id DESC LIMIT ?",
        (spider, site, _LOOK_BACK),
    )
    for outcome, text, started_at in runs:
        counts = json.loads(text or "{}")
        if outcome != "finished" or counts.get("listings/failed"):
            return True
        if counts.get(SWEEP):
            return datetime.fromisoformat(started_at) + interval <= now
    return True


def known_categories(connection: sqlite3.Connection, site: str) -> list[Category]:
    """Give the categories of a site that the archive knows, by their slugs."""
    rows = connection.execute("SELECT slug, name, url FROM categories WHERE site = ? ORDER BY slug", (site,))
    return [Category(slug, name, url) for slug, name, url in rows]
