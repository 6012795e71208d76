"""Reads web archives of any origin: an archive's own, Common Crawl's CC-NEWS, those of other crawlers. Asks nobody."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, ClassVar

from newsarchive.crawl.arguments import FilesReader
from newsarchive.crawl.warc_pages import CaptureError, Captures, MissingOriginalError, sites_by_host
from newsarchive.crawl.writer.operations import Operations
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.warc.formats import SUFFIXES, read_pages
from newsarchive.warc.reader import Damage
from spiders.offline import OfflineSpider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from newsarchive.crawl.arguments import Reader
    from newsarchive.models import Page
    from newsarchive.warc.reader import Record

    _Waiting = tuple[Record, MissingOriginalError]

logger = logging.getLogger(__name__)

WARC_FILES = FilesReader("WARC files", SUFFIXES)
#: Bytes that the headers of a record's HTTP answer may take besides its body.
_HEADERS = 1 << 20
# Records that wait for the page that they refer to; files are read in the order of their names, not of their times.
_MOST_WAITING = 20_000
_LARGEST_WAITING = 1 << 16  # bytes


class WarcSpider(OfflineSpider):
    """Hands the pages of WARC, ARC and WACZ files on, each under its address and with the time of its fetching.

    Spider arguments:
        path: such a file, a folder with such files (and its sub-folders), or a glob.
        site: only pages of this site; without it those of all sites.
        url: only this URL, or the URLs in which this regular expression is found.

    Examples:
        scrapy crawl warc -a path=CC-NEWS-20220530000000-00001.warc.gz
        scrapy crawl warc -a 'path=CC-NEWS-202205*' -a site=eastmoney
        scrapy crawl warc -a path=data/warc -a 'url=/emnews/2022/'

    """

    name = "warc"
    warc_label = "import"
    readers: ClassVar[dict[str, Reader]] = OfflineSpider.readers | {"path": WARC_FILES}

    @classmethod
    def check(cls, given: dict[str, str]) -> dict[str, Any]:
        """Read all arguments."""
        values = super().check(given)
        if "path" not in values:
            raise UserError(_("path= is missing: a WARC file, a folder with such files, or a glob"))
        return values

    async def start(self) -> AsyncIterator[Any]:
        """Yield the pages of all files, one after the other."""
        limit = self.settings.getint("DOWNLOAD_MAXSIZE")
        snapshots = self.session.archive.snapshots
        captures = Captures(
            sites=sites_by_host([self.only_site] if self.only_site else None),
            wants=self.wants,
            body_of=snapshots.body_of,
            body_at=snapshots.body_at,
            limit=limit,
            any_host=self.only_site is None,
        )
        waiting: list[_Waiting] = []
        for path in self.values["path"]:
            for record in self._records(path, limit + _HEADERS):
                page = self._page(captures, record, waiting)
                if page is not None:
                    await self.session.writer.drain()
                    yield page
                if len(waiting) >= _MOST_WAITING:
                    async for page in self._retry(captures, waiting, is_last=True):
                        yield page
            async for page in self._retry(captures, waiting, is_last=False):
                yield page
        async for page in self._retry(captures, waiting, is_last=True):
            yield page

    async def _retry(self, captures: Captures, waiting: list[_Waiting], *, is_last: bool) -> AsyncIterator[Page]:
        """Yield the pages of records whose earlier page is known by now; what waits after the last time is refused."""
        if not waiting:
            return
        await self._settle()
        records = [record for record, _ in waiting]
        waiting.clear()
        for record in records:
            page = self._page(captures, record, waiting)
            if page is not None:
                await self.session.writer.drain()
                yield page
        if is_last:
            for record, error in waiting:
                self._refuse(record, error)
            waiting.clear()

    def _records(self, path: Path, limit: int) -> Iterator[Record]:
        """Yield the records of a file; record what of it cannot be read, and count a file of which nothing can."""
        damage, is_read = "", False
        try:
            for found in read_pages(path, limit):
                if isinstance(found, Damage):
                    damage = damage or f"byte {found.offset}: {found.detail}"
                    self._problem(f"file:{path.name}", "damaged-file", f"byte {found.offset}: {found.detail}")
                else:
                    is_read = True
                    self.session.count("warc/records")
                    yield found
        except OSError as error:
            damage = f"cannot be read: {error.strerror}"
            self._problem(f"file:{path.name}", "damaged-file", damage)
        if damage and not is_read:
            self.session.count("files/unreadable")
            logger.error("%s: nothing of it can be read (%s)", path, damage)

    def _page(self, captures: Captures, record: Record, waiting: list[_Waiting]) -> Page | None:
        """Return the page of a record, None where it has none to give, or none yet: then it is added to `waiting`."""
        try:
            page = captures.page_of(record)
        except MissingOriginalError as error:
            if len(record.block or b"") < _LARGEST_WAITING:
                waiting.append((record, error))
            else:
                self._refuse(record, error)
            return None
        except CaptureError as error:
            self._refuse(record, error)
            return None
        if page is None:
            self.session.count("warc/passed_over")
        return page

    async def _settle(self) -> None:
        """Wait until all pages that were handed on are committed."""
        slot = self.crawler.engine.scraper.slot
        while slot is not None and slot.itemproc_size:
            await asyncio.sleep(0)
        self.session.writer.flush()

    def _refuse(self, record: Record, error: CaptureError) -> None:
        url = record.headers.get("warc-target-uri", "")
        self._problem(url[:2000], error.reason, str(error))

    def _problem(self, url: str, reason: str, detail: str) -> None:
        self.session.writer.submit(Operations.problem, url, "warc", reason, detail)
