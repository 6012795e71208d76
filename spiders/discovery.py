"""What the spiders share that read listings: which are asked for, what they lead to, and where they stop.

A listing is asked for by what it is known by, and one without changes costs an answer without a body: none of its
links are looked at. Later pages are followed while they list something new. Now and then, and after a run that did not
end well, every listing of the site is asked for (a sweep), later pages included.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, urljoin

from scrapy import Request, signals

from newsarchive.archive import Link
from newsarchive.crawl.arguments import read_count, read_date, read_site
from newsarchive.crawl.http.conditional import NOT_MODIFIED
from newsarchive.crawl.known_listings import FULL_DISCOVERY, ListingMemory, ReadListing, full_discovery_is_due
from newsarchive.crawl.outcomes import outcome_of
from newsarchive.discovery import LINK_SOURCES
from newsarchive.discovery.paging import Paging
from newsarchive.errors import UserError
from newsarchive.extract.dates.hints import day_of
from newsarchive.extract.feed_entry import MARK
from newsarchive.sites.rebase import move
from newsarchive.sites.share_links import data_url, read_code
from newsarchive.urls import canonical_url
from spiders.base import DEFAULT_SITE, FrontierSpider, make_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from newsarchive.archive.listings import KnownListing
    from newsarchive.crawl.arguments import Reader
    from newsarchive.discovery.html_listing import ListedArticle, ListingPage
    from newsarchive.models import (
        Article,
        Category,
        Page,
        Role,
    )

# Listings are asked for before articles: what they list may vanish while we read.
_LISTING_PRIORITY = 10


class DiscoverySpider(FrontierSpider):
    """A spider that goes to articles by one or several ways (`newsarchive.discovery`)."""

    #: The ways that it goes, where the site has them.
    ways: ClassVar[tuple[str, ...]]
    roles: ClassVar[tuple[Role, ...]] = ("post", "original", "share", "feed", "file")
    readers: ClassVar[dict[str, Reader]] = FrontierSpider.readers | {
        "since": read_date,
        "until": read_date,
        "limit": read_count,
    }

    def __init__(self, given: dict[str, str], values: dict[str, Any]) -> None:
        super().__init__(given, values)
        self.chosen: tuple[str, ...] = values.get("category", ())
        self.since: date = values.get("since", date.min)
        self.until: date = values.get("until", date.max)
        self.memory: ListingMemory
        self.is_thorough = self.is_choosy
        self.lists_all = not self.is_choosy
        self._visited: set[str] = set()

    @property
    def is_choosy(self) -> bool:
        """Whether the run wants a part of the articles alone."""
        return bool(self.chosen) or self.since > date.min or self.until < date.max

    @classmethod
    def check(cls, given: dict[str, str]) -> dict[str, Any]:
        """Read all arguments."""
        values = super().check(given)
        site = values.get("site") or read_site(DEFAULT_SITE)
        if not any(True for way in cls.ways for _ in LINK_SOURCES[way].starts(site)):
            lacking = " or ".join(LINK_SOURCES[way].section for way in cls.ways)
            raise UserError(f"site={site.name}: its file has no {lacking} - there is nothing to follow")
        if "since" in values and "until" in values and values["since"] > values["until"]:
            raise UserError(f"since={given['since']} lies behind until={given['until']}")
        return values

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make a spider, and let it hear of articles that were read: they name further category pages."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.article_read, signals.item_scraped)
        return spider

    # Which listings are asked for

    def listing_requests(self) -> Iterator[Request]:
        """Ask where the ways begin, for what an earlier run did not get, and in a sweep for all listings."""
        session = self.session
        self.memory = ListingMemory(session, self.site, remembers=not self.is_choosy)
        interval = timedelta(hours=session.options.sweep_hours)
        is_sweep = not self.is_choosy and full_discovery_is_due(
            session.archive.runs, self.name, self.site.name, session.now(), interval
        )
        self.is_thorough = self.is_thorough or is_sweep
        yield from self._begin()
        for listing in self.memory.due():
            yield from self._ask(listing.url, listing.way, found_on=listing.found_on)
        if is_sweep:
            session.count(FULL_DISCOVERY)
            yield from self._sweep()

    def _begin(self) -> Iterator[Request]:
        listing = self.site.listing
        if self.chosen and listing is not None and listing.category_page:
            for slug in self.chosen:
                yield from self._ask(self._category_url(slug), "category")
            return
        for way in self.ways:
            for url in LINK_SOURCES[way].starts(self.site):
                yield from self._ask(url, way)

    def _sweep(self) -> Iterator[Request]:
        for listing in self.memory.all():
            yield from self._ask(listing.url, listing.way, found_on=listing.found_on)
        for category in self.session.archive.listings.categories(self.site.name):
            yield from self._ask_category(category)

    def _ask(self, url: str, way: str, paging: Paging | None = None, found_on: str | None = None) -> Iterator[Request]:
        """Ask for a listing page once a run."""
        url = move(url, self.original_base, self.site.base_url)
        if way not in self.ways or canonical_url(url) in self._visited:
            return
        refusal = self.address_rules.refusal(url)
        if refusal is not None:
            self.session.problem(url, "listing", refusal.reason, refusal.detail)
            self.memory.failed(url, way, again=False)
            return
        if len(self._visited) >= self.session.options.listings_max:
            self.session.problem(url, "listing", "endless-paging", f"{len(self._visited)} listing pages in one run")
            return
        self._visited.add(canonical_url(url))
        yield Request(
            url,
            headers=self.memory.headers(url),
            callback=self.parse_listing,
            errback=self.listing_failed,
            cb_kwargs={"url": url, "way": way, "paging": paging or Paging(self._max_pages(way)), "found_on": found_on},
            meta={"handle_httpstatus_list": [NOT_MODIFIED]},
            priority=_LISTING_PRIORITY,
            dont_filter=True,
        )

    def _max_pages(self, way: str) -> int:
        if way == "list":
            return max(found.max_pages for found in self.site.lists)
        return self.site.listing.max_pages if self.site.listing else 1

    def _ask_category(self, category: Category) -> Iterator[Request]:
        if self.chosen and category.slug not in self.chosen:
            return
        if category.url or (self.site.listing and self.site.listing.category_page):
            yield from self._ask(category.url or self._category_url(category.slug), "category")

    def _category_url(self, slug: str) -> str:
        assert self.site.listing is not None
        assert self.site.listing.category_page is not None
        return urljoin(self.site.base_url, self.site.listing.category_page.format(slug=quote(slug, safe="()")))

    # What they say

    async def parse_listing(
        self, response: Response, url: str, way: str, paging: Paging, found_on: str | None
    ) -> AsyncIterator[Request | Page]:
        """Write what a listing leads to into the archive, and go on to further listings; an unchanged one is passed."""
        known = self.memory.unchanged(url, response)
        if known is not None:
            self.session.count("listings/unchanged")
            for request in self._pass(known, paging):
                yield request
        elif response.status != NOT_MODIFIED:
            for found in await self._read(response, ReadListing(url, way, found_on), paging):
                yield found

    def _pass(self, known: KnownListing, paging: Paging) -> Iterator[Request]:
        """Go by an unchanged listing to those below it and, in a sweep, behind it."""
        for below in self.memory.below(known.url):
            yield from self._ask(below.url, below.way, found_on=known.url)
        if known.next_url and self.is_thorough and not paging.skip():
            yield from self._ask(known.next_url, known.way, paging, known.url)

    def listing_failed(self, failure: Failure) -> None:
        """Record a listing page that did not come; unless it is gone or forbidden the next run asks again."""
        request: Request = failure.request  # type: ignore[attr-defined]
        assert failure.value is not None
        outcome = outcome_of(failure.value)
        url, way = request.cb_kwargs["url"], request.cb_kwargs["way"]
        again = outcome.state in ("retry", "failed")
        self.session.count("listings/failed" if again else "listings/refused")
        self.session.problem(url, "listing", outcome.reason, outcome.detail)
        self.memory.failed(url, way, again=again)
        self.logger.warning("Listing not read: %s: %s", request.url, outcome.detail or outcome.reason)

    async def _read(self, response: Response, listing: ReadListing, paging: Paging) -> list[Request | Page]:
        page = make_page(response, listing.url, "listing", self.site.name)
        listed = LINK_SOURCES[listing.way].read(page, self.site)
        self.session.count("listings/read")
        for rejected, reason in listed.rejected:
            self.session.problem(rejected, "listing", reason, f"on {listing.url}")
        categories = [request for category in listed.categories for request in self._ask_category(category)]
        further = [request for url in listed.further for request in self._ask(url, listing.way, found_on=listing.url)]
        whole = {page.url for page in listed.pages}
        new, known = await self.memory.read(
            ReadListing(
                listing.url,
                listing.way,
                listing.found_on,
                [self._found(link, listing, whole) for link in listed.articles if self._is_wanted(link)],
                [request.cb_kwargs["url"] for request in (*categories, *further)],
                self._next_url(listed),
            ),
            response,
        )
        self.session.count("links/known", known)
        self.session.count("links/new", new)
        pages = self.memory.not_stored(listed.pages)
        self.session.in_flight.update(page.url for page in pages)
        return [*categories, *further, *pages, *self._go_on(listed, listing, paging, new=new)]

    def _next_url(self, listed: ListingPage) -> str | None:
        return move(listed.next_url, self.original_base, self.site.base_url) if listed.next_url else None

    def _go_on(self, listed: ListingPage, listing: ReadListing, paging: Paging, *, new: int) -> Iterator[Request]:
        """Ask for the next page, unless all of this one was known before."""
        next_url = self._next_url(listed)
        if next_url is None:
            return
        stop = paging.stop_reason(link.url for link in listed.articles)
        if stop:
            self.session.problem(listing.url, "listing", "endless-paging", stop)
        elif new or self.is_thorough:
            yield from self._ask(next_url, listing.way, paging, listing.url)

    def _found(self, link: ListedArticle, listing: ReadListing, whole: set[str]) -> Link:
        """Make a row of the frontier of a link; one whose text stands in the listing is known by that place."""
        url = move(link.url, self.original_base, self.site.base_url)
        role: Role = "feed" if link.url + MARK in whole else "post"
        place = link.url + MARK if role == "feed" else url
        return Link(place, self.site.name, role, found_on=listing.url, hints=link.hints)

    def _is_wanted(self, link: ListedArticle) -> bool:
        """Return whether a link is of the chosen days and categories; where it tells neither, it is taken."""
        category = link.hints.category
        if self.chosen and category is not None and category.slug and category.slug not in self.chosen:
            return False
        day = day_of(link.url, link.hints.published)
        return day is None or self.since <= day <= self.until

    # Articles

    def article_read(self, item: Article) -> None:
        """Ask for the category page that an article names."""
        if item.category is not None:
            for request in self._ask_category(item.category):
                self.crawler.engine.crawl(request)

    def follow(self, article: Article) -> Iterable[Link]:
        """Lead from a post to the text behind its share link."""
        if article.page.role != "post" or not article.share_url or self.site.share is None:
            return
        code = read_code(article.share_url)
        if code is None:
            self.session.problem(article.share_url, "link", "bad-info-code", f"on {article.page.url}")
        else:
            yield Link(data_url(self.site.share, code), self.site.name, "share", found_on=article.page.url)
