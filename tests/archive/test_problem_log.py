"""What the archive tells of one URL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsarchive.archive import Archive, Link
from newsarchive.archive.listings import KnownListing, ListingLink
from newsarchive.models import Article, Page, Paragraph

NOW = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
URL = "https://news.example/a/1.html"


def note(archive: Archive, url: str, minutes: int = 0) -> None:
    found = Link(url, "demo", "post", "https://news.example/")
    archive.frontier.add([found], None, NOW + timedelta(minutes=minutes))


def test_a_url_that_waits_tells_where_it_was_found_how_often_it_was_tried_and_when_it_is_due(archive: Archive) -> None:
    run = archive.runs.start(spider="category", site="demo", arguments={}, now=NOW)
    archive.frontier.add([Link(URL, "demo", "post", "https://news.example/")], run, NOW)
    archive.problems.add(None, url=URL, site="demo", stage="fetch", reason="unreachable", detail="refused", now=NOW)
    archive.frontier.retry(URL, reason="unreachable", now=NOW, next_at=NOW + timedelta(minutes=10))
    at = "2026-03-05T01:00:00Z"
    assert archive.problems.history(URL) == [
        (at, "found", None, None, None, f"post of demo, on https://news.example/, in run {run}", URL),
        (at, "problem", "unreachable", 1, None, "fetch: refused", URL),
        (at, "pending", "unreachable", 1, "2026-03-05T01:10:00Z", "no answer: name, connection or time-out", URL),
    ]


def test_a_url_that_was_never_tried_is_pending_since_it_was_found(archive: Archive) -> None:
    note(archive, URL)
    assert [(one.event, one.times, one.detail) for one in archive.problems.history(URL)] == [
        ("found", None, "post of demo, on https://news.example/"),
        ("pending", 0, ""),
    ]


def test_a_stored_copy_is_told_and_since_when_it_is_gone(archive: Archive) -> None:
    note(archive, URL)
    page = Page(URL, "post", "demo", b"", NOW)
    archive.store(Article(page, "news.example/a/1.html", title="题", paragraphs=[Paragraph("文")]), None, NOW)
    archive.copies.gone(URL, 404, NOW + timedelta(days=1))
    events = [(one.at, one.event, one.detail) for one in archive.problems.history(URL) if one.event != "found"]
    assert events == [
        ("2026-03-05T01:00:00Z", "stored", "article news.example/a/1.html, last seen 2026-03-05T01:00:00Z"),
        ("2026-03-05T01:00:00Z", "done", ""),
        ("2026-03-06T01:00:00Z", "vanished", "status 404; its text stays"),
    ]


def test_all_spellings_of_a_url_are_told_together_in_the_order_of_time(archive: Archive) -> None:
    others = ["http://www.news.example/a/1.html", f"{URL}#feed", "https://news.example/a/10.html"]
    for minutes, url in enumerate([URL, *others]):
        note(archive, url, minutes)
    found = [one.url for one in archive.problems.history("news.example/a/1.html") if one.event == "found"]
    assert found == [URL, *others[:2]]


def test_the_raw_pages_of_a_url_are_told_and_the_newest_is_found(archive: Archive) -> None:
    note(archive, URL)
    for minutes, status in enumerate((403, 200), 1):
        page = Page(URL, "post", "demo", b"body" * status, NOW + timedelta(minutes=minutes), status)
        newest = archive.snapshots.save(page)
    assert [one.detail for one in archive.problems.history(URL) if one.event == "page"] == [
        "status 403, 1612 bytes, kept as snapshot 1",
        "status 200, 800 bytes, kept as snapshot 2",
    ]
    assert archive.problems.newest_page("news.example/a/1.html") == newest == 2
    assert archive.problems.newest_page("https://news.example/a/2.html") is None


def test_a_listing_is_told_with_what_it_listed(archive: Archive) -> None:
    archive.listings.find([ListingLink(URL, "demo", "feed", "https://news.example/")])
    (event,) = archive.problems.history(URL)
    told = "feed of demo, on https://news.example/, to be asked for by the next run"
    assert (event.event, event.detail) == ("listing", told)
    archive.listings.read(KnownListing(URL, "demo", "feed", links=7), NOW)
    (event,) = archive.problems.history(URL)
    assert (event.at, event.detail) == (
        "2026-03-05T01:00:00Z",
        "feed of demo, on https://news.example/, with 7 articles",
    )


def test_of_a_url_that_was_refused_at_once_the_problem_is_told(archive: Archive) -> None:
    archive.problems.add(None, url=URL, site="demo", stage="list", reason="foreign-host", now=NOW)
    assert [(one.event, one.detail) for one in archive.problems.history(URL)] == [
        ("problem", "leads to a host that the site does not name")
    ]


@pytest.mark.parametrize("url", ["https://news.example/a/2.html", "http://[::1/", ""])
def test_of_what_was_never_seen_nothing_is_told(archive: Archive, url: str) -> None:
    note(archive, URL)
    assert archive.problems.history(url) == []
