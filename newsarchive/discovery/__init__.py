"""The ways into a site: where each begins, and how what it lists is read."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast
from urllib.parse import quote, urljoin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsarchive.discovery.html_listing import ListingPage
    from newsarchive.models import Page
    from newsarchive.sites import Site


@dataclass(frozen=True, slots=True)
class LinkSource:
    """One way: the addresses at which it begins, what reads a page of it, and what in a site file describes it.

    `reader` is a function of a module of this package, as `module:function`; it is imported when a page is to be read,
    because most runs are answered that nothing has changed.
    """

    starts: Callable[[Site], Iterator[str]]
    reader: str
    section: str

    def read(self, page: Page, site: Site) -> ListingPage:
        """Read a page of it."""
        module, _, name = self.reader.partition(":")
        return cast("ListingPage", getattr(import_module(f"{__name__}.{module}"), name)(page, site))


def feed_urls(site: Site) -> Iterator[str]:
    """Yield the addresses of a site's feeds."""
    return (urljoin(site.base_url + "/", feed.path) for feed in site.feeds)


def _lists(site: Site) -> Iterator[str]:
    return (found.page_url(site.base_url, page=found.first_page) for found in site.lists)


def _categories(site: Site) -> Iterator[str]:
    paths = site.listing.start if site.listing else ()
    return (path if "://" in path else site.base_url + path for path in paths)


def _sitemaps(site: Site) -> Iterator[str]:
    return (urljoin(site.base_url + "/", path) for path in site.sitemaps)


#: In the order in which they are asked: the newest at the lowest price first, the whole site last.
LINK_SOURCES: dict[str, LinkSource] = {
    "feed": LinkSource(feed_urls, "feed:read_feed", "[[feeds]]"),
    "list": LinkSource(_lists, "json_list:read_json_list", "[[lists]]"),
    "category": LinkSource(_categories, "html_listing:read_listing", "[listing]"),
    "sitemap": LinkSource(_sitemaps, "sitemap:read_sitemap", "sitemaps"),
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
