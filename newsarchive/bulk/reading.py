"""One file of raw pages, read: the messages that a crawl of its pages would send to the process that writes.

The output is a gzip file of frames (see `crawl.writer.wire`), each behind its length in four bytes. It depends on the
input and the version of newsarchive alone: read twice, a file gives the same bytes.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from newsarchive.archive import FrontierEntry
from newsarchive.atomic import atomic_file
from newsarchive.crawl.outcomes import Outcome
from newsarchive.crawl.time_limit import TooSlowError, time_limit
from newsarchive.crawl.warc_pages import CaptureError, Captures, known_site, sites_by_host
from newsarchive.crawl.writer.messages import Message
from newsarchive.crawl.writer.wire import decode, encode_message
from newsarchive.errors import UserError
from newsarchive.extract.reader import unread
from newsarchive.extract.steps import AFTER_READING, process
from newsarchive.extract.validate import rejection
from newsarchive.i18n import _
from newsarchive.settings import DOWNLOAD_MAXSIZE
from newsarchive.timestamps import stamp
from newsarchive.urls import is_local, origin_of, split_url
from newsarchive.warc.formats import read_pages
from newsarchive.warc.reader import Damage
from newsarchive.warc.record import payload_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newsarchive.crawl.writer.messages import Crawl
    from newsarchive.models import Article, Page
    from newsarchive.sites import Site
    from newsarchive.warc.reader import Record

#: What the name of an output ends in.
SUFFIX = ".frames.gz"
# Bytes that the headers of a record's HTTP answer may take besides its body.
_HEADERS = 1 << 20
# Bytes of the bodies to which later records of the file may refer.
_REMEMBERED = 64 << 20


@dataclass(frozen=True, slots=True)
class Counts:
    """What came out of a file: the pages that were read, the articles among them, and all that could not be read."""

    pages: int = 0
    articles: int = 0
    problems: int = 0


def read_file(path: Path | str, out: Path | str) -> Counts:
    """Read the pages of a file (WARC, ARC, WACZ) and write what is to be stored; `out` appears whole or not at all.

    A record that refers to a page of another file is a problem; the spider `warc`, which has the archive, reads it.

    Raises:
        UserError: nothing of the file can be read, or `out` cannot be written.

    """
    return write_output(Path(out), _messages(Path(path)))


def write_output(out: Path, messages: Iterable[Message], *, first: bytes = b"") -> Counts:
    """Write messages, behind a `first` frame where there is one; `out` appears whole or not at all."""
    pages = articles = problems = 0
    with atomic_file(out) as stream, gzip.GzipFile("", "wb", 6, stream, mtime=0) as packed:
        if first:
            packed.write(len(first).to_bytes(4) + first)
        for message in messages:
            frame = encode_message(message)
            packed.write(len(frame).to_bytes(4) + frame)
            pages += message.method in ("store", "settle")
            articles += message.method == "store"
            problems += message.method == "problem"
    return Counts(pages, articles, problems)


def read_output(path: Path) -> Iterator[Message | Crawl]:
    """Yield what is in an output. Raises UserError for a file that is none, or damaged."""
    try:
        with gzip.open(path, "rb") as file:
            while length := file.read(4):
                yield cast("Message | Crawl", decode(file.read(int.from_bytes(length))))
    except (OSError, EOFError, ValueError) as error:
        raise UserError(
            _(
                "{path}: no output of `newsarchive bulk work` ({error}) - have its file read again",
                path=path,
                error=error,
            )
        ) from error


def _messages(path: Path) -> Iterator[Message]:
    bodies = _Bodies()
    captures = Captures(
        sites=sites_by_host(),
        wants=lambda _url: True,
        body_of=bodies.of,
        body_at=bodies.at,
        limit=DOWNLOAD_MAXSIZE,
    )
    damage, is_read = "", False
    for record in _records(path):
        if isinstance(record, Damage):
            damage = damage or record.detail
            yield problem_of(f"file:{path.name}", "warc", "damaged-file", f"byte {record.offset}: {record.detail}")
            continue
        is_read = True
        try:
            page = captures.page_of(record)
        except CaptureError as error:
            yield problem_of(record.headers.get("warc-target-uri", "")[:2000], "warc", error.reason, str(error))
            continue
        if page is not None:
            bodies.remember(page)
            yield Message("save", (page,))
            host = split_url(page.url).hostname
            yield what_is_read(page, host is not None and is_local(host))
    if damage and not is_read:
        raise UserError(_("{path}: nothing of it can be read ({damage})", path=path, damage=damage))


def _records(path: Path) -> Iterator[Record | Damage]:
    try:
        yield from read_pages(path, DOWNLOAD_MAXSIZE + _HEADERS)
    except OSError as error:
        raise UserError(_("{path}: cannot be read: {strerror}", path=path, strerror=error.strerror or error)) from error


def problem_of(url: str, stage: str, reason: str, detail: str, site: str | None = None) -> Message:
    """Return what a crawl would submit for a page that cannot be had."""
    return Message("problem", (url, stage, reason, detail, *filter(None, (site,))))


def what_is_read(page: Page, is_trusted: bool) -> Message:
    """Return what the pipelines of a crawl would submit for a page; a trusted one was served for the site it names."""
    site = _site_of(page, is_trusted)
    try:
        with time_limit():
            article = process(page, site)
    except TooSlowError as error:
        article = unread(page, site, "too-complex", str(error))
        for step in AFTER_READING:
            article = step(article)
    return _stored(article)


def _stored(article: Article) -> Message:
    refused = rejection(article)
    if refused is None:
        article.page = replace(article.page, body=b"")  # it is in the message before
        return Message("store", (article, []))
    outcome = Outcome(refused.reason, "rejected", refused.detail)
    return Message("settle", (FrontierEntry.of_page(article.page), refused.stage, outcome))


def _site_of(page: Page, is_trusted: bool) -> Site | None:
    """Return the site whose rules a page is read by, as it was served where the page is."""
    site = known_site(page.site)
    if site is None or site.is_own(page.url) or not is_trusted:
        return site
    return site.served_at(origin_of(page.url))


class _Bodies:
    """The bodies of a file to which its later records refer, the last ones."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self._digests: dict[tuple[str, str], str] = {}
        self._size = 0

    def remember(self, page: Page) -> None:
        digest = payload_digest(page.body)
        if digest not in self._bodies:
            self._bodies[digest] = page.body
            self._digests[page.url, stamp(page.fetched_at)] = digest
            self._size += len(page.body)
        while self._size > _REMEMBERED:
            self._size -= len(self._bodies.pop(next(iter(self._bodies))))
            del self._digests[next(iter(self._digests))]

    def of(self, digest: str) -> bytes | None:
        return self._bodies.get(digest)

    def at(self, url: str, fetched_at: str) -> bytes | None:
        return self.of(self._digests.get((url, fetched_at), ""))
