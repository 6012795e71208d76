"""Snippets: the places of an article's own text that a query matched, marked, in little room.

The result is plain text, never HTML: what shows it has to escape it. Control characters and invisible marks are
removed, so the default marks (STX and ETX) cannot stand in the text itself and survive every kind of escaping.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from newsarchive.search.folding import UNSPACED
from newsarchive.search.tokens import is_han
from newsarchive.text import squeeze, strip_invisible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from newsarchive.search.folding import Folding
    from newsarchive.search.query import Words

#: How far into a text matches are looked for, and how much of a title is shown. Characters.
LONGEST_TEXT, LONGEST_TITLE = 50_000, 200
#: Room for one snippet, how many places it shows at most, and the text shown before a match. Characters.
ROOM, FRAGMENTS, LEAD = 160, 3, 16
#: How many matches of one text are looked at.
MOST_MARKED = 200

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# A word ends where a digit begins and the other way round, as in the index.
_LETTER = rf"[^\W0-9_{UNSPACED}]"
_BETWEEN = r"[\W_]{0,20}"
# Good places for a fragment to begin: behind the end of a sentence or clause.
_CLAUSE_END = re.compile(r"[。！？；，、：,;:!?\s]")


@dataclass(frozen=True, slots=True)
class Marks:
    """What is put before and after a match, and between two fragments."""

    start: str = "\x02"
    end: str = "\x03"
    gap: str = " … "


class Highlighter:
    """Finds and marks what one query asks for."""

    def __init__(self, words: Iterable[Words], folding: Folding, marks: Marks) -> None:
        self._marks = marks
        wanted = list(words)
        anywhere = [word for word in wanted if not word.in_title]
        self._title = word_pattern(wanted, folding)
        self._anywhere = self._title if anywhere == wanted else word_pattern(anywhere, folding)

    def title(self, title: str) -> str:
        """Mark the matches in a title; a very long one is cut."""
        text = _printable(title)[:LONGEST_TITLE]
        return self._marked(text, 0, len(text), _places(text, self._title))

    def snippet(self, *texts: str | None) -> str:
        """Show the first places that match in the first of the texts that has any; without one, how the text begins."""
        printable = [_printable(text[:LONGEST_TEXT]) for text in texts if text]
        for text in printable:
            if places := _places(text, self._anywhere):
                return self._fragments(text, places)
        beginning = printable[0] if printable else ""
        return squeeze(beginning[:ROOM]) + (self._marks.gap.rstrip() if len(beginning) > ROOM else "")

    def _fragments(self, text: str, places: list[tuple[int, int]]) -> str:
        pieces = []
        room = ROOM // min(FRAGMENTS, len(places))
        shown = 0
        for start, end in places:
            if start < shown:
                continue
            first = max(shown, _beginning(text, start))
            last = min(len(text), max(end, first + room))
            pieces.append(("" if first == shown else self._marks.gap) + self._marked(text, first, last, places))
            shown = last
            if len(pieces) == FRAGMENTS:
                break
        return squeeze("".join(pieces)) + (self._marks.gap.rstrip() if shown < len(text) else "")

    def _marked(self, text: str, first: int, last: int, places: list[tuple[int, int]]) -> str:
        return "".join(self._marked_pieces(text, first, last, places))

    def _marked_pieces(self, text: str, first: int, last: int, places: list[tuple[int, int]]) -> Iterator[str]:
        at = first
        for start, end in places:
            if start < at or start >= last:
                continue
            yield text[at:start]
            yield f"{self._marks.start}{text[start : min(end, last)]}{self._marks.end}"
            at = min(end, last)
        yield text[at:last]


def word_pattern(words: Iterable[Words], folding: Folding) -> re.Pattern[str] | None:
    """Return a regular expression that finds words in printed text, as the index does; None for no words."""
    folded = [(word, folding.fold(word.text).replace(",", "")) for word in words]
    variants = folding.variants("".join(text for _, text in folded))
    patterns = {_word_pattern(word, text, variants) for word, text in folded}
    # Longer ones first, so that the whole of a phrase is marked and not its beginning.
    return re.compile("|".join(sorted(patterns, key=len, reverse=True))) if patterns else None


def _word_pattern(word: Words, folded: str, variants: Mapping[str, str]) -> str:
    """Write a regular expression for what the index takes for a match: words whole, anything but text between runs.

    It is for printed text: every character matches all that fold to it. A character that folds to several is found
    by the index and not marked here.
    """
    runs = _runs(folded)
    pieces = []
    for run, _ in runs:
        separator = ",?" if run.isdigit() else ""  # 1,234
        pieces.append(separator.join(f"[{re.escape(variants[letter])}]" for letter in run))
    parts = [part for _, part in runs]
    ends = [f"(?!{part})" if part else "" for part in parts]
    if word.phrase.prefix and ends[-1]:
        ends[-1] = rf"{parts[-1]}{{0,40}}"
    starts = [f"(?<!{part})" if part else "" for part in parts]
    return _BETWEEN.join(map("".join, zip(starts, pieces, ends, strict=True)))


def _runs(text: str) -> list[tuple[str, str]]:
    """Return runs, each with what a longer word would go on with; nothing for a run without blanks."""
    if is_han(text):
        return [(text, "")]
    goes_on = {"unspaced": "", "number": "[0-9]", "word": _LETTER}
    return [(match[0], goes_on[match.lastgroup or ""]) for match in _run().finditer(text)]


@cache
def _run() -> re.Pattern[str]:
    return re.compile(rf"(?P<unspaced>[{UNSPACED}]+)|(?P<number>[0-9]+)|(?P<word>{_LETTER}+)")


def _places(text: str, pattern: re.Pattern[str] | None) -> list[tuple[int, int]]:
    return [match.span() for match in islice(pattern.finditer(text), MOST_MARKED)] if pattern else []


def _printable(text: str) -> str:
    return strip_invisible(_CONTROL.sub("", text))


def _beginning(text: str, start: int) -> int:
    """Begin a fragment behind the last clause end shortly before a match, or right at the text's beginning."""
    if start <= LEAD:
        return 0
    ends = [match.end() for match in _CLAUSE_END.finditer(text, start - LEAD, start)]
    return ends[0] if ends else start - LEAD
