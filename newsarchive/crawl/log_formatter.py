"""Log lines that carry the URL and the reason, never a body."""

# ruff: noqa: ARG002 - the signatures are Scrapy's

from __future__ import annotations

import logging
from copy import copy
from typing import TYPE_CHECKING, Any

from scrapy import logformatter

from newsarchive.i18n import _
from newsarchive.text import plain_lines

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.http import Response
    from scrapy.logformatter import LogFormatterResult
    from twisted.python.failure import Failure

    from newsarchive.models import Article, Page


class PlainFormatter(logging.Formatter):
    """Formats as another formatter does, without what a terminal obeys in a message: servers have a say in these."""

    def __init__(self, formatter: logging.Formatter | None) -> None:
        super().__init__()
        self._formatter = formatter or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        """Format a record."""
        shown = copy(record)
        shown.msg, shown.args = plain_lines(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            shown.exc_text = plain_lines(self._formatter.formatException(record.exc_info))
        return self._formatter.format(shown)


def make_logs_plain() -> None:
    """Let nothing reach the log that a terminal obeys, whoever writes it."""
    for handler in logging.root.handlers:
        if not isinstance(handler.formatter, PlainFormatter):
            handler.setFormatter(PlainFormatter(handler.formatter))


class LogFormatter(logformatter.LogFormatter):
    """Scrapy's own lines print whole items; these name the page."""

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        """Log a page that went through all pipelines."""
        return _line(logging.DEBUG, "Read: %(url)s", item)

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Log a page that is no article."""
        return _line(logging.INFO, _("No article: %(url)s: %(reason)s"), item, reason=str(exception))

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Log a page on which one of our rules failed."""
        return _line(logging.ERROR, _("Failed on: %(url)s: %(reason)s"), item, reason=type(exception).__name__)

    def download_error(
        self, failure: Failure, request: Request, spider: Spider, errmsg: str | None = None
    ) -> LogFormatterResult:
        """Log a request that failed in an unforeseen way."""
        reason = errmsg or failure.getErrorMessage()
        return {
            "level": logging.ERROR,
            "msg": _("Not fetched: %(url)s: %(reason)s"),
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
