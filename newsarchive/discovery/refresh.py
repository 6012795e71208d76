"""How often a feed asks to be read: `ttl`, `skipHours` and `skipDays` of RSS 2.0, Cache-Control and Expires of HTTP."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBER = re.compile("[0-9]{1,9}")
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?([0-9]{1,9})", re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|[\s,])(?:no-cache|no-store)\b", re.IGNORECASE)
#: A scheduled run begins a little earlier or later than the one before: so much of a pause may be missing.
_EARLY = 0.1


@dataclass(frozen=True, slots=True)
class Refresh:
    """The seconds for which a feed is fresh, and the hours and days of the week (0: Monday), in UTC, of its rest."""

    seconds: int = 0
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()

    def due_at(self, now: datetime, longest: timedelta) -> datetime | None:
        """Return when a feed that was answered for now (aware) is not fresh any more, after `longest` at the latest."""
        wait = min(timedelta(seconds=self.seconds), longest)
        return now + wait * (1 - _EARLY) if wait else None

    def rests(self, now: datetime) -> bool:
        """Return whether now (aware) is in an hour or on a day on which the feed is not to be read."""
        when = now.astimezone(UTC)
        return when.hour in self.skip_hours or when.weekday() in self.skip_days

    def to_json(self) -> str:
        """Write it for the archive."""
        said = {"seconds": self.seconds, "skip_hours": sorted(self.skip_hours), "skip_days": sorted(self.skip_days)}
        return json.dumps({name: value for name, value in said.items() if value})

    @classmethod
    def from_json(cls, text: str) -> Refresh:
        """Read what `to_json` wrote."""
        said = json.loads(text)
        return cls(said.get("seconds", 0), frozenset(said.get("skip_hours", ())), frozenset(said.get("skip_days", ())))


def refresh_of(root: _Element, headers: Mapping[str, str], now: datetime) -> Refresh | None:
    """Return what a feed and the headers of its answer (lower-cased names) say; the longer of two times counts."""
    # Imported by what reads a feed; a run that is answered that nothing has changed only needs what was said before.
    from newsarchive.extract.feed_entry import CORE  # noqa: PLC0415
    from newsarchive.extract.xml import children, name_of, text_of  # noqa: PLC0415

    def texts(outer: str, inner: str) -> Iterator[str]:
        for element in children(channel, outer, *CORE):
            for found in children(element, inner, *CORE):
                if text := text_of(found):
                    yield text.strip()

    channel = next((element for element in root if name_of(element) == "channel"), root)
    minutes = next((_number(text_of(found)) for found in children(channel, "ttl", *CORE)), 0)
    hours = {_number(text) % 24 for text in texts("skiphours", "hour") if _NUMBER.fullmatch(text)}
    days = {_DAYS.index(text.lower()) for text in texts("skipdays", "day") if text.lower() in _DAYS}
    # A feed that rests at all hours or on all days says nothing by that.
    hours, days = (rest if len(rest) < most else set() for rest, most in ((hours, 24), (days, 7)))
    said = Refresh(max(minutes * 60, max_age(headers, now)), frozenset(hours), frozenset(days))
    return said if said != Refresh() else None


def max_age(headers: Mapping[str, str], now: datetime) -> int:
    """Return for how many seconds an answer is fresh (RFC 9111, 4.2); 0 where it does not say."""
    control = headers.get("cache-control", "")
    if _NOT_KEPT.search(control):
        return 0
    if match := _MAX_AGE.search(control):
        return max(0, int(match[1]) - _number(headers.get("age")))
    try:
        expires = parsedate_to_datetime(headers.get("expires", ""))
        sent = parsedate_to_datetime(headers["date"]) if "date" in headers else now
        return max(0, int((expires.astimezone(UTC) - sent.astimezone(UTC)).total_seconds()))
    except (ValueError, OverflowError):
        return 0


def _number(text: str | None) -> int:
    match = _NUMBER.fullmatch(text.strip()) if text else None
    return int(match[0]) if match else 0
