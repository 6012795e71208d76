"""`newsarchive sites`: what there is, and whether a site's file is right, looked at over HTTP."""

import json
import subprocess
import sys

import pytest
from support.crawler import ROOT
from support.running import plain_environment
from support.small_site import small_site


@pytest.fixture
def site():
    with small_site() as server:
        yield server


def newsarchive(folder, *arguments):
    environment = plain_environment(NEWSARCHIVE_SITES=str(folder / "sites"))
    command = [sys.executable, "-m", "newsarchive", "--db", str(folder / "a.db"), *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180, check=False, encoding="utf-8"
    )


def described(site, folder, **changes):
    site.describe(folder / "sites", top="verified = false")
    path = folder / "sites" / "small.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes.items():
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def test_sites_of_the_catalogue_are_listed_apart_and_as_not_tried(tmp_path):
    done = newsarchive(tmp_path, "sites", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()] if done.stdout[0] == "{" else json.loads(done.stdout)
    states = {row["site"]: row["state"] for row in rows}
    assert states["demo"] == "ready"
    assert states["rthk"] == "not tried"
    assert next(iter(states)) == "demo"
    assert "the catalogue: second-hand facts" in newsarchive(tmp_path, "sites").stderr


def test_a_file_that_is_right_is_found_so_and_the_crawl_says_no_more_that_nobody_tried_it(site, tmp_path):
    site.fill(1, 2, 3, 4)
    described(site, tmp_path)
    assert "small: nobody has verified its site file here" in newsarchive(tmp_path, "crawl", "small").stderr
    site.asked.clear()
    done = newsarchive(tmp_path, "sites", "check", "small")
    assert done.returncode == 0, done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [(row[0], row[2]) for row in rows] == [
        ("what", "right"), ("robots.txt", "yes"), ("category", "yes"),
        ("article", "yes"), ("article", "yes"), ("article", "yes"),
    ]  # fmt: skip
    assert rows[2][3] == "4 articles"
    assert "2026-03-05 08:00 第1条消息的标题写得清楚" in rows[3][3]
    asked = [asked.path for asked in site.asked if asked.path != "/robots.txt"]
    assert asked == ["/", "/news/1.html", "/news/2.html", "/news/3.html"]
    assert "right on 20" in newsarchive(tmp_path, "sites").stdout
    assert "nobody has verified" not in newsarchive(tmp_path, "crawl", "small").stderr


def test_what_is_wrong_with_a_file_is_told_and_kept(site, tmp_path):
    site.fill(1, 2)
    site.write("/news/2.html", "<html><body><div id=app></div><script src=/app.js></script></body></html>")
    described(site, tmp_path, **{'start = ["/"]': 'start = ["/", "/gone/"]'})
    done = newsarchive(tmp_path, "sites", "check", "small")
    assert done.returncode == 1
    lines = [line.split("\t") for line in done.stdout.splitlines()[1:]]
    rows = {address.removeprefix(site.base_url): seen for _, address, *seen in lines}
    assert rows["/robots.txt"] == ["yes", "there is none"]
    assert rows["/gone/"] == ["no", "the server answers 404 Not Found"]
    assert rows["/news/1.html"][0] == "yes"
    assert rows["/news/2.html"][0] == "no"
    assert "filled by scripts: [render]" in rows["/news/2.html"][1]
    kept = json.loads((tmp_path / "sites" / "verified.json").read_text(encoding="utf-8"))["small"]
    assert (kept["is_right"], len(kept["seen"])) == (False, 5)
    assert "not right on 20" in newsarchive(tmp_path, "sites").stdout


def test_a_site_that_nothing_leads_into_is_not_right(site, tmp_path):
    site.write("/", "<html><body><div id=app></div><script src=/app.js></script></body></html>")
    described(site, tmp_path)
    done = newsarchive(tmp_path, "sites", "check", "small")
    assert done.returncode == 1
    assert "0 articles; filled by scripts: [render], or a JSON list behind it" in done.stdout
    assert "small: not right, no article was found" in done.stderr


def test_an_unknown_site_is_told_with_the_nearest(tmp_path):
    done = newsarchive(tmp_path, "sites", "check", "chinanew")
    assert done.returncode == 2
    assert "did you mean chinanews?" in done.stderr
