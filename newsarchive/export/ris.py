"""Citations in RIS, which Zotero, EndNote, Mendeley and NoteExpress read: `TY  - NEWS` for each article, in UTF-8."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from newsarchive.export.citation import citation_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newsarchive.archive.queries import ArchivedArticle
    from newsarchive.export.citation import Citation


def write_ris(articles: Iterable[ArchivedArticle], stream: IO[bytes]) -> int:
    """Write a record for each article; return their number."""
    count = 0
    for article in articles:
        stream.write(ris_record(citation_of(article)).encode())
        count += 1
    return count


def ris_record(cited: Citation) -> str:
    """Write one record."""
    lines = [f"{tag}  - {value}" for tag, value in _fields(cited) if value]
    return "\r\n".join(["TY  - NEWS", *lines, "ER  - ", "", ""])


def _fields(cited: Citation) -> Iterator[tuple[str, str]]:
    """Yield tags and their values, which are single lines."""
    yield "TI", cited.title
    yield from (("AU", name) for name in cited.authors)
    yield "T2", cited.source
    yield "PY", f"{cited.published[0]}" if cited.published else ""
    yield "DA", _date(cited.published)
    yield "UR", cited.url
    yield "Y2", _date(cited.archived)
    yield "LA", cited.lang
    yield "SE", cited.section
    yield "AB", cited.abstract
    yield "DB", "newsarchive"
    yield "AN", cited.key
    yield "N1", cited.proof
    yield "N1", cited.note


def _date(day: tuple[int, ...]) -> str:
    """Write a day as RIS does: four parts with slashes, the last of them free."""
    return "/".join([*(f"{part:02}" for part in day), *[""] * (4 - len(day))]) if day else ""
