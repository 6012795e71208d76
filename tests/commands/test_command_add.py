"""`newsarchive add`: a site file for an address, within a few requests, and what is told of it."""

import json
import os
import subprocess

import pytest
from support.running import ROOT, command_line, run_on
from support.small_site import small_site

from newsarchive.commands.add import is_place
from newsarchive.sites import load_site

TEXTS = "江湾港第{}号泊位清晨迎来新船，码头上的居民前来观看，管理处说后续的安排将在下周公布，请市民留意通知。"


def fill(site, *numbers):
    for number in numbers:
        site.article(number, TEXTS.format(number) * 3)
    site.listing(*numbers)


def run(folder, *arguments):
    environment = os.environ | {"NEWSARCHIVE_SITES": str(folder / "sites")}
    command = command_line(folder / "a.db", *arguments)
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def site():
    with small_site() as running:
        fill(running, *range(1001, 1013))
        yield running


@pytest.mark.slow
def test_a_file_is_written_that_a_crawl_can_use_and_is_not_changed_again(site, tmp_path):
    first = run(tmp_path, "add", f"{site.base_url}/", "--name", "port")
    assert first.returncode == 0, first.stderr
    path = tmp_path / "sites" / "port.toml"
    written = path.read_text(encoding="utf-8")
    listing = load_site("port", tmp_path / "sites").listing
    assert listing is not None
    assert listing.article.search("/news/4711.html")
    assert not listing.article.search("/about.html")
    assert load_site("port", tmp_path / "sites").title == site.base_url.removeprefix("http://"), (
        "no page names the site"
    )
    requests = len(site.asked)
    assert requests <= 80
    second = run(tmp_path, "add", f"{site.base_url}/")
    assert second.returncode == 0
    assert "belongs to the site port" in second.stderr
    assert path.read_text(encoding="utf-8") == written
    assert len(site.asked) == requests, "what is known is not asked for"


@pytest.mark.slow
def test_the_first_crawl_asks_for_no_page_that_was_looked_at_and_the_second_asks_again(site, tmp_path):
    run(tmp_path, "add", f"{site.base_url}/", "--name", "port")
    looked_at = {asked.path for asked in site.asked}
    assert len(looked_at) > 5
    site.asked.clear()
    first = run(tmp_path, "crawl", "port")
    assert first.returncode == 0, first.stderr
    assert "12 articles" in first.stdout
    assert looked_at.isdisjoint(asked.path for asked in site.asked)
    second = run(tmp_path, "crawl", "port")
    assert second.returncode == 0, second.stderr
    assert "/" in {asked.path for asked in site.asked}


@pytest.mark.slow
def test_a_dry_run_prints_the_file_and_writes_nothing(site, tmp_path):
    done = run(tmp_path, "add", site.base_url, "--name", "port", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert 'name = "port"' in done.stdout
    number = done.stdout.partition("looked at are articles")[0].split()[-1]
    told = f"title on {number}, date on {number}, source on 0, authors on 0 of {number} articles, without rules"
    assert told in done.stdout
    assert "[[layouts]]" not in done.stdout
    assert not (tmp_path / "sites").exists()


@pytest.mark.slow
def test_a_list_of_sites_is_added_and_one_that_does_not_answer_is_told(site, tmp_path):
    (tmp_path / "list.txt").write_text(f"# two\n{site.base_url}/ # the port\nhttp://127.0.0.1:9/\n", encoding="utf-8")
    done = run(tmp_path, "add", "--file", tmp_path / "list.txt", "--json")
    assert done.returncode == 1
    assert "http://127.0.0.1:9/: cannot be fetched" in done.stderr
    (told,) = map(json.loads, done.stdout.splitlines())
    assert told["articles"] == 12
    assert told["patterns"][0]["text"].startswith("^/")
    assert len(list((tmp_path / "sites").glob("*.toml"))) == 1


@pytest.mark.slow
def test_looking_again_prints_what_changed_as_a_diff_and_writes_it_only_when_told_to(site, tmp_path):
    run(tmp_path, "add", f"{site.base_url}/", "--name", "port")
    path = tmp_path / "sites" / "port.toml"
    edited = path.read_text(encoding="utf-8").replace('lang = "zh"', 'lang = "ja"')
    path.write_text(edited, encoding="utf-8")
    done = run(tmp_path, "add", "--again", "port")
    assert done.returncode == 0, done.stderr
    assert '-lang = "ja"\n+lang = "zh"\n' in done.stdout
    assert path.read_text(encoding="utf-8") == edited
    path.write_text(f"{edited}\n[recheck]\ndays = 8\n", encoding="utf-8")
    done = run(tmp_path, "add", "--again", "port", "--apply")
    assert done.returncode == 0, done.stderr
    again = load_site("port", tmp_path / "sites")
    assert again.lang == "zh"
    assert again.recheck.days == 8, "what a look does not find out stays"


@pytest.mark.slow
def test_a_crawl_of_an_address_adds_the_site_first(site, tmp_path):
    done = run(tmp_path, "crawl", f"{site.base_url}/")
    assert done.returncode == 0, done.stderr
    assert "12 articles" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name the address of a site"),
        (("ftp://chaosheng.example/",), "is no address of a site"),
        (("--file", "/nowhere/list.txt"), "cannot be read"),
        (("a.example", "b.example", "--name", "one"), "--name is for one site"),
        (("--again", "https://chaosheng.example/"), "belongs to no site"),
        (("--apply", "https://chaosheng.example/"), "--apply is for --again"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(arguments, told, tmp_path):
    done = run_on(tmp_path / "a.db", "add", *arguments)
    assert done.status == 2
    assert told in done.err


@pytest.mark.parametrize(
    ("text", "expected"), [("demo", False), ("news.example", True), ("http://127.0.0.1:8000", True)]
)
def test_an_address_is_told_from_the_name_of_a_site(text, expected):
    assert is_place(text) is expected
