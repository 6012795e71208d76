"""From a page to the archive, one job a file: snapshot, extract, normalize, validate, store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.crawl.session import Session

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler


class Pipeline:
    """An item pipeline of a crawl; `session` is the crawl's, with its spider, its archive and its writer."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl."""
        return cls(Session.of(crawler))
