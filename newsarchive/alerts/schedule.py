"""When alerts are sent: not in quiet hours, and where a digest is wanted, at its times of the day.

All times are those of the clock of this machine.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from newsarchive.errors import UserError
from newsarchive.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])")
_BETWEEN = re.compile(r"\s*(?:-|–|—|~)\s*")


def read_time(text: str) -> time:
    """Read a time of day such as 8:00. Raises UserError for any other text."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise UserError(_("{text!r} is not a time of day - write hours and minutes, for example 08:00", text=text))
    return time(int(match[1]), int(match[2]))


def read_digest(texts: Sequence[str]) -> str | None:
    """Bring times of a digest into the form in which they are kept; None for no times. Raises UserError."""
    times = sorted({read_time(text) for one in texts for text in one.split(",")})
    return ",".join(f"{one:%H:%M}" for one in times) or None


def read_quiet_hours(text: str | None) -> str | None:
    """Bring quiet hours (22:00-7:00) into the form in which they are kept. Raises UserError."""
    if text is None:
        return None
    ends = _BETWEEN.split(text.strip())
    if len(ends) != 2:
        raise UserError(_("{text!r} is not a span of hours - write for example 22:00-07:00", text=text))
    start, end = map(read_time, ends)
    if start == end:
        raise UserError(
            _(
                "{text!r} is the whole day, so that nothing would ever be sent - write for example 22:00-07:00",
                text=text,
            )
        )
    return f"{start:%H:%M}-{end:%H:%M}"


def is_quiet(quiet_hours: str | None, now: datetime) -> bool:
    """Return whether a moment, aware, is in quiet hours; they may go over midnight."""
    if quiet_hours is None:
        return False
    start, end = map(read_time, quiet_hours.split("-"))
    clock = now.astimezone().time()
    return start <= clock < end if start < end else clock >= start or clock < end


def is_due(digest_times: str | None, last: datetime, now: datetime) -> bool:
    """Return whether a digest is to be made: one of its times has passed since the last; always where none is set."""
    if digest_times is None:
        return True
    here = now.astimezone()
    # Yesterday too: the time of a digest may have passed while nothing ran.
    moments = (
        datetime.combine(here.date() - timedelta(days=back), read_time(text)).astimezone()
        for text in digest_times.split(",")
        for back in (0, 1)
    )
    return any(last < moment <= now for moment in moments)
