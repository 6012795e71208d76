"""Keeps the raw bytes of a page before anything can fail on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.crawl.session import Session

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from newsarchive.models import Page


class Snapshot:
    """Item pipeline: Page -> Page, kept."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    async def process_item(self, item: Page) -> Page:
        """Keep a page, unless it comes out of a snapshot."""
        session = Session.of(self.crawler)
        if item.snapshot_id is None:
            await session.room()
            session.keep(item)
        session.count("pages")
        session.count("page_bytes", len(item.body))
        return item
