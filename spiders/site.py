"""Goes all ways into a site that its file describes, the newest at the lowest price first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from newsarchive.crawl.arguments import read_slugs
from newsarchive.discovery import LINK_SOURCES
from spiders.discovery import DiscoverySpider

if TYPE_CHECKING:
    from newsarchive.crawl.arguments import Reader


class SiteSpider(DiscoverySpider):
    """Crawls feeds, lists, category pages and sitemaps, as far as the site has them.

    Spider arguments:
        site: name of a site file; without it `finews`.
        base_url: the address at which the site is reached, where that is not the one in its file.
        category: only these categories: their slugs, separated by commas.
        since: only articles of this day or later, as 2026-03-01; one whose day no listing tells is taken.
        until: only articles of this day or earlier.
        limit: at most so many articles.

    Examples:
        scrapy crawl site -a site=finews
        scrapy crawl site -a site=demo -a limit=100

    """

    name = "site"
    link_sources: ClassVar[tuple[str, ...]] = tuple(LINK_SOURCES)
    readers: ClassVar[dict[str, Reader]] = DiscoverySpider.readers | {"category": read_slugs}
