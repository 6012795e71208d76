"""An element of a page to paragraphs and pictures.

Text of inline tags is joined without blanks. Blocks, pairs of `<br>` and pairs of full-width spaces part paragraphs;
a single `<br>` inside a paragraph is a blank, as any other white space.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from newsarchive.items import Image, Paragraph
from newsarchive.text import clean

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from lxml.etree import _Element

    from newsarchive.items import ParagraphKind

#: Elements whose content is never text of an article.
SILENT = frozenset(
    (
        "script", "style", "template", "noscript", "iframe", "object", "embed", "video", "audio", "canvas", "svg",
        "math", "map", "select", "option", "datalist", "input", "button", "textarea", "head", "title", "meta", "link",
        "base",
    )
)  # fmt: skip
#: Elements that give a kind to the text in them.
_KINDS: dict[str, ParagraphKind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "list"),
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    "blockquote": "quote",
}
#: Elements that begin and end a line of their own.
BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table",
        "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    )
)  # fmt: skip
_BOLD = frozenset(("b", "strong"))
_CELLS = frozenset(("td", "th"))
# Where a picture's address stands; pages that load pictures late keep a placeholder in `src`.
_SOURCES = ("data-src", "data-original", "data-lazy-src", "src")

#: Beginnings of a picture's credit; such a line is a caption wherever it stands.
_CREDITS = ("图片来源", "图源", "图片提供", "供图：", "制图：", "摄影：", "图片：", "图/", "图｜", "图丨")
#: Beginnings of a caption, only directly behind a picture.
_CAPTIONS = ("图为", "图：", "图:", "资料图", "注：", "注:", "▲", "△", "▼", "▽", "↑", "（图", "(图")
_LONGEST_CAPTION = 80
_LONGEST_HEADING = 80

# A `<br>` inside the text that is being collected: white space to everyone but us.
_BREAK = "\u2028"
_PARTING = re.compile(f"{_BREAK}[^\\S{_BREAK}]*{_BREAK}|\u3000\u3000")
_CELL_JOINT = " | "


@dataclass(slots=True)
class Blocks:
    """What an element holds: its paragraphs and pictures in document order."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)


def read_blocks(root: _Element, base_url: str, skip: Container[_Element] = ()) -> Blocks:
    """Read the paragraphs and pictures inside `root`; elements in `skip` are left out with all they hold.

    `base_url` completes the addresses of pictures. Time is linear in the size of the tree.
    """
    return _Walker(base_url, skip).walk(root)


def line_of(element: _Element) -> str:
    """Give all the text of an element as one line; edges of blocks and `<br>` in it become blanks."""
    if not len(element):
        return clean(element.text or "")
    return clean("".join(_pieces(element)))


def is_hidden(element: _Element) -> bool:
    """Tell whether an element's own attributes hide it (`display:none`, `hidden`)."""
    style = element.get("style")
    if style is not None and "none" in style.lower() and "display:none" in "".join(style.split()).lower():
        return True
    return element.get("hidden") is not None


def is_credit(text: str) -> bool:
    """Tell whether a line is a picture's credit (图片来源：X), which is a caption and never the article's source."""
    return len(text) <= _LONGEST_CAPTION and text.startswith(_CREDITS)


def image_url(element: _Element, base_url: str) -> str | None:
    """Give the full http(s) address of an `img`; None for pictures inside the page itself and broken addresses."""
    for name in _SOURCES:
        source = element.get(name)
        if source and not source.startswith("data:"):
            return full_url(source, base_url)
    return None


def full_url(link: str, base_url: str) -> str | None:
    """Complete a link and escape its blanks; None when it does not lead to http(s)."""
    try:
        url = urljoin(base_url, link.strip())
    except ValueError:
        return None
    return url.replace(" ", "%20") if url.startswith(("http://", "https://")) else None


def _pieces(root: _Element) -> Iterator[str]:
    """Give the pieces of text that are printed inside an element, in order, with blanks where lines end."""
    stack = [(root, iter(root))]
    yield root.text or ""
    while stack:
        element, children = stack[-1]
        for child in children:
            if child.tag in BLOCKS or child.tag == "br":
                yield " "
            if isinstance(child.tag, str) and child.tag not in SILENT and not is_hidden(child):
                yield child.text or ""
                stack.append((child, iter(child)))
                break
            yield child.tail or ""
        else:
            stack.pop()
            if stack:
                yield (" " if element.tag in BLOCKS else "") + (element.tail or "")


class _Walker:
    """Holds the paragraph that is being collected while one pass goes over the elements.

    The pass keeps its own stack: a page may nest deeper than Python's.
    """

    __slots__ = ("base_url", "blocks", "bold", "fresh", "kind", "parts", "plain", "skip")

    def __init__(self, base_url: str, skip: Container[_Element]) -> None:
        self.base_url = base_url
        self.skip = skip
        self.blocks = Blocks()
        self.parts: list[str] = []
        self.kind: ParagraphKind = "text"
        self.bold = 0  # how many bold elements are open
        self.plain = False  # is there text in `parts` that is not bold?
        self.fresh: list[Image] = []  # pictures since the last paragraph

    def walk(self, root: _Element) -> Blocks:
        stack: list[tuple[_Element, Iterator[_Element], ParagraphKind]] = [(root, iter(root), self.kind)]
        self.kind = _KINDS.get(str(root.tag), "text")
        self._add(root.text)
        while stack:
            element, children, outer = stack[-1]
            for child in children:
                if self._enter(child):
                    stack.append((child, iter(child), self.kind))
                    self.kind = _KINDS.get(str(child.tag), self.kind)
                    self._add(child.text)
                    break
                self._add(child.tail)
            else:
                stack.pop()
                self._leave(element)
                self.kind = outer
                if stack:
                    self._add(element.tail)
        return self.blocks

    def _enter(self, child: _Element) -> bool:
        """Read an element that has no elements inside; True for one that must be gone into."""
        tag = child.tag
        if not isinstance(tag, str) or tag in SILENT or child in self.skip or (child.attrib and is_hidden(child)):
            return False
        if tag == "p" and not len(child):
            self._paragraph(child)
        elif tag == "br":
            self.parts.append(_BREAK)
        elif tag == "img":
            self._image(child)
        elif tag == "tr" and _is_row(child):
            self._row(child)
        else:
            if tag in BLOCKS:
                self._flush()
            elif tag in _BOLD:
                self.bold += 1
            return True
        return False

    def _leave(self, element: _Element) -> None:
        if element.tag in BLOCKS:
            self._flush()
        elif element.tag in _BOLD:
            self.bold -= 1

    def _add(self, text: str | None) -> None:
        if text:
            self.parts.append(text)
            if not self.bold and not self.plain:
                self.plain = not text.isspace()

    def _paragraph(self, element: _Element) -> None:
        """Read a `p` with nothing but text in it: by far the most frequent element."""
        if self.parts:
            self._flush()
        text = element.text
        if text:
            self._emit(text, self.kind)

    def _flush(self) -> None:
        if self.parts:
            heading = not self.plain and self.kind == "text"
            text = "".join(self.parts)
            self.parts.clear()
            self._emit(text, self.kind, heading)
        self.plain = False

    def _emit(self, text: str, kind: ParagraphKind, heading: bool = False) -> None:
        # What parts paragraphs counts as unprintable: most texts need no second look.
        for piece in (text,) if text.isprintable() else _PARTING.split(text):
            line = clean(piece)
            if line:
                self._keep(line, "heading" if heading and _is_heading(line) else kind)

    def _keep(self, line: str, kind: ParagraphKind) -> None:
        if self.fresh or line[0] in "图供制摄":
            kind = self._caption(line, kind)
        self.blocks.paragraphs.append(Paragraph(line, kind))

    def _caption(self, line: str, kind: ParagraphKind) -> ParagraphKind:
        fresh, self.fresh = self.fresh, []
        behind = bool(fresh) and len(line) <= _LONGEST_CAPTION and line.startswith(_CAPTIONS)
        if not (kind == "caption" or behind or is_credit(line)):
            return kind
        for image in fresh:
            image.caption = line
        return "caption"

    def _image(self, element: _Element) -> None:
        url = image_url(element, self.base_url)
        if url:
            image = Image(url, clean(element.get("alt") or "") or None)
            self.blocks.images.append(image)
            self.fresh.append(image)

    def _row(self, row: _Element) -> None:
        self._flush()
        for image in row.iter("img"):
            self._image(image)
        cells = [line_of(cell) for cell in row if cell.tag in _CELLS and not is_hidden(cell)]
        if any(cells):
            self._keep(clean(_CELL_JOINT.join(cells)), "table")


def _is_heading(line: str) -> bool:
    return len(line) <= _LONGEST_HEADING and line[-1] not in "。；，"


def _is_row(row: _Element) -> bool:
    """Tell a row of values from one that only lays out the page: several cells, and no table inside."""
    return sum(cell.tag in _CELLS for cell in row) > 1 and next(row.iter("table"), None) is None
