"""Parquet, as one file or one a month, for DuckDB, polars and pandas; needs the extra `parquet` (pyarrow).

The folders are named as Hive does (`month=2022-03`), so that those programs read only the months they are asked for.
Undated articles lie in the folder that Hive keeps for missing values. Columns are those of the article's row, with
`published_date` as a date, and lists of structures for paragraphs, mentions and the other parts.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any

from newsarchive.archive.queries import (
    COLUMNS,
    articles_of_month,
    months,
    one_moment,
)
from newsarchive.errors import UserError
from newsarchive.export.json_lines import PART_COLUMNS, as_object
from newsarchive.i18n import _
from newsarchive.search import condition

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from newsarchive.archive.queries import ArchivedArticle

#: The folder of articles without a date.
UNDATED = "month=__HIVE_DEFAULT_PARTITION__"
#: Articles in one row group: what is in memory at any time.
ROW_GROUP = 2000

_INTEGERS = frozenset(
    ("paywalled", "char_count", "paragraph_count", "story_id", "revision", "count", "http_status"),
)
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


def write_parquet(
    connection: sqlite3.Connection, folder: Path, query: str = "", *, progress: Callable[[int], None] | None = None
) -> int:
    """Write the articles that a query matches to `month=<month>/articles.parquet` files; return their number.

    The folder must exist and be empty. `progress` is called with the number of articles done. Raises UserError where
    pyarrow is not installed, QueryError for a query that cannot be understood.
    """
    pyarrow()
    total = 0
    with one_moment(connection):
        where = condition(connection, query)
        for month in months(connection, where):
            path = folder / month_folder(month)
            path.mkdir(exist_ok=True)
            # A time that is no ISO text has no month either; such articles get files of their own beside the undated.
            name = f"articles-{len(list(path.iterdir()))}.parquet" if path.name == UNDATED else "articles.parquet"
            with article_file(path / name) as write:
                found = articles_of_month(connection, where, month)
                while group := list(islice(found, ROW_GROUP)):
                    write(group)
                    total += len(group)
                    if progress is not None:
                        progress(total)
    return total


def month_folder(month: str | None) -> str:
    """Return the folder of a month's articles; None, or what is no month, stands for the undated."""
    return f"month={month}" if month and _MONTH.fullmatch(month) else UNDATED


@contextmanager
def article_file(path: Path) -> Iterator[Callable[[Sequence[ArchivedArticle]], None]]:
    """Open a file for articles with all their parts; what is given at once is a row group."""
    arrow, parquet = pyarrow()
    schema = _schema(arrow)
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        yield lambda group: writer.write_table(arrow.Table.from_pylist([*map(_values, group)], schema=schema))


def pyarrow() -> tuple[Any, Any]:
    """Return the modules that write Parquet. Raises UserError where they are not installed."""
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise UserError(_("Parquet needs pyarrow - install it with: pip install 'newsarchive[parquet]'")) from error


def _values(article: ArchivedArticle) -> dict[str, Any]:
    values = as_object(article)
    values["published_date"] = _day(values["published_date"])
    return values


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _schema(arrow: Any) -> Any:
    def kind(name: str) -> Any:
        return arrow.int64() if name in _INTEGERS else arrow.string()

    columns = [(name, arrow.date32() if name == "published_date" else kind(name)) for name in COLUMNS]
    parts = [
        (part, arrow.list_(arrow.struct([(name, kind(name)) for name in names])))
        for part, names in PART_COLUMNS.items()
    ]
    return arrow.schema([*columns, *parts])
