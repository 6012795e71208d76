"""The fields of the questions: in which forms a value may be written, which values there are, and which is meant.

A value is read in SQL by functions of ours, so that a page, its CSV and its feed understand the same.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from newsarchive.browse.archives import archive_of
from newsarchive.i18n import N_
from newsarchive.search import securities
from newsarchive.search.fields import read_moment
from newsarchive.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from datasette.app import Datasette


class Field(NamedTuple):
    """A field of a form: label and kind (as HTML has them), an example, and the SQL of the values that there are."""

    label: str
    kind: str = "text"
    example: str = ""
    values: str = ""


#: Values offered while a reader types, and proposed where one was mistyped.
MOST_CHOICES, MOST_SUGGESTIONS = 300, 8
# What no name has: a page that puts markup into one shall not have it offered.
_MARKUP = re.compile(r"[<>]")
_CLOSE = 0.5  # of 1: how alike a mistyped name and the name that is meant are

_SOURCES = """
SELECT s.name FROM (SELECT source_id, count(*) AS articles FROM articles WHERE source_id IS NOT NULL GROUP BY source_id)
n JOIN sources s ON s.id = n.source_id ORDER BY n.articles DESC, s.name
"""
_CODES = """
SELECT m.code || coalesce(' ' || max(m.name), '') FROM (SELECT id FROM articles ORDER BY published_at DESC LIMIT 5000) a
JOIN mentions m ON m.article_id = a.id GROUP BY m.market, m.code ORDER BY count(*) DESC, 1
"""
_PEOPLE = "SELECT name FROM bylines GROUP BY name ORDER BY count(*) DESC, name"

#: Parameter of a question -> its field.
FIELDS = {
    "source": Field(N_("Source"), example="江湾晚报", values=_SOURCES),
    "day": Field(N_("Day"), "date"),
    "clock": Field(N_("From the time"), "time"),
    "code": Field(N_("Security"), example="600160", values=_CODES),
    "days": Field(N_("Days"), "number", "7"),
    "sources": Field(N_("At least so many sources"), "number", "2"),
    "name": Field(N_("Person"), values=_PEOPLE),
}
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.点时h]?([0-9]{2})?)(?::[0-9]{2})?分?")


def field_of(parameter: str) -> Field:
    """Return the field of a parameter; one that no question of ours has is a text."""
    return FIELDS.get(parameter) or Field(parameter.capitalize().replace("_", " "))


def read_day(text: str | None) -> str:
    """Read a day as ISO 8601 (2026-3-5, 2026/03/05, 20260305, 2026年3月5日, yesterday, 昨天); else as it is."""
    text = (text or "").strip()
    moment = read_moment(text)
    return moment if moment and len(moment) == 10 else text


def read_clock(text: str | None) -> str:
    """Read a time of the day as HH:MM (9:00, 9, 0900, 9点); what is none stays as it is."""
    text = fold(text or "").strip()
    match = _CLOCK.fullmatch(text)
    return f"{int(match[1]):02}:{match[2] or '00'}" if match else text


def read_code(text: str | None) -> str:
    """Read the code of a security, without its market and its name: SH600160, 600160.SH, 1.600160."""
    text = (text or "").strip()
    # The list of choices writes the name behind the code.
    return securities.read_code(text.partition(" ")[0]) or text


def register_readers(connection: sqlite3.Connection) -> None:
    """Register the functions that read values of parameters."""
    for reader in (read_day, read_clock, read_code):
        connection.create_function(reader.__name__, 1, reader)


def as_value(text: str, parameter: str) -> str:
    """Write a value as the field of its kind takes it."""
    readers = {"day": read_day, "clock": read_clock}
    return readers[parameter](text) if parameter in readers else text


async def choices(datasette: Datasette, parameter: str) -> list[str]:
    """List the values that a reader may choose from."""
    return await _values(datasette, parameter, MOST_CHOICES)


async def suggestions(datasette: Datasette, given: Mapping[str, str]) -> dict[str, tuple[str, list[str]]]:
    """Return, for each parameter whose value is none that there is, the value and what may have been meant."""
    found: dict[str, tuple[str, list[str]]] = {}
    for parameter, value in given.items():
        if not value.strip() or not field_of(parameter).values:
            continue
        known = await _values(datasette, parameter, 10_000)
        if not any(_same(value, one) for one in known):
            found[parameter] = (value, _alike(value, known))
    return found


def _same(value: str, one: str) -> bool:
    return fold(value).strip().lower() in (fold(one).lower(), fold(one).lower().partition(" ")[0])


def _alike(value: str, known: list[str]) -> list[str]:
    """Return what holds the value or is held by it, else what is written like it."""
    wanted = fold(value).strip().lower()
    folded = {fold(one).lower(): one for one in known}
    inside = [one for text, one in folded.items() if wanted in text or text in wanted]
    close = [folded[text] for text in get_close_matches(wanted, folded, n=MOST_SUGGESTIONS, cutoff=_CLOSE)]
    return list(dict.fromkeys([*inside, *close]))[:MOST_SUGGESTIONS]


async def _values(datasette: Datasette, parameter: str, most: int) -> list[str]:
    sql, name = field_of(parameter).values, archive_of(datasette)
    if not sql or name is None:
        return []

    def read(connection: sqlite3.Connection) -> list[Any]:
        found = (row[0] for row in connection.execute(f"{sql} LIMIT ?", (most,)))
        return [value for value in found if value and not _MARKUP.search(value)]

    return await datasette.get_database(name).execute_fn(read)  # type: ignore[no-any-return]
