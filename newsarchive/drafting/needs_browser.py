"""Whether a page shows anything without its scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.tree import body_of, children, select, text_in

if TYPE_CHECKING:
    from newsarchive.tree import Element

#: Characters of text, and links, below which a page with scripts is an empty frame that they fill.
_LITTLE_TEXT, _FEW_LINKS = 120, 5
_NO_TEXT = frozenset(("script", "style", "noscript", "template", "iframe", "svg", "head"))


def needs_browser(root: Element) -> bool:
    """Return whether a page has scripts, and hardly any text or link without them."""
    if not select("script", root) or len(select("a[href]", root)) >= _FEW_LINKS:
        return False
    return len("".join(_texts(body_of(root)))) < _LITTLE_TEXT


def _texts(element: Element) -> list[str]:
    texts: list[str] = []
    waiting = [element]
    while waiting and sum(map(len, texts)) < _LITTLE_TEXT:
        here = waiting.pop()
        if here.is_element_node:
            waiting += [child for child in children(here) if child.tag not in _NO_TEXT]
        else:
            texts.append("".join(text_in(here).split()))
    return texts
