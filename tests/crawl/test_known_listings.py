"""The listings of a site as one run uses them, and when a run is a full discovery."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from scrapy import Request
from scrapy.http import Response
from support.crawling import session_on

from newsarchive.archive import Link
from newsarchive.archive.listings import ListingLink
from newsarchive.crawl.http.offsite import site_rules
from newsarchive.crawl.known_listings import FULL_DISCOVERY, KnownListings, full_discovery_is_due
from newsarchive.crawl.outcomes import Outcome
from newsarchive.crawl.writer.operations import Operations
from newsarchive.discovery.refresh import Refresh
from newsarchive.models import Article, Page
from newsarchive.sites import load_site

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
SIX_HOURS = timedelta(hours=6)


def run(archive, hours_ago, outcome="finished", site="demo", **counts):
    at = NOW - timedelta(hours=hours_ago)
    with archive.transaction():
        run_id = archive.runs.start(spider="category", site=site, arguments={}, now=at)
        archive.runs.finish(run_id, outcome=outcome, counts=counts, now=at)


def due(archive):
    return full_discovery_is_due(archive.runs, "category", "demo", NOW, SIX_HOURS)


def test_the_first_run_is_a_full_discovery(archive):
    assert due(archive)


def test_after_a_full_discovery_that_ended_well_none_is_due_for_a_while(archive):
    run(archive, 5, **{FULL_DISCOVERY: 1})
    run(archive, 4)
    assert not due(archive)


def test_an_old_full_discovery_is_repeated(archive):
    run(archive, 7, **{FULL_DISCOVERY: 1})
    run(archive, 1)
    assert due(archive)


@pytest.mark.parametrize("outcome", ["failed", "stopped", "killed"])
def test_a_run_that_did_not_end_well_calls_for_a_full_discovery(archive, outcome):
    run(archive, 3, **{FULL_DISCOVERY: 1})
    run(archive, 2, outcome=outcome)
    assert due(archive)


def test_a_listing_that_could_not_be_read_calls_for_a_full_discovery(archive):
    run(archive, 3, **{FULL_DISCOVERY: 1})
    run(archive, 2, **{"listings/failed": 1})
    assert due(archive)


def test_another_sites_runs_do_not_count(archive):
    run(archive, 3, **{FULL_DISCOVERY: 1})
    run(archive, 2, outcome="failed", site="finews")
    assert not due(archive)


def test_a_run_that_is_still_on_does_not_count(archive):
    run(archive, 3, **{FULL_DISCOVERY: 1})
    with archive.transaction():
        archive.runs.start(spider="category", site="demo", arguments={}, now=NOW)
    assert not due(archive)


def test_an_empty_archive_knows_no_categories(archive):
    assert archive.listings.categories("demo") == []


# One run's listings

DEMO = load_site("demo")
HOME, CATEGORY = DEMO.base_url + "/", DEMO.base_url + "/category/a/"
POST = DEMO.base_url + "/post/1.html"


@pytest.fixture
def session(tmp_path):
    session = session_on(tmp_path / "a.db", listings_max=3)
    yield session
    session.archive.close()


@pytest.fixture
def listings(session):
    return KnownListings(session, DEMO, site_rules(DEMO))


def to(url):
    return ListingLink(url, "demo", "category")


def answer(body=b"listing", status=200, asked=None, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request(HOME, headers=asked)
    return Response(HOME, status=status, body=body, headers=headers, request=request)


def read(listings, response=None, *, further=(), next_url=None, damage=None, refresh=None):
    return asyncio.run(
        listings.read(
            to(HOME),
            response or answer(ETag='"1"'),
            articles=[Link(POST, "demo", "post", HOME)],
            further=[ListingLink(url, "demo", "category", HOME) for url in further],
            next_url=next_url,
            links=1,
            damage=damage,
            refresh=refresh,
        )
    )


def reasons(session):
    return [reason for (reason,) in session.archive.connection.execute("SELECT reason FROM problems ORDER BY url")]


def due_urls(listings):
    return [link.url for link in listings.due()]


def test_a_listing_is_asked_for_once_a_run(listings):
    assert [listings.admit(to(url)) for url in (HOME, CATEGORY, HOME, CATEGORY + "#top")] == [True, True, False, False]


def test_a_listing_at_another_host_is_not_asked_for_and_is_a_problem(session, listings):
    assert not listings.admit(to("http://192.168.0.1/"))
    assert len(reasons(session)) == 1


def test_one_run_asks_for_so_many_listings_and_no_more(session, listings):
    admitted = [listings.admit(to(f"{HOME}{number}")) for number in range(5)]
    assert admitted == [True] * 3 + [False] * 2
    assert reasons(session) == ["endless-paging"] * 2


def test_what_was_read_is_asked_for_with_its_validators_and_known_when_it_is_the_same(session, listings):
    assert listings.headers(HOME) == {}
    assert listings.unchanged(HOME, answer()) is None
    assert read(listings) == 1
    assert read(listings) == 0
    assert session.counts == {"listings/read": 2, "links/new": 1, "links/known": 0}
    assert listings.headers(HOME) == {"If-None-Match": '"1"'}
    assert listings.unchanged(HOME, answer(b"", 304, asked={"If-None-Match": '"1"'})).url == HOME
    assert listings.unchanged(HOME, answer(b"", 304)) is None, "nobody said what is known"
    assert listings.unchanged(HOME, answer(b"other")) is None
    assert session.counts["listings/unchanged"] == 1


def test_the_same_page_with_other_validators_is_asked_for_with_these(listings):
    read(listings)
    assert listings.unchanged(HOME, answer(ETag='"2"'))
    assert listings.headers(HOME) == {"If-None-Match": '"2"'}


def changes_by_an_unchanged_answer(session, listings):
    before = session.archive.connection.total_changes
    assert listings.unchanged(HOME, answer(ETag='"1"'))
    return session.archive.connection.total_changes - before


def test_nothing_is_written_of_an_unchanged_feed_that_names_only_hours_of_rest(session, listings):
    read(listings, refresh=Refresh(skip_hours=frozenset({3})))
    assert changes_by_an_unchanged_answer(session, listings) == 0


def test_an_unchanged_feed_that_names_a_time_rests_again_from_now_on(session, listings):
    read(listings, refresh=Refresh(seconds=600))
    rests_until = session.archive.listings.get(HOME).not_before
    session.writer.submit(Operations.rest, HOME, "2026-03-05T12:00:00Z")
    assert changes_by_an_unchanged_answer(session, listings) == 1
    assert session.archive.listings.get(HOME).not_before >= rests_until


def test_a_full_discovery_asks_without_validators(listings):
    read(listings)
    listings.asks_anew = True
    assert listings.headers(HOME) == {}


def test_a_listing_that_was_not_read_whole_is_told_due_again_and_not_known(session, listings):
    read(listings, damage="cut short")
    assert session.counts["listings/damaged"] == 1
    assert reasons(session) == ["bad-listing"]
    assert due_urls(listings) == [HOME]
    assert listings.headers(HOME) == {}
    assert listings.unchanged(HOME, answer()) is None
    assert listings.links_before(HOME) == 1


def test_a_listing_that_was_read_by_other_rules_is_not_known(session, listings):
    read(listings)
    other = KnownListings(session, load_site("finews"), site_rules(DEMO))
    assert other.unchanged(HOME, answer(ETag='"1"')) is None


@pytest.mark.parametrize(("state", "is_due", "name"), [("retry", True, "failed"), ("gone", False, "refused")])
def test_what_did_not_come_is_due_unless_it_is_gone(session, listings, state, is_due, name):
    read(listings, further=[CATEGORY])
    listings.failed(to(CATEGORY), Outcome("unreachable", state))
    assert due_urls(listings) == [CATEGORY] * is_due
    assert session.counts[f"listings/{name}"] == 1
    assert reasons(session) == ["unreachable"]


def test_a_run_that_wants_a_part_leaves_no_trace_of_a_listing(session):
    part = KnownListings(session, DEMO, site_rules(DEMO), remembers=False)
    assert read(part, further=[CATEGORY], next_url=HOME + "2") == 1
    part.failed(to(CATEGORY), Outcome("unreachable", "retry"))
    assert part.headers(HOME) == {}
    assert part.due() == ()
    whole = KnownListings(session, DEMO, site_rules(DEMO))
    assert whole.headers(HOME) == {}
    assert due_urls(whole) == []


def test_only_pages_that_are_new_or_changed_are_taken_from_a_full_feed(session, listings):
    now = datetime.now(UTC)
    saved = Page(POST, "feed", "demo", b"same", now)
    session.writer.submit(Operations.save, saved)
    session.writer.submit(Operations.store, Article(page=saved, article_key="demo:1", title="港口今晨开放"), [])
    same, changed = Page(POST, "feed", "demo", b"same", now), Page(POST, "feed", "demo", b"other", now)
    new = Page(POST + "2", "feed", "demo", b"same", now)
    assert listings.not_stored([same, changed, new]) == [changed, new]
