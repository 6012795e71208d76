"""`newsarchive crawl` that is stopped, or run twice: what was fetched is stored, and one line says so."""

import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from support.crawler import ROOT, Crawled
from support.small_site import small_site

from newsarchive.demo.__main__ import PORT
from newsarchive.processes import process_exists
from newsarchive.settings import EXTENSIONS


@pytest.fixture
def site(tmp_path):
    with small_site() as server:
        server.fill(*range(60))
        server.delay = 0.3
        server.environment = server.describe(tmp_path / "sites")
        yield server


class Terminal:
    """A process whose terminal is ours; `written` is what it wrote so far."""

    def __init__(self, crawl, environment, site="small"):
        master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "newsarchive", "--db", str(crawl.db), "crawl", site],
            cwd=ROOT, env=crawl.environment | environment | {"TERM": "xterm"},
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        crawl.started.append(self.process)
        self._parts = []
        # Read all the time: who writes to a terminal that nobody reads stands still.
        self._reader = threading.Thread(target=self._read, args=[master], daemon=True)
        self._reader.start()

    def _read(self, master):
        with suppress(OSError):  # the other side is closed
            while part := os.read(master, 65536):
                self._parts.append(part)
        os.close(master)

    def stop(self, number):
        """Send a signal as a terminal does, to the whole group; return the status and what was written."""
        os.killpg(self.process.pid, number)
        return self.end()

    def end(self):
        status = self.process.wait(120)
        self._reader.join(60)
        assert not self._reader.is_alive(), "a process that the crawl has left behind holds its terminal"
        return status, b"".join(self._parts).decode()


def children_of(process):
    if shutil.which("ps") is None:
        pytest.skip("ps is not installed: apt install procps")
    found = subprocess.run(["ps", "--ppid", str(process), "-o", "pid="], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def is_gone(process):
    end = time.monotonic() + 30
    while process_exists(process):
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_crawl_that_is_stopped_stores_what_was_fetched_and_says_so_in_one_line(crawl, site, number):
    terminal = Terminal(crawl, site.environment)
    site.wait_for_requests(12, terminal.process)
    children = children_of(terminal.process.pid)
    status, written = terminal.stop(number)
    assert status == 1, written
    done = Crawled(status, written, crawl.db)
    assert done.rows("SELECT outcome, reason FROM runs") == [("stopped", "shutdown")]
    (stored,) = done.column("SELECT count(*) FROM articles")
    assert stored >= 5
    assert f"newsarchive: stopped; {stored} new articles came in and are stored" in written
    assert "Traceback" not in written
    assert written.count("\x1b[?25l") == written.count("\x1b[?25h"), "the cursor is visible again"
    assert children
    assert all(map(is_gone, children))


def test_a_crawl_that_is_stopped_twice_leaves_the_cursor_visible_and_no_child(crawl, site):
    terminal = Terminal(crawl, site.environment)
    site.wait_for_requests(12, terminal.process)
    children = children_of(terminal.process.pid)
    os.killpg(terminal.process.pid, signal.SIGINT)
    time.sleep(0.1)
    with suppress(ProcessLookupError):
        os.killpg(terminal.process.pid, signal.SIGINT)
    status, written = terminal.end()
    assert status == 1
    assert "Traceback" not in written
    assert written.count("\x1b[?25l") == written.count("\x1b[?25h")
    assert all(map(is_gone, children))
    assert Crawled(status, written, crawl.db).column("PRAGMA integrity_check") == ["ok"]


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="sees in /proc how far a process is")
@pytest.mark.parametrize(("loaded", "seconds"), [("_json", 0.0), ("_sqlite3", 0.0), ("_sqlite3", 0.3), ("lxml", 0.5)])
def test_a_crawl_that_is_stopped_while_it_starts_ends_without_a_traceback(crawl, site, loaded, seconds):
    terminal = Terminal(crawl, site.environment)
    maps = Path(f"/proc/{terminal.process.pid}/maps")
    while loaded not in maps.read_text(encoding="utf-8") and not site.asked:
        assert terminal.process.poll() is None, terminal.end()
        time.sleep(0.01)
    time.sleep(seconds)
    status, written = terminal.stop(signal.SIGINT)
    assert status in (1, 130, -signal.SIGINT), written
    assert "Traceback" not in written


SWALLOWED = """
import os, signal, sys
from newsarchive import interrupts
interrupts.remember()
try:
    os.kill(os.getpid(), signal.SIGINT)
except KeyboardInterrupt:
    pass
from newsarchive.cli import main
sys.argv = ["newsarchive", "--db", sys.argv[1], "crawl", "small"]
main()
"""


def test_an_interrupt_that_something_swallowed_before_the_crawl_began_stops_it(crawl, site):
    done = subprocess.run(
        [sys.executable, "-c", SWALLOWED, str(crawl.db)],
        cwd=ROOT, env=crawl.environment | site.environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "newsarchive: stopped; 0 new articles" in done.stderr
    assert not site.asked


def test_a_second_crawl_of_a_site_leaves_at_once_with_status_0_and_one_line(crawl, site):
    second_is_over, answer = threading.Event(), site.answer

    def answer_late(request):
        if len(site.asked) > 4:
            second_is_over.wait(120)
        return answer(request)

    site.answer = answer_late
    first = Terminal(crawl, site.environment)
    site.wait_for_requests(4, first.process)
    second = subprocess.run(
        [sys.executable, "-m", "newsarchive", "--db", str(crawl.db), "crawl", "small"],
        cwd=ROOT, env=crawl.environment | site.environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (second.returncode, second.stdout) == (0, "")
    (line,) = second.stderr.splitlines()
    assert "small is being crawled already" in line
    second_is_over.set()
    first.stop(signal.SIGTERM)


def test_the_sample_is_crawled_also_where_its_port_is_taken_and_found_at_the_same_addresses_again(crawl):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # taken by somebody else already, which will do
            other.bind(("127.0.0.1", PORT))
            other.listen()
        status, written = Terminal(crawl, {}, "demo").end()
    assert status == 0, written
    done = Crawled(status, written, crawl.db)
    (hosts,) = done.column("SELECT count(DISTINCT substr(url, 1, 22)) FROM copies WHERE url LIKE 'http://127%'")
    assert hosts == 1
    (copies,) = done.column("SELECT count(*) FROM copies")
    assert not done.column("SELECT 1 FROM copies WHERE url LIKE ?", f"http://127.0.0.1:{PORT}/%")
    assert Terminal(crawl, {}, "demo").end()[0] == 0
    assert done.column("SELECT count(*) FROM copies") == [copies]


@pytest.mark.parametrize(("moment", "outcome"), [("spider_closed", "finished"), ("engine_started", "stopped")])
def test_a_stop_that_comes_while_a_crawl_starts_or_ends_is_heard_and_leaves_the_end_recorded(
    crawl, site, moment, outcome
):
    extensions = EXTENSIONS | {"support.late_stop.LateStop": 0}
    environment = site.environment | {"PYTHONPATH": str(ROOT / "tests")}
    site.delay = 0.0
    done = crawl(
        "category", site="small", environment=environment,
        settings={"EXTENSIONS": json.dumps(extensions), "LATE_STOP": moment},
    )  # fmt: skip
    assert done.column("SELECT outcome FROM runs") == [outcome]
    assert done.status == (outcome == "stopped")
    (articles,) = done.column("SELECT count(*) FROM articles")
    assert articles == (60 if outcome == "finished" else 0)
