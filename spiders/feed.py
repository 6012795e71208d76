"""Follows a site's feeds (RSS, Atom) to its articles; where a feed is full, the articles are taken from it."""

from __future__ import annotations

from typing import ClassVar

from spiders.discovery import DiscoverySpider


class FeedSpider(DiscoverySpider):
    """Crawls feeds.

    Spider arguments:
        site: name of a site file; without it `finews`.
        base_url: the address at which the site is reached, where that is not the one in its file.
        since: only articles of this day or later, as 2026-03-01; one whose day no listing tells is taken.
        until: only articles of this day or earlier.
        limit: at most so many articles.

    Example:
        scrapy crawl feed -a site=demo

    """

    name = "feed"
    link_sources: ClassVar[tuple[str, ...]] = ("feed",)
