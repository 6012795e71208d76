"""Pages that `newsarchive add` has fetched, handed on to the crawl that follows: a site is not asked for them twice.

They lie beside the site's file, as WARC records, until a crawl of the site takes them; after an hour they are too old.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scrapy.exceptions import NotConfigured
from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from newsarchive.crawl.pages import FETCHED_AT
from newsarchive.crawl.summary import STATS_PREFIX
from newsarchive.models import Page
from newsarchive.paths import user_sites
from newsarchive.urls import quote_url

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

#: How old such a page may be, and how large.
_OLDEST = timedelta(hours=1)
_LARGEST = 1 << 20


def handed_on_path(name: str) -> Path:
    """Return where the pages of a site wait for its crawl."""
    return user_sites() / f"{name}.looked-at.warc.gz"


def record_of(page: Page) -> bytes:
    """Make the record of a page that is handed on, under the address where it was found; empty for one too large."""
    from newsarchive.warc.record import build_record, payload_digest  # noqa: PLC0415 - only `add` writes them

    if len(page.body) > _LARGEST:
        return b""
    return build_record(replace(page, url=page.base_url, final_url=None), payload_digest(page.body))


def missing(url: str, status: int) -> Page:
    """Return what is handed on of an address at which there is no page."""
    return Page(url, "original", "", b"", datetime.now(UTC), status)


def _take(path: Path) -> dict[str, tuple[datetime, bytes]]:
    """Read a file and remove it, so that no page in it is taken twice; return address -> when it came, its record."""
    from newsarchive.warc.reader import PACKED, Record, read_form  # noqa: PLC0415 - most runs find no such file

    with path.open("rb") as file:
        path.unlink()
        found = [one for one in read_form(file, 2 * _LARGEST, PACKED) if isinstance(one, Record)]
        ends = [*(one.offset for one in found[1:]), None]
        file.seek(0)
        packed = file.read()
    return {
        one.headers["warc-target-uri"]: (datetime.fromisoformat(one.headers["warc-date"]), packed[one.offset : end])
        for one, end in zip(found, ends, strict=True)
    }


class HandedOn:
    """Downloader middleware that answers a request by the page that `add` fetched a while ago, once for each page."""

    def __init__(self, crawler: Crawler, pages: dict[str, tuple[datetime, bytes]]) -> None:
        self.crawler = crawler
        self._pages = pages

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl of a site that was added since it was crawled last."""
        site = getattr(crawler.spider, "site", None)
        if site is None or not getattr(crawler.spider, "fetches", False):
            raise NotConfigured
        try:
            return cls(crawler, _take(handed_on_path(site.name)))
        except OSError as error:  # mostly there is none; what cannot be taken away is asked for
            raise NotConfigured from error

    def process_request(self, request: Request) -> Response | None:
        """Return the page that is asked for, if it was handed on and is not too old."""
        from newsarchive.warc.http_answer import read_answer  # noqa: PLC0415 - as above
        from newsarchive.warc.record import split_record, unpack_first  # noqa: PLC0415

        found = self._pages.pop(quote_url(request.url), None)
        if found is None or datetime.now(UTC) - found[0] > _OLDEST:
            return None
        answer = read_answer(split_record(unpack_first(found[1], 2 * _LARGEST))[1])
        headers = {name: value for name, value in answer.headers.items() if not name.startswith("x-crawl-")}
        kept = Headers(headers)
        kind = responsetypes.from_args(headers=kept, url=request.url, body=answer.body)
        request.meta[FETCHED_AT] = found[0]
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(STATS_PREFIX + "pages/handed_on")
        return kind(request.url, status=answer.status, headers=kept, body=answer.body, request=request)
