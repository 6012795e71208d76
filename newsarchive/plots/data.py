"""The figures behind the charts: what is counted, as numbers by name, before anything is drawn."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from newsarchive.archive.joins import ARTICLES_WITH_SOURCE
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.search import condition

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

#: Lines of a chart; what comes after them is added up as OTHERS.
MOST_SOURCES = 8
OTHERS = "others"
#: Days that a chart shows at most: the newest.
MOST_DAYS = 370


@dataclass(frozen=True, slots=True)
class Volume:
    """Articles by source and day: `counts[source]` has a number for each of `days`, which follow without a hole."""

    days: list[date]
    counts: dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Lags:
    """Hours from a story's first article to each other one, by the source that carried it; and those of all."""

    by_source: dict[str, list[float]]
    hours: list[float]


def volume(connection: sqlite3.Connection, query: str = "", *, sources: int = MOST_SOURCES) -> Volume:
    """Count articles by day and source: those with most articles, most first, and the others together."""
    where = condition(connection, query)
    found: dict[str, Counter[date]] = defaultdict(Counter)
    for name, text, number in connection.execute(
        f"SELECT s.name, a.published_date, count(*) {ARTICLES_WITH_SOURCE}"
        f" WHERE a.published_date IS NOT NULL AND {where.text} GROUP BY 1, 2",
        where.parameters,
    ):
        if (day := _day(text)) is not None:
            found[name or "(no source)"][day] += number
    days = _days(day for counter in found.values() for day in counter)
    ranked = sorted(found, key=lambda name: (-sum(found[name][day] for day in days), name))
    counts = {name: [found[name][day] for day in days] for name in ranked[:sources]}
    if rest := ranked[sources:]:
        counts[OTHERS] = [sum(found[name][day] for name in rest) for day in days]
    return Volume(days, counts)


def hours(connection: sqlite3.Connection, query: str = "") -> list[list[int]]:
    """Count articles by weekday (Monday first) and hour of the day, both local to their site: 7 rows of 24.

    Articles whose page prints a day without a time of day are left out.
    """
    where = condition(connection, query)
    grid = [[0] * 24 for _ in range(7)]
    for text, hour, number in connection.execute(
        "SELECT a.published_date, CAST(substr(a.published_at, 12, 2) AS INTEGER), count(*) FROM articles a"  # noqa: S608
        f" WHERE a.published_precision <> 'day' AND ({where.text}) GROUP BY 1, 2",
        where.parameters,
    ):
        day = _day(text)
        if day is not None and 0 <= hour < 24:
            grid[day.weekday()][hour] += number
    _refuse_nothing(sum(map(sum, grid)))
    return grid


def lags(connection: sqlite3.Connection, query: str = "", *, sources: int = 12) -> Lags:
    """Measure how much later than the first article of their story the other ones came."""
    where = condition(connection, query)
    found: dict[str, list[float]] = defaultdict(list)
    for name, later in connection.execute(
        "SELECT coalesce(y.source, '(no source)'), y.hours_later FROM syndication y JOIN articles a"  # noqa: S608
        f" ON a.id = y.article_id WHERE y.hours_later IS NOT NULL AND {where.text}",
        where.parameters,
    ):
        found[name].append(later)
    _refuse_nothing(len(found), "no story in it has more than one article")
    ranked = sorted(found, key=lambda name: (-len(found[name]), name))[:sources]
    return Lags(
        {name: sorted(found[name]) for name in ranked}, sorted(later for all_ in found.values() for later in all_)
    )


def _days(found: Iterable[date]) -> list[date]:
    days = sorted(set(found))
    _refuse_nothing(len(days))
    first = max(days[0], days[-1] - timedelta(days=MOST_DAYS - 1))
    return [first + timedelta(days=number) for number in range((days[-1] - first).days + 1)]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _refuse_nothing(number: int, reason: str = "it holds no article with a date that matches") -> None:
    if not number:
        raise UserError(_("nothing to draw from this archive: {reason}", reason=reason))
