"""Run one crawl in this process and learn how it ended."""

from __future__ import annotations

import gc
import logging
from typing import TYPE_CHECKING

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings

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


def run_crawl(spider: str, arguments: Mapping[str, str], settings: Mapping[str, object] | None = None) -> RunSummary:
    """Run a spider of this project to its end. Once a process: a Twisted reactor cannot be started again.

    Args:
        spider: name of the spider (`category`, `share`, `posts`).
        arguments: what `-a` would give.
        settings: what `-s` would give.

    Raises:
        UserError: a wrong argument or setting, an archive that cannot be opened, or a crawl that could not begin.

    """
    project = get_project_settings()
    project.setdict(dict(settings or {}), priority="cmdline")
    process = AsyncCrawlerProcess(project)
    return crawl_with(process, process.create_crawler(spider), arguments)


def crawl_with(process: CrawlerProcessBase, crawler: Crawler, arguments: Mapping[str, str]) -> RunSummary:
    """Run a crawler in a process that is not started yet, to its end; raises as `run_crawl` does."""
    ended: list[RunSummary] = []

    def keep(summary: RunSummary) -> None:
        ended.append(summary)

    crawler.signals.connect(keep, run_finished)
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
