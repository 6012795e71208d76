"""Parts articles from pages that are none, and records what is missing or implausible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

from newsarchive.crawl.session import Session
from newsarchive.extract.validate import rejection, validate

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from newsarchive.models import Article


class Validate:
    """Item pipeline: Article -> Article with its problems; a page that is no article ends here, with its reason."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    def process_item(self, item: Article) -> Article:
        """Check an article; raises DropItem for a page that is none."""
        validate(item)
        problem = rejection(item)
        if problem is None:
            return item
        session = Session.of(self.crawler)
        session.count("articles/rejected")
        session.reject(item.page, problem.stage, problem.reason, problem.detail)
        raise DropItem(problem.detail or problem.reason)
