"""Pages that are made to exhaust a parser of HTML: how they are known, what is refused and what is taken out of them.

A browser's way of parsing takes time that grows with the square of tags (an element that is opened looks up to the top)
and of attributes (each is compared with those before it), and makes as many elements as there are tags times formatting
elements that were left open. All this looks at bytes alone, in linear time, and knows no parser.
"""

from __future__ import annotations

import re
from collections import Counter

#: What no real page has: the most elements of a page, levels of its tree, and attributes of one tag.
MOST_ELEMENTS, MOST_LEVELS, MOST_ATTRIBUTES = 600_000, 4_000, 1_000
# What a page may have before it is tamed. The largest of 575 news pages has 8,800 tags, the one with most formatting
# elements that differ 130 of them. Smaller pages than these few bytes or tags can do no harm.
_MOST_TAGS, _MOST_COPIES = 12_000, 1_500_000
_FEW_BYTES, _FEW_TAGS = 16_384, 2_400
#: Deeper elements are written without their tags.
_DEEPEST = 256

_FORMATTING_NAMES = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
_FORMATTING = frozenset(_FORMATTING_NAMES.encode().split(b"|"))
# The first letter is looked at by itself: most tags have another one.
_FORMATTING_TAG = re.compile(rb"<(?=[bcefinstu])(?:%b)[\s/][^>]*" % _FORMATTING_NAMES.encode(), re.IGNORECASE)
#: A piece of a tag behind its name. A quote opens a value behind an equals sign alone: a stray one in a tag does not
#: reach to the next of the page.
TAG_PIECE = rb"(?:[\s/]++|[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"']++)|(?!))?+|[=\"']|(?!))"
# A tag that may have too many attributes, which are one piece of two or three; and one whose attributes are left out.
_CROWDED = re.compile(rb"</?[a-zA-Z][^\s/>]*+%b{%d,}+" % (TAG_PIECE, MOST_ATTRIBUTES))
_OVERCROWDED = re.compile(rb"(<[a-zA-Z][^\s/>]*+)%b{%d,}+" % (TAG_PIECE, 2 * MOST_ATTRIBUTES))
# Only such a tag can be one: no `>` stands in it for long, or the first one stands in a value. Plain end tags and tags
# of up to three values, which most are, are told without a repeat: that takes a third less time. It is only looked for
# where `_end_of_tag` finds no certain end of a tag.
_VALUE = rb"(?:=\"[^\">]*+\"[^>=]*+%b|)"
_ODD = re.compile(
    rb"<(?!/[a-z0-9]*+>)/?[a-zA-Z](?:(?=[^>]{%d})|(?![^>=]*+%b>)"
    rb"(?![^>=]*+(?:=\s*+(?:\"[^\">]*+\"|'[^'>]*+'|(?![\"']))[^>=]*+|(?!))*+>))"
    % (2 * MOST_ATTRIBUTES, _VALUE % (_VALUE % (_VALUE % b"")))
)
# A tag with too many attributes has at least so many bytes: one for each and one between two.
_LEAST_CROWDED = 2 * MOST_ATTRIBUTES
# So many ends of tags are tried in as many bytes; so many blanks are looked over before a quote.
_MOST_ENDS, _MOST_BLANKS = 8, 40
# Bytes without a `<` in what looks like such a tag and is none: a script, which the parser may yet take for one.
_STRETCH = 8_192
_ATTRIBUTE = re.compile(rb"[^\s/>=\"']++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"']++)|(?!))?+")
_NAME = re.compile(rb"<(/?)([a-zA-Z][^\s/>]{0,40})")
_TAG = re.compile(rb"<(/?)([a-zA-Z][^\s/>]*+)%b*+>" % TAG_PIECE)
_BEGINNING = re.compile(rb"<[a-zA-Z/][^\s/>]*+%b*+" % TAG_PIECE)
# Bytes of a page that is too short to have a tag whose attributes take long.
_SHORT = 64 * 1024
#: Elements that have no content.
VOID = frozenset(b"area base br col embed hr img input link meta param source track wbr".split())
# Elements that hold no markup, whatever stands in them.
_RAW = frozenset(b"script style xmp iframe noembed noframes noscript textarea title".split())
# The most frequent of them, and comments.
_NO_MARKUP = re.compile(rb"<(script|style|textarea|title)(?=[\s/>])|<!--", re.IGNORECASE)
_ENDS = {name: re.compile(rb"</" + name, re.IGNORECASE) for name in (b"script", b"style", b"textarea", b"title")}
# Elements that have no content, or that end where the next one of their kind begins: they make no level by themselves.
_FLAT = VOID | frozenset(b"p li dt dd option optgroup tr td th thead tbody tfoot colgroup rt rp html head body".split())
# Elements that end where the next of their kind begins.
_ENDED_BY_NEXT = frozenset(b"p li dd dt option tr td th a".split())
# So many beginnings of tags without an end are looked at; the rest of such a page is text.
_MOST_UNENDED = 50


class TooComplexError(ValueError):
    """A page with more markup than any real page has; the message says of what, for people."""


def within_bounds(data: bytes, *, strict: bool = False) -> bytes:
    """Return a page as it is or, if it could exhaust a parser, without what would: its text stays. Time is linear.

    The page may be in any charset of which ASCII is a part.

    Raises:
        TooComplexError: `strict`, and it has more elements, levels, or attributes in one tag than any real page.

    """
    if len(data) <= _FEW_BYTES:
        return data
    tags = data.count(b"<")
    if strict and tags > MOST_ELEMENTS:
        _refuse("elements", MOST_ELEMENTS)
    if strict and tags > MOST_LEVELS and _levels(data) > MOST_LEVELS and _levels(_without_raw(data)) > MOST_LEVELS:
        _refuse("levels of elements", MOST_LEVELS)
    if len(data) > _SHORT and (crowded := _crowded_tags(data)):
        # A sign of less in a script may look like a tag that is as long as the script: only then it is looked closely.
        is_markup = _has_crowded_tag(_without_raw(data))
        if strict and is_markup:
            _refuse("attributes in one tag", MOST_ATTRIBUTES)
        if is_markup or any(map(_is_stretch, crowded)):
            data = _OVERCROWDED.sub(rb"\1", data)
    if tags <= _FEW_TAGS:
        return data
    if tags <= _MOST_TAGS and tags * len(set(_FORMATTING_TAG.findall(data))) <= _MOST_COPIES:
        return data
    return _Tamer(data).run()


def _refuse(what: str, most: int) -> None:
    raise TooComplexError(f"more than {most:,} {what}")


def _crowded_tags(data: bytes) -> list[bytes]:
    """List what may be tags with too many attributes, none inside another."""
    found: list[bytes] = []
    at = 0
    while at < len(data) - _LEAST_CROWDED:
        if end := _end_of_tag(data, at, at + _LEAST_CROWDED):
            at = end
            continue
        sign = data.find(b"<", at, at + _LEAST_CROWDED)
        odd = _ODD.search(data, sign, at + 2 * _LEAST_CROWDED) if sign >= 0 else None
        if odd is None or odd.start() >= at + _LEAST_CROWDED:
            at += _LEAST_CROWDED
            continue
        tag = _CROWDED.match(data, odd.start())
        at = tag.end() if tag else odd.end()
        if tag:
            found.append(tag[0])
    return found


def _end_of_tag(data: bytes, start: int, stop: int) -> int:
    """Return where all tags that begin behind `start` have ended, as near before `stop` as that is certain; 0: nowhere.

    A `>` ends a tag unless it stands in a value: then the last quote before it is one behind an equals sign.
    """
    for _ in range(_MOST_ENDS):
        stop = data.rfind(b">", start, stop)
        if stop < 0:
            return 0
        if not _may_open(data, data.rfind(b'"', start, stop), start) and not _may_open(
            data, data.rfind(b"'", start, stop), start
        ):
            return stop + 1
    return 0


def _may_open(data: bytes, quote: int, start: int) -> bool:
    """Return whether a quote at a place, -1 for none, may begin the value of an attribute."""
    if quote < 0:
        return False
    before = data[max(quote - _MOST_BLANKS, start) : quote].rstrip()
    return not before or before.endswith(b"=")


def _is_stretch(tag: bytes) -> bool:
    return any(len(part) >= _STRETCH and _OVERCROWDED.match(b"<" + part) for part in tag.split(b"<"))


def _has_crowded_tag(data: bytes) -> bool:
    # What seems to be a long tag may stand in the value of a shorter one.
    return any(
        len(tag) > MOST_ATTRIBUTES and sum(1 for _ in _ATTRIBUTE.finditer(tag)) > MOST_ATTRIBUTES
        for tag in _BEGINNING.findall(data)
    )


def _levels(data: bytes) -> int:
    """Return how deep the tree of a page may be, 0 where it cannot be too deep.

    An end tag closes an element of its name, and nothing else does.
    """
    if data.count(b"<") - data.count(b"</") <= MOST_LEVELS:
        return 0
    opened: Counter[bytes] = Counter()
    levels = deepest = 0
    for end, name in _NAME.findall(data):
        lower = name.lower()
        if lower in _FLAT:
            continue
        if not end:
            opened[lower] += 1
            levels += 1
            deepest = max(deepest, levels)
        elif opened[lower]:
            opened[lower] -= 1
            levels -= 1
    return deepest


def _without_raw(data: bytes) -> bytes:
    """Return the markup without what stands in it and is none: scripts, styles, comments."""
    parts: list[bytes] = []
    at = 0
    while (begin := _NO_MARKUP.search(data, at)) is not None:
        # The start tag of a script is markup.
        start = _BEGINNING.match(data, begin.start()) if begin[1] else None
        parts.append(data[at : start.end() if start else begin.start()])
        if start:
            end = _ENDS[begin[1].lower()].search(data, start.end())
            at = end.start() if end else len(data)
        else:
            closed = data.find(b"-->", begin.end())
            at = closed + 3 if closed >= 0 else len(data)
    parts.append(data[at:])
    return b"".join(parts)


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
