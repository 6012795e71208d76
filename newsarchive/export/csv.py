"""Articles as CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
from typing import IO, TYPE_CHECKING

from newsarchive.archive.queries import COLUMNS
from newsarchive.spreadsheet import cell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsarchive.archive.queries import ArchivedArticle


def write_csv(
    articles: Iterable[ArchivedArticle],
    stream: IO[bytes],
    *,
    columns: tuple[str, ...] = tuple(COLUMNS),
    bom: bool = False,
    header: bool = True,
) -> int:
    """Write articles as CSV in UTF-8 (RFC 4180), with a line of column names unless `header` is false.

    Returns the number of articles.

    `bom` puts a byte order mark first, which Excel needs to read Chinese. A text that a spreadsheet would run as a
    formula gets a leading apostrophe; control characters are left out.
    """
    text = io.TextIOWrapper(stream, encoding="utf-8-sig" if bom else "utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    if header:
        writer.writerow(columns)
    count = 0
    for article in articles:
        writer.writerow([cell(article.row[column]) for column in columns])
        count += 1
    text.flush()
    text.detach()
    return count
