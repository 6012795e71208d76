"""The process that writes the archive: in order, all or nothing, and safe however either side ends."""

import resource
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsarchive.archive import Archive, Link
from newsarchive.crawl.writer.client import Writer
from newsarchive.crawl.writer.operations import Crawl, Operations
from newsarchive.locks import CrawlLock
from newsarchive.maintenance.check import check
from newsarchive.models import Article, Page, Paragraph
from newsarchive.options import Options
from newsarchive.sites import load_site

NOW = datetime(2026, 3, 5, 1, 2, 3, tzinfo=UTC)


def crawl_into(db):
    with Archive.open(db) as archive:
        run_id = archive.runs.start(spider="category", site="demo", arguments={}, now=NOW)
    return Crawl(
        run_id=run_id,
        site="demo",
        label="demo",
        fetches=True,
        reread_at=None,
        recheck=load_site("demo").recheck,
        options=Options(db=str(db)),
    )


class Told:
    """A writer, and what it told."""

    def __init__(self, db):
        self.batches, self.failures = [], []
        self.writer = Writer(on_commit=self.batches.append, on_failure=self.failures.append)
        self.writer.begin(crawl_into(db))

    @property
    def process(self):
        return self.writer._process


@pytest.fixture
def told(tmp_path):
    told = Told(tmp_path / "a.db")
    yield told
    told.writer.close()


def url(number):
    return f"http://127.0.0.1:8095/post/{number}.html"


def found(number):
    return Link(url(number), "demo", "post")


def article(number, **changes):
    page = Page(url(number), "post", "demo", b"<p>Seite</p>" * 50, NOW)
    fields = {
        "article_key": f"demo:{number}",
        "title": f"第{number}条",
        "paragraphs": [Paragraph(f"正文{number}。" * 20)],
    }
    return Article(page=page, **(fields | changes))


def tell(writer, number, **changes):
    made = article(number, **changes)
    writer.tell(Operations.find, [found(number)])
    writer.tell(Operations.keep, made.page)
    made.page = Page(url(number), "post", "demo", b"", NOW)
    writer.tell(Operations.store, made, [])


def column(db, query):
    with Archive.open(db, readonly=True) as archive:
        return [row[0] for row in archive.connection.execute(query)]


def test_results_are_told_in_order_once_they_are_committed(told, tmp_path):
    results = []
    for number in range(5):
        told.writer.tell(Operations.find, [found(number), found(0)], then=results.append)
    assert results == []
    while told.writer.wait():
        pass
    assert results == [1, 1, 1, 1, 1]
    assert all(batch.grown for batch in told.batches)
    assert column(tmp_path / "a.db", "SELECT url FROM frontier ORDER BY rowid") == [url(n) for n in range(5)]


def test_an_article_is_stored_with_its_page_and_its_url_is_done(told, tmp_path):
    tell(told.writer, 1)
    while told.writer.wait():
        pass
    db = tmp_path / "a.db"
    assert column(db, "SELECT state FROM frontier") == ["done"]
    assert column(db, "SELECT length FROM copies JOIN snapshots s ON s.id = snapshot_id") == [12 * 50]
    assert sum((batch.counts for batch in told.batches[1:]), told.batches[0].counts)["articles/new"] == 1


def test_while_a_batch_fills_others_may_write(told, tmp_path):
    while told.writer.wait():
        pass
    told.writer.tell(Operations.find, [found(1)])
    other = sqlite3.connect(tmp_path / "a.db", timeout=0)
    end = time.monotonic() + 0.5  # a batch takes a second to get old
    while time.monotonic() < end:
        other.execute("BEGIN IMMEDIATE")
        other.rollback()
    other.close()
    while told.writer.wait():
        pass
    assert column(tmp_path / "a.db", "SELECT url FROM frontier") == [url(1)]


def test_an_article_that_cannot_be_stored_costs_no_other(told, tmp_path):
    for number in range(6):
        tell(told.writer, number, **({"article_key": None} if number == 3 else {}))
    while told.writer.wait():
        pass
    db = tmp_path / "a.db"
    assert column(db, "SELECT article_key FROM articles ORDER BY id") == [f"demo:{n}" for n in (0, 1, 2, 4, 5)]
    assert column(db, "SELECT reason FROM frontier WHERE state = 'failed'") == ["spider-error"]
    assert column(db, "SELECT url FROM problems") == [url(3)]
    (error,) = [error for batch in told.batches for error in batch.errors]
    assert url(3) in error
    assert "IntegrityError" in error


def test_the_end_of_the_process_is_told_and_what_follows_is_ignored(told, tmp_path):
    tell(told.writer, 1)
    while told.writer.wait():
        pass
    told.process.kill()
    tell(told.writer, 2)
    while told.writer.wait():
        pass
    (failure,) = told.failures
    assert "was killed by signal 9" in failure
    tell(told.writer, 3)
    assert not told.writer.wait()
    told.writer.close()
    with Archive.open(tmp_path / "a.db") as archive:
        assert not check(archive, NOW, deep=True).is_damaged
        assert archive.copies.known([url(1), url(2), url(3)]) == {url(1)}


def test_a_fault_of_ours_is_told_with_its_kind(told):
    told.writer.tell(Operations.problem, url(1), "fetch", "no-such-reason", "")
    while told.writer.wait():
        pass
    (failure,) = told.failures
    assert "fault in newsarchive (ValueError: 'no-such-reason' is no reason" in failure


def test_a_full_disk_ends_it_with_a_reason_for_people(told, tmp_path):
    tell(told.writer, 1)
    while told.writer.wait():
        pass
    size = (tmp_path / "a.db-wal").stat().st_size
    resource.prlimit(told.process.pid, resource.RLIMIT_FSIZE, (size + 5000, resource.RLIM_INFINITY))
    for number in range(2, 40):
        tell(told.writer, number)
    while told.writer.wait():
        pass
    (failure,) = told.failures
    assert "a.db" in failure
    assert "make room" in failure
    assert told.process.wait(timeout=60) == 0
    with Archive.open(tmp_path / "a.db") as archive:
        assert not check(archive, NOW, deep=True).is_damaged
        assert archive.copies.known([url(1)])


def test_signals_to_the_crawl_do_not_end_its_writer(told, tmp_path):
    tell(told.writer, 1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        while told.writer.wait():  # it has begun its work, and hears of the signal
            pass
        told.process.send_signal(number)
        tell(told.writer, 100 + number)
    while told.writer.wait():
        pass
    assert told.failures == []
    assert column(tmp_path / "a.db", "SELECT count(*) FROM articles") == [4]


def test_when_the_crawl_is_killed_what_it_told_is_stored_and_the_lock_let_go(tmp_path):
    db = tmp_path / "a.db"
    code = (
        "import os, sys, time\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "import test_writer as t\n"
        "lock = t.CrawlLock(sys.argv[2], 'demo')\n"
        "writer = t.Writer(on_commit=print, on_failure=print, inherit=[lock.fileno()])\n"
        "writer.begin(t.crawl_into(sys.argv[2]))\n"
        "for number in range(40): t.tell(writer, number)\n"
        "while not writer._outbox.empty(): time.sleep(0.01)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(Path(__file__).parent), str(db)], check=False)
    assert done.returncode == -signal.SIGKILL
    CrawlLock(db, "demo").release()  # it is waited for
    with Archive.open(db) as archive:
        assert not check(archive, NOW, deep=True).is_damaged
        stored = len(archive.copies.known(url(number) for number in range(40)))
        assert stored >= 39  # the last may have been on its way
        assert archive.frontier.counts().get("done") == stored
