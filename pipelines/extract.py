"""Reads a page as an article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.crawl.time_limit import TooSlowError, time_limit
from pipelines import Pipeline

if TYPE_CHECKING:
    from newsarchive.models import Article, Page


class Extract(Pipeline):
    """Item pipeline: Page -> Article, by the rules of the page's site."""

    def process_item(self, item: Page) -> Article:
        """Read a page; what it lacks is recorded in the article's problems."""
        from newsarchive.extract.reader import read, unread  # noqa: PLC0415 - a run that finds nothing reads nothing

        try:
            with time_limit():
                return read(item, self.session.spider.site_of(item))
        except TooSlowError as error:
            return unread(item, self.session.spider.site_of(item), "too-complex", str(error))
