"""Rejects pages that are no articles, and records what is missing or implausible in the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

from newsarchive.archive import FrontierEntry
from newsarchive.crawl.outcomes import Outcome
from newsarchive.models import Problem
from pipelines import Pipeline

if TYPE_CHECKING:
    from newsarchive.models import Article


class Validate(Pipeline):
    """Item pipeline: Article -> Article with its problems; a page that is no article ends here, with its reason."""

    def process_item(self, item: Article) -> Article:
        """Check an article; raises DropItem for a page that is none."""
        from newsarchive.extract.validate import rejection, validate  # noqa: PLC0415 - as in the steps before

        validate(item)
        problem = rejection(item)
        other = None if problem else self._other_page(item)
        problem = problem or other
        if problem is None:
            return item
        self.session.count("articles/rejected")
        # What the page of another kind is, it stays.
        outcome = Outcome(problem.reason, "rejected", problem.detail, final=other is not None)
        self.session.settle(FrontierEntry.of_page(item.page), problem.stage, outcome)
        raise DropItem(problem.detail or problem.reason)

    def _other_page(self, item: Article) -> Problem | None:
        """Return what a page of an explored site is in place of an article; None where nothing tells."""
        site = self.session.spider.site_of(item.page)
        if item.page.role != "post" or site is None or site.listing is None or not site.listing.explore:
            return None
        from newsarchive.discovery.explored import examine  # noqa: PLC0415 - most sites have rules

        reason = None if site.layout_for(item.page.url) else examine(item, site)
        return Problem("validate", "not-an-article", reason) if reason else None
