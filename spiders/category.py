"""Follows a site's home and category pages to its articles, and these to their own category pages and share links.

scrapy crawl category                                          everything that finews lists now
scrapy crawl category -a site=demo -a base_url=http://127.0.0.1:8000
scrapy crawl category -a category=emnews,cailianshe -a since=2022-05-30 -a limit=100
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, urljoin

from scrapy import Request, signals

from newsarchive.archive import Found
from newsarchive.crawling.arguments import read_count, read_date, read_site, read_slugs
from newsarchive.crawling.days import day_of
from newsarchive.crawling.failures import fate_of
from newsarchive.crawling.paging import Paging
from newsarchive.crawling.rebase import move
from newsarchive.crawling.share_links import data_url, read_code
from newsarchive.crawling.sweeps import SWEEP, known_categories, sweep_is_due
from newsarchive.errors import UserError
from newsarchive.identity import canonical_url
from newsarchive.reading.listing import read_listing
from spiders.base import DEFAULT_SITE, FrontierSpider, make_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from newsarchive.crawling.arguments import Reader
    from newsarchive.items import Article, Category, Role
    from newsarchive.reading.listing import ListedArticle, ListingPage

# Listings are asked for before articles: what they list may vanish while we read.
_LISTING_PRIORITY = 10


class CategorySpider(FrontierSpider):
    """Crawls listings."""

    name = "category"
    roles: ClassVar[tuple[Role, ...]] = ("post", "original", "share")
    readers: ClassVar[dict[str, Reader]] = FrontierSpider.readers | {
        "category": read_slugs,
        "since": read_date,
        "until": read_date,
        "limit": read_count,
    }

    def __init__(self, given: dict[str, str], values: dict[str, Any]) -> None:
        super().__init__(given, values)
        self.chosen: tuple[str, ...] = values.get("category", ())
        self.since: date = values.get("since", date.min)
        self.until: date = values.get("until", date.max)
        self._visited: set[str] = set()

    @classmethod
    def check(cls, given: dict[str, str]) -> dict[str, Any]:
        """Read all arguments."""
        values = super().check(given)
        site = values.get("site") or read_site(DEFAULT_SITE)
        if site.listing is None:
            raise UserError(f"site={site.name}: its file has no [listing] - there is nothing to follow")
        if "since" in values and "until" in values and values["since"] > values["until"]:
            raise UserError(f"since={given['since']} lies behind until={given['until']}")
        return values

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make a spider, and let it hear of articles that were read: they name further category pages."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.article_read, signals.item_scraped)
        return spider

    # Listings

    def listing_requests(self) -> Iterator[Request]:
        """Ask for the chosen categories where the site tells their addresses, else for the pages it begins with."""
        listing = self.site.listing
        assert listing is not None
        if self.chosen and listing.category_page:
            for slug in self.chosen:
                yield from self._ask_listing(self._category_url(slug))
            return
        for path in listing.start:
            yield from self._ask_listing(self.site.base_url + path)
        yield from self._sweep()

    def parse_listing(self, response: Response, url: str, paging: Paging) -> Iterator[Request]:
        """Write the articles of a listing page to the frontier, and go on to further listings."""
        listing = read_listing(make_page(response, url, "listing", self.site.name), self.site)
        self.session.count("listings/read")
        for rejected, reason in listing.rejected:
            self.session.problem(rejected, "listing", reason, f"on {url}")
        links = self._wanted(listing)
        self._note(links, url)
        for category in listing.categories:
            yield from self._ask_category(category)
        yield from self._ask_next(listing, url, paging)

    def listing_failed(self, failure: Failure) -> None:
        """Record a listing page that did not come; it is asked for again by the next run."""
        request: Request = failure.request  # type: ignore[attr-defined]
        assert failure.value is not None
        fate = fate_of(failure.value)
        self.session.count("listings/failed")
        self.session.problem(request.cb_kwargs["url"], "listing", fate.reason, fate.detail)
        self.logger.warning("Listing not read: %s: %s", request.url, fate.detail or fate.reason)

    def _ask_listing(self, url: str, paging: Paging | None = None) -> Iterator[Request]:
        """Ask for a listing page once a run."""
        url = move(url, self.original_base, self.site.base_url)
        assert self.site.listing is not None
        refusal = self.address_rules.refusal(url)
        if refusal is not None:
            self.session.problem(url, "listing", refusal.reason, refusal.detail)
            return
        if canonical_url(url) in self._visited:
            return
        if len(self._visited) >= self.session.options.listings_max:
            self.session.problem(url, "listing", "endless-paging", f"{len(self._visited)} listing pages in one run")
            return
        self._visited.add(canonical_url(url))
        paging = paging or Paging(self.site.listing.max_pages)
        yield Request(
            url,
            callback=self.parse_listing,
            errback=self.listing_failed,
            cb_kwargs={"url": url, "paging": paging},
            priority=_LISTING_PRIORITY,
            dont_filter=True,
        )

    def _sweep(self) -> Iterator[Request]:
        """Ask for all categories that are known, when that is due."""
        session = self.session
        connection, interval = session.archive.connection, timedelta(hours=session.options.sweep_hours)
        if self.chosen or not sweep_is_due(connection, self.name, self.site.name, session.now(), interval):
            return
        session.count(SWEEP)
        for category in known_categories(connection, self.site.name):
            yield from self._ask_category(category)

    def _ask_category(self, category: Category) -> Iterator[Request]:
        if self.chosen and category.slug not in self.chosen:
            return
        assert self.site.listing is not None
        if category.url or self.site.listing.category_page:
            yield from self._ask_listing(category.url or self._category_url(category.slug))

    def _ask_next(self, listing: ListingPage, url: str, paging: Paging) -> Iterator[Request]:
        if listing.next_url is None:
            return
        stop = paging.stop_reason(link.url for link in listing.articles)
        if stop:
            self.session.problem(url, "listing", "endless-paging", stop)
        else:
            yield from self._ask_listing(listing.next_url, paging)

    def _category_url(self, slug: str) -> str:
        assert self.site.listing is not None
        assert self.site.listing.category_page is not None
        return urljoin(self.site.base_url, self.site.listing.category_page.format(slug=quote(slug, safe="()")))

    # Articles

    def article_read(self, item: Article) -> None:
        """Ask for the category page that an article names."""
        if item.category is not None:
            for request in self._ask_category(item.category):
                self.crawler.engine.crawl(request)

    def follow(self, article: Article) -> Iterable[Found]:
        """Lead from a post to the text behind its share link."""
        if article.page.role != "post" or not article.share_url or self.site.share is None:
            return
        code = read_code(article.share_url)
        if code is None:
            self.session.problem(article.share_url, "link", "bad-info-code", f"on {article.page.url}")
        else:
            yield Found(data_url(self.site.share, code), self.site.name, "share", found_on=article.page.url)

    def _wanted(self, listing: ListingPage) -> list[ListedArticle]:
        """Give the links to articles of the chosen days and categories; where a link tells neither, it is taken."""
        return [link for link in listing.articles if self._is_wanted(link)]

    def _is_wanted(self, link: ListedArticle) -> bool:
        category = link.hints.category
        if self.chosen and category is not None and category.slug and category.slug not in self.chosen:
            return False
        day = day_of(link.url, link.hints.published)
        return day is None or self.since <= day <= self.until

    def _note(self, links: Iterable[ListedArticle], listing_url: str) -> None:
        found = {}
        for link in links:
            url = move(link.url, self.original_base, self.site.base_url)
            found[url] = Found(url, self.site.name, "post", found_on=listing_url, hints=link.hints)
        known = self.session.seen_again(found)
        new = self.session.find(item for url, item in found.items() if url not in known)
        self.session.count("links/known", len(known))
        self.session.count("links/new", new)
