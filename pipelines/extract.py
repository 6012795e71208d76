"""Reads a page as an article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.discovery.feed import read_entry
from newsarchive.extract import read
from pipelines import Pipeline

if TYPE_CHECKING:
    from newsarchive.models import Article, Page


class Extract(Pipeline):
    """Item pipeline: Page -> Article, by the rules of the page's site."""

    def process_item(self, item: Page) -> Article:
        """Read a page; what it lacks is recorded in the article's problems."""
        site = self.session.spider.site_of(item)
        article = read_entry(item, site) if item.role == "feed" else read(item, site)
        if item.role == "file" and item.found_on:
            # The file of a post that has left its site: its address is known, and not only guessed from the file.
            article.canonical_url = item.found_on
        return article
