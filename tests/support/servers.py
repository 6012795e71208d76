"""HTTP servers on loopback whose answers a test writes, and which remember what they were asked."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from newsarchive.demo.server import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Asked:
    """One GET request; `at` is the monotonic clock's time at which it came."""

    path: str
    headers: dict[str, str]
    at: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back; the length of the body is told unless `headers` tell another."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        asked = Asked(self.path, dict(self.headers), time.monotonic())
        self.server.asked.append(asked)
        answer = self.server.answer(asked)
        self.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: Any) -> None:
        """Keep the terminal quiet."""


class Server(ThreadingHTTPServer):
    """Listens on a free port of loopback; `asked` has every request, oldest first."""

    daemon_threads = True

    def __init__(self, answer: Callable[[Asked], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.asked: list[Asked] = []
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def server(answer: Callable[[Asked], Answer]) -> Iterator[Server]:
    """Serve what a function answers while the context is open."""
    with serving(Server(answer)) as running:
        yield running
