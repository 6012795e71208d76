"""Follows the JSON lists that a site file describes to its articles.

scrapy crawl list -a site=demo
"""

from __future__ import annotations

from typing import ClassVar

from spiders.discovery import DiscoverySpider


class ListSpider(DiscoverySpider):
    """Crawls JSON lists."""

    name = "list"
    ways: ClassVar[tuple[str, ...]] = ("list",)
