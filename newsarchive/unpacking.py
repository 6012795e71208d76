"""Members of gzip files and zlib streams, one after the other, in linear time."""

from __future__ import annotations

import zlib

GZIP_MAGIC = b"\x1f\x8b"
#: How zlib is told to read gzip.
GZIP = zlib.MAX_WBITS | 16
# Packed bytes that zlib is given at a time: it copies what of them lies behind the end of a member.
_WINDOW = 16 * 1024


def unpack_member(packed: bytes, at: int, *, room: int, wbits: int = GZIP) -> tuple[bytes, int, bool]:
    """Unpack the member that begins at a position.

    Returns at most `room` bytes (1 or more), the position behind what was read, and whether the member was whole.
    Raises zlib.error where it is damaged.
    """
    unpacker = zlib.decompressobj(wbits)
    parts: list[bytes] = []
    while at < len(packed) and room > 0 and not unpacker.eof:
        window = packed[at : at + _WINDOW]
        parts.append(unpacker.decompress(window, room))
        room -= len(parts[-1])
        at += len(window) - len(unpacker.unconsumed_tail) - len(unpacker.unused_data)
    return b"".join(parts), at, unpacker.eof
