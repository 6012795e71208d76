"""How much of two texts is the same, and whether they tell one story: a pure function of the pair.

What counts is text that stands in both for some length, not words in common. A run of equal text goes on over a
changed word, so that a copy with typos mended is one long run, while two reports that fill one form with other
names and numbers fall into pieces too short to count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from newsarchive.archive.story_text import Script, StoryText

#: What the first text is to the second: its equal in words, a shorter form, a longer form, a small passage of it, or
#: a long text of which the second is such a passage.
Relation = Literal["same", "shortened", "extended", "excerpt", "whole"]

_REVERSED: dict[Relation, Relation] = {
    "same": "same",
    "shortened": "extended",
    "extended": "shortened",
    "excerpt": "whole",
    "whole": "excerpt",
}


@dataclass(frozen=True, slots=True)
class _Measure:
    """Lengths are characters of the normalised text."""

    #: Length of the pieces by which equal text is found.
    gram: int
    #: Equal runs shorter than this are stock phrases and do not count.
    run: int
    #: (length of the shorter text below which it holds, share of it that the longer must have)
    needed: tuple[tuple[int, float], ...]
    #: From this length on a text has enough figures for one or two changed ones to mean nothing.
    long: int
    #: Equal text lies in blocks when one of its characters stands in a run of this length, on average.
    block: int
    #: Length of the places of which a few are looked up before all are.
    probe: int


# A form filled in with other numbers shares about half; a copy cut, extended and changed at once shares two thirds.
# A short item is one or two sentences: where a single name or number makes it another item, nearly all must agree.
_MEASURES: dict[Script, _Measure] = {
    "cjk": _Measure(gram=4, run=16, needed=((100, 0.85), (250, 0.75), (1 << 62, 0.62)), long=250, block=90, probe=6),
    "latin": _Measure(
        gram=7, run=50, needed=((300, 0.85), (750, 0.75), (1 << 62, 0.62)), long=750, block=270, probe=14
    ),
}

#: Both texts are found in each other to this share: the same text.
_SAME = 0.75
#: Less than this of the longer text is in the shorter: the shorter is an excerpt.
_EXCERPT = 0.3
#: Equal sentences scattered among others are a form; a copy has them in blocks, or nearly all of them.
_SCATTERED_NEEDED = 0.75
#: An excerpt must be found nearly whole, however long it is.
_EXCERPT_NEEDED = 0.75
#: An excerpt that is a smaller part of the text than this, or does not stand in its opening (so many times its own
#: length), is background or one item of a round-up: linked, but another story.
_PART_OF_STORY = 0.1
_OPENING = 2
#: Characters between two equal runs that do not part them: a word mended, not a name put in.
_GAP = 2
#: A long text has at least so many figures of which more than this share are wrong before they outweigh its words.
_FIGURES, _WRONG_FIGURES = 3, 0.6
#: Of so many figures in the whole of the shorter text not even a copy with much added has more wrong.
_ENOUGH_FIGURES, _ALL_WRONG = 5, 0.85
#: Places of the shorter text that are looked up first, and how many of them must stand in the longer one. Half of them
#: do in the worst copy.
_PROBES, _PROBES_FOUND = 32, 4

_RUN = re.compile(rb"\x01+")
_FIGURE = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Overlap:
    """The relation of a first text to a second.

    `share` of the first text's characters stand in the second, `other_share` of the second's in the first (0 to 1,
    rounded to four places). `joins` tells whether the relation makes them one story.
    """

    share: float
    other_share: float
    relation: Relation
    joins: bool

    def reversed(self) -> Overlap:
        """Tell the same from the second text's side."""
        return Overlap(self.other_share, self.share, _REVERSED[self.relation], self.joins)


class Comparable:
    """A text with the pieces by which it is compared, made when they are first asked for."""

    def __init__(self, text: StoryText) -> None:
        self.id = text.id
        self.script = text.script
        self.text = text.text
        self.length = len(text.text)
        self.measure = _MEASURES[text.script]

    @cached_property
    def grams(self) -> list[str]:
        """Every piece of the text, by its place."""
        text, size = self.text, self.measure.gram
        return [text[i : i + size] for i in range(self.length - size + 1)]

    @cached_property
    def gram_set(self) -> frozenset[str]:
        """The pieces without their places."""
        return frozenset(self.grams)

    @cached_property
    def figures(self) -> frozenset[str]:
        """The numbers of the text."""
        return frozenset(_FIGURE.findall(self.text))


def compare(one: Comparable, other: Comparable) -> Overlap | None:
    """Compare two texts; None when they are not the same story, in whole or in part.

    The result is the same (reversed) whichever comes first.
    """
    if (one.length, one.id) > (other.length, other.id):
        overlap = compare(other, one)
        return overlap.reversed() if overlap else None
    if one.script != other.script or not _resembles(one, other):
        return None
    runs = _runs(_hits(one, other), one.measure)
    share = _share(runs, one)
    if share < _needed(runs, one) or _contradicts(runs, one, other):
        return None
    other_runs = _runs(_hits(other, one), one.measure)
    other_share = _share(other_runs, other)
    if other_share >= _EXCERPT:
        return Overlap(share, other_share, "same" if min(share, other_share) >= _SAME else "shortened", joins=True)
    if share < _EXCERPT_NEEDED:
        return None
    opens = _share(other_runs, other, until=_OPENING * one.length) >= 0.5 * other_share
    return Overlap(share, other_share, "excerpt", joins=opens and one.length >= _PART_OF_STORY * other.length)


def _resembles(shorter: Comparable, longer: Comparable) -> bool:
    """Look at figures and at a few places: most pairs that share a name, or a form, end here at little cost."""
    telling = _telling(_FIGURE.findall(shorter.text))
    if len(telling) >= _ENOUGH_FIGURES and _wrong(telling, longer) > _ALL_WRONG * len(telling):
        return False
    size = shorter.measure.probe
    step = max(1, (shorter.length - size) // _PROBES)
    places = (shorter.text[i : i + size] for i in range(0, shorter.length - size + 1, step))
    return sum(place in longer.text for place in places) >= _PROBES_FOUND


def _needed(runs: list[tuple[int, int]], shorter: Comparable) -> float:
    needed = next(needed for below, needed in shorter.measure.needed if shorter.length < below)
    equal = sum(end - start for start, end in runs)
    in_blocks = sum((end - start) ** 2 for start, end in runs) >= shorter.measure.block * equal
    return needed if in_blocks else max(needed, _SCATTERED_NEEDED)


def _hits(text: Comparable, other: Comparable) -> bytes:
    """Mark with 1 every piece of a text that the other has."""
    return bytes(map(other.gram_set.__contains__, text.grams))


def _runs(hits: bytes, measure: _Measure) -> list[tuple[int, int]]:
    """Give the runs of equal text (first character, character after the last) that are long enough to count."""
    runs: list[tuple[int, int]] = []
    start = end = -1 - _GAP
    for match in _RUN.finditer(hits):
        if match.start() > end + _GAP:
            runs.append((start, end))
            start = match.start()
        end = match.end() + measure.gram - 1
    runs.append((start, end))
    return [(start, end) for start, end in runs if end - start >= measure.run]


def _share(runs: list[tuple[int, int]], text: Comparable, until: int = 1 << 62) -> float:
    return round(sum(max(0, min(end, until) - start) for start, end in runs) / text.length, 4)


def _contradicts(runs: list[tuple[int, int]], text: Comparable, other: Comparable) -> bool:
    """Tell whether the figures that stand in or beside equal words are other figures: one form, filled in twice."""
    near = bytearray(text.length + 2)
    for start, end in runs:
        near[start : end + 2] = b"\x01" * (end + 2 - start)
    figures = [
        figure[0] for figure in _FIGURE.finditer(text.text) if near.find(1, figure.start() + 1, figure.end() + 1) >= 0
    ]
    telling = _telling(figures)
    wrong = _wrong(telling, other)
    if text.length < text.measure.long:
        return 2 * wrong > len(telling)
    return wrong >= _FIGURES and wrong > _WRONG_FIGURES * len(telling)


def _telling(figures: list[str]) -> list[str]:
    """Leave out the small figures, which any text may have, where there are enough others."""
    large = [figure for figure in figures if len(figure) > 2]
    return large if len(large) >= _FIGURES else figures


def _wrong(figures: list[str], other: Comparable) -> int:
    return sum(figure not in other.figures for figure in figures)
