"""How many articles searches find over time: by day, week, month or year, beside all articles of the archive."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from newsarchive.search import EVERYTHING, Filter, Search
from newsarchive.search.sql import plan

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence

    from newsarchive.search import Query

#: Periods that a chart shows at most, and days that it shows at least.
MOST_PERIODS, FEWEST_DAYS = 62, 14
#: Units of a chart, the smallest first.
UNITS = ("day", "week", "month", "quarter", "year")
_MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
# Articles of a word from which on it is a common one.
_COMMON = 5000
# The share of articles that may fall off the chart at its old end: a few strays do not push the rest to its edge.
_STRAY = 0.01


@dataclass(frozen=True, slots=True)
class Period:
    """A day, week, month, quarter or year, its last day included; `every` is what the whole archive has of it."""

    first: date
    last: date
    every: int
    #: How many articles each of the searches finds.
    counts: tuple[int, ...]
    #: Whether the search is narrowed to it.
    is_chosen: bool = False

    @property
    def count(self) -> int:
        """How many articles the first search finds."""
        return self.counts[0]

    def share(self, place: int = 0) -> float:
        """Return the part of all articles that a search finds, 0 to 1."""
        return self.counts[place] / self.every if self.every else 0.0


@dataclass(frozen=True, slots=True)
class Volume:
    """Searches over time; `earlier` articles of the first search lie before the first period shown."""

    unit: str
    periods: list[Period]
    #: The first and the last day with an article of any of the searches.
    first_day: date
    last_day: date
    #: The articles of the first search by day.
    days: dict[date, int]
    earlier: int = 0

    def totals(self) -> list[int]:
        """Return how many articles each search finds in all periods."""
        return [sum(counts) for counts in zip(*(period.counts for period in self.periods), strict=True)]

    def label(self, period: Period) -> str:
        """Write a period: 2026-03-05, 2026-03, 2026 Q1, 2026; a week by its first day."""
        if self.unit == "quarter":
            return f"{period.first.year} Q{period.first.month // 3 + 1}"
        return period.first.isoformat()[: {"month": 7, "year": 4}.get(self.unit, 10)]


def volume(
    connection: sqlite3.Connection, queries: Sequence[Query], since: str = "", until: str = "", *, context: bool = False
) -> Volume | None:
    """Count the articles of searches over time; None where none of them has a date.

    `since` and `until` are days, both included. With `context` they are marked and shown with as much time around them.
    """
    found = [_days(connection, query) for query in queries]
    days = sorted({day for counts in found for day in counts})
    if not days:
        return None
    first, last = _span(found, days, since, until, context=context)
    every = _days(connection, EVERYTHING) if queries != [EVERYTHING] else found[0]
    unit = next((unit for unit in UNITS if _length(unit, first, last) <= MOST_PERIODS), UNITS[-1])
    chosen = (_day(since) or date.min, _day(until) or date.max) if since or until else None
    spans = list(_periods(unit, first, last))[-MOST_PERIODS:]
    sums = [_sums(counts, spans) for counts in (every, *found)]
    periods = [
        Period(
            start, end, sums[0][place], tuple(series[place] for series in sums[1:]),
            chosen is not None and chosen[0] <= end and chosen[1] >= start,
        )
        for place, (start, end) in enumerate(spans)
    ]  # fmt: skip
    start = spans[0][0]
    earlier = sum(number for day, number in found[0].items() if day < start)
    return Volume(unit, periods, days[0], days[-1], dict(found[0]), earlier)


def of_days(counts: Mapping[date, int]) -> Volume | None:
    """Return the volume of numbers that are known already, such as the answer to a question; None for none."""
    if not counts:
        return None
    last = max(counts)
    first = min(*counts, _moved(last, 1 - FEWEST_DAYS))
    unit = next((unit for unit in UNITS if _length(unit, first, last) <= MOST_PERIODS), UNITS[-1])
    spans = list(_periods(unit, first, last))[-MOST_PERIODS:]
    sums = _sums(counts, spans)
    periods = [Period(*span, 0, (number,)) for span, number in zip(spans, sums, strict=True)]
    return Volume(unit, periods, min(counts), last, dict(counts))


def _days(connection: sqlite3.Connection, query: Query) -> Counter[date]:
    search = Search(connection)
    where = search.condition(query)
    if query == EVERYTHING or (isinstance(query, Filter) and query.field == "source"):
        # What a condition on the source of an article asks for is counted by day already.
        rows = connection.execute(
            f"SELECT a.day, sum(a.articles) FROM source_days a WHERE {where.text} GROUP BY 1",  # noqa: S608
            where.parameters,
        )
    else:
        # A plus keeps SQLite from looking an article up. That before the words: most articles have them. Those before
        # the day: what else is asked for is in the index of facets, and not in that of days.
        is_common = not plan(query).conditions and search.count(query) > _COMMON
        rows = connection.execute(
            "SELECT a.published_date, count(*) FROM articles a"  # noqa: S608
            f" WHERE +a.published_date IS NOT NULL AND ({'+' if is_common else ''}{where.text})"
            " GROUP BY +a.published_date",
            where.parameters,
        )
    return Counter({day: number for text, number in rows if (day := _day(text)) is not None})


def _span(
    found: Sequence[Mapping[date, int]], days: Sequence[date], since: str, until: str, *, context: bool
) -> tuple[date, date]:
    """Return the first and the last day that the chart shows."""
    if not since and not until:
        return min(_without_strays(found), _moved(days[-1], 1 - FEWEST_DAYS)), days[-1]
    first, last = _day(since) or days[0], _day(until) or days[-1]
    if not context:
        return first, max(first, last)
    around = max(FEWEST_DAYS // 2, (last - first).days)
    edges = min(days[0], first), max(days[-1], last)
    return max(edges[0], _moved(first, -around)), min(edges[1], _moved(last, around))


def _without_strays(found: Sequence[Mapping[date, int]]) -> date:
    total = Counter({day: number for counts in found for day, number in counts.items()})
    stray = sum(total.values()) * _STRAY
    for day in sorted(total):
        stray -= total[day]
        if stray < 0:
            return day
    return min(total)


def _moved(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day


def _length(unit: str, first: date, last: date) -> int:
    if unit in ("day", "week"):
        return (last - first).days // (1 if unit == "day" else 7) + 1
    months = _MONTHS_OF[unit]
    return (last.year * 12 + last.month - 1) // months - (first.year * 12 + first.month - 1) // months + 1


def _periods(unit: str, first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield the periods from that of the first day to that of the last, without a hole."""
    start = _start(unit, first)
    while start <= last:
        following = _next(unit, start)
        yield start, following - timedelta(days=1)
        start = following


def _start(unit: str, day: date) -> date:
    if unit == "day":
        return day
    if unit == "week":
        return _moved(day, -day.weekday())
    months = _MONTHS_OF[unit]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def _next(unit: str, start: date) -> date:
    if unit in ("day", "week"):
        return start + timedelta(days=1 if unit == "day" else 7)
    month = start.month - 1 + _MONTHS_OF[unit]
    return date(start.year + month // 12, month % 12 + 1, 1)


def _sums(counts: Mapping[date, int], spans: Sequence[tuple[date, date]]) -> list[int]:
    """Add up the days of each period; the periods follow each other."""
    sums = [0] * len(spans)
    place = 0
    for day in sorted(counts):
        while place < len(spans) and day > spans[place][1]:
            place += 1
        if place == len(spans):
            break
        if day >= spans[place][0]:
            sums[place] += counts[day]
    return sums


def _day(text: str | None) -> date | None:
    """Read a day; one before the year 1000 or at the end of time is none, so that every day has a day after it."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 1000 <= day.year < 3000 else None
