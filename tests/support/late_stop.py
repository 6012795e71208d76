"""An extension that asks a crawl to stop at a moment at which Scrapy does not expect it; it is named in settings."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from scrapy import signals

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler


class LateStop:
    """Asks to stop when the signal comes that the setting LATE_STOP names."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        crawler.signals.connect(self.stop, getattr(signals, crawler.settings["LATE_STOP"]))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def stop(self) -> None:
        await asyncio.sleep(0)
        await asyncio.wait([asyncio.ensure_future(self.crawler.stop_async())], timeout=0.01)
