"""Serve the pages of the sample site from memory, by a server that costs next to nothing: `serve_static`.

The pages are written beforehand, in a process of their own, so that what is measured is the crawler. Conditional
requests are answered; every request is counted, with the bytes that were sent.

    python benchmarks/static_site.py 8099 --articles 2000 --media 2000
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from newsarchive.demo import DemoSite  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNTS = "/-/counts"
_HEAD = b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\nETag: %b\r\nConnection: keep-alive\r\n\r\n"


class Pages:
    """The answers of a sample site, each written once, and what was asked of them."""

    def __init__(self, site: DemoSite) -> None:
        self.site = site
        self.made: dict[str, tuple[bytes, bytes, bytes, bytes]] = {}
        self.counts = {"requests": 0, "conditional": 0, "unchanged": 0, "bytes": 0, "articles": 0}

    def write_all(self) -> int:
        """Write all posts, the texts behind their share links, the listings; return the number of pages."""
        targets = {"/", "/robots.txt", "/feed.xml"}
        for post in self.site.posts():
            targets.add(urlsplit(post.url).path)
            targets.add(f"/category/{post.medium.slug}.html")
            if post.edition == "media":
                targets.add(f"/NewsData/GetNewsText.do?id={post.id}&cid=share")
        for target in sorted(targets):
            self.answer(target)
        return len(targets)

    def answer(self, target: str) -> tuple[bytes, bytes, bytes, bytes]:
        """Return status, content type, ETag and body for an address."""
        if target not in self.made:
            reply = self.site.reply(target)
            if target == "/" and self.site.media:
                reply = replace(reply, body=reply.body.replace(b"</body>", self._navigation() + b"</body>"))
            tag = f'"{hashlib.sha256(reply.body).hexdigest()[:16]}"'.encode()
            status = b"200 OK" if reply.status == 200 else b"%d Other" % reply.status
            self.made[target] = status, reply.content_type.encode(), tag, reply.body
        return self.made[target]

    def _navigation(self) -> bytes:
        """Link all category pages, as many a site does on every page."""
        slugs = (medium.slug for medium in self.site.planner.all_media if " " not in medium.slug)
        return "".join(f'<a href="/category/{slug}.html">{slug}</a>\n' for slug in slugs).encode()

    def respond(self, request: bytes) -> bytes:
        """Answer one request."""
        line, _, rest = request.partition(b"\r\n")
        target = line.split(b" ")[1].decode("latin-1")
        if target == COUNTS:
            body = json.dumps(self.counts).encode()
            self.counts = dict.fromkeys(self.counts, 0)
            return _HEAD % (b"200 OK", b"application/json", len(body), b'""') + body
        status, kind, tag, body = self.answer(target)
        lowered = rest.lower()
        conditional = b"if-none-match" in lowered
        self.counts["requests"] += 1
        self.counts["conditional"] += conditional
        self.counts["articles"] += target.endswith(".html") and "/category/" not in target
        if conditional and tag in rest:
            self.counts["unchanged"] += 1
            status, body = b"304 Not Modified", b""
        answer = _HEAD % (status, kind, len(body), tag) + body
        self.counts["bytes"] += len(answer)
        return answer


class Connection(asyncio.Protocol):
    """One connection, any number of requests one after the other."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Answer every request that has arrived whole."""
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            request, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            self.transport.write(self.pages.respond(request))


@contextmanager
def serve_static(port: int, *, articles: int, media: int = 0) -> Iterator[str]:
    """Serve a sample site in another process while the context is open; return its address."""
    command = [sys.executable, __file__, str(port), "--articles", str(articles), "--media", str(media)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if not process.stdout.readline():
            raise SystemExit(f"the pages could not be served on port {port} (see above)")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def take_counts(base: str) -> dict[str, int]:
    """Return what was asked since the last call."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(base + COUNTS) as answer:
        counts: dict[str, int] = json.load(answer)
    return counts


@dataclass(frozen=True)
class Ran:
    """A command that has ended, with the processes it started: seconds of time and of work (CPU), peak memory in KiB.

    Memory is the proportional set size, in which what processes share counts once, summed over them.
    """

    status: int
    seconds: float
    work: float
    peak: int
    log: str


def crawl(db: Path, spider: str, base: str, settings: dict[str, object] | None = None, **arguments: str) -> Ran:
    """Run a crawl of the sample site at an address in a process of its own."""
    command = [sys.executable, "-m", "scrapy", "crawl", spider, "-a", "site=demo", "-a", f"base_url={base}"]
    for name, value in (settings or {}).items():
        command += ["-s", f"{name}={value}"]
    for name, value in arguments.items():
        command += ["-a", f"{name}={value}"]
    return run(command, db)


def environment_of(db: Path, **more: str) -> dict[str, str]:
    """Return the environment of a process that works on an archive, without proxies: what it asks is on loopback."""
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return plain | {"NEWSARCHIVE_DB": str(db)} | more


def run(command: list[str], db: Path) -> Ran:
    """Run a command on an archive and measure it."""
    path = db.parent / "crawl.log"
    with path.open("wb") as log:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=ROOT, env=environment_of(db), stderr=log, stdout=log)
        watch = MemoryWatch(process.pid)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.join()
    text = path.read_text(encoding="utf-8", errors="replace")
    return Ran(process.returncode, seconds, usage.ru_utime + usage.ru_stime, watch.peak, text)


class MemoryWatch(threading.Thread):
    """Looks at the memory of a process and of those it started, until it has ended."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.peak = 0

    def run(self) -> None:
        """Look five times a second."""
        while now := sum(map(memory_of, [self.pid, *children_of(self.pid)])):
            self.peak = max(self.peak, now)
            time.sleep(0.2)


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started; none of one that has ended."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def memory_of(pid: int) -> int:
    """Return the proportional set size of a process in KiB; 0 of one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


async def _serve(port: int, pages: Pages) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(pages), "127.0.0.1", port)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Serve until terminated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--media", type=int, default=0)
    options = parser.parse_args()
    site = DemoSite(articles=options.articles, media=options.media, base_url=f"http://127.0.0.1:{options.port}")
    pages = Pages(site)
    pages.write_all()
    asyncio.run(_serve(options.port, pages))


if __name__ == "__main__":
    main()
