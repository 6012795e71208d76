"""Stores articles in the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.crawl.session import Session

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from newsarchive.models import Article


class Store:
    """Item pipeline: Article -> archive."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    def process_item(self, item: Article) -> Article:
        """Hand an article to the session, which has it stored with the next batch."""
        Session.of(self.crawler).store(item)
        return item
