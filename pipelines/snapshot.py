"""Keeps the raw bytes of a page before anything can fail on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.utils.asyncio import run_in_thread

from newsarchive.archive.snapshots import pack
from newsarchive.crawling.session import Session

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from newsarchive.items import Page


class Snapshot:
    """Item pipeline: Page -> Page, with the id of its snapshot."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    async def process_item(self, item: Page) -> Page:
        """Keep a page, unless it comes out of a snapshot; large ones are packed in a thread meanwhile."""
        session = Session.of(self.crawler)
        spider: Any = self.crawler.spider
        if item.snapshot_id is None:
            snapshots = session.archive.snapshots
            draft = snapshots.draft(item)
            # A spider that hands on pages of its own waits for none of them: its pages must not pile up here.
            in_thread = draft.is_large and spider.fetches
            packed = await run_in_thread(pack, draft) if in_thread else pack(draft)
            with session.archive.transaction():
                item.snapshot_id = snapshots.append(packed)
        session.count("pages")
        session.count("page_bytes", len(item.body))
        return item
