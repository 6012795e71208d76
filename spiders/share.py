"""Fetches the text behind info codes: the share service's JSON, else the origin's page."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from newsarchive.crawl.arguments import read_count
from newsarchive.crawl.writer.operations import Operations
from newsarchive.errors import UserError
from newsarchive.i18n import _
from spiders.base import FrontierSpider

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scrapy import Request

    from newsarchive.crawl.arguments import Reader
    from newsarchive.models import Role

STANDARD_INPUT = "-"
# Links that one transaction writes to the frontier.
_CHUNK = 500


def read_codes(text: str) -> tuple[str, ...]:
    """Read info codes or links, separated by commas."""
    if text == STANDARD_INPUT:
        raise UserError(_("to read standard input, write file=-"))
    return tuple(code.strip() for code in text.split(",") if code.strip())


def read_file_name(text: str) -> str:
    """Read the name of a file that is there, or `-`."""
    if text != STANDARD_INPUT and not Path(text).is_file():
        raise UserError(_("there is no such file"))
    return text


class ShareSpider(FrontierSpider):
    """Resolves share links.

    Spider arguments:
        site: name of a site file; without it `finews`.
        base_url: the address at which the site is reached, where that is not the one in its file.
        codes: info codes, share links or original links, separated by commas; without codes and file, those of all
            articles in the archive whose text was never fetched from the share service.
        file: a file with the same, one a line; `-` reads standard input.
        limit: at most so many pages.

    Examples:
        scrapy crawl share
        scrapy crawl share -a codes=NW202205302396671645
        scrapy crawl share -a file=links.txt

    """

    name = "share"
    roles: ClassVar[tuple[Role, ...]] = ("share", "original")
    readers: ClassVar[dict[str, Reader]] = FrontierSpider.readers | {
        "codes": read_codes,
        "file": read_file_name,
        "limit": read_count,
    }

    @classmethod
    def check(cls, given: dict[str, str]) -> dict[str, Any]:
        """Read all arguments."""
        values = super().check(given)
        if "codes" in values and "file" in values:
            raise UserError(_("codes= and file= exclude each other"))
        return values

    def listing_requests(self) -> Iterable[Request]:
        """Write what was asked for to the frontier; nothing has to be listed."""
        links = self._links()
        while chunk := list(islice(links, _CHUNK)):
            found = []
            for text, found_on in chunk:
                if link := self.share_link(text, found_on):
                    found.append(link)
                else:
                    self.session.writer.submit(Operations.problem, text[:500], "argument", "bad-info-code")
            self.session.writer.submit(Operations.find, found)
            self.session.writer.wait_for_commit()
        return ()

    def _links(self) -> Iterator[tuple[str, str | None]]:
        """Yield links or codes, each with the URL on which it was found."""
        if "codes" in self.values:
            yield from ((code, None) for code in self.values["codes"])
        elif self.values.get("file") == STANDARD_INPUT:
            yield from _lines(sys.stdin)
        elif "file" in self.values:
            with Path(self.values["file"]).open(encoding="utf-8", errors="replace") as lines:
                yield from _lines(lines)
        else:
            yield from self.session.archive.copies.without_share(self.site.name)


def _lines(lines: Iterable[str]) -> Iterator[tuple[str, None]]:
    yield from ((line.strip(), None) for line in lines if line.strip() and not line.startswith("#"))
