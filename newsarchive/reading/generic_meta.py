"""What the head of a page says of its article: meta elements, the title element, JSON-LD."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from newsarchive.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

#: field -> names (or properties, or itemprops) of meta elements that give it, the best first; compared in lower case.
META_NAMES = {
    "title": ("og:title", "twitter:title", "dc.title", "articletitle", "title"),
    "published": (
        "article:published_time", "og:published_time", "publishdate", "pubdate", "datepublished", "publish-date",
        "publish_date", "og:release_date", "weibo: article:create_at", "weibo:article:create_at", "og:time",
        "bytedance:published_time", "parsely-pub-date", "sailthru.date", "dcterms.created", "dc.date.issued",
        "dcterms.issued", "article.published", "apub:time", "_pubtime", "firstpublishedtime", "dc.date", "date",
        "dateupdate",
    ),
    "source": (
        "source", "mediaid", "contentsource", "article:source", "og:source", "dc.source", "sourcename", "news_source",
    ),
    "author": ("author", "article:author", "og:article:author", "dc.creator", "parsely-author", "byl"),
    "digest": ("description", "og:description", "dc.description"),
    "section": ("article:section", "og:article:section", "category", "columnname", "parsely-section"),
    "url": ("og:url",),
    "tier": ("article:content_tier",),
    "lang": ("og:locale", "language", "content-language"),
}  # fmt: skip
_FIELD_OF = {name: (key, rank) for key, names in META_NAMES.items() for rank, name in enumerate(names)}
_ARTICLE_TYPES = frozenset(
    (
        "article", "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle", "blogposting",
        "reviewnewsarticle", "socialmediaposting", "liveblogposting", "report", "scholarlyarticle", "techarticle",
        "advertisercontentarticle", "webpage",
    )
)  # fmt: skip
#: A JSON-LD block larger than this (characters) is no article's card.
_LONGEST_CARD = 400_000


@dataclass(slots=True)
class Head:
    """The head's answers. `meta` maps a field to (rank, name, content), best first; `card` is the article's JSON-LD."""

    title: str = ""
    lang: str | None = None
    canonical: str | None = None
    meta: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)
    card: dict[str, Any] = field(default_factory=dict)

    def first(self, key: str) -> str | None:
        """Give the best meta content of a field, or None."""
        found = self.meta.get(key)
        return found[0][2] if found else None


def read_head(root: _Element) -> Head:
    """Read meta, title and link elements and JSON-LD, wherever they stand."""
    head = Head(lang=root.get("lang") or root.get("xml:lang"))
    cards: list[_Element] = []
    for element in root.iter("meta", "title", "link", "script"):
        tag = element.tag
        if tag == "script":
            kind = element.get("type")
            if kind and "ld+json" in kind.lower():
                cards.append(element)
        elif tag == "meta":
            _read_meta(element, head)
        elif tag == "title":
            if not head.title:
                head.title = clean(element.text or "")
        elif head.canonical is None and (element.get("rel") or "").lower() == "canonical":
            head.canonical = (element.get("href") or "").strip() or None
    for found in head.meta.values():
        found.sort(key=lambda entry: entry[0])
    head.card = _read_cards(cards)
    return head


def _read_meta(element: _Element, head: Head) -> None:
    content = element.get("content")
    if not content:
        return
    for attribute in ("name", "property", "itemprop", "http-equiv"):
        value = element.get(attribute)
        name = value.strip().lower() if value else ""
        known = _FIELD_OF.get(name)
        if known:
            content = clean(content)
            if content:
                head.meta.setdefault(known[0], []).append((known[1], name, content))
            return


def _read_cards(scripts: Sequence[_Element]) -> dict[str, Any]:
    """Give the JSON-LD object that describes an article ({} when there is none); a broken block is passed over."""
    best: dict[str, Any] = {}
    for script in scripts:
        text = script.text or ""
        if len(text) > _LONGEST_CARD:
            continue
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        for card in _articles_in(data):
            if len(card) > len(best):
                best = card
    return best


def _articles_in(data: object) -> list[dict[str, Any]]:
    """List the article objects at the top, in a list, or in an @graph."""
    queue, found = [data], []
    while queue and len(queue) < 1000:
        value = queue.pop()
        if isinstance(value, list):
            queue.extend(value)
        elif isinstance(value, dict):
            kinds = value.get("@type")
            names = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(name, str) and name.lower() in _ARTICLE_TYPES for name in names):
                found.append(value)
            queue.extend(value[key] for key in ("@graph", "mainEntity") if key in value)
    return found
