"""How a server is asked: under one honest name, no faster than it wants, and not at all while it rests."""

import json
import sqlite3
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from newsarchive.demo.server import serving

CODES = [f"NW2026030500000000{number:02d}" for number in range(1, 6)]
# Nothing else is on its way when an answer asks for a pause.
ONE_BY_ONE = {"CONCURRENT_REQUESTS": 1}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((time.monotonic(), self.path, dict(self.headers)))
        status, headers, body = self.server.answer(self.path)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def server(robots="", trouble=None):
    """Serve share texts; `trouble` answers for the first request of a code that holds its key."""
    trouble = dict(trouble or {})

    def answer(path):
        for part in list(trouble):
            if part in path:
                return trouble.pop(part)
        if path.endswith("/robots.txt"):
            return 200, {"Content-Type": "text/plain"}, robots.encode()
        body = json.dumps({"text": "<p>船只今晨陆续离港，码头恢复作业。</p>"}, ensure_ascii=False).encode()
        return 200, {"Content-Type": "application/json"}, body

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.asked, running.answer = [], answer
    running.base_url = f"http://127.0.0.1:{running.server_address[1]}"
    with serving(running):
        yield running


def share(crawl, running, codes=CODES, **more):
    return crawl("share", site="demo", base_url=running.base_url, codes=",".join(codes), **more)


def test_it_says_who_asks_and_reads_robots_txt_first(crawl):
    with server() as running:
        done = share(crawl, running, CODES[:1], settings={"NEWSARCHIVE_CONTACT": "https://archive.example.org/about"})
    assert done.status == 0, done.log
    paths = [path for _, path, _ in running.asked]
    assert (paths[0], len(paths)) == ("/robots.txt", 2)
    agents = {headers["User-Agent"] for _, _, headers in running.asked}
    assert len(agents) == 1
    assert agents.pop().endswith("(+https://archive.example.org/about)")


@pytest.mark.parametrize(
    "answer",
    [(503, {}, b""), (429, {}, b""), (200, {"Content-Length": "500"}, b"User-agent: *")],
    ids=["server-error", "too-many", "cut-off"],
)
def test_while_robots_txt_cannot_be_read_nothing_is_asked_for(crawl, answer):
    with server(trouble={"robots.txt": answer}) as running:
        done = share(crawl, running, settings={"RETRY_TIMES": 0, "DOWNLOAD_TIMEOUT": 2})
        assert [path for _, path, _ in running.asked] == ["/robots.txt"]
        assert done.rows("SELECT DISTINCT state, reason FROM frontier") == [("pending", "unreachable")]
        assert "robots.txt could not be read" in done.column("SELECT detail FROM problems")[0]
        with sqlite3.connect(crawl.db) as archive:
            archive.execute("UPDATE frontier SET next_at = NULL")  # some minutes later
        again = share(crawl, running)
    assert again.column("SELECT DISTINCT state FROM frontier") == ["done"]


@pytest.mark.parametrize("status", [404, 403])
def test_a_site_without_robots_txt_has_no_rules(crawl, status):
    with server(trouble={"robots.txt": (status, {}, b"")}) as running:
        done = share(crawl, running, CODES[:1])
    assert done.column("SELECT state FROM frontier") == ["done"]


def test_a_crawl_delay_is_kept_also_when_the_throttle_would_go_faster(crawl):
    with server(robots="User-agent: *\nCrawl-delay: 0.4\n") as running:
        done = share(crawl, running, settings={"AUTOTHROTTLE_ENABLED": True, "AUTOTHROTTLE_START_DELAY": 0})
    assert done.status == 0, done.log
    assert len(running.asked) == 1 + len(CODES)
    # Five pauses; when a request is noted depends on the machine as well, and half of them is more than it ever takes.
    assert running.asked[-1][0] - running.asked[0][0] > 0.4 * len(CODES) / 2


def test_a_host_that_asks_for_a_pause_gets_it(crawl):
    trouble = {CODES[0]: (429, {"Retry-After": "2"}, b"")}
    with server(trouble=trouble) as running:
        done = share(crawl, running, settings=ONE_BY_ONE)
    assert done.status == 0, done.log
    assert done.column("SELECT count(*) FROM articles") == [len(CODES)]
    paused = next(when for when, path, _ in running.asked if CODES[0] in path)
    assert not [path for when, path, _ in running.asked if paused < when < paused + 1.9]


def test_a_host_that_asks_for_a_long_pause_is_left_alone_until_then(crawl):
    trouble = {CODES[0]: (503, {"Retry-After": "7200"}, b"")}
    with server(trouble=trouble) as running:
        done = share(crawl, running, settings=ONE_BY_ONE)
        asked = len(running.asked)
        again = share(crawl, running)
    assert done.status == 0, done.log
    assert asked == 2
    waits = "SELECT count(*) FROM frontier WHERE state = 'pending' AND julianday(next_at) - julianday(found_at) > 0.08"
    assert done.column(waits) == [len(CODES)]
    assert len(running.asked) == asked, again.log


def test_a_proxy_of_the_environment_is_used_and_real_names_are_not_looked_up(crawl):
    with server() as running:
        done = crawl(
            "share",
            codes=CODES[0],
            environment={"http_proxy": running.base_url},
            settings={"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False},
        )
    assert done.status == 0, done.log
    assert [path.split("?")[0] for _, path, _ in running.asked] == [
        "http://finews.zning.xyz/robots.txt",
        "http://finews.zning.xyz/NewsData/GetNewsText.do",
    ]
