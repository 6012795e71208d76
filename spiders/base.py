"""What the spiders share: checked arguments, and pages that become items or the outcome of a frontier row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.request import getproxies

from scrapy import Request, Spider
from scrapy.spidermiddlewares.httperror import HttpError

from newsarchive.archive import Link
from newsarchive.crawl.arguments import read_arguments, read_base_url, read_site
from newsarchive.crawl.failures import UNASKED, outcome_of
from newsarchive.crawl.http.conditional import NOT_MODIFIED, conditional_headers, is_unasked, is_unchanged
from newsarchive.crawl.http.crawl_delay import ask_politely
from newsarchive.crawl.http.offsite import AddressRules, site_rules
from newsarchive.crawl.landing import misdirection
from newsarchive.crawl.pages import make_page
from newsarchive.crawl.session import Session
from newsarchive.crawl.writer.operations import Operations
from newsarchive.options import Options
from newsarchive.urls import find_info_code, reachable_base, read_info_code

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from datetime import datetime
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from newsarchive.archive import FrontierEntry
    from newsarchive.crawl.arguments import Reader
    from newsarchive.crawl.outcomes import Outcome
    from newsarchive.crawl.spider_protocol import CrawlSpider, FrontierCrawlSpider
    from newsarchive.models import Article, Page, Role
    from newsarchive.sites import Site

DEFAULT_SITE = "finews"


class ArchiveSpider(Spider):
    """A spider of one site, whose arguments are checked before anything is opened or asked for.

    Spider arguments:
        site: name of a site file; without it `finews`.
        base_url: the address at which the site is reached, where that is not the one in its file.
    """

    #: Argument -> what reads it. A reader raises UserError for a value that it cannot use.
    readers: ClassVar[dict[str, Reader]] = {"site": read_site, "base_url": read_base_url}
    #: Whether its pages are what the sites answer now. Others say nothing of what is still to be fetched.
    fetches: ClassVar[bool] = True
    #: Whether it looks for all that the site has: only then it means something that nothing was new.
    lists_all: bool = False
    #: Since when (UTC) pages are read again from their snapshots; None for a spider that brings pages itself.
    reread_at: datetime | None = None

    def __init__(self, given: dict[str, str], values: dict[str, Any]) -> None:
        super().__init__()
        self.given = given
        self.values = values
        given_url: str | None = values.get("base_url")
        site: Site = values.get("site") or read_site(DEFAULT_SITE)
        self.original_base = site.base_url
        base_url = given_url or reachable_base(site.base_url, getproxies())
        self.site = site if base_url == site.base_url else site.served_at(base_url)
        self.address_rules: AddressRules = site_rules(self.site, also=[given_url] if given_url else [])

    @classmethod
    def check(cls, given: dict[str, str]) -> dict[str, Any]:
        """Read all arguments; raises UserError, with a text for people, for the first that is wrong."""
        return read_arguments(cls.readers, given)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ARG003
        """Make a spider of the arguments that `-a` gave, and set what its site asks for."""
        spider = cls(kwargs, cls.check(kwargs))
        spider._set_crawler(crawler)
        contact = Options.from_settings(crawler.settings).contact
        ask_politely(crawler.settings, spider.site.politeness, contact)
        if spider.site.render is not None:
            # What a page that is being rendered asks for must not wait behind a queue of other pages.
            crawler.settings.set("CONCURRENT_REQUESTS", 2, priority="spider")
        return spider

    @property
    def session(self) -> Session:
        """The archive, as this crawl uses it."""
        return Session.of(self.crawler)

    @property
    def warc_label(self) -> str:
        """What the WARC files of this crawl are named by; no two crawls of one label may run at a time."""
        return self.site.name

    def site_of(self, page: Page) -> Site | None:  # noqa: ARG002 - a crawl of one site knows it
        """Return the site by whose rules a page is read."""
        return self.site

    def follow(self, article: Article) -> Iterable[Link]:  # noqa: ARG002 - a spider may have nothing to follow
        """Return the URLs that a stored article leads to; they enter the frontier in the same transaction."""
        return ()

    def fallback_links(self, row: FrontierEntry, outcome: Outcome) -> Iterable[Link]:  # noqa: ARG002 - may have none
        """Return the URLs to fetch in place of one that failed; they enter the frontier with its outcome."""
        return ()


class FrontierSpider(ArchiveSpider):
    """A spider that finds URLs and fetches what the frontier holds of its roles, an earlier run's leftovers first."""

    #: The roles of frontier rows that this spider fetches, in this order.
    roles: ClassVar[tuple[Role, ...]]

    def __init__(self, given: dict[str, str], values: dict[str, Any]) -> None:
        super().__init__(given, values)
        #: Pages of the frontier that this run asks for at most; None for all.
        self.limit: int | None = values.get("limit")

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the listings; the pages themselves come out of the frontier."""
        with self.session.failing():
            for request in self.listing_requests():
                yield request

    def follow(self, article: Article) -> Iterable[Link]:
        """Lead to an article's next page, and to the one that shows all of it; what is followed needs not be told."""
        if article.next_page is not None:
            article.problems = [problem for problem in article.problems if problem.reason != "further-pages"]
        for url in (article.next_page, article.whole_page):
            if url is not None:
                yield Link(url, article.page.site, article.page.role, found_on=article.page.url)

    def listing_requests(self) -> Iterable[Request]:
        """Return the requests for listings; a spider that knows its articles writes them to the frontier instead."""
        return ()

    def last_links(self, asked: int) -> Iterable[Link]:  # noqa: ARG002 - most leave nothing
        """Return what is to be fetched once nothing else waits in the frontier, after so many pages of this run."""
        return ()

    def share_link(self, code: str, found_on: str | None) -> Link | None:
        """Return the link to what the share service holds for an info code, a share link or an original's URL.

        None for a text without a code, and at a site without such a service.
        """
        digits = read_info_code(code)
        if digits is None or self.site.share is None:
            return None
        return Link(self.site.share.data_url(digits), self.site.name, "share", found_on=found_on)

    def request_page(self, row: FrontierEntry) -> Request:
        """Make the request for a row of the frontier."""
        # The frontier knows what was asked for before; Scrapy's filter would swallow a redirect to a known URL.
        return Request(
            row.url,
            headers=conditional_headers(row.validators),
            callback=self.parse_page,
            errback=self.page_failed,
            cb_kwargs={"row": row},
            meta={"handle_httpstatus_list": [NOT_MODIFIED]} if row.validators else None,
            dont_filter=True,
        )

    def parse_page(self, response: Response, row: FrontierEntry) -> Iterator[Page]:
        """Hand the page on to the pipelines, under the URL that the frontier knows, unless it is as it was."""
        landed = misdirection(row.url, response.url, self.site, self._is_listing)
        if landed is not None:
            # Under the address where it lies: read again as the one that was asked for, it would become an article.
            self._save_refused(make_page(response, response.url, row.role, self.site.name))
            self.session.settle(row, "fetch", landed, response.status)
            self.logger.info("Not fetched: %s: %s", row.url, landed.detail)
        elif is_unasked(response):
            self.session.settle(row, "fetch", UNASKED, response.status)
        elif row.validators and is_unchanged(response, row.validators):
            self.session.writer.submit(Operations.unchanged, row.url)
        else:
            # What a feed held and was lost with a run that was killed is read from the article's own page.
            role = "post" if row.role == "feed" else row.role
            yield make_page(response, row.url, role, self.site.name, row)

    def page_failed(self, failure: Failure) -> None:
        """Record what became of a row whose page did not come."""
        row: FrontierEntry = failure.request.cb_kwargs["row"]  # type: ignore[attr-defined]
        error = failure.value
        assert error is not None
        outcome = outcome_of(error)
        if isinstance(error, HttpError):
            self._save_refused(make_page(error.response, row.url, row.role, self.site.name))
        status = error.response.status if isinstance(error, HttpError) else None
        self.session.settle(row, "fetch", outcome, status)
        self.logger.info("Not fetched: %s: %s", row.url, outcome.detail or outcome.reason)

    def fallback_links(self, row: FrontierEntry, outcome: Outcome) -> Iterator[Link]:
        """Look elsewhere for the text that a share link did not give, and for a post that has left its site."""
        # A host that asked for a pause is waited for; any other failure may be the service's own.
        if outcome.not_before is None and (origin := self._origin_of(row)) is not None:
            self.session.count("share/fallbacks")
            yield Link(origin, self.site.name, "original", found_on=row.url)
        if outcome.state == "gone" and row.validators is None and (address := self._vanished(row)) is not None:
            self.session.count("vanished")
            yield Link(address, self.site.name, "file", found_on=row.url, hints=row.hints)

    def _save_refused(self, page: Page) -> None:
        """Have a page saved that is not read, so that somebody can look at what came."""
        if page.body:
            self.session.writer.submit(Operations.save_refused, page)

    def _is_listing(self, url: str) -> bool:
        return self.session.archive.listings.get(url) is not None

    def _origin_of(self, row: FrontierEntry) -> str | None:
        service, code = self.site.share, find_info_code(row.url)
        return service.origin_url(code) if row.role == "share" and service and code else None

    def _vanished(self, row: FrontierEntry) -> str | None:
        """Return the address at which the site keeps posts that left it before they were read."""
        vanished = self.site.vanished
        return vanished.address_of(row.url) if vanished and row.role == "post" else None


if TYPE_CHECKING:
    # The spiders are found by their names at run time; here mypy sees that they keep what they owe a crawl.
    _archive_spider: type[CrawlSpider] = ArchiveSpider
    _frontier_spider: type[FrontierCrawlSpider] = FrontierSpider
