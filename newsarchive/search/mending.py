"""What somebody may have meant by a query that cannot be understood: the nearest form of it that can be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsarchive.search.fields import FIELDS
from newsarchive.search.query import LONGEST, QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsarchive.search.query import Query

# Mistakes in one query that are mended one after the other.
_MOST_MISTAKES = 4
_CLOSING = {"“": "”", "”": "”", "„": "”", "「": "」", "『": "』", "(": ")", "（": "）"}
_OPENING = '"＂“”„「『(（'
_FIELD = re.compile(r"([A-Za-z]{1,20})[:：](\s*)")
_NAMED = re.compile(r"([A-Za-z]{1,20})[:：][\"“「『]?$")
# A value as it is written behind its field, and what may stand around it.
_WRITTEN = re.compile(r"[^\"”」』]*[\"”」』]|[^\s()（）]+")
_AROUND = '"”」』*'
_WORD = re.compile(r"\S+\s*")


def nearest(
    text: str, error: QueryError, parse: Callable[[str], Query], *, mistakes: int = _MOST_MISTAKES
) -> str | None:
    """Return the nearest form of a query that `parse` reads; None where there is none near.

    What stands at the place of the mistake is closed, joined, renamed or taken out; of several mistakes one after the
    other.
    """
    for candidate in _candidates(text, error):
        if not candidate.strip():
            continue
        try:
            parse(candidate)
        except QueryError as another:
            if mistakes > 1 and another.problem != error.problem:
                mended = nearest(candidate, another, parse, mistakes=mistakes - 1)
                if mended is not None:
                    return mended
        else:
            return candidate.strip()
    return None


def _candidates(text: str, error: QueryError) -> Iterator[str]:
    """Yield forms that differ from a text in what stands at its mistake, the likeliest first."""
    before, rest = text[: error.position], text[error.position :]
    if error.position >= LONGEST:
        return
    if (field := _FIELD.match(rest)) is not None:
        yield from _fields(before, rest, field, error)
    elif rest[:1] and rest[0] in _OPENING:
        if rest[1:].strip():
            yield text + _CLOSING.get(rest[0], '"')
        yield before + rest[1:]
    elif (named := _NAMED.search(before)) is not None:
        yield from _values(before, rest, named, error)
    elif rest[:1] in (")", "）"):
        yield before + rest[1:]
    else:
        yield before + _WORD.sub("", rest, count=1)


def _values(before: str, rest: str, named: re.Match[str], error: QueryError) -> Iterator[str]:
    """Yield forms for a value that its field does not take: what is advised, or the value as a word, or without it."""
    written = _WRITTEN.match(rest)
    value, after = (written[0], rest[written.end() :]) if written else ("", rest)
    plain, without = value.strip(_AROUND), before[: named.start()]
    if error.instead:
        yield f"{without}{error.instead}{after}"
    if value.endswith("*"):
        yield f"{before}{plain}{after}"
    if not FIELDS[named[1].lower()].advice:
        yield f"{without}{plain}{after}"
    yield f"{without}{after.lstrip()}"


def _fields(before: str, rest: str, field: re.Match[str], error: QueryError) -> Iterator[str]:
    """Yield forms for a field that does not exist, or that has no value."""
    name, value = field[1].lower(), rest[field.end() :]
    if name in FIELDS:
        yield f"{before}{name}:{value}"
    else:
        if error.instead:
            yield f"{before}{error.instead}{value}"
        word = _WRITTEN.match(rest)
        yield f'{before}"{word[0]}"{rest[word.end() :]}' if word else before
    yield before + value
