"""Robots.txt: what is not known to be allowed is not asked for.

Two things are otherwise than in Scrapy's own middleware. All requests of a host wait for its robots.txt, and all of
them hear what it says; there, only the first does. And a robots.txt that did not come is not taken for one without
rules: RFC 9309 (2.3.1) says that an error of the client (4xx) means that there are none, and an unreachable one (no
answer, 5xx) that nothing may be asked for now.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit
from weakref import WeakKeyDictionary

from scrapy import Request, signals
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.misc import build_from_crawler

from newsarchive.crawl.failures import HostPaused, RobotsUnavailable
from newsarchive.i18n import _

if TYPE_CHECKING:
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

logger = logging.getLogger(__name__)

_TOO_MANY_REQUESTS = 429
#: Bytes of a robots.txt that are read; RFC 9309 (2.5) wants 500 KiB at least, and the rest is as if it were not there.
_MOST_BYTES = 500 * 1024


class Robots(RobotsTxtMiddleware):
    """Downloader middleware that obeys robots.txt, and asks a host for nothing while that cannot be read."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._received: WeakKeyDictionary[Request, int] = WeakKeyDictionary()
        crawler.signals.connect(self.stop_reading, signals.bytes_received)
        self._rules: dict[str, asyncio.Task[RobotParser | None]] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the rules of a request's host, None where it has none.

        Raises:
            RobotsUnavailable: its robots.txt could not be read; this is so for the rest of the run.

        """
        host = urlsplit(request.url).netloc
        if host not in self._rules:
            self._rules[host] = asyncio.ensure_future(self._read_rules(request))
        return await asyncio.shield(self._rules[host])

    def stop_reading(self, data: bytes, request: Request) -> None:
        """Stop reading a robots.txt behind what is read of it."""
        if request in self._received:
            self._received[request] += len(data)
            if self._received[request] > _MOST_BYTES:
                raise StopDownload(fail=False)

    async def _read_rules(self, request: Request) -> RobotParser | None:
        asked = Request(
            urljoin(request.url, "/robots.txt"),
            priority=self.DOWNLOAD_PRIORITY,
            # Not packed, so that what is read of a long one can be read.
            headers={"Accept-Encoding": "identity"},
            meta={"dont_obey_robotstxt": True, "download_maxsize": 0},
            callback=NO_CALLBACK,
        )
        self._received[asked] = 0
        try:
            response = await self.crawler.engine.download_async(asked)
        except HostPaused as error:
            raise RobotsUnavailable(str(error)) from error
        except IgnoreRequest:
            return None  # it leads to where nothing is asked for: as if it were not there
        except Exception as error:  # every way in which a download can fail
            logger.warning(_("%s could not be read: %s"), asked.url, error)
            raise RobotsUnavailable(str(error) or type(error).__name__) from error
        if response.status >= 500 or response.status == _TOO_MANY_REQUESTS:
            raise RobotsUnavailable(f"status {response.status}")
        return await self._parse(response, request)

    async def _parse(self, response: Response, request: Request) -> RobotParser:
        rules: RobotParser = build_from_crawler(self._parserimpl, self.crawler, _beginning(response.body))
        await self.crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=rules, request=request
        )
        return rules


def _beginning(body: bytes) -> bytes:
    """Return what is read of a robots.txt: all of it, or whole lines of its first bytes."""
    return body if len(body) <= _MOST_BYTES else body[: body.rfind(b"\n", 0, _MOST_BYTES) + 1]
