"""Text of pages as HTML: escaped, cut to a length, kept apart from the text around it, and never more than text."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from newsarchive import i18n
from newsarchive.i18n import N_, _
from newsarchive.text import strip_invisible
from newsarchive.timestamps import as_known, by_clock_of, clock_of, later
from newsarchive.urls import is_web_address

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Characters shown of a headline in a list, of a cell in a table, and of an address.
IN_LIST, IN_CELL, IN_LINK = 160, 140, 64

# Characters that take room and print nothing; a link must not consist of them.
_BLANK = re.compile("[\\s\x02\x03\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]*")
_NOTHING_VISIBLE = N_("(nothing visible)")
# Marks that are set above, below and through the letter before them. No script needs more than a few on one letter;
# a pile of them reaches over the rest of the page.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u0f71-\u0f84\u0f90-\u0fbc\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f"
)
_PILE = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")
_HAN, _KANA, _HANGUL = (re.compile(f"[{signs}]") for signs in ("\u3400-\u9fff", "\u3041-\u30fa", "\uac00-\ud7a3"))
# Signs that only one of the two Chinese scripts has, the commonest.
_TRADITIONAL = re.compile(
    "[們個這說國學會後發時對開關經過現實業電車東長門問間題馬語單報產總統臺灣與為從來無點億條萬價錢銀數據]"
)
_SIMPLIFIED = re.compile(
    "[们个这说国学会后发时对开关经过现实业电车东长门问间题马语单报产总统台湾与为从来无点亿条万价钱银数据]"
)
_SPECIAL = re.compile("[&<>\"']")  # what HTML would take for more than text
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?")
_SAFE_REL = "noreferrer noopener nofollow"
_FORM_NAMES = {"json": "JSON", "atom": "Atom", "csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}
_READ_AGAIN = N_("read again by other rules")
_CAUSES = {
    "first": N_("first seen"),
    "copy": N_("another copy reads differently"),
    "site": N_("changed at the site"),
}
_UNITS = {
    "hour": N_("Hour"),
    "day": N_("Day"),
    "week": N_("Week"),
    "month": N_("Month"),
    "quarter": N_("Quarter"),
    "year": N_("Year"),
}
# Languages that have no short names for months translate these as numbers.
_MONTHS = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip


def plain(text: object, limit: int = IN_LIST) -> str:
    """Make any value a text of at most `limit` characters, without control characters, bidi marks, piles of accents."""
    cleaned = _PILE.sub(r"\1", _CONTROL.sub("", strip_invisible(str(text)[: 2 * limit + 100])))
    return cleaned if len(cleaned) <= limit and len(str(text)) <= 2 * limit + 100 else cleaned[: limit - 1] + "…"


def element(name: str, inner: str, /, **attributes: str | None) -> Markup:
    """Make an HTML element. Attributes are escaped, empty ones left out; so is `inner`, unless it is Markup.

    `Markup.format` does the same, ten times slower, and tables have thousands of cells.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value) if _SPECIAL.search(value) else value}"'
        for key, value in attributes.items()
        if value
    )
    return Markup(f"<{name}{given}>{escape(inner)}</{name}>")  # noqa: S704 - everything in it is escaped


def link(address: str, label: str, class_: str | None = None) -> Markup:
    """Link to a page of ours."""
    return element("a", label, class_=class_, href=address)


def language(text: str, known: str | None = None) -> Markup:
    """Write a `lang` attribute for a text, so that it gets the right letters and the right voice.

    `known` is the language of the article that it is from; the script is told by the text itself.
    """
    tag = _script_of(text) or known
    return Markup(' lang="{}"').format(tag) if tag else Markup("")


def _script_of(text: str) -> str | None:
    """Return the tag of the language whose signs a text has; None for what has none of East Asia."""
    if not _HAN.search(text):
        return "ko" if _HANGUL.search(text) else "ja" if _KANA.search(text) else None
    if _KANA.search(text):
        return "ja"
    traditional = len(_TRADITIONAL.findall(text))
    return "zh-Hant" if traditional and traditional > len(_SIMPLIFIED.findall(text)) else "zh-Hans"


def shown(text: object, limit: int = IN_LIST) -> Markup:
    """Show a text of a page inside other text: isolated, so that its direction of writing stays its own."""
    if text is None:
        return Markup("")
    cleaned = _visible(str(text), plain(text, limit))
    return element("bdi", cleaned, lang=_script_of(cleaned))


def _visible(text: str, cleaned: str) -> str:
    """Mark a text that is not empty and yet invisible."""
    return _(_NOTHING_VISIBLE) if text and _BLANK.fullmatch(cleaned) else cleaned


def harmless(html: Markup | str) -> Markup:
    """Remove control characters and bidi marks from HTML that Datasette made of a value."""
    return Markup(_CONTROL.sub("", strip_invisible(str(escape(html)))))  # noqa: S704 - escaped where it was not yet


def marked(text: str, start: str = "\x02", end: str = "\x03") -> Markup:
    """Show a text whose matches stand between the marks of `search`: escaped first, marked then."""
    cleaned = _CONTROL.sub(lambda match: match[0] if match[0] in (start, end) else "", strip_invisible(text))
    html = str(escape(_visible(text, _PILE.sub(r"\1", cleaned)))).replace(start, "<mark>").replace(end, "</mark>")
    return element("bdi", Markup(html), lang=_script_of(text))  # noqa: S704 - escaped one line above


def web_link(url: object, text: object = None, limit: int = IN_LINK) -> Markup:
    """Link to a page elsewhere without telling it where the reader came from; anything but http(s) stays text."""
    label = shown(text if text is not None else url, limit)
    if not is_web_address(url):
        return label
    return element("a", label, class_="away", href=str(url), rel=_SAFE_REL)


def moment(value: object, precision: str | None = None, *, is_in_table: bool = False) -> Markup:
    """Show a time of the archive to the minute, with its offset in the attribute; what is no time stays text.

    Of a time of publication with the precision `day` only the day is shown. In a table all times are written alike.
    """
    value = as_known(value, precision) if isinstance(value, str) else value
    match = _MOMENT.fullmatch(str(value)) if value else None
    if match is None:
        return shown(value)
    day, clock, zone = match.groups()
    written = day if is_in_table or i18n.language() == i18n.ENGLISH else short_day(day)
    if clock is None:
        return element("time", written, datetime=day)
    label = f"{written} {clock}" + (" UTC" if zone == "Z" else "")
    return element("time", label, datetime=str(value))


def short_day(value: object) -> str:
    """Write a day for people: 5 Mar 2026, 2026年3月5日; what is no day stays as it is."""
    try:
        day = date.fromisoformat(str(value)[:10])
    except ValueError:
        return plain(value, 20)
    return _("{day} {month} {year}", day=day.day, month=_(_MONTHS[day.month - 1]), year=day.year)


def cause(name: str) -> str:
    """Say why there is another version of a text."""
    return _(_CAUSES.get(name, _READ_AGAIN))


def unit(name: str) -> str:
    """Write the heading over the periods of a chart."""
    return _(_UNITS.get(name, name))


def sentence(text: str) -> str:
    """End a sentence."""
    return _("{sentence}.", sentence=text)


def with_mark(url_csv: str, *, stream: bool = False) -> str:
    """Return the address of a CSV for spreadsheets: with a byte order mark, as a file, of a table with all its rows."""
    whole = url_csv.replace("_size=max", "_stream=on") if stream else url_csv
    return f"{whole}{'&' if '?' in whole else '?'}_dl=on&_bom=1"


def whole(address: str) -> str:
    """Return the address of a list from its beginning, where it is that of a later page."""
    path, mark, arguments = address.partition("?")
    kept = "&".join(one for one in arguments.split("&") if not one.startswith(("_next=", "_size=")))
    return f"{path}{mark if kept else ''}{kept}"


def form_name(name: str) -> str:
    """Return what a form of a list is called, by the ending of its address."""
    return _FORM_NAMES.get(name, name)


#: The filters that the templates use.
FILTERS: Mapping[str, object] = {
    "shown": shown,
    "harmless": harmless,
    "marked": marked,
    "web_link": web_link,
    "moment": moment,
    "by_clock_of": by_clock_of,
    "clock_of": clock_of,
    "short_day": short_day,
    "gettext": _,
    "later": later,
    "cause": cause,
    "unit": unit,
    "sentence": sentence,
    "language": language,
    "plain": plain,
    "with_mark": with_mark,
    "whole": whole,
    "form_name": form_name,
}
