"""Days, months and years as people type them into a search."""

from __future__ import annotations

import re
from datetime import date

from newsarchive.text import fold

_MOMENT = re.compile(
    r"(?P<year>[12][0-9]{3})"
    r"(?:[-/.年](?P<month>[0-9]{1,2})月?(?:[-/.]?(?P<day>[0-9]{1,2})日?)?|年)?"
    r"|(?P<compact>[12][0-9]{7})"
)


def read_moment(text: str) -> str | None:
    """Read a day, month or year (2022-03-01, 2022/3, 2022年3月1日, 20220301, 2022) as ISO 8601 text of its precision.

    Such texts sort before every time inside the day, month or year, so they serve as bounds. None for anything else.
    """
    match = _MOMENT.fullmatch(fold(text).strip())
    if match is None:
        return None
    compact = match["compact"]
    year, month, day = (compact[:4], compact[4:6], compact[6:]) if compact else match.group("year", "month", "day")
    try:
        when = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return when.isoformat()[: 10 if day else 7 if month else 4]
