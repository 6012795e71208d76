"""The day of an article before it is fetched: from the listing's printed time, its URL, or its number."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from newsarchive.extract.dates import parse_date
from newsarchive.urls import find_info_code

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

_PATH = re.compile(r"/(\d{4})[/-]?(\d{2})[/-]?(\d{2})/")


def day_of(url: str, printed: str | None = None, *, zone: tzinfo, now: datetime) -> date | None:
    """Return the day of the article at a URL by the site's clocks, as far as it can be told; None where nothing tells.

    `zone` is the site's, `now` (aware) the time at which the listing was read.
    """
    dated = parse_date(printed, zone=zone, now=now) if printed else None
    if dated is not None:
        return dated.in_zone(zone).when.date()
    code = find_info_code(url)
    digits = (code.digits[:4], code.digits[4:6], code.digits[6:8]) if code else None
    match = _PATH.search(url)
    for parts in (match.groups() if match else None, digits):
        try:
            if parts:
                return date(*(int(part) for part in parts))
        except ValueError:
            continue
    return None
