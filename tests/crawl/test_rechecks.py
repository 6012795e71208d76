"""When a stored copy is looked at again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.crawl.rechecks import next_recheck
from newsarchive.sites import Recheck

FOUND = datetime(2026, 3, 5, 8, tzinfo=UTC)


def after(minutes, recheck=None, published=None):
    now = FOUND + timedelta(minutes=minutes)
    at = next_recheck(recheck or Recheck(), now=now, found_at=FOUND, published_at=published)
    return None if at is None else (at - FOUND) / timedelta(minutes=1)


@pytest.mark.parametrize(
    ("minutes", "due"),
    [(0, 15), (14, 15), (15, 75), (80, 435), (440, 1875), (1900, 3315), (3400, None), (100_000, None)],
)
def test_the_times_between_two_looks_grow_until_the_window_ends(minutes, due):
    assert after(minutes) == due


def test_the_window_begins_when_the_article_came_out():
    assert after(0, published=FOUND - timedelta(days=4)) is None
    assert after(0, published=FOUND - timedelta(days=2)) == 15


def test_no_days_mean_never():
    assert after(0, Recheck(days=0)) is None


def test_the_last_interval_is_repeated():
    assert after(1000, Recheck(days=30, minutes=(10, 100))) == 1010


@given(st.floats(0, 1e6), st.floats(0, 1e4), st.lists(st.floats(1e-9, 1e5), min_size=1, max_size=5))
def test_a_look_lies_ahead_and_inside_the_window(minutes, days, steps):
    at = after(minutes, Recheck(days, tuple(steps)))
    assert at is None or minutes < at <= days * 1440 + 1
