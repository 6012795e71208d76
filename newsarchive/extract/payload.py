"""What a server sends that is no HTML, as text: unpacked whatever it is called, decoded, valid, and of bounded size."""

from __future__ import annotations

import re
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsarchive.extract.charset import decode
from newsarchive.text import valid_unicode
from newsarchive.unpacking import GZIP, GZIP_MAGIC, unpack_member

if TYPE_CHECKING:
    from collections.abc import Iterator

_PADDING = re.compile(rb"\x00*")
#: Bytes in which a declaration is looked for.
_HEAD = 4096
#: How JSON begins, alone or behind a name of JavaScript: a declaration in it is a text.
_SCRIPT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:/\*.{0,200}?\*/)?[\w\s.$=;\[\]\"']{0,200}?[{(\[]", re.DOTALL)
#: Bytes of one body when unpacked; a sitemap may have 50 MiB.
_MOST_BYTES = 64 * 1024 * 1024
#: Packed bytes that are unpacked at a time where there is a fault: at most a thousand times as many come out.
_PIECE = 1024


@dataclass(frozen=True, slots=True)
class Payload:
    """The text of a body; `damage` says what of it could not be unpacked, for people, or None."""

    text: str
    damage: str | None = None


def read_payload(body: bytes, content_type: str | None = None) -> Payload:
    """Unpack and decode a body. Nothing is raised, whatever the bytes are.

    The charset is chosen as for pages: the header, the declaration and the text itself are heard. The declaration of
    XML is heard, too, where messages of a program stand before it; these are dropped.
    """
    data, damage = unpack(body)
    data = data.lstrip(b" \t\r\n")
    declaration = data.find(b"<?xml ", 0, _HEAD)
    if declaration > 0 and not _SCRIPT.match(data):
        data = data[declaration:]
    text = decode(data, content_type).text
    return Payload(valid_unicode(text).removeprefix("\ufeff"), damage)


def unpack(body: bytes, limit: int = _MOST_BYTES) -> tuple[bytes, str | None]:
    """Return the bytes of all members of a gzip file, and what is wrong with it; other bytes as they are.

    What stands before a fault, or below the limit, is returned. A file that was packed twice is unpacked twice.
    """
    damage = None
    for _ in range(2):
        if not body.startswith(GZIP_MAGIC):
            break
        body, found = _members(body, limit)
        damage = damage or found
    return body, damage


def _members(body: bytes, limit: int) -> tuple[bytes, str | None]:
    parts: list[bytes] = []
    size = at = 0
    while body.startswith(GZIP_MAGIC, at):
        fault, is_whole = None, False
        try:
            part, at, is_whole = unpack_member(body, at, room=limit - size + 1)
        except zlib.error as error:
            # One call gives all or nothing: what stands before the fault is won in small pieces.
            part, fault = _before_fault(body[at:])[: limit - size + 1], str(error)
        size += len(part)
        parts.append(part)
        if size > limit:
            return b"".join(parts)[:limit], f"more than {limit} bytes when unpacked"
        if not is_whole:
            return b"".join(parts), f"damaged gzip file: {fault or 'it ends in the middle'}"
        # Zero bytes behind a member are padding.
        padding = _PADDING.match(body, at)
        at = padding.end() if padding else at
    return b"".join(parts), None


def _before_fault(packed: bytes) -> bytes:
    """Unpack what stands before a fault, to the last byte."""
    member = zlib.decompressobj(GZIP)
    parts: list[bytes] = []
    size = 0
    for at in range(0, len(packed), _PIECE):
        piece = packed[at : at + _PIECE]
        before = member.copy()
        try:
            parts.append(member.decompress(piece))
        except zlib.error:
            parts += _byte_by_byte(before, piece)
            break
        size += len(parts[-1])
        if size > _MOST_BYTES:
            break
    return b"".join(parts)


def _byte_by_byte(member: zlib._Decompress, piece: bytes) -> Iterator[bytes]:
    with suppress(zlib.error):
        for at in range(len(piece)):
            yield member.decompress(piece[at : at + 1])
