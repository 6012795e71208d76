"""One page as one WARC/1.1 record, and back: pure functions of bytes, which may run in any thread.

A record is one gzip member, as all tools expect it: they can start reading at any record. What a server sent is a
`response` record with its HTTP headers, a file a `resource` record. A body that the archive has already becomes a
`revisit` record, which names the record that holds it.

The payload digest is `sha1:` and base 32. That is what the indexes of the Internet Archive and Common Crawl carry and
what every WARC tool verifies, so the same page can be found there; the archive asks for equal length besides.
"""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
import uuid
import zlib
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import quote

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newsarchive import __version__
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.timestamps import stamp
from newsarchive.unpacking import GZIP
from newsarchive.urls import quote_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsarchive.models import Page

#: Fields of our own, which other programs pass over: an archive can be rebuilt from its WARC files alone.
ROLE_FIELD = "X-Newsarchive-Role"
SITE_FIELD = "X-Newsarchive-Site"

# 9, which warcio takes, is a tenth slower and saves less than one byte in a thousand.
_LEVEL = 6
# Headers that tell how a body was sent. The body is kept as it was after unpacking, so that they would be wrong for
# it: they stay under another name, as in Common Crawl's files.
SENT_AS = ("content-encoding", "transfer-encoding", "content-length")
_SENT_PREFIX = "x-crawl-"
_NO_TOKEN = re.compile(r"[^!#$%&'*+.^_`|~0-9A-Za-z-]")
#: Bytes that the headers of one record may take when it is read back.
_HEAD_LIMIT = 1 << 20


class SnapshotDamagedError(UserError):
    """The bytes of a snapshot are not those that were kept."""


@dataclass(frozen=True, slots=True)
class Original:
    """The snapshot that holds a payload: its id, and its address and time as a revisit record names them."""

    snapshot_id: int
    url: str
    fetched_at: str


def payload_digest(body: bytes) -> str:
    """Return the digest of a body as WARC files write it (`sha1:` and 32 characters of base 32)."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def is_resource(page: Page) -> bool:
    """Return whether a page is a file and not an answer of a server."""
    return page.role == "file" and not page.headers


def build_record(page: Page, digest: str, original: Original | None = None) -> bytes:
    """Make the record of a page as it is appended to a WARC file; a revisit when an `original` holds its body."""
    headers = {
        "WARC-Target-URI": quote_url(page.url),
        "WARC-Date": stamp(page.fetched_at),
        "WARC-Payload-Digest": digest,
        ROLE_FIELD: page.role,
        SITE_FIELD: _header_value(page.site),
    }
    http = None if is_resource(page) else _http_headers(page)
    if original is not None:
        headers |= {
            "WARC-Profile": WARCWriter.REVISIT_PROFILE_1_1,
            "WARC-Refers-To-Target-URI": quote_url(original.url),
            "WARC-Refers-To-Date": original.fetched_at,
        }
        return _pack("revisit", headers, http, b"")
    if http is None:
        headers["Content-Type"] = _media_type(page)
        return _pack("resource", headers, None, page.body)
    return _pack("response", headers, http, page.body)


def build_warcinfo(file_name: str, part_of: str) -> bytes:
    """Make the record that stands at the head of a WARC file; `part_of` names the archive that the file belongs to."""
    writer = WARCWriter(BytesIO(), gzip=False, warc_version="1.1")
    info = {
        "software": f"newsarchive/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": part_of,
    }
    return _write(writer, writer.create_warcinfo_record(file_name, info))


def unpack(member: bytes, limit: int) -> bytes:
    """Unpack one whole record; `limit` is the most bytes that its body may have.

    Raises:
        SnapshotDamagedError: it is cut short, has a wrong checksum, is followed by something else, or is too large.

    """
    record, rest = _unpack(member, limit)
    if rest:
        raise SnapshotDamagedError(_("the packed record does not end where it should"))
    return record


def unpack_first(data: bytes, limit: int) -> bytes:
    """Unpack the first of several records; raises as `unpack` does, but for what follows."""
    return _unpack(data, limit)[0]


def split_record(record: bytes) -> tuple[dict[str, str], bytes]:
    """Split an unpacked record into its headers (names lower-cased) and its block.

    Raises:
        SnapshotDamagedError: it is no WARC record, or shorter than it says.

    """
    head, found, rest = record.partition(b"\r\n\r\n")
    lines = head.decode("utf-8", "replace").split("\r\n")
    if not found or not lines[0].startswith("WARC/"):
        raise SnapshotDamagedError(_("no WARC record begins there"))
    pairs = (line.partition(":") for line in lines[1:])
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    length = headers.get("content-length", "")
    if not length.isdecimal() or int(length) > len(rest):
        raise SnapshotDamagedError(_("the record is shorter than it says"))
    return headers, rest[: int(length)]


def payload_of(record: bytes, digest: str, length: int) -> bytes:
    """Extract the body of an unpacked response or resource record.

    Raises:
        SnapshotDamagedError: the record does not hold the body of that digest and length.

    """
    headers, block = split_record(record)
    body = block.partition(b"\r\n\r\n")[2] if headers.get("warc-type") == "response" else block
    if len(body) != length or payload_digest(body) != digest:
        raise SnapshotDamagedError(_("the record holds other bytes than were kept"))
    return body


def check_revisit(record: bytes, digest: str) -> None:
    """Raise SnapshotDamagedError unless an unpacked record is a revisit of the body of that digest."""
    headers, _body = split_record(record)
    if headers.get("warc-type") != "revisit" or headers.get("warc-payload-digest") != digest:
        raise SnapshotDamagedError(_("the record holds something else than was kept"))


def _unpack(data: bytes, limit: int) -> tuple[bytes, bytes]:
    unpacker = zlib.decompressobj(GZIP)
    try:
        record = unpacker.decompress(data, limit + _HEAD_LIMIT)
    except zlib.error as error:
        raise SnapshotDamagedError(_("the packed record is damaged ({error})", error=error)) from error
    if not unpacker.eof:
        raise SnapshotDamagedError(_("the packed record does not end where it should"))
    return record, unpacker.unused_data


def _pack(kind: str, headers: Mapping[str, str], http: StatusAndHeaders | None, block: bytes) -> bytes:
    writer = WARCWriter(BytesIO(), gzip=False, warc_version="1.1")
    named = {"WARC-Type": kind, "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>", **headers}
    record = ArcWarcRecord(
        "warc",
        kind,
        StatusAndHeaders("", list(named.items()), protocol=writer.warc_version),
        BytesIO(block),
        http,
        named.get("Content-Type") or WARCWriter.WARC_RECORDS[kind],
        len(block),
        payload_length=len(block),
    )
    return _write(writer, record)


def _write(writer: WARCWriter, record: ArcWarcRecord) -> bytes:
    writer.write_record(record)
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, GZIP)
    return packer.compress(writer.out.getvalue()) + packer.flush()


def _http_headers(page: Page) -> StatusAndHeaders:
    own = ("content-length", str(len(page.body)))
    sent = [header for header in page.headers.items() if header != own]
    headers = [(_SENT_PREFIX + name if name in SENT_AS else name, value) for name, value in sent]
    try:
        phrase = HTTPStatus(page.status).phrase
    except ValueError:
        phrase = ""
    lines = [(_NO_TOKEN.sub("-", name) or "-", _header_value(value)) for name, value in (*headers, own)]
    return StatusAndHeaders(f"{page.status} {phrase}", lines, protocol="HTTP/1.1")


def _header_value(text: str) -> str:
    """Keep a value from ending its line: controls become blanks, what is not ASCII is escaped as in a URL."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if " " <= c <= "~" else quote(c) if c.isprintable() else " " for c in text)


def _media_type(page: Page) -> str:
    return mimetypes.guess_type(page.url)[0] or "application/octet-stream"
