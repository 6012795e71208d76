"""How fast a site is asked: its own wishes from its TOML file and its robots.txt."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.utils.httpobj import urlparse_cached

from newsarchive.i18n import _
from newsarchive.options import Options

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser
    from scrapy.settings import Settings

    from newsarchive.sites import Politeness

logger = logging.getLogger(__name__)


def ask_politely(settings: Settings, politeness: Politeness, contact: str) -> None:
    """Set what a site asks for, for the crawl of this one site; what was given by `-s` stays.

    The delay is the floor below which the throttle does not go. A delay of zero means a site of one's own: it is not
    throttled.
    """
    wishes: dict[str, object] = {
        "DOWNLOAD_DELAY": politeness.delay,
        "CONCURRENT_REQUESTS_PER_DOMAIN": politeness.concurrency,
        "CONCURRENT_REQUESTS": max(politeness.concurrency, settings.getint("CONCURRENT_REQUESTS")),
        "AUTOTHROTTLE_START_DELAY": politeness.delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(politeness.concurrency),
    }
    if politeness.delay == 0:
        wishes["AUTOTHROTTLE_ENABLED"] = False
    if contact:
        wishes["USER_AGENT"] = f"{settings['USER_AGENT']} (+{contact})"
    for name, value in wishes.items():
        settings.set(name, value, priority="spider")


class CrawlDelay:
    """Extension that honours Crawl-delay: no two requests to a host closer than its robots.txt asks for."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.longest = Options.from_settings(crawler.settings).crawl_delay_max
        self.jitter = crawler.settings.getfloat("DOWNLOAD_DELAY_JITTER")
        self._floors: dict[str, float] = {}
        crawler.signals.connect(self.robots_parsed, signals.robots_parsed)
        crawler.signals.connect(self.keep_floor, signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Adopt the Crawl-delay of a host's robots.txt where it is longer than our own."""
        delay = robotparser.crawl_delay(self.crawler.settings["USER_AGENT"])
        host = urlparse_cached(request).hostname
        if not delay or not host:
            return
        # Below this mean the chance in the delay would now and then go under what was asked for.
        floor = min(delay, self.longest) / (1 - min(self.jitter, 0.5))
        if floor <= self.crawler.settings.getfloat("DOWNLOAD_DELAY"):
            return
        self._floors[host] = floor
        downloader = self.crawler.engine.downloader
        slot_settings = dict(downloader.per_slot_settings.get(host, {}))
        downloader.per_slot_settings[host] = slot_settings | {"delay": floor}
        logger.info(_("%s asks for %g seconds between two requests (Crawl-delay)"), host, delay)
        self._raise(host)

    def keep_floor(self, request: Request) -> None:
        """Undo what the throttle may just have lowered."""
        self._raise(request.meta.get("download_slot", ""))

    def _raise(self, host: str) -> None:
        slot = self.crawler.engine.downloader.slots.get(host)
        if slot is not None and host in self._floors:
            slot.delay = max(slot.delay, self._floors[host])
