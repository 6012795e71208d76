"""Follows a site's home and category pages to its articles, and these to their own category pages and share links."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from newsarchive.crawl.arguments import read_slugs
from spiders.discovery import DiscoverySpider

if TYPE_CHECKING:
    from newsarchive.crawl.arguments import Reader


class CategorySpider(DiscoverySpider):
    """Crawls home and category pages.

    Spider arguments:
        site: name of a site file; without it `finews`.
        base_url: the address at which the site is reached, where that is not the one in its file.
        category: only these categories: their slugs, separated by commas.
        since: only articles of this day or later, as 2026-03-01; one whose day no listing tells is taken.
        until: only articles of this day or earlier.
        limit: at most so many articles.

    Examples:
        scrapy crawl category
        scrapy crawl category -a site=demo -a base_url=http://127.0.0.1:8000
        scrapy crawl category -a category=emnews,cailianshe -a since=2022-05-30 -a limit=100

    """

    name = "category"
    link_sources: ClassVar[tuple[str, ...]] = ("category",)
    readers: ClassVar[dict[str, Reader]] = DiscoverySpider.readers | {"category": read_slugs}
