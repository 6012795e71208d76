"""Reads every kept page again, by the rules of today. Asks nobody.

scrapy crawl replay                                 the newest page of every copy in the archive
scrapy crawl replay -a site=finews -a since=2022-05-30
scrapy crawl replay -a url=http://finews.withounder.com/emnews/
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from newsarchive.archive.snapshots import kept_pages
from newsarchive.crawl.arguments import read_date
from newsarchive.warc.record import SnapshotDamagedError
from spiders.base import ArchiveSpider
from spiders.offline import OfflineSpider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from newsarchive.crawl.arguments import Reader


class ReplaySpider(OfflineSpider):
    """Hands kept pages on; what they now say otherwise becomes a reading with the cause `reread`."""

    name = "replay"
    readers: ClassVar[dict[str, Reader]] = ArchiveSpider.readers | OfflineSpider.readers | {"since": read_date}

    def __init__(self, given: dict[str, str], values: dict[str, Any]) -> None:
        super().__init__(given, values)
        self.since: date = values.get("since", date.min)
        self.reread_at = datetime.now(UTC)

    async def start(self) -> AsyncIterator[Any]:
        """Yield the newest page of each copy, with what was said of it where it was found."""
        archive = self.session.archive
        site = self.only_site.name if self.only_site else None
        for kept in kept_pages(archive.connection, site=site, since=self.since):
            if not self.wants(kept.url):
                continue
            try:
                page = archive.snapshots.load(kept.snapshot_id, role=kept.role, site=kept.site)
            except SnapshotDamagedError as error:
                self.session.problem(kept.url, "replay", "damaged-snapshot", str(error), kept.site)
                continue
            page.hints, page.found_on = archive.frontier.hints(kept.url)
            await self.session.room()
            yield page
