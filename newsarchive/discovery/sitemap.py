"""Sitemaps (sitemaps.org 0.9): the pages of a site, or further sitemaps; also packed, also with Google's news tags."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from newsarchive.discovery.html_listing import ListedArticle, ListingPage
from newsarchive.extract.xml import child, name_of, parse_xml, text_of
from newsarchive.models import Hints
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from lxml.etree import _Element

    from newsarchive.models import Page
    from newsarchive.sites import Site

_GZIP = b"\x1f\x8b"
#: Bytes and entries of one sitemap; the protocol allows 50 MiB and 50,000.
_MOST_BYTES = 64 * 1024 * 1024
_MOST_ENTRIES = 50_000


def read_sitemap(page: Page, site: Site) -> ListingPage:
    """Read a sitemap: pages that look like the site's articles, newest first, and further sitemaps.

    Nothing is raised, whatever the bytes are. Where the site file has a pattern for articles, only such are taken.
    """
    listed = ListingPage()
    root = parse_xml(unpacked(page.body))
    if root is None:
        return listed
    dated: list[tuple[str, ListedArticle]] = []
    for entry in list(root)[:_MOST_ENTRIES]:
        url = absolute_url(text_of(child(entry, "loc")) or "", page.url)
        if url is None:
            continue
        if name_of(entry) == "sitemap":
            listed.further.append(url)
        elif name_of(entry) == "url" and _is_article(url, site):
            dated.append(_listed(url, entry))
    # A sitemap has no order of its own; what has just come out may be gone tomorrow.
    dated.sort(key=lambda found: found[0], reverse=True)
    listed.articles = [article for _, article in dated]
    return listed


def unpacked(body: bytes) -> bytes:
    """Unpack a sitemap that is a gzip file; what cannot be unpacked, or is too large, ends there."""
    if not body.startswith(_GZIP):
        return body
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, _MOST_BYTES)
    except zlib.error:
        return b""


def _is_article(url: str, site: Site) -> bool:
    return site.listing is None or site.listing.article.search(unquote(urlsplit(url).path)) is not None


def _listed(url: str, entry: _Element) -> tuple[str, ListedArticle]:
    news = child(entry, "news")
    published = text_of(child(news, "publication_date")) if news is not None else None
    title = text_of(child(news, "title")) if news is not None else None
    order = published or text_of(child(entry, "lastmod")) or ""
    return order, ListedArticle(url, Hints(title, published))
