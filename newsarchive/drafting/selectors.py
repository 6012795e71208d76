"""Which selector finds the same thing on all example pages."""

from __future__ import annotations

import re
from itertools import combinations, islice
from typing import TYPE_CHECKING, NamedTuple

from newsarchive.tree import ancestors, attribute, select

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsarchive.tree import Element

# Names that say nothing of an article: numbers made by a machine, and hashes that the next build of the site changes.
_USELESS = re.compile(
    r"\d{3,}|^[\W_]*$|[^\w-]|^-?\d|(?:^|[-_])(?=[a-z\d]*\d[a-z])[a-z\d]{5,}(?:$|[-_])|^(?:css|jsx|sc)-",
    re.IGNORECASE,
)
# Tags that tell enough by themselves; of others, those that stand beside each other differ from page to page.
_TELLING = frozenset(("h1", "h2", "time", "article", "main"))
_TAG = re.compile(r"[a-z][a-z0-9-]*")
_ANCESTORS = 4
_MOST_CLASSES = 4


class Choice(NamedTuple):
    """A selector and on how many of the pages that have the value its first element is the right one."""

    selector: str
    right: int


def choose(roots: Sequence[Element], holders: Sequence[Sequence[Element]]) -> Choice | None:
    """Choose the selector that is right on most pages, finds least beside it, and is the plainest; None for none."""
    best: tuple[tuple[int, int, int], str] | None = None
    numbers = [{element.mem_id for element in held} for held in holders]
    for place, selector in enumerate(dict.fromkeys(filter(_is_telling, _candidates(holders)))):
        found = [select(selector, root) for root in roots]
        right = sum(bool(hits) and hits[0].mem_id in held for hits, held in zip(found, numbers, strict=True))
        score = (right, -sum(map(len, found)), -place)
        if right and (best is None or score > best[0]):
            best = (score, selector)
    return Choice(best[1], best[0][0]) if best else None


def _is_telling(selector: str) -> bool:
    """Return whether a selector names an element by more than plain tags such as `p + p`."""
    return "#" in selector or "." in selector or not _TELLING.isdisjoint(selector.split())


def _candidates(holders: Sequence[Sequence[Element]]) -> Iterator[str]:
    for held in holders:
        for element in held:
            yield from _selectors(element)


def _selectors(element: Element) -> Iterator[str]:
    """Name an element by itself, then by what it stands in; the plainest first."""
    own = list(_names(element))
    yield from own
    for ancestor in islice(ancestors(element), _ANCESTORS):
        for outer in _names(ancestor):
            yield from (f"{outer} {inner}" for inner in own)
    parent = element.parent
    if parent is not None:
        yield from (f"{outer} > {inner}" for outer in _names(parent) for inner in own)
    before = element.prev
    while before is not None and not before.is_element_node:
        before = before.prev
    if before is not None:
        yield from (f"{other} + {inner}" for other in _names(before) for inner in own)


def _names(element: Element) -> Iterator[str]:
    tag = element.tag or ""
    if not _TAG.fullmatch(tag):
        return
    identity = attribute(element, "id")
    if identity and not _USELESS.search(identity):
        yield f"#{identity}"
    classes = [name for name in attribute(element, "class").split() if not _USELESS.search(name)][:_MOST_CLASSES]
    yield from (f"{tag}.{name}" for name in classes)
    yield from (f"{tag}.{one}.{other}" for one, other in combinations(classes, 2))
    yield tag
