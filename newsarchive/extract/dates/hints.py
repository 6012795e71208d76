"""The day of an article before it is fetched: from the listing's printed time, its URL, or its number."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from newsarchive.urls import find_info_code

if TYPE_CHECKING:
    from datetime import tzinfo

_PRINTED = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})")
_PATH = re.compile(r"/(\d{4})[/-]?(\d{2})[/-]?(\d{2})/")


def day_of(url: str, printed: str | None = None, zone: tzinfo | None = None) -> date | None:
    """Return the day of the article at a URL, as far as it can be told; None when nothing tells it.

    A time that is printed with its zone (ISO 8601, as feeds and sitemaps give it) is of the day that it is in `zone`.
    """
    if zone is not None and (moment := _moment(printed)) is not None:
        return moment.astimezone(zone).date()
    code = find_info_code(url)
    digits = (code.digits[:4], code.digits[4:6], code.digits[6:8]) if code else None
    matches = (_PRINTED.search(printed or ""), _PATH.search(url))
    for parts in (*(match.groups() for match in matches if match), digits):
        try:
            if parts:
                return date(*(int(part) for part in parts))
        except ValueError:
            continue
    return None


def _moment(printed: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(printed or "")
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
