"""`newsarchive replay-server`: pywb replays an archive as it is; without pywb only the messages are tested."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import yaml
from support.archives import new_archive
from support.crawler import Crawler
from support.pages import AT, page
from support.running import ROOT, command_line, run_on

from newsarchive.archive import Archive
from newsarchive.demo import DemoSite, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAYBACK = os.environ.get("WAYBACK") or shutil.which("wayback")
PAGES, REVISITS = 60, 3


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def replaying(db: Path) -> Iterator[str]:
    port = free_port()
    command = command_line(db, "replay-server", "--port", port, "--pywb", WAYBACK)
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/news/"
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), 1)


def replayed(base: str, url: str, fetched_at: str) -> bytes:
    """Return a page as it was, without what pywb adds for browsers."""
    when = "".join(c for c in fetched_at if c.isdigit())
    with urllib.request.urlopen(f"{base}{when}id_/{url}", timeout=60) as answer:
        return bytes(answer.read())


@pytest.mark.skipif(WAYBACK is None, reason="no pywb: pipx install pywb, or name its command in WAYBACK")
def test_pywb_replays_the_pages_and_revisits_of_a_crawl(tmp_path: Path) -> None:
    with serve(DemoSite(articles=PAGES)) as server:
        done = Crawler(tmp_path)("category", site="demo", base_url=server.base_url)
    assert done.status == 0, done.log
    with Archive.open(done.db) as archive:
        kept = archive.connection.execute("SELECT id, url FROM snapshots WHERE http_status = 200").fetchall()
        for snapshot_id, url in kept[:REVISITS]:
            again = archive.snapshots.load(snapshot_id, role="post", site="demo")
            archive.snapshots.save(
                page(url, again.body, at=again.fetched_at + timedelta(days=1), headers=again.headers)
            )
        pages = archive.connection.execute(
            "SELECT url, fetched_at, length, digest, payload_id IS NOT NULL FROM snapshots WHERE http_status = 200"
            " ORDER BY payload_id IS NULL, id LIMIT ?",
            (PAGES + REVISITS,),
        ).fetchall()
        bodies = [archive.snapshots.body_of(digest) for _, _, _, digest, _ in pages]
    assert sum(revisit for *_, revisit in pages) == REVISITS
    assert len(pages) == PAGES + REVISITS
    with replaying(done.db) as base:
        got = [replayed(base, url, fetched_at) for url, fetched_at, *_ in pages]
        with pytest.raises(urllib.error.HTTPError, match="404"):
            replayed(base, "http://press.example/never.html", "2026")
    assert [hashlib.sha1(one).digest() for one in got] == [hashlib.sha1(one or b"").digest() for one in bodies]


def test_the_configuration_names_the_folders_of_the_archive(tmp_path: Path) -> None:
    new_archive(tmp_path / "archive.db").close()
    config = yaml.safe_load(run_on(tmp_path / "archive.db", "replay-server", "--write-config").out)
    assert config["collections"] == {
        "news": {
            "index_paths": f"{tmp_path}/warc/index/archive.db/",
            "archive_paths": f"{tmp_path}/warc/",
        }
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "pipx install pywb"),
        (("--pywb", "/nowhere/wayback"), "/nowhere/wayback: there is no such command"),
        (("--port", "0"), "--port"),
    ],
)
def test_what_is_missing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    with new_archive(tmp_path / "archive.db") as archive:
        archive.snapshots.save(page(at=AT))
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = run_on(tmp_path / "archive.db", "replay-server", *arguments)
    assert ran.status == 2
    assert words in ran.err


def test_pywb_that_fails_is_told(tmp_path: Path) -> None:
    new_archive(tmp_path / "archive.db").close()
    broken = tmp_path / "wayback"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    ran = run_on(tmp_path / "archive.db", "replay-server", "--pywb", broken)
    assert (ran.status, "pywb ended with status 3" in ran.err) == (2, True)
