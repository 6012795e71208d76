"""Securities and boards that an article's markup names; never guessed from plain text.

The origin writes them in three forms, `1,600160` (market, code), `NIO|106|7` (code, market, type) and `K NIO|106|7`
(on the picture of a chart), and as links to `quote.eastmoney.com/unify/r/<market>.<code>`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from lxml import etree

from newsarchive.items import Mention
from newsarchive.reading.blocks import line_of

if TYPE_CHECKING:
    from collections.abc import Container

    from lxml.etree import _Element

#: A page without one of these byte strings names no security.
MARKS = (b"data-code", b"quote.eastmoney")

_MARKED = etree.XPath("descendant-or-self::*[@data-code or contains(@href, 'quote.eastmoney.com')]")
_COMMA = re.compile(r"\s*(\d{1,4}),([A-Za-z0-9._-]{1,20})\s*")
_BARS = re.compile(r"\s*(?:K\s+)?([A-Za-z0-9._-]{1,20})\|(\d{1,4})(?:\|[^|]*){0,3}\s*")
_LINK = re.compile(r"quote\.eastmoney\.com/(?:unify/)?r/(\d{1,4})\.([A-Za-z0-9_-]{1,20})(?![A-Za-z0-9_-])")


def read_mentions(root: _Element, skip: Container[_Element] = ()) -> list[Mention]:
    """Read the securities named inside `root`, in the order of their first mark, each once with its count.

    A link and the chart inside it, or a link and the span around it, count once. Codes keep their leading zeros.
    """
    found: dict[tuple[str, str], Mention] = {}
    last: tuple[tuple[str, str], _Element] | None = None
    for element in cast("list[_Element]", _MARKED(root)):
        key = _security(element)
        if key is None or _is_inside(element, skip):
            continue
        name = _name(element)
        if last and last[0] == key and _is_inside(element, (last[1],)):
            count = 0
        else:
            count, last = 1, (key, element)
        mention = found.setdefault(key, Mention(*key, name=name, count=0))
        mention.count += count
        mention.name = mention.name or name
    return list(found.values())


def _security(element: _Element) -> tuple[str, str] | None:
    code = element.get("data-code")
    if code:
        if match := _COMMA.fullmatch(code):
            return match[1], match[2]
        if match := _BARS.fullmatch(code):
            return match[2], match[1]
    if match := _LINK.search((element.get("href") or "")[:500]):
        return match[1], match[2]
    return None


def _name(element: _Element) -> str | None:
    return None if element.tag == "img" else line_of(element) or None


def _is_inside(element: _Element, others: Container[_Element]) -> bool:
    if not others:
        return False
    return any(other in others for other in (element, *element.iterancestors()))
