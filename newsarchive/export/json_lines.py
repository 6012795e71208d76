"""JSON Lines: one article a line, with all that belongs to it."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsarchive.archive.queries import ArchivedArticle

#: What is exported of the parts of an article.
PART_COLUMNS = {
    "paragraphs": ("kind", "text"),
    "bylines": ("role", "name"),
    "mentions": ("market", "code", "name", "count"),
    "images": ("url", "alt", "caption"),
    "copies": ("url", "role", "site", "first_seen_at", "last_seen_at", "http_status"),
}
# Line ends to some readers of lines, though not to JSON.
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def write_json_lines(articles: Iterable[ArchivedArticle], stream: IO[bytes]) -> int:
    """Write articles as JSON objects in UTF-8, one a line; return their number.

    An object has the columns of the row (null where there is nothing) and a list for each part.
    """
    count = 0
    for article in articles:
        line = json.dumps(as_object(article), ensure_ascii=False).translate(_LINE_ENDS)
        stream.write(line.encode("utf-8") + b"\n")
        count += 1
    return count


def as_object(article: ArchivedArticle) -> dict[str, Any]:
    """Return an article as plain values for JSON."""
    return article.row | {
        part: [{name: getattr(one, name) for name in names} for one in getattr(article, part)]
        for part, names in PART_COLUMNS.items()
    }
