"""The state of one crawl: its archive, its writer, its run's row, and the URLs that are on their way.

What is written goes through the writer, in batches, each in one transaction with its problems and the ends of its
frontier rows: a crash costs a batch of pages to fetch again, never an article.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from scrapy import signals
from scrapy.exceptions import CloseSpider

from newsarchive.archive import Archive, FrontierEntry
from newsarchive.archive.connection import CRAWL_PATIENCE, explain, is_locked, set_patience
from newsarchive.archive.health import clock_alarm, last_new
from newsarchive.archive.soundness import look_into_tables
from newsarchive.crawl.log_formatter import make_logs_plain
from newsarchive.crawl.outcomes import Outcome
from newsarchive.crawl.spider_protocol import spider_of
from newsarchive.crawl.summary import (
    STATS_PREFIX,
    RunSummary,
    alarms_of,
    run_outcome,
    split_stats,
)
from newsarchive.crawl.writer.client import Writer
from newsarchive.crawl.writer.messages import Crawl
from newsarchive.crawl.writer.operations import Operations
from newsarchive.errors import UserError
from newsarchive.i18n import N_, _
from newsarchive.locks import CrawlLock
from newsarchive.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from newsarchive.crawl.writer.messages import Report
    from newsarchive.models import Page

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

# Seconds between two looks at what is waited for, and seconds in which a crawl that is asked to stop is over.
_LOOK_AGAIN = 0.2
_STOP_PATIENCE = 60.0

#: Signal: sent once, when a run's row is closed, with `summary` (a RunSummary).
run_finished = object()


class Session:
    """Extension that holds the archive open while a crawl runs.

    Raises:
        UserError: when it is made, if the archive cannot be opened or a setting of ours is wrong; as
            AlreadyRunningError, if another crawl of the same site into the same archive is going on.

    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.options = Options.from_settings(crawler.settings)
        self.spider = spider_of(crawler)
        self._lock = CrawlLock(self.options.db, self.spider.warc_label)
        try:
            #: The archive as it is committed, to read from; the writer writes.
            self.archive = Archive.open(self.options.db)
        except BaseException:
            self._lock.release()
            raise
        self.archive.connection.execute("PRAGMA cache_size = -2048")  # KiB; no page of the file is read twice
        self.writer = Writer(
            self.options.db, on_commit=self._committed, on_failure=self._broken, inherit=[self._lock.fileno()]
        )
        self.run_id: int | None = None
        #: URLs of the frontier that are asked for and have no outcome yet.
        self.in_flight: set[str] = set()
        #: Whether the frontier got new rows since it was last read.
        self.grown = True
        self._started_at = datetime.now(UTC)
        self._failure: str | None = None
        self._errors = 0
        self._is_closed = False
        self._over = asyncio.Event()
        self._starting: asyncio.Future[None] | None = None
        self._closing: asyncio.Future[None] | None = None
        self._asked_to_stop: float | None = None
        for handler, signal in (
            (self.opened, signals.spider_opened),
            (self.started, signals.engine_started),
            (self.closed, signals.spider_closed),
            (self.stopped, signals.engine_stopped),
            (self.spider_failed, signals.spider_error),
            (self.item_failed, signals.item_error),
        ):
            crawler.signals.connect(handler, signal)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """Return the session of a crawl that has one."""
        session = crawler.get_extension(cls)
        assert session is not None, "newsarchive.crawl.session.Session is not among EXTENSIONS"
        return session

    def count(self, name: str, number: int = 1) -> None:
        """Count a finding in Scrapy's stats, under our prefix."""
        self.crawler.stats.inc_value(STATS_PREFIX + name, number)

    def settle(self, row: FrontierEntry, stage: str, outcome: Outcome, status: int | None = None) -> None:
        """Have recorded how a URL of the frontier failed, and written what its spider would fetch in its place."""
        fallbacks = list(self.spider.fallback_links(row, outcome))
        self.writer.submit(Operations.settle, row, stage, outcome, status, fallbacks)

    def fail(self, error: Exception) -> None:
        """End the crawl, because it cannot go on; what is not stored stays pending in the frontier."""
        if self._failure is None:
            self._failure = str(error)
            logger.error("%s", error)
            if self.crawler.engine.spider is not None and not self._is_closed:
                self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="archive_error"))

    @contextmanager
    def failing(self) -> Iterator[None]:
        """End the crawl as failed when the block raises: Scrapy logs what a handler of its signals raises, and goes on.

        Signals by which a handler tells Scrapy something must be raised outside of the block.
        """
        try:
            yield
        except Exception as error:
            told = self._for_people(error)
            if told is None:
                logger.exception("a handler of the crawl failed")
                told = UserError(
                    _(
                        "the crawl failed because of a fault in newsarchive ({name}: {error})",
                        name=type(error).__name__,
                        error=error,
                    )
                )
            self.fail(told)

    def release(self) -> None:
        """Let go of the archive, the writer and the lock; doing it twice does no harm."""
        self.writer.close()
        self.archive.close()
        self._lock.release()

    # Signals

    async def opened(self) -> None:
        """Open the run's row."""
        make_logs_plain()  # not earlier: Scrapy makes the log's handlers anew when the crawl starts
        spider = self.spider
        try:
            look_into_tables(self.archive.connection)
            self.run_id = await self._when_unlocked(self._start_run)
        except (UserError, sqlite3.Error) as error:
            self._failure = str(self._for_people(error))
            raise CloseSpider("archive_error") from error
        self.writer.begin(
            Crawl(
                run_id=self.run_id,
                site=spider.site.name,
                label=spider.warc_label,
                fetches=spider.fetches,
                reread_at=spider.reread_at,
                recheck=spider.site.recheck,
                options=self.options,
                spider=spider.name,
            )
        )

    def started(self) -> None:
        """See to it that a stop is heard that is asked for while the engine starts."""
        self._starting = asyncio.ensure_future(self._until_running())

    async def _until_running(self) -> None:
        engine = self.crawler.engine
        while self.crawler.crawling and not engine.running and not self._is_closed:
            await asyncio.sleep(0)
        if not self.crawler.crawling and not self._is_closed:
            with suppress(RuntimeError):  # it was heard: the engine is stopping
                await engine.stop_async()

    async def closed(self, reason: str) -> None:
        """Store what is left, close the run's row and the archive."""
        self._is_closed = True
        try:
            await self._end(reason)
        finally:
            self._over.set()

    async def stopped(self) -> None:
        """Keep the crawl from being over before its end is recorded.

        Scrapy does not wait for a spider that is closing already when somebody asks it to stop.
        """
        if self.run_id is not None:
            await self._over.wait()

    async def _end(self, reason: str) -> None:
        await self._close_writer()
        counts, problems = split_stats(self.crawler.stats.get_stats())
        pending, alarms = 0, []
        with self.failing():
            self.archive.must_be_in_place()
            pending = self.archive.frontier.count_pending(self.spider.site.name)
            alarms = self._alarms(counts, problems.get("damaged-snapshot", 0))
        summary = self._summarize(reason, counts, problems, pending=pending, alarms=alarms)
        try:
            if self.run_id is not None:
                await self._when_unlocked(lambda: self._finish_run(summary))
        except (UserError, sqlite3.Error) as error:
            logger.warning(_("the end of run %s could not be written: %s"), self.run_id, error)
        finally:
            self.release()
        for line in summary.lines():
            logger.info("%s", line)
        self.crawler.signals.send_catch_log(run_finished, summary=summary)

    def _start_run(self) -> int:
        spider = self.spider
        if self.archive.runs.ahead(self._started_at) is not None:
            self.archive.frontier.bring_back(site=spider.site.name, now=self._started_at)
        return self.archive.runs.start(
            spider=spider.name, site=spider.site.name, arguments=spider.given, now=self._started_at
        )

    def _finish_run(self, summary: RunSummary) -> None:
        assert self.run_id is not None
        self.archive.runs.finish(
            self.run_id,
            outcome=summary.outcome,
            reason=summary.reason or "; ".join(summary.alarms) or None,
            counts=summary.counts | {f"problems/{name}": n for name, n in summary.problems.items()},
            now=summary.finished_at,
        )
        self.archive.runs.compact(summary.finished_at)

    async def _when_unlocked(self, write: Callable[[], Result]) -> Result:
        """Write in a transaction, when no other program is writing; meanwhile signals are heard."""
        set_patience(self.archive.connection, 0.0)
        end, is_told = time.monotonic() + CRAWL_PATIENCE, False
        while True:
            try:
                with self.archive.transaction():
                    return write()
            except UserError as error:
                if not is_locked(error) or time.monotonic() > min(end, self._stop_by()):
                    raise
            if not is_told:
                logger.warning(_("archive %s: another program is writing to it; waiting"), self.options.db)
                is_told = True
            await asyncio.sleep(_LOOK_AGAIN)

    async def _close_writer(self) -> None:
        """Wait until all is stored; a writer that does not answer any more is left, with the lock that it holds."""
        committed = asyncio.ensure_future(self.writer.end())
        end = time.monotonic() + CRAWL_PATIENCE
        while not committed.done() and time.monotonic() < min(end, self._stop_by()):
            await asyncio.wait([committed], timeout=_LOOK_AGAIN)
        if committed.done():
            self.writer.close()
            return
        committed.cancel()
        self.writer.leave()
        self._failure = self._failure or (
            N_(
                "the process that writes the archive does not answer: another program holds the archive, or the disk "
                "hangs - it stores what it was given as soon as it can, and no other crawl of this site begins before"
            )
        )

    def _stop_by(self) -> float:
        """Return by when (monotonic) the crawl is to be over: soon after somebody has asked it to stop."""
        if self.crawler.crawling:
            return float("inf")
        self._asked_to_stop = self._asked_to_stop or time.monotonic()
        return self._asked_to_stop + _STOP_PATIENCE

    def spider_failed(self, failure: Failure, response: Response | Failure | None) -> None:
        """Record that a rule of ours failed in the spider; the page is not tried again by itself."""
        if (error := self._for_people(failure.value)) is not None:
            self.fail(error)
            return
        self._errors += 1
        request = getattr(response, "request", None)
        detail = f"{type(failure.value).__name__}: {failure.value}"
        if request is not None and isinstance(row := request.cb_kwargs.get("row"), FrontierEntry):
            self.settle(row, "spider", Outcome("spider-error", "failed", detail))
        elif request is not None:
            self.writer.submit(Operations.problem, request.url, "spider", "spider-error", detail)

    def item_failed(self, item: Page, failure: Failure) -> None:
        """Record that a rule of ours failed in a pipeline."""
        if (error := self._for_people(failure.value)) is not None:
            self.fail(error)
            return
        self._errors += 1
        outcome = Outcome("spider-error", "failed", f"{type(failure.value).__name__}: {failure.value}")
        self.settle(FrontierEntry.of_page(item), "pipeline", outcome)

    # Inside

    def _for_people(self, error: BaseException | None) -> UserError | None:
        """Return an error that says what is wrong with the archive or a setting; None for a fault of ours."""
        if isinstance(error, sqlite3.Error):
            return explain(error, self.options.db)
        return error if isinstance(error, UserError) else None

    def _committed(self, report: Report) -> None:
        self.grown = self.grown or report.grown
        self.in_flight -= report.settled
        for name, number in report.counts.items():
            self.count(name, number)
        self._errors += len(report.errors)
        for error in report.errors:
            logger.error("%s", error)

    def _broken(self, reason: str) -> None:
        self.fail(UserError(reason))

    def _summarize(
        self, scrapy_reason: str, counts: dict[str, int], problems: dict[str, int], *, pending: int, alarms: list[str]
    ) -> RunSummary:
        outcome = run_outcome(scrapy_reason)
        reason = self._failure or (None if scrapy_reason == "finished" else scrapy_reason)
        if outcome == "finished" and reason is None:
            reason = self._shortfall(counts)
            outcome = "failed" if reason else "finished"
        site = self.spider.site.name
        return RunSummary(
            spider=self.spider.name,
            site=site,
            outcome="failed" if self._failure else outcome,
            reason=reason,
            started_at=self._started_at,
            finished_at=datetime.now(UTC),
            archive=self.options.db,
            run_id=self.run_id,
            counts=counts,
            problems=problems,
            alarms=alarms,
            pending=pending,
        )

    def _alarms(self, counts: dict[str, int], damaged: int) -> list[str]:
        """Return where a crawl that did its work brought less than it should have."""
        spider = self.spider
        if not spider.fetches:
            told = N_("{0} raw pages are damaged or missing: newsarchive check --deep names them, repair mends")
            return [told.format(damaged)] if damaged else []
        ahead = self.archive.runs.ahead(datetime.now(UTC))
        newest = last_new(self.archive.connection, spider.site.name)
        silence = datetime.now(UTC) - datetime.fromisoformat(newest) if newest else timedelta(0)
        alarms = alarms_of(
            counts,
            losses_percent=self.options.losses_percent,
            silent_hours=silence / timedelta(hours=1) if spider.lists_all else 0.0,
            silence_hours=self.options.silence_hours,
        )
        if ahead is not None:
            alarms.append(clock_alarm(ahead))
        return alarms

    def _shortfall(self, counts: dict[str, int]) -> str | None:
        """Return what a crawl that ended by itself did not do; None when it did its work."""
        if self._errors:
            return N_("a rule of ours failed on pages ({0})").format(self._errors)
        if unreadable := counts.get("files/unreadable", 0):
            return N_("nothing could be read of files ({0})").format(unreadable)
        missed = counts.get("listings/failed", 0) + counts.get("listings/refused", 0)
        if missed and not counts.get("listings/read") and not counts.get("listings/unchanged"):
            return N_("no listing page could be read")
        return None
