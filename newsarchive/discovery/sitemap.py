"""Sitemaps (sitemaps.org 0.9): XML, text, feeds; the pages of a site or further sitemaps; with Google's news tags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsarchive.discovery.feed import read_entries
from newsarchive.discovery.html_listing import (
    ListedArticle,
    ListingPage,
    damage_of,
    is_article,
    too_many,
    without_address,
)
from newsarchive.extract.feed_entry import plain_line
from newsarchive.extract.payload import read_payload
from newsarchive.extract.xml import base_of, child, name_of, parse_xml, text_of
from newsarchive.models import Hints
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from lxml.etree import _Element

    from newsarchive.models import Page
    from newsarchive.sites import Site

#: Entries of one sitemap; the protocol allows 50,000.
_MOST_ENTRIES = 50_000
_FEEDS = frozenset(("rss", "rdf", "feed"))
_MAPS = frozenset(("urlset", "sitemapindex"))
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][\w:.-]*[\s>]")


def read_sitemap(page: Page, site: Site) -> ListingPage:
    """Read a sitemap: pages that look like the site's articles, newest first, and further sitemaps.

    Nothing is raised, whatever the bytes are. Where the site file has a pattern for articles, only such are taken.
    """
    payload = read_payload(page.body, page.headers.get("content-type"))
    if _TAG.search(payload.text) is None and _ADDRESS.search(payload.text):
        # The last line of a text that is cut may be half an address.
        text = payload.text.rpartition("\n")[0] if payload.damage else payload.text
        listed = _read_text(text, page, site)
        listed.damage = damage_of(len(listed.articles), payload.damage, listed.damage)
        return listed
    document = parse_xml(payload.text)
    root = document.root
    damage = payload.damage or document.damage
    if root is None:
        return ListingPage(damage=damage)
    if name_of(root) in _FEEDS:
        listed = read_entries(document, payload.damage, page, site)
        listed.articles = [found for found in listed.articles if is_article(found.url, site)]
        return listed
    # Pictures and films have elements of these names, too.
    named = (element for element in root.iter() if name_of(element) in ("url", "sitemap"))
    entries = [(element, loc) for element in named if (loc := child(element, "loc", "sitemap", "")) is not None]
    if not entries and name_of(root) not in _MAPS:
        damage = damage or f"no sitemap, its root element is {name_of(root)}"
    listed, lost = _read_entries(entries[:_MOST_ENTRIES], page, site)
    read = min(len(entries), _MOST_ENTRIES) - lost
    listed.damage = damage_of(read, damage, too_many(len(entries), _MOST_ENTRIES), without_address(lost))
    return listed


def _read_entries(entries: list[tuple[_Element, _Element]], page: Page, site: Site) -> tuple[ListingPage, int]:
    """Read entries, each with the element of its address, and count those whose address cannot be used."""
    listed = ListingPage()
    lost = 0
    dated: list[tuple[str, ListedArticle]] = []
    for entry, loc in entries:
        url = absolute_url(text_of(loc) or "", base_of(entry, page.base_url))
        if url is None:
            lost += 1
        elif name_of(entry) == "sitemap":
            listed.further.append(url)
        elif is_article(url, site):
            dated.append(_listed(url, entry))
    # A sitemap has no order of its own; what has just come out may be gone tomorrow.
    dated.sort(key=lambda found: found[0], reverse=True)
    listed.articles = [article for _, article in dated]
    return listed, lost


def _read_text(text: str, page: Page, site: Site) -> ListingPage:
    """Read a sitemap of one address a line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    urls = dict.fromkeys(absolute_url(line, page.base_url) for line in lines[:_MOST_ENTRIES] if _ADDRESS.match(line))
    articles = [ListedArticle(url, Hints()) for url in urls if url and is_article(url, site)]
    return ListingPage(articles, damage=too_many(len(lines), _MOST_ENTRIES))


def _listed(url: str, entry: _Element) -> tuple[str, ListedArticle]:
    news = next((inner for inner in entry if name_of(inner) == "news"), None)
    published = text_of(child(news, "publication_date", "news", "")) if news is not None else None
    title = text_of(child(news, "title", "news", "")) if news is not None else None
    order = published or text_of(child(entry, "lastmod", "sitemap", "")) or ""
    return order, ListedArticle(url, Hints(plain_line(title) if title else None, published))
