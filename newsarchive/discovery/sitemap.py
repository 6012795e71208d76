"""Sitemaps (sitemaps.org 0.9), with Google's tags for news: XML, text, feeds, and robots.txt, which names them."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from newsarchive.discovery.feed import read_entries
from newsarchive.discovery.html_listing import (
    ListedArticle,
    ListingPage,
    OtherPage,
    damage_of,
    is_article,
    is_own,
    too_many,
    without_address,
)
from newsarchive.extract.dates import parse_date
from newsarchive.extract.feed_entry import plain_line
from newsarchive.extract.payload import read_payload
from newsarchive.extract.xml import base_of, child, name_of, parse_xml, text_of
from newsarchive.models import Hints
from newsarchive.urls import absolute_url, split_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from lxml.etree import _Element

    from newsarchive.models import Page
    from newsarchive.sites import Site

#: Entries of one sitemap; the protocol allows 50,000.
_MOST_ENTRIES = 50_000
_FEEDS = frozenset(("rss", "rdf", "feed"))
_MAPS = frozenset(("urlset", "sitemapindex"))
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][\w:.-]*[\s>]")
#: A line of robots.txt, and the one that names a sitemap (RFC 9309, 2.2.4).
_ROBOTS = re.compile(r"^[ \t]*(?:user-agent|disallow|allow|sitemap)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_NAMED = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*([^\s#]\S*)", re.IGNORECASE | re.MULTILINE)
#: NASDAQ:AMAT; a number of a Chinese exchange stands behind SHA or SHE.
_TICKER = re.compile(r"([A-Za-z][\w.-]{0,15})\s?:\s?([\w.-]{1,20})")
#: A day that names no zone has ended everywhere so long after it has ended in UTC.
_LAST_ZONE = timedelta(hours=12)


def read_sitemap(page: Page, site: Site) -> ListingPage:
    """Read a sitemap: pages that look like the site's articles, newest first, and further sitemaps.

    Nothing is raised, whatever the bytes are. Where the site file has a pattern for articles, only such are taken.
    """
    payload = read_payload(page.body, page.headers.get("content-type"))
    is_plain = _TAG.search(payload.text) is None
    if is_plain and _ROBOTS.search(payload.text):
        return _read_robots(payload.text, page)
    if is_plain and _ADDRESS.search(payload.text):
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
        return _sorted_out(listed, site)
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
    copies: dict[str, tuple[str, ListedArticle]] = {}
    for entry, loc in entries:
        url = absolute_url(text_of(loc) or "", base_of(entry, page.base_url))
        if url is None:
            lost += 1
        elif name_of(entry) == "sitemap":
            listed.further.append(url)
            if until := changed_until(_lastmod(entry), zone=site.timezone, now=page.fetched_at):
                listed.changed[url] = until
        else:
            hints = _news_hints(entry)
            changed = _lastmod(entry)
            order = hints.published or changed or ""
            dated.append((order, ListedArticle(url, hints, changed)))
            for other in _copies(entry, page, site):
                copies.setdefault(other, (order, ListedArticle(other, Hints(published=hints.published))))
    known = {article.url for _, article in dated}
    dated += (copy for url, copy in copies.items() if url not in known)
    # A sitemap has no order of its own; what has just come out may be gone tomorrow.
    dated.sort(key=lambda found: found[0], reverse=True)
    listed.articles = [article for _, article in dated]
    return _sorted_out(listed, site), lost


def _sorted_out(listed: ListingPage, site: Site) -> ListingPage:
    """Keep those addresses that look like the site's articles; others of an explored site may be some all the same."""
    found, listed.articles = listed.articles, []
    for article in found:
        if site.listing is not None:
            article.url = site.listing.spelled(article.url)
        if is_article(article.url, site):
            listed.articles.append(article)
        elif site.listing is not None and site.listing.explore:
            listed.others.append(OtherPage(article.url, article.hints.title or ""))
        else:
            listed.passed_over += 1
    return listed


def _lastmod(entry: _Element) -> str | None:
    return text_of(child(entry, "lastmod", "sitemap", ""))


def changed_until(printed: str | None, *, zone: tzinfo, now: datetime) -> datetime | None:
    """Return until when (UTC) a page may have changed of which the last change is printed: a day ends in the last zone.

    `zone` is the site's, `now` (aware) the time at which the listing was read. None where no time can be read.
    """
    dated = parse_date(printed, zone=zone, now=now) if printed else None
    if dated is None:
        return None
    if dated.precision == "day":
        return dated.when.replace(tzinfo=UTC) + timedelta(days=1) + _LAST_ZONE
    return dated.when.astimezone(UTC)


def _read_robots(text: str, page: Page) -> ListingPage:
    """Read which sitemaps a robots.txt names."""
    urls = [absolute_url(target, page.base_url) for target in _NAMED.findall(text)]
    further = list(dict.fromkeys(url for url in urls if url))
    missing = None if further else "names no sitemap"
    return ListingPage(further=further, damage=damage_of(len(further), missing, without_address(urls.count(None))))


def _read_text(text: str, page: Page, site: Site) -> ListingPage:
    """Read a sitemap of one address a line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    urls = dict.fromkeys(absolute_url(line, page.base_url) for line in lines[:_MOST_ENTRIES] if _ADDRESS.match(line))
    listed = ListingPage([ListedArticle(url, Hints()) for url in urls if url])
    listed.damage = too_many(len(lines), _MOST_ENTRIES)
    return _sorted_out(listed, site)


def _copies(entry: _Element, page: Page, site: Site) -> Iterator[str]:
    """Yield where else the text of an entry stands on the site; each page says itself which article it is a copy of."""
    for link in entry:
        if name_of(link) == "link" and _is_copy(link, site):
            url = absolute_url(link.get("href") or "", base_of(link, page.base_url))
            if url and is_own(split_url(url), site, {split_url(page.base_url).netloc}) and is_article(url, site):
                yield url


def _is_copy(link: _Element, site: Site) -> bool:
    """Return whether a link of an entry leads to the same text elsewhere: for telephones, or for another region.

    A translation is an article of its own, and has an entry of its own.
    """
    lang = (link.get("hreflang") or "").lower().partition("-")[0]
    is_same = lang in ("x", site.lang.lower().partition("-")[0]) or bool(not lang and link.get("media"))
    return is_same and (link.get("rel") or "").strip().lower() == "alternate"


def _news_hints(entry: _Element) -> Hints:
    """Return what the news tags of an entry say; the picture may be named beside them."""
    image = next((inner for inner in entry if name_of(inner) == "image"), None)
    pictured = text_of(child(image, "loc", "image", "")) if image is not None else None
    news = next((inner for inner in entry if name_of(inner) == "news"), None)
    if news is None:
        return Hints(image=pictured)
    publication = child(news, "publication", "news", "")
    named = text_of(child(publication, "name", "news", "")) if publication is not None else None
    title, published, genres, tickers = (
        text_of(child(news, name, "news", "")) for name in ("title", "publication_date", "genres", "stock_tickers")
    )
    return Hints(
        plain_line(title) if title else None,
        published,
        source=plain_line(named) if named else None,
        image=pictured,
        genres=tuple(filter(None, (genre.strip() for genre in (genres or "").split(",")))),
        tickers=tuple(f"{market.upper()}:{code}" for market, code in _TICKER.findall(tickers or "")),
    )
