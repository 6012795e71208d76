"""Text of pages as HTML: escaped, cut to a length, kept apart from the text around it, and never more than text."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from newsarchive.text import strip_invisible
from newsarchive.timestamps import as_known

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Characters shown of a headline in a list, of a cell in a table, and of an address.
IN_LIST, IN_CELL, IN_LINK = 160, 140, 64

# Characters that take room and print nothing; a link must not consist of them.
_BLANK = re.compile("[\\s\x02\x03\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]*")
_NOTHING_VISIBLE = "(nothing visible)"
# Marks that are set above, below and through the letter before them. No script needs more than a few on one letter;
# a pile of them reaches over the rest of the page.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u0f71-\u0f84\u0f90-\u0fbc\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f"
)
_PILE = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?")
_SAFE_REL = "noreferrer noopener nofollow"
_FORM_NAMES = {"json": "JSON", "atom": "Atom", "csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def plain(text: object, limit: int = IN_LIST) -> str:
    """Make any value a text of at most `limit` characters, without control characters, bidi marks, piles of accents."""
    cleaned = _PILE.sub(r"\1", _CONTROL.sub("", strip_invisible(str(text)[: 2 * limit + 100])))
    return cleaned if len(cleaned) <= limit and len(str(text)) <= 2 * limit + 100 else cleaned[: limit - 1] + "…"


def element(name: str, inner: str, /, **attributes: str | None) -> Markup:
    """Make an HTML element. Attributes are escaped, empty ones left out; so is `inner`, unless it is Markup.

    `Markup.format` does the same, ten times slower, and tables have thousands of cells.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items() if value
    )
    return Markup(f"<{name}{given}>{escape(inner)}</{name}>")  # noqa: S704 - everything in it is escaped


def link(address: str, label: str, class_: str | None = None) -> Markup:
    """Link to a page of ours."""
    return element("a", label, class_=class_, href=address)


def language(text: str) -> Markup:
    """Write a `lang` attribute for a text in Chinese, so that it gets the right letters and the right voice."""
    return Markup(' lang="zh"') if _HAN.search(text) else Markup("")


def shown(text: object, limit: int = IN_LIST) -> Markup:
    """Show a text of a page inside other text: isolated, so that its direction of writing stays its own."""
    if text is None:
        return Markup("")
    cleaned = _visible(str(text), plain(text, limit))
    return element("bdi", cleaned, lang="zh" if _HAN.search(cleaned) else None)


def _visible(text: str, cleaned: str) -> str:
    """Mark a text that is not empty and yet invisible."""
    return _NOTHING_VISIBLE if text and _BLANK.fullmatch(cleaned) else cleaned


def harmless(html: Markup | str) -> Markup:
    """Remove control characters and bidi marks from HTML that Datasette made of a value."""
    return Markup(_CONTROL.sub("", strip_invisible(str(escape(html)))))  # noqa: S704 - escaped where it was not yet


def marked(text: str, start: str = "\x02", end: str = "\x03") -> Markup:
    """Show a text whose matches stand between the marks of `search`: escaped first, marked then."""
    cleaned = _CONTROL.sub(lambda match: match[0] if match[0] in (start, end) else "", strip_invisible(text))
    html = str(escape(_visible(text, _PILE.sub(r"\1", cleaned)))).replace(start, "<mark>").replace(end, "</mark>")
    return element("bdi", Markup(html), lang="zh" if _HAN.search(text) else None)  # noqa: S704 - escaped one line above


def is_web_address(url: object) -> bool:
    """Return whether a value is an http or https address that may become a link."""
    if not isinstance(url, str) or not url.lower().startswith(("http://", "https://")) or not url.isprintable():
        return False
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def web_link(url: object, text: object = None, limit: int = IN_LINK) -> Markup:
    """Link to a page elsewhere without telling it where the reader came from; anything but http(s) stays text."""
    label = shown(text if text is not None else url, limit)
    if not is_web_address(url):
        return label
    return element("a", label, class_="away", href=str(url), rel=_SAFE_REL)


def moment(value: object, precision: str | None = None) -> Markup:
    """Show a time of the archive to the minute, with its offset in the attribute; what is no time stays text.

    Of a time of publication with the precision `day` only the day is shown.
    """
    value = as_known(value, precision) if isinstance(value, str) else value
    match = _MOMENT.fullmatch(str(value)) if value else None
    if match is None:
        return shown(value)
    day, clock, zone = match.groups()
    if clock is None:
        return element("time", day, datetime=day)
    label = f"{day} {clock}" + (" UTC" if zone == "Z" else "")
    return element("time", label, datetime=str(value))


def short_day(value: object) -> str:
    """Write a day for people: 5 Mar 2026; what is no day stays as it is."""
    try:
        day = date.fromisoformat(str(value)[:10])
    except ValueError:
        return plain(value, 20)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def count_of(number: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun: 1 article, 2,000 articles."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


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
    "short_day": short_day,
    "count_of": count_of,
    "language": language,
    "plain": plain,
    "with_mark": with_mark,
    "whole": whole,
    "form_name": form_name,
}
