"""Which selector finds the same thing on all example pages."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from newsarchive.sites.selectors import find_all, simple_selector

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.html import HtmlElement

# Names that say nothing of an article: numbers made by a machine.
_USELESS = re.compile(r"\d{3,}|^[\W_]*$|[^\w-]")
_ANCESTORS = 4
_MOST_CLASSES = 4


class Choice(NamedTuple):
    """A selector and on how many of the pages that have the value its first element is the right one."""

    selector: str
    right: int


def choose(roots: Sequence[HtmlElement], holders: Sequence[Sequence[HtmlElement]]) -> Choice | None:
    """Choose the selector that is right on most pages, finds least beside it, and is the plainest; None for none."""
    best: tuple[tuple[int, int, int], str] | None = None
    for place, selector in enumerate(dict.fromkeys(_candidates(holders))):
        found = [find_all(selector, root) for root in roots]
        right = sum(bool(hits) and hits[0] in held for hits, held in zip(found, holders, strict=True))
        score = (right, -sum(map(len, found)), -place)
        if right and (best is None or score > best[0]):
            best = (score, selector)
    return Choice(best[1], best[0][0]) if best else None


def _candidates(holders: Sequence[Sequence[HtmlElement]]) -> Iterator[str]:
    for held in holders:
        for element in held:
            yield from filter(_is_simple, _selectors(element))


def _selectors(element: HtmlElement) -> Iterator[str]:
    """Name an element by itself, then by what it stands in; the plainest first."""
    own = list(_names(element))
    yield from own
    for ancestor in list(element.iterancestors())[:_ANCESTORS]:
        for outer in _names(ancestor):
            yield from (f"{outer} {inner}" for inner in own)
    parent = element.getparent()
    if parent is not None:
        yield from (f"{outer} > {inner}" for outer in _names(parent) for inner in own)
    before = element.getprevious()
    if before is not None and isinstance(before.tag, str):
        yield from (f"{other} + {inner}" for other in _names(before) for inner in own)


def _names(element: HtmlElement) -> Iterator[str]:
    tag = element.tag
    if not isinstance(tag, str):
        return
    identity = element.get("id", "")
    if identity and not _USELESS.search(identity):
        yield f"#{identity}"
    classes = [name for name in element.get("class", "").split() if not _USELESS.search(name)][:_MOST_CLASSES]
    yield from (f"{tag}.{name}" for name in classes)
    yield from (f"{tag}.{one}.{other}" for one, other in combinations(classes, 2))
    yield tag


def _is_simple(selector: str) -> bool:
    try:
        simple_selector(selector)
    except ValueError:
        return False
    return True
