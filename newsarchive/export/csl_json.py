"""Citations in CSL-JSON, which Zotero, pandoc and all other programs with CSL styles read: one array of items."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

from newsarchive.export.citation import citation_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsarchive.archive.queries import ArchivedArticle
    from newsarchive.export.citation import Citation


def write_csl_json(articles: Iterable[ArchivedArticle], stream: IO[bytes]) -> int:
    """Write an item for each article, one a line; return their number."""
    count = 0
    for article in articles:
        item = json.dumps(csl_item(citation_of(article)), ensure_ascii=False)
        stream.write((",\n" if count else "[\n").encode() + item.encode())
        count += 1
    stream.write(b"\n]\n" if count else b"[]\n")
    return count


def csl_item(cited: Citation) -> dict[str, Any]:
    """Return an article as an item; names are kept as printed, because nothing tells which part is the family's."""
    item = {
        "id": cited.key,
        "type": "article-newspaper",
        "title": cited.title,
        "author": [{"literal": name} for name in cited.authors],
        "container-title": cited.source,
        "issued": {"date-parts": [list(cited.published)]} if cited.published else None,
        "accessed": {"date-parts": [list(cited.archived)]} if cited.archived else None,
        "URL": cited.url,
        "language": cited.lang,
        "section": cited.section,
        "abstract": cited.abstract,
        "archive": "newsarchive" if cited.proof else "",
        "note": cited.proof,
    }
    return {name: value for name, value in item.items() if value}
