"""A few pages fetched without an archive; each time in a process of its own, in which a name may be made to lie."""

import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from support.running import ROOT

from newsarchive.demo.server import serving

_SCRIPT = """
{first}
import json, sys
from newsarchive.crawl import fetch_one
from newsarchive.errors import UserError
{before}
try:
    for page in fetch_one.fetch(sys.argv[1:]):
        print(json.dumps([page.url, page.status, page.headers, page.body.decode()]))
except UserError as error:
    sys.exit(str(error))
"""
# Every name is this machine, as a name in a hostile DNS may be.
_LYING = """
import socket
socket.gethostbyname = lambda _: "127.0.0.1"
"""


def fetch(*urls, first="", before=""):
    command = [sys.executable, "-c", _SCRIPT.format(first=first, before=before), *urls]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=120)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((time.monotonic(), self.path))
        if self.path == "/slow":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.server.ended.wait(60)
            return
        body = self.server.robots if self.path == "/robots.txt" else b"page"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Latin", "caf\xe9")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.port = self.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.asked = []
        self.robots = b""
        self.ended = threading.Event()


@pytest.fixture
def server():
    with serving(Server()) as running:
        yield running
        running.ended.set()


def test_pages_come_in_the_order_in_which_they_were_asked_for(server):
    done = fetch(f"{server.base}/2", f"{server.base}/1")
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert [f"{server.base}/{number}" in line for number, line in zip((2, 1), lines, strict=True)] == [True, True]
    assert "caf\\u00e9" in lines[0]
    assert [path for _, path in server.asked] == ["/robots.txt", "/2", "/1"]


def test_there_is_a_pause_between_pages_and_none_after_robots_txt(server):
    fetch(f"{server.base}/1", f"{server.base}/2", before="fetch_one.PAUSE = 3.0")
    (robots, _), (first, _), (second, _) = server.asked
    assert first - robots < 3 <= second - first + 0.1


def test_a_crawl_delay_is_kept_and_told_to_who_waits(server):
    server.robots = b"User-agent: *\nCrawl-delay: 2\n"
    done = fetch(f"{server.base}/1", f"{server.base}/2", before="fetch_one.PAUSE = 0.1")
    assert done.stderr == "127.0.0.1 asks for 2 seconds between two requests (Crawl-delay)\n"
    times = [when for when, _ in server.asked]
    assert times[2] - times[1] > 1.9


def test_time_is_bounded(server):
    done = fetch(f"{server.base}/slow", before="fetch_one.LONGEST = 1.0")
    assert done.stderr == f"{server.base}/slow: took longer than 1 seconds - try again later\n"


def test_a_public_name_with_a_private_address_is_found_out(server):
    done = fetch(f"http://news.example:{server.port}/1", first=_LYING)
    assert "news.example has the private address 127.0.0.1" in done.stderr
    assert server.asked == []


def test_what_was_typed_is_trusted_with_its_port_alone(server):
    with serving(Server()) as other:
        done = fetch(f"http://localhost:{server.port}/1", f"http://127.0.0.1:{other.port}/1")
        assert (done.returncode, len(done.stdout.splitlines())) == (0, 2)
        assert [path for _, path in other.asked] == ["/robots.txt", "/1"]


def test_nothing_is_asked_for_when_one_of_the_addresses_is_refused(server):
    done = fetch(f"{server.base}/1", "http://10.0.0.1/")
    assert done.returncode == 1
    assert "10.0.0.1 lies inside a private network" in done.stderr
    assert server.asked == []
