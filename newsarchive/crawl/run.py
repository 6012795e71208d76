"""Run one crawl in this process and learn how it ended."""

from __future__ import annotations

import gc
import logging
from typing import TYPE_CHECKING

from newsarchive.crawl.session import run_finished
from newsarchive.errors import UserError

if TYPE_CHECKING:
    from asyncio import Task
    from collections.abc import Mapping

    from scrapy.crawler import Crawler, CrawlerProcessBase

    from newsarchive.crawl.summary import RunSummary

logger = logging.getLogger(__name__)

# A page makes thousands of short-lived objects and hardly any cycle; Python's 700 would collect several times a page.
_YOUNG_OBJECTS = 50_000


class CrawlBrokeOffError(UserError):
    """A crawl that could not even begin or was broken off before it could be recorded; the log tells more."""


def crawl_with(process: CrawlerProcessBase, crawler: Crawler, arguments: Mapping[str, str]) -> RunSummary:
    """Run a crawler to its end, in a crawler process that is not started yet; `arguments` are what `-a` gave.

    Raises:
        UserError: a wrong argument or setting, an archive that cannot be opened, or a crawl that could not begin.

    """
    ended: list[RunSummary] = []

    def end(summary: RunSummary) -> None:  # a function, because Scrapy refers to what it calls weakly
        ended.append(summary)

    crawler.signals.connect(end, run_finished)
    _spare_garbage_collection()
    task: Task[None] = process.crawl(crawler, **arguments)  # type: ignore[assignment]
    process.start()
    error = task.exception() if task.done() and not task.cancelled() else None
    if isinstance(error, UserError):
        raise error
    if error is not None:
        logger.error("the crawl broke off", exc_info=error)
    if error is not None or not ended:
        raise CrawlBrokeOffError("the crawl broke off before its end could be recorded")
    return ended[0]


def _spare_garbage_collection() -> None:
    """Keep the collector from going through all modules again and again: they stay until the process ends."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS)
