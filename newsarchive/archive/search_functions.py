"""The SQL functions of the search index on a connection, imported with all that they need when SQL first calls one.

The triggers of the index call them when an article is written. A crawl that finds nothing writes none, and the tables
of search take a tenth of a second to load.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    SqlFunction = Callable[..., str | None]

#: SQL function -> how many arguments it takes; what they do is said in `search.index.register_functions`.
FUNCTIONS = {"search_pairs": 1, "search_letters": 3, "search_fold": 1, "search_match": 1}


def register_functions(connection: sqlite3.Connection) -> None:
    """Register the functions, with the folding that the index has now."""
    table = _stored_folding(connection)

    @cache
    def functions() -> dict[str, SqlFunction]:
        from newsarchive.search.index import functions_of  # noqa: PLC0415 - see above

        return functions_of(table)

    def late(name: str) -> SqlFunction:
        def call(*arguments: str | None) -> str | None:
            return functions()[name](*arguments)

        return call

    for name, arity in FUNCTIONS.items():
        connection.create_function(name, arity, late(name), deterministic=True)


def _stored_folding(connection: sqlite3.Connection) -> bytes | None:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'search_folding'").fetchone():
        return None
    row = connection.execute("SELECT folding FROM search_folding").fetchone()
    return bytes(row[0]) if row else None
