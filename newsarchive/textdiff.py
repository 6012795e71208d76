"""What changed between two texts, to the letter, as pieces that are equal, removed or added; bounded for any size."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Kind = Literal["same", "removed", "added"]

# What is compared piece by piece: pieces of one side, and pairs of equal pieces of both, which is what the time grows
# with. For two paragraphs, and for all changed paragraphs of two texts together.
_MOST_PIECES, _MOST_PAIRS, _MOST_PAIRS_IN_ALL = 3000, 40_000, 160_000
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
    """Compare two paragraphs: characters, words of alphabets as wholes. Too different ones are removed and added."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    parts: list[tuple[Kind, list[str]]] = [("same", old[:head])]
    parts += _operations(old[head : len(old) - tail], new[head : len(new) - tail])
    parts.append(("same", old[len(old) - tail :]))
    return [Piece(kind, "".join(run)) for kind, run in parts if run]


def _operations(old: list[str], new: list[str]) -> Iterator[tuple[Kind, list[str]]]:
    if _work(old, new) > _MOST_PAIRS:
        yield from (("removed", old), ("added", new))
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "same", old[i1:i2]
        else:
            yield from (("removed", old[i1:i2]), ("added", new[j1:j2]))


def _work(old: Sequence[str], new: Sequence[str]) -> int:
    """Count the pairs of equal pieces; more than are ever compared where one side alone is too long."""
    if max(len(old), len(new)) > _MOST_PIECES:
        return _MOST_PAIRS_IN_ALL + 1
    counts = Counter(new)
    return sum(number * counts[piece] for piece, number in Counter(old).items())


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """Count the pieces at the beginning that are equal."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def _whole(kind: Kind, paragraphs: Sequence[str]) -> Iterator[Line]:
    return (Line((Piece(kind, text),)) for text in paragraphs)


def _middle(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    if _work(old, new) > _MOST_PAIRS:
        yield from (*_whole("removed", old), *_whole("added", new))
        return
    left = _MOST_PAIRS_IN_ALL
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from _whole("same", old[i1:i2])
        elif i2 - i1 == j2 - j1:
            for one, other in zip(old[i1:i2], new[j1:j2], strict=True):
                left -= _work(one, other)
                yield from _pair(one, other, is_close=left >= 0)
        else:
            yield from (*_whole("removed", old[i1:i2]), *_whole("added", new[j1:j2]))


def _pair(before: str, after: str, *, is_close: bool) -> Iterator[Line]:
    pieces = line_difference(before, after) if is_close else []
    kept = sum(len(piece.text) for piece in pieces if piece.kind == "same")
    if pieces and kept >= _ALIKE * max(len(before), len(after)):
        yield Line(tuple(pieces))
    else:
        yield from (*_whole("removed", [before]), *_whole("added", [after]))
