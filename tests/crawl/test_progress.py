"""The line that tells how a crawl is doing."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from newsarchive.crawl.progress import state_of

STATS = {
    "newsarchive/pages": 80,
    "newsarchive/listings/read": 15,
    "newsarchive/listings/unchanged": 5,
    "newsarchive/articles/new": 70,
    "newsarchive/articles/changed": 3,
    "newsarchive/links/known": 400,
    "newsarchive/problems/gone": 2,
    "newsarchive/problems/no-title": 1,
    "downloader/request_count": 999,
}


def test_the_line_tells_pages_articles_problems_and_the_time_left():
    state = state_of(STATS, pending=50, seconds=10)
    assert state.line() == (
        "100 pages (10.0/s), articles: 70 new, 3 changed, 400 known, 50 pending, 3 problems, 0:00:05 left"
    )


def test_the_time_left_is_not_told_before_it_is_known():
    assert state_of(STATS, pending=50, seconds=1).left is None
    assert state_of({}, pending=50, seconds=100).left is None
    assert state_of(STATS, pending=0, seconds=100).left is None
    assert state_of(STATS, pending=20, seconds=10).left == timedelta(seconds=2)


STATE = state_of(STATS, pending=50, seconds=10)


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (120, "site of finews: 100 pages (10.0/s), articles: 70 new, 3 changed, 400 known, 50 pending, 3 problems,"
         " 0:00:05 left"),
        (100, "site of finews: 100 pages, articles: 70 new, 3 changed, 50 pending, 3 problems, 0:00:05 left"),
        (80, "site of finews: 100 pages, 70 new, 3 changed, 50 pending, 3 problems, 0:00:05 left"[16:]),
        (60, "100 pages, 70 new, 50 pending, 3 problems, 0:00:05 left"),
        (31, "100 pages, 70 new, 50 pending"),
    ],
)  # fmt: skip
def test_a_narrow_terminal_goes_without_what_is_needed_least(columns, line):
    assert STATE.line("site of finews", columns) == line


@given(st.integers(0, 200), st.text(max_size=30))
def test_no_line_is_wider_than_the_terminal(columns, label):
    assert cell_len(STATE.line(label, columns)) <= columns
