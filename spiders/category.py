"""Follows a site's home and category pages to its articles, and these to their own category pages and share links.

scrapy crawl category                                          everything that finews lists now
scrapy crawl category -a site=demo -a base_url=http://127.0.0.1:8000
scrapy crawl category -a category=emnews,cailianshe -a since=2022-05-30 -a limit=100
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from newsarchive.crawl.arguments import read_slugs
from spiders.discovery import DiscoverySpider

if TYPE_CHECKING:
    from newsarchive.crawl.arguments import Reader


class CategorySpider(DiscoverySpider):
    """Crawls home and category pages."""

    name = "category"
    ways: ClassVar[tuple[str, ...]] = ("category",)
    readers: ClassVar[dict[str, Reader]] = DiscoverySpider.readers | {"category": read_slugs}
