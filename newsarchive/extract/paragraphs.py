"""The text of a page as paragraphs and pictures: out of an element of its tree, or of pieces that some reader comes by.

Text of inline tags is joined without blanks. Blocks, pairs of `<br>` and pairs of full-width spaces part paragraphs.
A single `<br>` does where the lines that it ends are whole sentences; else it is a blank, as any other white space.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from newsarchive.extract.credits.vocabulary import PICTURE_CREDITS, words
from newsarchive.extract.html import (
    BLOCKS,
    BOLD,
    CAPTION_NAME,
    CELLS,
    KINDS,
    SILENT,
    image_url,
    is_hidden,
    is_opened,
    line_of,
)
from newsarchive.extract.securities import security_of
from newsarchive.models import Image, Paragraph
from newsarchive.text import clean, without_anchor
from newsarchive.tree import TEXT, ancestors, descendants, tag_numbers

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from newsarchive.extract.securities import Mentions
    from newsarchive.models import ParagraphKind
    from newsarchive.tree import Element

#: A `<br>` inside the text that is being collected: white space to everyone but us.
BREAK = "\u2028"
#: What may stand between the links of a line that holds nothing but links.
SEPARATORS = " \t\r\n\xa0\u3000|｜丨·-" + BREAK

# A line that begins like a picture's credit is a caption wherever it stands, and never the article's source.
_CREDITS = words(PICTURE_CREDITS)
_CREDIT_SIGNS = "".join({credit[0] for credit in _CREDITS})
# Beginnings of a caption, only directly behind a picture.
_CAPTIONS = ("图为", "图：", "图:", "资料图", "注：", "注:", "▲", "△", "▼", "▽", "↑", "（图", "(图")
_LONGEST_CAPTION = 80
_LONGEST_HEADING, _LONGEST_SUBHEADING = 80, 24
_PARTING = re.compile(f"{BREAK}[^\\S{BREAK}]*{BREAK}|\u3000\u3000")
_CELL_JOINT = " | "
# What ends a sentence, and the share of lines that must end with it for a break to end a paragraph.
_SENTENCE_ENDS, _MOSTLY = frozenset('。！？!?….”」』》）)"'), 0.8
# How many elements, one in the other, name a security each.
_NEAR = 8


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
                for line in _lines_of(piece):
                    self._keep(clean(line), heading)

    def line(self, text: str) -> bool:
        """Add a text that is a paragraph by itself, with nothing before it; False if it needs a closer look."""
        if not text.isprintable() or self.bold or self.fresh or "&" in text or self.kind == "caption":
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
        elif kind == "caption" and self.images and self.paragraphs and self.paragraphs[-1].kind == "caption":
            # A caption of several lines: the credit stands below it.
            image = self.images[-1]
            image.caption = f"{image.caption} {line}" if image.caption else line
        self.paragraphs.append(Paragraph(without_anchor(line) if kind == "heading" else line, kind))

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


def _lines_of(text: str) -> list[str]:
    """Part a text at its single breaks, where nearly all lines before one are whole sentences; else it is one line.

    A short line behind a whole one is a heading.
    """
    if BREAK not in text:
        return [text]
    lines = [line for line in text.split(BREAK) if line and not line.isspace()]
    whole, before = 0, False
    for line in lines[:-1]:
        ends = line.rstrip()[-1] in _SENTENCE_ENDS
        whole += ends or (before and len(line.strip()) <= _LONGEST_SUBHEADING)
        before = ends
    return lines if whole and whole >= _MOSTLY * (len(lines) - 1) else [text]


def is_told_by_words(caption: str) -> bool:
    """Return whether a caption begins as captions do, so that its words alone may have made it one."""
    return caption.startswith((*_CREDITS, *_CAPTIONS))


def _is_heading(line: str) -> bool:
    return len(line) <= _LONGEST_HEADING and line[-1] not in "。；，"


@dataclass(slots=True)
class Blocks:
    """What an element holds: its paragraphs and pictures in document order.

    `links` are the paragraphs that hold nothing but links: their number -> address and text of each. `head` is the text
    that stands before the title.
    """

    paragraphs: list[Paragraph] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    links: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    head: str = ""


def read_blocks(
    root: Element,
    base_url: str,
    skip: Container[int] = (),
    *,
    title: int = 0,
    credits_: Container[int] = (),
    mentions: Mentions | None = None,
) -> Blocks:
    """Read the paragraphs and pictures inside `root`; elements in `skip` are left out with all they hold.

    `base_url` completes the addresses of pictures. Elements are named by their `mem_id`: `title` is the headline, and
    what stands before it directly in `root` is no text; `credits_` are lines of credit. Securities that are marked in
    the text and in these lines are counted in `mentions`. Time is linear in the size of the tree.
    """
    walker = _Walker(base_url, skip, title, credits_, mentions)
    walker.walk(root)
    builder = walker.builder
    return Blocks(builder.paragraphs, builder.images, walker.links, walker.head)


# What an element does to the text in it.
_INLINE, _CAPTION, _BLOCK, _PART, _BOLD, _LINK, _BREAK, _PICTURE, _SILENT, _TEXT = range(10)
# A part of a text says what it is (a heading, a cell); a plain block only that it is a paragraph.
_PARTS = (*KINDS, *CELLS, "tr")
_DOES: dict[str, int] = {
    **dict.fromkeys(BLOCKS, _BLOCK),
    **dict.fromkeys(_PARTS, _PART),
    **dict.fromkeys(BOLD, _BOLD),
    **dict.fromkeys(SILENT, _SILENT),
    "a": _LINK,
    "br": _BREAK,
    "img": _PICTURE,
    TEXT: _TEXT,
}
_DOES_BY_NUMBER = {tag_numbers()[tag]: does for tag, does in _DOES.items()}

#: An element that is being read: what it does, its tag where that matters, the kind of text around it, where in the
#: paragraph it began, its address, the security that it names.
_Open = tuple["Element", int, str, "ParagraphKind", int, str, "tuple[str, str] | None"]


class _Walker:
    """Goes over the elements once and tells a builder what it sees.

    It keeps its own stack: a page may nest deeper than Python's.
    """

    __slots__ = ("anchors", "base_url", "builder", "credits", "head", "links", "mentions", "named", "skip", "title")

    def __init__(
        self, base_url: str, skip: Container[int], title: int, credits_: Container[int], mentions: Mentions | None
    ) -> None:
        self.base_url = base_url
        self.skip = skip
        self.title = title
        self.credits = credits_
        self.mentions = mentions
        self.builder = ParagraphBuilder()
        self.anchors: list[tuple[int, int, str]] = []
        self.links: dict[int, list[tuple[str, str]]] = {}
        self.named: list[tuple[str, str]] = []  # the securities that open elements name
        self.head = ""

    def walk(self, root: Element) -> None:  # noqa: C901 - the one loop over all elements
        builder, does_of, skip = self.builder, _DOES_BY_NUMBER.get, self.skip
        parts = builder.parts
        opened: list[_Open] = [self._open(root, does_of(root.tag_id, _INLINE), {})]
        node = root.first_child
        while True:
            while node is None:
                last = opened.pop()
                if last[1] or last[6]:
                    self._close(last)
                if not opened:
                    return
                node = last[0].next
            does = does_of(node.tag_id, _INLINE)
            if does == _TEXT:
                if parts or not node.is_empty_text_node:
                    builder.add(node.text_content or "")
            elif does < _BREAK and (inner := node.first_child) is not None:
                attributes = node.attributes
                if (attributes and is_hidden(attributes) and not is_opened(node)) or node.mem_id in skip:
                    self._leave_out(node, does, len(opened))
                # A block that holds nothing but a piece of text is by far the most frequent: no need to open it.
                elif (
                    does != _BLOCK
                    or parts
                    or (attributes and self._means_more(attributes))
                    or not inner.is_text_node
                    or inner.next is not None
                    or not builder.line(inner.text_content or "")
                ):
                    opened.append(self._open(node, does, attributes))
                    node = inner
                    continue
            elif does != _SILENT:
                self._single(node, does)
            node = node.next

    def _means_more(self, attributes: Mapping[str, str | None]) -> bool:
        """Return whether an element is more than a paragraph by its attributes."""
        return _is_caption(attributes) or (self.mentions is not None and security_of(attributes) is not None)

    def _single(self, element: Element, does: int) -> None:
        """Read an element that holds nothing."""
        if does == _BREAK:
            if not is_hidden(element.attributes):
                self.builder.add(BREAK)
            return
        if does == _PICTURE:
            self._image(element)
            return
        if self.mentions is not None and (attributes := element.attributes) and not is_hidden(attributes):
            self._count(attributes, self.mentions)
        if does in (_BLOCK, _PART):
            if self.builder.parts:
                self._flush()
            if element.tag in CELLS:
                self.builder.close_cell()

    def _leave_out(self, element: Element, does: int, depth: int) -> None:
        """Pass over an element; the headline ends what stands before the text."""
        number, builder = element.mem_id, self.builder
        if does in (_BLOCK, _PART) and builder.parts:
            self._flush()
        if number in self.credits and self.mentions is not None:
            count_mentions(element, self.mentions)
        if number == self.title and depth == 1 and (builder.parts or builder.paragraphs):
            self.head = " ".join([*(paragraph.text for paragraph in builder.paragraphs), *builder.parts])
            builder.paragraphs.clear()
            builder.images.clear()
            builder.parts.clear()
            self.anchors.clear()
            self.links.clear()

    def _image(self, element: Element) -> None:
        attributes = element.attributes
        if is_hidden(attributes) or element.mem_id in self.skip:
            return
        url = image_url(attributes, self.base_url)
        if url:
            self.builder.image(url, attributes.get("alt"))
        if self.mentions is not None:
            self._count(attributes, self.mentions)

    def _count(self, attributes: Mapping[str, str | None], mentions: Mentions) -> None:
        """Count the security that an element without content names, but not inside of one that names it."""
        security = security_of(attributes)
        if security is not None and security not in self.named:
            mentions.add(security)

    def _open(self, element: Element, does: int, attributes: Mapping[str, str | None]) -> _Open:
        builder = self.builder
        outer, href, tag, security = builder.kind, "", "", None
        if does == _BOLD:
            builder.bold += 1
        elif does == _LINK:
            href = (attributes.get("href") or "").strip()
        elif does > _CAPTION:
            if builder.parts:
                self._flush()
            if does == _PART:
                tag = element.tag or ""
                builder.kind = KINDS.get(tag, outer)
            if tag == "tr":
                builder.open_row()
        if attributes:
            if builder.kind is outer and _is_caption(attributes):
                builder.kind = "caption"
                does = does or _CAPTION
            if self.mentions is not None and (security := security_of(attributes)):
                self._name(security, self.mentions)
        return element, does, tag, outer, len(builder.parts), href, security

    def _name(self, security: tuple[str, str], mentions: Mentions) -> None:
        """Count a security, but not again inside of an element that names it."""
        if security not in self.named:
            mentions.add(security)
        self.named.append(security)

    def _close(self, closed: _Open) -> None:
        element, does, tag, outer, start, href, security = closed
        builder = self.builder
        if security is not None and self.mentions is not None:
            self.named.pop()
            if len(self.named) < _NEAR:
                self.mentions.name(security, line_of(element))
        if does == _BOLD:
            builder.bold -= 1
        elif does == _LINK:
            if start < len(builder.parts):
                self.anchors.append((start, len(builder.parts), href))
        elif does > _CAPTION:
            if builder.parts:
                self._flush()
            if tag == "tr":
                builder.close_row()
            elif tag in CELLS:
                builder.close_cell()
        builder.kind = outer

    def _flush(self) -> None:
        builder = self.builder
        if not self.anchors:
            builder.flush()
            return
        links, loose = self._links()
        number = len(builder.paragraphs)
        builder.flush()
        if not loose.strip(SEPARATORS) and len(builder.paragraphs) == number + 1:
            self.links[number] = links

    def _links(self) -> tuple[list[tuple[str, str]], str]:
        """Return address and text of the links in the paragraph that is being collected, and the text around them."""
        parts = self.builder.parts
        links: list[tuple[str, str]] = []
        loose: list[str] = []
        done = 0
        for start, end, href in self.anchors:
            loose += parts[done:start]
            links.append((href, clean("".join(parts[start:end]))))
            done = end
        loose += parts[done:]
        self.anchors.clear()
        return links, "".join(loose)


def count_mentions(element: Element, mentions: Mentions) -> None:
    """Count the securities that are marked in a line, but for those that an element around names already."""
    for inner in descendants(element):
        security = security_of(inner.attributes)
        if security and all(security_of(outer.attributes) != security for outer in islice(ancestors(inner), _NEAR)):
            mentions.add(security)
            mentions.name(security, line_of(inner))


def _is_caption(attributes: Mapping[str, str | None]) -> bool:
    name = attributes.get("class")
    if not name or ("aption" not in name and "ildunter" not in name and "ildtext" not in name):
        return False
    return CAPTION_NAME.search(name.lower()) is not None
