"""Bad input gets its row in `problems`, and the crawl goes on."""

import re

import pytest

from newsarchive.demo import DemoSite, serve
from newsarchive.demo.hostile import cases

CASES = {case.name: case for case in cases()}


@pytest.fixture(scope="module")
def crawled(shared_crawl):
    with serve(DemoSite(articles=12, hostile=True)) as server:
        yield shared_crawl("category", site="demo", base_url=server.base_url, category="hostile,endless")


def test_the_crawl_ends_by_itself_and_well(crawled):
    assert crawled.status == 3, crawled.log
    assert "pages brought no article" in crawled.log
    assert "Traceback" not in crawled.log


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.reason])
def test_the_reason_is_recorded(crawled, name):
    case = CASES[name]
    part = {"endless-paging": "/category/endless", "unknown-code": "infoCode=QQ-12345"}.get(name, case.link)
    code = re.search(r"NW\d{18}", part)
    assert case.reason in crawled.reasons(code[0] if code else part)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.reason is None])
def test_trouble_that_passes_costs_nothing(crawled, name):
    assert crawled.state(CASES[name].link) == {"done"}


@pytest.mark.parametrize("name", ["no-title", "no-date", "future-date", "wrong-charset"])
def test_an_article_that_lacks_something_is_kept(crawled, name):
    assert crawled.state(CASES[name].link) == {"done"}
    assert crawled.column("SELECT count(*) FROM copies WHERE url LIKE ?", f"%{CASES[name].link}") == [1]


@pytest.mark.parametrize("name", ["empty-page", "error-page", "login-wall"])
def test_a_page_that_is_no_article_is_not_kept_as_one(crawled, name):
    assert crawled.rows(
        "SELECT state, reason, next_at > ended_at FROM frontier WHERE url LIKE ?", f"%{CASES[name].link}"
    ) == [("pending", name, 1)]
    assert crawled.column("SELECT count(*) FROM copies WHERE url LIKE ?", f"%{CASES[name].link}") == [0]


def test_a_transfer_that_broke_is_tried_again_by_a_later_run(crawled):
    [(state, attempts, due)] = crawled.rows(
        "SELECT state, attempts, next_at > ended_at FROM frontier WHERE url LIKE ?", f"%{CASES['cut-gzip'].link}"
    )
    assert (state, attempts, due) == ("pending", 1, 1)
