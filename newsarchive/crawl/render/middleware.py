"""Renders the pages of a site that have nothing without a browser, where the site's file says that it may be so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Request, signals
from scrapy.exceptions import NotConfigured
from scrapy.http import TextResponse

from newsarchive.archive import FrontierEntry
from newsarchive.archive.listings import ListingLink
from newsarchive.crawl.failures import NotRendered
from newsarchive.crawl.http.offsite import rules_of
from newsarchive.crawl.pages import make_page
from newsarchive.crawl.session import Session
from newsarchive.crawl.time_limit import TooSlowError, time_limit
from newsarchive.crawl.writer.operations import Operations
from newsarchive.options import Options
from newsarchive.urls import host_and_odd_port

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from newsarchive.crawl.http.offsite import Refusal
    from newsarchive.sites import Render, Site

#: The part of a page's time in which it may still ask for things; the rest is for reading what it has become.
_ASKING = 0.8
# By these a server would say that the page is as it was, and know only of the frame that the scripts fill.
_NOT_KEPT = ("ETag", "Last-Modified", "Content-Length")


class Rendering:
    """Downloader middleware that renders a page that came, when its site's file has `[render]` and the page needs it.

    What the page looks like then is the response; its header `X-Rendered-By` says so.

    Raises:
        UserError: when it is made, if there is no browser.

    """

    def __init__(self, crawler: Crawler, site: Site, render: Render) -> None:
        from newsarchive.crawl.render.browser import Browser, find_chromium  # noqa: PLC0415 - few sites need one
        from newsarchive.crawl.render.guard import Scripts  # noqa: PLC0415

        self.crawler = crawler
        self.site = site
        self.render = render
        executable = find_chromium(Options.from_settings(crawler.settings).chromium)
        self.browser = Browser(crawler, executable, seconds=render.seconds, memory=render.memory)
        self.scripts = Scripts()
        self.pages = 0
        self._told: set[tuple[str, str]] = set()
        crawler.signals.connect(self.browser.close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl of a site that may need it."""
        spider = crawler.spider
        site: Site | None = getattr(spider, "site", None)
        if site is None or site.render is None or not getattr(spider, "fetches", False):
            raise NotConfigured
        return cls(crawler, site, site.render)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Return the page as it is, or as a browser shows it.

        Raises:
            NotRendered: it needs a browser, and could not be rendered; another run may have more luck.

        """
        if response.status != 200 or not isinstance(response, TextResponse) or not self._is_wanted(request, response):
            return response
        if self.pages >= self.render.max_pages:
            raise NotRendered(f"this run has rendered {self.pages} pages, the most that render.max_pages allows")
        self.pages += 1
        return await self._rendered(response)

    def _is_wanted(self, request: Request, response: Response) -> bool:
        row, link = request.cb_kwargs.get("row"), request.cb_kwargs.get("link")
        is_page = isinstance(row, FrontierEntry) and row.role in ("post", "original")
        is_listing = isinstance(link, ListingLink) and link.link_source == "category"
        if not is_page and not is_listing:
            return False
        if self.render.url is not None:
            return self.render.url.search(request.url) is not None
        try:
            with time_limit():
                return self._lacks_article(response) if is_page else self._lacks_links(response)
        except TooSlowError:
            return False

    def _lacks_article(self, response: Response) -> bool:
        """Return whether nothing that a reader could use is read from a page with scripts."""
        from newsarchive.extract import process  # noqa: PLC0415 - a run that finds nothing reads nothing
        from newsarchive.extract.validate import rejection  # noqa: PLC0415

        if b"<script" not in response.body.lower():
            return False
        article = process(make_page(response, response.url, "post", self.site.name), self.site)
        return rejection(article) is not None

    def _lacks_links(self, response: Response) -> bool:
        """Return whether a listing leads to no article; one that is only looked at must have nothing at all."""
        from newsarchive.discovery.html_listing import read_listing  # noqa: PLC0415 - as above
        from newsarchive.drafting.needs_browser import needs_browser  # noqa: PLC0415
        from newsarchive.extract.html import take_source  # noqa: PLC0415
        from newsarchive.tree import parse  # noqa: PLC0415

        page = make_page(response, response.url, "listing", self.site.name)
        if read_listing(page, self.site).articles:
            return False
        if self.site.listing is None or self.site.listing.explore:
            root = parse(take_source(page, None).data)
            return root is not None and needs_browser(root)
        return b"<script" in response.body.lower()

    async def _rendered(self, response: TextResponse) -> Response:
        from newsarchive.crawl.render.browser import RenderingError  # noqa: PLC0415 - few sites need one
        from newsarchive.crawl.render.guard import Guard  # noqa: PLC0415

        guard = Guard(response, rules_of(self.crawler), self._ask, self._tell, self.scripts)
        request = Request(response.url, meta=self._meta(guard))
        try:
            rendered = await self.browser.render(request)
        except RenderingError as error:
            raise NotRendered(str(error)) from error
        self._count("rendered")
        self._count("requests", guard.requests)
        return _as_answer(response, rendered, guard.url)

    def _meta(self, guard: Any) -> dict[str, Any]:
        from scrapy_playwright.page import PageMethod  # noqa: PLC0415 - an extra

        seconds = self.render.seconds * _ASKING
        return {
            "playwright": True,
            "playwright_page_init_callback": guard.attach,
            "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded"},
            "playwright_page_methods": [PageMethod(guard.settle, self.render.wait, seconds)],
        }

    async def _ask(self, request: Request) -> Response:
        response: Response = await self.crawler.engine.download_async(request)
        return response

    def _tell(self, url: str, refusal: Refusal) -> None:
        """Record what a page was refused; once a host and run, as pages of one site ask for the same."""
        key = (refusal.reason, host_and_odd_port(url) or url)
        if key not in self._told:
            self._told.add(key)
            detail = f"asked for by a page that was rendered: {refusal.detail}"
            Session.of(self.crawler).writer.submit(Operations.problem, url[:2000], "fetch", refusal.reason, detail)
            self._count("refused")

    def _count(self, name: str, number: int = 1) -> None:
        Session.of(self.crawler).count(f"render/{name}", number)


def _as_answer(plain: TextResponse, rendered: Response, url: str) -> Response:
    """Return the answer to the request, with the page as it was rendered."""
    headers = plain.headers.copy()
    for name in _NOT_KEPT:
        headers.pop(name, None)
    headers["X-Rendered-By"] = "Chromium"
    encoding = rendered.encoding if isinstance(rendered, TextResponse) else "utf-8"
    # It may have got characters that the charset of its frame has not.
    headers["Content-Type"] = f"text/html; charset={encoding}"
    return plain.replace(url=url, headers=headers, body=rendered.body, encoding=encoding)
