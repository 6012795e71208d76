"""One pass over a parsed page: its block elements and its printed lines as flat lists, in document order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsarchive.extract.html import BLOCKS, SILENT
from newsarchive.tree import TEXT, body_of, tag_numbers

if TYPE_CHECKING:
    from newsarchive.tree import Element

# How an element takes part in a line. From _BREAK on it prints nothing itself.
_INLINE, _LINK, _BLOCK, _BREAK, _EMPTY, _SILENT, _TEXT = range(7)
_KINDS: dict[str, int] = {
    **dict.fromkeys(BLOCKS, _BLOCK),
    **dict.fromkeys(SILENT, _SILENT),
    "a": _LINK,
    "br": _BREAK,
    "img": _EMPTY,
    "tbody": _INLINE,  # every table has one, whether its page wrote it or not
    TEXT: _TEXT,
}
# The same by the number of the tag: this is asked of every element of a page.
_KIND_OF = {tag_numbers()[tag]: kind for tag, kind in _KINDS.items()}
_BLOCK_OF = {tag_numbers()[tag]: tag for tag, kind in _KINDS.items() if kind == _BLOCK}


@dataclass(slots=True)
class PrintedLines:
    """A page as it reads.

    Block elements, by number: `element` and its `tag`, `parent` (a block's number, -1 at the top), and `first` and
    `last`: the lines inside it are `first` up to, without, `last`. Lines, by number: `text` with single blanks, `block`
    (the number of the innermost block around it), `linked` (how many of its characters are links).
    """

    element: list[Element] = field(default_factory=list)
    tag: list[str] = field(default_factory=list)
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


def read_lines(root: Element) -> PrintedLines:  # noqa: C901, PLR0912, PLR0915 - the one loop over all elements: calls would cost as much as parsing
    """Walk a page once; time is linear in its elements, and deep nesting costs no recursion."""
    flow = PrintedLines()
    parents, lasts, texts = flow.parent, flow.last, flow.text
    end_line, kind_of = flow.end_line, _KIND_OF.get
    opened: list[tuple[Element, int]] = []
    parts: list[str] = []
    block, linked, in_link = -1, 0, 0
    node = body_of(root)
    while True:
        number = node.tag_id
        kind = kind_of(number, _INLINE)
        if kind == _TEXT:
            # Half of all pieces of text are the white space between two blocks.
            if parts or not node.is_empty_text_node:
                text = node.text_content or " "
                if not text.isspace():
                    parts.append(text)
                    if in_link:
                        linked += len(text.strip())
                elif parts:
                    parts.append(" ")
        elif kind < _BREAK:
            if kind == _BLOCK:
                if parts:
                    end_line(parts, block, linked)
                    linked = 0
                flow.element.append(node)
                flow.tag.append(_BLOCK_OF[number])
                parents.append(block)
                flow.first.append(len(texts))
                block = len(lasts)
                lasts.append(len(texts))
            inner = node.first_child
            if inner is not None:
                in_link += kind == _LINK
                opened.append((node, kind))
                node = inner
                continue
            if kind == _BLOCK:
                block = parents[block]
        elif kind == _BREAK and parts:
            end_line(parts, block, linked)
            linked = 0
        # Drawings and scripts are not gone into.
        following = node.next if opened else None
        while following is None:
            if not opened:
                return flow
            node, kind = opened.pop()
            if kind == _BLOCK:
                if parts:
                    end_line(parts, block, linked)
                    linked = 0
                lasts[block] = len(texts)
                block = parents[block]
            elif kind == _LINK:
                in_link -= 1
            following = node.next if opened else None
        node = following
