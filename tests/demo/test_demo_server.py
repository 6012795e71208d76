"""The sample site over real HTTP."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from newsarchive.demo import DemoSite, RunningServer, serve
from newsarchive.demo.__main__ import describe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsarchive.demo.server import Request


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with serve(DemoSite()) as running:
        yield running


def ask(
    server: RunningServer, target: str, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc, timeout=60)
    connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def newest(server: RunningServer) -> str:
    return next(post.path for post in server.site.posts() if post.edition == "media" and " " not in post.medium.slug)


def test_pages_carry_validators_and_answer_304(server: RunningServer) -> None:
    path = newest(server)
    answer, body = ask(server, path)
    assert answer.status == 200
    assert body == server.site.render(path)
    tag, modified = answer.headers["ETag"], answer.headers["Last-Modified"]
    for headers in ({"If_None_Match": tag}, {"If_None_Match": f'"x", W/{tag}'}, {"If_Modified_Since": modified}):
        again, nothing = ask(server, path, **headers)
        assert (again.status, nothing) == (304, b"")
        assert again.headers["ETag"] == tag
    for headers in ({"If_None_Match": '"other"'}, {"If_Modified_Since": "Thu, 01 Jan 1970 00:00:00 GMT"}):
        assert ask(server, path, **headers)[0].status == 200
    assert ask(server, path, If_Modified_Since="yesterday")[0].status == 200


def test_a_tag_goes_before_a_date(server: RunningServer) -> None:
    path = newest(server)
    modified = ask(server, path)[0].headers["Last-Modified"]
    assert ask(server, path, If_None_Match='"other"', If_Modified_Since=modified)[0].status == 200


def test_pages_are_packed_for_those_who_ask(server: RunningServer) -> None:
    answer, body = ask(server, "/", Accept_Encoding="gzip, deflate")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == server.site.render("/")
    assert "Content-Encoding" not in ask(server, "/")[0].headers
    assert ask(server, "/", Accept_Encoding="gzip", If_None_Match=answer.headers["ETag"])[0].status == 304


def test_head_has_the_headers_and_no_body(server: RunningServer) -> None:
    whole, body = ask(server, "/")
    head, nothing = ask(server, "/", "HEAD")
    assert nothing == b""
    assert head.headers["Content-Length"] == str(len(body)) == whole.headers["Content-Length"]
    assert head.headers["ETag"] == whole.headers["ETag"]


def test_a_lost_page_answers_404(server: RunningServer) -> None:
    answer, body = ask(server, "/nothing")
    assert answer.status == 404
    assert "找不到页面" in body.decode()
    assert "ETag" not in answer.headers


def test_the_connection_stays_open(server: RunningServer) -> None:
    connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc, timeout=60)
    sockets = set()
    for target in ("/", "/nothing", "/feed.xml"):
        connection.request("GET", target)
        connection.getresponse().read()
        sockets.add(id(connection.sock))
    connection.close()
    assert len(sockets) == 1


def test_requests_are_remembered(server: RunningServer) -> None:
    known = len(server.requests)

    # A request is remembered once it is answered, by another thread.
    def remembered(method: str, path: str) -> Request:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            found = [one for one in list(server.requests)[known:] if (one.method, one.path) == (method, path)]
            if found:
                return found[-1]
            time.sleep(0.01)
        raise AssertionError(f"{method} {path} is not remembered")

    ask(server, "/feed.xml", "HEAD", If_None_Match='"x"')
    ask(server, "/a/ccjyw.html")
    first, second = remembered("HEAD", "/feed.xml"), remembered("GET", "/a/ccjyw.html")
    assert (first.method, first.path, first.status, first.conditional, first.size) == (
        "HEAD",
        "/feed.xml",
        200,
        True,
        0,
    )
    assert not second.conditional
    assert second.size == len(server.site.render("/a/ccjyw.html"))


def test_a_proxy_request_is_answered_whatever_its_host(server: RunningServer) -> None:
    digits = server.site.planner.digits(server.site.live[-1])
    answer, body = ask(server, f"http://finance.elsewhere.invalid/a/{digits}.html")
    assert answer.status == 200
    assert body == server.site.render(f"/a/{digits}.html")


def test_robots_txt_forbids_a_folder_and_names_a_delay() -> None:
    with serve(DemoSite(articles=10, crawl_delay=0.5)) as server:
        text = ask(server, "/robots.txt")[1].decode()
    assert text.splitlines() == ["User-agent: *", "Disallow: /private/", "Crawl-delay: 0.5"]


def test_the_same_request_gets_the_same_answer_from_two_servers() -> None:
    answers = []
    for _ in range(2):
        with serve(DemoSite(articles=20)) as server:
            answer, body = ask(server, "/category/flash.html")
            answers.append((dict(answer.headers), body.replace(server.base_url[5:].encode(), b"")))
    first, second = answers
    assert first[1] == second[1]
    assert first[0]["Date"] == second[0]["Date"]


def test_the_clock_can_be_moved() -> None:
    with serve(DemoSite(articles=20)) as server:
        path = newest(server)
        tag = ask(server, "/category/flash.html")[0].headers["ETag"]
        server.advance(days=4)
        assert ask(server, path)[0].status == 404
        assert ask(server, "/category/flash.html", If_None_Match=tag)[0].status == 200


def test_trouble_passes_after_two_attempts() -> None:
    with serve(DemoSite(articles=30, trouble=100)) as server:
        path = newest(server)
        outcomes = []
        for _ in range(3):
            try:
                outcomes.append(ask(server, path)[1] == server.site.at(base_url=server.base_url).reply(path, 2).body)
            except (http.client.HTTPException, OSError):
                outcomes.append(False)
        assert outcomes[-1]
        assert json.loads(ask(server, "/NewsData/GetNewsText.do?id=NW1")[1]) == {"text": None}


def test_the_command_says_what_is_where(server: RunningServer) -> None:
    text = describe(server)
    for word in (server.base_url, "160 articles", "NewsShare.html", "/a/2026", "2026-03-05 12:00"):
        assert word in text
    assert "hostile" not in text


def test_the_command_refuses_a_taken_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "newsarchive.demo", "--port", port]
        root = Path(__file__).parents[2]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=root)
    assert done.returncode == 2
    assert done.stderr.startswith(f"newsarchive.demo: cannot listen on 127.0.0.1:{port}")
    assert len(done.stderr.splitlines()) == 1
