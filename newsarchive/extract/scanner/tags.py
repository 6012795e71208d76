"""Single tags of markup, taken apart once: pages repeat the same few tags thousands of times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from newsarchive.extract.html import (
    BLOCKS,
    BOLD,
    CELLS,
    KINDS,
    SILENT,
    is_hidden,
)
from newsarchive.extract.securities import security_of

if TYPE_CHECKING:
    from newsarchive.models import ParagraphKind

#: What a tag does: open or close an element, break a line, show a picture, or nothing (`hr`, comments).
OPEN, CLOSE, BREAK, IMAGE, NOTHING = range(5)

_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*)([^>]*)>")
_ATTRIBUTE = re.compile(r"([^\s=/\"'<>]+)(?:\s{0,99}=\s{0,99}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+)))?")
# The attributes of nearly all tags: names, and values in double quotes.
_PLAIN = re.compile(r'(?:\s++[\w:-]++="[^"]*+")*+\s*+/?')
_PLAIN_ATTRIBUTE = re.compile(r'([\w:-]+)="([^"]*)"')
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr")
)
_NO_ATTRIBUTES: dict[str, str] = {}


class UntidyError(Exception):
    """The markup is not plain enough to be read tag by tag."""


@dataclass(slots=True)
class Tag:
    """A tag: what it does (`act`), and what follows from its name and attributes.

    `empty` tells that an element has no end tag (`<span/>` in XML). `watched` tells that opening it needs more than a
    new line: it is silent, bold, a link, a security, gives its text a kind, or has to do with tables. `ordinary` is
    an element that is none of these, `inline` a link or bold text and nothing besides; `end` is the end tag.
    """

    act: int
    name: str
    attributes: dict[str, str]
    empty: bool = False
    block: bool = False
    silent: bool = False
    bold: bool = False
    cell: bool = False
    row: bool = False
    kind: ParagraphKind | None = None
    security: tuple[str, str] | None = None
    watched: bool = False
    ordinary: bool = False
    inline: bool = False
    end: str = ""


def read_tag(text: str, *, tidy: bool) -> Tag:
    """Parse one tag (`<p class="x">`, `</p>`, a comment).

    `tidy` is for markup that was rewritten as XML, where nothing is refused. Otherwise UntidyError is raised for
    what a browser would read in a way of its own.
    """
    match = _TAG.fullmatch(text)
    if match is None:
        if tidy or text.startswith(("<!", "<?")):
            return Tag(NOTHING, "", _NO_ATTRIBUTES)
        raise UntidyError
    closing, name, rest = match.groups()
    name = name.lower()
    if closing:
        return Tag(NOTHING if name in _VOID else CLOSE, name, _NO_ATTRIBUTES)
    attributes = _attributes(rest, tidy=tidy) if rest else _NO_ATTRIBUTES
    if name in _VOID:
        act = {"br": BREAK, "img": IMAGE}.get(name, NOTHING)
        hidden = bool(attributes) and is_hidden(attributes)
        found = Tag(NOTHING if hidden else act, name, attributes, empty=True, block=name in BLOCKS)
        found.security = security_of(attributes) if attributes and not hidden else None
        return found
    if rest.endswith("/") and not tidy:
        raise UntidyError
    tag = Tag(OPEN, name, attributes, empty=rest.endswith("/"))
    _look_up(tag)
    return tag


def _look_up(tag: Tag) -> None:
    name, attributes = tag.name, tag.attributes
    tag.block = name in BLOCKS
    tag.silent = name in SILENT or (bool(attributes) and is_hidden(attributes))
    tag.bold = name in BOLD
    tag.cell, tag.row = name in CELLS, name == "tr"
    tag.kind = KINDS.get(name)
    tag.security = security_of(attributes) if attributes else None
    tag.watched = bool(tag.silent or tag.bold or tag.cell or tag.row or tag.kind or tag.security or name == "a")
    tag.ordinary = not tag.watched and not tag.empty
    tag.inline = (tag.bold or name == "a") and not (tag.silent or tag.security or tag.empty)
    tag.end = f"</{name}>"


def _attributes(text: str, *, tidy: bool) -> dict[str, str]:
    if _PLAIN.fullmatch(text):
        pairs = _PLAIN_ATTRIBUTE.findall(text)
    elif not tidy and _ATTRIBUTE.sub("", text).strip(" \t\r\n\f/"):
        raise UntidyError
    else:
        pairs = [(name, double or single or bare) for name, double, single, bare in _ATTRIBUTE.findall(text)]
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name.lower(), unescape(value) if "&" in value else value)
    return found
