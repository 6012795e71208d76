"""Show a crawl at work: a line that renews itself on a terminal, one line a minute in a log, never both."""

from __future__ import annotations

import atexit
import logging
import sys
import time
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TextIO

from scrapy import signals
from scrapy.utils.asyncio import create_looping_call

from newsarchive.crawl.session import Session
from newsarchive.crawl.summary import STATS_PREFIX
from newsarchive.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from rich.live import Live
    from scrapy.crawler import Crawler
    from scrapy.utils.asyncio import AsyncioLoopingCall
    from twisted.internet.task import LoopingCall

logger = logging.getLogger(__name__)

#: Seconds between two looks at the counts: on a terminal, in a log.
ON_TERMINAL, IN_LOG = 0.5, 60.0
# A rate over less than this many seconds is chance.
_SETTLED = 3.0
# What a narrow terminal goes without, one after the other.
_LEAST_NEEDED = ("known", "rate", "word", "label", "changed", "problems", "left")
# The turning sign and the blank after it; the last column stays empty, because some terminals wrap when it is filled.
_SIGN_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class State:
    """A crawl at one moment; `seconds` since it began, `rate` in pages a second."""

    pages: int
    new: int
    changed: int
    known: int
    listings: int
    problems: int
    pending: int
    seconds: float

    @property
    def rate(self) -> float:
        """Pages and listings that a second brought, on the whole."""
        return (self.pages + self.listings) / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> timedelta | None:
        """How long what is pending takes at this rate; None where that cannot be told yet."""
        if not self.pending or self.seconds < _SETTLED or self.rate <= 0:
            return None
        return timedelta(seconds=round(self.pending / self.rate))

    def line(self, label: str = "", width: int | None = None) -> str:
        """Format the state as one line; where that is wider than `width` columns, what is needed least is left out."""
        if width is None:
            return self._told(label, ())
        from rich.cells import cell_len, set_cell_size  # noqa: PLC0415 - a log needs none of it

        for count in range(len(_LEAST_NEEDED) + 1):
            line = self._told(label, _LEAST_NEEDED[:count])
            if cell_len(line) <= width:
                return line
        return set_cell_size(line, width)

    def _told(self, label: str, without: Sequence[str]) -> str:
        texts = {
            "new": _("{number} new", number=self.new),
            "changed": _("{number} changed", number=self.changed),
            "known": _("{number} known", number=self.known),
            "pending": _("{number} pending", number=self.pending),
            "problems": _("{number} problems", number=self.problems) if self.problems else "",
            "left": _("{time} left", time=self.left) if self.left is not None else "",
        }
        pages = ngettext("{count} page", "{count} pages", self.listings + self.pages)
        start = "" if "label" in without or not label else f"{label}: "
        rate = "" if "rate" in without else f" ({self.rate:.1f}/s)"
        articles = "" if "word" in without else _("articles: ")
        return f"{start}{pages}{rate}{_(', ')}{articles}" + _(", ").join(
            text for name, text in texts.items() if text and name not in without
        )


def state_of(stats: Mapping[str, Any], pending: int, seconds: float) -> State:
    """Read the state of a crawl from Scrapy's stats."""

    def count(*names: str) -> int:
        return sum(int(stats.get(STATS_PREFIX + name, 0)) for name in names)

    return State(
        pages=count("pages", "checks/unchanged"),
        new=count("articles/new"),
        changed=count("articles/changed"),
        known=count("articles/known", "links/known", "checks/unchanged"),
        listings=count("listings/read", "listings/unchanged", "listings/failed", "listings/refused"),
        problems=sum(int(number) for name, number in stats.items() if name.startswith(STATS_PREFIX + "problems/")),
        pending=pending,
        seconds=seconds,
    )


def sum_of(states: Sequence[State]) -> State:
    """Return the state of several crawls taken together; they have been going on for as long as the first."""
    counted = [field.name for field in fields(State) if field.name != "seconds"]
    sums = {name: sum(getattr(state, name) for state in states) for name in counted}
    return State(**sums, seconds=max((state.seconds for state in states), default=0.0))


class Progress:
    """Extension that shows a crawl at work, together with the others of this process."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._began = time.monotonic()
        crawler.signals.connect(self.opened, signals.spider_opened)
        crawler.signals.connect(self.closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    def opened(self) -> None:
        """Begin to show."""
        _DISPLAY.add(self)

    def closed(self) -> None:
        """End; the summary tells the rest."""
        _DISPLAY.remove(self)

    @property
    def label(self) -> str:
        """What is crawled, and how."""
        spider = Session.of(self.crawler).spider
        return f"{spider.name} of {spider.site.name}"

    def state(self) -> State:
        """Return the crawl as it is now."""
        session = Session.of(self.crawler)
        pending = session.archive.frontier.count_pending(session.spider.site.name)
        return state_of(self.crawler.stats.get_stats(), pending, time.monotonic() - self._began)


class _Display:
    """What is seen of the crawls of this process: one line for all of them, on a terminal or in the log."""

    def __init__(self) -> None:
        self._crawls: list[Progress] = []
        self._live: Live | None = None
        self._stderr: TextIO = sys.stderr
        self._timer: LoopingCall | AsyncioLoopingCall | None = None

    def add(self, crawl: Progress) -> None:
        """Show a crawl: on a terminal that nothing else is written to page by page, else in the log."""
        self._crawls.append(crawl)
        if len(self._crawls) > 1:
            return
        settings = crawl.crawler.settings
        if sys.stderr.isatty() and not settings["LOG_FILE"] and settings["LOG_LEVEL"] != "DEBUG":
            from rich.console import Console  # noqa: PLC0415 - a log needs none of it
            from rich.live import Live  # noqa: PLC0415

            self._live = Live(
                console=Console(stderr=True),
                refresh_per_second=4,
                transient=True,
                redirect_stdout=sys.stdout.isatty(),  # what a file or a pipe gets is not for the terminal
            )
            self._live.start()
            atexit.register(self._live.stop)  # a crawl that is stopped twice ends without `closed`, the cursor hidden
            self._turn_handlers(self._stderr, sys.stderr)
        self._timer = create_looping_call(self.show)
        self._timer.start(ON_TERMINAL if self._live else IN_LOG, now=self._live is not None)

    def remove(self, crawl: Progress) -> None:
        """Show a crawl no longer; with the last one the line is cleared."""
        if crawl in self._crawls:
            self._crawls.remove(crawl)
        if self._crawls:
            return
        if self._timer is not None and self._timer.running:
            self._timer.stop()
        if self._live is not None:
            self._turn_handlers(sys.stderr, self._stderr)
            self._live.stop()
            atexit.unregister(self._live.stop)
            self._live = None

    def show(self) -> None:
        """Show the crawls as they are now."""
        state = sum_of([crawl.state() for crawl in self._crawls])
        several = len(self._crawls) > 1
        if self._live is None:
            logger.info("%s", state.line(_("{count} sites", count=len(self._crawls)) if several else ""))
        else:
            from rich.spinner import Spinner  # noqa: PLC0415 - as above
            from rich.text import Text  # noqa: PLC0415

            label = f"{len(self._crawls)} sites" if several else self._crawls[0].label
            width = self._live.console.width - _SIGN_COLUMNS
            self._live.update(Spinner("dots", Text(state.line(label, width))))

    @staticmethod
    def _turn_handlers(old: TextIO, new: TextIO) -> None:
        """Let log lines go where they do not break the line that renews itself."""
        for handler in logging.root.handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream is old:
                handler.setStream(new)


_DISPLAY = _Display()
