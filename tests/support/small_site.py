"""A site of a few pages that a test changes while it is crawled: conditional requests, and a file that describes it."""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from support.servers import Answer, Server

from newsarchive.demo.server import serving

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from support.servers import Asked

ARTICLE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body><article>
<h1>{title}</h1><p class="time">2026-03-05 08:00:00</p><div class="text"><p>{text}</p>
<p>市场人士指出，这一变化的影响还需要时间观察，后续数据将在下周公布。</p></div></article></body></html>"""
DESCRIPTION = """
name = "small"
title = "小站"
base_url = "{base}"
hosts = ["127.0.0.1"]
timezone = "Asia/Shanghai"
{top}
[politeness]
delay = 0
concurrency = 4

[listing]
start = ["/"]
article = '/news/\\d+\\.html$'
next = "a.next"

[[layouts]]
role = "post"
url = '/news/\\d+\\.html'
title = ["h1"]
published = [".time"]
body = [".text"]
{more}
"""

#: By this table of a site's file every stored article is rechecked for ever: after a second, or `let_time_pass`.
RECHECK_AT_ONCE = "[recheck]\ndays = 3000\nminutes = [0.001]"


def kind(path: str) -> str:
    return "application/xml" if path.endswith(".xml") else "text/html; charset=utf-8"


class SmallSite(Server):
    def __init__(self) -> None:
        super().__init__(self.respond)
        self.pages: dict[str, bytes] = {}
        self.log: list[tuple[str, int]] = []
        self.validates = True
        self.broken: set[str] = set()
        #: Path -> what is answered instead of its page.
        self.answers: dict[str, Answer] = {}
        #: Seconds before each answer.
        self.delay = 0.0

    def respond(self, request: Asked) -> Answer:
        time.sleep(self.delay)
        if request.path in self.answers:
            answer = self.answers[request.path]
            self.log.append((request.path, answer.status))
            return answer
        body = self.pages.get(request.path)
        status, headers = (404 if body is None else 200), {"Content-Type": kind(request.path)}
        body = body or b""
        if request.path in self.broken:
            status = 500
        if status == 200 and self.validates:
            tag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
            headers["ETag"] = tag
            if request.headers.get("If-None-Match") == tag:
                status, body = 304, b""
        self.log.append((request.path, status))
        return Answer(body, status, headers)

    def write(self, path: str, text: str) -> None:
        self.pages[path] = text.encode()

    def article(self, number: int, text: str, title: str | None = None) -> None:
        self.write(f"/news/{number}.html", ARTICLE.format(title=title or f"第{number}条消息的标题写得清楚", text=text))

    def listing(self, *numbers: int, path: str = "/", following: str | None = None) -> None:
        items = "".join(f'<li><a href="/news/{number}.html">第{number}条消息</a></li>' for number in numbers)
        more = f'<a class="next" href="{following}">下一页</a>' if following else ""
        self.write(path, f"<html><body><ul>{items}</ul>{more}</body></html>")

    def fill(self, *numbers: int) -> None:
        """Write articles and the listing that leads to them."""
        for number in numbers:
            self.article(number, f"今天上午，江湾港第{number}号泊位迎来了新船。")
        self.listing(*numbers)

    def wait_for_requests(self, number: int, process: subprocess.Popen[bytes]) -> None:
        """Wait until a process, which must not end before, has asked so many times."""
        end = time.monotonic() + 120
        while len(self.asked) < number:
            assert process.poll() is None, "the crawl was to be disturbed and ended by itself"
            assert time.monotonic() < end, f"{len(self.asked)} requests in two minutes"
            time.sleep(0.02)

    def new_requests(self) -> list[tuple[str, int]]:
        """Return what was asked since the last call, without robots.txt."""
        log, self.log = self.log, []
        return [entry for entry in log if entry[0] != "/robots.txt"]

    def describe(self, folder: Path, top: str = "", more: str = "") -> dict[str, str]:
        """Write the site's file and give the environment by which it is found."""
        folder.mkdir(exist_ok=True)
        text = DESCRIPTION.format(base=self.base_url, top=top, more=more)
        (folder / "small.toml").write_text(text, encoding="utf-8")
        return {"NEWSARCHIVE_SITES": str(folder)}


@contextmanager
def small_site() -> Iterator[SmallSite]:
    with serving(SmallSite()) as server:
        yield server
