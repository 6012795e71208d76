"""Reads a page as an article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines import Pipeline

if TYPE_CHECKING:
    from newsarchive.models import Article, Page


class Extract(Pipeline):
    """Item pipeline: Page -> Article, by the rules of the page's site."""

    def process_item(self, item: Page) -> Article:
        """Read a page; what it lacks is recorded in the article's problems."""
        from newsarchive.extract import read  # noqa: PLC0415 - a run that finds nothing reads nothing

        return read(item, self.session.spider.site_of(item))
