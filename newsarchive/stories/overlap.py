"""How much of two texts is the same, and whether they tell one story: a pure function of the pair.

What counts is text that both have for some length, not words in common. A run of equal text goes on over a
changed word, so that a copy with corrected typos is one long run, while two reports from one template, with other
names and numbers, fall into pieces too short to count.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from newsarchive.stories import templates
from newsarchive.stories.text import codes

if TYPE_CHECKING:
    from newsarchive.stories.text import Script, StoryText

#: What the first text is to the second: its equal in words, a shorter version, a longer version, a small passage of
#: it, or a long text of which the second is such a passage.
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
    #: Below this length a text is one or two sentences.
    brief: int
    #: From this length on a text has enough figures for one or two changed ones to mean nothing.
    long: int
    #: Equal text lies in blocks when its characters stand in runs of this length, on average.
    block: int
    #: Characters between two equal runs that do not split them: a corrected word, not another name.
    gap: int


_MEASURES: dict[Script, _Measure] = {
    "cjk": _Measure(gram=4, run=16, brief=100, long=250, block=90, gap=2),
    "latin": _Measure(gram=8, run=50, brief=300, long=750, block=270, gap=4),
}
#: Bytes of a piece: it is compared as one number.
_GRAM_BYTES = 8

#: Share of the shorter text that the longer must have. Two reports from one template share about half; a copy cut,
#: extended and changed at once shares two thirds.
_NEEDED = 0.62
#: In fewer words a name or a number makes another item: of a text that is not long, and of one or two sentences.
_SHORT_NEEDED, _BRIEF_NEEDED = 0.75, 0.85
#: Both texts are found in each other to this share: the same text.
_SAME = 0.75
#: Less than this of the longer text is in the shorter: the shorter is an excerpt.
_EXCERPT = 0.25
#: Equal sentences scattered among others come from a template; a copy has them in blocks, or nearly all of them.
_SCATTERED_NEEDED = 0.75
#: In a text so short that a block is a greater part of it than this, so much of the text is a block.
_BLOCK_PART = 0.2
#: An excerpt must be found nearly whole, however long it is.
_EXCERPT_NEEDED = 0.75
#: An excerpt that is a smaller part of the text than this, or is not in its opening (this many times its own
#: length), is background or one item of a round-up: linked, but another story.
_PART_OF_STORY = 0.1
_OPENING = 2
#: Pieces of the shorter text that are looked up first, and how many of them must stand in the longer one. Half of them
#: do in the worst copy.
_PROBES, _PROBES_FOUND = 32, 6

_PIECE = re.compile(rb"\x01+")
# Pieces that only a word separates: what lies between the last gram of one and the first of the next.
_RUNS = {
    measure.gram: re.compile(rb"\x01+(?:\x00{1,%d}\x01+)*" % (measure.gram - 1 + measure.gap))
    for measure in _MEASURES.values()
}


@dataclass(frozen=True, slots=True)
class Overlap:
    """The relation of a first text to a second.

    `share` of the first text's characters stand in the second, `other_share` of the second's in the first (0 to 1,
    rounded to four places). `joins` is whether the relation makes them one story.
    """

    share: float
    other_share: float
    relation: Relation
    joins: bool

    def reversed(self) -> Overlap:
        """Return the same from the second text's side."""
        return Overlap(self.other_share, self.share, _REVERSED[self.relation], self.joins)


class Comparable:
    """A text with the pieces by which it is compared, computed when they are first needed."""

    def __init__(self, text: StoryText) -> None:
        self.id = text.id
        self.script = text.script
        self.text = text.text
        self.length = len(text.text)
        self.measure = _MEASURES[text.script]

    @cached_property
    def grams(self) -> array[int]:
        """Every piece of the text, by its place, as a number."""
        units, size = codes(self.text), self.measure.gram
        # The lower byte distinguishes the letters of a script that has no more than 256 of them.
        units = units if self.script == "cjk" else units[::2]
        width, count = _GRAM_BYTES // size, self.length - size + 1
        grams = array("Q", bytes(_GRAM_BYTES * count))
        for first in range(size):
            places = len(range(first, count, size))
            grams[first::size] = array("Q", units[first * width : first * width + _GRAM_BYTES * places])
        return grams

    @cached_property
    def gram_set(self) -> frozenset[int]:
        """The pieces without their places."""
        return frozenset(self.grams)

    @cached_property
    def figures(self) -> list[str]:
        """The numbers of the text, by their places."""
        return templates.FIGURE.findall(self.text)

    @cached_property
    def figure_set(self) -> frozenset[str]:
        """The numbers without their places."""
        return frozenset(self.figures)


def compare(one: Comparable, other: Comparable) -> Overlap | None:
    """Compare two texts; None when they are not the same story, in whole or in part.

    The result is the same (reversed) whichever comes first.
    """
    if (one.length, one.id) > (other.length, other.id):
        overlap = compare(other, one)
        return overlap.reversed() if overlap else None
    if one.script != other.script or not _resembles(one, other):
        return None
    return _compare(one, other)


def _compare(one: Comparable, other: Comparable) -> Overlap | None:
    """Compare a shorter text with a longer one."""
    hits = _hits(one, other)
    runs = _runs(hits, one.measure)
    share = _share(runs, one)
    if share < _NEEDED:
        return None
    confirmed = templates.count_figures(runs, one, other).confirm
    if share < _needed(runs, one, confirmed=confirmed):
        return None
    if templates.share_template(_pieces(hits, one.measure), runs, one, other, confirmed=confirmed):
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
    """Look at figures and at a few places: most pairs that share a name, or a template, end here at little cost."""
    if templates.has_other_figures(shorter, longer):
        return False
    probes = shorter.grams[:: len(shorter.grams) // _PROBES + 1]
    found = sum(map(longer.gram_set.__contains__, probes))
    return _PROBES * found >= _PROBES_FOUND * len(probes)


def _needed(runs: list[tuple[int, int]], shorter: Comparable, *, confirmed: bool) -> float:
    """Return the share of equal text that makes one story of two texts; less is needed where the figures agree."""
    if shorter.length < shorter.measure.brief:
        return _BRIEF_NEEDED
    if shorter.length < shorter.measure.long:
        return _NEEDED if confirmed else _SHORT_NEEDED
    equal = sum(end - start for start, end in runs)
    block = min(shorter.measure.block, _BLOCK_PART * shorter.length)
    in_blocks = sum((end - start) ** 2 for start, end in runs) >= block * equal
    return _NEEDED if in_blocks else _SCATTERED_NEEDED


def _hits(text: Comparable, other: Comparable) -> bytes:
    """Return for every gram of a text whether the other has it, as a byte."""
    return bytes(map(other.gram_set.__contains__, text.grams))


def _pieces(hits: bytes, measure: _Measure) -> list[tuple[int, int]]:
    """Return the stretches of a text (first character, character after the last) of which the other has every gram."""
    more = measure.gram - 1
    return [(match.start(), match.end() + more) for match in _PIECE.finditer(hits)]


def _runs(hits: bytes, measure: _Measure) -> list[tuple[int, int]]:
    """Return the stretches, joined where only a word separates them, that are long enough to count."""
    more = measure.gram - 1
    return [
        (match.start(), match.end() + more)
        for match in _RUNS[measure.gram].finditer(hits)
        if match.end() + more - match.start() >= measure.run
    ]


def _share(runs: list[tuple[int, int]], text: Comparable, until: int = 1 << 62) -> float:
    return round(sum(max(0, min(end, until) - start) for start, end in runs) / text.length, 4)
