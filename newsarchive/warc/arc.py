"""ARC files, which archives wrote before there was WARC: a line in front of each answer, versions 1 and 2.

The line says `URL IP-address date media-type ... length`; answers come as WARC's response records do, anything else
(a file, a name's address) as resource records.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsarchive.warc.reader import DamagedError, Form, GzipMembers, find, next_member, take

if TYPE_CHECKING:
    from newsarchive.warc.reader import Stream

# Careless writers leave blanks in URLs and media types, so that the date and the length are what holds the line.
_LINE = re.compile(
    rb"([a-z][a-z0-9+.-]*:\S[^\r\n]*?)[ \t]+\S+[ \t]+(\d{8,17})[ \t]+([^\r\n]*?)[ \t]*(\d{1,15})[ \t]*\r?\n",
    re.IGNORECASE,
)
_LONGEST_LINE = 1 << 14
_DATE = "00010101000000"


def is_arc(beginning: bytes) -> bool:
    """Return whether the first bytes of a file or of an unpacked gzip member begin an ARC record."""
    return beginning.startswith(b"filedesc:") or _LINE.match(beginning) is not None


def read_arc_record(stream: Stream, limit: int) -> tuple[dict[str, str], bytes | None]:
    """Read a record and return it as a WARC record's headers and block; raises DamagedError where none begins."""
    line = _LINE.fullmatch(stream.readline(_LONGEST_LINE))
    if line is None:
        raise DamagedError("no ARC record begins where one should")
    url, date, media_type, length = (part.decode("utf-8", "replace") for part in line.groups())
    is_wanted = url.lower().startswith(("http:", "https:"))
    block = take(stream, int(length), keep=is_wanted and int(length) <= limit)
    headers = {"warc-target-uri": url, "warc-date": _time(date), "warc-type": "metadata"}
    if is_wanted:
        is_answer = block is None or block[:5].upper() == b"HTTP/"
        headers["warc-type"] = "response" if is_answer else "resource"
        headers["content-type"] = "application/http" if is_answer else media_type.partition(" ")[0]
    return headers, block


def _time(date: str) -> str:
    """Return 14 digits, of which early files leave out the last, as a time of WARC."""
    d = (date + _DATE[len(date) :])[:14]
    return f"{d[:4]}-{d[4:6]}-{d[6:8]}T{d[8:10]}:{d[10:12]}:{d[12:14]}Z"


def _next_plain(file: Stream, position: int) -> int | None:
    while (found := find(file, position, b"\nhttp")) is not None:
        file.seek(found + 1)
        if _LINE.match(file.readline(_LONGEST_LINE)):
            return found + 1
        position = found + 1
    return None


#: ARC records that are not packed; and gzip members that hold one each, or all of them.
PLAIN_ARC = Form(None, _next_plain, read_arc_record)
PACKED_ARC = Form(GzipMembers, next_member(is_arc), read_arc_record)
