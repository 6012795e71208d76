"""The frontier, runs, problems, copies and snapshots of an archive."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from newsarchive.archive import Archive, Link
from newsarchive.models import Category, Hints, Page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newsarchive.archive.frontier import End

NOW = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive.db") as opened:
        yield opened


def test_a_url_is_noted_once_and_given_back_with_its_hints_in_the_order_found(archive: Archive) -> None:
    hints = Hints(title="标题", category=Category("jiangwan", "江湾晚报"))
    first = Link("http://demo/1", "demo", "post", "http://demo/", hints)
    second = Link("http://demo/0", "demo", "post")
    assert archive.frontier.add([first, second, first], None, NOW) == 2
    assert archive.frontier.add([first], None, NOW) == 0
    rows = archive.frontier.pending(site="demo", now=NOW)
    assert [(row.url, row.found_on, row.hints) for row in rows] == [
        ("http://demo/1", "http://demo/", hints),
        ("http://demo/0", None, Hints()),
    ]
    assert archive.frontier.pending(site="other", now=NOW) == []


def test_a_url_to_be_tried_again_waits_for_its_time_and_counts_attempts(archive: Archive) -> None:
    archive.frontier.add([Link("http://demo/1", "demo", "post")], None, NOW)
    later = NOW + timedelta(minutes=10)
    archive.frontier.retry("http://demo/1", reason="unreachable", now=NOW, next_at=later)
    assert archive.frontier.pending(site="demo", now=NOW) == []
    assert [row.attempts for row in archive.frontier.pending(site="demo", now=later)] == [1]


def test_an_ended_url_keeps_its_reason_and_is_not_noted_again(archive: Archive) -> None:
    found = Link("http://demo/1", "demo", "post")
    archive.frontier.add([found], None, NOW)
    archive.frontier.end(found.url, state="gone", reason="gone", now=NOW)
    assert archive.frontier.add([found], None, NOW) == 0
    assert archive.connection.execute("SELECT state, reason FROM frontier").fetchall() == [("gone", "gone")]


def test_what_robots_txt_forbade_is_pending_again_when_it_is_found_a_day_later(archive: Archive) -> None:
    found = Link("http://demo/1", "demo", "post")
    archive.frontier.add([found], None, NOW)
    archive.frontier.end(found.url, state="blocked", reason="robots", now=NOW)
    assert archive.frontier.add([found], None, NOW + timedelta(hours=23)) == 0
    assert archive.frontier.add([found], None, NOW + timedelta(hours=25)) == 1
    assert [row.url for row in archive.frontier.pending(site="demo", now=NOW + timedelta(hours=25))] == [found.url]


def test_a_reason_that_nobody_knows_is_refused(archive: Archive) -> None:
    with pytest.raises(ValueError, match="'bad luck' is no reason"):
        archive.frontier.end("http://demo/1", state="failed", reason="bad luck", now=NOW)
    with pytest.raises(ValueError, match="'bad luck' is no reason"):
        archive.problems.add(None, url="u", site=None, stage="read", reason="bad luck", now=NOW)


def test_a_problem_that_comes_again_is_counted_and_not_repeated(archive: Archive) -> None:
    for hour in (0, 1):
        archive.problems.add(
            None, url="u", site="demo", stage="fetch", reason="gone", detail="404", now=NOW + timedelta(hours=hour)
        )
    rows = archive.connection.execute("SELECT reason, count, first_at, last_at FROM problems").fetchall()
    assert rows == [("gone", 2, "2026-03-05T01:00:00Z", "2026-03-05T02:00:00Z")]


def test_a_run_whose_process_died_is_closed_as_killed_by_the_next(archive: Archive) -> None:
    code = (
        "import sys, os; from datetime import datetime, UTC; from newsarchive.archive import Archive;"
        "Archive.open(sys.argv[1]).runs.start(spider='category', site='demo', arguments={}, now=datetime.now(UTC));"
        "os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(archive.path)], check=False)
    mine = archive.runs.start(spider="category", site="demo", arguments={"limit": "3"}, now=NOW)
    other = archive.runs.start(spider="share", site="demo", arguments={}, now=NOW)
    archive.runs.finish(mine, outcome="finished", counts={"new": 3}, now=NOW)
    outcomes = archive.connection.execute("SELECT id, outcome, counts FROM runs ORDER BY id").fetchall()
    assert outcomes == [(1, "killed", None), (mine, "finished", '{"new": 3}'), (other, "running", None)]


def test_a_page_comes_back_from_its_snapshot_as_it_was_and_equal_bodies_are_kept_once(archive: Archive) -> None:
    page = Page("http://demo/1", "post", "demo", b"\xff\x00<p>", NOW, 200, {"etag": '"x"'})
    first = archive.snapshots.save(page)
    assert archive.snapshots.save(page) == first
    second = archive.snapshots.save(Page("http://demo/1", "post", "demo", page.body, NOW + timedelta(hours=1), 200, {}))
    assert second != first
    assert archive.connection.execute("SELECT count(*) FROM snapshots WHERE payload_id IS NULL").fetchone() == (1,)
    page.snapshot_id = first
    assert archive.snapshots.load(first, role="post", site="demo") == page
    with pytest.raises(KeyError):
        archive.snapshots.load(99, role="post", site="demo")


def test_what_is_stored_after_a_failure_has_no_reason_and_no_time_left(archive: Archive) -> None:
    archive.frontier.add([Link("http://demo/1", "demo", "post")], None, NOW)
    archive.frontier.retry("http://demo/1", reason="unreachable", now=NOW, next_at=NOW + timedelta(minutes=10))
    archive.frontier.done("http://demo/1", NOW)
    assert archive.connection.execute("SELECT state, reason, next_at FROM frontier").fetchall() == [
        ("done", None, None)
    ]


@pytest.mark.parametrize(
    ("state", "reason", "after"),
    [
        ("rejected", "no-body", "done"),
        ("failed", "spider-error", "done"),
        ("gone", "gone", "gone"),
        ("blocked", "robots", "blocked"),
    ],
)
def test_a_page_found_elsewhere_ends_only_what_was_given_up_for_its_content(
    archive: Archive, state: End, reason: str, after: str
) -> None:
    archive.frontier.add([Link("http://demo/1", "demo", "post")], None, NOW)
    archive.frontier.accept("http://demo/1", NOW)
    assert archive.frontier.counts() == {"pending": 1}
    archive.frontier.end("http://demo/1", state=state, reason=reason, now=NOW)
    archive.frontier.accept("http://demo/1", NOW)
    assert archive.frontier.counts() == {after: 1}


def test_only_what_is_done_is_rechecked(archive: Archive) -> None:
    archive.frontier.add([Link("http://demo/1", "demo", "post")], None, NOW)
    archive.frontier.schedule_recheck("http://demo/1", NOW)
    assert archive.frontier.rechecks(site="demo", now=NOW, limit=9) == []
    assert [row.url for row in archive.frontier.pending(site="demo", now=NOW)] == ["http://demo/1"]
    assert archive.frontier.found_at("http://demo/1") == NOW
    assert archive.frontier.found_at("http://demo/2") is None
