"""`newsarchive crawl --watch`: it stays, crawls each site when it is due, and loses nothing however it ends."""

import json
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager

import pytest
from support.crawler import ROOT, Crawled
from support.running import run_on
from support.small_site import DESCRIPTION, small_site

SOON = {"NEWSARCHIVE_INTERVAL_MIN": "0.01", "NEWSARCHIVE_INTERVAL_MAX": "0.02", "NEWSARCHIVE_BACKOFF": "1"}


@pytest.fixture
def sites(tmp_path):
    """Two sites on two ports, `a` and `b`, each with articles of its own; only `a` is described yet."""
    with ExitStack() as stack:
        found = {name: stack.enter_context(small_site()) for name in "ab"}
        for name, site in found.items():
            write(site, name, *range(3))
        describe(tmp_path, "a", found["a"])
        yield found


def write(site, name, *numbers):
    for number in numbers:
        site.article(number, f"今天上午，{name}港第{number}号泊位迎来了新船。", f"{name}港的第{number}条消息")
    site.listing(*numbers)


def describe(folder, name, site):
    folder = folder / "sites"
    folder.mkdir(exist_ok=True)
    text = DESCRIPTION.format(base=site.base_url, top="", more="").replace('name = "small"', f'name = "{name}"')
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")


@contextmanager
def watching(crawl, tmp_path, *names, **settings):
    command = [sys.executable, "-m", "newsarchive", "--db", str(crawl.db), "crawl", "--watch", *names]
    environment = crawl.environment | {"NEWSARCHIVE_SITES": str(tmp_path / "sites")} | SOON | settings
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(crawl, process, condition, *values):
    """Wait until a query of the archive gives something; return its rows."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert process.poll() is None, process.communicate()
        if crawl.db.exists() and (rows := crawled(crawl, condition, *values)):
            return rows
        time.sleep(0.1)
    raise AssertionError(f"not within two minutes: {condition}")


def crawled(crawl, query, *values):
    done = Crawled(0, "", crawl.db)
    return done.rows(query, *values) if done.column("SELECT 1 FROM sqlite_master WHERE name = 'schedules'") else []


def stopped(process):
    process.send_signal(signal.SIGTERM)
    out, told = process.communicate(timeout=60)
    return process.returncode, out, told


ARTICLES = "SELECT 1 FROM copies WHERE site = ? GROUP BY 1 HAVING count(*) = ?"


def test_what_comes_out_later_is_found_when_the_site_is_due_again(crawl, sites, tmp_path):
    with watching(crawl, tmp_path) as process:
        until(crawl, process, ARTICLES, "a", 3)
        write(sites["a"], "a", *range(5))
        until(crawl, process, ARTICLES, "a", 5)
        until(crawl, process, "SELECT 1 FROM runs WHERE json_extract(counts, '$.\"listings/unchanged\"') = 1")
        status, out, told = stopped(process)
    assert (status, told) == (0, "")
    assert "watching 1 sites" in out
    assert "a: 3 new, 0 changed (next " in out
    assert "a: 2 new, 0 changed (next " in out
    assert crawled(crawl, "SELECT count(DISTINCT process) FROM runs") == [(1,)]
    assert crawled(crawl, "SELECT DISTINCT outcome FROM runs WHERE outcome NOT IN ('finished', 'stopped')") == []


def test_after_a_hangup_new_site_files_are_crawled_and_those_of_removed_ones_no_longer(crawl, sites, tmp_path):
    with watching(crawl, tmp_path) as process:
        until(crawl, process, ARTICLES, "a", 3)
        describe(tmp_path, "b", sites["b"])
        (tmp_path / "sites" / "a.toml").rename(tmp_path / "a.toml")
        process.send_signal(signal.SIGHUP)
        until(crawl, process, ARTICLES, "b", 3)
        (last,) = until(crawl, process, "SELECT max(id) FROM runs WHERE site = 'b'")[0]
        until(crawl, process, "SELECT 1 FROM runs WHERE site = 'b' AND id > ? + 2", last)
        assert crawled(crawl, "SELECT 1 FROM runs WHERE site = 'a' AND id > ?", last) == []
        assert stopped(process)[0] == 0


def test_a_site_that_fails_is_left_alone_for_longer_and_the_other_goes_on(crawl, sites, tmp_path):
    describe(tmp_path, "b", sites["b"])
    sites["b"].broken = {"/"}
    with watching(crawl, tmp_path) as process:
        until(crawl, process, "SELECT 1 FROM schedules WHERE site = 'b' AND failures >= 3")
        until(crawl, process, ARTICLES, "a", 3)
        sites["b"].broken = set()
        until(crawl, process, ARTICLES, "b", 3)
        until(crawl, process, "SELECT 1 FROM schedules WHERE site = 'b' AND failures = 0")
        status, out, _ = stopped(process)
    assert status == 0
    assert "b: failed: no listing page could be read" in out


def test_what_a_killed_watch_had_begun_is_fetched_by_the_next(crawl, sites, tmp_path):
    write(sites["a"], "a", *range(40))
    sites["a"].delay = 0.2
    with watching(crawl, tmp_path) as process:
        sites["a"].wait_for_requests(12, process)
        process.kill()
    sites["a"].delay = 0.0
    with watching(crawl, tmp_path) as process:
        until(crawl, process, ARTICLES, "a", 40)
        assert stopped(process)[0] == 0
    assert crawled(crawl, "SELECT outcome FROM runs ORDER BY id LIMIT 1") == [("killed",)]


def test_a_long_run_gives_way_to_a_site_that_waits_and_goes_on_afterwards(crawl, sites, tmp_path):
    describe(tmp_path, "b", sites["b"])
    write(sites["a"], "a", *range(60))
    sites["a"].delay = 0.4
    with watching(
        crawl, tmp_path, NEWSARCHIVE_SITES_AT_ONCE="1", NEWSARCHIVE_TURN_MINUTES="0.01", NEWSARCHIVE_WINDOW="8"
    ) as process:
        until(crawl, process, ARTICLES, "b", 3)
        assert crawled(crawl, "SELECT count(*) < 60 FROM copies WHERE site = 'a'") == [(1,)]
        until(crawl, process, ARTICLES, "a", 60)
        assert stopped(process)[0] == 0
    assert crawled(crawl, "SELECT DISTINCT outcome FROM runs WHERE reason = 'gave-way'") == [("finished",)]


def test_status_says_when_a_watched_site_is_crawled_next(crawl, sites, tmp_path):
    with watching(crawl, tmp_path, "a") as process:
        until(crawl, process, "SELECT 1 FROM schedules")
        assert stopped(process)[0] == 0
    told = subprocess.run(
        [sys.executable, "-m", "newsarchive", "--db", str(crawl.db), "status"],
        cwd=ROOT, env=crawl.environment | {"NEWSARCHIVE_SITES": str(tmp_path / "sites")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    ((due,),) = crawled(crawl, "SELECT due_at FROM schedules")
    assert f"next run       {due}" in told.stdout


def test_a_watch_crawls_all_that_is_new(crawl, sites, tmp_path):
    with watching(crawl, tmp_path, "--since", "2026-03-01") as process:
        _, told = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "leave out --since" in told


def test_saved_searches_hear_of_what_a_watch_brings(crawl, sites, tmp_path):
    with watching(crawl, tmp_path) as process:
        until(crawl, process, ARTICLES, "a", 3)
        assert stopped(process)[0] == 0
    run_on(crawl.db, "watch", "add", "泊位", "--to", tmp_path / "found.jsonl")
    write(sites["a"], "a", *range(5))
    with watching(crawl, tmp_path) as process:
        until(crawl, process, ARTICLES, "a", 5)
        assert stopped(process)[0] == 0
    found = (tmp_path / "found.jsonl").read_text(encoding="utf-8").splitlines()
    assert sorted(json.loads(line)["title"] for line in found) == ["a港的第3条消息", "a港的第4条消息"]


def test_a_watch_whose_lines_nobody_reads_any_more_ends(crawl, sites, tmp_path):
    with watching(crawl, tmp_path) as process:
        assert "watching 1 sites" in process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=60) == 0
    assert crawled(crawl, "SELECT outcome, count(*) > 0 FROM runs WHERE outcome = 'finished'") == [("finished", 1)]
