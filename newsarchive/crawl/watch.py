"""Crawl sites for as long as nobody stops it: each when it is due, the longest due first, so many at one time."""

from __future__ import annotations

import asyncio
import heapq
import logging
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from newsarchive.archive.connection import is_locked, set_patience
from newsarchive.archive.schedules import Schedule
from newsarchive.crawl.schedule import OCCUPIED, Rest, after_failure, after_good_run, awake, shortest
from newsarchive.crawl.summary import GAVE_WAY
from newsarchive.discovery.refresh import Refresh
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.locks import AlreadyRunningError
from newsarchive.sites import load_site

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scrapy.crawler import Crawler

    from newsarchive.archive import Archive
    from newsarchive.crawl.process import CrawlProcess
    from newsarchive.crawl.summary import RunSummary
    from newsarchive.options import Options

logger = logging.getLogger(__name__)

# The interval with which a site begins, and the longest for which anything puts a site off; more is a wrong clock.
_FIRST = timedelta(minutes=30)
_LONGEST = timedelta(days=9)
# Seconds between two tries to write while another program does, and until a schedule is not written at all.
_LOOK_AGAIN, _PATIENCE = 0.2, 60.0


@dataclass(slots=True)
class Run:
    """A run that is going on: since when (monotonic), and whether it was asked to give way."""

    began: float
    crawler: Crawler | None = None
    gives_way: bool = False

    def has_turned(self, over: float) -> bool:
        """Return whether it began before a time, and can be asked to give way."""
        is_running = self.crawler is not None and self.crawler.engine.running
        return is_running and self.began <= over and not self.gives_way

    def give_way(self) -> None:
        """End it; what it has not done is left to the next run."""
        assert self.crawler is not None
        self.gives_way = True
        asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=GAVE_WAY))  # noqa: RUF006 - it is logged


@dataclass(frozen=True, slots=True)
class Watched:
    """The end of a run of a watched site, for those who tell it: `error` where it has no summary."""

    schedule: Schedule
    began_at: datetime
    summary: RunSummary | None = None
    error: UserError | None = None


@dataclass(slots=True)
class Watch:
    """Watches sites.

    `find` returns the sites to watch and the arguments with which the spider crawls each; it is asked again when a
    SIGHUP comes. A site's file is read whenever it is needed. `told` hears of every run that ended.
    """

    process: CrawlProcess
    archive: Archive
    options: Options
    spider: str
    find: Callable[[], Mapping[str, Mapping[str, str]]]
    told: Callable[[Watched], None]
    arguments: dict[str, Mapping[str, str]] = field(default_factory=dict)
    schedules: dict[str, Schedule] = field(default_factory=dict)
    _running: dict[str, Run] = field(default_factory=dict)
    #: When the sites are due, the next first; a site that was scheduled again is in it twice.
    _queue: list[tuple[datetime, str]] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Crawl until somebody stops the process; then wait for the crawls that are going on."""
        set_patience(self.archive.connection, 0.0)
        self.schedules = self.archive.schedules.all()
        self.look_for_sites()
        signal.signal(signal.SIGHUP, self._hung_up)
        stop = asyncio.ensure_future(self.process.stopping.wait())
        stop.add_done_callback(lambda _: self._changed.set())
        while not self.process.stopping.is_set():
            self._changed.clear()
            self._begin_due()
            self._make_room()
            await self.wait(self._seconds_to_wait())
        if self._tasks:
            await asyncio.wait(self._tasks)

    def now(self) -> datetime:
        """Return the time (UTC) by which sites are due."""
        return datetime.now(UTC)

    async def wait(self, seconds: float | None) -> None:
        """Wait until a run ends, a signal comes, or so many seconds have passed."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), seconds)

    @property
    def is_idle(self) -> bool:
        """Whether no site is being crawled."""
        return not self._running

    def look_for_sites(self) -> None:
        """Watch the sites that there are now: new ones are due at once, of those that are gone nothing is begun."""
        self.arguments = dict(self.find())
        now = self.now()
        for site in self.arguments:
            known = self.schedules.get(site)
            if known is None or known.due_at > now + _LONGEST:
                known = Schedule(site, self._first_due(site, now), known.interval if known else _FIRST)
                self.schedules[site] = known
            heapq.heappush(self._queue, (known.due_at, site))
        logger.info(_("watching %d sites"), len(self.arguments))
        self._changed.set()

    def _first_due(self, site: str, now: datetime) -> datetime:
        try:
            return awake(now, load_site(site), ())
        except UserError:
            return now  # its run tells what is wrong with the file

    def _hung_up(self, _number: int, _frame: object) -> None:
        from twisted.internet import reactor  # noqa: PLC0415 - importing it earlier would choose the wrong one

        reactor.callFromThread(self.look_for_sites)

    # Which sites are crawled

    def _next_due(self) -> Schedule | None:
        """Return the schedule of the site that is to be begun next."""
        while self._queue:
            due_at, site = self._queue[0]
            known = self.schedules[site]
            if site in self.arguments and site not in self._running and known.due_at == due_at:
                return known
            heapq.heappop(self._queue)
        return None

    def _begin_due(self) -> None:
        while len(self._running) < self.options.sites_at_once:
            due = self._next_due()
            if due is None or due.due_at > self.now():
                break
            heapq.heappop(self._queue)
            self._running[due.site] = Run(time.monotonic())
            task = asyncio.ensure_future(self._crawl(due))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _make_room(self) -> None:
        """Have runs that took their turn give way, the longest first, as many as other sites wait."""
        now, over = self.now(), time.monotonic() - self.options.turn_minutes * 60
        waiting = sum(due_at <= now for due_at, _ in self._queue) if self._next_due() else 0
        waiting -= sum(run.gives_way for run in self._running.values())
        turns = sorted((run for run in self._running.values() if run.has_turned(over)), key=lambda run: run.began)
        for run in turns[: max(0, waiting)]:
            run.give_way()

    def _seconds_to_wait(self) -> float | None:
        due = self._next_due()
        if due is None:
            return None
        if len(self._running) < self.options.sites_at_once:
            return max(0.0, (due.due_at - self.now()).total_seconds())
        turns = [run.began + self.options.turn_minutes * 60 for run in self._running.values() if not run.gives_way]
        return max(1.0, min(turns) - time.monotonic()) if turns else None

    # A run

    async def _crawl(self, due: Schedule) -> None:
        site, began_at = due.site, self.now()
        try:
            ended = await self._ended(due, began_at)
            self.schedules[site] = ended.schedule
            await self._save(ended.schedule)
            self.told(ended)
        finally:
            del self._running[site]
            heapq.heappush(self._queue, (self.schedules[site].due_at, site))
            self._changed.set()

    async def _ended(self, due: Schedule, began_at: datetime) -> Watched:
        """Run the spider; return what came of it and when the site is due again."""
        run = self._running[due.site]

        def begun(crawler: Crawler) -> None:
            run.crawler = crawler

        try:
            summary = await self.process.crawl_site(self.spider, self.arguments[due.site], begun)
            after = after_run(due, summary, self.archive, now=self.now(), options=self.options)
            return Watched(after, began_at, summary)
        except AlreadyRunningError as error:
            return Watched(replace(due, due_at=self.now() + OCCUPIED), began_at, error=error)
        except UserError as error:
            failed = error
        except Exception as error:
            logger.exception(_("%s could not be crawled"), due.site)
            failed = UserError(_("a fault in newsarchive ({name}: {error})", name=type(error).__name__, error=error))
        return Watched(after_failure(due, now=self.now(), options=self.options), began_at, error=failed)

    async def _save(self, schedule: Schedule) -> None:
        """Write a schedule when no other program is writing; one that cannot be written is known to this process."""
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                with self.archive.transaction():
                    self.archive.schedules.set(schedule)
            except UserError as error:
                if is_locked(error) and time.monotonic() < end:
                    await asyncio.sleep(_LOOK_AGAIN)
                    continue
                logger.warning(_("when %s is due could not be written: %s"), schedule.site, error)
            return


def after_run(due: Schedule, summary: RunSummary, archive: Archive, *, now: datetime, options: Options) -> Schedule:
    """Return the schedule of a site after a run, by what its archive knows of it.

    Raises:
        UserError: its file cannot be read any more.

    """
    if summary.outcome == "failed":
        return after_failure(due, now=now, options=options)
    if summary.outcome == "stopped" or summary.reason == GAVE_WAY:
        return replace(due, due_at=now, failures=0)
    site = load_site(due.site)
    after = after_good_run(due, summary.counts, now=now, options=options)
    rests = [
        Rest(
            datetime.fromisoformat(not_before) if not_before else None,
            Refresh.from_json(refresh) if refresh else Refresh(),
        )
        for not_before, refresh in archive.listings.rests(due.site)
    ]
    due_at = awake(after.due_at, site, rests)
    # What failed, and what is rechecked, does not wait for the listings.
    if (work_at := archive.frontier.next_work(due.site)) is not None:
        due_at = min(due_at, awake(max(work_at, now + shortest(options)), site, ()))
    return replace(after, due_at=due_at)
