"""From the address of a site to its articles: `newsarchive add` and `crawl`, against a site that makes it hard."""

import os
import sqlite3
import subprocess

import pytest
from support.hard_site import MAIN, hard_site
from support.running import ROOT, command_line

pytestmark = pytest.mark.slow

NUMBER = 180


def run(site, folder, *arguments):
    environment = os.environ | {"http_proxy": site.base_url, "NEWSARCHIVE_SITES": str(folder / "sites")}
    environment.pop("https_proxy", None)
    command = command_line(folder / "a.db", *arguments)
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    with hard_site(NUMBER) as site:
        added = run(site, folder, "add", f"http://{MAIN}/", "--delay", "0")
        looked = len(site.asked)
        first = run(site, folder, "crawl", "chaosheng")
        fetched = len(site.asked) - looked
        again = run(site, folder, "crawl", f"http://{MAIN}/")
        return site, folder, added, first, again, (looked, fetched, len(site.asked) - looked - fetched)


def test_nearly_all_articles_are_found_and_nothing_that_is_none(crawled):
    site, folder, added, first, _, _ = crawled
    assert added.returncode == 0, added.stderr
    assert first.returncode == 0, first.stderr
    with sqlite3.connect(folder / "a.db") as archive:
        stored = {url for (url,) in archive.execute("SELECT url FROM copies")}
        titles = dict(archive.execute("SELECT url, title FROM articles"))
    wanted = {story.url: story.title for story in site.stories}
    assert len(stored & set(wanted)) >= 0.99 * NUMBER
    assert not stored - set(wanted)
    assert all(titles[url] == title for url, title in wanted.items() if url in titles)


def test_requests_are_bounded_although_there_is_a_calendar_without_end_a_cloud_and_a_shop(crawled):
    *_, (looked, fetched, _) = crawled
    assert looked <= 80
    assert fetched <= 1.5 * NUMBER


def test_a_known_site_can_be_crawled_by_its_address_and_costs_little_when_nothing_is_new(crawled):
    *_, again, (_, fetched, later) = crawled
    assert again.returncode == 0, again.stderr
    assert "Looking at" not in again.stderr
    assert later < fetched / 4
