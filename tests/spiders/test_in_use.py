"""A crawl whose archive others hold, remove or replace waits, or says what is wrong."""

import signal
import sqlite3
import threading
import time

import pytest
from support.crawler import Crawled
from support.small_site import small_site


@pytest.fixture
def site():
    with small_site() as server:
        server.fill(*range(40))
        yield server


@pytest.fixture
def running(crawl, site, tmp_path):
    """Return how to begin a crawl, which has then asked for some pages and is still at work."""
    crawl.environment |= site.describe(tmp_path / "sites")
    site.delay = 0.5

    def begin(**settings):
        process = crawl.start("category", site="small", settings=settings)
        site.wait_for_requests(15, process)
        return process

    return begin


def test_a_transaction_of_somebody_else_is_waited_for_and_the_run_has_its_row(crawl, site, tmp_path):
    environment = site.describe(tmp_path / "sites")
    crawl("category", site="small", environment=environment, limit=1)
    other = sqlite3.connect(crawl.db, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    lock = crawl.db.with_name("archive.db-small.lock")
    before = lock.read_text()

    def let_go():
        while lock.read_text() == before:
            time.sleep(0.1)
        time.sleep(5)
        other.execute("COMMIT")

    threading.Thread(target=let_go, daemon=True).start()
    done = crawl("category", site="small", environment=environment)
    assert done.status == 0, done.log
    assert "another program is writing to it; waiting" in done.log
    assert done.column("SELECT outcome FROM runs") == ["finished"] * 2
    assert done.column("SELECT count(*) FROM articles") == [40]


@pytest.mark.parametrize("how", ["removed", "replaced"])
def test_an_archive_that_is_removed_or_replaced_under_a_crawl_makes_it_fail(crawl, running, tmp_path, how):
    process = running(NEWSARCHIVE_BATCH_SIZE=3)
    if how == "replaced":
        copy = tmp_path / "copy.db"
        with sqlite3.connect(crawl.db) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        copy.replace(crawl.db)
    else:
        crawl.db.unlink()
    assert process.wait(timeout=120) == 1


def test_a_crawl_that_is_asked_to_stop_does_so_while_another_program_writes(crawl, running):
    process = running(NEWSARCHIVE_BATCH_SIZE=3)
    other = sqlite3.connect(crawl.db, isolation_level=None, timeout=30)
    other.execute("BEGIN IMMEDIATE")
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    time.sleep(2)
    other.execute("COMMIT")
    assert process.wait(timeout=60) == 1
    done = Crawled(1, "", crawl.db)
    assert done.column("SELECT outcome FROM runs") == ["stopped"]
