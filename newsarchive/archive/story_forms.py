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

#: So many right figures, and at most this share of wrong ones, confirm that two texts tell the same.
_FIGURES, _CONFIRMING, _MENDED = 3, 2, 0.2
#: At least so many of the small differences, and this share of them, are one figure for another: in a copy with changed
#: characters they are anywhere.
_FILLED, _FILLED_IN = 2, 0.4
#: Of so many figures in the whole of the shorter text not even a copy with much added has more wrong. One digit alone
#: may be a letter mistaken.
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
    telling = [figure for figure in _telling(text.figures) if len(figure) > 1]
    return len(telling) >= _ENOUGH and _count_wrong(telling, other) > _ALL_WRONG * len(telling)


def figures_told(runs: list[tuple[int, int]], text: Comparable, other: Comparable) -> Figures:
    """Count the figures that stand in or beside runs of equal text."""
    near = bytearray(text.length + 2)
    for start, end in runs:
        near[start : end + 2] = b"\x01" * (end + 2 - start)
    figures = FIGURE.finditer(text.text)
    telling = _telling([found[0] for found in figures if near.find(1, found.start() + 1, found.end() + 1) >= 0])
    return Figures(len(telling), _count_wrong(telling, other))


def is_one_form(pieces: list[tuple[int, int]], text: Comparable, other: Comparable) -> bool:
    """Tell whether two texts are one form with other figures or another name; `pieces` are the stretches in common."""
    gaps = _gaps(pieces, text, other)
    filled = sum(_is_other_figure(*gap) for gap in gaps)
    return (filled >= _FILLED and filled >= _FILLED_IN * len(gaps)) or _hold_a_name(gaps, text, other)


def _gaps(pieces: list[tuple[int, int]], text: Comparable, other: Comparable) -> list[tuple[str, str]]:
    """Give the small differences between stretches in common: what the text has there, and what the other has."""
    gaps = []
    size, longest, place = text.measure.gram, text.measure.run, 0
    for (_, end), (start, _) in pairwise(pieces):
        if not end < start <= end + longest:
            continue
        before, after = text.text[end - size : end], text.text[start : start + size]
        left = max(other.text.find(before, place), 0) or other.text.find(before)
        left += size
        right = other.text.find(after, left, left + 2 * longest)
        if right >= 0:
            gaps.append((text.text[end:start], other.text[left:right]))
            place = left
    return gaps


def _is_other_figure(mine: str, theirs: str) -> bool:
    figures = FIGURE.findall(mine)
    return bool(figures) and FIGURE.search(theirs) is not None and figures != FIGURE.findall(theirs)


def _hold_a_name(gaps: list[tuple[str, str]], text: Comparable, other: Comparable) -> bool:
    names = Counter(mine for mine, _ in gaps if len(mine) >= _NAME)
    needed = _REPEATED if text.length >= text.measure.long else _REPEATED_IN_SHORT
    return any(count >= needed and name not in other.text for name, count in names.items())


def _telling(figures: list[str]) -> list[str]:
    """Leave out the small figures, which any text may have, where there are enough others."""
    large = [figure for figure in figures if len(figure) > 2]
    return large if len(large) >= _FIGURES else figures


def _count_wrong(figures: list[str], other: Comparable) -> int:
    return len(figures) - sum(map(other.figure_set.__contains__, figures))
