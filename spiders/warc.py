"""Reads WARC files of any origin: an archive's own, Common Crawl's CC-NEWS, those of other crawlers. Asks nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from newsarchive.crawl.arguments import FilesReader
from newsarchive.crawl.warc_pages import CaptureError, Captures, sites_by_host
from newsarchive.crawl.writer.operations import Operations
from newsarchive.errors import UserError
from newsarchive.warc.reader import Damage, read_records
from spiders.offline import OfflineSpider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from newsarchive.crawl.arguments import Reader
    from newsarchive.models import Page
    from newsarchive.warc.reader import Record

WARC_FILES = FilesReader("WARC files", (".warc", ".warc.gz"))
#: Bytes that the headers of a record's HTTP answer may take besides its body.
_HEADERS = 1 << 20


class WarcSpider(OfflineSpider):
    """Hands the pages of WARC files on, each under its address and with the time at which it was fetched.

    Spider arguments:
        path: a WARC file, a folder with such files (and its sub-folders), or a glob.
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
            raise UserError("path= is missing: a WARC file, a folder with such files, or a glob")
        return values

    async def start(self) -> AsyncIterator[Any]:
        """Yield the pages of all files, one after the other."""
        limit = self.settings.getint("DOWNLOAD_MAXSIZE")
        captures = Captures(
            sites=sites_by_host([self.only_site] if self.only_site else None),
            wants=self.wants,
            body_of=self.session.archive.snapshots.body_of,
            limit=limit,
            any_host=self.only_site is None,
        )
        for path in self.values["path"]:
            for record in self._records(path, limit + _HEADERS):
                page = self._page(captures, record)
                if page is not None:
                    await self.session.writer.drain()
                    yield page

    def _records(self, path: Path, limit: int) -> Iterator[Record]:
        """Yield the records of a file; what of it cannot be read is recorded."""
        try:
            for found in read_records(path, limit):
                if isinstance(found, Damage):
                    self._problem(f"file:{path.name}", "damaged-file", f"byte {found.offset}: {found.detail}")
                else:
                    yield found
        except OSError as error:
            self._problem(f"file:{path.name}", "damaged-file", f"cannot be read: {error.strerror}")

    def _page(self, captures: Captures, record: Record) -> Page | None:
        self.session.count("warc/records")
        try:
            page = captures.page_of(record)
        except CaptureError as error:
            url = record.headers.get("warc-target-uri", "")
            self._problem(url[:2000], error.reason, str(error))
            return None
        if page is None:
            self.session.count("warc/passed_over")
        return page

    def _problem(self, url: str, reason: str, detail: str) -> None:
        self.session.writer.submit(Operations.problem, url, "warc", reason, detail)
