"""`newsarchive crawl` of several sites: one process, one reactor, one writer, and no site in the way of another."""

import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from itertools import pairwise

import pytest
from support.crawler import ROOT, Crawled
from support.servers import Answer
from support.small_site import DESCRIPTION, small_site

from newsarchive.locks import CrawlLock


@pytest.fixture
def sites(tmp_path):
    """Two sites on two ports, `a` and `b`, each with articles of its own."""
    with ExitStack() as stack:
        found = {name: stack.enter_context(small_site()) for name in "ab"}
        for name, site in found.items():
            describe(tmp_path / "sites", name, site)
            for number in range(5):
                site.article(number, f"今天上午，{name}港第{number}号泊位迎来了新船。", f"{name}港的第{number}条消息")
            site.listing(*range(5))
        yield found


def describe(folder, name, site, change=("", "")):
    folder.mkdir(exist_ok=True)
    text = DESCRIPTION.format(base=site.base_url, top="", more="").replace('name = "small"', f'name = "{name}"')
    (folder / f"{name}.toml").write_text(text.replace(*change), encoding="utf-8")


def command(crawl, *arguments):
    return [sys.executable, "-m", "newsarchive", "--db", str(crawl.db), "crawl", *arguments]


def environment(crawl, tmp_path, **settings):
    return crawl.environment | {"NEWSARCHIVE_SITES": str(tmp_path / "sites")} | settings


def newsarchive(crawl, tmp_path, *arguments, **settings):
    done = subprocess.run(
        command(crawl, *arguments),
        cwd=ROOT,
        env=environment(crawl, tmp_path, **settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    return Crawled(done.returncode, done.stdout + done.stderr, crawl.db)


def test_each_site_has_its_run_and_its_articles(crawl, sites, tmp_path):
    done = newsarchive(crawl, tmp_path, "a", "b")
    assert done.status == 0, done.log
    assert done.rows("SELECT site, outcome FROM runs ORDER BY site") == [("a", "finished"), ("b", "finished")]
    assert done.rows("SELECT site, count(*) FROM copies GROUP BY site") == [("a", 5), ("b", 5)]
    assert done.column("SELECT count(DISTINCT process) FROM runs") == [1]
    assert "This crawl added 10 articles" in done.log
    raw = [path.name.partition("-")[2] for path in tmp_path.rglob("*.warc.gz")]
    assert sorted(raw) == ["a.warc.gz", "b.warc.gz"]


def test_all_are_the_sites_of_the_folder_and_of_several_the_worst_status_counts(crawl, sites, tmp_path):
    sites["a"].pages.clear()
    done = newsarchive(crawl, tmp_path, "--all")
    assert done.status == 1, done.log
    assert done.rows("SELECT site, outcome FROM runs ORDER BY site") == [("a", "failed"), ("b", "finished")]
    assert "site of a failed" in done.log


def test_one_wrong_name_stops_all_before_anything_is_asked(crawl, sites, tmp_path):
    done = newsarchive(crawl, tmp_path, "a", "nowhere")
    assert (done.status, sites["a"].asked) == (2, [])
    assert "no site 'nowhere'" in done.log


def test_a_site_that_another_process_crawls_is_told_and_skipped(crawl, sites, tmp_path):
    lock = CrawlLock(crawl.db, "a")
    done = newsarchive(crawl, tmp_path, "a", "b")
    lock.release()
    assert done.status == 0, done.log
    assert "a is being crawled already" in done.log
    assert done.rows("SELECT site, outcome FROM runs") == [("b", "finished")]


def test_a_signal_stops_all_of_them_and_what_was_fetched_is_stored(crawl, sites, tmp_path):
    for site in sites.values():
        site.fill(*range(60))
        site.delay = 0.3
    process = subprocess.Popen(
        command(crawl, "a", "b"), cwd=ROOT, env=environment(crawl, tmp_path), stderr=subprocess.PIPE, text=True
    )
    for site in sites.values():
        site.wait_for_requests(8, process)
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "newsarchive: stopped;" in told
    assert "Traceback" not in told
    done = Crawled(1, told, crawl.db)
    assert done.rows("SELECT site, outcome FROM runs ORDER BY site") == [("a", "stopped"), ("b", "stopped")]
    for name in "ab":
        CrawlLock(crawl.db, name).release()


def test_sites_of_one_host_share_its_pauses(crawl, sites, tmp_path):
    describe(tmp_path / "sites", "a", sites["a"], ("delay = 0\nconcurrency = 4", "delay = 0.5"))
    describe(tmp_path / "sites", "b", sites["a"], ("delay = 0\nconcurrency = 4", "delay = 0.5"))
    done = newsarchive(crawl, tmp_path, "a", "b")
    assert done.status == 0, done.log
    times = [asked.at for asked in sites["a"].asked]
    assert len(times) >= 8
    closest = min(later - earlier for earlier, later in pairwise(times))
    assert closest >= 0.3, "a fifth below half a second is chance in the delay, more is none"


# Every name is this machine, as a name in a hostile DNS may be.
_LYING = """
import socket, sys
socket.gethostbyname = lambda _: "127.0.0.1"
from newsarchive.cli import main
main()
"""


def test_the_guard_against_private_addresses_outlives_the_crawl_that_ends_first(crawl, sites, tmp_path):
    second = sites["b"]
    port = second.base_url.rpartition(":")[2]
    describe(tmp_path / "sites", "b", second, ('hosts = ["127.0.0.1"', f'hosts = ["news.example:{port}", "127.0.0.1"'))
    second.listing(1)
    second.answers = {"/news/1.html": Answer(b"", 302, {"Location": f"http://news.example:{port}/news/2.html"})}
    answer = second.answer

    def answer_late(asked):
        end = time.monotonic() + 60
        while asked.path == "/news/1.html" and not is_over(crawl.db, "a") and time.monotonic() < end:
            time.sleep(0.1)
        return answer(asked)

    second.answer = answer_late
    ran = subprocess.run(
        [sys.executable, "-c", _LYING, *command(crawl, "a", "b")[3:]],
        cwd=ROOT, env=environment(crawl, tmp_path), capture_output=True, text=True, check=False, timeout=200,
    )  # fmt: skip
    done = Crawled(ran.returncode, ran.stderr, crawl.db)
    assert done.rows("SELECT site, outcome FROM runs ORDER BY finished_at, site")[0] == ("a", "finished"), ran.stderr
    assert done.column("SELECT detail FROM problems WHERE reason = 'unsafe-url'") == [
        "news.example has the private address 127.0.0.1"
    ]
    assert {asked.path for asked in second.asked} == {"/robots.txt", "/", "/news/1.html"}
    assert done.rows("SELECT site, count(*) FROM copies GROUP BY site") == [("a", 5)]


def is_over(db, site):
    return Crawled(0, "", db).column("SELECT 1 FROM runs WHERE site = ? AND outcome = 'finished'", site) == [1]
