"""The ways into a site: where each begins, and how what it lists is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin

from newsarchive.discovery.feed import read_feed
from newsarchive.discovery.html_listing import read_listing
from newsarchive.discovery.json_list import first_url, read_json_list
from newsarchive.discovery.sitemap import read_sitemap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsarchive.discovery.html_listing import ListingPage
    from newsarchive.models import Page
    from newsarchive.sites import Site


@dataclass(frozen=True, slots=True)
class LinkSource:
    """One way: the addresses at which it begins, how a page of it is read, and what in a site file describes it."""

    starts: Callable[[Site], Iterator[str]]
    read: Callable[[Page, Site], ListingPage]
    section: str


def _feeds(site: Site) -> Iterator[str]:
    return (urljoin(site.base_url + "/", feed.path) for feed in site.feeds)


def _lists(site: Site) -> Iterator[str]:
    return (first_url(found, site.base_url) for found in site.lists)


def _categories(site: Site) -> Iterator[str]:
    return (site.base_url + path for path in (site.listing.start if site.listing else ()))


def _sitemaps(site: Site) -> Iterator[str]:
    return (urljoin(site.base_url + "/", path) for path in site.sitemaps)


#: In the order in which they are asked: the newest at the lowest price first, the whole site last.
LINK_SOURCES: dict[str, LinkSource] = {
    "feed": LinkSource(_feeds, read_feed, "[[feeds]]"),
    "list": LinkSource(_lists, read_json_list, "[[lists]]"),
    "category": LinkSource(_categories, read_listing, "[listing]"),
    "sitemap": LinkSource(_sitemaps, read_sitemap, "sitemaps"),
}


def max_pages(link_source: str, site: Site) -> int:
    """Return how many pages of one listing are followed at most."""
    if link_source == "list":
        return max(found.max_pages for found in site.lists)
    if link_source == "feed":
        return max(feed.max_pages for feed in site.feeds)
    return site.listing.max_pages if site.listing else 1


def category_url(site: Site, slug: str) -> str | None:
    """Return the address of a category's page; None where the site's file does not say how it is made."""
    if site.listing is None or site.listing.category_page is None:
        return None
    return urljoin(site.base_url, site.listing.category_page.format(slug=quote(slug, safe="()")))
