"""A site each of whose pages fails first, in one of 27 ways, and is well later: all of it is to be collected.

Each page fails for one, five, eleven or twenty-three hours of simulated time, and the site is crawled every two hours
for two days. The clock is moved by moving all times in the archive back, which is the same to a crawl.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import sqlite3
import struct
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from newsarchive.archive.connection import open_readonly
from newsarchive.demo.server import serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Hours for which pages fail, and between two runs.
FAILING, BETWEEN, DAYS = (1, 5, 11, 23), 2, 2
_TIMES = {
    "frontier": ("found_at", "next_at", "ended_at"),
    "runs": ("started_at", "finished_at"),
    "listings": ("changed_at", "not_before"),
    "problems": ("first_at", "last_at"),
    "copies": ("first_seen_at", "last_seen_at"),
}
_SITE = """
name = "passing"
title = "江湾网"
base_url = "{base}"
hosts = ["127.0.0.1"]
timezone = "Asia/Shanghai"
[politeness]
delay = 0
concurrency = 16
[listing]
start = ["/"]
article = '/a/\\d+\\.html$'
"""
_PLACES = ("北岸", "南桥", "柳塘", "竹洲", "霞屿", "望湖", "汐川", "白鹭洲", "灯塔街", "磨坊口")
_THINGS = ("渡口", "集市", "图书馆", "水厂", "公交站", "码头", "菜场", "小学", "公园", "邮局")


def title_of(number: int) -> str:
    """Return the title of an article."""
    return f"{_PLACES[number % 10]}{_THINGS[number // 10 % 10]}第{number}期改造工程今天完工"


def text_of(number: int) -> str:
    """Return what an article says and no other does."""
    place = _PLACES[number % 10] + _THINGS[number // 10 % 10]
    return f"江湾市今天宣布，{place}的第{number}期改造比计划早{number % 9 + 1}天完工。"


def says(found: tuple[str, str] | None, number: int) -> bool:
    """Return whether title and text that were found, if any, are those of an article."""
    return found is not None and found[0] == title_of(number) and text_of(number) in found[1]


def article(number: int) -> bytes:
    """Return the page of an article."""
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{title_of(number)}_江湾网</title></head>'
        f"<body><h1>{title_of(number)}</h1><div>2026-11-{number % 27 + 1:02} 08:00 来源：江湾晚报</div>"
        f"<div><p>{text_of(number)}</p><p>施工期间绕行的公交线路从下周起恢复原来的走向，沿线的住户不必再绕远。</p>"
        "<p>市里说，明年还会有类似的工程，地点和时间在年底前公布。</p></div></body></html>"
    ).encode()


def _notice(title: str, text: str) -> bytes:
    return f'<html><head><meta charset="utf-8"><title>{title}</title></head><body><p>{text}</p></body></html>'.encode()


def _status(status: int, **headers: str) -> Callable[[_Handler, int], None]:
    return lambda handler, _number: handler.send(status, b"<html><body>error</body></html>", **headers)


def _page(body: bytes, **headers: str) -> Callable[[_Handler, int], None]:
    return lambda handler, _number: handler.send(200, body, **headers)


def _cut_gzip(handler: _Handler, number: int) -> None:
    packed = gzip.compress(article(number))
    handler.send(200, packed[: len(packed) // 2], content_encoding="gzip")


def _reset(handler: _Handler, number: int) -> None:
    body = article(number)
    handler.head(200, content_length=str(len(body)))
    handler.wfile.write(body[: len(body) // 2])
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def _slow(handler: _Handler, number: int) -> None:
    handler.head(200, content_length=str(len(article(number))))
    time.sleep(4)


def _short(handler: _Handler, number: int) -> None:
    body = article(number)
    handler.head(200, content_length=str(len(body) + 100))
    handler.wfile.write(body)


def _home(handler: _Handler, _number: int) -> None:
    handler.send(200, handler.server.home())


#: The ways in which a page fails.
WAYS: dict[str, Callable[[_Handler, int], None]] = {
    **{str(status): _status(status) for status in (400, 401, 403, 404, 405, 410, 412, 418, 451, 500, 502)},
    "429": _status(429, retry_after="1"),
    "503": _status(503, retry_after="1"),
    "304 unasked": lambda handler, _number: handler.send(304, b""),
    "empty": _page(b""),
    "system busy": _page(_notice("系统提示", "系统繁忙，请稍后再试")),
    "soft 404": _page(_notice("页面不存在", "抱歉，您访问的页面不存在或已被删除")),
    "verification": _page(_notice("安全验证", "请完成下方的验证后继续访问")),
    "login": _page(_notice("用户登录", "请先登录后查看全文")),
    "redirect home": _status(302, location="/"),
    "redirect to a consent host": _status(302, location="https://consent.elsewhere.example/agree"),
    "PDF": _page(b"%PDF-1.5\n" + b"q 1 0 0 1 72 720 cm\n" * 50, content_type="application/pdf"),
    "cut gzip": _cut_gzip,
    "reset": _reset,
    "time-out": _slow,
    "wrong length": _short,
    "home with 200": _home,
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FailingSite

    def do_GET(self) -> None:
        number = self.server.number_of(self.path)
        if self.path == "/":
            self.send(200, self.server.home())
        elif number is None:
            self.send(404, b"")
        elif self.server.hours < FAILING[number // len(WAYS) % len(FAILING)]:
            self.close_connection = True
            with contextlib.suppress(ConnectionError):
                list(WAYS.values())[number % len(WAYS)](self, number)
        else:
            self.send(200, article(number))

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.head(status, content_length=str(len(body)), **headers)
        self.wfile.write(body)

    def head(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"content_type": "text/html; charset=utf-8"} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Keep the terminal quiet."""


class FailingSite(ThreadingHTTPServer):
    """The site; `hours` is its clock."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, pages: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages = pages
        self.hours = 0.0
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_: Any) -> None:
        """Ignore clients that hang up."""

    def number_of(self, path: str) -> int | None:
        """Return the number of the article at a path; None where there is none."""
        digits = path.removeprefix("/a/").removesuffix(".html")
        return int(digits) if path.startswith("/a/") and digits.isdigit() and int(digits) < self.pages else None

    def home(self) -> bytes:
        """Return the home page, which lists all articles."""
        links = "".join(f'<li><a href="/a/{number}.html">{title_of(number)}</a></li>' for number in range(self.pages))
        head = '<html><head><meta charset="utf-8"><title>江湾网</title></head>'
        return f"{head}<body><ul>{links}</ul></body></html>".encode()


@dataclass
class Result:
    """What came of it."""

    pages: int
    collected: int
    wrong: int
    runs: int
    missing: dict[str, int]


def move_clock(db: Path, hours: float) -> None:
    """Let so many hours pass for an archive."""
    connection = sqlite3.connect(db)
    with connection:
        for table, columns in _TIMES.items():
            for column in columns:
                connection.execute(
                    f"UPDATE {table} SET {column} = strftime('%Y-%m-%dT%H:%M:%SZ', {column}, ?)"
                    f" WHERE {column} IS NOT NULL",
                    (f"-{round(hours * 3600)} seconds",),
                )
    connection.close()


def measure(folder: Path, pages: int, crawl: Callable[[Path, str, dict[str, str]], int]) -> Result:
    """Crawl the site for two simulated days; `crawl` runs one crawl of an archive, a site, with an environment."""
    (folder / "sites").mkdir()
    db, runs = folder / "passing.db", 0
    with serving(FailingSite(pages)) as site:
        (folder / "sites" / "passing.toml").write_text(_SITE.format(base=site.base_url), encoding="utf-8")
        while site.hours <= 24 * DAYS:
            status = crawl(db, "passing", {"NEWSARCHIVE_SITES": str(folder / "sites")})
            runs += 1
            stored = stored_articles(db)
            print(f"  hour {site.hours:>4.0f}: status {status}, {len(stored)} of {pages} articles", flush=True)
            if len(stored) == pages and not _wrong(stored, site):
                break
            move_clock(db, BETWEEN)
            site.hours += BETWEEN
    missing: dict[str, int] = {}
    for number in range(pages):
        if not says(stored.get(f"{site.base_url}/a/{number}.html"), number):
            way = list(WAYS)[number % len(WAYS)]
            missing[way] = missing.get(way, 0) + 1
    return Result(pages, len(stored), _wrong(stored, site), runs, missing)


def stored_articles(db: Path) -> dict[str, tuple[str, str]]:
    """Return the articles of an archive: URL -> title and text."""
    with contextlib.closing(open_readonly(db)) as connection:
        rows = connection.execute("SELECT url, title, body FROM articles").fetchall()
    return {url: (title, body) for url, title, body in rows}


def _wrong(stored: dict[str, tuple[str, str]], site: FailingSite) -> int:
    """Count the articles that say something else than their pages do when these are well."""
    wrong = 0
    for url, found in stored.items():
        number = site.number_of(url.removeprefix(site.base_url))
        wrong += number is None or not says(found, number)
    return wrong
