"""The raw pages of an archive, read again by the rules of today, in parts that any number of processes read.

A part is a file in the queue by a name of its own, `archive.db#copies-0000001001-0000002000`: the newest page of each
of these copies. Its output is loaded into that archive alone.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from newsarchive.archive import Archive
from newsarchive.archive.connection import must_exist
from newsarchive.archive.queries import one_moment, value
from newsarchive.archive.snapshots import PAGES, pages_between
from newsarchive.bulk.reading import Counts, problem_of, what_is_read, write_output
from newsarchive.crawl.writer.messages import Crawl
from newsarchive.crawl.writer.wire import encode_crawl
from newsarchive.extract.identity import site_of_host
from newsarchive.models import Recheck
from newsarchive.options import Options
from newsarchive.urls import host_and_odd_port
from newsarchive.warc.record import SnapshotDamagedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsarchive.crawl.writer.messages import Message
    from newsarchive.models import Page

#: What says in the first frame of an output that pages were read again.
REPLAY = "replay"
# Rows of a part: so many pages are lost with a worker that is killed.
_ROWS = 1000
_PART = re.compile(r"(.+)#([a-z-]+)-(\d{10})-(\d{10})")


def parts_of(db: Path) -> list[Path]:
    """Return the names of the parts of an archive. Raises UserError where there is no archive, or nothing in it."""
    with Archive.open(must_exist(db), readonly=True) as archive:
        last = {
            kind: int(value(archive.connection, f"SELECT coalesce(max(rowid), 0) FROM {table}"))  # noqa: S608
            for kind, table in PAGES.items()
        }
    return [
        db.with_name(f"{db.name}#{kind}-{first:010}-{first + _ROWS - 1:010}")
        for kind in PAGES
        for first in range(1, last[kind] + 1, _ROWS)
    ]


def is_part(path: Path) -> bool:
    """Return whether a name is that of a part of an archive."""
    return _PART.fullmatch(str(path)) is not None and not path.exists()


def archive_of(path: Path) -> Path | None:
    """Return the archive of which a file of the queue is a part; None for a file of its own."""
    found = _PART.fullmatch(str(path)) if is_part(path) else None
    return Path(found[1]) if found else None


def read_part(path: Path, out: Path) -> Counts:
    """Read the pages of a part again and write what is to be stored; `out` appears whole or not at all.

    Raises:
        UserError: the archive is not there, or `out` cannot be written.

    """
    found = _PART.fullmatch(str(path))
    assert found is not None
    with Archive.open(must_exist(Path(found[1])), readonly=True) as archive, one_moment(archive.connection):
        archive_id = str(value(archive.connection, "SELECT archive_id FROM identity"))
        crawl = Crawl(0, archive_id, REPLAY, fetches=False, reread_at=None, recheck=Recheck(), options=Options(db=""))
        messages = _messages(archive, found[2], int(found[3]), int(found[4]))
        return write_output(out, messages, first=encode_crawl(crawl))


def _messages(archive: Archive, kind: str, first: int, last: int) -> Iterator[Message]:
    for saved in pages_between(archive.connection, kind, first, last):
        try:
            page = archive.snapshots.load(saved.snapshot_id, role=saved.role, site=saved.site)
        except SnapshotDamagedError as error:
            yield problem_of(saved.url, REPLAY, "damaged-snapshot", str(error), saved.site)
            continue
        page.hints, page.found_on = archive.frontier.hints(saved.url)
        yield what_is_read(page, _is_trusted(page))


def _is_trusted(page: Page) -> bool:
    """Return whether a page was served for the site that it names: the archive says so."""
    host = host_and_odd_port(page.url)
    return bool(host) and site_of_host(host) is None
