"""Forms: reports that share their wording because one form was filled in twice, with other figures or another name.

A copy and a filled-in form can share equally much. What tells them apart is where they differ: a form's differences
are its figures and its names, a copy's are anywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsarchive.archive.story_overlap import Comparable

FIGURE = re.compile(r"\d+")

#: A long text has at least so many figures of which more than this share are wrong before they outweigh its words.
_FIGURES, _WRONG = 3, 0.6
#: So many right figures, and at most this share of wrong ones, confirm that two texts tell the same.
_CONFIRMING, _MENDED = 2, 0.2
#: Share of the small differences that have a figure: in a copy with changed characters they are anywhere.
_FILLED_IN = 0.4
#: Of so many figures in the whole of the shorter text not even a copy with much added has more wrong.
_ENOUGH, _ALL_WRONG = 8, 0.9
#: A name of at least so many characters that stands so often, in a long and in a short text, where the other text has
#: another is the form's subject.
_NAME, _REPEATED, _REPEATED_IN_SHORT = 3, 3, 2


@dataclass(frozen=True, slots=True)
class Figures:
    """How many telling figures stand among equal words, and how many of them the other text has not."""

    telling: int
    wrong: int

    @property
    def confirm(self) -> bool:
        """Whether there are figures and hardly one of them is wrong."""
        return self.telling - self.wrong >= _CONFIRMING and self.wrong <= _MENDED * self.telling


def has_other_figures(text: Comparable, other: Comparable) -> bool:
    """Tell at a look that two texts are no copies, because nearly all of many figures are others."""
    telling = _telling(text.figures)
    return len(telling) >= _ENOUGH and _count_wrong(telling, other) > _ALL_WRONG * len(telling)


def figures_told(runs: list[tuple[int, int]], text: Comparable, other: Comparable) -> Figures:
    """Count the figures that stand in or beside runs of equal text."""
    near = bytearray(text.length + 2)
    for start, end in runs:
        near[start : end + 2] = b"\x01" * (end + 2 - start)
    figures = FIGURE.finditer(text.text)
    telling = _telling([found[0] for found in figures if near.find(1, found.start() + 1, found.end() + 1) >= 0])
    return Figures(len(telling), _count_wrong(telling, other))


def is_one_form(pieces: list[tuple[int, int]], figures: Figures, text: Comparable, other: Comparable) -> bool:
    """Tell whether two texts are one form with other figures or another name; `pieces` are the stretches in common."""
    gaps = _gaps(pieces, text)
    return (_are_wrong(figures, text) and _hold_figures(gaps)) or _hold_a_name(gaps, text, other)


def _gaps(pieces: list[tuple[int, int]], text: Comparable) -> list[str]:
    """Give the small differences between stretches that are long enough not to be equal by chance."""
    equal = text.measure.run // 2
    return [
        text.text[end:start]
        for (before, end), (start, after) in pairwise(pieces)
        if end < start <= end + text.measure.run and end - before >= equal and after - start >= equal
    ]


def _are_wrong(figures: Figures, text: Comparable) -> bool:
    if text.length < text.measure.long:
        return 2 * figures.wrong > figures.telling
    return figures.wrong >= _FIGURES and figures.wrong > _WRONG * figures.telling


def _hold_figures(gaps: list[str]) -> bool:
    with_figures = sum(FIGURE.search(gap) is not None for gap in gaps)
    return bool(gaps) and with_figures >= _FILLED_IN * len(gaps)


def _hold_a_name(gaps: list[str], text: Comparable, other: Comparable) -> bool:
    names = Counter(gap for gap in gaps if len(gap) >= _NAME)
    needed = _REPEATED if text.length >= text.measure.long else _REPEATED_IN_SHORT
    return any(count >= needed and name not in other.text for name, count in names.items())


def _telling(figures: list[str]) -> list[str]:
    """Leave out the small figures, which any text may have, where there are enough others."""
    large = [figure for figure in figures if len(figure) > 2]
    return large if len(large) >= _FIGURES else figures


def _count_wrong(figures: list[str], other: Comparable) -> int:
    return len(figures) - sum(map(other.figure_set.__contains__, figures))
