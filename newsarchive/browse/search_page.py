"""The search page: the same query language as the command line, with days, pages by key, and counts to narrow down."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from datasette.utils import sqlite_timelimit

from newsarchive.archive.queries import rows
from newsarchive.browse.urls import term
from newsarchive.search import (
    Position,
    QueryError,
    condition,
    count,
    search,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from newsarchive.search import Hit

#: Articles on a page, in a feed and in a download.
PAGE, FEED, DOWNLOAD = 30, 50, 1000
#: Counts beside the list are of the newest matches, so many at most; and so many lines of each kind are shown.
MOST_COUNTED, LINES = 4000, 8
#: Milliseconds that the counts may take before the page does without them, and the search itself before it gives up.
COUNT_TIME, SEARCH_TIME = 400, 5000
#: How far the best matches can be paged through.
MOST_BEST = 300

# The query language has no word for everything; what has not this key is everything.
_EVERYTHING = "-key:0"
_LONGEST = 1000
# What a facet's lines are called, and the value of the field that keeps only theirs.
_NAMES = {
    "source": "SELECT id, name, name FROM sources",
    "category": "SELECT id, coalesce(name, slug), slug FROM categories",
}


@dataclass(frozen=True, slots=True)
class SearchForm:
    """What a reader asks for. `since` and `until` are days, both included; `after` is where the page begins."""

    query: str = ""
    order: Literal["newest", "oldest", "rank"] = "newest"
    since: str = ""
    until: str = ""
    after: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> SearchForm:
        """Read the arguments of an address; what cannot be read there is left out."""
        order = arguments.get("order", "")
        return cls(
            query=arguments.get("q", "").strip(),
            order="oldest" if order == "oldest" else "rank" if order == "rank" else "newest",
            since=_day(arguments.get("from", "")),
            until=_day(arguments.get("to", "")),
            after=arguments.get("after", "")[:100],
        )

    @property
    def whole(self) -> str:
        """The query with its days in it, as the command line takes it."""
        parts = [f"({self.query})" if self.query and (self.since or self.until) else self.query]
        if self.since:
            parts.append(f"after:{self.since}")
        if self.until:
            parts.append(f"before:{(date.fromisoformat(self.until) + timedelta(days=1)).isoformat()}")
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class FacetLine:
    """One line of counts: what it is called, how many articles, and the query that keeps only these."""

    label: str
    count: int
    query: str | None
    day: str | None = None


@dataclass(slots=True)
class SearchResult:
    """What a search gave. `total` is None when counting took too long; `error` tells what to mend in the query."""

    wanted: SearchForm
    hits: list[Hit] = field(default_factory=list)
    total: int | None = None
    next_after: str | None = None
    facets: dict[str, list[FacetLine]] = field(default_factory=dict)
    counted: int = 0
    error: str | None = None


def find(connection: sqlite3.Connection, wanted: SearchForm, *, size: int = PAGE, counts: bool = True) -> SearchResult:
    """Search; a query that cannot be understood, or that takes too long, gives no hits and an error for people."""
    found = SearchResult(wanted)
    try:
        _check(connection, wanted.query)
        with sqlite_timelimit(connection, SEARCH_TIME):
            _find(connection, found, size)
    except QueryError as error:
        found.error = f"{error.problem} (at character {error.position + 1}): {error.advice}"
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        found.error = "this search takes too long: add a word, a source or days"
    if counts and found.error is None:
        _add_counts(connection, found)
    return found


def _check(connection: sqlite3.Connection, query: str) -> None:
    """Raise the error of the query as it was typed, before days are added to it."""
    if len(query) > _LONGEST - 100:
        raise QueryError("the query is too long", _LONGEST - 100, "search for less")
    condition(connection, query)


def _find(connection: sqlite3.Connection, found: SearchResult, size: int) -> None:
    wanted = found.wanted
    query = wanted.whole or _EVERYTHING
    if wanted.order == "rank":
        offset = min(int(wanted.after), MOST_BEST) if wanted.after.isdecimal() and len(wanted.after) < 6 else 0
        hits = search(connection, query, order="rank", limit=size + 1, offset=offset)
        found.next_after = str(offset + size) if len(hits) > size and offset + size < MOST_BEST else None
    else:
        hits = search(connection, query, order=wanted.order, limit=size + 1, after=_position(wanted.after))
        found.next_after = _token(hits[size - 1].position) if len(hits) > size else None
    found.hits = hits[:size]


def _add_counts(connection: sqlite3.Connection, found: SearchResult) -> None:
    query = found.wanted.whole or _EVERYTHING
    try:
        with sqlite_timelimit(connection, COUNT_TIME):
            found.facets, found.counted = _facets(connection, found.wanted, query)
            found.total = found.counted if found.counted < MOST_COUNTED else _total(connection, found.wanted)
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise


def _total(connection: sqlite3.Connection, wanted: SearchForm) -> int:
    if wanted.whole:
        return count(connection, wanted.whole)
    return int(connection.execute("SELECT count(*) FROM articles").fetchone()[0])


def _facets(connection: sqlite3.Connection, wanted: SearchForm, query: str) -> tuple[dict[str, list[FacetLine]], int]:
    where = condition(connection, query)
    matches = connection.execute(
        "SELECT a.id, a.source_id, a.category_id, a.published_date FROM articles a"  # noqa: S608
        f" WHERE {where.text} ORDER BY a.id DESC LIMIT {MOST_COUNTED}",
        where.parameters,
    ).fetchall()
    ids = json.dumps([match[0] for match in matches])
    facets = {
        "Source": _named(connection, wanted, "source", (match[1] for match in matches)),
        "Category": _named(connection, wanted, "category", (match[2] for match in matches)),
        "Day": _days(match[3] for match in matches),
        "Security": _codes(connection, wanted, ids),
    }
    return {name: lines for name, lines in facets.items() if lines}, len(matches)


def _named(connection: sqlite3.Connection, wanted: SearchForm, name: str, ids: Iterable[int | None]) -> list[FacetLine]:
    counts = Counter(identifier for identifier in ids if identifier is not None)
    names = {row[0]: (row[1], row[2]) for row in connection.execute(_NAMES[name])} if counts else {}
    return [
        FacetLine(names[identifier][0], number, _narrowed(wanted, name, names[identifier][1]))
        for identifier, number in counts.most_common(LINES)
        if identifier in names
    ]


def _days(days: Iterable[str | None]) -> list[FacetLine]:
    counts = Counter(day for day in days if day and _day(day))
    return [FacetLine(day, counts[day], None, day) for day in sorted(counts, reverse=True)[:LINES]]


def _codes(connection: sqlite3.Connection, wanted: SearchForm, ids: str) -> list[FacetLine]:
    found = rows(
        connection,
        "SELECT market, code, max(name) AS name, count(*) AS articles FROM mentions"
        " WHERE article_id IN (SELECT value FROM json_each(?)) GROUP BY market, code"
        " ORDER BY articles DESC, code LIMIT ?",
        (ids, LINES),
    )
    return [
        FacetLine(f"{row['name'] or ''} {row['code']}".strip(), row["articles"], _narrowed(wanted, "code", row["code"]))
        for row in found
    ]


def _narrowed(wanted: SearchForm, name: str, value: str) -> str | None:
    """Add a field to the query, None where it holds it already."""
    narrower = term(name, value)
    if narrower is None or narrower in wanted.query:
        return None
    query = f"({wanted.query})" if " OR " in wanted.query else wanted.query
    return f"{query} {narrower}".strip()


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return ""
    # The day after the last one that there is has no name.
    return day.isoformat() if date(1000, 1, 1) <= day < date(2999, 12, 31) else ""


def _token(position: Position) -> str:
    return f"{position.published_at or ''}~{position.article_id}"


def _position(token: str) -> Position | None:
    published_at, separator, article_id = token.rpartition("~")
    if not separator or not article_id.isdecimal() or len(article_id) > 18:
        return None
    return Position(published_at or None, int(article_id))
