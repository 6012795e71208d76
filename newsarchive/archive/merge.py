"""Make one article of what its copies say: a pure function of the set of readings, whatever their order of arrival."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from newsarchive.archive.observations import content_hash
from newsarchive.models import ROLES, WHOLE
from newsarchive.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from newsarchive.archive.observations import Observation
    from newsarchive.models import (
        Byline,
        Category,
        Image,
        Mention,
        Paragraph,
        Precision,
    )

_TRUST = {role: rank for rank, role in enumerate(ROLES)}
# Which copy is shown as the article's address: the page that a person can open, before services and files.
_ADDRESS = {role: rank for rank, role in enumerate(("post", "original", "feed", "file", "share", "listing"))}
# Two editions of one number: the media item is the article, the flash its short form on the news wire.
_EDITION = {"media": 0, "flash": 1}
_LAST = 9
# The share of the text of an article's pages that a page has which shows all of them.
_NEARLY_ALL = 0.9
_FINENESS = {"second": 2, "minute": 1, "day": 0}


@dataclass(slots=True)
class Merged:
    """The columns of an article's row, and the rows that hang on it."""

    columns: dict[str, Any]
    paragraphs: list[Paragraph]
    category: Category | None
    category_site: str
    bylines: list[Byline] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)


def merge(readings: Sequence[Observation]) -> Merged:
    """Choose each field from the most trusted copy that has it (original, share, post, file, feed, listing).

    Editions come in the order media, flash; pages that name another address as the article's come after others, and the
    URL decides between equals. A copy that is not whole
    (`Observation.trusted`) only speaks when no whole one is known. Securities are the union over the copies. A time of
    day that a less trusted copy prints more exactly is taken when both agree as far as the better one goes.
    """
    speaking = order_of_trust([reading for reading in readings if reading.part == 1] or readings)
    text = next((reading for reading in speaking if reading.body), speaking[0])
    pages = [text, *_further_pages(text, readings)]
    images = [
        *next((r.images for r in speaking if "images" in r.fields), []),
        *(image for page in pages[1:] for image in page.images),
    ]
    whole = _whole(pages, readings)
    if whole is not None:
        text, pages, images = whole, [whole], whole.images or images
    home = min(speaking, key=lambda reading: _ADDRESS[reading.role])
    credit = next((r for r in speaking if r.fields.get("source") or r.fields.get("attribution")), speaking[0])
    placed = next((r for r in sorted(speaking, key=_edition) if r.category), home)
    published, precision = _published(speaking)
    paragraphs = [paragraph for page in pages for paragraph in page.paragraphs]
    body = "\n\n".join(page.body for page in pages)
    title = next((reading.title for reading in speaking if reading.title), None) or _first(speaking, "listed_title")
    columns: dict[str, Any] = {
        "info_code": _first(speaking, "info_code"),
        "kind": next((r.fields["kind"] for r in sorted(speaking, key=_edition) if "kind" in r.fields), None),
        "site": home.site,
        "url": home.fields.get("canonical_url", home.url) if home.role == "file" else home.url,
        "share_url": _first(speaking, "share_url"),
        "original_url": _first(speaking, "original_url")
        or next((reading.url for reading in speaking if reading.role == "original"), None),
        "title": title,
        "original_title": _first(speaking, "original_title"),
        "digest": _first(speaking, "digest"),
        "body": body,
        "published_at": published.isoformat() if published else None,
        "published_date": published.date().isoformat() if published else None,
        "published_precision": precision,
        "source_printed": clean(credit.fields.get("source") or "") or None,
        "attribution": credit.fields.get("attribution"),
        "via": json.dumps(via, ensure_ascii=False) if (via := credit.fields.get("via")) else None,
        "section": _first(speaking, "section"),
        "document_number": _first(speaking, "document_number"),
        "index_number": _first(speaking, "index_number"),
        "region": _first(speaking, "region"),
        "embeds": json.dumps(embeds, ensure_ascii=False)
        if (embeds := [one for page in pages for one in page.fields.get("embeds", ())])
        else None,
        "lang": _first(speaking, "lang"),
        "paywalled": int(bool(text.fields.get("paywalled"))),
        "content_hash": text.content_hash if len(pages) == 1 else content_hash(body),
        "char_count": len(body) - 2 * max(0, len(paragraphs) - 1),
        "paragraph_count": len(paragraphs),
        "extractor": text.extractor,
    }
    return Merged(
        columns=columns,
        paragraphs=paragraphs,
        category=placed.category,
        category_site=placed.site,
        bylines=_bylines(speaking),
        mentions=_mentions(speaking),
        images=images,
    )


def _further_pages(first: Observation, readings: Sequence[Observation]) -> list[Observation]:
    """Return the further pages of an article of which one reading is the first page, as far as none is missing."""
    pages = {
        reading.part: reading
        for reading in sorted(readings, key=lambda reading: reading.url, reverse=True)
        if reading.part > 1 and reading.role == first.role and reading.site == first.site and reading.body
    }
    found: list[Observation] = []
    while first.part + len(found) + 1 in pages:
        found.append(pages[first.part + len(found) + 1])
    return found


def _whole(pages: Sequence[Observation], readings: Sequence[Observation]) -> Observation | None:
    """Return the page that shows all pages of an article as one; None where there is none that is complete.

    It holds nearly all of what the known pages do: one for a printer may be cut, or lead elsewhere.
    """
    first = pages[0]
    known = {paragraph.text for page in pages for paragraph in page.paragraphs}
    length = sum(map(len, known))
    complete = [
        reading
        for reading in readings
        if reading.part == WHOLE
        and reading.role == first.role
        and reading.site == first.site
        and sum(map(len, known.intersection(one.text for one in reading.paragraphs))) >= _NEARLY_ALL * length
    ]
    return max(complete, key=lambda reading: (len(reading.body), reading.url), default=None)


def order_of_trust(readings: Sequence[Observation]) -> list[Observation]:
    """Return the readings that speak for an article, the most trusted first; each field is taken from the first."""
    ranked = sorted(readings, key=_rank) if len(readings) > 1 else list(readings)
    return [reading for reading in ranked if reading.trusted] or ranked


def _rank(reading: Observation) -> tuple[int, int, bool, str]:
    return _TRUST[reading.role], _edition(reading), reading.is_alternate, reading.url


def _edition(reading: Observation) -> int:
    return _EDITION.get(reading.fields.get("kind", ""), _LAST)


def _first(readings: Sequence[Observation], name: str) -> Any:
    return next((reading.fields[name] for reading in readings if name in reading.fields), None)


def _published(readings: Sequence[Observation]) -> tuple[datetime, Precision] | tuple[None, None]:
    times = [published for reading in readings if (published := reading.published)]
    if not times:
        return None, None
    best, fineness = times[0]
    for printed, finer in times[1:]:
        when = printed.astimezone(best.tzinfo)  # the day stays the one that the better copy prints
        if _FINENESS[finer] > _FINENESS[fineness] and _same_as_far(best, when, fineness):
            best, fineness = when, finer
    return best, fineness


def _same_as_far(coarse: datetime, fine: datetime, fineness: Precision) -> bool:
    if fineness == "day":
        return coarse.date() == fine.date()
    return coarse.replace(second=0, microsecond=0) == fine.replace(second=0, microsecond=0)


def _bylines(readings: Sequence[Observation]) -> list[Byline]:
    """Choose each role's names from the first copy that names any in that role."""
    chosen: dict[str, list[Byline]] = {}
    for reading in readings:
        named: dict[str, list[Byline]] = {}
        for byline in reading.bylines:
            named.setdefault(byline.role, []).append(byline)
        for role, bylines in named.items():
            chosen.setdefault(role, bylines)
    return [byline for role in sorted(chosen) for byline in chosen[role]]


def _mentions(readings: Sequence[Observation]) -> list[Mention]:
    """Unite the securities of all copies; the count is the highest that one copy has."""
    united: dict[tuple[str, str], Mention] = {}
    for reading in readings:
        for mention in reading.mentions:
            known = united.setdefault((mention.market, mention.code), mention)
            known.count = max(known.count, mention.count)
            known.name = known.name or mention.name
    return [united[key] for key in sorted(united)]
