"""Envelopes: what a worker sends at one time of one site, packed. They hold frames of `crawl.writer.wire`, in order.

The first is the crawl that they belong to, so that an envelope is understood by itself.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from newsarchive.crawl.writer.wire import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newsarchive.crawl.writer.wire import Frame

#: Bytes of an envelope, unpacked, that are read at most; workers close one long before.
MOST_BYTES = 256 << 20


def pack(frames: Iterable[bytes]) -> bytes:
    """Return an envelope."""
    packer = zlib.compressobj(1)
    parts = [packer.compress(len(frame).to_bytes(4) + frame) for frame in frames]
    return b"".join([*parts, packer.flush()])


def unpack(payload: bytes) -> Iterator[Frame]:
    """Yield what is in an envelope.

    Raises:
        NewerFormError: it was written by a newer version.
        ValueError: it is none.

    """
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(payload, MOST_BYTES)
    except zlib.error as error:
        raise ValueError(f"no envelope ({error})") from error
    if not unpacker.eof:
        raise ValueError("no envelope (cut off, or too large)")
    start = 0
    while start < len(data):
        end = start + 4 + int.from_bytes(data[start : start + 4])
        yield decode(data[start + 4 : end])
        start = end
