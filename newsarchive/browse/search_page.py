"""The search page: the same query language as the command line, with days, pages by key, and facets to narrow down."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from datasette.utils import sqlite_timelimit

from newsarchive.search import Filter, Position, Query, QueryError, Search, all_of, narrow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from newsarchive.search import Facet, Hit

#: Articles on a page, in a feed and in a download.
PAGE, FEED, DOWNLOAD = 30, 50, 1000
#: Facets are counted among so many matches, the newest; and so many lines of each kind are shown.
MOST_COUNTED, LINES = 4000, 8
#: Milliseconds that the facets may take before the page does without them, and the search itself before it gives up.
COUNT_TIME, SEARCH_TIME = 400, 5000
#: How far the best matches can be paged through.
MOST_BEST = 300


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
    def arguments(self) -> dict[str, str]:
        """The arguments of an address that asks for the same, from its first page on."""
        order = "" if self.order == "newest" else self.order
        return {"q": self.query, "order": order, "from": self.since, "to": self.until}

    @property
    def days(self) -> list[Filter]:
        """The days as conditions of a query."""
        first = [Filter("after", self.since)] if self.since else []
        return first + ([Filter("before", _next(self.until))] if self.until else [])

    @property
    def text(self) -> str:
        """The query with its days in it, as the command line takes it."""
        days = [f"{day.field}:{day.value}" for day in self.days]
        return " ".join([f"({self.query})" if days else self.query, *days] if self.query else days)


@dataclass(frozen=True, slots=True)
class FacetLine:
    """One line of a facet: what it is called, how many articles, and the form that asks for only these."""

    label: str
    count: int
    narrower: SearchForm | None


@dataclass(slots=True)
class SearchResult:
    """What a search gave. `total` is None when counting took too long; `error` tells what to mend in the query."""

    form: SearchForm
    hits: list[Hit] = field(default_factory=list)
    total: int | None = None
    next_after: str | None = None
    facets: dict[str, list[FacetLine]] = field(default_factory=dict)
    counted: int = 0
    error: str | None = None


def find(connection: sqlite3.Connection, form: SearchForm, *, size: int = PAGE, counts: bool = True) -> SearchResult:
    """Search; a query that cannot be understood, or that takes too long, gives no hits and an error for people."""
    search, found = Search(connection), SearchResult(form)
    try:
        typed = search.parse(form.query)
        query = all_of(typed, *form.days)
        with sqlite_timelimit(connection, SEARCH_TIME):
            found.hits, found.next_after = _page(search, query, form, size)
    except QueryError as error:
        found.error = f"{error.problem} (at character {error.position + 1}): {error.advice}"
        return found
    except sqlite3.OperationalError as error:
        _refuse_unless_interrupted(error)
        found.error = "this search takes too long: add a word, a source or days"
        return found
    if counts:
        try:
            with sqlite_timelimit(connection, COUNT_TIME):
                _count(search, query, typed, found)
        except sqlite3.OperationalError as error:
            _refuse_unless_interrupted(error)
    return found


def _refuse_unless_interrupted(error: sqlite3.OperationalError) -> None:
    if "interrupted" not in str(error):
        raise error


def _page(search: Search, query: Query, form: SearchForm, size: int) -> tuple[list[Hit], str | None]:
    """Return the hits of a page, and where the next one begins."""
    if form.order == "rank":
        offset = min(int(form.after), MOST_BEST) if form.after.isdecimal() and len(form.after) < 6 else 0
        hits = search.hits(query, order="rank", limit=size + 1, offset=offset)
        is_more = len(hits) > size and offset + size < MOST_BEST
        return hits[:size], str(offset + size) if is_more else None
    hits = search.hits(query, order=form.order, limit=size + 1, after=_position(form.after))
    return hits[:size], _token(hits[size - 1].position) if len(hits) > size else None


def _count(search: Search, query: Query, typed: Query, found: SearchResult) -> None:
    """Fill in the facets and the total. `query` holds the days of the form, `typed` does not."""
    form = found.form

    def lines(facets: list[Facet], narrower: Callable[[str], SearchForm | None]) -> list[FacetLine]:
        return [FacetLine(facet.label, facet.count, narrower(facet.value)) for facet in facets]

    def by_field(name: str) -> Callable[[str], SearchForm | None]:
        def narrower(value: str) -> SearchForm | None:
            text = narrow(form.query, typed, Filter(name, value))
            return replace(form, query=text) if text else None

        return narrower

    facets = search.facets(query, most=MOST_COUNTED, lines=LINES)
    every = {
        "Source": lines(facets.sources, by_field("source")),
        "Category": lines(facets.categories, by_field("category")),
        "Day": lines(facets.days, lambda day: replace(form, since=day, until=day) if _day(day) else None),
        "Security": lines(facets.codes, by_field("code")),
    }
    found.facets = {name: facet for name, facet in every.items() if facet}
    found.counted = facets.counted
    found.total = facets.counted if facets.counted < MOST_COUNTED else search.count(query)


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return ""
    # The day after the last one that there is has no name.
    return day.isoformat() if date(1000, 1, 1) <= day < date(2999, 12, 31) else ""


def _next(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _token(position: Position) -> str:
    return f"{position.published_at or ''}~{position.article_id}"


def _position(token: str) -> Position | None:
    published_at, separator, article_id = token.rpartition("~")
    if not separator or not article_id.isdecimal() or len(article_id) > 18:
        return None
    return Position(published_at or None, int(article_id))
