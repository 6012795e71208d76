"""Thirty pages made to kill or to freeze a crawler, one after another among good ones, in a gigabyte of memory.

Every good page is to be collected, and every hostile one given up with its reason within three runs.
"""

from __future__ import annotations

import contextlib
import gzip
import time
import zlib
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from passing_faults import article, says, stored_articles

from newsarchive.archive.connection import open_readonly
from newsarchive.demo.server import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: Bytes of address space that the crawl and the process that writes for it may have, each.
MEMORY = 1 << 30
RUNS = 3
_HEAD = (
    '<!doctype html><html><head><meta charset="utf-8"><title>一页</title></head><body><h1>江湾的一页</h1>'
    "<p>2026-03-02 10:00</p>"
).encode()
_MB = 1 << 20
_SITE = """
name = "hostile"
title = "江湾网"
base_url = "{base}"
hosts = ["127.0.0.1"]
timezone = "Asia/Shanghai"
[politeness]
delay = 0
[listing]
start = ["/"]
article = '/a/[\\w-]+\\.html$'
"""


def _repeated(text: bytes, size: int, end: bytes = b"") -> Callable[[], bytes]:
    return lambda: _HEAD + text * (size // len(text)) + end


def _attributes(template: str, count: int, element: str = "p") -> Callable[[], bytes]:
    return lambda: _HEAD + f"<{element} {' '.join(template.format(n=n) for n in range(count))}>x".encode()


#: Pages that a server sends whole: name -> how the body is made.
BODIES: dict[str, Callable[[], bytes]] = {
    "deep-div": _repeated(b"<div>", 10 * _MB),
    "deep-b": _repeated(b"<b>", 3 * _MB),
    "deep-unknown": _repeated(b"<x>", _MB),
    "deep-and-closed": lambda: _HEAD + b"<div>" * 200_000 + b"</div>" * 200_000,
    "deep-with-false-ends": _repeated(b"<div></i>", 2 * _MB),
    "deep-lists": _repeated(b"<ul><li>", 2 * _MB),
    "deep-tables": _repeated(b"<table><tr><td>", 3 * _MB),
    "deep-fonts": _repeated(b"<font><p>", 2 * _MB),
    "many-paragraphs": _repeated(b"<p>x", 15 * _MB),
    "many-breaks": _repeated(b"<br>", 15 * _MB),
    "attributes": _attributes("a{n}=1", 200_000),
    "attributes-with-tags": _attributes('a{n}="<b>"', 150_000),
    "attributes-with-ends": _attributes("a{n}=' > '", 150_000),
    "attributes-without-values": _attributes("a{n:x}", 300_000),
    "attributes-of-a-script": _attributes("a{n}=1", 200_000, "script"),
    "attributes-of-body": lambda: b"<body a=1>" * 3000 + _attributes("b{n}=1", 200_000, "body")(),
    "scripts-in-scripts": _repeated(b"<script ", 3 * _MB),
    "signs-of-less": _repeated(b"<", 15 * _MB),
    "open-comments": _repeated(b"<!--", 15 * _MB),
    "too-large": _repeated(b"x", 30 * _MB),
}


def _gzip_bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(_MB)
    return b"".join([packer.compress(zeros) for _ in range(2000)] + [packer.flush()])


#: Bodies that are sent packed: name -> (Content-Encoding, how the body is made).
PACKED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip-bomb": ("gzip", _gzip_bomb),
    "gzip-bomb-twice": ("gzip, gzip", lambda: gzip.compress(_gzip_bomb())),
    "gzip-of-empty-members": ("gzip, gzip", lambda: gzip.compress(gzip.compress(b"") * 400_000)),
    "coding-with-escapes": ("\x1b]0;x\x07", lambda: _HEAD),
}


def _endless_headers(_handler: _Handler) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-Header: 1\r\n" * 4096


def _endless_header(_handler: _Handler) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nX-Header: 1\r\n"
    while True:
        yield b" more\r\n" * 4096


def _endless_interim(_handler: _Handler) -> Iterator[bytes]:
    while True:
        yield b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 1024


def _endless_body(_handler: _Handler) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"1000\r\n" + b"x" * 4096 + b"\r\n"


def _dripping_body(_handler: _Handler) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n"
    for _ in range(100):
        time.sleep(0.2)
        yield b"x"


def _endless_redirects(handler: _Handler) -> Iterator[bytes]:
    yield f"HTTP/1.1 302 Found\r\nLocation: {handler.path}0\r\nContent-Length: 0\r\n\r\n".encode()


#: Answers that are written to the connection piece by piece.
RAW: dict[str, Callable[[_Handler], Iterator[bytes]]] = {
    "endless-headers": _endless_headers,
    "endless-header": _endless_header,
    "endless-interim-answers": _endless_interim,
    "endless-body": _endless_body,
    "dripping-body": _dripping_body,
    "endless-redirects": _endless_redirects,
}
HOSTILE = (*BODIES, *PACKED, *RAW)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HostileSite

    def do_GET(self) -> None:
        name = self.path.partition("?")[0].removeprefix("/a/").partition(".html")[0]
        with contextlib.suppress(ConnectionError):
            if self.path == "/":
                self._send(200, self.server.home())
            elif name in RAW:
                self.close_connection = True
                for piece in RAW[name](self):
                    self.wfile.write(piece)
            elif name in PACKED:
                coding, make = PACKED[name]
                self._send(200, make(), coding)
            elif name in BODIES:
                self._send(200, BODIES[name]())
            elif name.isdigit():
                self._send(200, article(int(name)))
            else:
                self._send(404, b"")

    def _send(self, status: int, body: bytes, coding: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if coding:
            self.send_header("Content-Encoding", coding)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Keep the terminal quiet."""


class HostileSite(ThreadingHTTPServer):
    """Two good pages behind each hostile one."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}"
        self.good = range(2 * len(HOSTILE))

    def home(self) -> bytes:
        """Return the home page."""
        names = [name for place, bad in enumerate(HOSTILE) for name in (bad, str(2 * place), str(2 * place + 1))]
        links = "".join(f'<li><a href="/a/{name}.html">{name}</a></li>' for name in names)
        return f'<html><head><meta charset="utf-8"></head><body><ul>{links}</ul></body></html>'.encode()

    def handle_error(self, *_: Any) -> None:
        """Ignore clients that hang up: they are right to."""


@dataclass
class Result:
    """What came of it: good pages collected of how many, and of each hostile page its state and reason."""

    collected: int
    good: int
    wrong: int
    statuses: list[int]
    fates: dict[str, str]

    @property
    def is_good(self) -> bool:
        """Whether all that is wanted holds."""
        given_up = all(fate.partition(":")[0] in ("rejected", "failed", "gone") for fate in self.fates.values())
        return given_up and len(self.fates) == len(HOSTILE) and self.collected == self.good and not self.wrong


def measure(folder: Path, crawl: Callable[[Path, str, dict[str, str]], int]) -> Result:
    """Crawl the site three times; `crawl` runs one crawl of an archive, a site, with an environment."""
    (folder / "sites").mkdir()
    db, statuses = folder / "hostile.db", []
    with serving(HostileSite()) as site:
        (folder / "sites" / "hostile.toml").write_text(_SITE.format(base=site.base_url), encoding="utf-8")
        for number in range(1, RUNS + 1):
            began = time.monotonic()
            statuses.append(crawl(db, "hostile", {"NEWSARCHIVE_SITES": str(folder / "sites")}))
            print(f"  run {number}: status {statuses[-1]} after {time.monotonic() - began:.0f} s", flush=True)
            time.sleep(1)
    stored = stored_articles(db)
    with contextlib.closing(open_readonly(db)) as connection:
        states = connection.execute("SELECT url, state, coalesce(reason, '') FROM frontier").fetchall()
    right = [number for number in site.good if says(stored.get(f"{site.base_url}/a/{number}.html"), number)]
    fates = {url.rpartition("/")[2].removesuffix(".html"): f"{state}: {reason}" for url, state, reason in states}
    return Result(
        len(right),
        len(site.good),
        len(stored) - len(right),
        statuses,
        {name: fate for name, fate in fates.items() if name in HOSTILE},
    )
