"""Answers that are made to fill the memory, to hold the crawl, or to write to the terminal."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler

import pytest
from support.small_site import SmallSite

from newsarchive.demo.server import serving

TEXT = "今天上午，江湾港的吞吐量比昨天增加了一成。"


class RawHandler(BaseHTTPRequestHandler):
    """Writes some answers as they are, also such as no library would write."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        raw = self.server.raw.get(self.path)
        if raw is None:
            self.server.handler.do_GET(self)
            return
        self.close_connection = True
        with contextlib.suppress(ConnectionError):
            for piece in raw():
                self.wfile.write(piece)

    def log_message(self, *_):
        """Keep the terminal quiet."""


@pytest.fixture
def site(tmp_path):
    class RawSite(SmallSite):
        def __init__(self):
            super().__init__()
            self.handler = self.RequestHandlerClass
            self.raw = {}
            self.RequestHandlerClass = type("Handler", (RawHandler, self.handler), {})
            self.written = threading.Event()

    with serving(RawSite()) as server:
        server.article(1, TEXT)
        server.listing(1, 2)
        server.environment = server.describe(tmp_path / "sites")
        yield server


def endless(begin, piece):
    def write():
        yield begin
        for _ in range(40_000):  # 160 MB, if anybody reads them
            yield piece * 4096

    return write


@pytest.mark.parametrize(
    "answer",
    [
        endless(b"HTTP/1.1 200 OK\r\n", b"X: 1\r\n"),
        endless(b"HTTP/1.1 200 OK\r\nX: 1\r\n", b" 1\r\n"),
        endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ],
    ids=["headers", "one header", "interim answers"],
)
def test_headers_without_end_are_given_up_at_once(crawl, site, answer):
    site.raw["/news/2.html"] = answer
    done = crawl("category", site="small", environment=site.environment)
    assert done.rows("SELECT state, reason FROM frontier WHERE url LIKE '%/2.html'") == [("rejected", "too-large")]
    assert done.column("SELECT detail FROM problems WHERE url LIKE '%/2.html'") == ["more than 262144 bytes of headers"]
    assert done.column("SELECT count(*) FROM articles") == [1]


def test_of_a_long_robots_txt_the_beginning_is_obeyed(crawl, site):
    rules = b"User-agent: *\nDisallow: /news/1.html\n" + b"# some words\n" * 60_000
    late = b"Disallow: /news/2.html\n"
    site.pages["/robots.txt"] = rules + late
    site.article(2, TEXT.replace("一", "二"))
    done = crawl("category", site="small", environment=site.environment, settings={"DOWNLOAD_MAXSIZE": 600_000})
    assert done.state("/1.html") == {"blocked"}
    assert done.state("/2.html") == {"done"}


def test_nothing_that_a_terminal_obeys_reaches_the_log_or_the_archive(crawl, site):
    escapes = b"\x1b]0;taken\x07\x1b[31m"
    body = site.pages["/news/1.html"]
    cookie = b"Set-Cookie: session=1\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n" + cookie
    site.raw["/news/1.html"] = lambda: [head + b"Server: " + escapes + b"\r\n\r\n" + body]
    site.raw["/news/2.html"] = lambda: [head + b"Content-Encoding: " + escapes + b"\r\n\r\n" + body]
    done = crawl("category", site="small", environment=site.environment)
    assert "\x1b]0" not in done.log
    assert "]0;taken" in done.log, "it was told, without its escapes"
    assert "\x1b" not in "".join(done.column("SELECT detail FROM problems"))
    (headers,) = done.column("SELECT headers FROM snapshots WHERE url LIKE '%/1.html'")
    assert "u001b" not in headers
    assert "cookie" not in headers


def test_a_title_keeps_no_control_characters(crawl, site):
    site.article(1, TEXT + "\x1b[31m红\x00", title="标题\x1b[31m里的\x9b控制符")
    done = crawl("category", site="small", environment=site.environment)
    assert done.column("SELECT title FROM articles") == ["标题[31m里的控制符"]
    assert not any(ord(c) < 32 and c != "\n" for c in done.column("SELECT body FROM articles")[0])


def test_a_page_of_too_much_markup_is_given_up_and_told(crawl, site):
    site.pages["/news/2.html"] = site.pages["/news/1.html"] + b"<div>" * 700_000
    done = crawl("category", site="small", environment=site.environment)
    assert done.rows("SELECT state, reason FROM frontier WHERE url LIKE '%/2.html'") == [("rejected", "too-complex")]
    assert done.column("SELECT count(*) FROM articles") == [1]
