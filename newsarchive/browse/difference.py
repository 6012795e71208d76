"""What changed between two texts, as pieces that are equal, removed or added; bounded in time for texts of any size."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Kind = Literal["same", "removed", "added"]

#: How much is compared letter by letter: the product of the lengths of two paragraphs, and the sum of the products.
LARGEST_PAIR, LARGEST_SUM = 1_000_000, 4_000_000
#: More paragraphs than this are not compared with each other; the rest is shown as removed and added.
MOST_PARAGRAPHS = 500
#: Paragraphs whose pieces are less alike than this are shown one after the other, not mixed.
_ALIKE = 0.4
# Words of alphabets as wholes, everything else by the character.
_PIECES = re.compile(r"[A-Za-z0-9]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text and what happened to it."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of either text: unchanged (one piece, same), removed, added, or both mixed."""

    pieces: tuple[Piece, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing changed in it."""
        return all(piece.kind == "same" for piece in self.pieces)


def difference(before: str, after: str) -> list[Line]:
    """Compare two texts paragraph by paragraph (parted by blank lines), and changed paragraphs piece by piece."""
    old, new = before.split("\n\n")[:MOST_PARAGRAPHS], after.split("\n\n")[:MOST_PARAGRAPHS]
    lines: list[Line] = []
    left = LARGEST_SUM
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines.extend(Line((Piece("same", text),)) for text in old[i1:i2])
        elif i2 - i1 == j2 - j1:
            for one, other in zip(old[i1:i2], new[j1:j2], strict=True):
                work = len(one) * len(other)
                lines.extend(_changed_paragraph(one, other, is_close=work <= min(left, LARGEST_PAIR)))
                left -= min(work, LARGEST_PAIR)
        else:
            lines.extend(_replaced(old[i1:i2], new[j1:j2]))
    return lines


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    yield from (Line((Piece("removed", text),)) for text in old)
    yield from (Line((Piece("added", text),)) for text in new)


def _changed_paragraph(before: str, after: str, *, is_close: bool) -> Iterator[Line]:
    if is_close:
        pieces = line_difference(before, after)
        kept = sum(len(piece.text) for piece in pieces if piece.kind == "same")
        if kept >= _ALIKE * max(len(before), len(after)):
            yield Line(tuple(pieces))
            return
    yield from _replaced([before], [after])


def line_difference(before: str, after: str) -> list[Piece]:
    """Compare two short texts: characters, words of alphabets as wholes."""
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
