"""An element of a parsed page to paragraphs and pictures.

Text of inline tags is joined without blanks. Blocks, pairs of `<br>` and pairs of full-width spaces part paragraphs;
a single `<br>` inside a paragraph is a blank, as any other white space.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsarchive.extract.paragraphs import BREAK, ParagraphBuilder
from newsarchive.text import clean
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from lxml.etree import _Element

    from newsarchive.models import Image, Paragraph, ParagraphKind

#: Elements whose content is never text of an article.
SILENT = frozenset(
    (
        "script", "style", "template", "noscript", "iframe", "object", "embed", "video", "audio", "canvas", "svg",
        "math", "map", "select", "option", "datalist", "input", "button", "textarea", "head", "title", "meta", "link",
        "base",
    )
)  # fmt: skip
#: Elements that give a kind to the text in them.
KINDS: dict[object, ParagraphKind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "list"),
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    "blockquote": "quote",
}
#: Class names of captions that no element marks as such.
CAPTION_NAMES = frozenset(
    (
        "caption", "caption-text", "figcaption", "image-caption", "img-caption", "imgcaption", "media-caption",
        "photo-caption", "pic-caption", "picture-caption", "wp-caption-text", "image--caption", "media--caption",
    )
)  # fmt: skip
#: Elements that begin and end a line of their own.
BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table",
        "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    )
)  # fmt: skip
BOLD = frozenset(("b", "strong"))
CELLS = frozenset(("td", "th"))
# Where a picture's address stands; pages that load pictures late keep a placeholder in `src`.
_SOURCES = ("data-src", "data-original", "data-lazy-src", "src")


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
    return Blocks(walker.collector.paragraphs, walker.collector.images)


def line_of(element: _Element) -> str:
    """Return all the text of an element as one line; edges of blocks and `<br>` in it become blanks."""
    if not len(element):
        return clean(element.text or "")
    return clean("".join(_pieces(element)))


def is_hidden(attributes: Mapping[str, str]) -> bool:
    """Return whether an element's own attributes hide it (`display:none`, `hidden`)."""
    style = attributes.get("style")
    if style is not None and "none" in style.lower() and "display:none" in "".join(style.split()).lower():
        return True
    return attributes.get("hidden") is not None


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


def image_url(attributes: Mapping[str, str], base_url: str) -> str | None:
    """Return the full http(s) address of an `img`; None for pictures inside the page itself and broken addresses."""
    for name in _SOURCES:
        source = attributes.get(name)
        if source and not source.startswith("data:"):
            return absolute_url(source, base_url, keep_fragment=True)
    return None


def _pieces(root: _Element) -> Iterator[str]:
    """Yield the pieces of text that are printed inside an element, in order, with blanks where lines end."""
    stack = [(root, iter(root))]
    yield root.text or ""
    while stack:
        element, children = stack[-1]
        for child in children:
            if child.tag in BLOCKS or child.tag == "br":
                yield " "
            if isinstance(child.tag, str) and child.tag not in SILENT and not is_hidden(_attributes(child)):
                yield child.text or ""
                stack.append((child, iter(child)))
                break
            yield child.tail or ""
        else:
            stack.pop()
            if stack:
                yield (" " if element.tag in BLOCKS else "") + (element.tail or "")


def _attributes(element: _Element) -> Mapping[str, str]:
    return dict(element.items()) if element.attrib else {}


class _Walker:
    """Goes over the elements once and tells a collector what it sees.

    It keeps its own stack: a page may nest deeper than Python's.
    """

    __slots__ = ("base_url", "collector", "skip")

    def __init__(self, base_url: str, skip: Container[_Element]) -> None:
        self.base_url = base_url
        self.skip = skip
        self.collector = ParagraphBuilder()

    def walk(self, root: _Element) -> None:
        collector = self.collector
        stack: list[tuple[_Element, Iterator[_Element], ParagraphKind]] = []
        opened: _Element | None = root
        while opened is not None or stack:
            if opened is not None:
                stack.append((opened, iter(opened), collector.kind))
                self._open(opened)
            element, children, outer = stack[-1]
            opened = self._next_inside(children)
            if opened is None:
                stack.pop()
                self._close(element)
                collector.kind = outer
                text = element.tail if stack else None
                if text:
                    collector.add(text)

    def _next_inside(self, children: Iterator[_Element]) -> _Element | None:
        """Read elements that have no text inside, up to one that must be gone into (None: there is none)."""
        collector = self.collector
        for child in children:
            tag = child.tag
            if tag == "br":
                if not _is_hidden(child):
                    collector.add(BREAK)
            elif tag == "img":
                self._image(child)
            elif not (tag in SILENT or not isinstance(tag, str) or child in self.skip or _is_hidden(child)):
                return child
            text = child.tail
            if text:
                collector.add(text)
        return None

    def _image(self, element: _Element) -> None:
        attributes = dict(element.items())
        if element not in self.skip and not is_hidden(attributes):
            url = image_url(attributes, self.base_url)
            if url:
                self.collector.image(url, attributes.get("alt"))

    def _open(self, element: _Element) -> None:
        collector, tag = self.collector, element.tag
        if tag in BLOCKS:
            if tag == "tr":
                collector.open_row()
            elif collector.parts:
                collector.flush()
        elif tag in BOLD:
            collector.bold += 1
        kind = KINDS.get(tag)
        if kind:
            collector.kind = kind
        elif _is_caption(element):
            collector.kind = "caption"
        text = element.text
        if text:
            collector.add(text)

    def _close(self, element: _Element) -> None:
        collector, tag = self.collector, element.tag
        if tag in BLOCKS:
            if tag == "tr":
                collector.close_row()
            elif tag in CELLS:
                collector.close_cell()
            elif collector.parts:
                collector.flush()
        elif tag in BOLD:
            collector.bold -= 1
