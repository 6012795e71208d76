"""How much markup a page may have: what is beyond any real page is refused before anything reads it.

What is large and may be real is tamed where it is parsed (`newsarchive.tree_bounds`); to tame what is larger takes long
by itself. This looks at bytes alone, in linear time, and knows no parser.
"""

from __future__ import annotations

import re
from collections import Counter

from newsarchive.tree_bounds import TAG_PIECE, VOID

#: The most elements of a page, levels of its tree, and attributes of one tag.
MOST_ELEMENTS, MOST_LEVELS, MOST_ATTRIBUTES = 600_000, 4_000, 1_000
# Bytes of a page that is too short to have too many levels, each of three bytes or more.
_FEW_BYTES = 3 * MOST_LEVELS
# Bytes of a page that is too short to have a tag whose attributes take long.
_SHORT = 64 * 1024

_TAG = re.compile(rb"<[a-zA-Z/][^\s/>]*+%b*+" % TAG_PIECE)
# A tag that may have too many attributes.
_CROWDED = re.compile(rb"<[a-zA-Z/][^\s/>]*+%b{%d,}+" % (TAG_PIECE, MOST_ATTRIBUTES))
_NAME = re.compile(rb"<(/?)([a-zA-Z][^\s/>]{0,40})")
_ATTRIBUTE = re.compile(rb"[^\s/>=\"']++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"']++)|(?!))?+")
# Elements whose content is no markup, and comments.
_RAW = re.compile(rb"<(script|style|textarea|title)(?=[\s/>])|<!--", re.IGNORECASE)
_ENDS = {name: re.compile(rb"</" + name, re.IGNORECASE) for name in (b"script", b"style", b"textarea", b"title")}
_COMMENT_END = re.compile(rb"-->")
# Elements that have no content, or that end where the next one of their kind begins: they make no level by themselves.
_FLAT = VOID | frozenset(b"p li dt dd option optgroup tr td th thead tbody tfoot colgroup rt rp html head body".split())


class TooComplexError(ValueError):
    """A page with more markup than any real page has; the message says of what, for people."""


def check_bounds(data: bytes) -> None:
    """Check that markup (in any charset of which ASCII is a part) can be parsed in time and memory that are sane.

    Raises:
        TooComplexError: it has too many elements, levels, or attributes in one tag.

    """
    if len(data) <= _FEW_BYTES:
        return
    signs = data.count(b"<")
    if signs > MOST_ELEMENTS:
        _refuse("elements", MOST_ELEMENTS)
    # Only a page of more elements than levels are allowed can have too many of these.
    if signs > MOST_LEVELS and _levels(data) > MOST_LEVELS and _levels(_without_raw(data)) > MOST_LEVELS:
        _refuse("levels of elements", MOST_LEVELS)
    # A sign of less in a script may look like a tag that is as long as the script: only then it is looked at closely.
    if len(data) > _SHORT and _has_long_tag(data) and _has_long_tag(_without_raw(data)):
        _refuse("attributes in one tag", MOST_ATTRIBUTES)


def _refuse(what: str, most: int) -> None:
    raise TooComplexError(f"more than {most:,} {what}")


def _has_long_tag(data: bytes) -> bool:
    # What seems to be a long tag may stand in the value of a shorter one.
    return _CROWDED.search(data) is not None and any(
        len(tag) > MOST_ATTRIBUTES and sum(1 for _ in _ATTRIBUTE.finditer(tag)) > MOST_ATTRIBUTES
        for tag in _TAG.findall(data)
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
    while (begin := _RAW.search(data, at)) is not None:
        # The start tag of a script is markup.
        start = _TAG.match(data, begin.start()) if begin[1] else None
        parts.append(data[at : start.end() if start else begin.start()])
        end = _ENDS[begin[1].lower()] if start else _COMMENT_END
        closed = end.search(data, start.end() if start else begin.end())
        if closed is None:
            return b"".join(parts)
        at = closed.start() if start else closed.end()
    parts.append(data[at:])
    return b"".join(parts)
