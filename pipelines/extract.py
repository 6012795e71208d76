"""Reads a page as an article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.crawl.time_limit import TooSlowError, time_limit
from newsarchive.extract import read
from newsarchive.extract.reader import unread
from pipelines import Pipeline

if TYPE_CHECKING:
    from newsarchive.models import Article, Page


class Extract(Pipeline):
    """Item pipeline: Page -> Article, by the rules of the page's site."""

    def process_item(self, item: Page) -> Article:
        """Read a page; what it lacks is recorded in the article's problems."""
        try:
            with time_limit():
                return read(item, self.session.spider.site_of(item))
        except TooSlowError as error:
            return unread(item, "too-complex", str(error))
