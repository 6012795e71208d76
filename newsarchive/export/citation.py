"""What a citation says of an article: who wrote what, where and when, and which kept page proves it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsarchive.text import clean, valid_unicode
from newsarchive.urls import quote_url

if TYPE_CHECKING:
    from newsarchive.archive.queries import ArchivedArticle

_DAY = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Citation:
    """An article as it is cited; texts are single lines, days are (year, month, day).

    `archived` is the day (UTC) on which the page that is kept was fetched, `proof` says which page that is. `note` is
    what a reader wrote to it.
    """

    key: str
    title: str
    authors: tuple[str, ...]
    source: str
    published: tuple[int, ...]
    url: str
    lang: str
    section: str
    abstract: str
    archived: tuple[int, ...]
    proof: str
    note: str = ""


def citation_of(article: ArchivedArticle, note: str = "") -> Citation:
    """Return what is cited of an article, which needs its parts `bylines` and `copies`, with a reader's note."""
    row = article.row
    kept = article.kept_page
    url = str(row["url"] or "")
    is_address = url.lower().startswith(("http://", "https://"))
    return Citation(
        key=article.key,
        title=_line(row["title"]) or article.key,
        authors=tuple(_line(one.name) for one in article.bylines if one.role == "author"),
        source=_line(row["source"]),
        published=_day(row["published_date"]),
        url=quote_url(url) if is_address else "",
        lang=_line(row["lang"]),
        section=_line(row["category_name"] or row["section"]),
        abstract=_line(row["digest"]),
        archived=_day(kept.fetched_at) if kept else (),
        proof=f"archived {kept.fetched_at} from {quote_url(kept.url)}, {kept.digest}" if kept else "",
        note=_line(note),
    )


def _day(text: str | None) -> tuple[int, ...]:
    found = _DAY.match(text or "")
    return tuple(int(part) for part in found.groups() if part) if found else ()


def _line(text: str | None) -> str:
    return clean(_CONTROLS.sub(" ", valid_unicode(text or "")))
