"""What a crawl did, in numbers and in words."""

from datetime import UTC, datetime, timedelta

import pytest

from newsarchive.crawl.summary import (
    RunSummary,
    alarms_of,
    run_outcome,
    split_stats,
)

START = datetime(2026, 3, 5, tzinfo=UTC)


def summary(**fields):
    plain = {"spider": "category", "site": "demo", "outcome": "finished", "reason": None, "archive": "a.db"}
    return RunSummary(**(plain | {"started_at": START, "finished_at": START + timedelta(seconds=9)} | fields))


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("finished", "finished"),
        ("closespider_timeout", "finished"),
        ("shutdown", "stopped"),
        ("start_error", "failed"),
        ("memusage_exceeded", "failed"),
        ("closespider_errorcount", "failed"),
        ("anything new", "failed"),
    ],
)
def test_an_ending_that_nobody_foresaw_is_a_failure(reason, outcome):
    assert run_outcome(reason) == outcome


def test_only_a_finished_crawl_has_the_exit_status_of_success():
    assert [summary(outcome=o).exit_status for o in ("finished", "stopped", "failed")] == [0, 1, 1]


def test_counts_are_taken_from_the_stats_and_problems_stand_apart():
    stats = {
        "newsarchive/articles/new": 3,
        "newsarchive/problems/gone": 2,
        "downloader/request_count": 9,
        "start_time": START,
    }
    assert split_stats(stats) == ({"articles/new": 3, "requests": 9}, {"gone": 2})


def test_a_person_reads_the_numbers_and_the_reasons():
    text = "\n".join(summary(counts={"articles/new": 3, "links/known": 4}, problems={"gone": 2}, pending=5).lines())
    assert "category of demo finished after 9 s" in text
    assert "3 new, 0 changed, 4 known" in text
    assert "2 x gone (the server says that the page is not there" in text
    assert "waiting for a later run: 5" in text


def test_losses_are_an_alarm_when_they_are_many_and_a_large_part():
    def told(**counts):
        return alarms_of(counts, losses_percent=10, silent_hours=0, silence_hours=48)

    assert told(lost=9, **{"articles/new": 1}) == []
    assert told(lost=9) == ["none of 9 pages that were new brought an article"]
    assert told(lost=2) == ["none of 2 pages that were new brought an article"]
    assert told(lost=1) == []
    assert told(lost=9, **{"lost/again": 8}) == [], "what failed before is told by its first failure"
    assert told(lost=10, **{"articles/new": 90}) == []
    arrived = {"articles/new": 50, "articles/changed": 20, "articles/known": 10, "checks/unchanged": 20}
    assert told(lost=12, **arrived) == ["12 of 112 pages brought no article"]
    assert told(lost=12, pages=12) == ["12 of 12 pages brought no article"]
    missed = {"listings/failed": 20, "listings/unchanged": 50}
    assert told(**missed) == ["20 of 70 listing pages could not be read"]


@pytest.mark.parametrize(
    ("count", "alarm"),
    [
        ("listings/damaged", "1 of 5 listing pages did not have what they should"),
        ("listings/cut", "1 of 5 listing pages were cut at a limit"),
    ],
)
def test_a_single_listing_that_is_not_what_it_should_be_is_an_alarm(count, alarm):
    counts = {"listings/read": 5, count: 1}
    assert alarms_of(counts, losses_percent=10, silent_hours=0, silence_hours=48) == [alarm]


def test_silence_is_an_alarm():
    assert alarms_of({}, losses_percent=10, silent_hours=49, silence_hours=48) == ["nothing new for 49 hours"]
