"""Dates as pages print them, read into aware times."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from dateutil import parser as dateutil_parser

from newsarchive.extract.dates import patterns as forms
from newsarchive.extract.dates import relative
from newsarchive.extract.dates.calendars import other_calendars
from newsarchive.extract.dates.labels import choose, has_other_label, is_set_apart
from newsarchive.extract.dates.months import month_of, prints_day_first, prints_year_first
from newsarchive.extract.dates.parts import (
    Context,
    Dated,
    dated_at,
    is_alone,
    is_firm,
    named_zone,
    numeral,
    with_time,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import tzinfo

    from newsarchive.models import Precision

__all__ = ["Dated", "counts_from_now", "find_dates", "parse_date"]

#: `parse_date` is for one line of print; what stands further on is not looked at (characters).
_LINE = 400
# A day and month without a year are of the year before where they would lie further ahead than this.
_AHEAD = timedelta(days=2)
_DIGIT = re.compile("[0-9]")
# The name of a month with the blanks about it (characters).
_LONGEST_MONTH = 40


def parse_date(
    text: str, *, zone: tzinfo, now: datetime, year_hint: int | None = None, lang: str | None = None
) -> Dated | None:
    """Read the date that a short line prints (a time element, an info line, a metadata value), or None.

    `now` (aware) is the time at which the page was fetched: relative forms and missing years are counted from it.
    `year_hint` is a year known from elsewhere, for dates that print none; `lang`, the page's language, tells day and
    month apart. A date with its year wins over one without, else the first wins; where words right beside the dates
    say which is that of publication, that one wins, and a deadline is none. Impossible dates are none; whether a date
    lies in the future is the caller's question.
    """
    match = forms.PLAIN.match(text)
    if match is not None:
        return _plain(match, zone)
    context = _context(text[:_LINE], zone, now, year_hint, lang, line=True)
    if context is None:
        return None
    whole = _number(context)
    if whole is not None:
        return whole
    found = next((dated for reader in _READERS for dated in reader(context)), None)
    if found is None:
        return _by_dateutil(context)
    if has_other_label(context.text):
        is_labelled, chosen = choose(context.text, _all(context))
        if is_labelled:
            return chosen
    return found


def counts_from_now(text: str, lang: str | None) -> bool:
    """Return whether a line counts a time from its reading in the words of a language whose words are in the tables."""
    pattern = relative.words_of((lang or "")[:2].lower())
    return pattern is not None and pattern.search(text) is not None


def find_dates(text: str, *, zone: tzinfo, now: datetime, year_hint: int | None = None) -> list[Dated]:
    """List the dates of a longer text in the order of print, none overlapping another.

    Forms that are dates only by themselves (03-03, 22-03-03, 昨天 without a time, bare numbers) are left out.
    """
    context = _context(text, zone, now, year_hint, None, line=False)
    return _all(context) if context is not None else []


def _all(context: Context) -> list[Dated]:
    found: list[Dated] = []
    for reader in _READERS:
        found = _merged(found, list(reader(context)))
    return found


def _merged(earlier: list[Dated], later: list[Dated]) -> list[Dated]:
    """Merge two lists in the order of print, leaving out of the second what overlaps the first."""
    if not later:
        return earlier
    merged: list[Dated] = []
    position = 0
    for dated in later:
        while position < len(earlier) and earlier[position].span[1] <= dated.span[0]:
            merged.append(earlier[position])
            position += 1
        if position == len(earlier) or earlier[position].span[0] >= dated.span[1]:
            merged.append(dated)
    return merged + earlier[position:]


def _context(
    text: str, zone: tzinfo, now: datetime, year_hint: int | None, lang: str | None, *, line: bool
) -> Context | None:
    if not text.isascii() and forms.HAS_OTHER_DIGIT.search(text):
        text = text.translate(forms.OTHER_DIGITS)
    if not _DIGIT.search(text) and not any(sign in text for sign in _SIGNS) and not counts_from_now(text, lang):
        return None
    return Context(text, zone, now, year_hint, line, prints_day_first(lang), prints_year_first(lang), lang)


#: A text without digits and without one of these holds no date.
_SIGNS = ("年", "天", "日", "前", "今", "昨", "년", "刚", "剛", "ago", "day", "now", "Day", "Now")


def _plain(match: re.Match[str], zone: tzinfo) -> Dated | None:
    year, month, day, month2, day2, hour, minute, second, offset = match.groups()
    clock = (int(hour), int(minute), int(second) if second else None)
    if offset:
        zone = timezone(timedelta(hours=int(offset[:3])))
    last = "offset" if offset else "s" if second else "mi"
    return dated_at((int(year), int(month or month2), int(day or day2)), clock, zone, match.start("y"), match.end(last))


# Readers: each yields the dates of one kind of form, in the order of print.


def _full(context: Context) -> Iterator[Dated]:
    for match in forms.FULL.finditer(context.text):
        year = int(context.text[match.start() : match.start() + 4])
        month = match["m1"] or match["m2"] or match["m3"]
        day = match["d1"] or match["d2"] or match["d3"]
        found = with_time(context, (year, int(month), int(day)), match.start(), match.end(), before=True)
        if found is not None:
            yield found


def _year_last(context: Context) -> Iterator[Dated]:
    for match in forms.YEAR_LAST.finditer(context.text):
        first, second = int(match["a"]), int(match["b"])
        # The American way round where the numbers say so; with a slash also where the language does not speak against.
        is_american = first <= 12 and (second > 12 or (match["sep"] == "/" and not context.day_first))
        month, day = (first, second) if is_american else (second, first)
        found = with_time(context, (int(match["y"]), month, day), match.start(), match.end(), before=True)
        if found is not None:
            yield found


def _english(context: Context) -> Iterator[Dated]:
    if not forms.HAS_MONTH_NAME.search(context.text):
        return
    for match in forms.ENGLISH.finditer(context.text):
        month = forms.MONTHS[(match["mon1"] or match["mon2"]).lower()]
        year = int(match["y1"] or match["y2"])
        if year < 100:  # RFC 2822, 4.3
            year += 2000 if year < 50 else 1900
        day = (year, month, int(match["d1"] or match["d2"]))
        found = with_time(context, day, match.start(), match.end(), before=True)
        if found is not None:
            yield found


def _worded(context: Context) -> Iterator[Dated]:
    for match in forms.WORDED.finditer(context.text):
        yield from _of_month(context, match["mon"], match, match.start())


def _year_and_word(context: Context) -> Iterator[Dated]:
    for match in forms.YEAR_AND_WORD.finditer(context.text):
        yield from _of_month(context, match["mon"], match, match.start())


def _word_first(context: Context) -> Iterator[Dated]:
    text = context.text
    for match in forms.BEHIND_MONTH.finditer(text):
        before = forms.MONTH_BEFORE.search(text, max(0, match.start() - _LONGEST_MONTH), match.start())
        if before is not None:
            yield from _of_month(context, before["mon"], match, before.start())


def _latvian(context: Context) -> Iterator[Dated]:
    if " gada " not in context.text:
        return
    for match in forms.LATVIAN.finditer(context.text):
        yield from _of_month(context, match["mon"], match, match.start())


def _vietnamese(context: Context) -> Iterator[Dated]:
    if "tháng" not in context.text and "Tháng" not in context.text:
        return
    for match in forms.VIETNAMESE.finditer(context.text):
        day = (int(match["y"]), int(match["mon"]), int(match["d"]))
        found = with_time(context, day, match.start(), match.end(), before=True)
        if found:
            yield found


def _of_month(context: Context, name: str, match: re.Match[str], start: int) -> Iterator[Dated]:
    month = month_of(name, context.lang)
    found = month and with_time(context, (int(match["y"]), month, int(match["d"])), start, match.end(), before=True)
    if found:
        yield found


def _chinese(context: Context) -> Iterator[Dated]:
    if "年" not in context.text:
        return
    for match in forms.CHINESE.finditer(context.text):
        year = int("".join(str(forms.CHINESE_DIGITS[char]) for char in match["y"]))
        month = 1 if match["m"] == "元" else numeral(match["m"])
        found = with_time(context, (year, month, numeral(match["d"])), match.start(), match.end(), before=True)
        if found is not None:
            yield found


def _short_year(context: Context) -> Iterator[Dated]:
    for match in forms.SHORT_YEAR.finditer(context.text):
        if match["sep"] and not context.year_first:
            continue
        day = (_full_year(int(match[0][:2]), context), int(match["m1"] or match["m2"]), int(match["d1"] or match["d2"]))
        found = with_time(context, day, match.start(), match.end())
        if found is not None and (match["m1"] or is_firm(context, found)):
            yield found


def _short_year_last(context: Context) -> Iterator[Dated]:
    for match in forms.SHORT_YEAR_LAST.finditer("" if context.year_first else context.text):
        first, second = int(match["a"]), int(match["b"])
        month, day = (second, first) if context.day_first or match["sep"] == "." else (first, second)
        found = with_time(
            context, (_full_year(int(match["y"]), context), month, day), match.start(), match.end(), before=True
        )
        if found is not None and (is_firm(context, found) or (context.line and is_set_apart(context.text, found.span))):
            yield found


def _full_year(short: int, context: Context) -> int:
    """Return the year of which only two digits are printed: the last one that lies ahead by no more than a year."""
    century = context.now.year // 100 * 100
    return century + short if century + short <= context.now.year + 1 else century - 100 + short


def _minguo(context: Context) -> Iterator[Dated]:
    if "民" not in context.text:
        return
    for match in forms.MINGUO.finditer(context.text):
        day = (
            int(match["y"]) + forms.FIRST_OF_MINGUO,
            int(match["m1"] or match["m2"]),
            int(match["d1"] or match["d2"]),
        )
        found = with_time(context, day, match.start(), match.end(), before=True)
        if found is not None:
            yield found


def _minguo_words(context: Context) -> Iterator[Dated]:
    if "年" not in context.text:
        return
    for match in forms.MINGUO_WORDS.finditer(context.text):
        month = 1 if match["m"] == "元" else numeral(match["m"])
        year = _minguo_year(match["y"] or match["bare"]) + forms.FIRST_OF_MINGUO
        if year > context.now.year + 1:
            continue
        found = with_time(context, (year, month, numeral(match["d"])), match.start(), match.end(), before=True)
        if found is not None:
            yield found


def _minguo_year(text: str) -> int:
    """Read 一一五, 一百一十五, 九十九 or 元."""
    if text == "元":
        return 1
    hundreds, hundred, rest = text.partition("百")
    if hundred:
        return 100 * numeral(hundreds) + numeral(rest.removeprefix("零").removeprefix("〇"))
    return numeral(text) if "十" in text else int("".join(str(forms.CHINESE_DIGITS[char]) for char in text))


def _minguo_bare(context: Context) -> Iterator[Dated]:
    for match in forms.MINGUO_BARE.finditer(context.text):
        year = int(match["y"]) + forms.FIRST_OF_MINGUO
        if year > context.now.year + 1:
            continue
        day = (year, int(match["m1"] or match["m2"]), int(match["d1"] or match["d2"]))
        found = with_time(context, day, match.start(), match.end())
        if found is None:
            continue
        labelled = forms.LABEL_OF_DAY.search(context.text, max(match.start() - 8, 0), match.start())
        if match["m1"] or found.precision != "day" or labelled or (match["sep"] == "/" and is_firm(context, found)):
            yield found


def _no_year(context: Context) -> Iterator[Dated]:
    for match in forms.NO_YEAR.finditer(context.text):
        day = (int(match["m1"]), int(match["d1"] or match["d2"]))
        found = _in_likely_year(context, day, match, before=context.line and match["d1"] is not None)
        if found is None or (found.precision == "day" and match["d2"] and len(match[0]) == 3):
            continue  # 1/3 is the first of three pages as often as a day
        if match["d1"] or is_firm(context, found):
            yield found


def _worded_day(context: Context) -> Iterator[Dated]:
    for match in forms.WORDED_DAY.finditer(context.text) if context.line else ():
        month = month_of(match["mon1"] or match["mon2"], context.lang)
        found = month and _in_likely_year(context, (month, int(match["d1"] or match["d2"])), match, before=True)
        if found and is_alone(context.text, found.span):
            yield found


def _in_likely_year(context: Context, day: tuple[int, int], match: re.Match[str], *, before: bool) -> Dated | None:
    """Return the time on a month and day of the year that is known, else of the last one that makes it no future."""
    year = context.year_hint or context.now.year
    found = with_time(context, (year, *day), match.start(), match.end(), before=before)
    if context.year_hint is None and (found is None or found.when - context.now > _AHEAD):
        found = with_time(context, (year - 1, *day), match.start(), match.end(), before=before)
    return found


_READERS: tuple[Callable[[Context], Iterator[Dated]], ...] = (
    _full,
    _english,
    _worded,
    _year_and_word,
    _word_first,
    _latvian,
    _vietnamese,
    other_calendars,
    _chinese,
    _minguo,
    _minguo_words,
    _minguo_bare,
    _year_last,
    _short_year,
    _short_year_last,
    _no_year,
    _worded_day,
    relative.relative,
    relative.in_words,
    relative.day_word,
    relative.just_now,
)


def _number(context: Context) -> Dated | None:
    """Read a text that is one number: seconds or milliseconds since 1970, or YYYYMMDD with or without a time."""
    compact = forms.COMPACT.match(context.text)
    if compact is not None:
        clock = None
        if compact["h"]:
            clock = (int(compact["h"]), int(compact["mi"]), int(compact["s"]) if compact["s"] else None)
        zone = UTC if compact[0].rstrip().endswith("Z") else context.zone
        day = (int(compact["y"]), int(compact["m"]), int(compact["d"]))
        return dated_at(day, clock, zone, compact.start("y"), len(compact[0].rstrip()))
    hour = forms.DAY_AND_HOUR.match(context.text)
    if hour is not None:  # the number of an article as often as an hour: only the day is certain
        day = (int(hour["y"]), int(hour["m"]), int(hour["d"]))
        return dated_at(day, None, context.zone, hour.start("y"), len(hour[0].rstrip()))
    epoch = forms.EPOCH.match(context.text)
    if epoch is None:
        return None
    seconds = int(epoch["n"][:10])
    # 2000 to 2038: other numbers of ten digits are telephone numbers and codes.
    if not 946_684_800 <= seconds < 2_147_483_648:
        return None
    return Dated(datetime.fromtimestamp(seconds, context.zone), "second", (epoch.start("n"), len(epoch[0].rstrip())))


_ODD = re.compile(r"(?:19|20)[0-9]{2}")
# Not in one week: dateutil moves a day that it assumes to the day of the week that is printed.
_DEFAULTS = (datetime(2000, 1, 1, 0, 0), datetime(2004, 2, 15, 0, 0))  # noqa: DTZ001 - the zone is set afterwards


def _by_dateutil(context: Context) -> Dated | None:
    """Let dateutil read odd English forms (Thu Mar 03 05:23:38 +0800 2022), if it needs to assume nothing."""
    text = context.text.strip()
    if len(text) > 60 or not text.isascii() or not _ODD.search(text) or not forms.HAS_MONTH_NAME.search(text):
        return None

    def zone_of(name: str | None, offset: int | None) -> tzinfo | None:
        return named_zone(name or "", context.zone) if offset is None else timezone(timedelta(seconds=offset))

    try:
        first, second = (dateutil_parser.parse(text, default=default, tzinfos=zone_of) for default in _DEFAULTS)
    except (ValueError, OverflowError):
        return None
    if first != second:
        return None
    when = first if first.tzinfo else first.replace(tzinfo=context.zone)
    start = context.text.index(text)
    has_time = ":" in text
    precision: Precision = ("second" if text.count(":") > 1 else "minute") if has_time else "day"
    return Dated(when, precision, (start, start + len(text)))
