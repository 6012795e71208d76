"""Reads a page as an article."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newsarchive.extract import read

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from newsarchive.models import Article, Page


class Extract:
    """Item pipeline: Page -> Article, by the rules of the page's site."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    def process_item(self, item: Page) -> Article:
        """Read a page; what it lacks is told by the article's problems."""
        spider: Any = self.crawler.spider
        site = spider.site_of(item)
        return read(item, site)
