"""WACZ files (version 1.1.1): pages, their index and their WARC files in one zip file, which a browser can replay.

ReplayWeb.page and other programs read only the parts that they need out of the file, over the web as well. So WARC
files and the index lie in it as they are; texts are deflated. `datapackage.json` lists all files with their digests,
and `datapackage-digest.json` holds the digest of that list.
"""

from __future__ import annotations

import gzip
import hashlib
import heapq
import json
import struct
import tempfile
import zipfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Self

from newsarchive import __version__
from newsarchive.timestamps import stamp
from newsarchive.urls import quote_url
from newsarchive.warc.cdxj import cdxj_line
from newsarchive.warc.record import build_warcinfo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from newsarchive.warc.cdxj import Capture

VERSION = "1.1.1"
#: Bytes of a WARC file after which another one is begun.
LARGEST_WARC = 1 << 30
#: Lines of the index in one packed block: what is read to find a page.
BLOCK = 1024
# Lines of the index that are sorted in memory at a time.
_SORTED = 20_000
_INDEX, _BLOCKS, _PAGES = "indexes/index.cdx.gz", "indexes/index.idx", "pages/pages.jsonl"


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """A page that a reader can choose; `fetched_at` as the archive writes times, `text` is what a search finds."""

    key: str
    url: str
    fetched_at: str
    title: str
    text: str


class WaczWriter:
    """Writes one WACZ file to a stream: first all records, then all pages, then `finish`."""

    def __init__(self, stream: IO[bytes], *, title: str, created: datetime) -> None:
        self._zip = zipfile.ZipFile(stream, "w", allowZip64=True)
        self._title = title
        self._created = created
        self._resources: list[dict[str, Any]] = []
        self._lines = _SortedLines()
        self._warc: _Entry | None = None
        self._warcs = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()

    def add_record(self, record: bytes, place: Capture) -> None:
        """Add a packed record; of its `place` the file and the offset are those that it gets here."""
        if self._warc is not None and self._warc.size + len(record) > LARGEST_WARC:
            self._end_warc()
        if self._warc is None:
            self._begin_warc()
        assert self._warc is not None
        name, offset = self._warc.path.rpartition("/")[2], self._warc.size
        self._warc.write(record)
        self._lines.add(cdxj_line(replace(place, file_name=name, offset=offset, length=len(record))))

    def add_pages(self, pages: Iterator[ArchivedPage]) -> int:
        """Add the pages that a reader can choose from; return their number."""
        self._end_warc()
        count = 0
        with self._entry(_PAGES, zipfile.ZIP_DEFLATED) as entry:
            head = {"format": "json-pages-1.0", "id": "pages", "title": self._title, "hasText": True}
            entry.write(_json_line(head))
            for count, page in enumerate(pages, 1):  # noqa: B007 - counts them
                values = {"id": page.key, "url": quote_url(page.url), "ts": page.fetched_at, "title": page.title}
                entry.write(_json_line(values | {"text": page.text}))
        return count

    def finish(self) -> None:
        """Write the index and the list of all files; the stream is not closed."""
        self._end_warc()
        self._write_index()
        description = "Pages of news articles as they were fetched, with their index."
        package = {
            "profile": "data-package",
            "title": self._title,
            "description": description,
            "created": stamp(self._created),
            "wacz_version": VERSION,
            "software": f"newsarchive/{__version__}",
            "resources": self._resources,
        }
        data = json.dumps(package, ensure_ascii=False, indent=2).encode()
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
        with self._entry("datapackage.json", zipfile.ZIP_DEFLATED) as entry:
            entry.write(data)
        with self._entry("datapackage-digest.json", zipfile.ZIP_DEFLATED) as entry:
            entry.write(json.dumps(digest, indent=2).encode())
        self._zip.close()

    def _begin_warc(self) -> None:
        self._warcs += 1
        name = f"{self._warcs:05}.warc.gz"
        self._warc = self._open(f"archive/{name}", zipfile.ZIP_STORED)
        self._warc.write(build_warcinfo(name, self._title))

    def _end_warc(self) -> None:
        if self._warc is not None:
            self._close(self._warc)
            self._warc = None

    def _write_index(self) -> None:
        """Write the sorted lines in packed blocks, and a second index that says where each block begins."""
        blocks = [f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': 'index.cdx.gz'})}\n".encode()]
        with self._entry(_INDEX, zipfile.ZIP_STORED) as entry:
            lines = iter(self._lines)
            while block := list(islice(lines, BLOCK)):
                packed = gzip.compress(b"".join(block), mtime=0)
                values = {
                    "offset": entry.size,
                    "length": len(packed),
                    "digest": f"sha256:{hashlib.sha256(packed).hexdigest()}",
                    "filename": "index.cdx.gz",
                }
                blocks.append(b" ".join(block[0].split(b" ", 2)[:2]) + f" {json.dumps(values)}\n".encode())
                entry.write(packed)
        with self._entry(_BLOCKS, zipfile.ZIP_DEFLATED) as entry:
            entry.write(b"".join(blocks))

    @contextmanager
    def _entry(self, path: str, compression: int) -> Iterator[_Entry]:
        entry = self._open(path, compression)
        yield entry
        self._close(entry)

    def _open(self, path: str, compression: int) -> _Entry:
        info = zipfile.ZipInfo(path, self._created.timetuple()[:6])
        info.compress_type = compression
        info.external_attr = 0o644 << 16
        # Some readers trust the central directory that a header has no further fields, as those of zip64 at its end;
        # with a field in both, they look. The field is the time in UTC.
        info.extra = struct.pack("<HHBI", 0x5455, 5, 1, int(self._created.timestamp()))
        return _Entry(path, self._zip.open(info, "w", force_zip64=True))

    def _close(self, entry: _Entry) -> None:
        entry.stream.close()
        name = entry.path.rpartition("/")[2]
        self._resources.append(
            {
                "name": name,
                "path": entry.path,
                "hash": f"sha256:{entry.digest.hexdigest()}",
                "bytes": entry.size,
            }
        )


class _Entry:
    """A file of the zip file that is being written; its size and its digest."""

    def __init__(self, path: str, stream: IO[bytes]) -> None:
        self.path = path
        self.stream = stream
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self.stream.write(data)
        self.digest.update(data)
        self.size += len(data)


class _SortedLines:
    """Lines in any order, given back in that of their bytes; most of them wait on the disk."""

    def __init__(self) -> None:
        self._recent: list[bytes] = []
        self._files = ExitStack()
        self._runs: list[IO[bytes]] = []

    def add(self, line: bytes) -> None:
        self._recent.append(line)
        if len(self._recent) >= _SORTED:
            run = self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
            run.writelines(sorted(self._recent))
            self._runs.append(run)
            self._recent = []

    def __iter__(self) -> Iterator[bytes]:
        for run in self._runs:
            run.seek(0)
        return heapq.merge(sorted(self._recent), *self._runs)

    def close(self) -> None:
        self._files.close()


def _json_line(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"
