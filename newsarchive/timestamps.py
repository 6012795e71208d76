"""Times as the archive writes and shows them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from newsarchive.i18n import _

_AGE = re.compile(r"([1-9][0-9]{0,4})([dwy])")
_DAYS = {"d": 1, "w": 7, "y": 365}


def stamp(when: datetime) -> str:
    """Write a crawl time, aware, in UTC (`2026-03-05T01:02:03Z`); such texts sort as the times do."""
    return when.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def read_age(text: str) -> timedelta:
    """Read an age such as `400d`, `8w` or `2y` (years of 365 days). Raises ValueError for any other text."""
    match = _AGE.fullmatch(text)
    if match is None:
        raise ValueError(_("must be a number of days, weeks or years such as 400d, 8w or 2y, not {text!r}", text=text))
    return timedelta(days=int(match[1]) * _DAYS[match[2]])


def as_known(published_at: str, precision: str | None) -> str:
    """Return a time of publication as far as it is known: with the precision `day` that is the day alone."""
    return published_at[:10] if precision == "day" else published_at


def by_clock_of(time: str, published_at: str | None) -> str:
    """Return a time of the archive by the clock of a time of publication; as it is where either has no zone."""
    try:
        when, zone = datetime.fromisoformat(time), datetime.fromisoformat(published_at or "").tzinfo
        return when.astimezone(zone).isoformat() if when.tzinfo and zone else time
    except (ValueError, OverflowError):  # no time at all, or one at the end of the calendar
        return time


def clock_of(published_at: str | None) -> str:
    """Write the clock of a time of publication: UTC+8, UTC-3:30; UTC where it has no zone."""
    offset = (published_at or "")[19:]
    if len(offset) != len("+08:00") or offset[1:] == "00:00":
        return "UTC"
    hours, minutes = offset[1:].split(":")
    return f"UTC{offset[0]}{int(hours)}" + (f":{minutes}" if minutes != "00" else "")


def later(minutes: int) -> str:
    """Write how long after the first article of its story another one was published."""
    if minutes <= 0:
        return _("first")
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("{days} d {hours} h later", days=days, hours=hours) if hours else _("{days} d later", days=days)
    if hours:
        return (
            _("{hours} h {minutes} min later", hours=hours, minutes=rest) if rest else _("{hours} h later", hours=hours)
        )
    return _("{minutes} min later", minutes=rest)
