"""Times that are counted from the reading: 5 minutes ago, yesterday at 8, just now."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from newsarchive.extract.dates import patterns as forms
from newsarchive.extract.dates.parts import Context, Dated, is_alone, is_firm, numeral, with_time
from newsarchive.extract.dates.words import WHOLE, table

if TYPE_CHECKING:
    from collections.abc import Iterator


_ENDING = r"[^\s\d_.,:|()]{0,5}"
#: Seconds of the units that the tables list, up to weeks; months of the others.
_SECONDS, _MONTHS = (1, 60, 3600, 86400, 604800), (1, 12)


@lru_cache(maxsize=64)
def words_of(lang: str) -> re.Pattern[str] | None:
    """Return what matches a time counted from the reading in a language whose words are in the tables, else None.

    Groups: `day`, a word for a day, or `n` (nothing: one) and one of `u0` (seconds) to `u6` (years).
    """
    days, ago = table("days").get(lang), table("ago").get(lang)
    if not days and not ago:
        return None
    forms_of_lang = (
        [rf"(?P<day>{'|'.join(map(re.escape, sorted(days, key=len, reverse=True)))}){WHOLE}"] if days else []
    )
    if ago:
        units = "|".join(rf"(?P<u{n}>(?:{names}){_ENDING})" for n, names in enumerate(ago["units"]))
        amount = rf"(?:(?P<n>[0-9]{{1,3}})\s?|(?:{'|'.join(ago['one'].split()) or '(?!)'})\s?)"
        before, behind = ago.get("before", "").replace("_", r"\s"), ago.get("behind", "")
        optional = "?" if not ago["one"] else ""
        forms_of_lang.append(
            rf"(?:{before})\s{amount}{optional}(?:{units})"
            if before
            else rf"{amount}{optional}(?:{units})\s(?:{behind})"
        )
    return re.compile(rf"(?<![^\W\d_])(?<![0-9.:])(?:{'|'.join(forms_of_lang)})(?![^\W\d_])", re.IGNORECASE)


def in_words(context: Context) -> Iterator[Dated]:
    """Read the times that the page's language counts from now: vor 2 Stunden, hace una hora, вчера в 8:05."""
    lang = (context.lang or "")[:2].lower()
    pattern = words_of(lang)
    for match in pattern.finditer(context.text) if pattern is not None and context.line else ():
        word = match["day"] if "day" in match.re.groupindex else None
        if word:
            yield from _named_day(context, table("days")[lang][word.lower()], match)
            continue
        unit = next(number for number in range(len(_SECONDS) + len(_MONTHS)) if match[f"u{number}"])
        amount = int(match["n"] or 1)
        found: Dated | None
        if unit < len(_SECONDS):
            found = _ago(context, timedelta(seconds=_SECONDS[unit] * amount), _SECONDS[unit], match.span())
        else:
            found = _months_ago(context, _MONTHS[unit - len(_SECONDS)] * amount, match.span())
        if found is not None and is_alone(context.text, match.span()):
            yield found


def relative(context: Context) -> Iterator[Dated]:
    """Read 5 minutes ago in Chinese, Japanese, Korean and English."""
    text = context.text
    if "前" not in text and "전" not in text and "ago" not in text:
        return
    for match in forms.RELATIVE.finditer(text):
        unit = (match["u"] or match["k"] or "").lstrip("个個かヶカ")
        name = unit.lstrip("半")[:1] or (match["e"] or "")[:3].lower()
        months_each, seconds = forms.UNIT_MONTHS.get(name), forms.UNIT_SECONDS.get(name, 0)
        if (months_each or seconds > 86400) and not (context.line and is_alone(text, match.span())):
            continue
        amount = _amount(match["n"]) + (0.5 if unit.startswith("半") else 0)
        if months_each:
            found = _months_ago(context, months_each * amount, match.span())
            if found is not None:
                yield found
        else:
            yield _ago(context, timedelta(seconds=seconds * amount), seconds, match.span())


def _amount(text: str) -> float:
    if text.isdigit():
        return int(text)
    if text == "半":
        return 0.5
    return numeral(text) or 1  # an hour


def _months_ago(context: Context, distance: float, span: tuple[int, int]) -> Dated | None:
    """Count months back by the calendar; parts of a month, and times before all calendars, are none."""
    if distance != int(distance):
        return None
    try:
        when = context.now - relativedelta(months=int(distance))
    except (ValueError, OverflowError):
        return None
    return Dated(when.replace(hour=0, minute=0, second=0, microsecond=0), "day", span)


def _ago(context: Context, distance: timedelta, unit: int, span: tuple[int, int]) -> Dated:
    when = (context.now - distance).replace(second=0, microsecond=0)
    if distance < timedelta(hours=1):
        return Dated(when, "minute", span)
    if unit < 86400:
        return Dated(when, "day", span)
    return Dated(when.replace(hour=0, minute=0), "day", span)


def day_word(context: Context) -> Iterator[Dated]:
    """Read a word for a day, with the time of day behind it."""
    for match in forms.DAY_WORD.finditer(context.text):
        yield from _named_day(context, forms.DAYS_AGO[match[0].lower()], match)


def _named_day(context: Context, days_ago: int, match: re.Match[str]) -> Iterator[Dated]:
    then = context.now.date() - timedelta(days=days_ago)
    found = with_time(context, (then.year, then.month, then.day), match.start(), match.end())
    if found is not None and is_firm(context, found):
        yield found


def just_now(context: Context) -> Iterator[Dated]:
    """Read a line that says that it was written at this moment."""
    match = forms.JUST_NOW.search(context.text)
    if match is not None and context.line and is_alone(context.text, match.span()):
        yield Dated(context.now.replace(second=0, microsecond=0), "minute", match.span())
