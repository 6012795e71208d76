"""The fields of the query language: which values they take, and the SQL that each of them means.

A new field is one row of `FIELDS`: the parser, the plan, the help of the command line and the search page read it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from newsarchive.text import fold
from newsarchive.urls import read_info_code

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Sql:
    """A condition on an article `a`, and its parameters."""

    text: str
    parameters: tuple[str | int, ...] = ()


class Field(NamedTuple):
    """A field: how it is written, what it asks for, and how."""

    example: str
    meaning: str
    #: The condition for a value, or for all that begin with it; None for words that the full-text index looks up.
    where: Callable[[str, bool], Sql] | None
    #: Whether a value may end in * for "begins so".
    takes_prefix: bool = False
    #: Brings a value into the form in which it is compared; None for what is no value.
    read: Callable[[str], str | None] = str
    #: What to write instead of what is no value.
    advice: str = ""


_LIKE_SPECIAL = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def _escaped(value: str) -> str:
    return value.translate(_LIKE_SPECIAL)


def _column(template: str) -> Callable[[str, bool], Sql]:
    """Compare a column with the value as it is."""
    return lambda value, _: Sql(template, (value,))


def _name(template: str) -> Callable[[str, bool], Sql]:
    """Compare folded names, wherever the template has {is}."""
    count = template.count("{is}")

    def where(value: str, is_prefix: bool) -> Sql:
        # The template folds what the archive has, search_fold(?) what is asked for.
        if is_prefix:
            text = template.replace("{is}", "LIKE search_fold(?) ESCAPE '\\'")
            return Sql(text, (f"{_escaped(value)}%",) * count)
        return Sql(template.replace("{is}", "= search_fold(?)"), (value,) * count)

    return where


def _security(value: str, is_prefix: bool) -> Sql:
    """Find mentions of a code, or of a code in one market: 600160, 1.600160."""
    market, _, code = value.rpartition(".")
    code = code.upper()
    parameters: tuple[str, ...]
    if is_prefix:
        # A range that the index on codes serves; U+10FFFF sorts after every character of a code.
        by_code, parameters = "code >= ? AND code < ?", (code, code + "\U0010ffff")
    else:
        by_code, parameters = "code = ?", (code,)
    if market:
        by_code, parameters = f"{by_code} AND market = ?", (*parameters, market)
    return Sql(f"a.id IN (SELECT article_id FROM mentions WHERE {by_code})", parameters)  # noqa: S608


def _person(value: str, is_prefix: bool) -> Sql:
    """Find articles that name a person; a range of names is served by their index, as an equal name is."""
    condition = "name >= ? AND name < ?" if is_prefix else "name = ?"
    parameters = (value, value + "\U0010ffff") if is_prefix else (value,)
    return Sql(f"a.id IN (SELECT article_id FROM bylines WHERE {condition})", parameters)  # noqa: S608


def _language(value: str, _: bool) -> Sql:
    """Find a language with all its regions: zh, zh-Hant."""
    return Sql("a.lang = ? OR a.lang LIKE ? ESCAPE '\\'", (value.lower(), f"{_escaped(value)}-%"))


def _key(value: str, _: bool) -> Sql:
    """Find an article by its key or by its info code."""
    from newsarchive.url_keys import url_key  # noqa: PLC0415 - reads a table, which words and other fields need not

    code = read_info_code(value)
    key = code.digits if code is not None else url_key(value)
    return Sql("a.article_key IN (?, ?) OR a.info_code = ?", (key, url_key(value), value.upper()))


_MOMENT = re.compile(
    r"(?P<year>[12][0-9]{3})"
    r"(?:[-/.年](?P<month>[0-9]{1,2})月?(?:[-/.]?(?P<day>[0-9]{1,2})日?)?|年)?"
    r"|(?P<compact>[12][0-9]{7})"
)


#: Word for a day -> how many days it lies back.
_DAYS = {
    "today": 0, "今天": 0, "今日": 0, "yesterday": 1, "昨天": 1, "昨日": 1, "前天": 2, "前日": 2, "大前天": 3,
}  # fmt: skip
# 3月 and 3日 are names of a month and a day where no word says that they are counted.
_BACK = re.compile(
    r"(?P<number>[0-9]{1,4})\s?(?P<unit>(?:[dwmy]|天|周|週|星期|[个個]月)(?=[以之]?前?$)|[日月年](?=[以之]?前$))"
)
_UNITS = {
    "d": "days", "天": "days", "日": "days", "w": "weeks", "周": "weeks", "週": "weeks", "星期": "weeks",
    "m": "months", "月": "months", "y": "years", "年": "years",
}  # fmt: skip


def read_moment(text: str) -> str | None:
    """Read a day, month or year (2022-03-01, 2022/3, 2022年3月1日, 20220301, 2022) as ISO 8601 text of its precision.

    A day may be counted back from today, by the clock of this machine: yesterday, 昨天, 7d, 3个月.
    Such texts sort before every time inside the day, month or year, so they serve as bounds. None for anything else.
    """
    folded = fold(text).strip().lower()
    match = _MOMENT.fullmatch(folded)
    if match is None:
        return _counted_back(folded)
    compact = match["compact"]
    year, month, day = (compact[:4], compact[4:6], compact[6:]) if compact else match.group("year", "month", "day")
    try:
        when = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return when.isoformat()[: 10 if day else 7 if month else 4]


def _counted_back(text: str) -> str | None:
    today = datetime.now().astimezone().date()
    if text in _DAYS:
        return (today - timedelta(days=_DAYS[text])).isoformat()
    match = _BACK.match(text)
    if match is None:
        return None
    from dateutil.relativedelta import relativedelta  # noqa: PLC0415 - most queries count no days

    unit = _UNITS[match["unit"].removeprefix("个").removeprefix("個")]
    try:
        return (today - relativedelta(**{unit: int(match["number"])})).isoformat()  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return None


def _read_number(text: str) -> str | None:
    return text if re.fullmatch(r"[0-9]{1,18}", text) else None


_LENGTH = re.compile(r"(?P<least>[0-9]{0,9})\.\.(?P<most>[0-9]{0,9})|(?P<sign>[<>])(?P<bound>[0-9]{1,9})")


def _read_length(text: str) -> str | None:
    """Read a number of characters (500..2000, 500.., ..2000, >500, <2000) as least..most, both included."""
    match = _LENGTH.fullmatch(fold(text).strip())
    if match is None or match[0] == "..":
        return None
    if match["sign"]:
        bound = int(match["bound"])
        return f"{bound + 1}.." if match["sign"] == ">" else f"..{max(0, bound - 1)}"
    return match[0]


def _length(value: str, _: bool) -> Sql:
    least, most = value.split("..")
    return Sql("a.char_count BETWEEN ? AND ?", (int(least or 0), int(most or 10**9)))


_A_DAY = "write a day, month or year: 2022-03-01, 2022-03 or 2022, or one counted back from today: yesterday, 7d"

FIELDS = {
    "title": Field("title:降准", "in the headline", None, takes_prefix=True),
    "source": Field(
        "source:财联社",
        "printed by this source",
        _name("a.source_id IN (SELECT id FROM sources WHERE search_fold(name) {is})"),
        takes_prefix=True,
    ),
    "category": Field(
        "category:cailianshe",
        "in this category, by its name or its name in addresses",
        _name("a.category_id IN (SELECT id FROM categories WHERE search_fold(name) {is} OR lower(slug) {is})"),
        takes_prefix=True,
    ),
    "author": Field("author:林望舒", "names this person: author, editor and so on", _person, takes_prefix=True),
    "site": Field("site:demo", "collected from this site", _column("a.site = ?")),
    "code": Field("code:600160", "mentions this security; 1.600160 in one market", _security, takes_prefix=True),
    "lang": Field("lang:zh", "in this language", _language),
    "length": Field(
        "length:500..2000",
        "has so many characters; length:>2000, length:<500",
        _length,
        read=_read_length,
        advice="write two numbers of characters, or one: length:500..2000, length:>2000, length:<500",
    ),
    "story": Field(
        "story:12",
        "tells this story",
        _column("a.story_id = CAST(? AS INTEGER)"),
        read=_read_number,
        advice="write the story's number: story:12",
    ),
    "key": Field("key:NW202203032294703888", "has this key or info code", _key),
    "after": Field(
        "after:2022-03-01",
        "published that day (month, year) or later; after:7d, after:yesterday",
        _column("a.published_at >= ?"),
        read=read_moment,
        advice=_A_DAY,
    ),
    "before": Field(
        "before:2022-04",
        "published before that day (month, year); before:3个月前",
        _column("a.published_at < ?"),
        read=read_moment,
        advice=_A_DAY,
    ),
}

#: Names that people type for a field of another name.
MEANT = {
    "date": "after", "day": "after", "since": "after", "published": "after", "until": "before", "to": "before",
    "publisher": "source", "outlet": "source", "from": "source", "section": "category",
    "language": "lang", "headline": "title", "stock": "code", "ticker": "code",
    "len": "length", "size": "length", "chars": "length", "characters": "length",
}  # fmt: skip
