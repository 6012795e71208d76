"""One spelling for each thing. What a page printed stays in its snapshot; where a value changes, `evidence` keeps it.

Only what carries no meaning is changed: invisible characters, runs of blanks, the spelling of addresses. No word is
changed, no width folded: 《Ａ股》 stays as printed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from newsarchive.text import clean, valid
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsarchive.models import (
        Article,
        Byline,
        Image,
        Mention,
    )

# The fields that are one printed line.
_LINES = (
    "title",
    "original_title",
    "digest",
    "attribution",
    "source",
    "section",
    "document_number",
    "index_number",
    "region",
)
_ADDRESSES = ("canonical_url", "share_url", "original_url")
# A blank between two Chinese characters of a name is layout: 张 三 is 张三.
_SPACED_NAME = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_EVIDENCE = "printed:"


def normalize(article: Article) -> Article:
    """Spell the fields of an article in one way, in place, and return it back."""
    for name in _LINES:
        _replace(article, name, _line(getattr(article, name)))
    for name in _ADDRESSES:
        _replace(article, name, _address(getattr(article, name)))
    article.via = list(dict.fromkeys(filter(None, map(_line, article.via))))
    for paragraph in article.paragraphs:
        paragraph.text = unicodedata.normalize("NFC", valid(paragraph.text))
    article.bylines = _bylines(article.bylines)
    article.mentions = _mentions(article.mentions)
    article.images = _images(article.images)
    return article


def _replace(article: Article, name: str, value: str | None) -> None:
    printed = getattr(article, name)
    if value != printed:
        article.evidence[_EVIDENCE + name] = printed
        setattr(article, name, value)


def _line(text: str | None) -> str | None:
    return (clean(text) or None) if text else None


def _address(url: str | None) -> str | None:
    """Complete and escape an address; what is none that a reader could follow becomes None."""
    return absolute_url(url, keep_fragment=True) if url else None


def _bylines(bylines: Iterable[Byline]) -> list[Byline]:
    distinct: dict[tuple[str, str], Byline] = {}
    for byline in bylines:
        byline.name = _SPACED_NAME.sub("", clean(byline.name)).strip(" ,，、;；:：")
        if byline.name:
            distinct.setdefault((byline.role, byline.name), byline)
    return list(distinct.values())


def _mentions(mentions: Iterable[Mention]) -> list[Mention]:
    """Join mentions of one security; the first name that is given stays."""
    distinct: dict[tuple[str, str], Mention] = {}
    for mention in mentions:
        mention.market, mention.code = mention.market.strip(), mention.code.strip().upper()
        mention.name = _line(mention.name)
        known = distinct.setdefault((mention.market, mention.code), mention)
        if known is not mention:
            known.count += mention.count
            known.name = known.name or mention.name
    return [mention for mention in distinct.values() if mention.code]


def _images(images: Iterable[Image]) -> list[Image]:
    distinct: dict[str, Image] = {}
    for image in images:
        address = _address(image.url)
        if address is None:
            continue
        image.url, image.alt, image.caption = address, _line(image.alt), _line(image.caption)
        distinct.setdefault(address, image)
    return list(distinct.values())
