"""The frontier, runs, problems, copies and snapshots of an archive."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support.pages import page

from newsarchive.archive import Link
from newsarchive.models import Category, Hints

if TYPE_CHECKING:
    from newsarchive.archive import Archive

NOW = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)


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
    assert [row.url for row in archive.frontier.pending(site="demo", now=later)] == ["http://demo/1"]
    assert archive.connection.execute("SELECT attempts FROM frontier").fetchall() == [(1,)]


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
    kept = page("http://demo/1", b"\xff\x00<p>", at=NOW, headers={"etag": '"x"'})
    first = archive.snapshots.save(kept)
    assert archive.snapshots.save(kept) == first
    second = archive.snapshots.save(page(kept.url, kept.body, at=NOW + timedelta(hours=1)))
    assert second != first
    assert archive.connection.execute("SELECT count(*) FROM snapshots WHERE payload_id IS NULL").fetchone() == (1,)
    kept.snapshot_id = first
    assert archive.snapshots.load(first, role="post", site="demo") == kept
    with pytest.raises(KeyError):
        archive.snapshots.load(99, role="post", site="demo")
