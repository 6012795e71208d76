"""Follows a site's sitemaps to its articles."""

from __future__ import annotations

from typing import ClassVar

from spiders.discovery import DiscoverySpider


class SitemapSpider(DiscoverySpider):
    """Crawls sitemaps.

    Spider arguments:
        site: name of a site file; without it `finews`.
        base_url: the address at which the site is reached, where that is not the one in its file.
        since: only articles of this day or later, as 2026-03-01; one whose day no listing tells is taken.
        until: only articles of this day or earlier.
        limit: at most so many articles.

    Example:
        scrapy crawl sitemap -a site=demo -a since=2026-03-01

    """

    name = "sitemap"
    link_sources: ClassVar[tuple[str, ...]] = ("sitemap",)
