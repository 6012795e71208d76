"""What a crawl does to its archive: an outcome for every URL, and its page behind every article."""

from datetime import UTC, datetime, timedelta

import pytest
from crawl.in_process import operations_on

from newsarchive.archive import Archive, FrontierEntry, Link
from newsarchive.archive.listings import KnownListing, ListingLink, ReadListing, Validators
from newsarchive.crawl.outcomes import Outcome
from newsarchive.crawl.writer import operations as module
from newsarchive.models import Article, Page, Paragraph
from newsarchive.sites import Recheck

FETCHED = datetime(2026, 3, 5, 1, 2, 3, 456, tzinfo=UTC)
POST = "http://127.0.0.1:8095/post/1.html"
HOME = "http://127.0.0.1:8095/"
GONE = Outcome("gone", "gone", "status 404")
UNREACHABLE = Outcome("unreachable", "retry", "connection refused")


@pytest.fixture
def archive(tmp_path):
    with Archive.open(tmp_path / "a.db") as archive:
        yield archive


@pytest.fixture
def operations(archive):
    return operations_on(archive)


def page(url=POST, body=b"<p>x</p>", at=FETCHED, role="post"):
    return Page(url, role, "demo", body, at)


def article(of, key="demo:1", **fields):
    text = [Paragraph("船只陆续离港。" * 9)]
    return Article(page=of, article_key=key, title="港口今晨开放", paragraphs=text, **fields)


def link(url=POST):
    return Link(url, "demo", "post", HOME)


def row(url=POST, attempts=0):
    return FrontierEntry(url, "demo", "post", HOME, attempts=attempts)


def stored(operations, url=POST, **fields):
    operations.find([link(url)])
    operations.save(page(url))
    operations.store(article(page(url, b""), **fields), [])


def one(archive, query):
    (found,) = archive.connection.execute(query).fetchall()
    return found


# Pages and articles


def test_an_article_belongs_to_the_page_that_was_saved_for_it(archive, operations):
    earlier = archive.snapshots.save(page(body=b"earlier", at=FETCHED - timedelta(days=1)))
    operations.save(page())
    operations.save(page("http://127.0.0.1:8095/post/2.html", b"other"))
    operations.store(article(page(body=b"")), [])
    url, body_of = one(archive, "SELECT c.url, c.snapshot_id FROM copies c")
    assert (url, archive.snapshots.load(body_of, role="post", site="demo").body) == (POST, b"<p>x</p>")
    assert body_of != earlier


def test_two_pages_of_one_second_are_told_apart(archive, operations):
    pages = [page(body=body, at=FETCHED + timedelta(microseconds=n)) for n, body in enumerate((b"one", b"two"))]
    for each in pages:
        operations.save(each)
    for each in pages:
        operations.store(article(page(body=b"", at=each.fetched_at)), [])
        (snapshot_id,) = one(archive, "SELECT snapshot_id FROM copies")
        assert archive.snapshots.load(snapshot_id, role="post", site="demo").body == each.body


def test_a_page_out_of_a_snapshot_keeps_its_snapshot(archive):
    replay = operations_on(archive, fetches=False, reread_at=FETCHED + timedelta(days=1))
    again = page(body=b"")
    again.snapshot_id = archive.snapshots.save(page())
    replay.store(article(again), [])
    assert one(archive, "SELECT snapshot_id FROM copies") == (again.snapshot_id,)


def test_what_is_remembered_of_saved_pages_is_bounded(archive, operations, monkeypatch):
    monkeypatch.setattr(module, "MOST_SAVED", 3)
    urls = [f"http://127.0.0.1:8095/post/{number}.html" for number in range(5)]
    for url in urls:
        operations.save(page(url))
    assert [url for url, _ in operations._saved] == urls[2:]
    operations.store(article(page(urls[2], b"")), [])
    assert [url for url, _ in operations._saved] == urls[3:]
    assert one(archive, "SELECT count(snapshot_id) FROM copies") == (1,)


def test_a_page_that_cannot_be_stored_is_taken_back_alone_and_its_url_has_failed(archive, operations):
    operations.find([link()])
    operations.save(page())
    operations.store(article(page(body=b""), key=None), [link("http://127.0.0.1:8095/post/2.html")])
    assert one(archive, "SELECT url, state, reason FROM frontier") == (POST, "failed", "spider-error")
    assert one(archive, "SELECT count(*) FROM articles") == (0,)
    assert one(archive, "SELECT count(*) FROM snapshots") == (1,)
    report = operations.take_report()
    assert report.settled == {POST}
    assert report.counts == {"problems/spider-error": 1, "lost": 1}
    assert "IntegrityError" in report.errors[0]


def test_what_an_article_leads_to_enters_the_frontier_with_it(archive, operations):
    operations.find([link()])
    operations.take_report()
    operations.save(page())
    operations.store(article(page(body=b"")), [Link("http://127.0.0.1:8095/share/1", "demo", "share", POST)])
    assert [entry.url for entry in archive.frontier.pending(site="demo", now=datetime.now(UTC))] == [
        "http://127.0.0.1:8095/share/1"
    ]
    report = operations.take_report()
    assert (report.settled, report.grown, report.counts) == ({POST}, True, {"articles/new": 1})
    assert operations.take_report().counts == {}


# How a URL goes on that failed


def test_a_url_that_fails_is_due_again_later_each_time_until_it_is_given_up(archive):
    operations = operations_on(archive, options={"attempts": 3, "backoff": 100.0})
    operations.find([link()])
    waits = []
    for attempts in range(2):
        before = datetime.now(UTC)
        operations.settle(row(attempts=attempts), "fetch", UNREACHABLE)
        state, next_at = one(archive, "SELECT state, next_at FROM frontier")
        assert state == "pending"
        waits.append((datetime.fromisoformat(next_at) - before).total_seconds())
    assert waits == [pytest.approx(100, abs=5), pytest.approx(200, abs=5)]
    operations.settle(row(attempts=2), "fetch", UNREACHABLE)
    assert one(archive, "SELECT state, reason, attempts FROM frontier") == ("failed", "unreachable", 3)
    assert operations.take_report().counts == {"problems/unreachable": 3, "lost": 3}


def test_a_host_that_names_a_time_is_not_asked_before(archive, operations):
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=30)
    operations.find([link()])
    operations.settle(row(), "fetch", Outcome("http-error", "retry", "", until))
    assert datetime.fromisoformat(one(archive, "SELECT next_at FROM frontier")[0]) == until


def test_what_is_fetched_instead_enters_the_frontier_with_the_outcome(archive, operations):
    operations.find([link()])
    instead = Link("http://127.0.0.1:8095/origin/1", "demo", "original", POST)
    operations.settle(row(), "fetch", GONE, 404, [instead])
    assert archive.connection.execute("SELECT url, state FROM frontier ORDER BY rowid").fetchall() == [
        (POST, "gone"),
        (instead.url, "pending"),
    ]
    assert operations.take_report().counts == {"problems/gone": 1}


@pytest.mark.parametrize(("outcome", "status"), [(GONE, 410), (Outcome("error-page", "rejected"), None)])
def test_a_stored_copy_that_is_gone_is_marked_and_its_text_stays(archive, operations, outcome, status):
    stored(operations)
    operations.settle(row(), "fetch", outcome, status)
    state, reason = one(archive, "SELECT state, reason FROM frontier")
    http_status, gone_at = one(archive, "SELECT http_status, gone_at FROM copies")
    assert (state, reason, http_status) == ("gone", "gone", status or 404)
    assert gone_at
    assert one(archive, "SELECT count(*) FROM articles") == (1,)
    assert operations.take_report().counts["articles/gone"] == 1


def test_a_recheck_that_fails_is_a_problem_and_leaves_the_copy_for_the_next(archive, operations):
    stored(operations)
    archive.frontier.schedule_recheck(POST, None)
    operations.settle(row(), "fetch", UNREACHABLE)
    state, next_at = one(archive, "SELECT state, next_at FROM frontier")
    assert state == "done"
    assert datetime.fromisoformat(next_at) > datetime.now(UTC)
    assert one(archive, "SELECT reason FROM problems") == ("unreachable",)
    assert operations.take_report().counts["lost"] == 0


def test_a_spider_that_fetches_nothing_records_the_problem_alone(archive):
    replay = operations_on(archive, fetches=False)
    replay.find([link()])
    replay.settle(row(), "read", Outcome("error-page", "rejected"), None, [link(HOME)])
    assert archive.connection.execute("SELECT url, state FROM frontier").fetchall() == [(POST, "pending")]
    assert replay.take_report().settled == {POST}


# Rechecks


def test_a_stored_copy_is_rechecked_a_quarter_of_an_hour_after_it_was_found(archive, operations):
    stored(operations, published_at=datetime.now(UTC))
    found_at = archive.frontier.found_at(POST)
    due_at = found_at + timedelta(minutes=15)
    assert archive.frontier.rechecks(site="demo", now=due_at - timedelta(seconds=1), limit=9) == []
    (entry,) = archive.frontier.rechecks(site="demo", now=due_at, limit=9)
    assert entry.url == POST
    assert entry.validators.digest


@pytest.mark.parametrize(("role", "days", "is_rechecked"), [("post", 3, True), ("share", 3, False), ("post", 0, False)])
def test_only_posts_and_originals_inside_the_window_are_rechecked(archive, role, days, is_rechecked):
    operations = operations_on(archive, recheck=Recheck(days=days))
    operations.find([link()])
    operations.store(article(page(body=b"", role=role)), [])
    assert (one(archive, "SELECT next_at FROM frontier")[0] is not None) == is_rechecked


def test_an_unchanged_copy_was_seen_and_is_rechecked_again(archive, operations):
    stored(operations)
    archive.frontier.schedule_recheck(POST, None)
    operations.unchanged(POST)
    assert one(archive, "SELECT next_at IS NOT NULL FROM frontier") == (1,)
    assert one(archive, "SELECT last_seen_at > first_seen_at FROM copies") == (1,)
    report = operations.take_report()
    assert (report.settled, report.counts["checks/unchanged"]) == ({POST}, 1)


# Listings


def read_listing(operations, *urls, remember=True):
    listing = KnownListing(HOME, "demo", "category", None, Validators('"1"'), "rules", HOME + "2")
    further = [ListingLink(HOME + "c", "demo", "category", HOME)]
    return operations.read_listing(ReadListing(listing, [link(url) for url in urls], further), remember=remember)


def due(archive):
    return [listing.url for listing in archive.listings.due("demo")]


def test_a_listing_is_recorded_with_all_that_it_led_to(archive, operations):
    assert read_listing(operations, POST) == (1, 0)
    assert archive.listings.get(HOME).next_url == HOME + "2"
    assert due(archive) == [HOME + "c", HOME + "2"]
    assert one(archive, "SELECT url, state FROM frontier") == (POST, "pending")


def test_the_next_page_is_not_due_where_nothing_was_new(archive, operations):
    stored(operations)
    assert read_listing(operations, POST) == (0, 1)
    assert due(archive) == [HOME + "c"]


def test_a_run_that_remembers_nothing_records_the_articles_alone(archive, operations):
    assert read_listing(operations, POST, remember=False) == (1, 0)
    assert archive.listings.get(HOME) is None
    assert due(archive) == []


def test_an_answered_listing_is_not_due_and_keeps_its_new_validators(archive, operations):
    read_listing(operations)
    operations.want(ListingLink(HOME, "demo", "category"))
    assert HOME in due(archive)
    operations.answered(HOME, Validators('"2"'))
    assert HOME not in due(archive)
    assert archive.listings.get(HOME).validators.etag == '"2"'
