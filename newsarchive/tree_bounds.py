"""Pages that are made to exhaust a parser of HTML: how they are known, and what is taken out of them.

A browser's way of parsing takes time that grows with the square of tags (an element that is opened looks up to the top)
and of attributes (each is compared with those before it), and makes as many elements as there are tags times formatting
elements that were left open.
"""

from __future__ import annotations

import re

# What a page may have before it is tamed. The largest of 575 news pages has 8,800 tags, the one with most formatting
# elements that differ 130 of them. Smaller pages than these few bytes or tags can do no harm.
_MOST_TAGS, _MOST_COPIES = 12_000, 1_500_000
_FEW_BYTES, _FEW_TAGS = 16_384, 2_400
#: Deeper elements are written without their tags.
_DEEPEST = 256
# A tag with thousands of attributes has more bytes than this without a `<`, or is one of too many tags.
_STRETCH = 8_192

_FORMATTING_NAMES = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
_FORMATTING = frozenset(_FORMATTING_NAMES.encode().split(b"|"))
# The first letter is looked at by itself: most tags have another one.
_FORMATTING_TAG = re.compile(rb"<(?=[bcefinstu])(?:%b)[\s/][^>]*" % _FORMATTING_NAMES.encode(), re.IGNORECASE)
#: A piece of a tag behind its name. A quote opens a value behind an equals sign alone: a stray one in a tag does not reach
#: to the next of the page.
TAG_PIECE = rb"(?:[\s/]++|[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"']++)|(?!))?+|[=\"']|(?!))"
_CROWDED = re.compile(rb"(<[a-zA-Z][^\s/>]*+)%b{2000,}+" % TAG_PIECE)
_TAG = re.compile(rb"<(/?)([a-zA-Z][^\s/>]*+)%b*+>" % TAG_PIECE)
#: Elements that have no content.
VOID = frozenset(b"area base br col embed hr img input link meta param source track wbr".split())
# Elements that hold no markup, whatever stands in them.
_RAW = frozenset(b"script style xmp iframe noembed noframes noscript textarea title".split())
# Elements that end where the next of their kind begins.
_ENDED_BY_NEXT = frozenset(b"p li dd dt option tr td th a".split())
# So many beginnings of tags without an end are looked at; the rest of such a page is text.
_MOST_UNENDED = 50


def within_bounds(data: bytes) -> bytes:
    """Return a page as it is or, if it could exhaust a parser, without what would: its text stays. Time is linear."""
    if len(data) <= _FEW_BYTES:
        return data
    if _has_long_tag(data):
        data = _CROWDED.sub(rb"\1", data)
    tags = data.count(b"<")
    if tags <= _FEW_TAGS:
        return data
    if tags <= _MOST_TAGS and tags * len(set(_FORMATTING_TAG.findall(data))) <= _MOST_COPIES:
        return data
    return _Tamer(data).run()


def _has_long_tag(data: bytes) -> bool:
    """Return whether there is a tag with thousands of attributes: look where no `<` stands for long."""
    for start in range(0, len(data), _STRETCH):
        if data.find(b"<", start, start + _STRETCH) < 0 and _CROWDED.match(data, max(data.rfind(b"<", 0, start), 0)):
            return True
    return False


class _Tamer:
    """Writes a page anew: elements that end in turn, at most 256 deep, and no formatting elements."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.pieces: list[bytes] = []
        self.open: list[bytes] = []
        self.unended = 0

    def run(self) -> bytes:
        data, pieces = self.data, self.pieces
        at = 0
        while (sign := data.find(b"<", at)) >= 0 and self.unended < _MOST_UNENDED:
            pieces.append(data[at:sign])
            match = _TAG.match(data, sign)
            if match is not None:
                at = self._take(match)
            elif data[sign + 1 : sign + 2] in b"!?":
                at = self._skip(sign)
            else:
                self.unended += data[sign + 1 : sign + 2].isalpha()
                pieces.append(b"&lt;")
                at = sign + 1
        pieces.append(data[at:].replace(b"<", b"&lt;") if at < len(data) else b"")
        return b"".join(pieces)

    def _skip(self, sign: int) -> int:
        """Return where a comment or a declaration ends that begins here."""
        if self.data.startswith(b"<!--", sign):
            end = self.data.find(b"-->", sign)
            return end + 3 if end >= 0 else len(self.data)
        end = self.data.find(b">", sign)
        if self.data[sign : sign + 9].lower() == b"<!doctype":
            self.pieces.append(self.data[sign : end + 1])
        return end + 1 if end >= 0 else len(self.data)

    def _take(self, match: re.Match[bytes]) -> int:
        """Write a tag, if it is to be written; return where what follows it begins."""
        name = match[2].lower()
        if match[1]:
            self._close(name)
        elif name in _RAW:
            end = self._end_of_raw(name, match.end())
            self.pieces += (match[0], self.data[match.end() : end], b"</", name, b">")
            return end
        elif name not in _FORMATTING:
            if name in _ENDED_BY_NEXT and self._stands_open(name):
                self._close(name)
            if name in VOID:
                self.pieces.append(match[0])
            elif len(self.open) < _DEEPEST:
                self.open.append(name)
                self.pieces.append(match[0])
        return match.end()

    def _stands_open(self, name: bytes) -> bool:
        return name in self.open if name == b"a" else self.open[-1:] == [name]

    def _close(self, name: bytes) -> None:
        """End an element and all in it; an end without a beginning is left out."""
        if name not in self.open:
            return
        inner = b""
        while inner != name:
            inner = self.open.pop()
            self.pieces += (b"</", inner, b">")

    def _end_of_raw(self, name: bytes, start: int) -> int:
        found = re.compile(rb"</%b(?![^\s/>])" % name, re.IGNORECASE).search(self.data, start)
        return found.start() if found else len(self.data)
