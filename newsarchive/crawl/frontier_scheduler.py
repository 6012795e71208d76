"""Feed the crawl from the frontier: what waits in the archive becomes requests, a window at a time.

Scrapy's own queue never holds more than the window, so that a killed crawl forgets nothing and memory stays flat.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import DontCloseSpider, NotConfigured

from newsarchive.archive import FrontierEntry
from newsarchive.archive.frontier import UNFINISHED
from newsarchive.crawl.outcomes import Outcome
from newsarchive.crawl.session import Session
from newsarchive.crawl.spider_protocol import FrontierCrawlSpider
from newsarchive.crawl.writer.operations import Operations

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler


#: Seconds for which the crawl stands still for its writer; behind them, signals are heard, and Scrapy asks again.
_LONGEST_BLOCK = 1.0
#: The same where other crawls would stand still with it.
_LONGEST_SHARED_BLOCK = 0.05
#: Runs that may be killed while a page is on its way until it is given up.
_KILLS = 3


class FrontierScheduler:
    """Extension that asks for pending URLs of the roles that a FrontierCrawlSpider names; others do without it."""

    def __init__(self, crawler: Crawler) -> None:
        spider: object = crawler.spider
        if not isinstance(spider, FrontierCrawlSpider):
            raise NotConfigured
        self.crawler = crawler
        self.spider = spider
        #: Pages that were asked for, and how many of them are rechecks.
        self.asked = 0
        self.rechecks = 0
        #: Whether the frontier was found empty, and the spider asked for what it left for then.
        self.is_drained = False
        crawler.signals.connect(self.queue_empty, signals.scheduler_empty)
        crawler.signals.connect(self.begun, signals.request_reached_downloader)
        crawler.signals.connect(self.idle, signals.spider_idle)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    def queue_empty(self) -> None:
        """Refill when half of the window is used up and there may be more."""
        session = Session.of(self.crawler)
        with session.failing():
            if session.grown and len(session.in_flight) <= session.options.window // 2:
                self.feed(session)

    def begun(self, request: Request) -> None:
        """Have the try counted before its request is made: the page may be one that kills the process."""
        row = request.cb_kwargs.get("row")
        is_first = not (request.meta.get("redirect_times") or request.meta.get("retry_times"))
        if isinstance(row, FrontierEntry) and is_first:
            Session.of(self.crawler).writer.submit(Operations.begin, row.url)

    def idle(self) -> None:
        """Keep the crawl open while something waits in the frontier, or may come into it by what is being written."""
        session = Session.of(self.crawler)
        fed = 0
        with session.failing():
            fed = self.feed(session)
            longest = _LONGEST_SHARED_BLOCK if session.writer.is_shared else _LONGEST_BLOCK
            while not fed and (session.writer.wait_for_commit(longest) or self._find_last(session)):
                fed = self.feed(session)
        if fed or session.writer.is_busy:
            raise DontCloseSpider

    def _find_last(self, session: Session) -> bool:
        """Have the links written that the spider kept for the end; False when there are none, or not yet."""
        if self.is_drained or session.writer.is_busy:
            return False
        self.is_drained = True
        links = list(self.spider.last_links(self.asked))
        if links:
            session.writer.submit(Operations.find, links)
        return bool(links)

    def feed(self, session: Session) -> int:
        """Ask for pending URLs until the window is full; return their number."""
        fed = 0
        while not fed and (rows := self._pending(session)):
            session.in_flight.update(row.url for row in rows)
            fed = sum(self._ask(session, row) for row in rows)
        self.asked += fed
        session.grown = fed > 0
        return fed

    def _pending(self, session: Session) -> list[FrontierEntry]:
        """Return what is to be asked for next: what was never read, then what is rechecked for changes."""
        spider = self.spider
        window = session.options.window
        room = window - len(session.in_flight)
        if spider.limit is not None:
            room = min(room, spider.limit - self.asked)
        if room <= 0 or session.run_id is None:
            return []
        frontier, site, now = session.archive.frontier, spider.site.name, datetime.now(UTC)
        rows: list[FrontierEntry] = []
        for role in spider.roles:
            rows += frontier.pending(site=site, now=now, role=role, limit=window)
        rows = [row for row in rows if row.url not in session.in_flight]
        if not rows and self.rechecks < session.options.checks_max:
            limit = min(window, session.options.checks_max - self.rechecks)
            rows = [row for row in frontier.rechecks(site=site, now=now, limit=limit) if row.role in spider.roles]
            rows = [row for row in rows if row.url not in session.in_flight][:room]
            self.rechecks += len(rows)
        if not rows and not session.in_flight:
            # One of them may be what killed the run that asked for it, so that they are asked for alone, and last.
            rows = [row for row in frontier.unfinished(site=site) if row.role in spider.roles][:1]
        return rows[:room]

    def _ask(self, session: Session, row: FrontierEntry) -> bool:
        refusal = self.spider.address_rules.refusal(row.url)
        if refusal is not None:
            session.settle(row, "fetch", Outcome(refusal.reason, "rejected", refusal.detail, final=True))
            return False
        if row.is_unfinished:
            if session.archive.problems.times(row.url, "fetch", UNFINISHED) >= _KILLS - 1:
                session.settle(row, "fetch", Outcome(UNFINISHED, "failed", f"in {_KILLS} runs"))
                return False
            session.writer.submit(Operations.problem, row.url, "fetch", UNFINISHED)
        self.crawler.engine.crawl(self.spider.request_page(row))
        return True
