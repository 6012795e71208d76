"""Follows the JSON lists that a site file describes to its articles."""

from __future__ import annotations

from typing import ClassVar

from spiders.discovery import DiscoverySpider


class ListSpider(DiscoverySpider):
    """Crawls JSON lists.

    Spider arguments:
        site: name of a site file; without it `finews`.
        base_url: the address at which the site is reached, where that is not the one in its file.
        since: only articles of this day or later, as 2026-03-01; one whose day no listing tells is taken.
        until: only articles of this day or earlier.
        limit: at most so many articles.

    Example:
        scrapy crawl list -a site=demo

    """

    name = "list"
    link_sources: ClassVar[tuple[str, ...]] = ("list",)
