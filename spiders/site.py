"""Goes all ways into a site that its file describes, the newest at the lowest price first.

scrapy crawl site -a site=finews
scrapy crawl site -a site=demo -a limit=100
"""

from __future__ import annotations

from typing import ClassVar

from newsarchive.discovery import LINK_SOURCES
from spiders.discovery import DiscoverySpider


class SiteSpider(DiscoverySpider):
    """Crawls feeds, lists, category pages and sitemaps, as far as the site has them."""

    name = "site"
    ways: ClassVar[tuple[str, ...]] = tuple(LINK_SOURCES)
