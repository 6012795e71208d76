"""Reads WARC files of any origin: an archive's own, Common Crawl's CC-NEWS, those of other crawlers. Asks nobody.

scrapy crawl warc -a path=CC-NEWS-20220530000000-00001.warc.gz
scrapy crawl warc -a 'path=CC-NEWS-202205*' -a site=eastmoney
scrapy crawl warc -a path=data/warc -a 'url=/emnews/2022/'
"""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from newsarchive.errors import UserError
from newsarchive.warc.import_pages import CaptureError, Captures, sites_by_host
from newsarchive.warc.reader import Damage, read_records
from spiders.offline import OfflineSpider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from newsarchive.crawl.arguments import Reader
    from newsarchive.models import Page
    from newsarchive.warc.reader import Record

SUFFIXES = (".warc", ".warc.gz")
#: Bytes that the headers of a record's HTTP answer may take besides its body.
_HEADERS = 1 << 20


def find_files(text: str) -> tuple[Path, ...]:
    """Find the WARC files of a folder (with its sub-folders) or a glob, or take the one file, sorted by path.

    Raises:
        UserError: there is no such file, or no WARC file in the folder.

    """
    root = Path(text).expanduser()
    if root.is_file():
        return (root,)
    if root.is_dir():
        found = list(root.rglob("*"))
    elif glob.has_magic(text):
        found = [Path(name) for name in glob.iglob(str(root), recursive=True)]  # noqa: PTH207 - the root is part of it
    else:
        raise UserError("there is no such folder or file")
    files = sorted(path for path in found if path.name.lower().endswith(SUFFIXES) and path.is_file())
    if not files:
        raise UserError(f"has no WARC files ({', '.join(SUFFIXES)})")
    return tuple(files)


class WarcSpider(OfflineSpider):
    """Hands the pages of WARC files on, each under its address and with the time at which it was fetched."""

    name = "warc"
    warc_label = "import"
    readers: ClassVar[dict[str, Reader]] = OfflineSpider.readers | {"path": find_files}

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
                    await self.session.room()
                    yield page

    def _records(self, path: Path, limit: int) -> Iterator[Record]:
        """Yield the records of a file; what of it cannot be read is recorded."""
        try:
            for found in read_records(path, limit):
                if isinstance(found, Damage):
                    self.session.problem(
                        f"file:{path.name}", "warc", "damaged-file", f"byte {found.offset}: {found.detail}"
                    )
                else:
                    yield found
        except OSError as error:
            self.session.problem(f"file:{path.name}", "warc", "damaged-file", f"cannot be read: {error.strerror}")

    def _page(self, captures: Captures, record: Record) -> Page | None:
        self.session.count("warc/records")
        try:
            page = captures.page_of(record)
        except CaptureError as error:
            url = record.headers.get("warc-target-uri", "")
            self.session.problem(url[:2000], "warc", error.reason, str(error))
            return None
        if page is None:
            self.session.count("warc/passed_over")
        return page
