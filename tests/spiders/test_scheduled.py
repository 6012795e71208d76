"""Runs that a timer starts: one at a time, each with a row and an exit status that tells the truth."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from support.crawler import ROOT

from newsarchive.demo import DemoSite, serve


@pytest.fixture(scope="module")
def slow_demo():
    with serve(DemoSite(articles=40, crawl_delay=0.3)) as server:
        yield server


def wait_for(condition):
    deadline = time.monotonic() + 120
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


def test_a_second_crawl_of_the_site_says_so_and_ends_well_at_once(crawl, slow_demo):
    first = crawl.start("category", site="demo", base_url=slow_demo.base_url)
    asked = len(slow_demo.requests)
    try:
        wait_for(lambda: len(slow_demo.requests) > asked + 1)
        second = crawl("site", site="demo", base_url=slow_demo.base_url)
        assert (second.status, second.log.count("\n")) == (0, 1), second.log
        assert f"demo is being crawled already (process {first.pid})" in second.log
        assert first.poll() is None, "the second was to end while the first still works"
        assert second.column("SELECT count(*) FROM runs") == [1]
        small = newsarchive(second, "vacuum")
        assert (small.returncode, small.stderr.count("\n")) == (2, 1), small.stderr
        assert f"demo is being crawled (process {first.pid})" in small.stderr
    finally:
        first.kill()
        first.wait()
    assert newsarchive(second, "vacuum").returncode == 0


def test_a_lock_dies_with_its_process_and_the_killed_run_is_closed_by_the_next(crawl, slow_demo):
    first = crawl.start("category", site="demo", base_url=slow_demo.base_url)
    asked = len(slow_demo.requests)
    wait_for(lambda: len(slow_demo.requests) > asked + 1)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    done = crawl("category", site="demo", base_url=slow_demo.base_url, settings={"NEWSARCHIVE_CRAWL_DELAY_MAX": 0.01})
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
    assert "could not be read" in done.log
    [(outcome, reason)] = done.rows("SELECT outcome, reason FROM runs")
    assert outcome == "finished"
    assert "pages could not be read" in reason


def test_a_site_that_fell_silent_ends_with_status_3(crawl):
    with serve(DemoSite(articles=5)) as server:
        assert crawl("category", site="demo", base_url=server.base_url).status == 0
        time.sleep(1)
        done = crawl("category", site="demo", base_url=server.base_url, settings={"NEWSARCHIVE_SILENCE_HOURS": 0.0001})
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
