"""CSV made harmless while it streams by: cells that a spreadsheet would run as formulas become text."""

from __future__ import annotations

import codecs
import re

from newsarchive.export.tables import cell

# A field as Python's csv module writes it: in quotes, with quotes doubled, or free of everything special.
_FIELD = re.compile(r'"([^"]*(?:""[^"]*)*)"|[^",\r\n]+')
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


class SafeCsv:
    """Takes CSV in pieces, gives it back in pieces that end where a record ends."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._pending: list[str] = []
        self._open = False

    def feed(self, piece: bytes, *, is_last: bool = False) -> bytes:
        """Take a piece and give what is complete; with `is_last` everything."""
        text = self._decoder.decode(piece, final=is_last)
        self._pending.append(text)
        if text.count('"') % 2:
            self._open = not self._open
        if not is_last and (self._open or not text.endswith("\n")):
            return b""
        whole = "".join(self._pending)
        self._pending.clear()
        return _FIELD.sub(_safe, whole).encode("utf-8")


def _safe(match: re.Match[str]) -> str:
    quoted = match[1]
    if quoted is not None:
        return f'"{cell(quoted)}"'
    return match[0] if _NUMBER.fullmatch(match[0]) else str(cell(match[0]))
