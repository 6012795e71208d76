"""The bytes of a page that are worth parsing: cut between a layout's marks, in UTF-8."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from lxml import etree

from newsarchive.extract.charset import decode

if TYPE_CHECKING:
    from lxml.etree import _Element

    from newsarchive.models import Page

_PARSER = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
# How far into a page a charset is declared.
_HEAD = 4096


@dataclass(slots=True)
class Source:
    """What is read: text, whether it is only a part of the page, and what is known of the charset."""

    text: str
    part: bool
    charset: str
    wrong_charset: str | None = None
    damaged: bool = False


def take_source(page: Page, cut: tuple[bytes, bytes] | None) -> Source:
    """Cut the part of the page that is to be read, and decode it."""
    body = page.body
    if _says_utf8(page):
        data = cut_bytes(body, cut)
        try:
            return Source(data.decode(), len(data) < len(body), "utf-8")
        except UnicodeDecodeError:
            pass
    decoded = decode(body, page.headers.get("content-type"))
    body = decoded.text.encode("utf-8", "replace")
    data = cut_bytes(body, cut)
    wrong = decoded.charset if decoded.wrong_declaration else None
    return Source(data.decode(), len(data) < len(body), decoded.charset, wrong, decoded.damaged)


def cut_bytes(body: bytes, marks: tuple[bytes, bytes] | None) -> bytes:
    """Return what stands from the first mark behind `<body` up to the last of the second mark, else everything.

    Only behind `<body`, because a broken head can hold a copy of the article.
    """
    if marks is None:
        return body
    begin = body.find(marks[0])
    # `<body` stands shortly before it, if not in front of a copy: looking back is quicker than looking for it first.
    if begin >= 0 and body.rfind(b"<body", 0, begin) < 0:
        behind = body.find(marks[0], max(body.find(b"<body", begin), 0))
        begin = max(begin, behind)
    end = body.rfind(marks[1], begin) if begin >= 0 else -1
    return body[begin:end] if end >= 0 else body


def _says_utf8(page: Page) -> bool:
    """Return whether header and page declare UTF-8 or nothing."""
    header = page.headers.get("content-type")
    if header and "utf-8" not in header and "charset" in header and "utf-8" not in header.lower():
        return False
    at = page.body.find(b"charset", 0, _HEAD)
    return at < 0 or b"utf-8" in page.body[at : at + 20].lower()


def parse(text: str) -> _Element | None:
    """Parse HTML; None when there is no element in it."""
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return cast("_Element | None", root)


def reserialise(text: str) -> str:
    """Write broken HTML as well-formed XML of the same content."""
    root = parse(text)
    return "" if root is None else etree.tostring(root, encoding="unicode")
