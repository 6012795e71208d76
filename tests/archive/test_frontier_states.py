"""The states of a URL in the frontier, and what each step from one to the next leaves of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newsarchive.archive import FrontierEntry, Link
from newsarchive.archive.listings import Validators
from newsarchive.models import (
    Article,
    Category,
    Hints,
    Page,
    Paragraph,
)

if TYPE_CHECKING:
    from newsarchive.archive import Archive

NOW = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
URL = "http://demo/1"
STATE = "state, reason, next_at, ended_at, attempts"


def row(archive: Archive, columns: str = STATE, url: str = URL) -> tuple[Any, ...]:
    return archive.connection.execute(f"SELECT {columns} FROM frontier WHERE url = ?", (url,)).fetchone()


def find(archive: Archive, *urls: str, now: datetime = NOW, **more: Any) -> int:
    return archive.frontier.add([Link(url, "demo", "post", **more) for url in urls], None, now)


def urls(rows: list[FrontierEntry]) -> list[str]:
    return [row.url for row in rows]


def test_a_url_that_is_found_is_pending_and_remembers_who_found_it_where_and_when(archive: Archive) -> None:
    run = archive.runs.start(spider="category", site="demo", arguments={}, now=NOW)
    archive.frontier.add([Link(URL, "demo", "share", "http://demo/list", Hints(title="题"))], run, NOW)
    assert row(archive) == ("pending", None, None, None, 0)
    assert row(archive, "site, role, found_on, found_at, run_id, hints") == (
        "demo",
        "share",
        "http://demo/list",
        "2026-03-05T01:00:00Z",
        run,
        '{"title": "题"}',
    )


def test_a_url_that_is_known_stays_as_it_is_when_it_is_found_again(archive: Archive) -> None:
    find(archive, URL)
    assert find(archive, URL, now=NOW + HOUR, found_on="http://demo/other", hints=Hints(title="题")) == 0
    assert row(archive, "found_on, found_at, hints") == (None, "2026-03-05T01:00:00Z", None)


def test_pending_urls_come_in_the_order_found_by_site_and_role_and_no_more_than_asked_for(archive: Archive) -> None:
    archive.frontier.add(
        [
            Link("http://demo/3", "demo", "post"),
            Link("http://demo/1", "demo", "share", "http://demo/", Hints(title="题")),
            Link("http://other/1", "other", "post"),
            Link("http://demo/2", "demo", "post"),
        ],
        None,
        NOW,
    )
    pending = archive.frontier.pending
    assert urls(pending(site="demo", now=NOW)) == ["http://demo/3", "http://demo/1", "http://demo/2"]
    assert urls(pending(site="demo", now=NOW, limit=2)) == ["http://demo/3", "http://demo/1"]
    assert urls(pending(site="demo", now=NOW, limit=0)) == []
    assert urls(pending(site="demo", now=NOW, role="post")) == ["http://demo/3", "http://demo/2"]
    assert pending(site="demo", now=NOW, role="share") == [
        FrontierEntry("http://demo/1", "demo", "share", "http://demo/", Hints(title="题"))
    ]


def test_a_url_to_be_tried_again_is_pending_from_its_time_on(archive: Archive) -> None:
    find(archive, URL)
    for attempt in (1, 2):
        archive.frontier.retry(URL, reason="http-error", now=NOW, next_at=NOW + HOUR)
        assert row(archive) == (
            "pending",
            "http-error",
            "2026-03-05T02:00:00Z",
            "2026-03-05T01:00:00Z",
            attempt,
        )
    assert archive.frontier.pending(site="demo", now=NOW + HOUR - SECOND) == []
    assert urls(archive.frontier.pending(site="demo", now=NOW + HOUR)) == [URL]
    assert row(archive, "attempts") == (2,)


def test_a_url_that_is_given_up_keeps_its_reason_and_is_due_no_more(archive: Archive) -> None:
    find(archive, URL)
    archive.frontier.retry(URL, reason="unreachable", now=NOW, next_at=NOW + HOUR)
    archive.frontier.end(URL, state="failed", reason="http-error", now=NOW + DAY)
    assert row(archive) == ("failed", "http-error", None, "2026-03-06T01:00:00Z", 2)
    assert archive.frontier.pending(site="demo", now=NOW + 9 * DAY) == []


def test_a_url_that_is_stored_forgets_why_it_failed_before(archive: Archive) -> None:
    find(archive, URL, "http://demo/2")
    archive.frontier.retry(URL, reason="unreachable", now=NOW, next_at=NOW + HOUR)
    archive.frontier.done(URL, NOW + DAY)
    assert row(archive) == ("done", None, None, "2026-03-06T01:00:00Z", 0)
    assert row(archive, "state", "http://demo/2") == ("pending",)


@pytest.mark.parametrize("state", ["rejected", "failed"])
def test_a_url_given_up_for_its_page_is_accepted_when_that_page_is_found_elsewhere(
    archive: Archive, state: Any
) -> None:
    find(archive, URL, "http://demo/2")
    for url in (URL, "http://demo/2"):
        archive.frontier.end(url, state=state, reason="no-body", now=NOW)
    archive.frontier.accept(URL, NOW + DAY)
    assert row(archive) == ("done", None, None, "2026-03-06T01:00:00Z", 0)
    assert row(archive, "state", "http://demo/2") == (state,)


def test_a_url_that_is_tried_again_is_accepted_when_its_page_is_found_elsewhere(archive: Archive) -> None:
    find(archive, URL)
    archive.frontier.retry(URL, reason="empty-page", now=NOW, next_at=NOW + HOUR)
    archive.frontier.accept(URL, NOW + DAY)
    assert row(archive) == ("done", None, None, "2026-03-06T01:00:00Z", 0)


@pytest.mark.parametrize("state", ["gone", "blocked"])
def test_a_url_given_up_for_another_reason_stays_so_although_its_page_is_found_elsewhere(
    archive: Archive, state: Any
) -> None:
    find(archive, URL)
    archive.frontier.end(URL, state=state, reason="robots", now=NOW)
    archive.frontier.accept(URL, NOW + DAY)
    assert row(archive) == (state, "robots", None, "2026-03-05T01:00:00Z", 1)


def test_a_pending_url_is_still_to_be_fetched_although_its_page_is_found_elsewhere(archive: Archive) -> None:
    find(archive, URL)
    archive.frontier.accept(URL, NOW)
    assert row(archive) == ("pending", None, None, None, 0)


@pytest.mark.parametrize("state", ["gone", "blocked", "rejected", "failed"])
def test_what_was_given_up_is_pending_again_when_it_is_found_from_the_day_after_on(
    archive: Archive, state: Any
) -> None:
    find(archive, URL)
    archive.frontier.end(URL, state=state, reason="robots", now=NOW)
    assert find(archive, URL, now=NOW + DAY - SECOND) == 0
    assert row(archive, "state") == (state,)
    assert find(archive, URL, now=NOW + DAY) == 1
    assert row(archive, "state, found_at, attempts") == ("pending", "2026-03-05T01:00:00Z", 1)


@pytest.mark.parametrize("at", [-DAY - HOUR, -DAY, -DAY + SECOND, timedelta(0), HOUR, 2 * DAY])
def test_whether_anything_may_be_pending_again_is_told_as_it_is_done_also_after_a_clock_was_ahead(
    archive: Archive, at: timedelta
) -> None:
    find(archive, URL)
    archive.frontier.end(URL, state="gone", reason="gone", now=NOW + at)
    is_told = archive.frontier.may_reopen("demo", NOW)
    assert (is_told, archive.frontier.may_reopen("other", NOW)) == (not -DAY < at <= HOUR, False)
    assert find(archive, URL, now=NOW) == is_told


def test_what_is_stored_is_not_pending_again_however_late_it_is_found(archive: Archive) -> None:
    find(archive, URL)
    stored(archive, URL)
    archive.frontier.end(URL, state="gone", reason="gone", now=NOW)
    assert find(archive, URL, now=NOW + 99 * DAY) == 0
    assert row(archive, "state") == ("gone",)


def test_a_stored_copy_that_is_gone_is_rechecked_when_it_is_named_a_day_later(archive: Archive) -> None:
    find(archive, URL)
    stored(archive, URL)
    archive.frontier.end(URL, state="gone", reason="gone", now=NOW)
    archive.frontier.doubt_gone([URL], NOW + DAY - SECOND)
    assert row(archive, "state") == ("gone",)
    archive.frontier.doubt_gone([URL], NOW + DAY)
    assert row(archive) == ("done", None, "2026-03-06T01:00:00Z", "2026-03-05T01:00:00Z", 1)


def stored(archive: Archive, url: str, **headers: str) -> None:
    """Store an article from a page that was kept."""
    page = Page(url, "post", "demo", url.encode(), NOW, headers=headers)
    page.snapshot_id = archive.snapshots.save(page)
    archive.store(Article(page=page, article_key=url, title="题", paragraphs=[Paragraph("文。")]), None, NOW)


def test_stored_copies_are_rechecked_the_longest_due_first_with_what_they_are_known_by(archive: Archive) -> None:
    every = [f"http://demo/{number}" for number in range(5)]
    find(archive, *every, found_on="http://demo/", hints=Hints(title="题"))
    for url in every[:4]:
        stored(archive, url, etag=f'"{url}"', **{"last-modified": "Thu"})
    for url, wait in zip(every, (2 * HOUR, HOUR, 3 * HOUR, None, HOUR), strict=True):
        archive.frontier.schedule_recheck(url, wait and NOW + wait)
    rechecks = archive.frontier.rechecks
    assert rechecks(site="demo", now=NOW + HOUR - SECOND, limit=9) == []
    assert urls(rechecks(site="demo", now=NOW + HOUR, limit=9)) == [every[1]]
    assert urls(rechecks(site="demo", now=NOW + DAY, limit=9)) == [every[1], every[0], every[2]]
    assert urls(rechecks(site="demo", now=NOW + DAY, limit=2)) == [every[1], every[0]]
    assert rechecks(site="other", now=NOW + DAY, limit=9) == []
    (digest,) = archive.connection.execute("SELECT digest FROM snapshots WHERE url = ?", (every[1],)).fetchone()
    known_by = Validators(f'"{every[1]}"', "Thu", digest)
    assert rechecks(site="demo", now=NOW + HOUR, limit=1) == [
        FrontierEntry(every[1], "demo", "post", "http://demo/", Hints(title="题"), known_by)
    ]


def test_only_what_is_stored_is_rechecked_and_never_when_told_so(archive: Archive) -> None:
    find(archive, URL)
    archive.frontier.schedule_recheck(URL, NOW)
    assert row(archive, "next_at") == (None,)
    stored(archive, URL)
    archive.frontier.schedule_recheck(URL, NOW)
    assert row(archive, "next_at") == ("2026-03-05T01:00:00Z",)
    archive.frontier.schedule_recheck(URL, None)
    assert row(archive, "next_at") == (None,)


def test_when_and_where_a_url_was_found_can_be_asked(archive: Archive) -> None:
    hints = Hints("题", "2026-03-05", Category("jiangwan", "江湾晚报", "http://demo/jiangwan/"), "江湾晚报")
    find(archive, URL, found_on="http://demo/", hints=hints)
    assert archive.frontier.found_at(URL) == NOW
    assert archive.frontier.hints(URL) == (hints, "http://demo/")
    assert archive.frontier.found_at("http://demo/unknown") is None
    assert archive.frontier.hints("http://demo/unknown") == (Hints(), None)


def test_hints_are_written_in_one_way_and_what_is_empty_is_left_out(archive: Archive) -> None:
    find(archive, URL, hints=Hints(title="题", source="", category=Category("c")))
    assert row(archive, "hints") == ('{"category": {"name": null, "slug": "c", "url": null}, "title": "题"}',)
    assert archive.frontier.hints(URL)[0] == Hints(title="题", category=Category("c"))


def test_a_try_counts_from_its_beginning_and_once(archive: Archive) -> None:
    find(archive, URL)
    archive.frontier.begin(URL)
    assert row(archive) == ("pending", "unfinished", None, None, 1)
    assert archive.frontier.tries(URL) == archive.frontier.tries("http://demo/unknown") == 1
    archive.frontier.retry(URL, reason="http-error", now=NOW, next_at=NOW)
    assert row(archive, "reason, attempts") == ("http-error", 1)
    assert archive.frontier.tries(URL) == 2
    archive.frontier.begin(URL)
    archive.frontier.end(URL, state="failed", reason="http-error", now=NOW)
    assert row(archive, "state, reason, attempts") == ("failed", "http-error", 2)
    archive.frontier.begin(URL)
    assert row(archive, "state, reason, attempts") == ("failed", "http-error", 2)


def test_what_was_on_its_way_when_a_run_was_killed_is_not_pending_but_unfinished(archive: Archive) -> None:
    find(archive, URL, "http://demo/2", "http://demo/3", "http://demo/4")
    stored(archive, "http://demo/3", etag='"3"')
    archive.frontier.schedule_recheck("http://demo/3", NOW)
    for url in (URL, "http://demo/2", "http://demo/3", URL):
        archive.frontier.begin(url)
    assert urls(archive.frontier.pending(site="demo", now=NOW)) == ["http://demo/4"]
    assert archive.frontier.rechecks(site="demo", now=NOW, limit=9) == []
    unfinished = archive.frontier.unfinished(site="demo")
    assert [(one.url, *row(archive, "attempts", one.url), one.is_unfinished) for one in unfinished] == [
        ("http://demo/2", 1, True),
        ("http://demo/3", 1, True),
        (URL, 2, True),
    ]
    assert [one.validators and one.validators.etag for one in unfinished] == [None, '"3"', None]
    assert unfinished[0].validators is None
    assert archive.frontier.unfinished(site="other") == []


def test_a_recheck_that_ends_is_unfinished_no_more(archive: Archive) -> None:
    find(archive, URL)
    stored(archive, URL)
    archive.frontier.begin(URL)
    archive.frontier.missed(URL, NOW + HOUR)
    assert row(archive, "state, reason, attempts") == ("done", None, 1)
    archive.frontier.begin(URL)
    archive.frontier.schedule_recheck(URL, None)
    assert row(archive, "state, reason, attempts") == ("done", None, 0)


def test_what_killed_runs_is_not_pending_again(archive: Archive) -> None:
    find(archive, URL)
    archive.frontier.end(URL, state="failed", reason="unfinished", now=NOW)
    assert find(archive, URL, now=NOW + 99 * DAY) == 0


AHEAD = HOUR + SECOND  # more than clocks of two machines may differ
LONGEST = timedelta(days=100)


@pytest.mark.parametrize(
    ("ended", "next_at", "is_brought_back"),
    [
        (AHEAD, AHEAD, True),
        (AHEAD, HOUR, False),
        (HOUR, AHEAD, False),
        (HOUR, LONGEST, False),
        (HOUR, LONGEST + SECOND, True),
        (-DAY, LONGEST + SECOND, True),
    ],
)
def test_what_a_clock_that_was_ahead_has_put_off_is_due_at_once(
    archive: Archive, ended: timedelta, next_at: timedelta, is_brought_back: bool
) -> None:
    find(archive, URL, "http://demo/2")
    archive.frontier.retry(URL, reason="http-error", now=NOW + ended, next_at=NOW + next_at)
    before = row(archive)
    assert archive.frontier.bring_back(site="other", now=NOW) == 0
    assert row(archive) == before
    assert archive.frontier.bring_back(site="demo", now=NOW) == is_brought_back
    due = (*before[:2], "2026-03-05T01:00:00Z", min(before[3], "2026-03-05T01:00:00Z"), before[4])
    assert row(archive) == (due if is_brought_back else before)
    assert row(archive, url="http://demo/2") == ("pending", None, None, None, 0)


@pytest.mark.parametrize(
    ("ended", "next_at", "is_brought_back"),
    [
        (HOUR, None, False),
        (AHEAD, None, True),
        (AHEAD, HOUR, True),
        (HOUR, AHEAD, False),
        (-DAY, LONGEST, False),
        (-DAY, LONGEST + SECOND, True),
    ],
)
def test_what_a_clock_that_was_ahead_has_stored_is_rechecked_at_once(
    archive: Archive, ended: timedelta, next_at: timedelta | None, is_brought_back: bool
) -> None:
    find(archive, URL)
    archive.frontier.done(URL, NOW + ended)
    archive.frontier.schedule_recheck(URL, next_at and NOW + next_at)
    before = row(archive)
    assert archive.frontier.bring_back(site="demo", now=NOW) == is_brought_back
    due = ("done", None, "2026-03-05T01:00:00Z", min(before[3], "2026-03-05T01:00:00Z"), 0)
    assert row(archive) == (due if is_brought_back else before)


def test_what_was_given_up_by_a_clock_that_was_ahead_is_left_as_it_is(archive: Archive) -> None:
    find(archive, URL)
    archive.frontier.end(URL, state="gone", reason="gone", now=NOW + DAY)
    assert archive.frontier.bring_back(site="demo", now=NOW) == 0
    assert row(archive) == ("gone", "gone", None, "2026-03-06T01:00:00Z", 1)


@pytest.mark.parametrize("at", [-DAY, -DAY + SECOND, timedelta(0), HOUR, AHEAD])
def test_a_stored_copy_that_is_gone_is_rechecked_also_after_a_clock_was_ahead(archive: Archive, at: timedelta) -> None:
    find(archive, URL)
    stored(archive, URL)
    archive.frontier.end(URL, state="gone", reason="gone", now=NOW + at)
    archive.frontier.doubt_gone(["http://demo/unknown", URL], NOW)
    assert row(archive, "state") == ("gone" if -DAY < at <= HOUR else "done",)


def test_the_next_work_of_a_site_is_the_first_that_is_due_and_what_is_new_has_always_been(archive: Archive) -> None:
    next_work = archive.frontier.next_work
    assert next_work("demo") is None
    find(archive, URL, "http://demo/2", "http://demo/3")
    archive.frontier.end("http://demo/3", state="gone", reason="gone", now=NOW)
    assert next_work("demo") == datetime(1, 1, 1, tzinfo=UTC)
    assert next_work("other") is None
    archive.frontier.retry(URL, reason="http-error", now=NOW, next_at=NOW + DAY)
    archive.frontier.done("http://demo/2", NOW)
    assert next_work("demo") == NOW + DAY
    archive.frontier.schedule_recheck("http://demo/2", NOW + HOUR)
    assert next_work("demo") == NOW + HOUR
    archive.frontier.schedule_recheck("http://demo/2", None)
    archive.frontier.done(URL, NOW)
    assert next_work("demo") is None


def test_pending_urls_are_counted_by_site_whether_they_may_be_fetched_now_or_later(archive: Archive) -> None:
    find(archive, URL, "http://demo/2", "http://demo/3")
    archive.frontier.add([Link("http://other/1", "other", "post")], None, NOW)
    archive.frontier.retry(URL, reason="http-error", now=NOW, next_at=NOW + DAY)
    archive.frontier.done("http://demo/3", NOW)
    assert [archive.frontier.count_pending(site) for site in ("demo", "other", "nowhere")] == [2, 1, 0]


def test_states_are_counted_for_one_site_or_for_all(archive: Archive) -> None:
    find(archive, URL, "http://demo/2", "http://demo/3")
    archive.frontier.add([Link("http://other/1", "other", "post")], None, NOW)
    archive.frontier.done(URL, NOW)
    assert archive.frontier.counts() == {"pending": 3, "done": 1}
    assert archive.frontier.counts("demo") == {"pending": 2, "done": 1}
    assert archive.frontier.counts("nowhere") == {}


def test_a_reason_that_nobody_knows_is_refused_and_changes_nothing(archive: Archive) -> None:
    find(archive, URL)
    with pytest.raises(ValueError, match=r"^'bad luck' is no reason that newsarchive\.problems knows$"):
        archive.frontier.end(URL, state="failed", reason="bad luck", now=NOW)
    with pytest.raises(ValueError, match=r"^'bad luck' is no reason that newsarchive\.problems knows$"):
        archive.frontier.retry(URL, reason="bad luck", now=NOW, next_at=NOW)
    assert row(archive) == ("pending", None, None, None, 0)


def test_the_row_of_a_page_says_what_the_page_says() -> None:
    page = Page(URL, "share", "demo", b"", NOW, hints=Hints(title="题"), found_on="http://demo/")
    assert FrontierEntry.of_page(page) == FrontierEntry(URL, "demo", "share", "http://demo/", Hints(title="题"))
