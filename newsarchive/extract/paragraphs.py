"""The text of a page as paragraphs and pictures: out of an element of its tree, or of pieces that some reader comes by.

Text of inline tags is joined without blanks. Blocks, pairs of `<br>` and pairs of full-width spaces part paragraphs;
a single `<br>` inside a paragraph is a blank, as any other white space.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsarchive.extract.credits.vocabulary import PICTURE_CREDITS, words
from newsarchive.extract.html import (
    BLOCKS,
    BOLD,
    CAPTION_NAMES,
    CELLS,
    KINDS,
    SILENT,
    image_url,
    is_hidden,
)
from newsarchive.models import Image, Paragraph
from newsarchive.text import clean

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from lxml.etree import _Element

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


@dataclass(slots=True)
class Blocks:
    """What an element holds: its paragraphs and pictures in document order."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)


def read_blocks(root: _Element, base_url: str, skip: Container[_Element] = ()) -> Blocks:
    """Read the paragraphs and pictures inside `root`; elements in `skip` are left out with all they hold.

    `base_url` completes the addresses of pictures. Time is linear in the size of the tree.
    """
    walker = _Walker(base_url, skip)
    walker.walk(root)
    return Blocks(walker.builder.paragraphs, walker.builder.images)


class _Walker:
    """Goes over the elements once and tells a builder what it sees.

    It keeps its own stack: a page may nest deeper than Python's.
    """

    __slots__ = ("base_url", "builder", "skip")

    def __init__(self, base_url: str, skip: Container[_Element]) -> None:
        self.base_url = base_url
        self.skip = skip
        self.builder = ParagraphBuilder()

    def walk(self, root: _Element) -> None:
        builder = self.builder
        stack: list[tuple[_Element, Iterator[_Element], ParagraphKind]] = []
        opened: _Element | None = root
        while opened is not None or stack:
            if opened is not None:
                stack.append((opened, iter(opened), builder.kind))
                self._open(opened)
            element, children, outer = stack[-1]
            opened = self._next_inside(children)
            if opened is None:
                stack.pop()
                self._close(element)
                builder.kind = outer
                text = element.tail if stack else None
                if text:
                    builder.add(text)

    def _next_inside(self, children: Iterator[_Element]) -> _Element | None:
        """Read elements that have no text inside, up to one that must be gone into (None: there is none)."""
        builder = self.builder
        for child in children:
            tag = child.tag
            if tag == "br":
                if not _is_hidden(child):
                    builder.add(BREAK)
            elif tag == "img":
                self._image(child)
            elif not (tag in SILENT or not isinstance(tag, str) or child in self.skip or _is_hidden(child)):
                return child
            text = child.tail
            if text:
                builder.add(text)
        return None

    def _image(self, element: _Element) -> None:
        attributes = dict(element.items())
        if element not in self.skip and not is_hidden(attributes):
            url = image_url(attributes, self.base_url)
            if url:
                self.builder.image(url, attributes.get("alt"))

    def _open(self, element: _Element) -> None:
        builder, tag = self.builder, element.tag
        if tag in BLOCKS:
            if tag == "tr":
                builder.open_row()
            elif builder.parts:
                builder.flush()
        elif tag in BOLD:
            builder.bold += 1
        kind = KINDS.get(tag)
        if kind:
            builder.kind = kind
        elif _is_caption(element):
            builder.kind = "caption"
        text = element.text
        if text:
            builder.add(text)

    def _close(self, element: _Element) -> None:
        builder, tag = self.builder, element.tag
        if tag in BLOCKS:
            if tag == "tr":
                builder.close_row()
            elif tag in CELLS:
                builder.close_cell()
            elif builder.parts:
                builder.flush()
        elif tag in BOLD:
            builder.bold -= 1


def _is_hidden(element: _Element) -> bool:
    style = element.get("style")
    if style and "none" in style.lower():
        return is_hidden({"style": style})
    return element.get("hidden") is not None


def _is_caption(element: _Element) -> bool:
    name = element.get("class")
    if not name or "aption" not in name:
        return False
    return not CAPTION_NAMES.isdisjoint(name.replace("_", "-").lower().split())
