"""`newsarchive crawl` and `scrapy crawl --help`: what their status tells, and that they say so."""

import subprocess
import sys

import pytest
from support.crawler import ROOT
from support.small_site import small_site

STATUSES = {"newsarchive": ["-m", "newsarchive", "crawl", "--help"], "scrapy": ["-m", "scrapy", "crawl", "--help"]}


@pytest.fixture
def site(tmp_path):
    with small_site() as server:
        server.environment = server.describe(tmp_path / "sites")
        server.article(1, "今天上午，江湾港的吞吐量比昨天增加了一成。")
        server.listing(1)
        yield server


def newsarchive(crawl, environment, *arguments):
    command = [sys.executable, "-m", "newsarchive", "--db", str(crawl.db), "crawl", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=crawl.environment | environment, capture_output=True, text=True, check=False
    )


def test_a_good_crawl_ends_with_status_0_and_shows_what_came_in(crawl, site):
    done = newsarchive(crawl, site.environment, "small")
    assert done.returncode == 0, done.stderr
    assert "1 article" in done.stdout


def test_a_failed_crawl_ends_with_status_1(crawl, site):
    site.pages.clear()
    done = newsarchive(crawl, site.environment, "small")
    assert done.returncode == 1, done.stdout


def test_a_crawl_that_lost_too_much_ends_with_status_3(crawl, site):
    site.listing(*range(1, 14))
    site.broken = {f"/news/{number}.html" for number in range(2, 14)}
    done = newsarchive(crawl, site.environment, "small")
    assert done.returncode == 3, done.stderr
    assert "12 of 13 pages brought no article" in done.stdout


def test_a_wrong_argument_ends_with_status_2(crawl, site):
    assert newsarchive(crawl, site.environment, "small", "--since", "yesterdayish").returncode == 2
    assert newsarchive(crawl, site.environment, "nowhere").returncode == 2


@pytest.mark.parametrize("command", STATUSES.values(), ids=STATUSES)
def test_the_help_says_what_each_status_means(command):
    said = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    said = " ".join(said.split())
    assert "status" in said
    for word in ("0", "already", "1", "stopped", "2", "wrong", "3", "lost", "nothing new"):
        assert word in said
