"""A run whose clock was ahead does not hide what later runs find, and every later run tells of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support.articles import article
from support.crawling import operations_on
from support.pages import page

from newsarchive.archive import Archive, Link
from newsarchive.archive.health import health

if TYPE_CHECKING:
    from newsarchive.crawl.writer.operations import Operations

NOW = datetime.now(UTC).replace(microsecond=0)
AHEAD = NOW + timedelta(days=400)
URL = "http://demo/post/1.html"


def fetched(operations: Operations, text: str, at: datetime) -> None:
    where = page(URL, f"<p>{text}</p>", at=at)
    with operations.archive.transaction():
        operations.save(where)
        operations.store(article(where, text, key="k1", title="渡轮"), [])


@pytest.fixture
def operations(archive: Archive) -> Operations:
    """Return the operations of a run after one whose clock was ahead."""
    with archive.transaction():
        archive.runs.start(spider="category", site="demo", arguments={}, now=AHEAD)
        archive.frontier.add([Link(URL, "demo", "post")], None, AHEAD)
    operations = operations_on(archive)
    fetched(operations, "早班渡轮七点开", AHEAD)
    archive.frontier.done(URL, AHEAD)
    return operations


def bodies(archive: Archive) -> list[str]:
    return [body for (body,) in archive.connection.execute("SELECT body FROM articles")]


def test_what_is_fetched_now_is_the_latest_and_so_are_changes_after_it(operations: Operations) -> None:
    for number, text in enumerate(("早班渡轮八点开", "早班渡轮停航", "早班渡轮八点开")):
        fetched(operations, text, NOW + timedelta(minutes=number))
        assert bodies(operations.archive) == [text]
    (count,) = operations.archive.connection.execute("SELECT count(*) FROM readings").fetchone()
    assert count == 4


def test_a_page_of_an_earlier_time_that_is_read_from_a_file_stays_an_earlier_one(operations: Operations) -> None:
    operations.crawl = replace(operations.crawl, fetches=False)
    fetched(operations, "早班渡轮从前六点开", NOW)
    assert bodies(operations.archive) == ["早班渡轮七点开"]


def test_what_was_put_off_or_taken_for_old_is_due_again_once(operations: Operations) -> None:
    frontier = operations.archive.frontier
    assert frontier.rechecks(site="demo", now=NOW, limit=9) == []
    frontier.bring_back(site="demo", now=NOW)
    assert [entry.url for entry in frontier.rechecks(site="demo", now=NOW, limit=9)] == [URL]
    frontier.schedule_recheck(URL, None)
    assert frontier.bring_back(site="demo", now=NOW) == 0


def test_what_was_given_up_is_tried_again_when_a_listing_names_it(operations: Operations) -> None:
    frontier, link = operations.archive.frontier, Link("http://demo/post/2.html", "demo", "post")
    frontier.add([link], None, NOW)
    frontier.end(link.url, state="failed", reason="http-error", now=AHEAD)
    assert frontier.add([link], None, NOW) == 1
    frontier.end(link.url, state="failed", reason="http-error", now=NOW)
    assert frontier.add([link], None, NOW + timedelta(minutes=5)) == 0


def test_the_runs_after_it_tell(operations: Operations) -> None:
    archive = operations.archive
    assert archive.runs.ahead(NOW) == AHEAD
    assert archive.runs.ahead(AHEAD) is None
    (one,) = health(archive.connection, NOW)
    assert any("a clock was ahead" in alarm for alarm in one.alarms(NOW, run_hours=9999, silence_hours=9999))
