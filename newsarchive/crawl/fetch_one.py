"""A few pages fetched for a person who looks at them: by the crawl's own downloader, without an archive.

Robots.txt, the User-Agent with its contact, the address rules, decompression and all bounds are those of a crawl,
because they are the same middlewares and settings. What a crawl would try again later is an error here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from http.client import responses
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http.request import NO_CALLBACK
from scrapy.spidermiddlewares.httperror import HttpError

from newsarchive.crawl.failures import Refused, outcome_of
from newsarchive.crawl.http.crawl_delay import ask_politely
from newsarchive.crawl.http.offsite import AddressRules
from newsarchive.crawl.pages import make_page
from newsarchive.crawl.project_settings import project_settings
from newsarchive.errors import UserError
from newsarchive.i18n import N_, _
from newsarchive.options import Options
from newsarchive.problems import REASONS
from newsarchive.sites.model import Politeness
from newsarchive.urls import host_port, is_loopback, split_url

if TYPE_CHECKING:
    from asyncio import Task
    from collections.abc import AsyncIterator, Sequence
    from typing import Self

    from scrapy.crawler import Crawler

    from newsarchive.models import Page

#: Loads one page, as `original`, with the address at which it was found after all redirects as its `final_url`.
Load = Callable[[str], Awaitable["Page"]]

#: Seconds between two pages, and for one page with its robots.txt and all redirects.
PAUSE, LONGEST = 1.0, 60.0
# What differs from a crawl: nothing is stored, and a person asks again where a crawl would.
_SETTINGS: dict[str, Any] = {
    "EXTENSIONS_BASE": {},  # none of Scrapy's is of use here, and to load them takes a fifth of a second
    "EXTENSIONS": {"newsarchive.crawl.http.crawl_delay.CrawlDelay": 300},
    "ITEM_PIPELINES": {},
    "RETRY_ENABLED": False,
    "LOG_INSTALL_ROOT_HANDLER": False,
}
# What makes a person wait is printed; everything else is told by the error.
_TOLD = ("newsarchive.crawl.http.crawl_delay", "newsarchive.crawl.http.retry_after")
_ADVICE = {"unsafe-url": N_(" - save the page and read the file")}
_ROBOTS = N_("the site's robots.txt asks not to fetch it - save it in a browser, read the file")


def fetch(urls: Sequence[str]) -> list[Page]:
    """Fetch pages one after the other, as `original`. Once a process: a Twisted reactor cannot be started again.

    Each page has the URL at which it was found after all redirects. A loopback address in `urls` may be asked, with
    its port; every other private one is refused.

    Raises:
        UserError: a page did not come, for the first of which this is so; or one of our settings is wrong.

    """
    pages: list[Page] = []
    fetch_with(partial(fetch_all, urls, pages), urls)
    return pages


async def fetch_all(urls: Sequence[str], pages: list[Page], load: Load) -> None:
    """Fetch the pages, up to the first that does not come."""
    for number, url in enumerate(urls):
        if number:
            await asyncio.sleep(PAUSE)
        page = await load(url)
        pages.append(replace(page, url=page.base_url, final_url=None))


def fetch_with(work: Callable[[Load], Awaitable[None]], typed: Sequence[str]) -> None:
    """Do a piece of work that loads pages, by a function that it is given; once a process, as `fetch`.

    `typed` are the addresses that a person named: those are checked before anything is asked for, and a loopback
    address among them may be asked. The pauses between pages are the work's own business.

    Raises:
        UserError: what the work raised, or one of our settings is wrong.

    """
    rules = _rules(typed)
    for url in typed:
        if (refusal := rules.refusal(url)) is not None:
            raise _error(url, Refused(refusal))
    process = AsyncCrawlerProcess(project_settings(**_SETTINGS))
    _hush()
    crawler = process.create_crawler(_Pages)
    task: Task[None] = process.crawl(crawler, work=work, rules=rules)
    # Twisted takes a KeyboardInterrupt inside a callback for a failure of that callback; so none is raised there.
    interrupted: list[int] = []
    earlier = signal.signal(signal.SIGINT, lambda number, _frame: _stop(interrupted, number))
    try:
        process.start(install_signal_handlers=False)
    finally:
        signal.signal(signal.SIGINT, earlier)
    if interrupted:
        raise KeyboardInterrupt
    task.result()
    assert isinstance(crawler.spider, _Pages)
    if crawler.spider.error is not None:
        raise crawler.spider.error


def _stop(interrupted: list[int], number: int) -> None:
    """Stop the reactor at the first signal; a further one finds it stopping."""
    from twisted.internet import reactor  # noqa: PLC0415 - importing it earlier would choose the wrong one

    if not interrupted:
        reactor.callFromThread(reactor.stop)  # type: ignore[misc]
    interrupted.append(number)


class _Pages(Spider):
    """Loads pages for a piece of work; what comes goes to whoever asked, and not to pipelines."""

    name = "pages"

    def __init__(self, work: Callable[[Load], Awaitable[None]], rules: AddressRules) -> None:
        super().__init__()
        self.work = work
        self.address_rules = rules
        self.error: Exception | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make one for a crawler, and set how it asks."""
        spider = cls(*args, **kwargs)
        spider._set_crawler(crawler)
        # The pause is kept by the work: between pages, not between a host's robots.txt and the page.
        ask_politely(crawler.settings, Politeness(delay=0), Options.from_settings(crawler.settings).contact)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Do the work."""
        try:
            await self.work(self._load)
        except Exception as error:  # it is raised again where the work was given
            self.error = error
        return
        yield  # makes this a generator, which Scrapy asks for

    async def _load(self, url: str) -> Page:
        """Load a page. Raises UserError for one that does not come."""
        try:
            return await asyncio.wait_for(self._fetch(url), LONGEST)
        except Exception as error:  # every way in which a download can fail
            raise _error(url, error) from error

    async def _fetch(self, url: str) -> Page:
        assert self.crawler.engine is not None
        response = await self.crawler.engine.download_async(Request(url, callback=NO_CALLBACK))
        if not 200 <= response.status < 300:
            raise HttpError(response)
        return make_page(response, url, "original", "")


class StatusError(UserError):
    """A server that answers with an error."""

    def __init__(self, url: str, status: int) -> None:
        answer = f"{status} {responses.get(status, '')}".rstrip()
        super().__init__(_("{url}: the server answers {answer}", url=url, answer=answer))
        self.status = status


def _rules(urls: Sequence[str]) -> AddressRules:
    """Return the rules for URLs that a person typed: every public host, and this machine where it was meant."""
    trusted = set()
    for parts in map(split_url, urls):
        with contextlib.suppress(ValueError):  # a port that is none is refused by the rules themselves
            if is_loopback(parts.hostname or ""):
                trusted.add(host_port(parts))
    return AddressRules(None, frozenset(trusted))


def _error(url: str, error: Exception) -> UserError:
    if isinstance(error, TimeoutError):
        return UserError(_("{url}: took longer than {longest:.0f} seconds - try again later", url=url, longest=LONGEST))
    outcome = outcome_of(error)
    if outcome.reason == "robots":
        return UserError(f"{url}: {_(_ROBOTS)}")
    if isinstance(error, HttpError) and (status := error.response.status) >= 400:
        return StatusError(url, status)
    why = outcome.detail or _(REASONS[outcome.reason])
    return UserError(
        _("{url}: cannot be fetched: {why}{reason}", url=url, why=why, reason=_(_ADVICE.get(outcome.reason, "")))
    )


def _hush() -> None:
    """Let nothing of Scrapy's log through but what a person waits for."""
    logging.getLogger().addHandler(logging.NullHandler())
    for name in _TOLD:
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.addHandler(logging.StreamHandler())
