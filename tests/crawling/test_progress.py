"""The line that tells how a crawl is doing."""

from datetime import timedelta

from newsarchive.crawling.progress import state_of

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
