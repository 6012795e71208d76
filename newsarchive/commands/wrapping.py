"""Lines of Chinese and Latin text for a terminal: wide characters count two, and no line begins with a comma."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Iterator

# Signs that may not begin a line, and signs that may not end one.
_NOT_FIRST = frozenset("，。、；：？！）》」』】”’…—％,.;:?!)]}%")
_NOT_LAST = frozenset("（《「『【“‘([{")
# What is kept together: a Latin word or number, one blank, one character of any other kind.
_PIECES = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,:%'_/+-]*|\s+|.", re.DOTALL)


def wrap(text: str, width: int) -> list[str]:
    """Break a line of text into lines of at most `width` columns; signs that hang over are at most two columns."""
    lines: list[str] = []
    line, columns = "", 0
    for piece in _pieces(text, width):
        size = cell_len(piece)
        if columns + size > width and line and not (piece in _NOT_FIRST and columns <= width):
            kept = _tail(line)
            lines.append(line[: len(line) - len(kept)].rstrip())
            line, columns = kept, cell_len(kept)
            piece = piece.lstrip()  # noqa: PLW2901 - a blank at the break is the break
        line += piece
        columns = columns + size if piece else columns
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str, width: int) -> Iterator[str]:
    for piece in _PIECES.findall(text):
        if len(piece) <= width:
            yield piece
        else:  # an address or a number longer than a line
            yield from (piece[start : start + width] for start in range(0, len(piece), width))


def _tail(line: str) -> str:
    """Give the signs at the end of a line that belong to what follows."""
    end = len(line)
    while end > 1 and line[end - 1] in _NOT_LAST:
        end -= 1
    return line[end:]
