"""What volumes look like on the pages: bars that lead to the articles of their periods, and the numbers behind them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from newsarchive.browse.filters import short_day
from newsarchive.browse.svg import Bar, bars, calendar, curves
from newsarchive.browse.volume import of_days
from newsarchive.i18n import ENGLISH, _, language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from newsarchive.browse.search_form import SearchForm
    from newsarchive.browse.urls import Addresses
    from newsarchive.browse.volume import Period, Volume

_WEEK = 7


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table behind a chart: a period and, for each search, its number and its share of all articles."""

    label: str
    first: str
    last: str
    address: str | None
    counts: tuple[int, ...]
    shares: tuple[float, ...]
    every: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with the numbers behind it, newest first; `unit` is what a bar stands for."""

    drawing: Markup
    unit: str
    first: str
    last: str
    lines: list[Line]
    most: Line
    is_share: bool = False
    earlier: int = 0


def chart_of(
    volume: Volume, title: str, address: Callable[[Period], str] | None = None, *, is_share: bool = False
) -> Chart:
    """Make the bars of the first search of a volume."""
    lines = _table(volume, address)
    columns = [
        Bar(short, _tip(line, volume), line.shares[0] if is_share else line.counts[0], line.address, period.is_chosen)
        for line, period, short in zip(lines, volume.periods, _short_labels(volume), strict=True)
    ]
    return _chart(volume, bars(columns, title, is_share=is_share), lines, is_share=is_share)


def comparison_of(volume: Volume, address: Callable[[Period], str] | None = None, *, is_share: bool = False) -> Chart:
    """Make a line for each search of a volume."""
    lines = _table(volume, address)
    series = list(zip(*((line.shares if is_share else line.counts) for line in lines), strict=True))
    return _chart(volume, curves(_short_labels(volume), series, is_share=is_share), lines, is_share=is_share)


def answer_chart(columns: Sequence[str], rows: Iterable[Sequence[Any]], to: Addresses) -> Chart | None:
    """Make a chart of an answer that counts articles by day, or lists them with their times; None for others.

    The cells are as the page shows them.
    """
    if "day" in columns and "articles" in columns:
        day, articles = columns.index("day"), columns.index("articles")
        numbers = [(_day(_plain(row[day])), _number(_plain(row[articles]))) for row in rows]
    elif "published_at" in columns:
        place = columns.index("published_at")
        numbers = [(_day(_plain(row[place])), 1) for row in rows]
    else:
        return None
    counts: dict[date, int] = {}
    for one, number in numbers:
        if one is not None:
            counts[one] = counts.get(one, 0) + number
    volume = of_days(counts)
    if volume is None or len(counts) < 2:
        return None

    def address(period: Period) -> str:
        return to.search(**{"from": period.first.isoformat(), "to": period.last.isoformat()})

    return chart_of(volume, _("Articles over time"), address if "day" in columns else None)


def hours_chart(hours: Sequence[int]) -> Chart:
    """Make a chart of the hours of a day."""
    lines = [Line(f"{hour:02}:00", "", "", None, (count,), (0.0,), 0) for hour, count in enumerate(hours)]
    columns = [Bar(f"{hour:02}", f"{hour:02}:00: {count:,}", count) for hour, count in enumerate(hours)]
    most = max(lines, key=lambda line: line.counts[0])
    return Chart(bars(columns, _("Articles by hour")), "hour", lines[0].label, lines[-1].label, lines, most)


def year_of(counts: Mapping[date, int], address: Callable[[date], str]) -> Markup | None:
    """Draw the year that ends with the last of the days as a calendar; None where there are few days."""
    if len(counts) < _WEEK:
        return None
    last = max(counts)
    start = last - timedelta(days=52 * _WEEK + last.weekday())
    days = [start + timedelta(days=number) for number in range(53 * _WEEK)]
    cells = [(day, counts.get(day, 0), address(day)) if day <= last else None for day in days]
    return calendar([cells[place : place + _WEEK] for place in range(0, len(cells), _WEEK)])


def chosen_by(form: SearchForm, period: Period) -> SearchForm:
    """Return the search that a click on a period asks for.

    The first click chooses the period, one outside of what is chosen extends it up to there, one inside narrows it to
    that period, and one on the only period chosen frees it.
    """
    first, last = period.first.isoformat(), period.last.isoformat()
    if (form.since, form.until) == (first, last):
        return replace(form, since="", until="", after="")
    if form.since and last < form.since:
        last = form.until or last
    elif form.until and first > form.until:
        first = form.since or first
    return replace(form, since=first, until=last, after="")


def volume_csv(volume: Volume, names: Sequence[str]) -> str:
    """Write the numbers behind a chart as CSV, the oldest first."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    shares = [f"share of all: {name}" for name in names]
    writer.writerow([volume.unit, "first day", "last day", *names, "all articles", *shares])
    for period in volume.periods:
        parts = [round(period.share(place), 6) for place in range(len(names))]
        label, span = volume.label(period), (period.first.isoformat(), period.last.isoformat())
        writer.writerow([label, *span, *period.counts, period.every, *parts])
    return stream.getvalue()


def _chart(volume: Volume, drawing: Markup, lines: list[Line], *, is_share: bool) -> Chart:
    most = max(lines, key=lambda line: (line.shares if is_share else line.counts)[0])
    first, last = volume.periods[0].first, volume.periods[-1].last
    return Chart(drawing, volume.unit, _written(first), _written(last), lines[::-1], most, is_share, volume.earlier)


def _table(volume: Volume, address: Callable[[Period], str] | None) -> list[Line]:
    return [
        Line(
            label=_named(volume, period),
            first=period.first.isoformat(),
            last=period.last.isoformat(),
            address=address(period) if address else None,
            counts=period.counts,
            shares=tuple(period.share(place) for place in range(len(period.counts))),
            every=period.every,
        )
        for period in volume.periods
    ]


def _tip(line: Line, volume: Volume) -> str:
    share = f" ({100 * line.shares[0]:.1f} %)" if line.every and volume.unit else ""
    return f"{line.label}: {line.counts[0]:,}{share}"


def _short_labels(volume: Volume) -> list[str]:
    """Write the periods for the axis: within one year without the year, days in digits in every language."""
    is_in_digits = volume.unit in ("day", "week")
    labels = [volume.label(period) if is_in_digits else _named(volume, period) for period in volume.periods]
    is_one_year = len({period.first.year for period in volume.periods}) == 1
    return [label[5:] for label in labels] if is_one_year and is_in_digits else labels


def _written(day: date) -> str:
    return day.isoformat() if language() == ENGLISH else short_day(day)


def _named(volume: Volume, period: Period) -> str:
    """Write a period for people; programs get `volume.label`."""
    if language() == ENGLISH:
        return volume.label(period)
    day = period.first
    if volume.unit in ("day", "week"):
        return short_day(day)
    if volume.unit == "quarter":
        return _("{year} Q{quarter}", year=day.year, quarter=day.month // 3 + 1)
    if volume.unit == "month":
        return _("{year}-{month}", year=day.year, month=day.month)
    return _("{year}", year=day.year)


def _plain(cell: Any) -> str:
    """Return the text of a cell that is ready to show."""
    return cell.striptags() if isinstance(cell, Markup) else str(cell)


def _number(text: str) -> int:
    digits = text.replace(",", "")
    return int(digits) if digits.isdecimal() else 0


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
