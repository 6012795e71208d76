"""Bodies as other crawlers asked for them: in Brotli or Zstandard, besides what our own crawls ask for."""

from __future__ import annotations

import io
from importlib import import_module
from typing import TYPE_CHECKING, Any

from newsarchive.crawl.failures import BrokenTransfer, TooLarge
from newsarchive.crawl.http.decompression import decompress
from newsarchive.warc.zstd import zstd_package

if TYPE_CHECKING:
    from collections.abc import Callable


def unpack_body(body: bytes, coding: str, limit: int) -> bytes:
    """Unpack a body sent in one coding.

    Raises:
        BrokenTransfer: it is cut short or damaged, or the coding cannot be read here.
        TooLarge: it would be larger than `limit` bytes; no more than that is ever unpacked.

    """
    unpack = _UNPACKERS.get(coding)
    return decompress(body, coding.encode(), limit) if unpack is None else unpack(body, limit)


def _brotli(body: bytes, limit: int) -> bytes:
    package = _package("brotli", "brotlicffi")
    unpacker = package.Decompressor()
    parts: list[bytes] = []
    size, packed = 0, body
    try:
        while not unpacker.is_finished():
            parts.append(unpacker.process(packed, output_buffer_limit=limit + 1 - size))
            size += len(parts[-1])
            packed = b""
            if size > limit:
                raise TooLarge(f"more than {limit} bytes when unpacked")
            if not parts[-1] and unpacker.can_accept_more_data() and not unpacker.is_finished():
                raise BrokenTransfer("the packed body is cut short")
    except package.error as error:
        raise BrokenTransfer(f"the packed body is damaged ({error})") from error
    return b"".join(parts)


def _zstandard(body: bytes, limit: int) -> bytes:
    package = zstd_package()
    if package is None:
        raise BrokenTransfer("packed in a form that needs a package - install it with: pip install 'newsarchive[zstd]'")
    unpacker = package.ZstdFile(io.BytesIO(body))
    parts: list[bytes] = []
    size = 0
    try:
        while part := unpacker.read(limit + 1 - size):
            parts.append(part)
            size += len(part)
            if size > limit:
                raise TooLarge(f"more than {limit} bytes when unpacked")
    except EOFError as error:
        raise BrokenTransfer("the packed body is cut short") from error
    except package.ZstdError as error:
        raise BrokenTransfer(f"the packed body is damaged ({error})") from error
    return b"".join(parts)


def _package(*names: str) -> Any:
    for name in names:
        try:
            return import_module(name)
        except ImportError:
            continue
    raise BrokenTransfer(f"packed in a form that needs a package - install it with: pip install {names[0]}")


_UNPACKERS: dict[str, Callable[[bytes, int], bytes]] = {"br": _brotli, "zstd": _zstandard}
