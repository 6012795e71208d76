"""A WACZ file of a crawl, shown by ReplayWeb.page in a real Chromium: each page as it was, and nothing asked elsewhere.

Needs the files of the npm package `replaywebpage` (REPLAYWEBPAGE names their folder), playwright, and Debian's
`chromium` (or another one that NEWSARCHIVE_CHROMIUM names); without them these tests are skipped.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from support.crawler import Crawler
from support.running import run_on

from newsarchive.archive import Archive
from newsarchive.demo import DemoSite, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = os.environ.get("NEWSARCHIVE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
PLAYER = os.environ.get("REPLAYWEBPAGE")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SHOWN = 3
WACZ = "pages.wacz"
# What the frame of the player shows; the service worker answers with the same when it is quick enough.
FRAME = '<!doctype html><script src="/ui.js"></script><replay-app-main></replay-app-main>'
EMBEDDING = (
    '<!doctype html><meta charset="utf-8"><script src="/ui.js"></script>'
    '<replay-web-page source="/{wacz}" url="{url}" ts="{ts}" style="display: block; height: 95vh"></replay-web-page>'
)

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium"),
    pytest.mark.skipif(
        PLAYER is None,
        reason="no ReplayWeb.page: npm pack replaywebpage, unpack it and name its folder in REPLAYWEBPAGE",
    ),
]


class Handler(SimpleHTTPRequestHandler):
    """A handler that answers with ranges of bytes, which is how the player reads a WACZ file."""

    def do_GET(self) -> None:
        """Send a file or what was asked of it; the player breaks off what it has seen enough of."""
        wanted = self.headers.get("Range", "")
        with suppress(ConnectionError):
            if not wanted:
                super().do_GET()
                return
            data = Path(self.translate_path(self.path)).read_bytes()
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            begin = int(first) if first else max(len(data) - int(last), 0)
            end = min(int(last) + 1, len(data)) if first and last else len(data)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {begin}-{end - 1}/{len(data)}")
            self.send_header("Content-Length", str(end - begin))
            self.end_headers()
            self.wfile.write(data[begin:end])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Crawl the sample site, which is gone when its pages are replayed; return the archive."""
    with serve(DemoSite(articles=20)) as server:
        done = Crawler(tmp_path_factory.mktemp("replay"))("category", site="demo", base_url=server.base_url)
    assert done.status == 0, done.log
    return done.db


@pytest.fixture(scope="module")
def root(crawl: Path) -> Path:
    """Export the pages of the crawl beside the files of ReplayWeb.page; return their folder."""
    assert PLAYER is not None
    folder = crawl.parent / "served"
    (folder / "replay").mkdir(parents=True)
    shutil.copy(Path(PLAYER) / "ui.js", folder)
    shutil.copy(Path(PLAYER) / "sw.js", folder / "replay")
    (folder / "replay" / "index.html").write_text(FRAME, encoding="utf-8")
    ran = run_on(crawl, "export", "wacz", "-o", folder / WACZ)
    assert ran.status == 0, ran.err
    return folder


@pytest.fixture(scope="module")
def base(root: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(root)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


def plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_chinese_pages_are_shown_as_they_were(crawl: Path, root: Path, base: str, browser: Any) -> None:
    with Archive.open(crawl) as archive:
        rows = archive.connection.execute(
            "SELECT n.url, n.fetched_at, a.title, (SELECT p.text FROM paragraphs p WHERE p.article_id = a.id"
            " AND p.kind = 'text' ORDER BY p.position LIMIT 1) FROM articles a"
            " JOIN copies c ON c.article_id = a.id JOIN snapshots n ON n.id = c.snapshot_id WHERE c.role = 'post'"
            " ORDER BY a.id LIMIT ?",
            (SHOWN,),
        ).fetchall()
    assert len(rows) == SHOWN
    for number, (url, fetched_at, title, text) in enumerate(rows):
        when = "".join(c for c in fetched_at if c.isdigit())[:14]
        page = EMBEDDING.format(wacz=WACZ, url=escape(url), ts=when)
        (root / f"{number}.html").write_text(page, encoding="utf-8")
        context = browser.new_context()
        tab = context.new_page()
        asked: list[str] = []
        context.on("request", lambda request, asked=asked: asked.append(request.url))
        tab.goto(f"{base}/{number}.html")
        replayed = tab.frame_locator("replay-web-page iframe").frame_locator("iframe")
        body = replayed.locator("body", has_text=title)
        body.wait_for(timeout=60_000)
        found = plain(body.inner_text())
        frames = [frame.url for frame in tab.frames]
        context.close()
        assert plain(title) in found
        assert plain(text) in found
        assert any(one.endswith(f"/{when}mp_/{url}") for one in frames)
        assert not [one for one in asked if not one.startswith((base, "blob:", "data:"))]
