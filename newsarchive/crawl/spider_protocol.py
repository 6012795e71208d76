"""What a spider owes the crawl that runs it: all that the extensions and the pipelines ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from scrapy import Request
    from scrapy.crawler import Crawler

    from newsarchive.archive import FrontierEntry, Link
    from newsarchive.crawl.http.offsite import AddressRules
    from newsarchive.crawl.outcomes import Outcome
    from newsarchive.models import Article, Page, Role
    from newsarchive.sites import Site


@runtime_checkable
class CrawlSpider(Protocol):
    """A spider of one crawl of one site; see `spiders.base.ArchiveSpider` for what it does by itself."""

    name: str
    #: The arguments as `-a` gave them.
    given: dict[str, str]
    #: The site that is crawled, at the address at which it is reached.
    site: Site
    #: Whether its pages are what the sites answer now. Others say nothing of what is still to be fetched.
    fetches: ClassVar[bool]
    #: Whether it looks for all that the site has: only then it means something that nothing was new.
    lists_all: bool
    #: Since when (UTC) pages are read again from their snapshots; None for a spider that brings pages itself.
    reread_at: datetime | None

    @property
    def warc_label(self) -> str:
        """What the WARC files of the crawl are named by; no two crawls of one label may run at a time."""

    def site_of(self, page: Page) -> Site | None:
        """Return the site by whose rules a page is read; None where no file describes it."""

    def follow(self, article: Article) -> Iterable[Link]:
        """Return the URLs that a stored article leads to; they enter the frontier in the same transaction."""

    def fallback_links(self, row: FrontierEntry, outcome: Outcome) -> Iterable[Link]:
        """Return the URLs to fetch in place of one that failed; they enter the frontier with its outcome."""


@runtime_checkable
class FrontierCrawlSpider(CrawlSpider, Protocol):
    """A spider whose pages are fetched out of the frontier."""

    #: The roles of frontier rows that it fetches, in this order.
    roles: ClassVar[tuple[Role, ...]]
    #: Pages of the frontier that this run asks for at most; None for all.
    limit: int | None
    #: Which addresses may be asked for.
    address_rules: AddressRules

    def request_page(self, row: FrontierEntry) -> Request:
        """Make the request for a row of the frontier."""

    def last_links(self, asked: int) -> Iterable[Link]:
        """Return what is to be fetched once nothing else waits in the frontier, after so many pages of this run."""


def spider_of(crawler: Crawler) -> CrawlSpider:
    """Return the spider of a crawl. Raises TypeError for one that does not owe a crawl what the others do."""
    spider: object = crawler.spider
    if not isinstance(spider, CrawlSpider):
        raise TypeError(f"{type(spider).__name__} is no CrawlSpider (see {__name__})")
    return spider
