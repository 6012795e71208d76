"""JSON-LD: which of a page's objects tells of its article, and what that one says in plain words."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from newsarchive.extract.literals import read_json_as_printed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_ARTICLE_TYPES = frozenset(
    (
        "article", "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle", "blogposting",
        "reviewnewsarticle", "socialmediaposting", "liveblogposting", "report", "scholarlyarticle", "techarticle",
        "advertisercontentarticle", "backgroundnewsarticle", "discussionforumposting", "webpage",
    )
)  # fmt: skip
#: The page that an article is on says less of it, and so does a reader, in however many words.
_LESSER_TYPES = frozenset(("webpage", "discussionforumposting"))
#: A block larger than this (characters) is no article's card; so many objects are looked at.
_LONGEST_CARD, _MOST_NODES = 400_000, 1000
_VOCABULARY = re.compile(r"^.*[/:#]", re.DOTALL)
#: Values that may refer to another object by its id, and those in which pages write the entities of HTML.
_REFERRING = ("author", "creator", "publisher")
_PRINTED = (*_REFERRING, "headline", "articleSection")
_DATES = ("datePublished", "dateCreated", "dateModified", "uploadDate")
_DEEPEST = 4


def card_of(scripts: Iterable[str], is_own: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return the object that describes the page's article ({} when there is none).

    `is_own` says of an object whether it names the page itself: some pages have a card for each article that they link.
    """
    nodes = [node for text in scripts if len(text) <= _LONGEST_CARD for node in _nodes_in(read_json_as_printed(text))]
    articles = [(kinds, node) for node in nodes if (kinds := _types_of(node) & _ARTICLE_TYPES)]
    if not articles:
        return {}
    several = len(articles) > 1
    _, card = max(articles, key=lambda one: (not one[0] <= _LESSER_TYPES, several and is_own(one[1]), len(one[1])))
    return _in_full(card, nodes)


def _nodes_in(data: object) -> Iterator[dict[str, Any]]:
    """Yield the objects at the top, in a list, or in an @graph."""
    queue, seen = [data], 0
    while queue and seen < _MOST_NODES:
        value = queue.pop()
        seen += 1
        if isinstance(value, list):
            queue.extend(value[:_MOST_NODES])
        elif isinstance(value, dict):
            yield value
            queue.extend(value[key] for key in ("@graph", "mainEntity", "hasPart") if key in value)


def _types_of(node: dict[str, Any]) -> set[str]:
    """Return an object's types without the vocabulary that they are from, in small letters."""
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return {_VOCABULARY.sub("", name[:200]).lower() for name in names if isinstance(name, str)}


def _in_full(card: dict[str, Any], nodes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a card with what it refers to, without entities of HTML, and with plain dates."""
    named: dict[str, dict[str, Any]] = {}
    for node in nodes:
        if isinstance(node.get("@id"), str) and node.get("name"):
            named.setdefault(node["@id"], node)
    full = dict(card)
    for key in _REFERRING:
        said = card.get(key)
        if isinstance(said, list):
            full[key] = [_referred(one, named) for one in said]
        elif said:
            full[key] = _referred(said, named)
    for key in _PRINTED:
        if key in full:
            full[key] = _without_entities(full[key])
    for key in _DATES:
        value = card.get(key)
        value = value[0] if isinstance(value, list) and value else value
        if value is not None:
            full[key] = value.get("@value") if isinstance(value, dict) else value
    return full


def _referred(said: Any, named: dict[str, dict[str, Any]]) -> Any:
    if isinstance(said, dict) and not said.get("name") and isinstance(said.get("@id"), str):
        return named.get(said["@id"], said)
    return said


def _without_entities(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return unescape(value) if "&" in value else value
    if depth >= _DEEPEST:
        return value
    if isinstance(value, list):
        return [_without_entities(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {key: _without_entities(one, depth + 1) for key, one in value.items()}
    return value
