"""Every bad input is where the hostile section says it is."""

from __future__ import annotations

import gzip
import http.client
import json
import time
import zlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from newsarchive.demo import (
    DemoSite,
    RunningServer,
    hostile,
    serve,
)
from newsarchive.problems import REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE = DemoSite(articles=20, hostile=True)
CASES = {case.name: case for case in hostile.cases()}


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with serve(SITE) as running:
        yield running


def ask(server: RunningServer, name: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc, timeout=120)
    connection.request("GET", CASES[name].link)
    answer = connection.getresponse()
    return answer, answer.read()


def test_the_section_is_off_by_default() -> None:
    site = DemoSite(articles=20)
    assert site.reply("/category/hostile.html").status == 404
    assert "hostile" not in site.render("/").decode()
    assert all(site.reply(case.link).status == 404 for case in CASES.values() if case.link.startswith("/"))


def test_every_case_stands_in_the_category_and_has_a_known_reason() -> None:
    listing = SITE.render("/category/hostile.html").decode()
    for case in CASES.values():
        assert f'<a href="{case.link}">{case.title}</a>' in listing
        assert case.reason is None or case.reason in REASONS
        assert case.reason is not None or case.kept


def test_a_crawl_meets_the_section() -> None:
    assert CASES["index"].link in SITE.render("/").decode()
    assert "/category/hostile.html" in SITE.render(CASES["index"].link).decode()


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("error-page", "此页面不存在"),
        ("login-wall", "登录后阅读全文"),
        ("no-title", "<h1></h1>"),
        ("no-date", "CST) </small>"),
        ("future-date", "2099-01-01"),
        ("unknown-code", "infoCode=QQ-12345"),
    ],
)
def test_a_page_says_200_and_has_its_mark(name: str, mark: str) -> None:
    reply = SITE.reply(CASES[name].link)
    assert reply.status == 200
    assert mark in reply.body.decode()


def test_pages_lack_what_they_should_lack() -> None:
    assert SITE.render(CASES["empty-page"].link) == b""
    assert "em_media" not in SITE.render(CASES["no-body"].link).decode()
    with pytest.raises(UnicodeDecodeError):
        SITE.render(CASES["wrong-charset"].link).decode()
    assert len(SITE.render(CASES["too-large"].link)) > 20 * 1024 * 1024


def test_share_links_lead_to_bad_data() -> None:
    def data(name: str) -> tuple[int, bytes]:
        code = CASES[name].link.rpartition("/")[2].removesuffix(".html")
        assert f"infoCode={code}" in SITE.render(CASES[name].link).decode()
        reply = SITE.reply(f"/NewsData/GetNewsText.do?id={code}&cid=share")
        return reply.status, reply.body

    assert data("shell-without-data")[0] == 404
    with pytest.raises(json.JSONDecodeError):
        json.loads(data("data-is-html")[1])
    assert json.loads(data("data-without-text")[1]) == {"text": None}
    assert "值班" in json.loads(data("index")[1])["text"]


def test_paging_never_ends() -> None:
    address = CASES["endless-paging"].link
    for number in range(2, 30):
        page = SITE.render(address).decode()
        address = f"/category/endless_{number}.html"
        assert f'class="next" href="{address}"' in page


def test_redirects_lead_nowhere_good(server: RunningServer) -> None:
    answer, _ = ask(server, "redirect-loop")
    assert (answer.status, answer.headers["Location"]) == (302, CASES["redirect-loop"].link)
    assert ask(server, "redirect-private")[0].headers["Location"] == "http://10.0.0.1/"
    assert urlsplit(ask(server, "redirect-foreign")[0].headers["Location"]).hostname == "elsewhere.invalid"


def test_a_packed_page_is_cut_short(server: RunningServer) -> None:
    answer, body = ask(server, "cut-gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    with pytest.raises((EOFError, zlib.error)):
        gzip.decompress(body)


@pytest.mark.parametrize(("name", "status"), [("too-many-requests", 429), ("unavailable", 503)])
def test_some_troubles_pass(server: RunningServer, name: str, status: int) -> None:
    answers = [ask(server, name)[0] for _ in range(3)]
    assert [answer.status for answer in answers] == [status, status, 200]
    assert (answers[0].headers["Retry-After"] == "1") is (status == 429)


def test_a_connection_breaks_once_and_another_always(server: RunningServer) -> None:
    for name, outcomes in (("reset-once", (False, True)), ("reset", (False, False, False))):
        for good in outcomes:
            try:
                answer, body = ask(server, name)
            except (ConnectionError, http.client.IncompleteRead):
                assert not good
            else:
                assert good
                assert "值班" in body.decode()
                assert answer.status == 200


def test_a_length_is_wrong(server: RunningServer) -> None:
    with pytest.raises(http.client.IncompleteRead):
        ask(server, "wrong-length")


def test_a_page_comes_in_drips(server: RunningServer) -> None:
    started = time.monotonic()
    answer, body = ask(server, "slow")
    assert answer.status == 200
    assert "值班" in body.decode()
    assert time.monotonic() - started > 0.5


def test_links_lead_outside_and_inside() -> None:
    links = [case.link for case in CASES.values() if case.reason in ("unsafe-url", "foreign-host")]
    for start in ("javascript:", "file:", "http://10.0.0.1/", "http://169.254.169.254/", "http://127.0.0.1:9/"):
        assert any(link.startswith(start) for link in links)
