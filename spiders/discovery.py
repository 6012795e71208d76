"""What the spiders share that read listings: which are asked for, what they lead to, and where they stop.

A listing is asked for with its validators, and one without changes costs an answer without a body: none of its links
are read. Later pages are followed while they list something new. Now and then, and after a run that did not end well,
a run is a full discovery: every listing of the site is asked for, later pages included.
"""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy import Request, signals

from newsarchive.archive import Link
from newsarchive.archive.listings import ListingLink
from newsarchive.crawl.arguments import read_count, read_date, read_site
from newsarchive.crawl.failures import UNASKED, outcome_of
from newsarchive.crawl.http.conditional import NOT_MODIFIED
from newsarchive.crawl.known_listings import FULL_DISCOVERY, KnownListings, full_discovery_is_due
from newsarchive.crawl.pages import make_page
from newsarchive.crawl.selection import Selection
from newsarchive.crawl.time_limit import TooSlowError, time_limit
from newsarchive.crawl.writer.operations import Operations
from newsarchive.discovery import LINK_SOURCES, category_url, max_pages
from newsarchive.discovery.exploration import FREE_BESIDE_SITEMAP, FREE_PAGES, LATE, Exploration, may_be_page, rank_of
from newsarchive.discovery.paging import Paging
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.models import FEED_MARK
from newsarchive.url_keys import url_key
from newsarchive.urls import host_and_odd_port, replace_base
from spiders.base import DEFAULT_SITE, FrontierSpider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from newsarchive.archive import FrontierEntry
    from newsarchive.archive.listings import KnownListing
    from newsarchive.crawl.arguments import Reader
    from newsarchive.crawl.outcomes import Outcome
    from newsarchive.discovery.html_listing import ListedArticle, ListingPage
    from newsarchive.models import Article, Category, Page, Role

# Listings are asked for before articles: what they list may vanish while we read. Those of tags and authors, of an
# explored site, come last: they rarely list what nothing else does, and then their later pages need not be asked for.
_LISTING_PRIORITY, _LATE_PRIORITY = 10, -10
#: Pages of an explored site that are looked at, at one time: what one brings tells which is next.
_AT_ONCE = 2


class DiscoverySpider(FrontierSpider):
    """A spider that finds articles by one or several link sources (`newsarchive.discovery`).

    Spider arguments, besides those of `FrontierSpider`:
        since: only articles of this day or later, as 2026-03-01; one whose day no listing tells is taken.
        until: only articles of this day or earlier.
        limit: at most so many articles.
    """

    #: The link sources that it reads, where the site has them.
    link_sources: ClassVar[tuple[str, ...]]
    roles: ClassVar[tuple[Role, ...]] = ("post", "original", "share", "feed", "file")
    readers: ClassVar[dict[str, Reader]] = FrontierSpider.readers | {
        "since": read_date,
        "until": read_date,
        "limit": read_count,
    }

    def __init__(self, given: dict[str, str], values: dict[str, Any]) -> None:
        super().__init__(given, values)
        self.selection = Selection(
            values.get("category", ()), values.get("since", date.min), values.get("until", date.max), self.site.timezone
        )
        self.lists_all = self.selection.is_everything
        self.listings: KnownListings
        #: Whether later pages are followed behind one that lists nothing new.
        self.is_thorough = not self.lists_all
        listing = self.site.listing
        is_explored = listing is not None and listing.explore and "category" in self.link_sources
        #: The pages of which nothing is known, where the site's file asks to look at them.
        free = FREE_BESIDE_SITEMAP if self.site.sitemaps else FREE_PAGES
        self.exploration = Exploration(free) if is_explored else None
        #: Feeds, lists and sitemaps that are not answered yet, and the pages that wait for them: what these name is
        #: known then, and pages that list nothing else are left sooner.
        self._ways: set[str] = set()
        self._behind_ways: list[ListingLink] = []
        #: Address of a page that is looked at now -> what the link to it said.
        self._looked_at: dict[str, str] = {}
        #: Keys of the articles that this run was led to by articles.
        self._followed: set[str] = set()
        #: Address of an article that is being read -> what it leads to.
        self._leads: dict[str, list[Link]] = {}
        #: Foreign hosts of which a problem was recorded: a weblog links to thousands of pages elsewhere.
        self._foreign: set[str] = set()

    @classmethod
    def check(cls, given: dict[str, str]) -> dict[str, Any]:
        """Read all arguments."""
        values = super().check(given)
        site = values["site"] = values.get("site") or read_site(DEFAULT_SITE)
        if not any(True for name in cls.link_sources for _ in LINK_SOURCES[name].starts(site)):
            lacking = " or ".join(LINK_SOURCES[name].section for name in cls.link_sources)
            raise UserError(
                _(
                    "site={name}: its file has no {lacking} - there is nothing to follow",
                    name=site.name,
                    lacking=lacking,
                )
            )
        if "since" in values and "until" in values and values["since"] > values["until"]:
            raise UserError(_("since={given} lies behind until={given2}", given=given["since"], given2=given["until"]))
        return values

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make a spider, and let it hear of articles that were read: they name further category pages."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.article_read, signals.item_scraped)
        return spider

    # Which listings are asked for

    def listing_requests(self) -> Iterator[Request]:
        """Ask for the first listings, for what an earlier run did not get, and in a full discovery for all."""
        session, site = self.session, self.site
        self.listings = KnownListings(session, site, self.address_rules, remembers=self.lists_all)
        interval = timedelta(hours=session.options.sweep_hours)
        is_full = self.lists_all and full_discovery_is_due(
            session.archive.runs, self.name, site.name, datetime.now(UTC), interval
        )
        self.is_thorough = self.is_thorough or is_full
        self.listings.asks_anew = is_full
        known = session.archive.listings.of_site(site.name) if is_full else []
        for link in (*self._first_listings(), *self.listings.due(), *known):
            if self.exploration is not None and link.link_source == "category":
                self._behind_ways.append(link)
            else:
                yield from self._ask(link)
        if is_full:
            session.count(FULL_DISCOVERY)
            for category in session.archive.listings.categories(site.name):
                yield from self._ask_category(category)
        yield from self._pages_behind_ways()

    def _pages_behind_ways(self, answered: str = "") -> Iterator[Request]:
        """Ask for the pages that wait, as soon as all feeds, lists and sitemaps are answered."""
        self._ways.discard(answered)
        if not self._ways:
            waiting, self._behind_ways = self._behind_ways, []
            for link in waiting:
                yield from self._ask(link)

    def _first_listings(self) -> Iterator[ListingLink]:
        chosen = [category_url(self.site, slug) for slug in self.selection.categories]
        if any(chosen):
            yield from (ListingLink(url, self.site.name, "category") for url in chosen if url)
            return
        for name in self.link_sources:
            yield from (ListingLink(url, self.site.name, name) for url in LINK_SOURCES[name].starts(self.site))

    def _ask_category(self, category: Category, found_on: str | None = None) -> Iterator[Request]:
        url = category.url or category_url(self.site, category.slug)
        if url and self.selection.has_category(category):
            yield from self._ask(ListingLink(url, self.site.name, "category", found_on))

    def _ask(
        self, link: ListingLink, paging: Paging | None = None, changed: datetime | None = None
    ) -> Iterator[Request]:
        """Ask for a listing page, unless this run has asked for it or must not.

        One that asks to be left alone for now is passed by as one without changes, and so is one that was read after
        it had last `changed`, as its index says.
        """
        paging = paging or Paging(max_pages(link.link_source, self.site))
        link = ListingLink(self._here(link.url), link.site, link.link_source, link.found_on)
        if link.link_source not in self.link_sources or not self.listings.admit(link):
            return
        known = self._known_as_it_is(link, changed)
        if known is not None:
            yield from self._pass(known, paging)
        else:
            is_late = self.exploration is not None and rank_of(link.url) >= LATE
            if link.link_source != "category":
                self._ways.add(link.url)
            yield Request(
                link.url,
                headers=self.listings.headers(link.url),
                callback=self.parse_listing,
                errback=self.listing_failed,
                cb_kwargs={"link": link, "paging": paging},
                meta={"handle_httpstatus_list": [NOT_MODIFIED]},
                priority=_LATE_PRIORITY if is_late else _LISTING_PRIORITY,
                dont_filter=True,
            )

    def _known_as_it_is(self, link: ListingLink, changed: datetime | None) -> KnownListing | None:
        # What an index says of its sitemaps may be wrong: a thorough run asks for all.
        if changed is not None and not self.is_thorough and (known := self.listings.older(link.url, changed)):
            return known
        return self.listings.resting(link.url)

    def _here(self, url: str) -> str:
        """Return a URL at the address at which the site is crawled."""
        return replace_base(url, self.original_base, self.site.base_url)

    # What they say

    async def parse_listing(
        self, response: Response, link: ListingLink, paging: Paging
    ) -> AsyncIterator[Request | Page]:
        """Write what a listing leads to into the archive, and go on to further listings; an unchanged one is passed."""
        known = self.listings.unchanged(link.url, response)
        try:
            if known is not None:
                self._looked_at.pop(link.url, None)
                for request in self._pass(known, paging):
                    yield request
            elif response.status == NOT_MODIFIED:
                self._not_read(link, UNASKED)
            else:
                for found in await self._read(response, link, paging):
                    yield found
        finally:  # whatever came of it
            for request in self._pages_behind_ways(link.url):
                self.crawler.engine.crawl(request)

    def listing_failed(self, failure: Failure) -> None:
        """Record a listing page that did not come."""
        request: Request = failure.request  # type: ignore[attr-defined]
        assert failure.value is not None
        self._not_read(request.cb_kwargs["link"], outcome_of(failure.value))

    def _not_read(self, link: ListingLink, outcome: Outcome) -> None:
        self.listings.failed(link, outcome)
        level = logging.INFO if link.url in self._looked_at else logging.WARNING
        self.logger.log(level, "Listing not read: %s: %s", link.url, outcome.detail or outcome.reason)
        further = [*self._pages_behind_ways(link.url)]
        if self.exploration is not None and self._looked_at.pop(link.url, None) is not None:
            self.exploration.did_not_come(link.url)
            further += self._look_at_next()
        for request in further:
            self.crawler.engine.crawl(request)

    def _pass(self, known: KnownListing, paging: Paging) -> Iterator[Request]:
        """Pass by an unchanged listing to those below it and, in a thorough run, to its later pages."""
        for below in self.session.archive.listings.below(known.url):
            yield from self._ask(below)
        if known.next_url and self.is_thorough and not paging.skip():
            yield from self._ask(ListingLink(known.next_url, known.site, known.link_source, known.url), paging)

    async def _read(self, response: Response, link: ListingLink, paging: Paging) -> list[Request | Page]:
        listed = self._listed(response, link)
        for rejected, reason in listed.rejected:
            if reason != "foreign-host" or self._is_new_host(rejected):
                self.listings.problem(rejected, reason, f"on {link.url}")
        if listed.passed_over:
            self.session.count("links/passed_over", listed.passed_over)
            self.logger.info(
                "%s: %d addresses do not match listing.article and are passed over", link.url, listed.passed_over
            )
        further = [request for category in listed.categories for request in self._ask_category(category, link.url)]
        for url in listed.further:
            lower = ListingLink(url, link.site, link.link_source, link.url)
            further += self._ask(lower, changed=listed.changed.get(url))
        next_url = self._here(listed.next_url) if listed.next_url else None
        whole = {page.url for page in listed.pages}
        self.session.in_flight.update(page.url for page in listed.pages if page.role == "post")
        new = await self.listings.read(
            link,
            response,
            articles=[self._link(found, link, whole) for found in listed.articles if self.selection.has(found)],
            further=[request.cb_kwargs["link"] for request in further],
            next_url=next_url,
            links=len(listed.articles) or self.listings.links_before(link.url),
            damage=listed.damage or self._silence(listed, response, link, paging),
            refresh=listed.refresh,
            hub=listed.hub,
            # An article is no listing, although it was looked at as one.
            is_listing=link.url not in whole,
        )
        further += self._explore(link, listed, new)
        pages = self.listings.not_stored(listed.pages)
        self.session.in_flight.update(page.url for page in pages)
        next_page = self._next_page(next_url, listed, link, paging, new=new) if next_url else ()
        return [*further, *pages, *next_page]

    def _listed(self, response: Response, link: ListingLink) -> ListingPage:
        """Read a listing; one that cannot be read in sane time or memory lists nothing, and says so."""
        try:
            with time_limit():
                if link.url in self._looked_at:
                    return self._look_at(make_page(response, link.url, "post", link.site))
                page = make_page(response, link.url, "listing", link.site)
                return LINK_SOURCES[link.link_source].read(page, self.site)
        except TooSlowError as error:
            from newsarchive.discovery.html_listing import ListingPage  # noqa: PLC0415 - hardly ever needed

            return ListingPage(damage=str(error))

    def _silence(self, listed: ListingPage, response: Response, link: ListingLink, paging: Paging) -> str | None:
        """Describe what is wrong with a listing that lists nothing; None where nothing is.

        A later page may have become empty, and a page to which something led may have been so from the beginning.
        """
        if listed.articles or paging.number > 1 or link.url in self._looked_at:
            return None
        if before := self.listings.links_before(link.url):
            return f"lists nothing any more, where it listed {before} articles"
        if link.url in LINK_SOURCES["category"].starts(self.site) and not (
            listed.categories or listed.further or listed.rejected or listed.others
        ):
            return f"has no link to an article or a category ({self._links_seen(response, link)})"
        return None

    def _next_page(
        self, url: str, listed: ListingPage, link: ListingLink, paging: Paging, *, new: int
    ) -> Iterator[Request]:
        """Ask for the next page, unless all of this one was known before."""
        stop = paging.stop_reason(found.url for found in listed.articles)
        if stop and new:
            self.listings.cut(link.url, stop)
        elif stop and self.exploration is None:
            self.listings.problem(link.url, "endless-paging", stop)
        elif not stop and (new or (self.is_thorough and (self.exploration is None or link.link_source != "category"))):
            yield from self._ask(ListingLink(url, link.site, link.link_source, link.url), paging)

    def _link(self, found: ListedArticle, link: ListingLink, whole: set[str]) -> Link:
        """Make a row of the frontier of a link; an article whose text is in the listing is known by that place."""
        is_whole = found.url + FEED_MARK in whole
        listing = self.site.listing
        plain = listing.spelled(found.url) if listing else found.url
        url = found.url + FEED_MARK if is_whole else self._here(plain)
        return Link(url, link.site, "feed" if is_whole else "post", found_on=link.url, hints=found.hints)

    # Pages of which nothing is known

    def _look_at(self, page: Page) -> ListingPage:
        from newsarchive.discovery.explored import read_explored  # noqa: PLC0415 - most sites have rules

        return read_explored(page, self.site, self._looked_at[page.url])

    def _explore(self, link: ListingLink, listed: ListingPage, new: int) -> list[Request]:
        """Learn from a listing that was read, take up what it leads to, and look at the most promising pages."""
        if self.exploration is None:
            return []
        if link.link_source == "category":
            self._looked_at.pop(link.url, None)
            self.exploration.learn(link.url, new)
            self.logger.debug("%d new articles on %s", new, link.url)
        requests = self._take_up(listed, link.url, is_near=new > 0)
        return requests + list(self._look_at_next())

    def _take_up(self, listed: ListingPage, found_on: str, *, is_near: bool = False) -> list[Request]:
        """Queue pages of which nothing is known; ask for those that are known to list articles."""
        assert self.exploration is not None
        requests: list[Request] = []
        for found in listed.articles:
            self.exploration.saw_article(found.url)
        for other in listed.others:
            if other.is_pager and not listed.articles:
                continue  # further pages of what lists nothing
            url = self._here(other.url)
            if not may_be_page(url) or self.address_rules.refusal(url) is not None:
                continue
            self.exploration.count_link(url)
            known = self.session.archive.listings.get(url) if self.listings.remembers else None
            if known is not None or self.session.archive.frontier.found_at(url) is not None:
                self.exploration.saw(url)
            self.exploration.offer(url, other.text, is_pager=other.is_pager, found_on=found_on, is_near=is_near)
            if known is not None and known.links and not other.is_pager and rank_of(url, other.text) < LATE:
                requests += self._ask(ListingLink(url, self.site.name, "category", found_on))
        return requests

    def _look_at_next(self) -> Iterator[Request]:
        assert self.exploration is not None
        while len(self._looked_at) < _AT_ONCE and (candidate := self.exploration.next()) is not None:
            link = ListingLink(candidate.url, self.site.name, "category", candidate.found_on)
            for request in self._ask(link):
                self._looked_at[request.cb_kwargs["link"].url] = candidate.text
                yield request

    def _is_new_host(self, url: str) -> bool:
        host = host_and_odd_port(url)
        is_new = host not in self._foreign
        self._foreign.add(host)
        return is_new

    def _links_seen(self, response: Response, link: ListingLink) -> str:
        from newsarchive.discovery.html_listing import commonest_shapes  # noqa: PLC0415 - only where something is wrong

        return commonest_shapes(make_page(response, link.url, "listing", link.site), self.site)

    # Articles

    def parse_page(self, response: Response, row: FrontierEntry) -> Iterator[Any]:
        """Hand a page on, with the articles that it leads to where the site's file says that those are followed."""
        listing = self.site.listing
        for page in super().parse_page(response, row):
            if listing is not None and listing.follow_articles and page.role == "post":
                yield from self._follow_links(page)
            yield page

    def _follow_links(self, page: Page) -> Iterator[Request]:
        from newsarchive.discovery.html_listing import read_listing  # noqa: PLC0415 - only a run that finds something

        try:
            with time_limit():
                listed = read_listing(page, self.site)
        except TooSlowError:
            return  # what is wrong with the page is told when it is read
        link = ListingLink(page.url, page.site, "category")
        leads = []
        for found in listed.articles:
            if self.selection.has(found) and (key := url_key(found.url)) not in self._followed:
                self._followed.add(key)
                leads.append(self._link(found, link, set()))
        self._leads[page.url] = leads
        if self.exploration is not None:
            # The pages of an article's own pager belong to it, and so does what lies below its address.
            below = page.base_url.rstrip("/") + "/"
            listed.others = [other for other in listed.others if not (other.is_pager or other.url.startswith(below))]
            yield from self._take_up(listed, page.url)
            yield from self._look_at_next()

    def article_read(self, item: Article) -> None:
        """Ask for the category page that an article names."""
        if item.category is not None:
            for request in self._ask_category(item.category):
                self.crawler.engine.crawl(request)

    def follow(self, article: Article) -> Iterable[Link]:
        """Lead to the next page, from a post to the text behind its share link, and to articles that it links to."""
        yield from super().follow(article)
        yield from self._leads.pop(article.page.url, ())
        if article.page.role != "post" or not article.share_url or self.site.share is None:
            return
        if link := self.share_link(article.share_url, article.page.url):
            yield link
        else:
            self.session.writer.submit(
                Operations.problem, article.share_url, "link", "bad-info-code", f"on {article.page.url}"
            )

    def last_links(self, asked: int) -> Iterable[Link]:
        """Return where the share service has the texts of new articles whose posts have no link to it.

        They are fetched last, since another post of the same article may have one.
        """
        if self.site.share is None or not asked:
            return
        # Among them are those of a run before this one that was killed.
        newest = max(asked, 10_000)
        for code, url in self.session.archive.copies.without_share(self.site.name, newest=newest):
            if link := self.share_link(code, url):
                yield link
