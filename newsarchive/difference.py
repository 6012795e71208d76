"""What changed between two texts, to the letter, as pieces that are equal, removed or added; bounded for any size."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Kind = Literal["same", "removed", "added"]

#: How much is compared letter by letter: the product of the lengths of two paragraphs, and the sum of the products.
LARGEST_PAIR, LARGEST_SUM = 1_000_000, 4_000_000
#: More changed paragraphs than this are not compared with each other: all count as removed and added.
MOST_PARAGRAPHS = 500
# Paragraphs that have less than this in common are shown one after the other, not mixed.
_ALIKE = 0.4
# Words of alphabets and numbers as wholes, everything else by the character.
_PIECES = re.compile(r"[A-Za-z0-9]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text and what happened to it."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of either text: unchanged, removed or added (one piece), or changed (several)."""

    pieces: tuple[Piece, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing changed in it."""
        return all(piece.kind == "same" for piece in self.pieces)


def difference(before: str, after: str) -> list[Line]:
    """Compare two texts paragraph by paragraph (parted by blank lines), and changed paragraphs piece by piece.

    Put together, what is not added gives the first text, and what is not removed the second.
    """
    old, new = before.split("\n\n"), after.split("\n\n")
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    middle = _middle(old[head : len(old) - tail], new[head : len(new) - tail])
    return [*_whole("same", old[:head]), *middle, *_whole("same", old[len(old) - tail :])]


def line_difference(before: str, after: str) -> list[Piece]:
    """Compare two short texts: characters, words of alphabets as wholes. The time grows with the product of lengths."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[i1:i2])))
            continue
        if i1 < i2:
            pieces.append(Piece("removed", "".join(old[i1:i2])))
        if j1 < j2:
            pieces.append(Piece("added", "".join(new[j1:j2])))
    return pieces


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """Count the paragraphs at the beginning that are equal."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def _whole(kind: Kind, paragraphs: Sequence[str]) -> Iterator[Line]:
    return (Line((Piece(kind, text),)) for text in paragraphs)


def _middle(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    if max(len(old), len(new)) > MOST_PARAGRAPHS:
        yield from (*_whole("removed", old), *_whole("added", new))
        return
    left = LARGEST_SUM
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from _whole("same", old[i1:i2])
        elif i2 - i1 == j2 - j1:
            for one, other in zip(old[i1:i2], new[j1:j2], strict=True):
                work = len(one) * len(other)
                yield from _pair(one, other, is_close=work <= min(left, LARGEST_PAIR))
                left -= min(work, LARGEST_PAIR)
        else:
            yield from (*_whole("removed", old[i1:i2]), *_whole("added", new[j1:j2]))


def _pair(before: str, after: str, *, is_close: bool) -> Iterator[Line]:
    if is_close:
        pieces = line_difference(before, after)
        kept = sum(len(piece.text) for piece in pieces if piece.kind == "same")
        if kept >= _ALIKE * max(len(before), len(after)):
            yield Line(tuple(pieces))
            return
    yield from (*_whole("removed", [before]), *_whole("added", [after]))
