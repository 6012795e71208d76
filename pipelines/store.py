"""Stores articles in the archive."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from newsarchive.crawl.writer.operations import Operations
from pipelines import Pipeline

if TYPE_CHECKING:
    from newsarchive.models import Article


class Store(Pipeline):
    """Item pipeline: Article -> archive, with the next batch."""

    def process_item(self, item: Article) -> Article:
        """Have an article stored, and what it leads to written into the frontier."""
        item.page = replace(item.page, body=b"")  # it is in the snapshot
        self.session.writer.submit(Operations.store, item, list(self.session.spider.follow(item)))
        return item
