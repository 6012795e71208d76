"""Reads every saved page again, by the rules of today. Asks nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from newsarchive.archive.snapshots import saved_pages
from newsarchive.crawl.arguments import read_date
from newsarchive.crawl.writer.operations import Operations
from newsarchive.urls import host_and_odd_port
from newsarchive.warc.record import SnapshotDamagedError
from spiders.base import ArchiveSpider
from spiders.offline import OfflineSpider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from newsarchive.crawl.arguments import Reader
    from newsarchive.models import Page


class ReplaySpider(OfflineSpider):
    """Hands saved pages on; what they now say otherwise becomes a reading with the cause `reread`.

    Spider arguments:
        site: only pages of this site.
        base_url: the address at which the site was crawled, where that is not the one in its file.
        url: only this URL, or the URLs in which this regular expression is found.
        since: only pages fetched on this day (UTC) or later, as 2022-05-30.

    Examples:
        scrapy crawl replay
        scrapy crawl replay -a site=finews -a since=2022-05-30
        scrapy crawl replay -a url=http://finews.withounder.com/emnews/

    """

    name = "replay"
    readers: ClassVar[dict[str, Reader]] = ArchiveSpider.readers | OfflineSpider.readers | {"since": read_date}

    def __init__(self, given: dict[str, str], values: dict[str, Any]) -> None:
        super().__init__(given, values)
        self.since: date = values.get("since", date.min)
        self.reread_at = datetime.now(UTC)

    def trusts(self, page: Page) -> bool:
        """Return whether a page was served for the site that it names: this archive says so."""
        from newsarchive.extract.identity import site_of_host  # noqa: PLC0415 - other runs need no reader

        host = host_and_odd_port(page.url)
        return bool(host) and site_of_host(host) is None

    async def start(self) -> AsyncIterator[Any]:
        """Yield the newest page of each copy, with what was said of it where it was found."""
        archive = self.session.archive
        site = self.only_site.name if self.only_site else None
        for saved in saved_pages(archive.connection, site=site, since=self.since):
            if not self.wants(saved.url):
                continue
            try:
                page = archive.snapshots.load(saved.snapshot_id, role=saved.role, site=saved.site)
            except SnapshotDamagedError as error:
                self.session.writer.submit(
                    Operations.problem, saved.url, "replay", "damaged-snapshot", str(error), saved.site
                )
                continue
            page.hints, page.found_on = archive.frontier.hints(saved.url)
            await self.session.writer.drain()
            yield page
