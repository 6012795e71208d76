"""Dates by other calendars than the Gregorian: Iran's solar years, Thailand's Buddhist years, Japan's eras."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from newsarchive.extract.dates.months import month_of
from newsarchive.extract.dates.parts import with_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsarchive.extract.dates.parts import Context, Dated

#: The months of Iran's calendar, each with its other spellings: six of 31 days, five of 30, the last of 29 or 30.
_SOLAR_MONTHS = {
    name: number
    for number, names in enumerate(
        ("فروردین|فروردين", "اردیبهشت|ارديبهشت", "خرداد", "تیر|تير", "مرداد|امرداد", "شهریور|شهريور", "مهر", "آبان",
         "آذر", "دی|دي", "بهمن", "اسفند"),
        start=1,
    )
    for name in names.split("|")
}  # fmt: skip
_SOLAR_NAMES = "|".join(sorted(_SOLAR_MONTHS, key=len, reverse=True))
_SOLAR = re.compile(
    rf"(?<![0-9])(?P<d>[0-9]{{1,2}})\s(?P<mon>{_SOLAR_NAMES})(?:\sماه)?[،,]?\s(?:سال\s)?(?P<y>1[34][0-9]{{2}})(?![0-9])"
)
_SOLAR_NUMBERS = re.compile(
    r"(?<![0-9/-])(?P<y>1[34][0-9]{2})(?P<sep>[-/])(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})(?![0-9/-])"
)
_PERSIAN = ("fa", "prs", "ps")
#: 1 Farvardin 1400, and the years of a cycle of 33 that have a day more: right from 1343 to 1472.
_NEW_YEAR, _YEAR_OF_IT = date(2021, 3, 21), 1400
_CYCLE, _LEAP = 33, frozenset((1, 5, 9, 13, 17, 22, 26, 30))

#: Thailand counts from 543 years before; the names of the months are abbreviated with points inside.
_BUDDHIST_YEARS = 543
_THAI = re.compile(
    r"(?<![0-9])(?P<d>[0-9]{1,2})\s?(?P<mon>[ก-๛]{2,10}|[ก-ฮิี]{1,3}\.[ก-ฮ]{1,2}\.)\s?(?:พ\.ศ\.\s?)?(?P<y>25[0-9]{2})(?![0-9])"
    r"|(?<![0-9/])(?P<d2>[0-9]{1,2})(?P<sep>[-/.])(?P<m>[0-9]{1,2})(?P=sep)(?P<y2>25[0-9]{2})(?![0-9])"
)
_THAI_SHORT = {
    name: number
    for number, name in enumerate(
        ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."), start=1
    )
}

#: The year before the first of an era.
_ERAS = {"令和": 2018, "平成": 1988}
_ERA = re.compile(r"(?P<era>令和|平成)\s?(?P<y>元|[0-9]{1,2})\s?年\s?(?P<m>[0-9]{1,2})\s?月\s?(?P<d>[0-9]{1,2})\s?日")


def other_calendars(context: Context) -> Iterator[Dated]:
    """Read the dates whose years are counted otherwise."""
    if context.text.isascii() and (context.lang or "")[:2] not in ("fa", "ps", "th"):
        return
    for match, day in (*_solar(context), *_buddhist(context), *_of_era(context)):
        found = with_time(context, day, match.start(), match.end(), before=True) if day else None
        if found is not None:
            yield found


_Found = list[tuple[re.Match[str], tuple[int, int, int] | None]]


def _solar(context: Context) -> _Found:
    found: _Found = [
        (match, _from_solar(int(match["y"]), _SOLAR_MONTHS[match["mon"]], int(match["d"])))
        for match in _SOLAR.finditer(context.text)
    ]
    if (context.lang or "").startswith(_PERSIAN):
        found += [
            (match, _from_solar(int(match["y"]), int(match["m"]), int(match["d"])))
            for match in _SOLAR_NUMBERS.finditer(context.text)
        ]
    return found


def _from_solar(year: int, month: int, day: int) -> tuple[int, int, int] | None:
    longest = 31 if month <= 6 else 30 if month < 12 or year % _CYCLE in _LEAP else 29
    if not (1 <= month <= 12 and 1 <= day <= longest):
        return None
    past = (_YEAR_OF_IT, year) if year >= _YEAR_OF_IT else (year, _YEAR_OF_IT)
    days = sum(365 + (one % _CYCLE in _LEAP) for one in range(*past))
    days = days if year >= _YEAR_OF_IT else -days
    then = _NEW_YEAR + timedelta(days=days + 31 * min(month - 1, 6) + 30 * max(month - 7, 0) + day - 1)
    return then.year, then.month, then.day


def _buddhist(context: Context) -> _Found:
    if not (context.lang or "").startswith("th"):
        return []
    return [
        (match, (int(match["y"] or match["y2"]) - _BUDDHIST_YEARS, month, int(match["d"] or match["d2"])))
        for match in _THAI.finditer(context.text)
        if (month := int(match["m"] or 0) or _THAI_SHORT.get(match["mon"]) or month_of(match["mon"], "th"))
    ]


def _of_era(context: Context) -> _Found:
    if "令和" not in context.text and "平成" not in context.text:
        return []
    return [
        (
            match,
            (_ERAS[match["era"]] + (1 if match["y"] == "元" else int(match["y"])), int(match["m"]), int(match["d"])),
        )
        for match in _ERA.finditer(context.text)
    ]
