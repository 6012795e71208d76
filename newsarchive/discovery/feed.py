"""Feeds: RSS 0.9 to 2.0 and Atom, and single entries that hold the whole text of their article."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from html import escape
from typing import TYPE_CHECKING

from lxml import etree, html

from newsarchive.discovery.html_listing import ListedArticle, ListingPage
from newsarchive.discovery.sitemap import (
    child,
    name_of,
    parse_xml,
    text_of,
)
from newsarchive.extract import fields
from newsarchive.extract.charset import decode
from newsarchive.extract.heuristics import read_by_heuristics
from newsarchive.models import Category, Hints, Page
from newsarchive.text import clean
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from lxml.etree import _Element

    from newsarchive.models import Article
    from newsarchive.sites import Site

_MOST_ENTRIES = 5_000
_TEXT = ("encoded", "content", "description", "summary")
_TIME = ("published", "pubdate", "date", "issued", "updated", "modified")
#: Behind the address of an entry that is a copy of its own, so that the page of the article can be another.
MARK = "#feed"
_DOCUMENT = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head>'
    "<body><article><h1>{title}</h1>\n{text}</article></body></html>"
)


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
        listed.articles.append(ListedArticle(url, _hints(entry)))
        if is_full and _text(entry):
            listed.pages.append(_page(entry, url, page))
    listed.next_url = next(
        (absolute_url(link.get("href") or "", page.url) for link in root.iter() if _is_link(link, "next")), None
    )
    return listed


def read_entry(page: Page, site: Site | None) -> Article:
    """Read one entry of a feed, as `read_feed` gave it, into an article. Nothing is raised, whatever the bytes are."""
    entry = parse_xml(page.body)
    title = (_title(entry) if entry is not None else None) or ""
    text = (_text(entry) if entry is not None else None) or ""
    document = _DOCUMENT.format(title=escape(title), text=text).encode("utf-8", "replace")
    inner = replace(page, body=document, url=page.url.removesuffix(MARK))
    article = read_by_heuristics(inner, decode(document, "text/html; charset=utf-8"), site.timezone if site else None)
    article.page = page
    article.extractor = "feed"
    article.title = title or article.title
    when = _time(entry) if entry is not None else None
    if when is not None:
        zoned = when.astimezone(site.timezone) if site else when
        fields.set_time(article, zoned, "second")
        article.problems = [problem for problem in article.problems if problem.reason != "no-date"]
    return article


def _hints(entry: _Element) -> Hints:
    when = _time(entry)
    printed = when.isoformat() if when else text_of(child(entry, *_TIME))
    term = next((found.get("term") or text_of(found) for found in entry if name_of(found) == "category"), None)
    source = child(entry, "source")
    return Hints(
        _title(entry), printed, Category(term) if term else None, text_of(source) if source is not None else None
    )


def _page(entry: _Element, url: str, feed: Page) -> Page:
    headers = {"content-type": "application/xml; charset=utf-8"}
    body = etree.tostring(entry, encoding="utf-8", with_tail=False)
    return Page(url + MARK, "feed", feed.site, body, feed.fetched_at, 200, headers, _hints(entry), feed.url)


def _title(entry: _Element) -> str | None:
    found = child(entry, "title")
    text = text_of(found)
    if text and found is not None and ("<" in text or "&" in text):
        try:
            return clean(html.fromstring(text).text_content()) or None
        except (etree.ParserError, ValueError):
            return text
    return text


def _text(entry: _Element) -> str | None:
    """Return the HTML of an entry, the longest of what it holds."""
    found = [element for element in entry if name_of(element) in _TEXT]
    return max(filter(None, map(_markup, found)), key=len, default=None)


def _markup(element: _Element) -> str | None:
    if len(element):  # XHTML as it stands
        return etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return element.text


def _time(entry: _Element) -> datetime | None:
    for name in _TIME:
        text = text_of(child(entry, name))
        when = _parse_time(text) if text else None
        if when is not None:
            return when
    return None


def _parse_time(text: str) -> datetime | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            when = parse(text)
        except (ValueError, OverflowError):
            continue
        return when if when.tzinfo else None
    return None


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
