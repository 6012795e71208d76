"""A day, a time of day and a zone put together: the parts from which every printed date is made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsarchive.extract.dates import patterns as forms

if TYPE_CHECKING:
    import re

    from newsarchive.models import Precision

_ZONES: dict[str, tzinfo] = {}


@dataclass(frozen=True, slots=True)
class Dated:
    """A printed date.

    `when` is aware: in the printed zone or offset where one is printed, else in the zone that was given.
    `precision` tells what was printed; with `day` the time of day is 00:00 (only for "5 hours ago", where the hour is
    rounded by the page, it is an estimate). `span` is (start, end) in characters of the text that was read.
    """

    when: datetime
    precision: Precision
    span: tuple[int, int]

    def in_zone(self, zone: tzinfo) -> Dated:
        """Return the same moment by the clocks of a zone; a day without a time of day stays that day."""
        return self if self.precision == "day" else replace(self, when=self.when.astimezone(zone))


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader of dates needs to know besides the form: the text, the site's zone and the time of reading."""

    text: str
    zone: tzinfo
    now: datetime  # in `zone`
    year_hint: int | None
    line: bool  # the text is one short line, in which weaker forms are dates too


def dated_at(
    day: tuple[int, int, int], clock: tuple[int, int, int | None] | None, zone: tzinfo, start: int, end: int
) -> Dated | None:
    """Combine a day and a time of day; an impossible day is None, an impossible time is dropped."""
    try:
        midnight = datetime(*day, tzinfo=zone)
    except ValueError:
        return None
    if clock is None:
        return Dated(midnight, "day", (start, end))
    hour, minute, second = clock
    precision: Precision = "minute" if second is None else "second"
    if hour == 24 and minute == 0 and not second:
        try:
            return Dated(midnight + timedelta(days=1), precision, (start, end))
        except OverflowError:
            return None
    try:
        return Dated(datetime.combine(midnight, time(hour, minute, second or 0), zone), precision, (start, end))
    except ValueError:
        return Dated(midnight, "day", (start, end))


def with_time(context: Context, day: tuple[int, int, int], start: int, end: int) -> Dated | None:
    """Add the time of day and the zone that are printed beside a day."""
    text = context.text
    match = forms.TIME.match(text, end)
    if match is None:
        return dated_at(day, None, context.zone, start, end)
    clock = clock_of(match)
    stop = match.end()
    zone, stop = _zone(context, match, start, stop)
    return dated_at(day, clock, zone, start, stop)


def clock_of(match: re.Match[str]) -> tuple[int, int, int | None]:
    """Return hour (0 to 24), minute and second (None: not printed) of a matched time of day."""
    groups = match.groupdict()
    hour = int(groups["h"])
    minute = groups.get("mi") or groups.get("mi2")
    second = groups.get("s") or groups.get("s2")
    half = groups.get("half") or (groups.get("ampm") or "").lower()
    if half in forms.AFTERNOON and hour < 12:
        hour += 12
    elif half in forms.MORNING and hour == 12:
        hour = 12 if half == "上午" else 0
    elif half == "中午" and hour < 4:
        hour += 12
    return hour, int(minute or 0), int(second) if second else None


def _zone(context: Context, match: re.Match[str], start: int, stop: int) -> tuple[tzinfo, int]:
    text = context.text
    named = match["before"]
    if named:
        return named_zone(named, context.zone) or context.zone, stop
    attached = match["s"] or "T" in match[0]
    offset = (forms.OFFSET if attached else forms.SURE_OFFSET).match(text, stop) or forms.ZONE.match(text, stop)
    if offset is not None:
        found = offset_of(offset) if offset["sign"] else named_zone(offset["name"], context.zone)
        if found is not None:
            return found, offset.end()
    before = forms.ZONE_BEFORE.search(text, max(0, start - 60), start) if start else None
    return (before and offset_of(before)) or context.zone, stop


def offset_of(match: re.Match[str]) -> tzinfo | None:
    """Return the zone of a matched offset (its sign, hours and minutes); None for one that no clock on Earth has."""
    minutes = int(match["h"]) * 60 + int(match["m"] or 0)
    if minutes > 14 * 60 or int(match["m"] or 0) > 59:
        return None
    return timezone(timedelta(minutes=-minutes if match["sign"] == "-" else minutes))


def named_zone(name: str, zone: tzinfo) -> tzinfo | None:
    """Return the zone of an abbreviation or Chinese name, or None; CST is China's where `zone` is eight hours east."""
    if name == "CST" and zone.utcoffset(datetime(2000, 1, 1)) == timedelta(hours=8):  # noqa: DTZ001 - zone's own time
        return zone
    if name in forms.ZONE_HOURS:
        return timezone(timedelta(hours=forms.ZONE_HOURS[name]))
    if name not in forms.ZONE_NAMES:
        return None
    if name not in _ZONES:
        _ZONES[name] = ZoneInfo(forms.ZONE_NAMES[name])
    return _ZONES[name]
