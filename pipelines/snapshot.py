"""Saves the raw bytes of a page before anything can fail on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.crawl.writer.operations import Operations
from pipelines import Pipeline

if TYPE_CHECKING:
    from newsarchive.models import Page


class Snapshot(Pipeline):
    """Item pipeline: Page -> Page, saved."""

    async def process_item(self, item: Page) -> Page:
        """Save a page, unless it comes out of a snapshot."""
        if item.snapshot_id is None:
            await self.session.writer.drain()
            self.session.writer.submit(Operations.save, item)
        self.session.count("pages")
        self.session.count("page_bytes", len(item.body))
        return item
