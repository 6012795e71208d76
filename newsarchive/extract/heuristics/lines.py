"""One pass over a parsed page: its block elements and its printed lines as flat lists, in document order."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING

from newsarchive.extract.html import BLOCKS, SILENT

if TYPE_CHECKING:
    from lxml.etree import _Element

# How an element takes part in a line. From _BREAK on it prints nothing itself.
_INLINE, _LINK, _BLOCK, _BREAK, _EMPTY, _SILENT = range(6)
_KINDS: dict[object, int] = {
    **dict.fromkeys(BLOCKS, _BLOCK),
    **dict.fromkeys(SILENT, _SILENT),
    "a": _LINK,
    "br": _BREAK,
    "img": _EMPTY,
}


@dataclass(slots=True)
class PrintedLines:
    """A page as it reads.

    Block elements, by number: `element`, `parent` (a block's number, -1 at the top), and `first` and `last`: the lines
    inside it are `first` up to, without, `last`. Lines, by number: `text` with single blanks, `block` (the number of
    the innermost block around it), `linked` (how many of its characters are links; blanks count as printed).
    """

    element: list[_Element] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    block: list[int] = field(default_factory=list)
    linked: list[int] = field(default_factory=list)

    def end_line(self, parts: list[str], block: int, linked: int) -> None:
        """Add the line that consists of these parts, unless there is only white space in them."""
        text = " ".join("".join(parts).split())
        parts.clear()
        if text:
            self.text.append(text)
            self.block.append(block)
            self.linked.append(linked)


def read_lines(root: _Element) -> PrintedLines:  # noqa: C901, PLR0912, PLR0915 - the one loop over all elements: calls would cost as much as parsing
    """Walk a page once; time is linear in its elements, and deep nesting costs no recursion."""
    flow = PrintedLines()
    elements, parents, firsts, lasts, texts = flow.element, flow.parent, flow.first, flow.last, flow.text
    end_line, kind_of = flow.end_line, _KINDS.get
    body = root.find("body")
    top = root if body is None else body
    walk = top.iter()
    innermost = outside = top.getparent()
    opened: list[_Element | None] = [outside]
    kinds: list[int] = [_INLINE]
    parts: list[str] = []
    block, linked, in_link = -1, 0, 0
    for element in chain(walk, (None,)):
        parent = outside if element is None else element.getparent()
        while innermost is not parent:
            kind = kinds.pop()
            if kind == _BLOCK:
                if parts:
                    end_line(parts, block, linked)
                    linked = 0
                lasts[block] = len(texts)
                block = parents[block]
            elif kind == _LINK:
                in_link -= 1
            text = innermost.tail if innermost is not None else None
            if text:
                if not text.isspace():
                    parts.append(text)
                    if in_link:
                        linked += len(text)
                elif parts:
                    parts.append(" ")
            opened.pop()
            innermost = opened[-1]
        if element is None:
            break
        kind = kind_of(element.tag, _INLINE)
        if kind >= _BREAK:
            if kind == _BREAK and parts:
                end_line(parts, block, linked)
                linked = 0
            inside = len(element)
            if inside and kind == _SILENT:
                # Drawings have thousands of elements inside; nothing of them is looked at.
                deque(islice(walk, sum(1 for _ in element.iterdescendants())), maxlen=0)
            if not inside or kind == _SILENT:
                text = element.tail
                if text:
                    if not text.isspace():
                        parts.append(text)
                        if in_link:
                            linked += len(text)
                    elif parts:
                        parts.append(" ")
                continue
        opened.append(element)
        kinds.append(kind)
        innermost = element
        if kind == _BLOCK:
            if parts:
                end_line(parts, block, linked)
                linked = 0
            elements.append(element)
            parents.append(block)
            firsts.append(len(texts))
            block = len(lasts)
            lasts.append(-1)
        elif kind == _LINK:
            in_link += 1
        elif kind:
            continue
        text = element.text
        if text and not text.isspace():
            parts.append(text)
            if in_link:
                linked += len(text.strip())
    if parts:
        end_line(parts, block, linked)
    return flow
