"""Runs that found nothing are kept for a month, and what they counted for ever."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from support.pages import AT

from newsarchive.archive import Link
from newsarchive.models import QUIET_DAYS

if TYPE_CHECKING:
    from newsarchive.archive import Archive

NOTHING = {"requests": 6, "responses": 6, "bytes": 900, "listings/unchanged": 5}


def run(
    archive: Archive, *, days: float, counts: dict[str, int] = NOTHING, outcome: str = "finished", **more: Any
) -> int:
    """Record a run that ended so many days after the first."""
    at = AT + timedelta(days=days)
    run_id = archive.runs.start(spider=more.pop("spider", "site"), site="demo", arguments={}, now=at)
    archive.runs.finish(run_id, outcome=outcome, counts=counts, now=at, **more)
    return run_id


def compact(archive: Archive, days: float) -> int:
    """Compact as a run does that ends so many days after the first."""
    return archive.runs.compact(AT + timedelta(days=days))


def kept(archive: Archive) -> list[int]:
    return [run_id for (run_id,) in archive.connection.execute("SELECT id FROM runs ORDER BY id")]


def days(archive: Archive) -> list[tuple[str, int, dict[str, int]]]:
    rows = archive.connection.execute("SELECT day, runs, counts FROM run_days ORDER BY day, spider")
    return [(day, count, json.loads(counts)) for day, count, counts in rows]


def test_a_run_that_found_nothing_is_kept_for_a_month_and_then_counted_in_its_day(archive: Archive) -> None:
    for hours in (0, 1, 23):  # the last is of the next day
        run(archive, days=hours / 24)
    assert compact(archive, QUIET_DAYS - 0.01) == 0
    assert len(kept(archive)) == 3
    assert compact(archive, QUIET_DAYS + 1) == 3
    assert kept(archive) == []
    twice = {name: 2 * number for name, number in NOTHING.items()}
    assert days(archive) == [("2026-03-05", 2, twice), ("2026-03-06", 1, NOTHING)]


def test_a_run_that_found_something_or_failed_keeps_its_row(archive: Archive) -> None:
    something: list[dict[str, Any]] = [
        {"counts": NOTHING | {"articles/new": 1}},
        {"counts": NOTHING | {"links/new": 2}},
        {"counts": NOTHING | {"problems/http-error": 1}},
        {"counts": NOTHING | {"articles/changed": 1}},
        {"counts": NOTHING | {"a/count/of/tomorrow": 1}},
        {"counts": NOTHING, "outcome": "failed"},
        {"counts": NOTHING, "outcome": "stopped"},
        {"counts": NOTHING, "reason": "nothing new for 50 hours"},
    ]
    ids = [run(archive, days=0, **more) for more in something]
    run(archive, days=0)
    run(
        archive,
        days=0,
        counts=NOTHING | {"links/new": 0, "links/known": 40, "listings/sweep": 1, "checks/unchanged": 2},
    )
    assert compact(archive, 40) == 10
    assert kept(archive) == ids
    assert [count for _, count, _ in days(archive)] == [10]


def test_a_run_that_a_row_refers_to_keeps_its_row(archive: Archive) -> None:
    found, met, neither = (run(archive, days=0) for _ in range(3))
    archive.frontier.add([Link("http://demo/1.html", "demo", "post")], found, AT)
    archive.problems.add(met, url="http://demo/", site="demo", stage="listing", reason="http-error", now=AT)
    compact(archive, 40)
    assert kept(archive) == [found, met]
    assert neither not in kept(archive)


def test_each_run_is_counted_once(archive: Archive) -> None:
    run(archive, days=0, counts=NOTHING | {"articles/new": 1})
    for _ in range(3):
        compact(archive, 40)
    run(archive, days=10)
    compact(archive, 41)
    assert [(day, count) for day, count, _ in days(archive)] == [("2026-03-05", 1), ("2026-03-15", 1)]


def test_spiders_are_counted_each_for_itself(archive: Archive) -> None:
    run(archive, days=0, spider="site")
    run(archive, days=0, spider="feed")
    compact(archive, 40)
    assert [count for _, count, _ in days(archive)] == [1, 1]


def test_what_follows_a_run_that_still_goes_on_waits(archive: Archive) -> None:
    archive.runs.start(spider="site", site="demo", arguments={}, now=AT)
    run(archive, days=0)
    assert compact(archive, 40) == 0
    assert len(kept(archive)) == 2


def test_many_runs_are_counted_little_by_little(archive: Archive) -> None:
    with archive.transaction():
        for _ in range(1005):
            run(archive, days=0)
    assert [compact(archive, 40), compact(archive, 40), compact(archive, 40)] == [1000, 5, 0]
