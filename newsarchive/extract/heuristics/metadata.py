"""What the head of a page says of its article: meta elements, the title element, JSON-LD."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Any

from newsarchive.extract.credits.bylines import find_bylines
from newsarchive.extract.heuristics.cards import card_of
from newsarchive.text import clean
from newsarchive.tree import attribute, select, text_in
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsarchive.models import Byline, Paragraph
    from newsarchive.tree import Element


#: field -> names (or properties, or itemprops) of meta elements that give it, the best first; compared in lower case.
META_NAMES = {
    "title": ("og:title", "twitter:title", "dc.title", "articletitle", "title"),
    "published": (
        "article:published_time", "og:published_time", "publishdate", "pubdate", "datepublished", "publish-date",
        "publish_date", "og:release_date", "weibo: article:create_at", "weibo:article:create_at", "og:time",
        "bytedance:published_time", "parsely-pub-date", "sailthru.date", "dcterms.created", "dc.date.issued",
        "dcterms.issued", "article.published", "article:published", "article:publish_date", "article:publication_date",
        "og:article:published_time", "og:publish_date", "pub_date", "pubtime", "publish_time", "publishtime",
        "published", "published_time", "published_at", "published_date", "published-date", "publication_date",
        "publicationdate", "date_published", "date.published", "originalpublicationdate", "rnews:datepublished",
        "citation_publication_date", "prism.publicationdate", "cxenseparse:recs:publishtime", "cxenseparse:publishtime",
        "shareaholic:article_published_time", "mediator_published_time", "vr:published_time", "bt:pubdate", "apub:time",
        "_pubtime", "firstpublishedtime", "video:release_date", "dc.date", "date", "dateupdate", "dc.created",
        "dcterms.date", "date_created", "datecreated", "created", "createdate", "displaydate", "release_date",
        "timestamp",
    ),
    "modified": ("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified"),
    "source": (
        "source", "mediaid", "contentsource", "article:source", "og:source", "dc.source", "sourcename", "news_source",
    ),
    "author": (
        "author", "article:author", "og:article:author", "og:author", "dc.creator", "dc:creator", "parsely-author",
        "sailthru.author", "twitter:author", "cxenseparse:author", "byl",
    ),
    "digest": ("description", "og:description", "dc.description"),
    "section": ("article:section", "og:article:section", "category", "columnname", "parsely-section"),
    "url": ("og:url",),
    "site": ("og:site_name", "application-name", "sitename"),
    "tier": ("article:content_tier",),
    "lang": ("og:locale", "language", "content-language"),
}  # fmt: skip
_FIELD_OF = {name: (key, rank) for key, names in META_NAMES.items() for rank, name in enumerate(names)}
#: How sites name dates of their own invention: of publication, and those that may be another one.
_PUBLISHED_NAME = re.compile(r"publish|public(?:ation|ado)|pub[-_.:]?(?:date|time|day)|(?:^|[:._-])p(?:date|time)$")
_DATED_NAME = re.compile(
    r"issued|creat(?:ed|ion)|upload|releas|available|posted|(?:article|news|story|post|item)[-_.]?(?:date|time)"
    r"|(?:^|[:._-])date(?:time)?$"
)
_OTHER_NAME = re.compile(
    r"modif|updat|expir|unpub|publisher|valid|crawl|build|revis|last|end|start|until|event|birth|embargo|review|archiv"
    r"|next|copyright|index"
)
_DATE_IN_FULL = re.compile(
    r"(?:19|20)[0-9]{2}([-/.]?)(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12][0-9]|3[01])(?:[0-9]{4,6})?(?![0-9])"
)
#: The elements that tell something of the page.
_TELLING = "meta, title, link[rel=canonical i], script[type*='ld+json' i]"


@dataclass(slots=True)
class Head:
    """The head's answers. `meta` maps a field to (rank, name, content), best first; `card` is the article's JSON-LD."""

    title: str = ""
    lang: str | None = None
    canonical: str | None = None
    meta: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)
    card: dict[str, Any] = field(default_factory=dict)

    def first(self, key: str) -> str | None:
        """Return the best meta content of a field, or None."""
        found = self.meta.get(key)
        return found[0][2] if found else None

    def names(self, text: str) -> bool:
        """Return whether a text is what the page calls its site."""
        return text.casefold() == (self.first("site") or "").casefold()

    def is_named_by(self, card: dict[str, Any]) -> bool:
        """Return whether an object of JSON-LD is about this page, by its address or its headline."""
        own = {address for address in (self.canonical, self.first("url")) if address}
        page = card.get("mainEntityOfPage")
        addresses = (card.get("url"), page.get("@id") if isinstance(page, dict) else page)
        if any(isinstance(address, str) and address.strip() in own for address in addresses):
            return True
        headline = card.get("headline")
        said = (self.title, *(text for _, _, text in self.meta.get("title", ())))
        return isinstance(headline, str) and any(text.startswith(clean(unescape(headline))) for text in said if text)


def read_head(root: Element) -> Head:
    """Read meta, title and link elements and JSON-LD, wherever they stand."""
    head = Head(lang=attribute(root, "lang") or attribute(root, "xml:lang") or None)
    cards: list[Element] = []
    for element in select(_TELLING, root):
        tag = element.tag
        if tag == "meta":
            _read_meta(element, head)
        elif tag == "script":
            cards.append(element)
        elif tag == "title":
            head.title = head.title or clean(text_in(element))
        elif head.canonical is None:
            head.canonical = attribute(element, "href").strip() or None
    for found in head.meta.values():
        found.sort(key=lambda entry: entry[0])
    head.card = card_of(map(text_in, cards), head.is_named_by) if cards else {}
    return head


def _read_meta(element: Element, head: Head) -> None:
    attributes = element.attributes
    content = attributes.get("content") or attributes.get("value")
    if not content:
        return
    for key in ("name", "property", "itemprop", "http-equiv"):
        value = attributes.get(key)
        name = value.strip().lower() if value else ""
        known = _FIELD_OF.get(name) or (_named_like_date(name) if _DATE_IN_FULL.match(content) else None)
        if known:
            content = clean(content)
            if content:
                head.meta.setdefault(known[0], []).append((known[1], name, content))
            return


def _named_like_date(name: str) -> tuple[str, int] | None:
    """Return the field of a meta element whose name nobody else uses and whose content is a date; behind all others."""
    if _OTHER_NAME.search(name):
        return None
    if _PUBLISHED_NAME.search(name):
        return "published", len(META_NAMES["published"])
    return ("dated", 0) if _DATED_NAME.search(name) else None


#: Who is named in the first and last paragraphs wrote the article; who is named in between may be anybody.
_FIRST, _LAST = 6, 4
#: Longer lines around the article are texts of other articles.
_LONGEST_LINE = 80
#: A path to the article (首页 > 财经 > 正文).
_PATH = re.compile(r"\s*(?:(?<![=-])>>?|»|›|＞|→)\s*")
_WORD = re.compile(r"\w\w")
_NO_SECTION = frozenset(("正文", "首页", "新闻", "资讯", "内容", "文章", "详情", "home", "article"))
_LONGEST_SECTION = 16
_LOCKED = frozenset(("locked", "metered", "paid", "premium"))
_WALL = re.compile(
    r"(?:登录|登錄|订阅|訂閱|付费|付費|开通会员|成为会员|購買)后?(?:可|即可|才能)?(?:继续)?(?:阅读|閱讀|查看)(?:全文|更多|剩余|完整)?|本文为付费|以下内容需|剩余\s?[0-9]{1,3}%"
    r"|subscribe to (?:continue|read)|to (?:continue|keep) reading|this (?:article|content) is for subscribers"
)


def find_people(paragraphs: Sequence[Paragraph], around: Sequence[str]) -> list[Byline]:
    """List who wrote and edited the article: named by its first and last paragraphs and the lines around it."""
    texts = [paragraph.text for paragraph in paragraphs]
    if len(texts) > _FIRST + _LAST:
        texts = texts[:_FIRST] + texts[-_LAST:]
    return find_bylines([*texts, *(text for text in around if len(text) <= _LONGEST_LINE)])


def find_section(head: Head, before: Sequence[str]) -> tuple[str, str] | None:
    """Return the section that the head names, else the last step of the path before the headline, with its place."""
    named: Any = head.card.get("articleSection") or head.first("section")
    if isinstance(named, list):
        named = named[0] if named else None
    if isinstance(named, str) and clean(named):
        return clean(named[:100]), "head"
    for text in before:
        steps = _PATH.split(text[:200]) if len(text) <= 200 else []
        if len(steps) > 1:
            for step in reversed(steps):
                if _WORD.search(step) and step.lower() not in _NO_SECTION and len(step) <= _LONGEST_SECTION:
                    return step, "path before the headline"
    return None


def find_address(head: Head, base_url: str) -> tuple[str, str] | None:
    """Return the canonical address that the page declares for itself, and where it does."""
    for link, rule in ((head.canonical, "link canonical"), (head.first("url"), "og:url")):
        address = absolute_url(link[:2000], base_url, keep_fragment=True) if link else None
        if address:
            return address, rule
    return None


def is_walled(head: Head, around: Sequence[str]) -> bool:
    """Return whether the page gives only a part of the article to readers who do not pay or log in."""
    if str(head.card.get("isAccessibleForFree", "")).strip().lower() == "false":
        return True
    if (head.first("tier") or "").lower() in _LOCKED:
        return True
    return _WALL.search("\n".join(text for text in around if len(text) < 120)) is not None
