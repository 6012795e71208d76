"""Searches beside each other over time: which words, sources or securities the news was full of, and when."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datasette.utils import sqlite_timelimit

from newsarchive.browse.search_form import SearchForm
from newsarchive.browse.search_page import SEARCH_TIME, told
from newsarchive.browse.volume import volume
from newsarchive.i18n import _
from newsarchive.search import QueryError, Search, all_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newsarchive.browse.volume import Volume

#: Searches that are compared at most.
MOST_SEARCHES = 5


@dataclass(slots=True)
class Comparison:
    """What a reader compares; `volume` is None where a search is wrong (`errors`, by its place) or finds nothing."""

    searches: list[str]
    form: SearchForm
    volume: Volume | None = None
    #: How many articles each search finds, those without a date included.
    totals: list[int] = field(default_factory=list)
    errors: dict[int, str] = field(default_factory=dict)
    #: What is wrong with the days, or that it takes too long.
    problem: str | None = None

    @property
    def left_out(self) -> list[int]:
        """How many articles of each search are in none of the periods: those without a date, or before the first."""
        drawn = self.volume.totals() if self.volume else [0] * len(self.totals)
        return [max(0, total - number) for total, number in zip(self.totals, drawn, strict=True)]

    @property
    def arguments(self) -> dict[str, str]:
        """What the address holds besides the searches."""
        return {"from": self.form.since, "to": self.form.until, "by": self.form.by}


def compare(connection: sqlite3.Connection, searches: Sequence[str], arguments: Mapping[str, str]) -> Comparison:
    """Count the articles of up to five searches over time."""
    wanted = list(dict.fromkeys(text.strip() for text in searches if text.strip()))[:MOST_SEARCHES]
    days = {name: text for name, text in arguments.items() if name in ("from", "to", "by")}
    found = Comparison(wanted, SearchForm.of(days))
    found.problem = found.form.problem
    search, queries = Search(connection), []
    for place, text in enumerate(wanted):
        try:
            queries.append(search.parse(text))
        except QueryError as error:
            found.errors[place] = told(error)
    if found.problem or found.errors or not queries:
        return found
    try:
        with sqlite_timelimit(connection, SEARCH_TIME):
            found.volume = volume(connection, queries, found.form.since, found.form.until)
            found.totals = [search.count(all_of(query, *found.form.days)) for query in queries]
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        found.problem = _("this takes too long: compare fewer searches, or add a word, a source or days")
    return found
