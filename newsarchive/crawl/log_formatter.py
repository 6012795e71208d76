"""Log lines that carry the URL and the reason, never a body."""

# ruff: noqa: ARG002 - the signatures are Scrapy's

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy import logformatter

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.http import Response
    from scrapy.logformatter import LogFormatterResult
    from twisted.python.failure import Failure

    from newsarchive.models import Article, Page


class LogFormatter(logformatter.LogFormatter):
    """Scrapy's own lines print whole items; these name the page."""

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        """Log a page that went through all pipelines."""
        return _line(logging.DEBUG, "Read: %(url)s", item)

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Log a page that is no article."""
        return _line(logging.INFO, "No article: %(url)s: %(reason)s", item, reason=str(exception))

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Log a page on which one of our rules failed."""
        return _line(logging.ERROR, "Failed on: %(url)s: %(reason)s", item, reason=type(exception).__name__)

    def download_error(
        self, failure: Failure, request: Request, spider: Spider, errmsg: str | None = None
    ) -> LogFormatterResult:
        """Log a request that failed in an unforeseen way."""
        reason = errmsg or failure.getErrorMessage()
        return {
            "level": logging.ERROR,
            "msg": "Not fetched: %(url)s: %(reason)s",
            "args": {"url": request.url, "reason": reason},
        }


def _line(level: int, text: str, item: Article | Page, **more: str) -> LogFormatterResult:
    page = getattr(item, "page", item)
    return {"level": level, "msg": text, "args": {"url": getattr(page, "url", "?"), **more}}


def is_warning(record: logging.LogRecord) -> bool:
    """Filter for loggers that say nothing of interest below a warning."""
    return record.levelno >= logging.WARNING


def without_traceback(record: logging.LogRecord) -> bool:
    """Filter for loggers: the message says it all, as for a robots.txt that cannot be reached."""
    record.exc_info = None
    return True
