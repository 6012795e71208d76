"""The process that writes the archive: in order, all or nothing, and safe however either side ends."""

import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsarchive.archive import Archive, Link, replay_index
from newsarchive.crawl.writer.channel import CHANNELS
from newsarchive.crawl.writer.client import Writer
from newsarchive.crawl.writer.messages import Crawl
from newsarchive.crawl.writer.operations import Operations
from newsarchive.errors import UserError
from newsarchive.locks import CrawlLock
from newsarchive.maintenance.check import check
from newsarchive.models import Article, Page, Paragraph
from newsarchive.options import Options
from newsarchive.sites import load_site

NOW = datetime(2026, 3, 5, 1, 2, 3, tzinfo=UTC)


def crawl_into(db, site="demo"):
    with Archive.open(db) as archive:
        run_id = archive.runs.start(spider="category", site=site, arguments={}, now=NOW)
    return Crawl(
        run_id=run_id,
        site=site,
        label=site,
        fetches=True,
        reread_at=None,
        recheck=load_site("demo").recheck,
        options=Options(db=str(db)),
    )


class Observed:
    """A writer, and what it reported."""

    def __init__(self, db, site="demo", inherit=()):
        self.reports, self.failures = [], []
        self.writer = Writer(str(db), on_commit=self.reports.append, on_failure=self.failures.append, inherit=inherit)
        self.writer.begin(crawl_into(db, site))

    @property
    def process(self):
        return self.writer.channel.process


@pytest.fixture
def observed(tmp_path):
    observed = Observed(tmp_path / "a.db")
    yield observed
    observed.writer.close()


def url(number):
    return f"http://127.0.0.1:8095/post/{number}.html"


def found(number):
    return Link(url(number), "demo", "post")


def article(number, **changes):
    page = Page(url(number), "post", "demo", f"<p>Seite {number}</p>".encode() * 50, NOW)
    fields = {
        "article_key": f"demo:{number}",
        "title": f"第{number}条",
        "paragraphs": [Paragraph(f"正文{number}。" * 20)],
    }
    return Article(page=page, **(fields | changes))


def submit(writer, number, **changes):
    made = article(number, **changes)
    writer.submit(Operations.find, [found(number)])
    writer.submit(Operations.save, made.page)
    made.page = Page(url(number), "post", "demo", b"", NOW)
    writer.submit(Operations.store, made, [])


def column(db, query):
    with Archive.open(db, readonly=True) as archive:
        return [row[0] for row in archive.connection.execute(query)]


def test_calls_are_answered_in_order_once_they_are_committed(observed, tmp_path):
    async def calls():
        answers = [
            asyncio.ensure_future(observed.writer.call(Operations.find, [found(number), found(0)]))
            for number in range(5)
        ]
        await asyncio.sleep(0)  # all are submitted
        assert not any(answer.done() for answer in answers)
        observed.writer.flush()
        return await asyncio.gather(*answers)

    assert asyncio.run(calls()) == [1, 1, 1, 1, 1]
    assert all(report.grown for report in observed.reports)
    assert column(tmp_path / "a.db", "SELECT url FROM frontier ORDER BY rowid") == [url(n) for n in range(5)]


def test_a_call_that_cannot_be_answered_any_more_fails_with_the_reason(observed):
    async def call():
        observed.writer.submit(Operations.find, [found(0)])
        observed.writer.flush()
        observed.process.kill()
        answer = asyncio.ensure_future(observed.writer.call(Operations.find, [found(1)]))
        await asyncio.sleep(0)
        observed.writer.flush()
        with pytest.raises(UserError, match="killed by signal 9"):
            await answer
        with pytest.raises(UserError, match="killed by signal 9"):  # also one that comes later
            await observed.writer.call(Operations.find, [found(2)])

    asyncio.run(call())


def test_whoever_submits_too_much_waits_until_it_is_committed(observed):
    async def drained():
        waiting = asyncio.ensure_future(observed.writer.drain())
        await asyncio.sleep(0)
        return waiting

    async def fill():
        for number in range(400):
            observed.writer.submit(Operations.find, [found(number)])
        assert (await drained()).done()
        observed.writer.submit(Operations.find, [found(400)])
        waiting = await drained()
        assert not waiting.done()
        observed.writer.flush()
        await waiting

    asyncio.run(fill())


def test_an_article_is_stored_with_its_page_and_its_url_is_done(observed, tmp_path):
    submit(observed.writer, 1)
    observed.writer.flush()
    db = tmp_path / "a.db"
    assert column(db, "SELECT state FROM frontier") == ["done"]
    assert column(db, "SELECT length FROM copies JOIN snapshots s ON s.id = snapshot_id") == [14 * 50]
    assert sum((report.counts for report in observed.reports[1:]), observed.reports[0].counts)["articles/new"] == 1
    assert set.union(*(report.settled for report in observed.reports)) == {url(1)}


def test_a_page_that_is_not_read_can_be_replayed_once_the_crawl_is_over(observed, tmp_path):
    refused = Page(url(1), "post", "demo", b"<html>Forbidden</html>", NOW, status=403)
    observed.writer.submit(Operations.save_refused, refused)
    observed.writer.close()
    with Archive.open(tmp_path / "a.db", readonly=True) as archive:
        (lines,) = [path.read_text() for path in replay_index.index_folder(archive).glob("*.cdxj")]
    assert url(1) in lines


def test_while_a_batch_fills_others_may_write(observed, tmp_path):
    observed.writer.flush()
    observed.writer.submit(Operations.find, [found(1)])
    other = sqlite3.connect(tmp_path / "a.db", timeout=0)
    end = time.monotonic() + 0.5  # a batch takes a second to get old
    while time.monotonic() < end:
        other.execute("BEGIN IMMEDIATE")
        other.rollback()
    other.close()
    observed.writer.flush()
    assert column(tmp_path / "a.db", "SELECT url FROM frontier") == [url(1)]


def test_an_article_that_cannot_be_stored_costs_no_other(observed, tmp_path):
    for number in range(6):
        submit(observed.writer, number, **({"article_key": None} if number == 3 else {}))
    observed.writer.flush()
    db = tmp_path / "a.db"
    assert column(db, "SELECT article_key FROM articles ORDER BY id") == [f"demo:{n}" for n in (0, 1, 2, 4, 5)]
    assert column(db, "SELECT reason FROM frontier WHERE state = 'failed'") == ["spider-error"]
    assert column(db, "SELECT url FROM problems") == [url(3)]
    (error,) = [error for report in observed.reports for error in report.errors]
    assert url(3) in error
    assert "TypeError" in error


def test_the_end_of_the_process_is_told_and_what_follows_is_ignored(observed, tmp_path):
    submit(observed.writer, 1)
    observed.writer.flush()
    observed.process.kill()
    submit(observed.writer, 2)
    observed.writer.flush()
    (failure,) = observed.failures
    assert "was killed by signal 9" in failure
    submit(observed.writer, 3)
    assert not observed.writer.wait_for_commit()
    observed.writer.close()
    with Archive.open(tmp_path / "a.db") as archive:
        assert not check(archive, datetime.now(UTC), deep=True).is_damaged
        assert archive.copies.known([url(1), url(2), url(3)]) == {url(1)}


def test_what_cannot_be_written_fails_alone_and_its_batch_is_written(observed, tmp_path):
    submit(observed.writer, 1)
    observed.writer.submit(Operations.problem, url(1), "fetch", "no-such-reason", "")
    observed.writer.submit(Operations.problem, url(2), "fetch", "gone", "")
    observed.writer.flush()
    assert not observed.failures
    (error,) = [error for report in observed.reports for error in report.errors]
    assert error.startswith("Not written: problem(")
    assert "ValueError: 'no-such-reason' is no reason" in error
    with Archive.open(tmp_path / "a.db") as archive:
        assert archive.copies.known([url(1)]) == {url(1)}
        assert archive.problems.times(url(2), "fetch", "gone") == 1


def test_a_link_that_cannot_be_written_costs_no_other_of_its_listing(observed, tmp_path):
    links = [Link(at, "demo", "post") for at in (url(1), "https://demo.example/\ud83d", url(2))]
    observed.writer.submit(Operations.find, links)
    observed.writer.flush()
    (error,) = [error for report in observed.reports for error in report.errors]
    assert "surrogates not allowed" in error
    with Archive.open(tmp_path / "a.db") as archive:
        assert archive.frontier.count_pending("demo") == 2


def test_a_full_disk_ends_it_with_a_reason_for_people(observed, tmp_path):
    submit(observed.writer, 1)
    observed.writer.flush()
    size = (tmp_path / "a.db-wal").stat().st_size
    resource.prlimit(observed.process.pid, resource.RLIMIT_FSIZE, (size + 5000, resource.RLIM_INFINITY))
    for number in range(2, 40):
        submit(observed.writer, number)
    observed.writer.flush()
    (failure,) = observed.failures
    assert "a.db" in failure
    assert "make room" in failure
    assert observed.process.wait(timeout=60) == 0
    with Archive.open(tmp_path / "a.db") as archive:
        assert not check(archive, datetime.now(UTC), deep=True).is_damaged
        assert archive.copies.known([url(1)])


def test_signals_to_the_crawl_do_not_end_its_writer(observed, tmp_path):
    submit(observed.writer, 1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        observed.writer.flush()  # it has begun its work, and hears of the signal
        observed.process.send_signal(number)
        submit(observed.writer, 100 + number)
    observed.writer.flush()
    assert observed.failures == []
    assert column(tmp_path / "a.db", "SELECT count(*) FROM articles") == [4]


def test_when_the_crawl_is_killed_what_it_told_is_stored_and_the_lock_let_go(tmp_path):
    db = tmp_path / "a.db"
    code = (
        "import os, sys, time\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "import test_writer as t\n"
        "lock = t.CrawlLock(sys.argv[2], 'demo')\n"
        "writer = t.Writer(sys.argv[2], on_commit=print, on_failure=print, inherit=[lock.fileno()])\n"
        "writer.begin(t.crawl_into(sys.argv[2]))\n"
        "for number in range(40): t.submit(writer, number)\n"
        "while not writer.channel.outbox.empty(): time.sleep(0.01)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(Path(__file__).parent), str(db)], check=False)
    assert done.returncode == -signal.SIGKILL
    CrawlLock(db, "demo").release()  # it is waited for
    with Archive.open(db) as archive:
        assert not check(archive, datetime.now(UTC), deep=True).is_damaged
        stored = len(archive.copies.known(url(number) for number in range(40)))
        assert stored >= 39  # the last may have been on its way
        assert archive.frontier.counts().get("done") == stored


def end(writer):
    """Wait for the end of a crawl, as its session does."""

    async def ended():
        ending = asyncio.ensure_future(writer.end())
        while not ending.done():
            await asyncio.sleep(0)
            if writer.is_busy:
                writer.channel.wait(30)

    asyncio.run(ended())


@pytest.fixture
def other(observed, tmp_path):
    """A crawl of another site that writes into the same archive."""
    lock = CrawlLock(tmp_path / "a.db", "other")
    other = Observed(tmp_path / "a.db", "other", inherit=[lock.fileno()])
    yield other
    other.writer.close()


def test_two_crawls_write_through_one_process_and_each_hears_of_its_own(observed, other, tmp_path):
    submit(observed.writer, 1)
    other.writer.submit(Operations.find, [Link(url(2), "other", "post")])
    other.writer.submit(Operations.problem, url(2), "fetch", "gone")
    observed.writer.flush()
    other.writer.flush()
    assert observed.process is other.process
    assert {url for report in observed.reports for url in report.settled} == {url(1)}
    assert [dict(report.counts) for report in other.reports if report.counts] == [{"problems/gone": 1}]
    assert column(tmp_path / "a.db", "SELECT site FROM problems") == ["other"]
    assert [path.name.partition("-")[2] for path in tmp_path.rglob("*.warc.gz")] == ["demo.warc.gz"]


def test_a_crawl_that_ends_lets_go_of_its_lock_and_the_other_goes_on(observed, other, tmp_path):
    submit(observed.writer, 1)
    other.writer.submit(Operations.find, [Link(url(2), "other", "post")])
    lock = other.writer._inherit[0]
    end(other.writer)
    os.close(lock)
    other.writer.close()
    CrawlLock(tmp_path / "a.db", "other").release()  # nobody holds it any more
    submit(observed.writer, 3)
    observed.writer.flush()
    assert observed.failures == []
    assert observed.process.poll() is None
    assert column(tmp_path / "a.db", "SELECT count(*) FROM articles") == [2]


def test_a_request_to_commit_may_come_behind_the_end_of_a_crawl(observed, other):
    submit(observed.writer, 1)
    other.writer.submit(Operations.find, [Link(url(2), "other", "post")])
    end(other.writer)
    submit(observed.writer, 3)
    other.writer._urge()  # as `committed` does while other crawls write
    other.writer.flush()
    submit(observed.writer, 2)
    observed.writer.flush()
    assert observed.failures == other.failures == []


def test_the_end_of_the_process_is_told_to_all_who_write_through_it(observed, other):
    submit(observed.writer, 1)
    other.writer.submit(Operations.find, [Link(url(2), "other", "post")])
    observed.writer.flush()
    other.writer.flush()
    observed.process.kill()
    submit(observed.writer, 2)
    observed.writer.flush()
    assert [len(one.failures) for one in (observed, other)] == [1, 1]


def test_the_process_lives_on_between_crawls_where_it_is_kept(tmp_path):
    with CHANNELS.kept():
        processes = []
        for _ in range(2):
            one = Observed(tmp_path / "a.db")
            submit(one.writer, 1)
            one.writer.close()
            processes.append(one.process)
            assert one.process.poll() is None
    assert processes[0] is processes[1]
    assert processes[0].poll() == 0
