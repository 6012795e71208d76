"""Run one crawl in this process and learn how it ended."""

from __future__ import annotations

import gc
import logging
from typing import TYPE_CHECKING

from scrapy.spiderloader import get_spider_loader

from newsarchive.crawl.log_formatter import is_warning, without_traceback
from newsarchive.crawl.session import run_finished
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.options import Options

if TYPE_CHECKING:
    from asyncio import Task
    from collections.abc import Mapping

    from scrapy.crawler import Crawler, CrawlerProcessBase
    from scrapy.settings import Settings

    from newsarchive.crawl.summary import RunSummary

logger = logging.getLogger(__name__)

# A page makes thousands of short-lived objects and hardly any cycle; Python's 700 would collect several times a page.
_YOUNG_OBJECTS = 50_000
# What these say at INFO is about Scrapy, not about the crawl; `-L DEBUG` shows it.
_CHATTY = ("scrapy.utils.log", "scrapy.addons", "scrapy.middleware", "scrapy.crawler")


class CrawlBrokeOffError(UserError):
    """A crawl that could not even begin or was broken off before it could be recorded; the log tells more."""


def check(settings: Settings, spider: str, arguments: Mapping[str, str]) -> None:
    """Check the name of a spider, its arguments and our settings; nothing is opened or logged.

    Raises:
        UserError: one of them is wrong.

    """
    loader = get_spider_loader(settings)
    if spider not in loader.list():
        raise UserError(
            _(
                "there is no spider {spider!r} - there are {names}",
                spider=spider,
                names=", ".join(sorted(loader.list())),
            )
        )
    loader.load(spider).check(dict(arguments))  # type: ignore[attr-defined]
    Options.from_settings(settings)


def hush_scrapy() -> None:
    """Let Scrapy say of itself only what somebody should act on."""
    # Filters, because Scrapy sets the levels of its loggers again when it starts.
    for name in _CHATTY:
        logging.getLogger(name).addFilter(is_warning)
    logging.getLogger("scrapy.downloadermiddlewares.robotstxt").addFilter(without_traceback)


def crawl_with(process: CrawlerProcessBase, crawler: Crawler, arguments: Mapping[str, str]) -> RunSummary:
    """Run a crawler to its end, in a crawler process that is not started yet; `arguments` are what `-a` gave.

    Raises:
        UserError: a wrong argument or setting, an archive that cannot be opened, or a crawl that could not begin.

    """
    ended: list[RunSummary] = []

    def end(summary: RunSummary) -> None:  # a function, because Scrapy refers to what it calls weakly
        ended.append(summary)

    crawler.signals.connect(end, run_finished)
    spare_garbage_collection()
    task: Task[None] = process.crawl(crawler, **arguments)  # type: ignore[assignment]
    process.start()
    error = task.exception() if task.done() and not task.cancelled() else None
    if isinstance(error, UserError):
        raise error
    if error is not None:
        logger.error("the crawl broke off", exc_info=error)
    if error is not None or not ended:
        raise CrawlBrokeOffError(_("the crawl broke off before its end could be recorded"))
    return ended[0]


def spare_garbage_collection() -> None:
    """Keep the collector from going through all modules again and again: they stay until the process ends."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS)
