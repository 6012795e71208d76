"""What a page that is rendered may ask for: the crawl's own downloader answers, or nobody does.

The page's document is the one that was fetched before. All else passes the rules of a crawl, robots.txt, pauses, bounds
and the look at the addresses of names included, because the crawl asks for it: documents of the site's own hosts,
scripts and data of every public one. Pictures, fonts, films and workers are not asked for, and nothing is saved.
"""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from newsarchive.crawl.failures import Refused
from newsarchive.crawl.http.offsite import RULES, AddressRules, Refusal
from newsarchive.i18n import _

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import ConsoleMessage, Download, Page, Route, WebSocketRoute
    from playwright.async_api import Request as Asked
    from scrapy.http import Response

logger = logging.getLogger(__name__)

# What a page may ask for, by the browser's names.
_DATA = frozenset(("script", "xhr", "fetch"))
#: Requests of one page, and bytes of scripts that are kept for the next one.
_MOST_REQUESTS, _MOST_KEPT = 100, 32 * 1024 * 1024
# Seconds without a request after which a page has asked for all it wants, and between two looks at that.
_QUIET, _LOOK_AGAIN = 0.6, 0.1
# Headers of the page's own requests that are sent, and those of answers that are not handed on.
_SENT = frozenset(("accept", "content-type", "origin", "x-requested-with"))
_NOT_HANDED_ON = frozenset((
    b"set-cookie", b"set-cookie2", b"content-encoding", b"content-length", b"transfer-encoding", b"connection",
    b"service-worker-allowed", b"link", b"refresh", b"strict-transport-security", b"alt-svc", b"nel", b"report-to",
))  # fmt: skip
_DOCUMENT = re.compile(rb"\s*(?:text/|application/(?:xhtml\+)?xml)", re.IGNORECASE)
_LOCAL_FILE = re.compile(r"Not allowed to load local resource: (\S+)")


@dataclass(slots=True)
class Scripts:
    """Scripts that pages of one crawl have in common, each asked for once."""

    known: dict[str, Response] = field(default_factory=dict)
    size: int = 0

    def keep(self, url: str, response: Response) -> None:
        """Keep a script, while there is room."""
        if response.status == 200 and self.size + len(response.body) <= _MOST_KEPT:
            self.known[url] = response
            self.size += len(response.body)


@dataclass(eq=False)  # without slots: Playwright writes into the objects whose methods it calls
class Guard:
    """Answers what one page asks for. `rules` are those of its crawl, `ask` is its downloader, `tell` hears refusals.

    `tell` gets the address, a reason of `problems.REASONS`, and a detail for people.
    """

    document: Response
    rules: AddressRules
    ask: Callable[[Request], Awaitable[Response]]
    tell: Callable[[str, Refusal], None]
    scripts: Scripts
    #: Where the page's document lies, when a script has led to another one.
    url: str = ""
    requests: int = 0
    _in_flight: int = 0
    _last: float = 0.0
    _is_given: bool = False

    def __post_init__(self) -> None:
        self.url = self.document.url

    async def attach(self, page: Page, _request: Request) -> None:
        """Stand between a page and the network, before it loads anything; what stood there before is not asked."""
        await page.route("**/*", self._answer)
        await page.route_web_socket(re.compile(""), self._refuse_socket)
        page.on("console", self._hear)
        page.on("download", self._refuse_download)
        page.on("popup", self._refuse_popup)

    async def settle(self, page: Page, css: str | None, seconds: float) -> None:
        """Wait until the page has what is waited for, or asks for nothing any more; not longer than so many seconds."""
        from playwright.async_api import Error  # noqa: PLC0415 - an extra

        end = asyncio.get_running_loop().time() + seconds
        if css:
            with suppress(Error):  # what is there by then is what the page has
                await page.wait_for_selector(css, state="attached", timeout=seconds * 1000)
            return
        self._last = asyncio.get_running_loop().time()
        while (now := asyncio.get_running_loop().time()) < end:
            if not self._in_flight and now - self._last > _QUIET:
                return
            await asyncio.sleep(_LOOK_AGAIN)

    # Requests

    async def _answer(self, route: Route, asked: Asked) -> None:
        from playwright.async_api import Error  # noqa: PLC0415 - an extra

        self._in_flight += 1
        try:
            answer = await self._answer_to(asked)
            if answer is None:
                await route.abort("blockedbyclient")
            else:
                await route.fulfill(**answer)
        except Error as error:
            logger.debug("%s: not answered: %s", asked.url, error)  # the page is gone
        finally:
            self._in_flight -= 1
            self._last = asyncio.get_running_loop().time()

    async def _answer_to(self, asked: Asked) -> dict[str, Any] | None:
        """Return what is answered; None where nothing is asked for."""
        kind = asked.resource_type
        is_main = kind == "document" and asked.frame.parent_frame is None
        if is_main and not self._is_given:
            self._is_given = True
            return _fulfilment(self.document)
        rules = self.rules if kind == "document" else AddressRules(None, self.rules.trusted)
        if (refusal := rules.refusal(asked.url)) is not None:
            self.tell(asked.url, refusal)
        elif kind == "stylesheet":  # scripts wait for them, and nobody looks
            return {"status": 200, "content_type": "text/css", "body": ""}
        elif kind == "script" and (known := self.scripts.known.get(asked.url)) is not None:
            return _fulfilment(known)
        elif self._may_ask(asked) and (response := await self._fetch(asked, rules)) is not None:
            return self._taken(asked, response, is_main=is_main)
        return None

    def _may_ask(self, asked: Asked) -> bool:
        """Return whether it is of a kind that is asked for; data are sent to the site's own hosts alone."""
        if asked.resource_type != "document" and asked.resource_type not in _DATA:
            return False
        return asked.method == "GET" or (asked.method == "POST" and self.rules.refusal(asked.url) is None)

    def _taken(self, asked: Asked, response: Response, *, is_main: bool) -> dict[str, Any] | None:
        if asked.resource_type == "script":
            self.scripts.keep(asked.url, response)
        elif asked.resource_type == "document" and (refusal := _no_document(response)) is not None:
            self.tell(asked.url, refusal)
            return None
        if is_main:
            self.url = response.url
        return _fulfilment(response)

    async def _fetch(self, asked: Asked, rules: AddressRules) -> Response | None:
        self.requests += 1
        if self.requests > _MOST_REQUESTS:
            if self.requests == _MOST_REQUESTS + 1:
                refusal = Refusal("too-complex", f"the page asks for more than {_MOST_REQUESTS} things")
                self.tell(self.document.url, refusal)
            return None
        request = Request(
            asked.url,
            method=asked.method,
            headers={name: value for name, value in asked.headers.items() if name in _SENT},
            body=asked.post_data_buffer or b"",
            callback=NO_CALLBACK,
            meta={RULES: rules},
            dont_filter=True,
        )
        try:
            return await self.ask(request)
        except Refused as error:  # where a redirect led, or what a name turned out to be
            self.tell(asked.url, error.refusal)
        except Exception as error:  # every way in which a download can fail; the page goes on without it
            logger.info(_("Not fetched for %s: %s: %s"), self.document.url, asked.url, error)
        return None

    # All else by which a page could reach something

    async def _refuse_socket(self, socket: WebSocketRoute) -> None:
        address = re.sub("^ws", "http", socket.url, count=1)
        refusal = AddressRules(None).refusal(address)
        if refusal is not None:
            self.tell(socket.url, refusal)
        await socket.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if (found := _LOCAL_FILE.search(message.text)) is not None:
            self.tell(found[1], Refusal("unsafe-url", "not a web address (file)"))

    async def _refuse_download(self, download: Download) -> None:
        from playwright.async_api import Error  # noqa: PLC0415 - an extra

        self.tell(download.url, Refusal("not-html", "the page began a download, which was refused"))
        with suppress(Error):
            await download.cancel()

    async def _refuse_popup(self, popup: Page) -> None:
        from playwright.async_api import Error  # noqa: PLC0415 - an extra

        if popup.url and (refusal := self.rules.refusal(popup.url)) is not None and not popup.url.startswith("about:"):
            self.tell(popup.url, refusal)
        with suppress(Error):
            await popup.close()


def _no_document(response: Response) -> Refusal | None:
    """Return why what came in place of a document is none to be shown: a file to be saved, or not text."""
    kind = response.headers.get("Content-Type") or b"text/html"
    if b"attachment" in (response.headers.get("Content-Disposition") or b"").lower():
        return Refusal("not-html", "a file to be saved, which was refused")
    if not _DOCUMENT.match(kind):
        return Refusal("not-html", f"a document was expected, and {kind.decode('latin-1')[:100]} came")
    return None


def _fulfilment(response: Response) -> dict[str, Any]:
    headers = {
        name.decode("latin-1"): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
        if name.lower() not in _NOT_HANDED_ON
    }
    return {"status": response.status, "headers": headers, "body": response.body}
