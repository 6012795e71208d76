"""The search page: the same query language as the command line, with days, pages by key, and facets to narrow down."""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from datasette.utils import sqlite_timelimit

from newsarchive.browse.search_form import SearchForm, is_day, token
from newsarchive.browse.volume import volume
from newsarchive.i18n import N_, _
from newsarchive.search import Filter, Query, QueryError, Search, all_of, narrow
from newsarchive.search.mending import nearest
from newsarchive.search.securities import securities
from newsarchive.search.terms import terms, with_values, without
from newsarchive.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsarchive.browse.volume import Volume
    from newsarchive.search import Facet, Facets, Hit
    from newsarchive.search.securities import Security
    from newsarchive.search.terms import Term

#: Articles on a page, in a feed, and in a download where anybody may ask for it.
PAGE, FEED, PUBLIC_DOWNLOAD = 30, 50, 1000
#: Facets are counted among so many matches, the newest; and so many lines of each kind are shown.
MOST_COUNTED, LINES = 4000, 8
#: The page of all values of a facet counts among so many, and shows so many of them.
MOST_COUNTED_WHOLE, MOST_VALUES = 200_000, 600
#: Milliseconds that the facets may take before the page does without them, and the search itself before it gives up.
COUNT_TIME, SEARCH_TIME = 400, 5000
#: Milliseconds for finding out whether a word is the name of a security, for the chart, and for a wider search.
NAME_TIME, VOLUME_TIME, WIDER_TIME = 50, 400, 100
#: How many wider searches are counted where nothing was found.
MOST_WIDER = 5
#: How far the best matches can be paged through.
MOST_BEST = 300

# Fields of the query language that are called otherwise on the pages.
_FIELDS = {
    "title": N_("title"), "source": N_("source"), "category": N_("category"), "author": N_("author"),
    "site": N_("site"), "code": N_("code"), "lang": N_("lang"), "length": N_("length"), "story": N_("story"),
    "key": N_("key"), "after": N_("after"), "before": N_("before"),
}  # fmt: skip
_SEVERAL_VERSIONS = "SELECT id FROM articles WHERE id IN (SELECT value FROM json_each(?)) AND revision > 1"
_CHANGED = "SELECT 1 FROM revisions WHERE article_id = ? AND cause = 'site'"
_GONE = (
    "SELECT a.id FROM articles a JOIN copies c ON c.article_id = a.id AND c.url = a.url"
    " WHERE a.id IN (SELECT value FROM json_each(?)) AND c.gone_at IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class FacetLine:
    """One line of a facet: what it is called, how many articles, and the form that asks for only these."""

    label: str
    count: int
    narrower: SearchForm | None
    #: The form without this value, where the search is narrowed to it.
    wider: SearchForm | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition that a search is narrowed to, and the form that asks without it."""

    label: str
    wider: SearchForm


@dataclass(slots=True)
class SearchResult:
    """What a search gave. `total` is None when counting took too long; `error` tells what to mend in the query."""

    form: SearchForm
    hits: list[Hit] = field(default_factory=list)
    total: int | None = None
    next_after: str | None = None
    facets: dict[str, list[FacetLine]] = field(default_factory=dict)
    #: Facets that have more values than lines.
    longer: set[str] = field(default_factory=set)
    counted: int = 0
    error: str | None = None
    #: What the text may also mean.
    securities: list[Security] = field(default_factory=list)
    #: The search over time, whatever days it is narrowed to.
    volume: Volume | None = None
    #: Hits that their site changed, and whose page is gone, by the ids of their articles.
    changed: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    #: Where nothing was found: searches without one of the conditions, and how many articles each finds.
    wider: list[tuple[Chip, int]] = field(default_factory=list)
    #: Where the query is wrong: the nearest search that is not.
    nearest: SearchForm | None = None

    @property
    def groups(self) -> list[list[Hit]]:
        """The hits, those of one story together where the first of them stands."""
        found: dict[object, list[Hit]] = {}
        for hit in self.hits:
            key = ("story", hit.story_id) if hit.story_id is not None else hit.article_id
            found.setdefault(key, []).append(hit)
        return list(found.values())

    @property
    def chips(self) -> list[Chip]:
        """What the search is narrowed to, each to be taken away."""
        form = self.form
        chips = [
            Chip(_term(term, value), replace(form, query=text, after=""))
            for term in terms(form.query)
            for value in term.values
            if (text := with_values(form.query, term, [one for one in term.values if one != value])) is not None
        ]
        if is_day(form.since) and form.since == form.until:
            return [*chips, Chip(form.since, replace(form, since="", until="", after=""))]
        if form.since:
            chips.append(Chip(_("from {day}", day=form.since), replace(form, since="", after="")))
        if form.until:
            chips.append(Chip(_("to {day}", day=form.until), replace(form, until="", after="")))
        return chips


def _term(term: Term, value: str) -> str:
    name = _(_FIELDS.get(term.field, term.field))
    return _("not {field}: {value}", field=name, value=value) if term.is_excluded else f"{name}: {value}"


def told(error: QueryError) -> str:
    """Describe what is wrong with a query."""
    return _(
        "{problem} (at character {number}): {advice}",
        problem=error.problem,
        number=error.position + 1,
        advice=error.advice,
    )


class Kind(NamedTuple):
    """A facet: its field of the query language ("" for the day of the form), its values, from how many it is shown.

    Where a value is chosen already, the facet is counted as if it were not, so that another can be chosen beside it.
    """

    field: str
    values: Callable[[Facets], list[Facet]]
    fewest: int = 1


KINDS = {
    N_("Source"): Kind("source", attrgetter("sources")),
    N_("Category"): Kind("category", attrgetter("categories")),
    N_("Day"): Kind("", attrgetter("days")),
    N_("Security"): Kind("code", attrgetter("codes")),
    N_("Author"): Kind("author", attrgetter("authors")),
    N_("Length"): Kind("length", attrgetter("lengths"), 2),
    N_("Language"): Kind("lang", attrgetter("languages"), 2),
    N_("Site"): Kind("site", attrgetter("sites"), 2),
}


class FormSearch:
    """The search that a form asks for."""

    def __init__(self, connection: sqlite3.Connection, form: SearchForm) -> None:
        self._connection = connection
        self._form = form
        self._search = Search(connection)

    def query(self) -> Query:
        """Return the query of the form, its days in it. Raises QueryError."""
        return all_of(self._search.parse(self._form.query), *self._form.days)

    def find(self, *, size: int = PAGE, counts: bool = True) -> SearchResult:
        """Search; a query that cannot be understood, or that takes too long, gives no hits and an error for people.

        Without `counts`, no facets are counted and no securities looked up.
        """
        form, search, found = self._form, self._search, SearchResult(self._form, error=self._form.problem)
        if found.error:
            return found
        try:
            typed = search.parse(form.query)
            query = all_of(typed, *form.days)
            with sqlite_timelimit(self._connection, SEARCH_TIME):
                found.hits, found.next_after = self._page(query, size)
        except QueryError as error:
            found.error = told(error)
            if mended := nearest(form.query, error, search.parse):
                found.nearest = replace(form, query=mended, after="")
            return found
        except sqlite3.OperationalError as error:
            _refuse_unless_interrupted(error)
            found.error = _("this search takes too long: add a word, a source or days")
            return found
        with self._in_time(COUNT_TIME):
            if counts:
                self._count(query, typed, found)
            else:
                found.total = search.count(query)
        if counts:
            self._look_closer(typed, found)
        return found

    def values_of(self, name: str, wanted: str) -> tuple[list[FacetLine], SearchResult]:
        """Return all values of a facet that hold `wanted`, and what to mend in the search, if anything."""
        search, found, kind = self._search, SearchResult(self._form, error=self._form.problem), KINDS[name]
        if found.error:
            return [], found
        form = replace(self._form, after="")
        term = _chosen(form).get(kind.field)
        try:
            typed = search.parse(form.query)
            query = all_of(search.parse(without(form.query, term)) if term else typed, *form.days)
            with sqlite_timelimit(self._connection, SEARCH_TIME):
                facets = search.facets(query, most=MOST_COUNTED_WHOLE, lines=MOST_COUNTED_WHOLE, is_single=True)
                values = kind.values(facets)
        except QueryError as error:
            found.error = told(error)
            return [], found
        except sqlite3.OperationalError as error:
            _refuse_unless_interrupted(error)
            found.error = _("counting takes too long: add a word, a source or days")
            return [], found
        found.counted = facets.counted
        values = [facet for facet in values if fold(wanted).lower() in fold(facet.label).lower()]
        found.total = len(values)
        return [_line(facet, kind.field, form, typed, term) for facet in values[:MOST_VALUES]], found

    def _page(self, query: Query, size: int) -> tuple[list[Hit], str | None]:
        """Return the hits of a page, and where the next one begins."""
        form, search = self._form, self._search
        if form.order == "rank":
            offset = min(int(form.after), MOST_BEST) if form.after.isdecimal() and len(form.after) < 6 else 0
            hits = search.hits(query, order="rank", limit=size + 1, offset=offset)
            is_more = len(hits) > size and offset + size < MOST_BEST
            return hits[:size], str(offset + size) if is_more else None
        hits = search.hits(query, order=form.order, limit=size + 1, after=form.position)
        return hits[:size], token(hits[size - 1].position, form) if len(hits) > size else None

    def _count(self, query: Query, typed: Query, found: SearchResult) -> None:
        """Fill in the facets and the total. `query` holds the days of the form, `typed` does not."""
        form, search = replace(self._form, after=""), self._search
        facets = search.facets(query, most=MOST_COUNTED, lines=LINES + 1)
        chosen = _chosen(form)
        shown: dict[str, list[FacetLine]] = {}
        longer: set[str] = set()
        for name, kind in KINDS.items():
            among, term = facets, chosen.get(kind.field)
            if term is not None:
                others = all_of(search.parse(without(form.query, term)), *form.days)
                among = search.facets(others, most=MOST_COUNTED, lines=LINES + 1)
            values = kind.values(among)
            if values and (len(values) >= kind.fewest or term is not None):
                shown[name] = [_line(facet, kind.field, form, typed, term) for facet in values[:LINES]]
            if len(values) > LINES:
                longer.add(name)
        # Where the time is over before all are counted, none is shown.
        found.facets, found.longer, found.counted = shown, longer, facets.counted
        found.total = facets.counted if facets.counted < MOST_COUNTED else search.count(query)

    def _look_closer(self, typed: Query, found: SearchResult) -> None:
        """Find what a page shows beside the hits and their facets."""
        with self._in_time(NAME_TIME):
            found.securities = securities(self._connection, self._form.query)
        if found.hits:
            found.changed, found.gone = self._marks([hit.article_id for hit in found.hits])
        else:
            found.wider = self._wider(found)
        if not self._form.after:
            with self._in_time(VOLUME_TIME):
                found.volume = volume(self._connection, [typed], self._form.since, self._form.until, context=True)

    def _marks(self, ids: list[int]) -> tuple[set[int], set[int]]:
        """Return which of the articles their site changed, and of which the page is gone."""
        listed = json.dumps(ids)
        several = self._connection.execute(_SEVERAL_VERSIONS, (listed,)).fetchall()
        changed = {one for (one,) in several if self._connection.execute(_CHANGED, (one,)).fetchone()}
        return changed, {one for (one,) in self._connection.execute(_GONE, (listed,))}

    def _wider(self, found: SearchResult) -> list[tuple[Chip, int]]:
        """Return the searches without one of the conditions that find something, most first."""
        counted = []
        for chip in found.chips[:MOST_WIDER]:
            with self._in_time(WIDER_TIME), suppress(QueryError):
                counted.append((chip, self._search.count(FormSearch(self._connection, chip.wider).query())))
        return sorted((one for one in counted if one[1]), key=lambda one: -one[1])

    @contextmanager
    def _in_time(self, milliseconds: int) -> Iterator[None]:
        """Do without what takes longer than a page may take for it."""
        try:
            with sqlite_timelimit(self._connection, milliseconds):
                yield
        except sqlite3.OperationalError as error:
            _refuse_unless_interrupted(error)


def _refuse_unless_interrupted(error: sqlite3.OperationalError) -> None:
    if "interrupted" not in str(error):
        raise error


def _chosen(form: SearchForm) -> dict[str, Term]:
    """Return the terms whose values a facet adds to or takes away from, by their fields: of two, the last."""
    return {term.field: term for term in terms(form.query) if not term.is_excluded}


def _line(facet: Facet, name: str, form: SearchForm, typed: Query, term: Term | None) -> FacetLine:
    """Make the line of a value: it is added to those that are chosen already (`term`), or taken away from them."""
    if not name:
        return _day_line(facet, form)
    if term is None or any(value.endswith("*") for value in term.values):
        text = narrow(form.query, typed, Filter(name, facet.value))
        return FacetLine(facet.label, facet.count, replace(form, query=text) if text else None)
    if facet.value in term.values:
        rest = with_values(form.query, term, [value for value in term.values if value != facet.value])
        return FacetLine(facet.label, facet.count, None, replace(form, query=rest) if rest is not None else None)
    text = with_values(form.query, term, [*term.values, facet.value])
    return FacetLine(facet.label, facet.count, replace(form, query=text) if text else None)


def _day_line(facet: Facet, form: SearchForm) -> FacetLine:
    if form.since == form.until == facet.value:
        return FacetLine(facet.label, facet.count, None, replace(form, since="", until=""))
    day = replace(form, since=facet.value, until=facet.value) if is_day(facet.value) else None
    return FacetLine(facet.label, facet.count, day)
