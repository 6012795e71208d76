"""`newsarchive read` on files and on a real server on loopback.

A page is fetched in a process of its own, as a person does it: a process can start Twisted's reactor once.
"""

import contextlib
import gzip
import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from typing import ClassVar

import pytest
from support.running import ROOT, Ran, command_line, run_on

from newsarchive.commands.pages import LARGEST
from newsarchive.demo import DemoSite, serve

PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>江湾渔港恢复通航 - 江湾晚报</title></head>
<body><h1>江湾渔港恢复通航</h1><p class="info">2026-03-04 09:15 来源：江湾晚报 作者：程立夏</p><div class="text">
<p>3月4日清晨，停航两天的江湾渔港恢复通航，首批二十六艘渔船在汽笛声里依次出港，码头上挤满了送行的人。</p>
<p>港口负责人说，航道清淤比原计划提前半天完成，冷库和制冰厂也已同步开工，本周鱼价预计会逐步回落。</p>
<p>渔民们表示，只要天气好，夜里就能把第一批渔获运回来，赶得上第二天的早市，大家都盼着这一天。</p>
</div></body></html>"""


class Server(http.server.BaseHTTPRequestHandler):
    """Answers a few addresses, some of them badly."""

    asked: ClassVar = Counter()
    agents: ClassVar = set()
    robots: ClassVar = (200, b"User-agent: *\nDisallow: /secret\n")
    waits: ClassVar = threading.Event()

    def do_GET(self):
        self.asked[self.path] += 1
        self.agents.add(self.headers["User-Agent"])
        kind, _, rest = self.path.strip("/").partition("/")
        if kind == "robots.txt":
            self.answer(*self.robots, "text/plain")
        elif kind == "waits":
            self.waits.set()
            self.rfile.read(1)  # until the other side is gone
        elif kind == "page":
            self.answer(200, PAGE.encode())
        elif kind == "packed":
            self.answer(200, gzip.compress(PAGE.encode()), coding="gzip")
        elif kind == "bomb":
            self.answer(200, gzip.compress(b"\0" * (LARGEST + 1)), coding="gzip")
        elif kind == "large":
            self.answer(200, b"x" * (LARGEST + 1))
        elif kind == "rude":
            self.send_response(404, "No\x1b[31m\x9b2J\u00ad\x07")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif kind == "status":
            self.answer(int(rest), b"")
        elif kind == "to":
            self.send_response(302)
            self.send_header("Location", rest)
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self.answer(404, b"nothing")

    def answer(self, status, body, kind="text/html; charset=utf-8", coding=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if coding:
            self.send_header("Content-Encoding", coding)
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the reader had enough
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.fixture
def read(tmp_path):
    return lambda *arguments: run_on(tmp_path / "none.db", "read", *arguments)


@pytest.fixture
def fetch(tmp_path):
    """Read in a process of its own."""

    def run(*arguments, **environment):
        command = command_line(tmp_path / "none.db", "read", *arguments)
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=ROOT, env=os.environ | environment, timeout=120
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def robots(monkeypatch):
    """Answer robots.txt as a test wants it, and forget what was asked before."""
    Server.asked.clear()
    return lambda status, body=b"": monkeypatch.setattr(Server, "robots", (status, body))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_a_file_is_read_as_an_article(read, file):
    article = json.loads(read(file, "--json").out)
    assert article["title"] == "江湾渔港恢复通航"
    assert article["source"] == "江湾晚报"
    assert article["published_at"].startswith("2026-03-04T09:15")
    assert len(article["paragraphs"]) == 3


def test_people_get_title_credit_and_text(read, file):
    ran = read(file)
    assert ran.status == 0
    assert ran.lines[0] == "江湾渔港恢复通航"
    assert "江湾晚报 · 2026-03-04T09:15" in ran.out


def test_every_field_is_explained(read, file):
    ran = read(file, "--explain")
    fields = [line.split("\t")[0] for line in ran.lines]
    assert {"field", "title", "source", "published_at", "text 1"} <= set(fields)


def test_a_file_is_read_under_the_address_that_it_had(read, file):
    article = json.loads(read(file, "--json", "--url", "https://finance.eastmoney.com/a/202603043000000001.html").out)
    assert article["article_key"] == "202603043000000001"


def test_a_page_that_is_no_article_is_status_1(read, tmp_path):
    (tmp_path / "empty.html").write_bytes(b"  ")
    ran = read(tmp_path / "empty.html")
    assert ran.status == 1
    assert "no article" in ran.err


def test_a_page_is_fetched_from_loopback_when_it_was_typed(fetch, server):
    ran = fetch(f"{server}/page", "--json")
    assert (ran.status, ran.err) == (0, "")
    article = json.loads(ran.out)
    assert (article["url"], article["source"], article["status"]) == (f"{server}/page", "江湾晚报", 200)


def test_it_says_who_asks_and_whom_to_write_to(fetch, server):
    Server.agents.clear()
    fetch(f"{server}/page", NEWSARCHIVE_CONTACT="mailto:desk@news.example")
    (agent,) = Server.agents
    assert agent.startswith("newsarchive/")
    assert agent.endswith(" (+mailto:desk@news.example)")


def test_a_packed_page_is_unpacked(fetch, server):
    assert json.loads(fetch(f"{server}/packed", "--json").out)["source"] == "江湾晚报"


@pytest.mark.parametrize("path", ["bomb", "large"])
def test_a_page_without_end_is_refused(fetch, server, path):
    ran = fetch(f"{server}/{path}")
    assert ran.status == 2
    assert re.search("larger than|more than", ran.err)
    assert len(ran.err.splitlines()) == 1


def test_robots_are_obeyed(fetch, server):
    ran = fetch(f"{server}/secret/page")
    assert ran.status == 2
    assert "robots.txt asks not to fetch it" in ran.err
    assert not Server.asked["/secret/page"]


@pytest.mark.parametrize("status", [429, 503])
def test_while_robots_txt_cannot_be_read_nothing_is_asked_for(fetch, server, robots, status):
    robots(status)
    ran = fetch(f"{server}/page")
    assert ran.status == 2
    assert f"robots.txt could not be read (status {status})" in ran.err
    assert Server.asked == {"/robots.txt": 1}


def test_a_site_without_robots_txt_has_no_rules(fetch, server, robots):
    robots(404)
    assert fetch(f"{server}/page").status == 0
    assert Server.asked == {"/robots.txt": 1, "/page": 1}


def test_a_robots_txt_that_begins_with_a_byte_order_mark_is_obeyed(fetch, server, robots):
    robots(200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /page\n")
    assert fetch(f"{server}/page").status == 2
    assert Server.asked == {"/robots.txt": 1}


@pytest.mark.parametrize(("status", "words"), [(404, "404 Not Found"), (503, "503 Service Unavailable"), (599, "599")])
def test_an_answer_without_a_page_is_told_with_its_status_and_not_asked_for_again(fetch, server, status, words):
    Server.asked.clear()
    url = f"{server}/status/{status}"
    ran = fetch(url)
    assert (ran.status, ran.err) == (2, f"newsarchive: {url}: the server answers {words}\n")
    assert Server.asked[f"/status/{status}"] == 1


def test_what_a_server_says_of_an_error_does_not_steer_the_terminal(fetch, server):
    ran = fetch(f"{server}/rude")
    assert ran.status == 2
    assert "answers 404" in ran.err
    assert ran.err.rstrip("\n").isprintable()


def test_a_server_that_is_not_there_is_told_in_one_line(fetch):
    ran = fetch("http://127.0.0.1:9/")
    assert ran.status == 2
    assert "refused" in ran.err
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:1/", "http://0x0a000001/", "file:///etc/passwd"],
)
def test_a_redirect_into_the_private_network_or_out_of_the_web_is_refused(fetch, server, target):
    ran = fetch(f"{server}/to/{target}")
    assert ran.status == 2
    assert re.search("private network|redirects to", ran.err)
    assert "save the page and read the file" in ran.err


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest",
        "http://[fe80::1]/",
        "http://router/",
        "http://0x0a000001/",
        "http://user:secret@news.example/",
        "http://user:secret@127.0.0.1:8000/",
        "http://[",
        "https://news.example:port/",
        "http://localhost:port/",
    ],
)
def test_private_and_unreadable_addresses_are_refused_before_anything_starts(read, target):
    ran = read(target)
    assert ran.status == 2
    assert ran.err.startswith(f"{target}: cannot be fetched: ")


def test_a_page_is_known_by_where_redirects_led(fetch, server):
    ran = fetch(f"{server}/to/{server}/page", "--json")
    assert json.loads(ran.out)["url"] == f"{server}/page"


def test_redirects_end(fetch, server):
    ran = fetch(f"{server}/to/to")
    assert ran.status == 2
    assert "redirected too often" in ran.err


def test_a_wrong_setting_is_told_before_anything_is_asked(fetch, server):
    ran = fetch(f"{server}/page", NEWSARCHIVE_RETRY_AFTER_MAX="soon")
    assert ran.status == 2
    assert "NEWSARCHIVE_RETRY_AFTER_MAX=soon is not a number" in ran.err


def test_ctrl_c_ends_the_waiting_at_once(server, tmp_path):
    Server.waits.clear()
    command = command_line(tmp_path / "none.db", "read", f"{server}/waits")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert Server.waits.wait(60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)  # less than the 30 seconds of DOWNLOAD_TIMEOUT
    assert (process.returncode, out, err.strip()) == (130, "", "")


def test_a_file_that_is_not_there_is_told(read, tmp_path):
    assert "cannot be read" in read(tmp_path / "nothing.html").err
    assert read(tmp_path).status == 2


def test_a_file_that_is_too_large_is_told(read, tmp_path):
    with (tmp_path / "large.html").open("wb") as stream:
        stream.truncate(LARGEST + 1)
    assert "larger than 16 MiB" in read(tmp_path / "large.html").err


def test_a_file_is_read_without_a_downloader(file, tmp_path):
    script = "import sys; from newsarchive.cli import cli; cli(sys.argv[1:], standalone_mode=False); "
    script += "sys.exit('scrapy' in sys.modules or 'twisted' in sys.modules)"
    command = [sys.executable, "-c", script, "--db", str(tmp_path / "none.db"), "read", str(file)]
    assert subprocess.run(command, check=False, cwd=ROOT, stdout=subprocess.DEVNULL).returncode == 0


def test_an_unknown_site_is_told(read, file):
    assert "no site 'nowhere'" in read(file, "--site", "nowhere").err


def test_rules_of_a_site_are_used(fetch):
    with serve(DemoSite(articles=20), 0) as running:
        post = next(running.site.posts())
        url = f"{running.base_url}{post.path}"
        assert json.loads(fetch(url, "--site", "demo", "--json").out)["extractor"].startswith("finews/")
