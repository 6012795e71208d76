"""Retry-After honoured: a host that asks for a pause gets it, and one that asks for a long pause is left alone.

This is done where a request becomes a transfer, behind all queues: what waits in them must not slip out during a pause.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.utils.defer import deferred_to_future
from scrapy.utils.httpobj import urlparse_cached

from newsarchive.crawl.failures import HostPaused
from newsarchive.crawl.http.header_limit import headers_too_large, limit_headers
from newsarchive.crawl.http.host_pauses import HOST_PAUSES, PERMISSIONS
from newsarchive.crawl.http.offsite import connectable, rules_of
from newsarchive.crawl.http.public_resolver import GuardedPool
from newsarchive.crawl.summary import STATS_PREFIX
from newsarchive.i18n import _
from newsarchive.options import Options

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

# The statuses with which a server may ask for a pause (RFC 9110, section 10.2.3; RFC 6585, section 4).
_STATUSES = (429, 503)
#: Seconds after which a waiting request looks whether the crawl is being stopped.
_STEP = 0.5
#: Seconds for which the end of a crawl waits for its connections to close.
_CLOSING = 1.0


def parse_retry_after(value: str, now: datetime) -> float | None:
    """Read a Retry-After header, seconds or a date, as seconds from `now` (UTC); None when it is neither."""
    value = value.strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())


class RetryAfterDownloadHandler(HTTP11DownloadHandler):
    """Download handler for http and https that lets no request to a host out before the time that the host named.

    When that time is further off than NEWSARCHIVE_RETRY_AFTER_MAX seconds, requests end as HostPaused and stay in the
    frontier until then. Hosts that several crawls ask get the pauses of all of them. An answer whose headers do not end
    is given up as TooLarge.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool = GuardedPool.like(self._pool, connectable(rules_of(crawler)))
        limit_headers(self._pool)
        self.crawler = crawler
        self.longest = Options.from_settings(crawler.settings).retry_after_max
        # With several requests at a time an answer says nothing of when the last of them was sent.
        is_one_by_one = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 1
        self.quiet = crawler.settings.getfloat("DOWNLOAD_DELAY") / 2 if is_one_by_one else 0.0
        crawler.signals.connect(self.closed, signals.spider_closed)

    def closed(self) -> None:
        """Let other crawls have the hosts for themselves."""
        HOST_PAUSES.leave(self.crawler)

    async def download_request(self, request: Request) -> Response:
        """Wait while the host rests, then download; asking again after a 429 or 503 is left to Scrapy's middleware."""
        host = urlparse_cached(request).netloc.lower()
        await self._wait(host)
        if (turn := HOST_PAUSES.take_turn(host, self.crawler, self._delay(request))) > 0:
            await asyncio.sleep(turn)
            await self._wait(host)
        if (permission := PERMISSIONS.get(self.crawler)) is not None:
            longest = await permission.ask(host, self._delay(request))
            request.meta["download_timeout"] = min(longest, request.meta.get("download_timeout", longest))
        try:
            response = await super().download_request(request)
        except Exception as error:
            if (too_large := headers_too_large(error)) is not None:
                raise too_large from error
            raise
        finally:
            if self.quiet:
                HOST_PAUSES.answered(host, self.quiet)
        if response.status in _STATUSES:
            self._note(host, response)
        return response

    async def close(self) -> None:
        """Close the connections; those that do not close in time are left.

        Scrapy calls a deferred that has fired meanwhile once more where the process has much else to do.
        """
        closed = deferred_to_future(self._pool.closeCachedConnections())  # type: ignore[no-untyped-call]
        await asyncio.wait([closed], timeout=_CLOSING)

    async def _wait(self, host: str) -> None:
        """Wait while a host rests; raise HostPaused where that would be too long."""
        while (left := HOST_PAUSES.left(host)) > 0:
            if left > self.longest or not self.crawler.crawling:
                raise HostPaused(host, datetime.now(UTC) + timedelta(seconds=left))
            await asyncio.sleep(min(left, _STEP))

    def _delay(self, request: Request) -> float:
        slot = self.crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))
        return slot.delay if slot else 0.0

    def _note(self, host: str, response: Response) -> None:
        header = response.headers.get("Retry-After") or b""
        seconds = parse_retry_after(header.decode("latin-1"), datetime.now(UTC))
        if seconds is None:
            return
        HOST_PAUSES.rest(host, seconds)
        self.crawler.stats.inc_value(STATS_PREFIX + "pauses")
        logger.info(_("%s asks for a pause of %d seconds (status %d)"), host, seconds, response.status)
