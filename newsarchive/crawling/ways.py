"""The ways into a site: where each begins, and how what it lists is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from newsarchive.reading.feed import read_feed
from newsarchive.reading.jsonlist import first_url, read_json_list
from newsarchive.reading.listing import read_listing
from newsarchive.reading.sitemap import read_sitemap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsarchive.items import Page
    from newsarchive.reading.listing import ListingPage
    from newsarchive.sites import Site


@dataclass(frozen=True, slots=True)
class Way:
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
WAYS: dict[str, Way] = {
    "feed": Way(_feeds, read_feed, "[[feeds]]"),
    "list": Way(_lists, read_json_list, "[[lists]]"),
    "category": Way(_categories, read_listing, "[listing]"),
    "sitemap": Way(_sitemaps, read_sitemap, "sitemaps"),
}
