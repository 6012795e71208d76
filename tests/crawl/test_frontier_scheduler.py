"""What a crawl asks for next: what is pending, then what is due to be rechecked, never more than the window."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from support.crawling import session_on

from newsarchive.archive import Link
from newsarchive.crawl.frontier_scheduler import FrontierScheduler
from newsarchive.crawl.writer.operations import Operations
from newsarchive.models import Article, Page, Paragraph
from newsarchive.sites import load_site
from spiders.category import CategorySpider
from spiders.replay import ReplaySpider

BASE = load_site("demo").base_url


def crawler_of(kind, **arguments):
    crawler = Crawler(kind)
    crawler.spider = kind.from_crawler(crawler, **arguments)
    return crawler


def scheduler_of(**arguments):
    crawler = crawler_of(CategorySpider, site="demo", **arguments)
    requests = []
    crawler.engine = SimpleNamespace(crawl=lambda request: requests.append(request.url))
    return FrontierScheduler(crawler), requests


@pytest.fixture
def session(tmp_path):
    session = session_on(tmp_path / "a.db", window=4, checks_max=3)
    session.settle = lambda row, stage, outcome: session.writer.submit(Operations.settle, row, stage, outcome)
    yield session
    session.archive.close()


def url(number):
    return f"{BASE}/post/{number}.html"


def find(session, *numbers, role="post"):
    session.writer.submit(Operations.find, [Link(url(number), "demo", role) for number in numbers])


def store_as_due(session, *numbers):
    find(session, *numbers)
    for number in numbers:
        page = Page(url(number), "post", "demo", b"", datetime.now(UTC))
        text = [Paragraph(f"第{number}段正文写得足够长。" * 9)]
        article = Article(page=page, article_key=f"demo:{number}", title=f"第{number}条", paragraphs=text)
        session.writer.submit(Operations.store, article, [])
        session.archive.frontier.schedule_recheck(page.url, datetime.now(UTC) - timedelta(minutes=number))


def test_pending_urls_are_asked_for_until_the_window_is_full(session):
    scheduler, requests = scheduler_of()
    find(session, *range(6))
    assert scheduler.feed(session) == 4
    assert requests == [url(n) for n in range(4)]
    assert session.in_flight == set(requests)
    assert scheduler.feed(session) == 0
    session.in_flight -= {url(0), url(1)}
    session.archive.frontier.done(url(0), datetime.now(UTC))
    session.archive.frontier.done(url(1), datetime.now(UTC))
    assert scheduler.feed(session) == 2
    assert requests[4:] == [url(4), url(5)]


def test_the_limit_counts_over_the_whole_run(session):
    scheduler, requests = scheduler_of(limit="2")
    find(session, *range(6))
    assert scheduler.feed(session) == 2
    session.in_flight.clear()
    assert scheduler.feed(session) == 0
    assert len(requests) == 2


def test_roles_are_asked_for_in_the_order_of_the_spider(session):
    scheduler, requests = scheduler_of()
    find(session, 1, role="share")
    find(session, 2)
    scheduler.feed(session)
    assert requests == [url(2), url(1)]


def test_stored_copies_are_rechecked_when_nothing_is_pending_the_longest_due_first(session):
    scheduler, requests = scheduler_of()
    store_as_due(session, 1, 2, 3, 4, 5)
    find(session, 9)
    assert scheduler.feed(session) == 1
    assert requests == [url(9)]
    assert scheduler.feed(session) == 3
    assert requests[1:] == [url(5), url(4), url(3)]
    session.in_flight.clear()
    session.archive.frontier.done(url(9), datetime.now(UTC))
    assert scheduler.feed(session) == 0  # no more rechecks in this run than its setting allows


def test_what_was_on_its_way_when_a_run_was_killed_is_asked_for_last_and_alone(session):
    scheduler, requests = scheduler_of()
    find(session, 1, 2, 3)
    for number in (1, 2):
        session.archive.frontier.begin(url(number))
    assert scheduler.feed(session) == 1
    assert requests == [url(3)]
    assert scheduler.feed(session) == 0
    session.in_flight.clear()
    session.archive.frontier.done(url(3), datetime.now(UTC))
    assert scheduler.feed(session) == 1
    assert scheduler.feed(session) == 0
    assert requests[1:] == [url(1)]


def test_what_was_on_its_way_in_three_killed_runs_is_given_up(session):
    find(session, 1)
    for killed in range(3):
        session.archive.connection.execute("UPDATE problems SET last_at = '2026-01-01T00:00:00Z'")
        session.archive.frontier.begin(url(1))
        scheduler, requests = scheduler_of()
        session.in_flight.clear()
        assert scheduler.feed(session) == (killed < 2)
        assert requests == ([url(1)] if killed < 2 else [])
    row = session.archive.connection.execute("SELECT state, reason, attempts FROM frontier").fetchone()
    assert row == ("failed", "unfinished", 3)


def test_an_address_that_must_not_be_asked_is_settled_and_the_next_is_taken(session):
    scheduler, requests = scheduler_of()
    session.writer.submit(Operations.find, [Link(f"http://192.168.0.{n}/", "demo", "post") for n in range(1, 5)])
    find(session, 7)

    def settled():
        session.in_flight -= session.writer.operations.take_report().settled

    original = session.settle
    session.settle = lambda *arguments: (original(*arguments), settled())
    assert scheduler.feed(session) == 1
    assert requests == [url(7)]
    states = session.archive.connection.execute("SELECT state, count(*) FROM frontier GROUP BY 1 ORDER BY 1")
    assert states.fetchall() == [("pending", 1), ("rejected", 4)]


def test_a_spider_that_fetches_nothing_has_no_use_for_it():
    with pytest.raises(NotConfigured):
        FrontierScheduler(crawler_of(ReplaySpider))
