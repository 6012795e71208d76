"""Crawls of several sites in this process: one Scrapy, one reactor, one writing process for each archive."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess

from newsarchive import interrupts
from newsarchive.crawl.run import CrawlBrokeOffError, hush_scrapy, spare_garbage_collection
from newsarchive.crawl.session import Session, run_finished
from newsarchive.crawl.writer.channel import CHANNELS
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.locks import LEFT_BEHIND, is_left_behind
from newsarchive.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from scrapy.crawler import Crawler
    from scrapy.settings import Settings

    from newsarchive.crawl.summary import RunSummary

logger = logging.getLogger(__name__)

# Seconds between two looks at what is waited for.
_LOOK_AGAIN = 0.2


class CrawlProcess(AsyncCrawlerProcess):
    """Runs a coroutine that starts crawls, as many as it likes and whenever, and stops all of them at a signal.

    A process can have one only, because a reactor cannot be started again.
    """

    def __init__(self, settings: Settings) -> None:
        # Scrapy would make its log handler anew for every crawler.
        settings.set("LOG_INSTALL_ROOT_HANDLER", value=False, priority="cmdline")
        super().__init__(settings)
        _log_to_stderr(settings)
        hush_scrapy()
        #: Set when somebody has asked to stop; no crawl begins any more.
        self.stopping = asyncio.Event()
        self._main: asyncio.Task[None] | None = None

    def run(self, main: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine to its end, and whatever it began.

        Raises:
            CrawlBrokeOffError: somebody asked twice to stop, and did not wait for the end.

        """
        spare_garbage_collection()
        self._main = asyncio.get_event_loop().create_task(self._unless_stopped(main))
        self._main.add_done_callback(self._stop_reactor)
        with CHANNELS.kept():
            self.start(stop_after_crawl=False)
            if not self._main.done():
                raise CrawlBrokeOffError(_("the crawl was broken off before its end could be recorded"))
        self._main.result()

    async def _unless_stopped(self, main: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine; it finds the process stopping where an interrupt was lost before the reactor heard them."""
        if interrupts.came():
            self.stopping.set()
        await main

    async def crawl_site(
        self, spider: str, arguments: Mapping[str, str], begun: Callable[[Crawler], None] | None = None
    ) -> RunSummary:
        """Run a spider to its end, with the arguments that `-a` would give; `begun` is told the crawler when it runs.

        Raises:
            UserError: a wrong argument or setting, an archive that cannot be opened, a site that is crawled already (as
                AlreadyRunningError), or a crawl that could not begin.

        """
        await self._wait_for_left_behind(arguments["site"])
        ended: list[RunSummary] = []

        def end(summary: RunSummary) -> None:  # functions, because Scrapy refers to what it calls weakly
            ended.append(summary)

        async def stop_if_asked() -> None:
            if self.stopping.is_set():  # it was not running yet, and did not hear of it
                await crawler.engine.stop_async()

        crawler = self.create_crawler(spider)
        crawler.signals.connect(end, run_finished)
        crawler.signals.connect(stop_if_asked, signals.engine_started)
        if begun is not None:
            begun(crawler)
        self.crawlers.add(crawler)
        try:
            await crawler.crawl_async(**arguments)
        except UserError:
            raise
        except Exception:
            logger.exception("the crawl broke off")
        finally:
            self.crawlers.discard(crawler)
            _release(crawler)
        if not ended:
            raise CrawlBrokeOffError(_("the crawl broke off before its end could be recorded"))
        return ended[0]

    async def _wait_for_left_behind(self, site: str) -> None:
        """Wait while the writing process of a killed crawl of the site still stores what it was told."""
        end = time.monotonic() + LEFT_BEHIND
        while is_left_behind(self.settings["NEWSARCHIVE_DB"], site) and time.monotonic() < end:
            await asyncio.sleep(_LOOK_AGAIN)

    async def stop(self) -> None:
        """Stop all crawls and wait until they are over, and what runs them; the second time do not wait."""
        if self._main is None or self._main.done():
            return
        is_first = not self.stopping.is_set()
        self.stopping.set()
        await super().stop()
        if is_first:
            await asyncio.wait([self._main])


async def crawl_each(
    process: CrawlProcess,
    spider: str,
    arguments: Sequence[Mapping[str, str]],
    told: Callable[[RunSummary | UserError], None],
) -> None:
    """Run a spider once with each set of arguments, at most so many at one time as the settings say.

    `told` hears of the end of each, the error where it has no summary. Who waits when somebody stops the process is not
    begun.
    """
    room = asyncio.Semaphore(Options.from_settings(process.settings).sites_at_once)

    async def crawl(given: Mapping[str, str]) -> None:
        async with room:
            if process.stopping.is_set():
                return
            try:
                told(await process.crawl_site(spider, given))
            except UserError as error:
                told(error)

    await asyncio.gather(*map(crawl, arguments))


def _release(crawler: Crawler) -> None:
    """Let go of what a crawl that broke off may still hold."""
    with suppress(RuntimeError):  # it broke off before it had extensions
        if (session := crawler.get_extension(Session)) is not None:
            session.release()


def _log_to_stderr(settings: Settings) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(settings["LOG_LEVEL"])
    handler.setFormatter(logging.Formatter(settings["LOG_FORMAT"], settings["LOG_DATEFORMAT"]))
    logging.root.addHandler(handler)
    logging.root.setLevel(settings["LOG_LEVEL"])
