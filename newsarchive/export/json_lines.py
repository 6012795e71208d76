"""JSON Lines: one article a line, with all that belongs to it."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

from newsarchive.archive.queries import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsarchive.archive.queries import Exported

# Line ends to some readers of lines, though not to JSON.
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def write_json_lines(articles: Iterable[Exported], stream: IO[bytes]) -> int:
    """Write articles as JSON objects in UTF-8, one a line; return their number.

    An object has the columns of the row (null where there is nothing) and a list for each part.
    """
    count = 0
    for article in articles:
        line = json.dumps(as_object(article), ensure_ascii=False).translate(_LINE_ENDS)
        stream.write(line.encode("utf-8") + b"\n")
        count += 1
    return count


def as_object(article: Exported) -> dict[str, Any]:
    """Return an article as plain values for JSON."""
    return article.row | {part: getattr(article, part) for part in PARTS}
