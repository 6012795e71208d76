"""Templates: reports that share their wording because both were made from one, with other figures or another name.

Two reports from one template can share as much as an article and its copy. What distinguishes them is where they
differ: reports from a template in their figures and names, copies anywhere.
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

#: At least this many right figures, and at most this share of wrong ones, confirm that two texts tell the same.
_FIGURES, _CONFIRMING, _MENDED = 3, 2, 0.2
#: This many figures in another order, or missing, and this share of all, show that a short Chinese text is no copy. In
#: Latin script they do not: letters misread as digits make figures there.
_OUT_OF_ORDER, _OUT_OF_ORDER_SHARE = 3, 0.4
#: At least this many of the small differences, and this share of them, are one figure for another: in a copy with
#: changed characters they are anywhere. In a text that is not long fewer are enough, but one corrected figure and
#: nothing else is a copy.
_FILLED, _FILLED_IN = 2, 0.4
_FILLED_IN_SHORT, _DIFFERENCES_IN_SHORT = 0.25, 2
#: This many words or figures replaced, in a long and in a short text, and this share of the small differences, show a
#: template; misread letters change words too little, except where several are together. One more is needed where the
#: figures confirm a copy: somebody may have edited it.
_REPLACED, _REPLACED_IN_SHORT, _REPLACED_PART = 3, 2, 0.6
#: Words of equal length are different when this share of their letters is; of unequal length, when they have less than
#: this in common.
_OTHER_LETTERS, _ALIKE = 0.6, 0.5
#: Of this many figures in the whole of the shorter text, no copy, however much is added to it, has a greater share
#: wrong. A single digit may be a misread letter.
_ENOUGH, _ALL_WRONG = 8, 0.9
#: A name of at least this many characters that occurs this often, in a long and in a short text, where the other text
#: has a different one is the subject of the report.
_NAME, _REPEATED, _REPEATED_IN_SHORT = 3, 3, 2


@dataclass(frozen=True, slots=True)
class Figures:
    """How many distinctive figures are among equal words, and how many of them the other text lacks."""

    distinctive: int
    wrong: int

    @property
    def confirm(self) -> bool:
        """Whether there are figures and hardly any of them is wrong."""
        return self.distinctive - self.wrong >= _CONFIRMING and self.wrong <= _MENDED * self.distinctive


@dataclass(frozen=True, slots=True)
class _Gap:
    """A small difference: what each text has there, the ends of the stretches around it, and how long those are."""

    before: str
    mine: str
    theirs: str
    after: str
    around: int

    @property
    def has_other_figure(self) -> bool:
        """Whether every figure has another in its place, as a letter mistyped as a digit has not, nor the reverse."""
        if any(part and not FIGURE.search(part) for part in (self.mine, self.theirs)):
            return False
        mine, theirs = (FIGURE.findall(self.before + part + self.after) for part in (self.mine, self.theirs))
        return len(mine) == len(theirs) and mine != theirs

    @property
    def has_other_word(self) -> bool:
        """Whether a word has another in its place: more than a letter or two mistyped."""
        shorter, longer = sorted((len(self.mine), len(self.theirs)))
        if not shorter or longer < 2:
            return False
        if shorter == longer:
            return sum(a != b for a, b in zip(self.mine, self.theirs, strict=True)) >= _OTHER_LETTERS * longer
        return SequenceMatcher(None, self.mine, self.theirs, autojunk=False).ratio() < _ALIKE


def has_other_figures(text: Comparable, other: Comparable) -> bool:
    """Return whether nearly all of many figures differ, so that the texts are no copies and need no closer look."""
    figures = [figure for figure in _distinctive(text.figures) if len(figure) > 1]
    return len(figures) >= _ENOUGH and _count_wrong(figures, other) > _ALL_WRONG * len(figures)


def count_figures(runs: list[tuple[int, int]], text: Comparable, other: Comparable) -> Figures:
    """Count the figures inside or next to runs of equal text."""
    figures = _distinctive(_figures_near(runs, 1, text))
    return Figures(len(figures), _count_wrong(figures, other))


def share_template(
    pieces: list[tuple[int, int]], runs: list[tuple[int, int]], text: Comparable, other: Comparable, *, confirmed: bool
) -> bool:
    """Return whether two texts were made from one template, with other figures or names.

    `pieces` are the stretches that they have in common, `runs` those that are long enough to count. `confirmed` is
    whether the figures suggest a copy.
    """
    if _has_figures_out_of_order(runs, text, other):
        return True
    gaps = _gaps(pieces, text, other)
    return (
        _differ_in_figures(gaps, text)
        or _differ_in_name([gap.mine for gap in gaps], text, other)
        or _differ_in_words(gaps, text, confirmed=confirmed)
    )


def _has_figures_out_of_order(runs: list[tuple[int, int]], text: Comparable, other: Comparable) -> bool:
    # A report of a few lines has small figures, which the other has as well, but elsewhere.
    if text.script != "cjk" or text.length >= text.measure.long:
        return False
    figures = _figures_near(runs, text.measure.run, text)
    same = SequenceMatcher(None, figures, other.figures, autojunk=False).get_matching_blocks()
    out_of_order = len(figures) - sum(block.size for block in same)
    return out_of_order >= max(_OUT_OF_ORDER, _OUT_OF_ORDER_SHARE * len(figures))


def _gaps(pieces: list[tuple[int, int]], text: Comparable, other: Comparable) -> list[_Gap]:
    """Return the small differences between stretches that both texts have in the same order."""
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


def _differ_in_figures(gaps: list[_Gap], text: Comparable) -> bool:
    filled = sum(gap.has_other_figure for gap in gaps)
    if text.length < text.measure.long and len(gaps) >= _DIFFERENCES_IN_SHORT:
        return filled >= max(1, _FILLED_IN_SHORT * len(gaps))
    return filled >= max(_FILLED, _FILLED_IN * len(gaps))


def _differ_in_words(gaps: list[_Gap], text: Comparable, *, confirmed: bool) -> bool:
    # Not between stock phrases, which unrelated paragraphs have in common.
    gaps = [gap for gap in gaps if 3 * gap.around >= 2 * text.measure.run]
    replaced = [(gap.mine, gap.theirs) for gap in gaps if gap.has_other_word or gap.has_other_figure]
    needed = _REPLACED if text.length >= text.measure.long else _REPLACED_IN_SHORT
    return len(set(replaced)) >= needed + confirmed and len(replaced) >= _REPLACED_PART * len(gaps)


def _differ_in_name(names: list[str], text: Comparable, other: Comparable) -> bool:
    repeated = Counter(name for name in names if len(name) >= _NAME)
    needed = _REPEATED if text.length >= text.measure.long else _REPEATED_IN_SHORT
    return any(count >= needed and name not in other.text for name, count in repeated.items())


def _figures_near(runs: list[tuple[int, int]], distance: int, text: Comparable) -> list[str]:
    """Return the figures that are in a run, or at most this many characters from one."""
    near = bytearray(text.length)
    for start, end in runs:
        first, last = max(0, start - distance), min(text.length, end + distance)
        near[first:last] = b"\x01" * (last - first)
    return [found[0] for found in FIGURE.finditer(text.text) if near.find(1, found.start(), found.end()) >= 0]


def _distinctive(figures: list[str]) -> list[str]:
    """Leave out small figures, which any text may have, where there are enough others."""
    large = [figure for figure in figures if len(figure) > 2]
    return large if len(large) >= _FIGURES else figures


def _count_wrong(figures: list[str], other: Comparable) -> int:
    return len(figures) - sum(map(other.figure_set.__contains__, figures))
