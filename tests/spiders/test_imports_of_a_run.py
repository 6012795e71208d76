"""What a run that finds nothing loads and starts: a crawl every five minutes pays for it 105,000 times a year."""

import re

import pytest
from support.crawler import Crawler
from support.small_site import small_site

SETTINGS = {"NEWSARCHIVE_SWEEP_HOURS": 1000}
#: Modules of our own that a run without news has no use for, and packages that only they need.
IDLE = (
    *("newsarchive.search", "newsarchive.stories", "newsarchive.crawl.writer.process", "newsarchive.extract.reader"),
    *(f"newsarchive.extract.{part}" for part in ("heuristics", "credits", "dates", "charset", "html", "layout", "xml")),
    *("newsarchive.archive.store", "newsarchive.archive.outlets", "newsarchive.archive.merge", "newsarchive.demo"),
    *("newsarchive.discovery.feed", "newsarchive.discovery.html_listing", "newsarchive.discovery.json_list"),
    *("newsarchive.discovery.sitemap", "newsarchive.commands", "newsarchive.export", "newsarchive.maintenance"),
    *("sqlite_utils", "numpy", "bs4", "opencc", "rich", "click", "yaml", "datasette"),
    *("aiohttp", "requests", "tldextract", "scrapy.extensions.telnet", "scrapy.extensions.remote_control"),
)
#: Modules of our own that it loads at most; there are more than 250.
MOST = 84


def modules(log):
    """Return what was imported, by the log of a Python that tells it, and how many processes told.

    Lines that two processes wrote at the same moment are lost.
    """
    names = re.findall(r"^import time: +\d+ \| +\d+ \| +(\S+)$", log, re.MULTILINE)
    return names, names.count("encodings")


def of(package, names):
    return sorted({name for name in names if name == package or name.startswith(package + ".")})


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The imports of a run that reads an article, and of the next, that finds nothing."""
    folder = tmp_path_factory.mktemp("startup")
    crawl = Crawler(folder)
    with small_site() as site:
        site.article(1, "今天上午，江湾港的吞吐量比昨天增加了一成。")
        site.listing(1)
        environment = site.describe(folder / "sites", more="[recheck]\ndays = 0")
        environment |= {"PYTHONPROFILEIMPORTTIME": "1"}
        done = [crawl("category", site="small", environment=environment, settings=SETTINGS) for _ in range(2)]
    assert [run.status for run in done] == [0, 0], done[0].log[-2000:]
    assert '"listings/unchanged": 1' in done[1].column("SELECT counts FROM runs ORDER BY id DESC LIMIT 1")[0]
    return [modules(run.log) for run in done]


@pytest.mark.parametrize("package", ["newsarchive.cluster", "psycopg"])
def test_no_run_of_one_machine_loads_what_brings_machines_together(runs, package):
    assert [of(package, names) for names, _ in runs] == [[], []]


@pytest.mark.parametrize("package", IDLE)
def test_a_run_that_finds_nothing_does_not_load(runs, package):
    assert of(package, runs[1][0]) == []


def test_a_run_that_finds_nothing_loads_a_part_of_the_program(runs):
    ours = of("newsarchive", runs[1][0])
    assert "newsarchive.crawl.session" in ours
    assert len(ours) <= MOST, ours


def test_only_a_run_that_has_something_to_write_starts_the_process_that_writes(runs):
    assert [processes for _, processes in runs] == [2, 1]
    assert of("newsarchive.crawl.writer.process", runs[1][0]) == []


def test_what_a_run_that_reads_an_article_needs_is_loaded_when_it_comes(runs):
    for package in ("newsarchive.extract.heuristics", "newsarchive.search", "newsarchive.stories"):
        assert of(package, runs[0][0]), package
