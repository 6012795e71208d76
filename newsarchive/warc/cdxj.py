"""Lines of a CDXJ index, by which replay finds a capture: key of its address, time, and a JSON object with its place.

    example,press)/a/1.html 20260305010203 {"url": ..., "mime": ..., "status": ..., "digest": ..., "length": ...,
    "offset": ..., "filename": ...}

The lines of a file are sorted by their bytes. Numbers are written as texts, as all indexers do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from newsarchive.urls import quote_url
from newsarchive.warc.http_answer import media_type
from newsarchive.warc.surt import surt_key

#: Stands for the media type of a record that refers to an earlier one; replay then looks for that.
REVISIT = "warc/revisit"


@dataclass(frozen=True, slots=True)
class Capture:
    """A page in a WARC file; `fetched_at` as the archive writes times, `content_type` as the server sent it."""

    url: str
    fetched_at: str
    status: int | None
    content_type: str
    digest: str
    is_revisit: bool
    file_name: str
    offset: int
    length: int


def is_replayed(url: str) -> bool:
    """Return whether a browser can be shown what was captured under a URL; files have none that it could ask for."""
    return url.lower().startswith(("http://", "https://"))


def time_digits(time: str) -> str:
    """Return a time, as the archive writes it, as replay does: in 14 digits."""
    return "".join(c for c in time if c.isdigit())[:14]


def cdxj_line(capture: Capture) -> bytes:
    """Write the line of a capture, with its line end."""
    mime = REVISIT if capture.is_revisit else media_type(capture.content_type) or "unk"
    values = {
        "url": quote_url(capture.url),
        "mime": mime,
        "status": str(capture.status or 200),
        "digest": capture.digest,
        "length": str(capture.length),
        "offset": str(capture.offset),
        "filename": capture.file_name,
    }
    return f"{surt_key(capture.url)} {time_digits(capture.fetched_at)} {json.dumps(values)}\n".encode()
