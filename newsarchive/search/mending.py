"""What somebody may have meant by a query that cannot be understood: the nearest form of it that can be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsarchive.search.fields import FIELDS, MEANT
from newsarchive.search.query import LONGEST, QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsarchive.search.query import Query

# Mistakes in one query that are mended one after the other.
_MOST_MISTAKES = 4
_CLOSING = {"“": "”", "”": "”", "„": "”", "「": "」", "『": "』", "(": ")", "（": "）"}
_FIELD = re.compile(r"([A-Za-z]{1,20})[:：](\s*)")
_ADVISED = re.compile(r"write (\w+:(?:\"[^\"]+\"|\S+))")


def nearest(text: str, error: QueryError, parse: Callable[[str], Query]) -> str | None:
    """Return the nearest form of a query that `parse` reads; None where there is none near.

    What stands at the place of the mistake is closed, joined, renamed or taken out; of several mistakes one after the
    other.
    """
    for _ in range(_MOST_MISTAKES):
        following: tuple[str, QueryError] | None = None
        for candidate in _candidates(text, error):
            try:
                parse(candidate)
            except QueryError as mistake:
                # It counts as mended where the next mistake lies further on.
                if following is None and mistake.position > error.position:
                    following = candidate, mistake
            else:
                return candidate
        if following is None:
            return None
        text, error = following
    return None


def _candidates(text: str, error: QueryError) -> Iterator[str]:
    """Yield forms that differ from a text in what stands at its mistake, the likeliest first."""
    place = error.position
    before, rest = text[:place], text[place:]
    if place >= LONGEST:
        return
    field = _FIELD.match(rest)
    if field is not None:
        yield from _fields(before, rest, field, error)
    elif rest[:1] and rest[0] in '"＂“”„「『(（':
        yield text + _CLOSING.get(rest[0], '"')
        yield before + rest[1:]
    elif advised := _ADVISED.match(error.advice):
        printed = re.match(r"\"[^\"]*\"|\S+", rest)
        yield re.sub(r"\w+:\s*$", "", before) + advised[1] + rest[printed.end() if printed else 0 :]
    else:
        yield before + rest[1:]
        yield re.sub(r"\S+\s*", "", rest, count=1) if not before else before.rstrip() + re.sub(r"^\S+", "", rest)
    if rest.rstrip().endswith("*"):
        yield before + rest.rstrip().rstrip("*")


def _fields(before: str, rest: str, field: re.Match[str], error: QueryError) -> Iterator[str]:
    """Yield forms for a field that does not exist, or that has no value or none that it takes."""
    name, value = field[1].lower(), rest[field.end() :]
    if name not in FIELDS:
        close = MEANT.get(name) or next((known for known in FIELDS if f"write {known}:" in error.advice), None)
        if close:
            yield f"{before}{close}:{value}"
        word = re.match(r"\S+", rest)
        yield f'{before}"{word[0]}"{rest[word.end() :]}' if word else before
    elif value:
        yield f"{before}{name}:{value}"
    yield before + value
