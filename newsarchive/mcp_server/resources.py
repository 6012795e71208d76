"""What an assistant must know to ask well: tables and columns, the language of queries, examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.archive.schema_docs import descriptions
from newsarchive.browse.metadata import queries
from newsarchive.search import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator


def schema() -> str:
    """Return the tables and views with their columns, as Markdown."""
    return "\n".join(_schema())


def _schema() -> Iterator[str]:
    for table in descriptions().values():
        if table.hidden:
            continue
        yield f"## {table.name}\n\n{table.about}\n"
        yield from (f"- `{column}`: {text}" for column, text in table.columns.items())
        yield ""


def query_language() -> str:
    """Return how a search is written, as Markdown."""
    words = {
        "降准 银行": "both words",
        "降准 OR 加息": "one of them; (降准 OR 加息) 银行 groups",
        "降准 -美联储": "without a word",
        '"全面 降准"': "a phrase",
        "inflat*": "words that begin so",
    }
    fields = {field.example: field.meaning for field in FIELDS.values()}
    return "\n".join(f"- `{example}`: {meaning}" for example, meaning in (words | fields).items())


def examples() -> str:
    """Return questions with the SQL that answers them, as Markdown; `:name` is a parameter, "" means the usual."""
    return "\n\n".join(f"## {one['title']}\n\n```sql\n{one['sql']}\n```" for one in queries().values())
