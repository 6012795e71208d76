"""What is not HTML although HTML was asked for: documents, pictures, archives, JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsarchive.models import Page

# How files begin -> what they are.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"RIFF", "a RIFF file (picture, sound or film)"),
    (b"ID3", "an MP3 file"),
    (b"OggS", "an Ogg file"),
    (b"FLV\x01", "a Flash film"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
)
_ANY = tuple(beginning for beginning, _ in _BEGINNINGS)
# Short beginnings are words, too ("BMW"): they count where bytes follow that no text has.
_SHORT = 3
_BINARY = frozenset(range(9))
# An MP4 film names its kind behind the length of its first box.
_MP4 = slice(4, 8)
# How markup begins, after a byte order mark if there is one.
_MARKUP = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# What a server says of its answer, where the bytes do not look like markup.
_TYPES = ("image/", "audio/", "video/", "font/")
_APPLICATIONS = frozenset(
    f"application/{name}"
    for name in (
        "pdf", "zip", "gzip", "x-gzip", "x-rar-compressed", "vnd.rar", "x-7z-compressed", "x-tar", "octet-stream",
        "msword", "vnd.ms-excel", "vnd.ms-powerpoint", "rtf", "epub+zip", "x-shockwave-flash",
    )
)  # fmt: skip
_OFFICE = "application/vnd.openxmlformats-officedocument"


def describe_other_media(page: Page) -> str | None:
    """Return what a page is instead of HTML or plain text; None where nothing speaks against these."""
    body = page.body.lstrip()
    for beginning, kind in _BEGINNINGS if page.body.startswith(_ANY) else ():
        if page.body.startswith(beginning) and (len(beginning) > _SHORT or _BINARY & set(page.body[:64])):
            return kind
    if page.body[_MP4] == b"ftyp":
        return "an MP4 film"
    if body.startswith((b"{", b"[")) and _is_json(body):
        return "JSON"
    if body.startswith(_MARKUP):
        return None
    declared = page.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_other = declared.startswith((*_TYPES, _OFFICE)) or declared in _APPLICATIONS
    return f"declared as {declared[:100]}" if is_other else None


def _is_json(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict | list)
    except (ValueError, RecursionError):
        return False
