"""Retry-After honoured: a host that asks for a pause gets it, and one that asks for a long pause is left alone."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scrapy.utils.httpobj import urlparse_cached

from newsarchive.crawling.failures import HostRests
from newsarchive.crawling.options import Options

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

# The statuses with which a server may ask for a pause (RFC 9110, section 10.2.3; RFC 6585, section 4).
_STATUSES = (429, 503)
#: Seconds after which a waiting request looks whether the crawl is being stopped.
_STEP = 1.0


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


class RetryAfter:
    """Downloader middleware: all requests to a host wait until the time that it named.

    When that is further off than NEWSARCHIVE_RETRY_AFTER_MAX seconds, they end as HostRests and stay in the frontier
    until then.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.longest = Options.from_settings(crawler.settings).retry_after_max
        self._until: dict[str, float] = {}  # host -> monotonic time

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Hold a request back while its host rests."""
        host = _host(request)
        while (left := self._until.get(host, 0.0) - time.monotonic()) > 0:
            if left > self.longest or not self.crawler.crawling:
                raise HostRests(host, datetime.now(UTC) + timedelta(seconds=left))
            await asyncio.sleep(min(left, _STEP))

    def process_response(self, request: Request, response: Response) -> Response:
        """Note the pause that an answer asks for; asking again is left to Scrapy's own middleware."""
        header = response.headers.get("Retry-After")
        if response.status not in _STATUSES or header is None:
            return response
        seconds = parse_retry_after(header.decode("latin-1"), datetime.now(UTC))
        if seconds is None:
            return response
        host = _host(request)
        self._until[host] = max(self._until.get(host, 0.0), time.monotonic() + seconds)
        self.crawler.stats.inc_value("newsarchive/retry_after")
        logger.info("%s asks for a pause of %d seconds (status %d)", host, seconds, response.status)
        if seconds > self.longest:
            raise HostRests(host, datetime.now(UTC) + timedelta(seconds=seconds))
        return response


def _host(request: Request) -> str:
    return urlparse_cached(request).netloc.lower()
