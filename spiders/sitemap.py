"""Follows a site's sitemaps to its articles.

scrapy crawl sitemap -a site=demo -a since=2026-03-01
"""

from __future__ import annotations

from typing import ClassVar

from spiders.discovery import DiscoverySpider


class SitemapSpider(DiscoverySpider):
    """Crawls sitemaps."""

    name = "sitemap"
    ways: ClassVar[tuple[str, ...]] = ("sitemap",)
