"""Retry-After as servers write it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.crawl.http.retry_after import parse_retry_after

NOW = datetime(2026, 3, 5, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Thu, 05 Mar 2026 12:01:30 GMT", 90),
        ("Thursday, 05-Mar-26 12:01:30 GMT", 90),
        ("Thu, 05 Mar 2026 20:01:30 +0800", 90),
        ("Thu, 05 Mar 2026 11:00:00 GMT", 0),
    ],
)
def test_seconds_and_dates_are_understood(value, seconds):
    assert parse_retry_after(value, NOW) == seconds


@pytest.mark.parametrize("value", ["", "soon", "-5", "1.5", "９", "99999999999999999999", "Thu, 99 Mar 2026"])
def test_anything_else_says_nothing(value):
    assert parse_retry_after(value, NOW) is None


@given(st.text(max_size=60))
def test_no_header_makes_it_fail(value):
    seconds = parse_retry_after(value, NOW)
    assert seconds is None or seconds >= 0
