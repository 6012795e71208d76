"""Searches over time: the numbers, the periods that they are added up to, and the days that a click chooses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.searching import add, open_archive

from newsarchive.browse.charts import chosen_by, volume_csv
from newsarchive.browse.search_form import SearchForm
from newsarchive.browse.search_page import FormSearch
from newsarchive.browse.volume import MOST_PERIODS, Period, of_days, volume
from newsarchive.search import EVERYTHING, Search

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_archive(tmp_path / "archive.db")
    days = {"2026-03-02": ("降准", "加息"), "2026-03-03": ("加息",), "2026-03-20": ("降准", "降准", "银行", "银行")}
    number = 0
    for day, bodies in days.items():
        for body in bodies:
            number += 1
            add(connection, number, None, body, published_at=f"{day}T08:00:00+08:00", published_date=day)
    add(connection, 99, None, "降准")
    yield connection
    connection.close()


def query(connection: sqlite3.Connection, text: str) -> object:
    return Search(connection).parse(text)


def test_every_article_with_a_date_is_counted_on_its_day_beside_all_of_that_day(connection):
    found = volume(connection, [query(connection, "降准")])
    assert found.unit == "day"
    assert {found.label(one): (one.count, one.every) for one in found.periods if one.every} == {
        "2026-03-02": (1, 2), "2026-03-03": (0, 1), "2026-03-20": (2, 4),
    }  # fmt: skip
    assert found.periods[0].share() == 0.5
    assert len(found.periods) == 19
    assert (found.first_day, found.last_day) == (date(2026, 3, 2), date(2026, 3, 20))


def test_searches_are_counted_over_the_same_days(connection):
    found = volume(connection, [query(connection, "降准"), query(connection, "加息")], "2026-03-02", "2026-03-03")
    assert [one.counts for one in found.periods] == [(1, 1), (0, 1)]
    assert found.totals() == [1, 2]
    assert volume_csv(found, ["降准", "加息"]).splitlines() == [
        "day,first day,last day,降准,加息,all articles,share of all: 降准,share of all: 加息",
        "2026-03-02,2026-03-02,2026-03-02,1,1,2,0.5,0.5",
        "2026-03-03,2026-03-03,2026-03-03,0,1,1,0.0,1.0",
    ]


def test_nothing_found_has_no_volume(connection):
    assert volume(connection, [query(connection, "龘")]) is None
    assert of_days({}) is None


@given(st.dictionaries(st.dates(date(1000, 1, 1), date(2900, 1, 1)), st.integers(1, 9), min_size=1, max_size=12))
def test_periods_follow_each_other_and_lose_no_article_of_the_time_that_they_show(days):
    found = of_days(days)
    assert 1 <= len(found.periods) <= MOST_PERIODS
    for one, following in zip(found.periods, found.periods[1:], strict=False):
        assert one.last + timedelta(days=1) == following.first
    assert found.periods[-1].first <= max(days) <= found.periods[-1].last
    shown = sum(number for day, number in days.items() if day >= found.periods[0].first)
    assert found.totals() == [shown]


@pytest.mark.parametrize(
    ("days", "unit", "label"),
    [(62, "day", "2026-01-01"), (63, "week", "2025-12-29"), (500, "month", "2026-01"), (2000, "quarter", "2026 Q1"),
     (6000, "year", "2026")],
)  # fmt: skip
def test_the_unit_grows_with_the_time(days, unit, label):
    first = date(2026, 1, 1)
    found = of_days({first: 1, first + timedelta(days=days - 1): 1})
    assert (found.unit, found.label(found.periods[0])) == (unit, label)


@pytest.mark.parametrize(
    ("since", "until", "clicked", "expected"),
    [
        ("", "", 5, (5, 5)),
        ("2026-03-05", "2026-03-05", 9, (5, 9)),
        ("2026-03-05", "2026-03-05", 2, (2, 5)),
        ("2026-03-05", "2026-03-09", 7, (7, 7)),
        ("2026-03-05", "2026-03-05", 5, None),
        ("2026-03-05", "", 9, (9, 9)),
        ("2026-03-05", "", 2, (2, 2)),
    ],
)
def test_a_click_chooses_extends_narrows_and_frees_the_days(since, until, clicked, expected):
    day = date(2026, 3, clicked)
    form = chosen_by(SearchForm(query="降准", since=since, until=until, after="x~1"), Period(day, day, 1, (1,)))
    days = ("", "") if expected is None else tuple(f"2026-03-{number:02}" for number in expected)
    assert (form.since, form.until, form.query, form.after) == (*days, "降准", "")


def test_the_chosen_days_are_marked_with_as_much_time_around_them(connection):
    shown = FormSearch(connection, SearchForm.of({"q": "降准", "from": "2026-03-03", "to": "2026-03-12"})).find().volume
    assert [one.first.day for one in shown.periods if one.is_chosen] == list(range(3, 13))
    assert (shown.periods[0].first.day, shown.periods[-1].last.day) == (2, 20)


def test_everything_is_counted_without_looking_at_the_articles(connection):
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    assert volume(connection, [EVERYTHING]).totals() == [7]
    assert not [sql for sql in asked if "FROM articles" in sql]
