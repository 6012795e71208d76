"""Strict decompression: a body that was cut short or grows beyond the limit is an error, never half a page."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import TextResponse
from scrapy.responsetypes import responsetypes

from newsarchive.crawl.failures import BrokenTransfer, TooLarge
from newsarchive.unpacking import GZIP, GZIP_MAGIC, unpack_member

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class _Form(NamedTuple):
    """How zlib is told to read a coding, and how its data begin (empty: nothing certain can be said)."""

    wbits: int
    magic: bytes


_GZIP = _Form(wbits=GZIP, magic=GZIP_MAGIC)
# "deflate" should have a zlib header, and often has none: the first form that can read the beginning is taken.
_FORMS = {
    b"gzip": (_GZIP,),
    b"x-gzip": (_GZIP,),
    b"deflate": (_Form(wbits=15, magic=b""), _Form(wbits=-15, magic=b"")),
}

# What some servers write where the coding belongs, and is none: the charset, the type, "none".
_NOT_PACKED = frozenset(
    (b"", b"identity", b"none", b"binary", b"7bit", b"8bit", b"text", b"text/html", b"html", b"utf-8", b"utf8",
     b"utf-16", b"gbk", b"gb2312", b"gb18030", b"big5", b"ascii", b"us-ascii", b"iso-8859-1", b"windows-1252")
)  # fmt: skip


class Decompression:
    """Downloader middleware that unpacks gzip and deflate, and tries again what did not arrive whole."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response | Request:
        """Unpack a body in the reverse order of its codings."""
        codings = _codings(response)
        if not codings or not response.body or request.method == "HEAD":
            return response
        body = response.body
        try:
            for coding in reversed(codings):
                body = decompress(body, coding, self.limit)
        except BrokenTransfer as error:
            assert self.crawler.spider is not None
            again = get_retry_request(request, spider=self.crawler.spider, reason="broken transfer")
            if again is None:
                raise BrokenTransfer(f"{error}, after {len(response.body)} bytes") from error
            return again
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
        # The charset is guessed again: the one guessed from packed bytes means nothing.
        more = {"encoding": None} if issubclass(kind, TextResponse) else {}
        return response.replace(cls=kind, headers=headers, body=body, **more)


def decompress(body: bytes, coding: bytes, limit: int) -> bytes:
    """Unpack a body sent in one coding.

    Raises:
        BrokenTransfer: it ends before its end, is damaged, or the coding is none of those that were asked for.
        TooLarge: it would be larger than `limit` bytes; no more than that is ever unpacked.

    """
    forms = _FORMS.get(coding)
    if forms is None:
        raise BrokenTransfer(f"packed as {coding.decode('latin-1')[:20]}, which was not asked for")
    damage = ""
    for form in forms:
        try:
            return _unpack(body, form, limit)
        except zlib.error as error:
            damage = str(error)
    raise BrokenTransfer(f"the packed body is damaged ({damage})")


def _unpack(body: bytes, form: _Form, limit: int) -> bytes:
    parts: list[bytes] = []
    size = at = 0
    while True:
        part, at, is_whole = unpack_member(body, at, room=limit + 1 - size, wbits=form.wbits)
        parts.append(part)
        size += len(part)
        if size > limit:
            raise TooLarge(f"more than {limit} bytes when unpacked")
        if not is_whole:
            raise BrokenTransfer("the packed body is cut short")
        # gzip data may be several packed pieces in a row; anything else behind the end is padding.
        if not form.magic or not body.startswith(form.magic, at):
            return b"".join(parts)


def _codings(response: Response) -> list[bytes]:
    sent = b",".join(response.headers.getlist("Content-Encoding")).lower().split(b",")
    return [coding.strip() for coding in sent if coding.strip() not in _NOT_PACKED]
