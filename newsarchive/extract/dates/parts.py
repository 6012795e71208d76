"""A day, a time of day and a zone put together: the parts from which every printed date is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
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
        return self if self.precision == "day" else Dated(self.when.astimezone(zone), self.precision, self.span)


@dataclass(slots=True)
class Context:
    """What a reader of dates needs to know besides the form: the text, the site's zone and the time of reading."""

    text: str
    zone: tzinfo
    fetched_at: datetime
    year_hint: int | None
    line: bool  # the text is one short line, in which weaker forms are dates too
    day_first: bool = False  # 3/4/2022 is in April
    year_first: bool = True  # 22-04-03 is in 2022
    lang: str | None = None

    @property
    def now(self) -> datetime:
        """The time of reading by the site's clocks."""
        return self.fetched_at.astimezone(self.zone)


def dated_at(
    day: tuple[int, int, int], clock: tuple[int, int, int | None] | None, zone: tzinfo, start: int, end: int
) -> Dated | None:
    """Combine a day and a time of day; an impossible day is None, an impossible time is dropped."""
    hour, minute, second = clock or (0, 0, None)
    precision: Precision = "day" if clock is None else "minute" if second is None else "second"
    try:
        return Dated(datetime(*day, hour, minute, second or 0, tzinfo=zone), precision, (start, end))
    except ValueError:
        if clock is None:
            return None
    midnight = dated_at(day, None, zone, start, end)
    if midnight is None or (hour, minute, second or 0) != (24, 0, 0):
        return midnight
    try:
        return Dated(midnight.when + timedelta(days=1), precision, (start, end))
    except OverflowError:
        return None


def with_time(
    context: Context, day: tuple[int, int, int], start: int, end: int, *, before: bool = False
) -> Dated | None:
    """Add the time of day and the zone that are printed beside a day, with `before` also those in front of it."""
    text = context.text
    match = forms.TIME.match(text, end)
    if match is None:
        found = _after_time(context, day, start, end) if before else None
        return found or dated_at(day, None, context.zone, start, end)
    stop = match.end()
    zone, stop = _zone(context, match, start, stop)
    return dated_at(day, clock_of(match), zone, start, stop)


def is_firm(context: Context, found: Dated) -> bool:
    """Return whether a weak form is a date: a time of day stands beside it, or nothing else does."""
    return found.precision != "day" or (context.line and is_alone(context.text, found.span))


def is_alone(text: str, span: tuple[int, int]) -> bool:
    """Return whether a line says nothing but what stands in a span, its label and the names behind it apart."""
    return bool(forms.ONLY_AFTER_LABEL.match(text[: span[0]]) and forms.ONLY_BEFORE_END.match(text[span[1] :]))


def _after_time(context: Context, day: tuple[int, int, int], start: int, end: int) -> Dated | None:
    """Read a day with the time of day that stands in front of it."""
    first = max(0, start - 40)
    if ":" not in (window := context.text[first:start]) and "：" not in window:
        return None
    match = forms.TIME_BEFORE.search(context.text, first, start)
    if match is None:
        return None
    zone = named_zone((match["name"] or "").upper(), context.zone) or context.zone
    half, hour, minute, second, ampm = match.group("half", "h", "mi", "s", "ampm")
    clock = _clock(int(hour), half or ampm, int(minute), second)
    return dated_at(day, clock, zone, match.start(), end)


def clock_of(match: re.Match[str]) -> tuple[int, int, int | None] | None:
    """Return hour (0 to 24), minute and second (None: not printed) of a matched time of day.

    None where it is not certain which hour is meant (晚上12:05: of this day or of the next one).
    """
    half, hour, minute, second, half_behind, ampm = match.group("half", "h", "mi", "s", "half2", "ampm")
    half = half or half_behind or ampm
    if minute:
        return _clock(int(hour), half, int(minute), second)
    hour, words, second = match.group("h", "hw", "s2")
    return _clock(int(hour) if hour else numeral(words), half, _worded_minute(match), second)


def _worded_minute(match: re.Match[str]) -> int:
    """Return the minute of a time that is printed without a colon; 0 where none is."""
    quarter, words, digits = (
        next(filter(None, match.group(*names)), None)
        for names in (("quarter", "quarter2"), ("miw", "miw2"), ("mi2", "mi3", "mi4", "mi5"))
    )
    if quarter:
        return forms.QUARTERS[quarter]
    return numeral(words.removeprefix("零").removeprefix("〇")) if words else int(digits or 0)


def _clock(hour: int, half: str | None, minute: int, second: str | None) -> tuple[int, int, int | None] | None:
    of_day = _hour(hour, half if half in forms.HALVES else half[0].lower()) if half else hour
    return None if of_day is None else (of_day, minute, int(second) if second else None)


def _hour(hour: int, half: str) -> int | None:
    """Return the hour of the day for one that is printed beside a word for a part of the day."""
    if half in forms.AFTERNOON or (half in forms.NOON and hour < 4):
        return hour + 12 if hour < 12 else hour
    if half in forms.EVENING or half in forms.NIGHT:
        # Past twelve it is the next day, for most writers; which one is meant cannot be told.
        first = 5 if half in forms.EVENING else 7
        return hour + 12 if first <= hour < 12 else hour if hour > 12 else None
    if half in forms.MORNING or half in forms.FORENOON:
        if hour > 12:
            return None
        return 0 if hour == 12 and half in forms.MORNING else hour
    return hour


_OTHER_NUMERALS = str.maketrans({"廿": "二十", "卅": "三十", "两": "二", "兩": "二"})


def numeral(text: str) -> int:
    """Read a Chinese number below one hundred (0 for anything else, which no calendar has)."""
    tens, ten, ones = text.translate(_OTHER_NUMERALS).partition("十")
    if not ten:
        return forms.CHINESE_DIGITS.get(tens, 0)
    first, last = forms.CHINESE_DIGITS.get(tens or "一"), forms.CHINESE_DIGITS.get(ones or "〇")
    return 0 if first is None or last is None else first * 10 + last


def _zone(context: Context, match: re.Match[str], start: int, stop: int) -> tuple[tzinfo, int]:
    text = context.text
    named = match["before"]
    if named:
        return named_zone(named, context.zone) or context.zone, stop
    behind = _zone_behind(context, match, stop) if stop < len(text) else None
    if behind is not None:
        return behind
    window = text[max(0, start - 60) : start]
    before = forms.ZONE_BEFORE.search(window) if "GMT" in window or "UTC" in window else None
    return (before and offset_of(before)) or context.zone, stop


def _zone_behind(context: Context, match: re.Match[str], stop: int) -> tuple[tzinfo, int] | None:
    """Return the zone that is printed behind a time of day, and where it ends."""
    text = context.text
    attached = match["s"] or (match[0][:1] in ("T", "t") and match[0][1:2].isdigit())
    offset = (forms.OFFSET if attached else forms.SURE_OFFSET).match(text, stop) or forms.ZONE.match(text, stop)
    west = None if offset else forms.WEST_OFFSET.match(text, stop)
    if west is not None and int(west["h"]) < int(match["h"] or 0):
        offset = west
    if offset is not None:
        found = offset_of(offset) if offset["sign"] else named_zone(offset["name"].upper(), context.zone)
        if found is not None:
            return found, offset.end()
    return None


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
