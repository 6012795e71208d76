"""What a server sends that is no HTML, as text: unpacked whatever it is called, decoded, valid, and of bounded size."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from newsarchive.extract.charset import decode
from newsarchive.text import valid_unicode

_GZIP = b"\x1f\x8b"
#: Bytes of one body when unpacked; a sitemap may have 50 MiB.
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Payload:
    """The text of a body; `damage` says what of it could not be unpacked, for people, or None."""

    text: str
    damage: str | None = None


def read_payload(body: bytes, content_type: str | None = None) -> Payload:
    """Unpack and decode a body. Nothing is raised, whatever the bytes are.

    The charset is chosen as for pages: the header, the declaration and the text itself are heard.
    """
    data, damage = unpack(body)
    text = decode(data.lstrip(b" \t\r\n"), content_type).text
    return Payload(valid_unicode(text).removeprefix("\ufeff"), damage)


def unpack(body: bytes, limit: int = _MOST_BYTES) -> tuple[bytes, str | None]:
    """Return the bytes of all members of a gzip file, and what is wrong with it; other bytes as they are.

    What stands before a fault, or below the limit, is returned. A file that was packed twice is unpacked twice.
    """
    damage = None
    for _ in range(2):
        if not body.startswith(_GZIP):
            break
        body, found = _members(body, limit)
        damage = damage or found
    return body, damage


def _members(body: bytes, limit: int) -> tuple[bytes, str | None]:
    parts: list[bytes] = []
    size, rest = 0, body
    while rest.startswith(_GZIP):
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            part, fault = member.decompress(rest, limit - size + 1), None
        except zlib.error as error:
            # One call gives all or nothing: what stands before the fault is won in small pieces.
            part, fault = _before_fault(rest, limit - size + 1), str(error)
        size += len(part)
        parts.append(part)
        if size > limit:
            return b"".join(parts)[:limit], f"more than {limit} bytes when unpacked"
        if fault is not None or not member.eof:
            return b"".join(parts), f"damaged gzip file: {fault or 'it ends in the middle'}"
        # Zero bytes behind a member are padding.
        rest = member.unused_data.lstrip(b"\0")
    return b"".join(parts), None


def _before_fault(packed: bytes, most: int, piece: int = 1024) -> bytes:
    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    parts: list[bytes] = []
    size = 0
    try:
        for at in range(0, len(packed), piece):
            data = packed[at : at + piece]
            while data and size < most:
                parts.append(member.decompress(data, most - size))
                size += len(parts[-1])
                data = member.unconsumed_tail
    except zlib.error:
        pass
    return b"".join(parts)
