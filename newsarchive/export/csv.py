"""CSV for spreadsheets: safe to open, also when a page was written to be dangerous there."""

from __future__ import annotations

import csv
import io
import re
from typing import IO, TYPE_CHECKING, Any

from newsarchive.archive.queries import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsarchive.archive.queries import ArchivedArticle

# A spreadsheet takes a cell that begins so for a formula; full-width signs count where the language is Chinese.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠|%]|[\t\r\n]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def write_csv(
    articles: Iterable[ArchivedArticle],
    stream: IO[bytes],
    *,
    columns: tuple[str, ...] = tuple(COLUMNS),
    bom: bool = False,
) -> int:
    """Write articles as CSV in UTF-8 (RFC 4180) with a line of column names; return the number of articles.

    `bom` puts a byte order mark first, which Excel needs to read Chinese. A text that a spreadsheet would run as a
    formula gets a leading apostrophe; control characters are left out.
    """
    text = io.TextIOWrapper(stream, encoding="utf-8-sig" if bom else "utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(columns)
    count = 0
    for article in articles:
        writer.writerow([cell(article.row[column]) for column in columns])
        count += 1
    text.flush()
    text.detach()
    return count


def cell(value: Any) -> Any:
    """Make a value harmless in a spreadsheet; numbers stay numbers."""
    if not isinstance(value, str):
        return value
    value = _CONTROL.sub("", value)
    return f"'{value}" if _FORMULA.match(value) else value
