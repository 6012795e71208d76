"""Follows a site's feeds (RSS, Atom) to its articles; where a feed is full, the articles are taken from it.

scrapy crawl feed -a site=demo
"""

from __future__ import annotations

from typing import ClassVar

from spiders.discovery import DiscoverySpider


class FeedSpider(DiscoverySpider):
    """Crawls feeds."""

    name = "feed"
    ways: ClassVar[tuple[str, ...]] = ("feed",)
