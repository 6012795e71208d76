"""What `add` has fetched answers the crawl that follows: once, within an hour, as it came."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from scrapy import Request, Spider
from scrapy.exceptions import NotConfigured
from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from newsarchive.crawl.http.handed_on import HandedOn, handed_on_path, missing, record_of
from newsarchive.crawl.pages import make_page
from newsarchive.models import Page

URL = "http://chaosheng.example/news/1.html"
HEADERS = {"content-type": "text/html; charset=gbk", "etag": '"a1"', "content-encoding": "gzip"}


def page(url=URL, minutes=5.0, **more):
    came = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=minutes)
    given = {"headers": HEADERS, **more}
    return Page(url, "original", "", "<h1>潮声</h1>".encode("gbk"), came, **given)


@pytest.fixture
def handed_on(tmp_path, monkeypatch):
    """Return what makes the middleware of a crawl for which pages were kept."""
    monkeypatch.setenv("NEWSARCHIVE_SITES", str(tmp_path))

    def make(*pages):
        if pages:
            handed_on_path("port").write_bytes(b"".join(map(record_of, pages)))
        crawler = get_crawler(Spider)
        crawler.spider = SimpleNamespace(site=SimpleNamespace(name="port"), fetches=True)
        return HandedOn.from_crawler(crawler)

    return make


def test_a_page_is_answered_as_it_came_and_with_the_time_at_which_it_came(handed_on):
    kept = page()
    response = handed_on(kept, page("http://chaosheng.example/2.html")).process_request(Request(URL))
    assert isinstance(response, HtmlResponse)
    assert (response.body, response.text) == (kept.body, "<h1>潮声</h1>")
    assert response.headers[b"ETag"] == b'"a1"'
    assert b"Content-Encoding" not in response.headers, "it is unpacked"
    assert make_page(response, URL, "post", "port").fetched_at == kept.fetched_at


def test_each_page_is_answered_once_and_counted(handed_on):
    middleware = handed_on(page())
    answers = [middleware.process_request(Request(URL)) for _ in range(2)]
    assert [answer is not None for answer in answers] == [True, False]
    assert middleware.crawler.stats.get_value("newsarchive/pages/handed_on") == 1


def test_what_was_not_there_is_not_there_and_what_was_not_looked_at_is_asked_for(handed_on):
    middleware = handed_on(missing(URL, 404))
    assert middleware.process_request(Request(URL)).status == 404
    assert middleware.process_request(Request("http://chaosheng.example/news/2.html")) is None


def test_a_page_is_known_by_the_address_to_which_it_was_redirected(handed_on):
    middleware = handed_on(page("http://chaosheng.example/1", final_url=URL))
    assert middleware.process_request(Request("http://chaosheng.example/1")) is None, "the crawl is redirected itself"
    assert middleware.process_request(Request(URL)).status == 200


@pytest.mark.parametrize(("minutes", "is_answered"), [(59, True), (61, False)])
def test_a_page_is_too_old_after_an_hour(handed_on, minutes, is_answered):
    answer = handed_on(page(minutes=minutes)).process_request(Request(URL))
    assert (answer is not None) == is_answered


def test_a_crawl_takes_the_pages_away_so_that_a_page_which_kills_it_is_not_read_again(handed_on):
    handed_on(page())
    assert not handed_on_path("port").exists()
    with pytest.raises(NotConfigured):
        handed_on()


def test_a_crawl_asks_for_all_pages_where_the_file_cannot_be_read_and_removed(handed_on):
    handed_on_path("port").mkdir()
    with pytest.raises(NotConfigured):
        handed_on()


def test_a_file_that_is_cut_short_gives_what_is_whole(handed_on):
    whole = record_of(page())
    handed_on_path("port").write_bytes(whole + record_of(page("http://chaosheng.example/2.html"))[:-30])
    middleware = handed_on()
    assert middleware.process_request(Request(URL)) is not None
    assert middleware.process_request(Request("http://chaosheng.example/2.html")) is None


def test_a_large_page_is_not_kept():
    large = page()
    large.body = b"x" * (1 << 20)
    assert record_of(large)
    large.body += b"x"
    assert record_of(large) == b""


@pytest.mark.parametrize("data", [b"", b"no archive", record_of(page())[:40]], ids=["empty", "other", "cut"])
def test_a_file_that_holds_no_page_hands_on_none(handed_on, data):
    handed_on_path("port").write_bytes(data)
    assert handed_on().process_request(Request(URL)) is None
