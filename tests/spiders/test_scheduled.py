"""Runs that a timer starts: one at a time, each with a row and an exit status that tells the truth."""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager

from support.crawler import ROOT

from newsarchive.demo import DemoSite, serve


@contextmanager
def held_demo():
    """Serve the sample site, which answers nothing until its `held` is asked to let go; `came` tells of a request.

    A crawl is at work for as long as it waits for an answer.
    """
    with serve(DemoSite(articles=10)) as server:
        came, go, answer = threading.Event(), threading.Event(), server.answer

        def held(target):
            came.set()
            go.wait(120)
            return answer(target)

        server.answer = held
        try:
            yield server.base_url, came, go
        finally:
            go.set()


def wait_for(came, process):
    """Wait until a crawl has asked for something; one that ended before is none to wait for."""
    while not came.wait(0.1):
        assert process.poll() is None, "the crawl ended without a request"


def test_a_second_crawl_of_the_site_says_so_and_ends_well_at_once(crawl):
    with held_demo() as (base_url, came, _):
        first = crawl.start("category", site="demo", base_url=base_url)
        wait_for(came, first)
        second = crawl("site", site="demo", base_url=base_url)
        assert (second.status, second.log.count("\n")) == (0, 1), second.log
        assert f"demo is being crawled already (process {first.pid})" in second.log
        assert first.poll() is None, "the second was to end while the first still works"
        assert second.column("SELECT count(*) FROM runs") == [1]
        small = newsarchive(second, "vacuum")
        assert (small.returncode, small.stderr.count("\n")) == (2, 1), small.stderr
        assert f"demo is being crawled (process {first.pid})" in small.stderr
        first.kill()
        first.wait(60)
    assert newsarchive(second, "vacuum").returncode == 0


def test_a_lock_dies_with_its_process_and_the_killed_run_is_closed_by_the_next(crawl):
    with held_demo() as (base_url, came, go):
        first = crawl.start("category", site="demo", base_url=base_url)
        wait_for(came, first)
        first.kill()
        first.wait()
        go.set()
        done = crawl("category", site="demo", base_url=base_url)
    assert done.status == 0, done.log
    assert done.column("SELECT outcome FROM runs ORDER BY id") == ["killed", "finished"]


def test_a_run_that_loses_too_much_ends_with_status_3_and_says_what(crawl):
    with serve(DemoSite(articles=30, trouble=100)) as server:
        done = crawl(
            "category",
            site="demo",
            base_url=server.base_url,
            settings={"RETRY_TIMES": 0},
        )
    assert done.status == 3, done.log
    assert "pages brought no article" in done.log
    [(outcome, reason)] = done.rows("SELECT outcome, reason FROM runs")
    assert outcome == "finished"
    assert "pages brought no article" in reason


def test_a_site_that_fell_silent_ends_with_status_3(crawl):
    with serve(DemoSite(articles=5)) as server:
        assert crawl("category", site="demo", base_url=server.base_url).status == 0
        # Less than it takes to start a crawl.
        done = crawl("category", site="demo", base_url=server.base_url, settings={"NEWSARCHIVE_SILENCE_HOURS": 0.00001})
    assert done.status == 3
    assert "nothing new for" in done.log


def newsarchive(crawled, *arguments):
    command = [sys.executable, "-m", "newsarchive", "--db", str(crawled.db), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_status_command_tells_how_a_site_is_doing(crawl):
    with serve(DemoSite(articles=5)) as server:
        crawled = crawl("category", site="demo", base_url=server.base_url)
    told = newsarchive(crawled, "status", "--json", "--check")
    assert told.returncode == 0, told.stderr
    one = json.loads(told.stdout)
    assert (one["site"], one["outcome"], one["alarms"]) == ("demo", "finished", [])
    # `usual` is that of the day before, where midnight lies between the crawl and the question.
    assert [one["today"] + one["usual"]] == crawled.column("SELECT count(*) FROM articles")
    assert "robots" in one["not_collected"]
    alarmed = newsarchive(crawled, "status", "--check", "--silence-hours", "0")
    assert alarmed.returncode == 1
    assert "nothing new in the last 0 hours" in alarmed.stdout
