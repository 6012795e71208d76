"""Paragraphs and pictures out of the pieces of text, blocks and breaks that some reader of markup comes by."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsarchive.extract.credits.vocabulary import PICTURE_CREDITS, words
from newsarchive.models import Image, Paragraph
from newsarchive.text import clean

if TYPE_CHECKING:
    from newsarchive.models import ParagraphKind

#: A `<br>` inside the text that is being collected: white space to everyone but us.
BREAK = "\u2028"

# A line that begins like a picture's credit is a caption wherever it stands, and never the article's source.
_CREDITS = words(PICTURE_CREDITS)
_CREDIT_SIGNS = "".join({credit[0] for credit in _CREDITS})
# Beginnings of a caption, only directly behind a picture.
_CAPTIONS = ("图为", "图：", "图:", "资料图", "注：", "注:", "▲", "△", "▼", "▽", "↑", "（图", "(图")
_LONGEST_CAPTION = 80
_LONGEST_HEADING = 80
_PARTING = re.compile(f"{BREAK}[^\\S{BREAK}]*{BREAK}|\u3000\u3000")
_CELL_JOINT = " | "


@dataclass(slots=True)
class _Row:
    """A table row that is open: where it and its present cell begin among the paragraphs."""

    start: int
    cell: int
    cells: list[str] = field(default_factory=list)
    nested: bool = False


class ParagraphBuilder:
    """Holds the paragraph that is being collected, and what is complete.

    A reader of markup appends to it with `add`, calls `flush` where a line ends, and keeps `kind` (what a paragraph
    here is) and `bold` (how many bold elements are open) up to date.
    """

    __slots__ = ("bold", "fresh", "images", "kind", "paragraphs", "parts", "plain", "rows")

    def __init__(self) -> None:
        self.paragraphs: list[Paragraph] = []
        self.images: list[Image] = []
        self.parts: list[str] = []
        self.kind: ParagraphKind = "text"
        self.bold = 0
        self.plain = False  # is there text in `parts` that is not bold?
        self.fresh: list[Image] = []  # pictures since the last paragraph
        self.rows: list[_Row] = []

    def add(self, text: str) -> None:
        """Add a piece of text to the paragraph that is being collected."""
        if not self.bold and not self.plain:
            self.plain = not text.isspace()
        self.parts.append(text)

    def flush(self) -> None:
        """End the paragraph. What parts it further, pairs of breaks and of full-width spaces, is looked for here."""
        parts = self.parts
        if not parts:
            return
        text = parts[0] if len(parts) == 1 else "".join(parts)
        parts.clear()
        heading = not self.plain and self.kind == "text"
        self.plain = False
        # White space other than the blank counts as unprintable: most texts need no second look.
        if text.isprintable():
            self._keep(clean(text), heading)
        else:
            for piece in _PARTING.split(text):
                self._keep(clean(piece), heading)

    def line(self, text: str) -> bool:
        """Take a text that is a paragraph by itself, with nothing before it; False if it needs a closer look."""
        if not text.isprintable() or self.bold or self.fresh or "&" in text:
            return False
        line = " ".join(text.split()) if "  " in text else text.strip()
        if line:
            if line[0] in _CREDIT_SIGNS:
                return False
            self.paragraphs.append(Paragraph(line, self.kind))
        return True

    def _keep(self, line: str, heading: bool) -> None:
        if not line:
            return
        kind: ParagraphKind = "heading" if heading and _is_heading(line) else self.kind
        if self.fresh or line[0] in _CREDIT_SIGNS:
            kind = self._caption(line, kind)
        self.paragraphs.append(Paragraph(line, kind))

    def _caption(self, line: str, kind: ParagraphKind) -> ParagraphKind:
        fresh, self.fresh = self.fresh, []
        short = len(line) <= _LONGEST_CAPTION
        if not (kind == "caption" or (short and (line.startswith(_CREDITS) or (fresh and line.startswith(_CAPTIONS))))):
            return kind
        for image in fresh:
            image.caption = line
        return "caption"

    def image(self, url: str, alt: str | None) -> None:
        """Record a picture; a caption that follows it is given to it."""
        image = Image(url, clean(alt or "") or None)
        self.images.append(image)
        self.fresh.append(image)

    def open_row(self) -> None:
        """Begin a table row."""
        self.flush()
        if self.rows:
            self.rows[-1].nested = True
        self.rows.append(_Row(len(self.paragraphs), len(self.paragraphs)))

    def close_cell(self) -> None:
        """End a cell of the innermost row; everything since its beginning is its text."""
        self.flush()
        if self.rows:
            row = self.rows[-1]
            # A row with a table inside stays as it is; its text is not looked at again at every level.
            inside = [] if row.nested else self.paragraphs[row.cell :]
            row.cells.append(" ".join(paragraph.text for paragraph in inside))
            row.cell = len(self.paragraphs)

    def close_row(self) -> None:
        """End a table row: one paragraph, its cells joined. A row that only lays out the page stays as it is."""
        self.flush()
        row = self.rows.pop()
        if len(row.cells) > 1 and not row.nested:
            del self.paragraphs[row.start :]
            if any(row.cells):
                self.paragraphs.append(Paragraph(clean(_CELL_JOINT.join(row.cells)), "table"))


def _is_heading(line: str) -> bool:
    return len(line) <= _LONGEST_HEADING and line[-1] not in "。；，"
