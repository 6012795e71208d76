"""Feeds: RSS 0.9 to 2.0 and Atom. The entries of one that holds whole texts are pages of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from newsarchive.discovery.html_listing import ListedArticle, ListingPage
from newsarchive.extract.feed_entry import MARK, entry_text, entry_time, entry_title
from newsarchive.extract.xml import child, name_of, parse_xml, text_of
from newsarchive.models import Category, Hints, Page
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from lxml.etree import _Element

    from newsarchive.sites import Site

__all__ = ["MARK", "read_feed"]

_MOST_ENTRIES = 5_000


def read_feed(page: Page, site: Site) -> ListingPage:
    """Read a feed: its articles in the order of print, and the page after it (RFC 5005).

    Where the site file says that the feed is full, the entries themselves are given as pages with the role `feed`.
    Nothing is raised, whatever the bytes are.
    """
    listed = ListingPage()
    root = parse_xml(page.body)
    if root is None:
        return listed
    is_full = any(feed.full and page.url.endswith(feed.path) for feed in site.feeds)
    entries = [element for element in root.iter() if name_of(element) in ("item", "entry")]
    for entry in entries[:_MOST_ENTRIES]:
        url = _link(entry, page.url)
        if url is None:
            continue
        hints = _hints(entry, site.timezone, page.fetched_at)
        listed.articles.append(ListedArticle(url, hints))
        if is_full and entry_text(entry):
            listed.pages.append(_page(entry, url, page, hints))
    listed.next_url = next(
        (absolute_url(link.get("href") or "", page.url) for link in root.iter() if _is_link(link, "next")), None
    )
    return listed


def _hints(entry: _Element, zone: tzinfo, now: datetime) -> Hints:
    dated = entry_time(entry, zone, now)
    term = next((found.get("term") or text_of(found) for found in entry if name_of(found) == "category"), None)
    source = child(entry, "source")
    return Hints(
        entry_title(entry),
        (dated.when.date() if dated.precision == "day" else dated.when).isoformat() if dated else None,
        Category(term) if term else None,
        text_of(source) if source is not None else None,
    )


def _page(entry: _Element, url: str, feed: Page, hints: Hints) -> Page:
    headers = {"content-type": "application/xml; charset=utf-8"}
    body = etree.tostring(entry, encoding="utf-8", with_tail=False)
    return Page(url + MARK, "feed", feed.site, body, feed.fetched_at, 200, headers, hints, feed.url)


def _link(entry: _Element, base: str) -> str | None:
    links = [element for element in entry if name_of(element) == "link"]
    preferred = [link for link in links if _is_link(link, "alternate")] + links
    targets = [link.get("href") or text_of(link) for link in preferred]
    guid = child(entry, "guid")
    if guid is not None and guid.get("isPermaLink", "true") == "true":
        targets.append(text_of(guid))
    return next((url for target in targets if target and (url := absolute_url(target, base))), None)


def _is_link(element: _Element, relation: str) -> bool:
    return name_of(element) == "link" and (element.get("rel") or "alternate") == relation and bool(element.get("href"))
