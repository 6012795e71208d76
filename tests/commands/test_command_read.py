"""`newsarchive read` on files and on a real server on loopback."""

import contextlib
import gzip
import http.server
import json
import re
import subprocess
import threading
from collections import Counter
from typing import ClassVar

import pytest
from support.running import ROOT, command_line, run_on

from newsarchive.commands import fetch
from newsarchive.demo import DemoSite, serve
from newsarchive.errors import UserError

PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>江湾渔港恢复通航 - 江湾晚报</title></head>
<body><h1>江湾渔港恢复通航</h1><p class="info">2026-03-04 09:15 来源：江湾晚报 作者：程立夏</p><div class="text">
<p>3月4日清晨，停航两天的江湾渔港恢复通航，首批二十六艘渔船在汽笛声里依次出港，码头上挤满了送行的人。</p>
<p>港口负责人说，航道清淤比原计划提前半天完成，冷库和制冰厂也已同步开工，本周鱼价预计会逐步回落。</p>
<p>渔民们表示，只要天气好，夜里就能把第一批渔获运回来，赶得上第二天的早市，大家都盼着这一天。</p>
</div></body></html>"""


class Server(http.server.BaseHTTPRequestHandler):
    """Answers a few addresses, some of them badly."""

    asked: ClassVar = Counter()

    def do_GET(self):
        self.asked[self.path] += 1
        kind, _, rest = self.path.strip("/").partition("/")
        if kind == "robots.txt":
            self.answer(200, b"User-agent: *\nDisallow: /secret\n", "text/plain")
        elif kind == "page":
            self.answer(200, PAGE.encode())
        elif kind == "packed":
            self.answer(200, gzip.compress(PAGE.encode()), coding="gzip")
        elif kind == "bomb":
            self.answer(200, gzip.compress(b"\0" * (fetch.LARGEST + 1)), coding="gzip")
        elif kind == "large":
            self.answer(200, b"x" * (fetch.LARGEST + 1))
        elif kind == "rude":
            self.send_response(404, "No\x1b[31m\x9b2J\u00ad\x07")
            self.end_headers()
        elif kind == "to":
            self.send_response(302)
            self.send_header("Location", rest)
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
    article = json.loads(read(file, "--json", "--url", "https://news.example/a/202603043000000001.html").out)
    assert article["article_key"] == "202603043000000001"


def test_a_page_that_is_no_article_is_status_1(read, tmp_path):
    (tmp_path / "empty.html").write_bytes(b"  ")
    ran = read(tmp_path / "empty.html")
    assert ran.status == 1
    assert "no article" in ran.err


def test_a_page_is_fetched_from_loopback_when_it_was_typed(read, server):
    assert json.loads(read(f"{server}/page", "--json").out)["source"] == "江湾晚报"


def test_what_a_server_packs_unasked_is_unpacked(read, server):
    assert json.loads(read(f"{server}/packed", "--json").out)["source"] == "江湾晚报"


@pytest.mark.parametrize("path", ["bomb", "large"])
def test_a_page_without_end_is_refused(read, server, path):
    ran = read(f"{server}/{path}")
    assert ran.status == 2
    assert "larger than" in ran.err or "more than" in ran.err


def test_robots_are_obeyed(read, server):
    ran = read(f"{server}/secret/page")
    assert ran.status == 2
    assert "robots.txt asks not to fetch it" in ran.err
    assert not Server.asked["/secret/page"]


def test_a_missing_page_is_told_with_its_status(read, server):
    assert "answers 404" in read(f"{server}/nothing").err


def test_what_a_server_says_of_an_error_does_not_steer_the_terminal(server, tmp_path):
    command = command_line(tmp_path / "none.db", "read", f"{server}/rude")
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert "answers 404 No" in done.stderr
    assert done.stderr.rstrip("\n").isprintable()


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:1/",
        "http://10.0.0.1/",
        "http://[::1]:9/",
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "http://localhost:9/",
        "http://0x7f000001/",
        "ftp://news.example/",
    ],
)
def test_a_redirect_into_the_private_network_is_refused(read, server, target):
    ran = read(f"{server}/to/{target}")
    assert ran.status == 2
    assert re.search("private network|web address|not allowed", ran.err)


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
        "http://[",
        "https://news.example:port/",
    ],
)
def test_private_and_unreadable_addresses_are_refused(read, target):
    assert read(target).status == 2


def test_a_public_name_with_a_private_address_is_found_out(server):
    port = int(server.rpartition(":")[2])
    opener = fetch._Opener("http://news.example/")
    with pytest.raises(OSError, match="private address"):
        opener._connect(("localhost", port), 5)


def test_redirects_end(read, server):
    ran = read(f"{server}/to/{server}/page")
    assert ran.status == 0
    loop = read(f"{server}/to/to")
    assert loop.status == 2


def test_time_is_bounded(server, monkeypatch):
    monkeypatch.setattr(fetch, "LONGEST", -1.0)
    with pytest.raises(UserError, match="took longer"):
        fetch.get_page(f"{server}/page")


def test_a_file_that_is_not_there_is_told(read, tmp_path):
    assert "cannot be read" in read(tmp_path / "nothing.html").err
    assert read(tmp_path).status == 2


def test_an_unknown_site_is_told(read, file):
    assert "no site 'nowhere'" in read(file, "--site", "nowhere").err


def test_rules_of_a_site_are_used(read):
    with serve(DemoSite(articles=20), 0) as running:
        post = next(running.site.posts())
        url = f"{running.base_url}{post.path}"
        assert json.loads(read(url, "--site", "demo", "--json").out)["extractor"].startswith("finews/")
