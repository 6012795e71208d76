"""Serve the sample site on loopback: conditional requests, compression, and the ways a connection can go wrong."""

from __future__ import annotations

import gzip
import hashlib
import socket
import struct
import sys
import threading
import time
from collections import Counter, deque
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, TypeVar

from newsarchive.demo.site import DemoSite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsarchive.demo.reply import Reply

Server = TypeVar("Server", bound=ThreadingHTTPServer)

_LOG_LENGTH = 100_000  # requests remembered
_WORTH_PACKING = 400  # bytes
_DRIPS, _DRIP_PAUSE = 20, 0.05  # pieces of a slow answer, seconds between them
_ATTEMPTS_KEPT = 50_000  # addresses whose attempts are counted; needed only where trouble is switched on


@dataclass(frozen=True, slots=True)
class Request:
    """One request that was answered; `size` counts the bytes of the body that were sent."""

    method: str
    path: str
    status: int
    conditional: bool
    size: int


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: RunningServer

    def do_GET(self) -> None:
        reply = self.server.answer(self.path)
        if reply.manner == "raw":
            self._send_raw(reply)
        elif reply.manner == "reset":
            self._send_and_reset(reply)
        else:
            self._send(reply)

    do_HEAD = do_GET  # noqa: N815 - the name is fixed by the base class

    def _send(self, reply: Reply) -> None:
        body, headers = self._packed(reply)
        status = reply.status
        if status == 200:
            headers.update(self._validators(reply, packed="Content-Encoding" in headers))
            if self._unchanged(headers, reply):
                status, body = 304, b""
                headers.pop("Content-Encoding", None)
        if status != 304:
            headers |= {"Content-Type": reply.content_type, "Content-Length": str(len(body))}
        headers.update(reply.headers)
        self._head(status, headers)
        sent = 0 if self.command == "HEAD" else len(body)
        self._log(status, sent)
        if sent:
            self._write(body, slow=reply.manner == "slow")

    def _send_raw(self, reply: Reply) -> None:
        headers = {"Content-Type": reply.content_type, "Content-Length": str(len(reply.body))} | dict(reply.headers)
        self.close_connection = True
        self._head(reply.status, headers | {"Connection": "close"})
        self._log(reply.status, len(reply.body))
        if self.command != "HEAD":
            self._write(reply.body)

    def _send_and_reset(self, reply: Reply) -> None:
        half = len(reply.body) // 2
        self.close_connection = True
        self._head(reply.status, {"Content-Type": reply.content_type, "Content-Length": str(len(reply.body))})
        self._log(reply.status, half)
        self._write(reply.body[:half])
        time.sleep(_DRIP_PAUSE)  # the half has to arrive before the reset drops what is still on its way
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def _packed(self, reply: Reply) -> tuple[bytes, dict[str, str]]:
        accepts = "gzip" in self.headers.get("Accept-Encoding", "")
        if not accepts or len(reply.body) < _WORTH_PACKING or reply.content_type.startswith("image/"):
            return reply.body, {"Vary": "Accept-Encoding"}
        packed = gzip.compress(reply.body, compresslevel=5, mtime=0)
        return packed, {"Vary": "Accept-Encoding", "Content-Encoding": "gzip"}

    def _validators(self, reply: Reply, *, packed: bool) -> dict[str, str]:
        digest = hashlib.sha256(reply.body).hexdigest()[:16]
        modified = reply.modified or self.server.rebuilt
        return {
            "ETag": f'W/"{digest}"' if packed else f'"{digest}"',
            "Last-Modified": _http_date(modified),
            "Cache-Control": "max-age=600",
        }

    def _unchanged(self, headers: dict[str, str], reply: Reply) -> bool:
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
            return "*" in known or headers["ETag"].removeprefix("W/") in known
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
        except ValueError:
            return False
        modified = (reply.modified or self.server.rebuilt).replace(microsecond=0)
        return since.tzinfo is not None and modified <= since

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _write(self, body: bytes, *, slow: bool = False) -> None:
        size = -(-len(body) // _DRIPS) if slow else len(body)
        try:
            for start in range(0, len(body), size or 1):
                self.wfile.write(body[start : start + size])
                self.wfile.flush()
                if slow:
                    time.sleep(_DRIP_PAUSE)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the other side had enough; nothing is left to say

    def _log(self, status: int, size: int) -> None:
        conditional = "If-None-Match" in self.headers or "If-Modified-Since" in self.headers
        self.server.requests.append(Request(self.command, self.path, status, conditional, size))

    def version_string(self) -> str:
        return "newsarchive-demo"

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002 - the site's clock stands still
        return _http_date(self.server.site.now)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Keep the terminal quiet; `requests` has everything."""


def _http_date(when: datetime) -> str:
    return format_datetime(when.astimezone(UTC).replace(microsecond=0), usegmt=True)


class RunningServer(ThreadingHTTPServer):
    """The sample site, listening. `base_url` is where, `requests` what was asked, oldest first."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, site: DemoSite, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}"
        self.site = site.at(base_url=self.base_url)
        self.requests: deque[Request] = deque(maxlen=_LOG_LENGTH)
        self._attempts: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def rebuilt(self) -> datetime:
        """When the mirror was built last: it is rewritten every five minutes."""
        return self.site.now - timedelta(minutes=self.site.now.minute % 5, seconds=self.site.now.second)

    def advance(self, **by: float) -> None:
        """Move the site's clock on, in the words of timedelta: `advance(hours=5)`."""
        self.site = self.site.at(now=self.site.now + timedelta(**by))

    def wait(self) -> None:
        """Block until the program is interrupted."""
        threading.Event().wait()

    def answer(self, target: str) -> Reply:
        """Answer one request and count the attempt."""
        if not (self.site.hostile or self.site.trouble):
            return self.site.reply(target)
        with self._lock:
            attempt = self._attempts[target]
            if attempt or len(self._attempts) < _ATTEMPTS_KEPT:
                self._attempts[target] += 1
        return self.site.reply(target, attempt)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that hang up; tell everything else on stderr."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serve(site: DemoSite | None = None, port: int = 0) -> Iterator[RunningServer]:
    """Serve a site on loopback while the context is open; port 0 takes a free one.

    Raises:
        OSError: the port is taken.

    """
    with serving(RunningServer(site or DemoSite(), port)) as server:
        yield server


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Run a server in a thread of its own while the context is open."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
