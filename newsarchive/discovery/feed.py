"""Feeds: RSS 0.9 to 2.0, Atom, JSON Feed. The entries of one that holds whole texts are pages of their own."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urldefrag

from lxml import etree

from newsarchive.discovery.html_listing import ListedArticle, ListingPage, damage_of, too_many, without_address
from newsarchive.discovery.json_feed import atom_of_json
from newsarchive.discovery.link_header import links_of
from newsarchive.discovery.refresh import refresh_of
from newsarchive.extract.feed_entry import (
    CORE,
    entry_authors,
    entry_image,
    entry_text,
    entry_time,
    entry_title,
    plain_line,
)
from newsarchive.extract.payload import read_payload
from newsarchive.extract.xml import Document, base_of, child, children, name_of, parse_xml, text_of, vocabulary_of
from newsarchive.models import FEED_MARK, Category, Hints, Page
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from lxml.etree import _Element

    from newsarchive.sites import Site

_MOST_ENTRIES = 5_000
_ROOTS = frozenset(("rss", "rdf", "feed", "channel"))
_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
#: Types of what a reader opens in a browser; "" is a link that names none.
_READABLE = frozenset(("", "text/html", "application/xhtml+xml", "text/plain"))
#: Other forms of the feed or parts of it: what is linked as one of these is no article.
_NO_ARTICLE = ("audio/", "video/", "image/", "application/rss", "application/atom", "application/json", "text/xml")
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


@dataclass(slots=True)
class _Entry:
    """An entry, and the address under which it is an article: None where it names none."""

    element: _Element
    url: str | None
    identity: str | None


def read_feed(page: Page, site: Site) -> ListingPage:
    """Read a feed: its articles in the order of print, and the page after it or the archive before it (RFC 5005).

    Where the site file says that the feed is full, the entries themselves are given as pages with the role `feed`.
    Nothing is raised, whatever the bytes are.
    """
    payload = read_payload(page.body, page.headers.get("content-type"))
    document = atom_of_json(payload.text) or parse_xml(payload.text)
    return read_entries(document, payload.damage, page, site)


def read_entries(document: Document, damage: str | None, page: Page, site: Site) -> ListingPage:
    """Read the entries of a feed that is parsed; `damage` is what was lost before that."""
    listed = ListingPage(damage=damage or document.damage)
    root = document.root
    if root is None:
        return listed
    elements = entries_of(root)
    if not elements and name_of(root) not in _ROOTS:
        listed.damage = listed.damage or f"no feed, its root element is {name_of(root)}"
    # Later pages and archives of a feed are named as they like: they are full where all feeds of the site are.
    full = [feed for feed in site.feeds if feed.full]
    is_full = any(page.url.endswith(feed.path) for feed in full) or (bool(full) and len(full) == len(site.feeds))
    entries = [_Entry(element, *_address(element, page)) for element in elements[:_MOST_ENTRIES]]
    # Copies of one entry share an address, too: those alone count that differ in what they are known by.
    different = {(_plain(entry), entry.url, entry.identity or entry_title(entry.element)) for entry in entries}
    shared = Counter(plain for plain, _, _ in different)
    lost = 0
    for entry in entries:
        hints = _hints(entry.element, site.timezone, page)
        text = entry_text(entry.element) if is_full else None
        url = _own_url(entry, shared, text, page) if text else _plain(entry)
        if url is None:
            lost += 1
            continue
        listed.articles.append(ListedArticle(url, hints))
        if text:
            listed.pages.append(_page(entry.element, url, page, hints))
    listed.damage = damage_of(
        len(entries) - lost, listed.damage, too_many(len(elements), _MOST_ENTRIES), without_address(lost)
    )
    related = _related(root, page)
    listed.next_url = related.get("next") or related.get("prev-archive")
    listed.hub = related.get("hub")
    listed.refresh = refresh_of(root, page.headers, page.fetched_at)
    return listed


def _related(root: _Element, page: Page) -> dict[str, str]:
    """Return where the feed's own links and those of its header lead, by their relation; the first of each counts."""
    own = (link for link in root.iterdescendants() if name_of(link) == "link" and _is_of_feed(link))
    found = [(_relation(link), absolute_url(link.get("href") or "", base_of(link, page.base_url))) for link in own]
    found += [(name, absolute_url(target, page.base_url)) for name, target in links_of(page.headers.get("link"))]
    return {name: url for name, url in reversed(found) if url and url not in (page.url, page.base_url)}


def _is_of_feed(link: _Element) -> bool:
    above = link.getparent()
    return above is not None and name_of(above) in _ROOTS


def _plain(entry: _Entry) -> str | None:
    return entry.url and urldefrag(entry.url).url


def entries_of(root: _Element) -> list[_Element]:
    """Return the elements of a feed that are its entries."""
    return [element for element in root.iter() if name_of(element) in ("item", "entry")]


def _hints(entry: _Element, zone: tzinfo, page: Page) -> Hints:
    dated = entry_time(entry, zone, page.fetched_at)
    categories = (
        found.get("label") or found.get("term") or text_of(found) for found in children(entry, "category", *CORE)
    )
    term = next(filter(None, categories), None)
    return Hints(
        entry_title(entry),
        (dated.when.date() if dated.precision == "day" else dated.when).isoformat() if dated else None,
        Category(term) if term else None,
        _source(entry),
        entry_authors(entry),
        entry_image(entry, page.base_url),
    )


def _source(entry: _Element) -> str | None:
    """Return the medium from which an entry was taken; in Atom that is a feed of its own with a title."""
    source = child(entry, "source", *CORE, "dc")
    if source is None:
        return None
    text = text_of(child(source, "title", *CORE)) if len(source) else text_of(source)
    return plain_line(text) if text else None


def _page(entry: _Element, url: str, feed: Page, hints: Hints) -> Page:
    headers = {"content-type": "application/xml; charset=utf-8"}
    body = etree.tostring(entry, encoding="utf-8", with_tail=False)
    return Page(url + FEED_MARK, "feed", feed.site, body, feed.fetched_at, 200, headers, hints, feed.url)


def _address(entry: _Element, page: Page) -> tuple[str | None, str | None]:
    """Return where a reader finds the article of an entry, with its fragment, and what the feed knows it by."""
    identities = [text_of(found) for name in ("guid", "id") for found in children(entry, name, *CORE)]
    identity = next(filter(None, identities), None) or entry.get(_RDF_ABOUT) or entry.get("rdf:about")
    base = base_of(entry, page.base_url)
    targets = (absolute_url(target, link_base, keep_fragment=True) for target, link_base in _targets(entry, page))
    url = next(filter(None, targets), None)
    if url is None:
        original = next((text_of(found) for found in entry if name_of(found) == "origlink"), None)
        original = original or entry.get("href") or entry.get("HREF")  # the channels of CDF, before RSS
        url = absolute_url(original, base, keep_fragment=True) if original else None
    if url is None and identity:
        guid = child(entry, "guid", *CORE)
        is_link = guid is not None and (guid.get("isPermaLink") or "").strip().lower() == "true"
        if _ABSOLUTE.match(identity) or (is_link and identity.startswith("/")):
            url = absolute_url(identity, base, keep_fragment=True)
    return url, identity


def _targets(entry: _Element, page: Page) -> Iterator[tuple[str, str]]:
    """Yield the links of an entry that may lead to its article, the best first, each with its base."""
    ranked: list[tuple[int, str, str]] = []
    for link in children(entry, "link", *CORE):
        target = (link.get("href") or text_of(link) or (link.tail or "").strip()).strip()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        if not target or _relation(link) != "alternate" or kind.startswith(_NO_ARTICLE):
            continue
        # An element without `href` is RSS's own; the relations of Atom are beside it.
        rank = 0 if not link.get("href") and vocabulary_of(link) != "atom" else 1 if kind in _READABLE else 2
        ranked.append((rank, target, base_of(link, page.base_url)))
    yield from ((target, base) for _, target, base in sorted(ranked, key=lambda found: found[0]))


def _relation(link: _Element) -> str:
    """Return the relation of a link in its short form (`alternate` for `http://www.iana.org/.../alternate`)."""
    relation = (link.get("rel") or "alternate").strip().lower()
    return relation.rpartition("/")[2] if "iana.org/" in relation else relation


def _own_url(entry: _Entry, shared: Counter[str | None], text: str, page: Page) -> str:
    """Return the address of an entry that is an article by itself.

    Where several entries have one address, or one none, a fragment tells them apart: that of the link, else the one
    in the feed's identity, else that identity itself, else a digest of the text.
    """
    identity = entry.identity
    if entry.url is None:
        return f"{urldefrag(page.url).url}#{quote(identity or _digest(entry, text), safe='')}"
    plain, fragment = urldefrag(entry.url)
    if identity and identity.startswith(plain + "#"):
        return f"{plain}#{quote(identity[len(plain) + 1 :], safe='')}"
    if shared[plain] < 2:  # two entries that differ in nothing are one article
        return plain
    own = identity if identity and identity not in (plain, entry.url) else None
    return f"{plain}#{quote(fragment or own or _digest(entry, text), safe='')}"


def _digest(entry: _Entry, text: str) -> str:
    return hashlib.sha256(f"{entry_title(entry.element)}\n{text}".encode()).hexdigest()[:16]
