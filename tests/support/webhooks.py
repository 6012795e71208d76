"""A webhook on loopback that remembers what it was sent, and answers as a test wants."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

from newsarchive.demo.server import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Delivery(NamedTuple):
    """A request that came."""

    path: str
    headers: dict[str, str]
    content: dict[str, Any]

    @property
    def keys(self) -> list[str]:
        """The articles that it tells of."""
        return [one["article_key"] for one in self.content["articles"]]


class _Handler(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.deliveries.append(Delivery(self.path, headers, json.loads(body)))
        status, location = self.server.answer()
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Keep the terminal quiet."""


class Webhook(ThreadingHTTPServer):
    """Listens on a free port of loopback."""

    daemon_threads = True

    def __init__(self, answer: Callable[[], tuple[int, str]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.deliveries: list[Delivery] = []
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def webhook(answer: Callable[[], tuple[int, str]] = lambda: (204, "")) -> Iterator[Webhook]:
    """Serve a webhook that answers with a status and a Location, while the context is open."""
    with serving(Webhook(answer)) as running:
        yield running
