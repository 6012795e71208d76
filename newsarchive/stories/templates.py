"""Forms: reports that share their wording because one form was filled in twice, with other figures or another name.

A copy and a filled-in form can share equally much. What tells them apart is where they differ: a form's differences
are its figures and its names, a copy's are anywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsarchive.stories.overlap import Comparable

FIGURE = re.compile(r"\d+")

#: So many right figures, and at most this share of wrong ones, confirm that two texts tell the same.
_FIGURES, _CONFIRMING, _MENDED = 3, 2, 0.2
#: So many figures in another order, or missing, and this share of all, tell that a short Chinese text is no copy. In
#: Latin script they do not: letters mistaken for digits make figures there.
_OUT_OF_ORDER, _OUT_OF_ORDER_SHARE = 3, 0.4
#: At least so many of the small differences, and this share of them, are one figure for another: in a copy with changed
#: characters they are anywhere. In a text that is not long fewer tell, but one figure mended and no more is a copy.
_FILLED, _FILLED_IN = 2, 0.4
_FILLED_IN_SHORT, _DIFFERENCES_IN_SHORT = 0.25, 2
#: So many words or figures for others, in a long and in a short text, and this share of the small differences, make a
#: form; letters mistaken change words too little, but where several are together. One more is needed where the figures
#: confirm a copy: somebody may have edited it.
_REPLACED, _REPLACED_IN_SHORT, _REPLACED_PART = 3, 2, 0.6
#: Words of one length are others when this share of their letters is; of another length, when they have less in common.
_OTHER_LETTERS, _ALIKE = 0.6, 0.5
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


@dataclass(frozen=True, slots=True)
class _Gap:
    """A small difference: what either text has there, the ends of the stretches about it, and how long those are."""

    before: str
    mine: str
    theirs: str
    after: str
    around: int

    @property
    def has_other_figure(self) -> bool:
        """Whether each figure has another for it: a letter mistyped as a digit has none, nor the other way."""
        if any(part and not FIGURE.search(part) for part in (self.mine, self.theirs)):
            return False
        mine, theirs = (FIGURE.findall(self.before + part + self.after) for part in (self.mine, self.theirs))
        return len(mine) == len(theirs) and mine != theirs

    @property
    def has_other_word(self) -> bool:
        """Whether a word has another for it: more than a letter or two mistyped."""
        shorter, longer = sorted((len(self.mine), len(self.theirs)))
        if not shorter or longer < 2:
            return False
        if shorter == longer:
            return sum(a != b for a, b in zip(self.mine, self.theirs, strict=True)) >= _OTHER_LETTERS * longer
        return SequenceMatcher(None, self.mine, self.theirs, autojunk=False).ratio() < _ALIKE


def has_other_figures(text: Comparable, other: Comparable) -> bool:
    """Tell at a look that two texts are no copies, because nearly all of many figures are others."""
    telling = [figure for figure in _telling(text.figures) if len(figure) > 1]
    return len(telling) >= _ENOUGH and _count_wrong(telling, other) > _ALL_WRONG * len(telling)


def figures_told(runs: list[tuple[int, int]], text: Comparable, other: Comparable) -> Figures:
    """Count the figures that stand in or beside runs of equal text."""
    telling = _telling(_figures_near(runs, 1, text))
    return Figures(len(telling), _count_wrong(telling, other))


def is_one_form(
    pieces: list[tuple[int, int]], runs: list[tuple[int, int]], text: Comparable, other: Comparable, *, confirmed: bool
) -> bool:
    """Return whether two texts are one form with other figures or names.

    `pieces` are the stretches that they have in common, `runs` the stretches that are long enough to count. `confirmed`
    tells whether the figures are a sign of a copy.
    """
    if _has_figures_out_of_order(runs, text, other):
        return True
    gaps = _gaps(pieces, text, other)
    return (
        _are_filled_in(gaps, text)
        or _hold_a_name([gap.mine for gap in gaps], text, other)
        or _are_replaced(gaps, text, confirmed=confirmed)
    )


def _has_figures_out_of_order(runs: list[tuple[int, int]], text: Comparable, other: Comparable) -> bool:
    # A form of a few lines has small figures, which the other has as well, but elsewhere.
    if text.script != "cjk" or text.length >= text.measure.long:
        return False
    figures = _figures_near(runs, text.measure.run, text)
    same = SequenceMatcher(None, figures, other.figures, autojunk=False).get_matching_blocks()
    out_of_order = len(figures) - sum(block.size for block in same)
    return out_of_order >= max(_OUT_OF_ORDER, _OUT_OF_ORDER_SHARE * len(figures))


def _gaps(pieces: list[tuple[int, int]], text: Comparable, other: Comparable) -> list[_Gap]:
    """Return the small differences between stretches that the other text has in the same order."""
    gaps = []
    size, longest, place = text.measure.gram, 2 * text.measure.run, 0
    for (first, end), (start, last) in pairwise(pieces):
        if not end < start <= end + longest:
            continue
        before, after = text.text[end - size : end], text.text[start : start + size]
        left = other.text.find(before, place)
        left = (left if left >= 0 else other.text.find(before)) + size
        right = other.text.find(after, left, left + longest)
        if right >= 0:
            around = end - first + last - start
            gaps.append(_Gap(before, text.text[end:start], other.text[left:right], after, around))
            place = left
    return gaps


def _are_filled_in(gaps: list[_Gap], text: Comparable) -> bool:
    filled = sum(gap.has_other_figure for gap in gaps)
    if text.length < text.measure.long and len(gaps) >= _DIFFERENCES_IN_SHORT:
        return filled >= max(1, _FILLED_IN_SHORT * len(gaps))
    return filled >= max(_FILLED, _FILLED_IN * len(gaps))


def _are_replaced(gaps: list[_Gap], text: Comparable, *, confirmed: bool) -> bool:
    # Not between stock phrases, which two paragraphs have in common that have nothing to do with each other.
    gaps = [gap for gap in gaps if 3 * gap.around >= 2 * text.measure.run]
    replaced = [(gap.mine, gap.theirs) for gap in gaps if gap.has_other_word or gap.has_other_figure]
    needed = _REPLACED if text.length >= text.measure.long else _REPLACED_IN_SHORT
    return len(set(replaced)) >= needed + confirmed and len(replaced) >= _REPLACED_PART * len(gaps)


def _hold_a_name(names: list[str], text: Comparable, other: Comparable) -> bool:
    repeated = Counter(name for name in names if len(name) >= _NAME)
    needed = _REPEATED if text.length >= text.measure.long else _REPEATED_IN_SHORT
    return any(count >= needed and name not in other.text for name, count in repeated.items())


def _figures_near(runs: list[tuple[int, int]], distance: int, text: Comparable) -> list[str]:
    """Return the figures that stand in runs, or at most so many characters from one."""
    near = bytearray(text.length)
    for start, end in runs:
        first, last = max(0, start - distance), min(text.length, end + distance)
        near[first:last] = b"\x01" * (last - first)
    return [found[0] for found in FIGURE.finditer(text.text) if near.find(1, found.start(), found.end()) >= 0]


def _telling(figures: list[str]) -> list[str]:
    """Leave out the small figures, which any text may have, where there are enough others."""
    large = [figure for figure in figures if len(figure) > 2]
    return large if len(large) >= _FIGURES else figures


def _count_wrong(figures: list[str], other: Comparable) -> int:
    return len(figures) - sum(map(other.figure_set.__contains__, figures))
