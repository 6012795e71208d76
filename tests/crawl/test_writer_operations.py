"""What a crawl writes: every outcome of a page leaves one state of its URL, and the rows that explain it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newsarchive.archive import FrontierEntry, Link
from newsarchive.archive.listings import KnownListing, ListingLink, ReadListing, Validators
from newsarchive.crawl.outcomes import Outcome
from newsarchive.crawl.writer import operations as module
from newsarchive.crawl.writer.messages import Crawl, Failed, Message
from newsarchive.crawl.writer.operations import Operations
from newsarchive.models import (
    Article,
    Hints,
    Page,
    Paragraph,
    Problem,
)
from newsarchive.options import Options
from newsarchive.sites import Recheck
from newsarchive.url_keys import url_key

if TYPE_CHECKING:
    from newsarchive.archive import Archive

URL = "http://demo/1"
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
STATE = "state, reason, attempts"
GONE = Outcome("gone", "gone", "status 404")
RETRY = Outcome("unreachable", "retry", "no answer")
ENTRY = FrontierEntry(URL, "demo", "post")


def operations_of(archive: Archive, **more: Any) -> Operations:
    """Begin a crawl of the site demo that rechecks copies after an hour."""
    run = archive.runs.start(spider="category", site="demo", arguments={}, now=datetime.now(UTC))
    told = {
        "run_id": run,
        "site": "demo",
        "label": "demo",
        "fetches": True,
        "reread_at": None,
        "recheck": Recheck(days=3, minutes=(60,)),
        "options": Options(attempts=3, backoff=300.0),
    }
    return Operations(archive, Crawl(**(told | more)))


@pytest.fixture
def operations(archive: Archive) -> Operations:
    return operations_of(archive)


def take(operations: Operations) -> tuple[dict[str, int], bool, list[str]]:
    """Take what was counted, whether the frontier grew, and what our rules failed on."""
    report = operations.take_report()
    return report.counts, report.grown, report.errors


def fetched(url: str = URL, *, ago: timedelta = timedelta(0), **more: Any) -> Page:
    return Page(**({"url": url, "role": "post", "site": "demo", "body": b"<p>x</p>"} | more), fetched_at=now() - ago)


def article(page: Page | None = None, **more: Any) -> Article:
    page = page or fetched()
    return Article(page=page, article_key=page.url, **({"title": "题", "paragraphs": [Paragraph("文。")]} | more))


def now() -> datetime:
    """Return the time as far as the archive tells it, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def rows(archive: Archive, query: str) -> list[tuple[Any, ...]]:
    return archive.connection.execute(query).fetchall()


def row(archive: Archive, columns: str = STATE, url: str = URL) -> tuple[Any, ...]:
    return archive.connection.execute(f"SELECT {columns} FROM frontier WHERE url = ?", (url,)).fetchone()


def is_due_after(archive: Archive, wait: timedelta, since: datetime, url: str = URL) -> bool:
    """Whether a URL is due so long after a moment; what a busy machine takes between two calls makes no difference."""
    at = datetime.fromisoformat(row(archive, "next_at", url)[0])
    return abs(at - since - wait) < 20 * SECOND


def found(*urls: str, **more: Any) -> list[Link]:
    return [Link(url, "demo", "post", **more) for url in urls]


def set_attempts(archive: Archive, attempts: int) -> None:
    archive.connection.execute("UPDATE frontier SET attempts = ?", (attempts,))


def say_gone(operations: Operations, entry: FrontierEntry, status: int | None, *, times: int = 1) -> None:
    """Let a server say so many times that a page is not there; problems of one second would count as one."""
    for _ in range(times):
        operations.archive.connection.execute("UPDATE problems SET last_at = '2026-01-01T00:00:00Z'")
        operations.settle(entry, "fetch", GONE, status)


def stored(operations: Operations, url: str = URL, *, ago: timedelta = HOUR) -> FrontierEntry:
    """Find, save and store a page, and take what that counted; return the row by which it is rechecked."""
    operations.find(found(url))
    page = fetched(url, ago=ago, body=url.encode())
    operations.save(page)
    operations.store(article(page), [])
    take(operations)
    return FrontierEntry(url, "demo", "post")


def test_a_stored_article_ends_its_url_and_brings_what_it_leads_to(archive: Archive, operations: Operations) -> None:
    operations.find(found(URL))
    assert take(operations)[1] is True
    page = fetched()
    operations.save(page)
    operations.store(
        article(page, problems=[Problem("read", "no-date"), Problem("read", "no-title")]), found("http://demo/2")
    )
    assert row(archive) == ("done", None, 0)
    assert row(archive, "state, run_id", "http://demo/2") == ("pending", operations.crawl.run_id)
    assert rows(archive, "SELECT title, body FROM articles") == [("题", "文。")]
    assert rows(archive, "SELECT run_id, url, site, stage, reason FROM problems ORDER BY reason") == [
        (operations.crawl.run_id, URL, "demo", "read", "no-date"),
        (operations.crawl.run_id, URL, "demo", "read", "no-title"),
    ]
    assert take(operations) == ({"articles/new": 1, "problems/no-date": 1, "problems/no-title": 1}, True, [])


def test_what_was_counted_is_given_once(archive: Archive, operations: Operations) -> None:
    assert take(operations) == ({}, False, [])
    operations.find(found(URL))
    operations.problem(URL, "fetch", "gone", "")
    assert take(operations) == ({"problems/gone": 1}, True, [])
    assert take(operations) == ({}, False, [])
    assert operations.find(found(URL)) == 0
    assert take(operations) == ({}, False, [])
    assert operations.find(found("http://demo/2", "http://demo/3")) == 2
    assert operations.find(found(URL)) == 0
    assert take(operations)[1] is True


def test_what_happens_more_than_once_is_counted_each_time(operations: Operations) -> None:
    entries = [FrontierEntry(f"http://demo/{number}", "demo", "post") for number in range(6)]
    for known in entries[:4]:
        stored(operations, known.url)
    operations.find(found(*(unknown.url for unknown in entries[4:])))
    take(operations)
    for known in entries[:2]:
        operations.unchanged(known.url)
    for known in entries[2:4]:
        say_gone(operations, known, 404, times=3)
    for unknown in entries[4:]:
        operations.settle(unknown, "fetch", RETRY)
    for number in (7, 8):
        operations.store(article(fetched(f"http://demo/{number}")), [])
    assert take(operations)[0] == {
        "checks/unchanged": 2,
        "articles/gone": 2,
        "problems/unreachable": 2,
        "lost": 2,
        "articles/new": 2,
    }


def test_a_stored_article_is_bound_to_the_snapshot_of_its_page(archive: Archive, operations: Operations) -> None:
    pages = [fetched(ago=HOUR, body=b"one"), fetched(body=b"two")]
    for page in pages:
        operations.save(page)
    for page in pages:
        operations.store(article(page), [])
    assert rows(archive, "SELECT snapshot_id FROM copies") == [(2,)]
    assert [page.snapshot_id for page in pages] == [1, 2]
    given = fetched("http://demo/2")
    operations.save(given)
    given.snapshot_id = 1
    operations.store(article(given), [])
    assert rows(archive, "SELECT snapshot_id FROM copies WHERE url = 'http://demo/2'") == [(1,)]


def test_raw_pages_go_into_files_that_bear_the_name_of_the_crawl(archive: Archive) -> None:
    operations = operations_of(archive, label="share-demo")
    operations.save(fetched())
    assert "share-demo" in rows(archive, "SELECT warc_file FROM snapshots")[0][0]


@pytest.mark.parametrize(("role", "wait"), [("post", HOUR), ("original", HOUR), ("share", None), ("feed", None)])
def test_a_stored_page_is_rechecked_where_it_may_change(
    archive: Archive, operations: Operations, role: Any, wait: timedelta | None
) -> None:
    begun = now()
    operations.find(found(URL))
    operations.store(article(fetched(role=role)), [])
    if wait is None:
        assert row(archive, "next_at") == (None,)
    else:
        assert is_due_after(archive, wait, begun)


def test_an_old_article_is_not_rechecked(archive: Archive, operations: Operations) -> None:
    operations.find(found(URL))
    operations.store(article(published_at=now() - 4 * DAY), [])
    assert row(archive, "state, next_at") == ("done", None)


def test_what_nothing_led_to_is_stored_all_the_same_and_never_rechecked(
    archive: Archive, operations: Operations
) -> None:
    operations.store(article(), [])
    assert rows(archive, "SELECT * FROM frontier") == []
    assert take(operations)[0] == {"articles/new": 1}


def test_a_replay_leaves_urls_that_are_still_to_be_fetched_and_sets_no_recheck(archive: Archive) -> None:
    replay = operations_of(archive, fetches=False)
    replay.find(found(URL, "http://demo/2"))
    archive.frontier.end("http://demo/2", state="failed", reason="no-body", now=now())
    for url in (URL, "http://demo/2"):
        replay.store(article(fetched(url)), [])
    assert row(archive, "state, next_at") == ("pending", None)
    assert row(archive, "state, next_at", "http://demo/2") == ("done", None)


def test_a_replay_tells_its_changes_as_ours(archive: Archive, operations: Operations) -> None:
    stored(operations, ago=DAY)
    replay = operations_of(archive, fetches=False, reread_at=now())
    replay.store(article(fetched(ago=DAY), paragraphs=[Paragraph("更好。")]), [])
    assert take(replay)[0] == {"articles/changed": 1}
    assert rows(archive, "SELECT cause FROM readings ORDER BY id") == [("site",), ("reread",)]


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        ({"problems": [Problem("read", "bad luck")]}, "ValueError"),
        ({"via": {"a set"}}, "TypeError"),
        ({"paragraphs": [Paragraph("\ud800")]}, "UnicodeEncodeError"),
        ({"extractor": object()}, "ProgrammingError"),
    ],
    ids=["unknown reason", "no JSON", "no text", "no value"],
)
def test_an_article_that_cannot_be_stored_leaves_nothing_but_its_failure(
    archive: Archive, operations: Operations, broken: dict[str, Any], error: str
) -> None:
    operations.find(found(URL))
    take(operations)
    operations.store(article(**broken), found("http://demo/2"))
    assert rows(archive, "SELECT * FROM articles") == []
    assert row(archive) == ("failed", "spider-error", 1)
    assert row(archive, url="http://demo/2") is None
    ((stage, reason, detail, site),) = rows(archive, "SELECT stage, reason, detail, site FROM problems")
    assert (stage, reason, site) == ("store", "spider-error", "demo")
    assert detail.startswith(f"{error}: ")
    counts, grown, (told,) = take(operations)
    assert (counts, grown) == ({"problems/spider-error": 1, "lost": 1}, False)
    assert told.startswith(f"Not stored: {URL}\nTraceback (most recent call last):\n")
    assert error in told.splitlines()[-1]


def test_a_page_that_cannot_be_saved_leaves_nothing_but_its_failure(archive: Archive, operations: Operations) -> None:
    operations.find(found(URL))
    operations.save(fetched(body="no bytes"))
    assert rows(archive, "SELECT * FROM snapshots") == []
    assert row(archive) == ("failed", "spider-error", 1)
    assert operations.report.errors[0].startswith(f"Not stored: {URL}\n")


def test_an_error_that_is_not_the_articles_fault_is_not_hidden(archive: Archive, operations: Operations) -> None:
    with pytest.raises(AttributeError):
        operations.store(article(paragraphs=[None]), [])
    assert operations.report.errors == []


def test_a_problem_belongs_to_the_site_of_the_crawl_where_no_other_is_named(
    archive: Archive, operations: Operations
) -> None:
    operations.problem(URL, "fetch", "gone", "status 404")
    operations.problem(URL, "list", "bad-listing", "no link", "other")
    assert rows(archive, "SELECT run_id, url, site, stage, reason, detail FROM problems ORDER BY id") == [
        (operations.crawl.run_id, URL, "demo", "fetch", "gone", "status 404"),
        (operations.crawl.run_id, URL, "other", "list", "bad-listing", "no link"),
    ]
    assert take(operations)[0] == {"problems/gone": 1, "problems/bad-listing": 1}
    first_at = datetime.fromisoformat(rows(archive, "SELECT first_at FROM problems")[0][0])
    assert now() - 20 * SECOND < first_at <= now()


@pytest.mark.parametrize(
    ("fate", "lost"),
    [
        (Outcome("robots", "blocked", "robots.txt"), 0),
        (Outcome("too-large", "rejected", "20 MB"), 1),
        (Outcome("foreign-host", "rejected", "never asked", final=True), 1),
        (Outcome("spider-error", "failed", "ours"), 1),
    ],
)
def test_a_url_whose_failure_another_try_does_not_change_ends_at_once(
    archive: Archive, operations: Operations, fate: Outcome, lost: int
) -> None:
    operations.find(found(URL))
    take(operations)
    operations.settle(FrontierEntry(URL, "other", "post"), "fetch", fate, 404)
    assert row(archive) == (fate.state, fate.reason, 1)
    assert rows(archive, "SELECT url, site, stage, reason, detail FROM problems") == [
        (URL, "other", "fetch", fate.reason, fate.detail)
    ]
    assert take(operations)[0] == {f"problems/{fate.reason}": 1} | ({"lost": 1} if lost else {})


@pytest.mark.parametrize(
    ("attempts", "wait"),
    [(0, 300), (1, 600), (2, 1200), (8, 76800), (9, 86400), (20, 86400), (10**6, 86400)],
)
def test_a_page_that_failed_is_due_again_after_a_pause_that_doubles_up_to_a_day(
    archive: Archive, attempts: int, wait: int
) -> None:
    operations = operations_of(archive, options=Options(attempts=10**9, backoff=300.0))
    operations.find(found(URL))
    set_attempts(archive, attempts)
    take(operations)
    begun = now()
    operations.settle(ENTRY, "fetch", RETRY)
    assert is_due_after(archive, timedelta(seconds=wait), begun)
    assert row(archive) == ("pending", "unreachable", attempts + 1)
    again = {"lost/again": 1} if attempts else {}
    assert take(operations)[0] == {"problems/unreachable": 1, "lost": 1} | again


def test_the_pause_grows_by_twenty_doublings_at_most(archive: Archive) -> None:
    operations = operations_of(archive, options=Options(attempts=10**9, backoff=0.01))
    operations.find(found(URL))
    for attempts, wait in ((20, 10486), (21, 10486), (19, 5243)):
        set_attempts(archive, attempts)
        begun = now()
        operations.settle(ENTRY, "fetch", RETRY)
        assert is_due_after(archive, timedelta(seconds=wait), begun)


def test_a_page_is_given_up_after_as_many_attempts_as_are_allowed(archive: Archive, operations: Operations) -> None:
    operations.find(found(URL))
    for _ in range(2):
        operations.settle(ENTRY, "fetch", RETRY)
        assert row(archive, "state") == ("pending",)
    take(operations)
    operations.settle(ENTRY, "fetch", RETRY)
    assert row(archive, "state, reason, next_at, attempts") == ("failed", "unreachable", None, 3)
    assert take(operations)[0]["lost"] == 1


@pytest.mark.parametrize(
    "reason", ["empty-page", "error-page", "login-wall", "not-json", "not-an-article", "foreign-host", "redirect-loop"]
)
def test_a_page_that_is_no_article_is_rejected_only_when_it_stays_so(
    archive: Archive, operations: Operations, reason: str
) -> None:
    operations.find(found(URL))
    begun = now()
    operations.settle(ENTRY, "read", Outcome(reason, "rejected"))
    assert row(archive) == ("pending", reason, 1)
    assert is_due_after(archive, timedelta(seconds=300), begun)
    for _ in range(2):
        operations.settle(ENTRY, "read", Outcome(reason, "rejected"))
    assert row(archive, "state, reason, next_at") == ("rejected", reason, None)


@pytest.mark.parametrize(
    ("status", "waits"),
    [
        (404, [timedelta(seconds=300), DAY]),
        (None, [timedelta(seconds=300), DAY]),
        (410, [timedelta(seconds=300)]),
    ],
)
def test_a_url_is_gone_when_the_server_goes_on_saying_so(
    archive: Archive, status: int | None, waits: list[timedelta]
) -> None:
    operations = operations_of(archive)
    operations.find(found(URL))
    for tries, wait in enumerate(waits, start=1):
        begun = now()
        say_gone(operations, ENTRY, status)
        assert row(archive) == ("pending", "gone", tries)
        assert is_due_after(archive, wait, begun)
    say_gone(operations, ENTRY, status)
    assert row(archive, "state, reason, next_at") == ("gone", "gone", None)


@pytest.mark.parametrize("outcome", [GONE, Outcome("empty-page", "rejected"), Outcome("foreign-host", "rejected")])
def test_a_page_that_brought_no_article_is_lost_unless_it_is_looked_for_elsewhere(
    operations: Operations, outcome: Outcome
) -> None:
    operations.find(found(URL, "http://demo/2"))
    operations.settle(ENTRY, "fetch", outcome)
    assert take(operations)[0]["lost"] == 1
    operations.settle(FrontierEntry("http://demo/2", "demo", "post"), "fetch", outcome, None, found("http://demo/3"))
    assert "lost" not in take(operations)[0]


def test_other_failures_do_not_confirm_that_a_url_is_gone(archive: Archive) -> None:
    operations = operations_of(archive, options=Options(attempts=10, backoff=300.0))
    operations.find(found(URL))
    for _ in range(4):
        operations.settle(ENTRY, "fetch", RETRY)
    say_gone(operations, ENTRY, 404)
    assert row(archive) == ("pending", "gone", 5)


def test_what_is_named_again_gets_one_more_try_and_ends_as_before(archive: Archive, operations: Operations) -> None:
    operations.find(found(URL))
    say_gone(operations, ENTRY, 404, times=3)
    archive.connection.execute("UPDATE frontier SET ended_at = '2026-01-01T00:00:00Z'")
    assert operations.find(found(URL)) == 1
    assert row(archive, "state, next_at") == ("pending", None)
    say_gone(operations, ENTRY, 404)
    assert row(archive, "state") == ("gone",)
    assert operations.find(found(URL)) == 0


@pytest.mark.parametrize(("rest", "wait"), [(2 * HOUR, 2 * HOUR), (SECOND, timedelta(seconds=300))])
def test_a_host_that_asks_for_a_longer_pause_gets_it(
    archive: Archive, operations: Operations, rest: timedelta, wait: timedelta
) -> None:
    operations.find(found(URL))
    begun = now()
    operations.settle(FrontierEntry(URL, "demo", "post"), "fetch", replace(RETRY, not_before=begun + rest))
    assert is_due_after(archive, wait, begun)


def test_what_is_to_be_asked_instead_of_a_failed_url_is_found_with_it(archive: Archive, operations: Operations) -> None:
    operations.find(found(URL))
    take(operations)
    operations.settle(FrontierEntry(URL, "demo", "post"), "fetch", GONE, 404, found("http://demo/2"))
    assert row(archive, "state", "http://demo/2") == ("pending",)
    assert take(operations)[1] is True


def test_a_replay_records_what_failed_and_leaves_the_frontier_alone(archive: Archive) -> None:
    replay = operations_of(archive, fetches=False)
    replay.find(found(URL))
    replay.settle(
        FrontierEntry(URL, "demo", "post"), "read", Outcome("no-body", "rejected"), None, found("http://demo/2")
    )
    assert row(archive) == ("pending", None, 0)
    assert row(archive, url="http://demo/2") is None
    assert rows(archive, "SELECT stage, reason FROM problems") == [("read", "no-body")]


@pytest.mark.parametrize(("status", "kept"), [(410, 410), (None, 404)])
def test_a_stored_copy_that_is_gone_is_marked_so_and_is_no_problem(
    archive: Archive, operations: Operations, status: int | None, kept: int
) -> None:
    again = stored(operations)
    say_gone(operations, again, status, times=2 if status == 410 else 3)
    assert row(archive, "state, reason, next_at") == ("gone", "gone", None)
    ((http_status, gone_at),) = rows(archive, "SELECT http_status, gone_at FROM copies")
    assert http_status == kept
    assert now() - 20 * SECOND < datetime.fromisoformat(gone_at) <= now()
    assert rows(archive, "SELECT * FROM problems") == []
    assert rows(archive, "SELECT body FROM articles") == [("文。",)]
    assert take(operations)[0] == {"articles/gone": 1}


@pytest.mark.parametrize(("status", "waits"), [(404, [timedelta(seconds=300), DAY]), (410, [timedelta(seconds=300)])])
def test_a_stored_copy_is_not_marked_before_that_is_confirmed(
    archive: Archive, operations: Operations, status: int, waits: list[timedelta]
) -> None:
    again = stored(operations)
    for wait in waits:
        begun = now()
        say_gone(operations, again, status)
        assert row(archive, "state, reason") == ("done", None)
        assert is_due_after(archive, wait, begun)
        assert rows(archive, "SELECT http_status, gone_at FROM copies") == [(200, None)]
    assert take(operations)[0] == {}


@pytest.mark.parametrize("between", ["unchanged", "stored", "failed"])
def test_what_a_stored_copy_answers_in_between_begins_the_count_anew(
    archive: Archive, operations: Operations, between: str
) -> None:
    again = stored(operations)
    say_gone(operations, again, 404, times=2)
    if between == "unchanged":
        operations.unchanged(URL)
    elif between == "stored":
        operations.store(article(), [])
    else:
        operations.settle(again, "fetch", RETRY)
    say_gone(operations, again, 404, times=2)
    assert row(archive, "state, attempts") == ("done", 2)


def test_a_gone_copy_that_a_listing_names_is_rechecked_and_may_return(archive: Archive, operations: Operations) -> None:
    say_gone(operations, stored(operations), 404, times=3)
    listed = ReadListing(KnownListing("http://demo/", "demo", "category", None, Validators(), "rules"), found(URL), [])
    operations.read_listing(listed, remember=True)
    assert row(archive, "state") == ("gone",)
    archive.connection.execute("UPDATE frontier SET ended_at = '2026-01-01T00:00:00Z'")
    operations.read_listing(listed, remember=True)
    assert [due.url for due in archive.frontier.rechecks(site="demo", now=now(), limit=9)] == [URL]
    operations.unchanged(URL)
    assert rows(archive, "SELECT http_status, gone_at FROM copies") == [(200, None)]


def test_a_stored_copy_whose_page_says_that_there_is_no_article_any_more_is_gone(
    archive: Archive, operations: Operations
) -> None:
    again = stored(operations)
    for _ in range(3):
        assert rows(archive, "SELECT gone_at FROM copies") == [(None,)]
        operations.settle(again, "read", Outcome("error-page", "rejected", "404 page"), 200)
    assert row(archive, "state, reason, next_at") == ("gone", "gone", None)
    assert rows(archive, "SELECT http_status, gone_at IS NULL FROM copies") == [(200, 0)]
    assert rows(archive, "SELECT stage, reason, detail FROM problems") == [("read", "error-page", "404 page")]
    assert take(operations)[0] == {"articles/gone": 1, "problems/error-page": 3}


@pytest.mark.parametrize(
    "fate", [RETRY, Outcome("no-body", "rejected"), Outcome("robots", "blocked"), Outcome("spider-error", "failed")]
)
def test_any_other_failed_recheck_of_a_stored_copy_is_recorded_and_left_to_the_next(
    archive: Archive, operations: Operations, fate: Outcome
) -> None:
    again = stored(operations)
    archive.frontier.schedule_recheck(URL, now())
    begun = now()
    operations.settle(again, "fetch", fate, 200)
    assert row(archive, "state, reason") == ("done", None)
    assert is_due_after(archive, HOUR, begun)
    assert rows(archive, "SELECT gone_at FROM copies") == [(None,)]
    assert rows(archive, "SELECT reason FROM problems") == [(fate.reason,)]
    assert take(operations)[0] == {f"problems/{fate.reason}": 1}


def test_a_copy_that_is_as_it_was_is_seen_now_and_rechecked_later(archive: Archive, operations: Operations) -> None:
    stored(operations)
    archive.frontier.schedule_recheck(URL, now())
    begun = now()
    operations.unchanged(URL)
    for table in ("copies", "articles"):
        ((seen_at,),) = rows(archive, f"SELECT last_seen_at FROM {table}")
        assert begun <= datetime.fromisoformat(seen_at) <= now()
    assert is_due_after(archive, HOUR, begun)
    assert take(operations)[0] == {"checks/unchanged": 1}


LISTING = KnownListing("http://demo/list", "demo", "category", validators=Validators("etag"), rules="r")
NEXT = ListingLink("http://demo/list?2", "demo", "category", LISTING.url)
FURTHER = ListingLink("http://demo/other", "demo", "category", LISTING.url)


def read(
    operations: Operations,
    articles: list[Link],
    further: list[ListingLink] | None = None,
    next_url: str | None = None,
    *,
    remember: bool = True,
) -> tuple[int, int]:
    listing = replace(LISTING, next_url=next_url)
    return operations.read_listing(ReadListing(listing, articles, further or []), remember=remember)


def listings(archive: Archive) -> list[tuple[Any, ...]]:
    return rows(archive, "SELECT url, due, etag FROM listings ORDER BY rowid")


def test_a_listing_that_leads_to_something_new_is_read_on_and_remembered(
    archive: Archive, operations: Operations
) -> None:
    stored(operations, "http://demo/known")
    listed = found("http://demo/known", URL, "http://demo/2", hints=Hints(title="列表"))
    assert read(operations, listed, [FURTHER], NEXT.url) == (2, 1)
    assert listings(archive) == [(FURTHER.url, 1, None), (NEXT.url, 1, None), (LISTING.url, 0, "etag")]
    assert row(archive, "state") == row(archive, "state", "http://demo/2") == ("pending",)
    assert take(operations)[1] is True


def test_a_listing_that_leads_to_nothing_new_ends_the_walk(archive: Archive, operations: Operations) -> None:
    stored(operations)
    assert read(operations, found(URL), next_url=NEXT.url) == (0, 1)
    assert listings(archive) == [(LISTING.url, 0, "etag")]
    assert read(operations, found("http://demo/2")) == (1, 0)
    assert listings(archive) == [(LISTING.url, 0, "etag")]
    assert read(operations, found("http://demo/2"), next_url=NEXT.url) == (0, 0)
    assert listings(archive) == [(LISTING.url, 0, "etag")]


def test_a_listing_that_is_not_to_be_remembered_brings_its_articles_alone(
    archive: Archive, operations: Operations
) -> None:
    assert read(operations, found(URL), [FURTHER], NEXT.url, remember=False) == (1, 0)
    assert row(archive, "state") == ("pending",)
    assert listings(archive) == []


@pytest.mark.parametrize(("ago", "moves"), [(DAY + 60 * SECOND, True), (DAY - 60 * SECOND, False)])
def test_a_copy_that_still_stands_in_a_listing_is_seen_again_once_a_day(
    archive: Archive, operations: Operations, ago: timedelta, moves: bool
) -> None:
    stored(operations, ago=ago)
    begun = now()
    read(operations, found(URL), remember=False)
    ((seen_at,),) = rows(archive, "SELECT last_seen_at FROM copies")
    assert (datetime.fromisoformat(seen_at) >= begun) is moves


def test_an_unchanged_listing_rests_as_long_as_it_asks_for(archive: Archive, operations: Operations) -> None:
    operations.want(FURTHER)
    operations.want(LISTING)
    operations.rest(LISTING.url, "2026-03-05T12:00:00Z")
    assert rows(archive, "SELECT url, not_before FROM listings ORDER BY rowid") == [
        (FURTHER.url, None),
        (LISTING.url, "2026-03-05T12:00:00Z"),
    ]


def test_a_listing_is_due_from_when_it_is_wanted_until_it_is_answered(archive: Archive, operations: Operations) -> None:
    operations.want(FURTHER)
    read(operations, [])
    operations.want(LISTING)
    assert listings(archive) == [(FURTHER.url, 1, None), (LISTING.url, 1, "etag")]
    operations.answered(LISTING.url)
    assert listings(archive) == [(FURTHER.url, 1, None), (LISTING.url, 0, "etag")]
    operations.answered(FURTHER.url, Validators("new", "Thu"))
    assert listings(archive) == [(FURTHER.url, 0, "new"), (LISTING.url, 0, "etag")]
    assert rows(archive, "SELECT last_modified FROM listings WHERE etag = 'new'") == [("Thu",)]


def test_pages_of_one_second_keep_their_own_snapshots(archive: Archive, operations: Operations) -> None:
    pages = [fetched(body=b"one"), fetched(body=b"two")]
    pages[1].fetched_at += timedelta(microseconds=1)
    for page in pages:
        operations.save(page)
    for page in pages:
        operations.store(article(page), [])
    assert [page.snapshot_id for page in pages] == [1, 2]


def test_a_page_that_an_earlier_writer_saved_is_known_by_its_url_and_time(
    archive: Archive, operations: Operations
) -> None:
    page = fetched()
    operations_of(archive).save(page)
    later = replace(page, fetched_at=page.fetched_at + timedelta(seconds=1))
    for one in (page, later):
        operations.store(article(one), [])
    assert (page.snapshot_id, later.snapshot_id) == (1, None)


def test_what_is_remembered_of_saved_pages_is_bounded(
    archive: Archive, operations: Operations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_SAVED", 3)
    pages = [fetched(f"http://demo/{number}") for number in range(5)]
    for page in pages:
        operations.save(page)
    assert [url for url, _ in operations._saved] == [page.url for page in pages[2:]]
    operations.store(article(pages[2]), [])
    assert [url for url, _ in operations._saved] == [page.url for page in pages[3:]]
    assert pages[2].snapshot_id == 3


def test_a_url_is_settled_by_whatever_ends_its_turn_and_by_nothing_else(
    archive: Archive, operations: Operations
) -> None:
    def settled() -> set[str]:
        return operations.take_report().settled

    again = stored(operations)
    operations.find(found("http://demo/2"))
    operations.save(fetched("http://demo/2"))
    operations.problem("http://demo/2", "fetch", "gone")
    assert settled() == set()
    operations.store(article(fetched("http://demo/2")), [])
    assert settled() == {"http://demo/2"}
    operations.unchanged(URL)
    assert settled() == {URL}
    operations.settle(again, "fetch", RETRY)
    assert settled() == {URL}
    replay = operations_of(archive, fetches=False)
    replay.settle(again, "read", GONE)
    assert replay.take_report().settled == {URL}
    operations.store(article(problems=[Problem("read", "bad luck")]), [])
    assert settled() == {URL}


def test_the_third_article_of_one_page_is_none(archive: Archive, operations: Operations) -> None:
    urls = [f"http://demo/{number}" for number in range(3)]
    operations.find(found(*urls))
    for url in urls:
        page = fetched(url)
        operations.save(page)
        operations.store(article(page), [])
    assert rows(archive, "SELECT state, reason FROM frontier ORDER BY url") == [
        ("done", None),
        ("done", None),
        ("pending", "repeated-page"),
    ]
    assert rows(archive, "SELECT count(*) FROM copies") == [(2,)]
    assert take(operations)[0]["articles/rejected"] == 1


def test_a_stored_text_does_not_give_way_to_a_page_that_lost_date_title_and_text(
    archive: Archive, operations: Operations
) -> None:
    operations.find(found(URL))
    operations.store(article(fetched(ago=DAY), published_at=now() - DAY, paragraphs=[Paragraph("正文。" * 99)]), [])
    page = fetched(body=b"busy")
    operations.save(page)
    operations.store(article(page, title="江湾网", paragraphs=[Paragraph("请重试。")]), [])
    assert rows(archive, "SELECT title, body FROM articles") == [("题", "正文。" * 99)]
    assert rows(archive, "SELECT count(*) FROM readings") == [(1,)]
    assert rows(archive, "SELECT stage, reason FROM problems") == [("store", "cut-down-page")]
    assert row(archive, "state") == ("done",)
    assert take(operations)[0] == {"articles/new": 1, "articles/rejected": 1, "problems/cut-down-page": 1}


def test_a_replay_reads_what_it_is_given(archive: Archive, operations: Operations) -> None:
    operations.store(article(fetched(ago=DAY), published_at=now() - DAY, paragraphs=[Paragraph("正文。" * 99)]), [])
    replay = operations_of(archive, fetches=False)
    replay.store(article(title="江湾网", paragraphs=[Paragraph("请重试。")]), [])
    assert take(replay)[0] == {"articles/changed": 1}


def test_a_url_that_is_asked_for_is_unfinished_until_it_is_settled(archive: Archive, operations: Operations) -> None:
    operations.find([Link(URL, "demo", "post"), Link("http://demo/2", "demo", "post")])
    operations.begin(URL)
    assert row(archive, STATE) == ("pending", "unfinished", 1)
    assert row(archive, STATE, "http://demo/2") == ("pending", None, 0)


def test_a_recheck_that_killed_runs_is_the_last(archive: Archive, operations: Operations) -> None:
    again = stored(operations)
    operations.begin(URL)
    operations.settle(again, "fetch", Outcome("unfinished", "failed", "in 3 runs"))
    assert row(archive, "state, reason, next_at, attempts") == ("done", None, None, 0)
    assert rows(archive, "SELECT reason FROM problems") == [("unfinished",)]


# -- what is asked for by messages -----------------------------------------------------------------------------------

BAD = "http://demo/\ud800"  # what no file of SQLite can hold


def test_what_a_message_asks_for_is_done_with_all_that_it_says(archive: Archive, operations: Operations) -> None:
    assert operations.attempt(Message("find", (found(URL, "http://demo/2"),))) == 2
    problem = Message("problem", (URL, "fetch", "gone"), {"detail": "status 404", "site": "other"})
    assert operations.attempt(problem) is None
    assert rows(archive, "SELECT url, site, stage, reason, detail FROM problems") == [
        (URL, "other", "fetch", "gone", "status 404")
    ]
    assert take(operations) == ({"problems/gone": 1}, True, [])


def test_what_cannot_be_written_is_told_and_nothing_of_its_message_stays(
    archive: Archive, operations: Operations
) -> None:
    failed = operations.attempt(Message("answered", (BAD,)))
    assert isinstance(failed, Failed)
    assert failed.reason.startswith("UnicodeEncodeError: 'utf-8' codec can't encode character '\\ud800'")
    (error,) = take(operations)[2]
    assert error.startswith("Not written: answered('http://demo/\\ud800',)\nTraceback (most recent call last):")
    with archive.transaction():
        operations.begin(URL)
        assert isinstance(operations.attempt(Message("problem", (URL, "fetch", "no such reason"))), Failed)
        operations.find(found(URL))
    assert row(archive) == ("pending", None, 0)
    assert rows(archive, "SELECT * FROM problems") == []


def test_what_cannot_be_written_is_told_in_a_line_of_bounded_length(operations: Operations) -> None:
    operations.attempt(Message("answered", (BAD + "x" * 1000,)))
    (error,) = take(operations)[2]
    line = error.partition("\n")[0]
    assert len(line) == len("Not written: ") + 500
    assert line.endswith("…")


def test_damage_of_the_archive_is_no_fault_of_a_message(archive: Archive, operations: Operations) -> None:
    def damaged(*_: Any) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    operations.want = damaged  # type: ignore[method-assign]
    with pytest.raises(sqlite3.DatabaseError, match="malformed"):
        operations.attempt(Message("want", ()))
    assert take(operations) == ({}, False, [])


def test_of_several_links_those_that_can_be_written_are(archive: Archive, operations: Operations) -> None:
    operations.find(found("http://demo/3"))
    take(operations)
    assert operations.find(found(URL, BAD, "http://demo/2", "http://demo/3", BAD + "2")) == 2
    assert [row(archive, url=f"http://demo/{number}") for number in (1, 2, 3)] == [("pending", None, 0)] * 3
    counts, grown, errors = take(operations)
    assert (counts, grown, len(errors)) == ({}, True, 2)
    with pytest.raises(ValueError, match="surrogates not allowed"):
        operations.find(found(BAD))
    assert take(operations) == ({}, False, [])


def test_a_refused_page_is_saved_once_for_each_status(archive: Archive, operations: Operations) -> None:
    for status in (404, 404, 500):
        operations.save_refused(fetched(status=status, ago=status * SECOND, body=b"%d" % status))
    operations.save_refused(fetched(status=404, body=b"later"))
    assert rows(archive, "SELECT http_status, length FROM snapshots ORDER BY id") == [(404, 3), (500, 3)]


# -- one page at many addresses --------------------------------------------------------------------------------------


def come(operations: Operations, number: int, *, body: bytes = b"<p>the same</p>", **more: Any) -> None:
    """Find, save and store a page; each address has a text of its own, as if our rules had read it there."""
    url = f"http://demo/{number}"
    operations.find(found(url))
    page = fetched(url, body=body, **{name: more.pop(name) for name in ("final_url", "role") if name in more})
    operations.save(page)
    texts = article(page, paragraphs=[Paragraph(f"第{number}篇文。")], **more)
    operations.store(replace(texts, article_key=url_key(url)), [])


def test_a_page_that_came_at_two_other_addresses_is_no_article(archive: Archive, operations: Operations) -> None:
    for number in (1, 2, 3):
        come(operations, number)
    come(operations, 4, body=b"<p>another</p>")
    assert [row(archive, "state, reason", f"http://demo/{number}") for number in (1, 2, 3, 4)] == [
        ("done", None),
        ("done", None),
        ("pending", "repeated-page"),
        ("done", None),
    ]
    assert rows(archive, "SELECT url, stage, detail FROM problems") == [
        ("http://demo/3", "store", f"the same bytes as {url_key(URL)}")
    ]
    counts = take(operations)[0]
    assert (counts["articles/new"], counts["articles/rejected"], counts["problems/repeated-page"]) == (3, 1, 1)


def test_a_page_that_came_at_two_addresses_may_come_there_again(archive: Archive, operations: Operations) -> None:
    for number in (1, 2, 1, 2):
        come(operations, number)
    assert rows(archive, "SELECT count(*) FROM problems") == [(0,)]


def test_a_page_that_names_its_address_may_come_at_any(archive: Archive, operations: Operations) -> None:
    come(operations, 1, aliases=(url_key("http://demo/3"),))
    come(operations, 2)
    come(operations, 3)
    assert row(archive, "state", "http://demo/3") == ("done",)


def test_a_page_that_leads_to_a_known_address_is_the_one_that_stands_there(
    archive: Archive, operations: Operations
) -> None:
    come(operations, 1)
    come(operations, 2)
    come(operations, 3, final_url="http://demo/2")
    come(operations, 4, final_url="http://demo/unknown")
    come(operations, 5, aliases=(url_key("http://demo/unknown"), url_key(URL)))
    assert [row(archive, "state", f"http://demo/{number}") for number in (3, 4, 5)] == [
        ("done",),
        ("pending",),
        ("done",),
    ]


def test_shares_may_all_have_the_same_bytes_and_what_is_read_again_is_not_judged(archive: Archive) -> None:
    crawl, again = operations_of(archive), operations_of(archive, fetches=False)
    for number in (1, 2, 3):
        come(crawl, number, role="share")
    for number in (11, 12, 13):
        come(again, number)
    assert rows(archive, "SELECT count(*) FROM copies") == [(6,)]
    assert rows(archive, "SELECT count(*) FROM problems") == [(0,)]
