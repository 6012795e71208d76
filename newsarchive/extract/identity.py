"""Which article a page is a copy of, as far as its addresses and the page itself tell.

A page has one key, made of its own address, or the number that the origin gave the article where a site file says that
the numbers of this host are the origin's. Under which other addresses it stands, the page may say itself: by a
redirect, by its canonical URL. That is believed of addresses of the same site alone.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from newsarchive.models import FEED_MARK
from newsarchive.sites import Site, SiteError, load_site, site_names
from newsarchive.url_keys import host_of_key, is_home, is_number, twin_key, url_key
from newsarchive.urls import absolute_url, find_info_code

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsarchive.models import Article, Page

# By far the most frequent form of an address with a number, without a look at its other parts.
_NUMBERED = re.compile(
    r"[/,]([A-Z]{2})?((?:199|20\d)\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{10})\.html$", re.ASCII
)
# The same of an address that asks for it by its query, where nothing that is escaped stands before it.
_ASKED_FOR = re.compile(
    r"https?://[\w.:-]+/[\w./-]*\?(?:id|infoCode)=([A-Z]{2})?"
    r"((?:199|20\d)\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{10})(?:[&#]|$)",
    re.ASCII,
)
# Where a layout reads a part of the page alone, its canonical URL is looked up in the bytes.
_CANONICAL = re.compile(rb"<link\b[^<>]{0,1000}?\brel\s*=\s*[\"']?canonical\b[^<>]{0,4000}>", re.IGNORECASE)
_HREF = re.compile(rb"\bhref\s*=\s*(?:\"([^\"<>]{1,2000})\"|'([^'<>]{1,2000})'|([^\s\"'<>]{1,2000}))", re.IGNORECASE)
#: Bytes at the beginning of a page in which its canonical URL is looked for.
_HEAD = 100_000


def identity_of(url: str, site: Site | None = None) -> tuple[str, str]:
    """Return the info code ("" where none has a prefix) and the article key of a URL, crawled for a site.

    The key is the 18 digits of the code where the site, or the one that names the host, says that its articles carry
    the origin's numbers; else the canonical URL. A URL that cannot be parsed is its own key.
    """
    match = _NUMBERED.search(url) or _ASKED_FOR.match(url)
    if match:
        prefix, digits = match[1] or "", match[2]
    else:
        try:
            code = find_info_code(url)
        except ValueError:
            return "", url
        prefix, digits = (code.prefix, code.digits) if code else ("", "")
    if not digits or not _shares_numbers(url, site):
        return "", url_key(url)
    return prefix + digits if prefix else "", digits


def identify(article: Article, site: Site | None) -> Article:
    """Set the key of an article that was read by heuristics, and the keys of the page's other addresses."""
    page = article.page
    if article.extractor == "generic":
        code, article.article_key = identity_of(page.url, site)
        article.info_code = code or None
    if page.role in ("post", "original") and not is_number(article.article_key):
        named = (page.final_url, article.canonical_url or _canonical_link(page, site), article.first_page)
        article.aliases = aliases_of(page.url, article.article_key, named, site)
    return article


def aliases_of(url: str, key: str, named: Iterable[str | None], site: Site | None) -> list[str]:
    """Return the keys of those URLs that a page, known by its own key, may give as its own, and that are other ones."""
    keys = {url_key(one): one for one in named if one}
    return sorted(
        alias for alias, one in keys.items() if alias != key and not is_home(alias) and _is_near(url, one, site)
    )


def entry_key(url: str, site: Site | None) -> str:
    """Return the key of a feed's entry; one that shares its address with others has its own fragment behind it."""
    address, _, fragment = url.removesuffix(FEED_MARK).partition("#")
    key = identity_of(address, site)[1]
    return f"{key}#{fragment}" if fragment else key


def is_hearsay(url: str, feed_url: str | None, site: Site | None) -> bool:
    """Return whether an entry stands for an article of another site than the one whose feed it is in."""
    return feed_url is not None and not _is_near(url, feed_url, site)


@lru_cache(maxsize=1024)
def site_of_host(host: str) -> Site | None:
    """Return the site whose file names a host; None where none does."""
    return next((site for site in _all_sites() if host in site.hosts), None)


def _shares_numbers(url: str, site: Site | None) -> bool:
    if site is not None and (url.startswith("file:") or site.is_own(url)):
        return site.has_info_codes
    return any(other.has_info_codes and other.is_own(url) for other in _all_sites())


def _is_near(url: str, other: str, site: Site | None) -> bool:
    """Return whether two URLs are of one site: at one host, but for `www.` or `m.`, or both at hosts of the site."""
    hosts = (host_of_key(twin_key(url_key(one))) for one in (url, other))
    if len(set(hosts)) == 1:
        return True
    return site is not None and site.is_own(url) and site.is_own(other)


def _canonical_link(page: Page, site: Site | None) -> str | None:
    if site is None or not site.layouts:  # the heuristics have looked
        return None
    link = _CANONICAL.search(page.body, 0, _HEAD)
    href = _HREF.search(link[0]) if link else None
    if href is None:
        return None
    target = next(filter(None, href.groups())).decode("utf-8", "replace")
    return absolute_url(target, page.base_url, keep_fragment=True)


@lru_cache(maxsize=1)
def _all_sites() -> tuple[Site, ...]:
    """Load every site file once; one that cannot be used is told where its site is asked for, not here."""
    sites = []
    for name in site_names():
        with suppress(SiteError):
            sites.append(load_site(name))
    return tuple(sites)
