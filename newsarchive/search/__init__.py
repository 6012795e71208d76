"""Search the archive: a query as people type it, the newest or best articles as the answer, and what matched.

What other packages use of it is loaded when it is first asked for: to read an article takes no query.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsarchive.search.facets import Facet, Facets
    from newsarchive.search.fields import FIELDS, Sql
    from newsarchive.search.index import match_expression, register_functions
    from newsarchive.search.query import EVERYTHING, Filter, Query, QueryError, all_of, narrow, write_term
    from newsarchive.search.ranking import MOST_RANKED, Position
    from newsarchive.search.search import Hit, Order, Search, condition
    from newsarchive.search.snippets import Marks

__all__ = [
    "EVERYTHING",
    "FIELDS",
    "MOST_RANKED",
    "Facet",
    "Facets",
    "Filter",
    "Hit",
    "Marks",
    "Order",
    "Position",
    "Query",
    "QueryError",
    "Search",
    "Sql",
    "all_of",
    "condition",
    "match_expression",
    "narrow",
    "register_functions",
    "write_term",
]

_HOMES = {
    **dict.fromkeys(("Facet", "Facets"), "facets"),
    **dict.fromkeys(("FIELDS", "Sql"), "fields"),
    **dict.fromkeys(("match_expression", "register_functions"), "index"),
    **dict.fromkeys(("EVERYTHING", "Filter", "Query", "QueryError", "all_of", "narrow", "write_term"), "query"),
    **dict.fromkeys(("MOST_RANKED", "Position"), "ranking"),
    **dict.fromkeys(("Hit", "Order", "Search", "condition"), "search"),
    **dict.fromkeys(("Marks",), "snippets"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
