"""Lists as JSON that a site's scripts name: what is found in them, and when a site file gets them."""

import asyncio
import json
import re
from datetime import UTC, date, datetime

import pytest

from newsarchive.drafting.findings import findings
from newsarchive.drafting.found_site import found_site
from newsarchive.drafting.json_lists import find_list, paged
from newsarchive.drafting.survey import survey
from newsarchive.models import Page
from newsarchive.sites import load_site

HOST = "http://www.wanghu.example"
TEXT = "望湖新修的步道清晨开放，沿岸的居民带着孩子前来散步，管理处说夜间照明将在下周投入使用，请市民留意通知。" * 2


def page(path, text, kind="application/json"):
    return Page(HOST + path, "listing", "", text.encode(), datetime.now(UTC), 200, {"content-type": kind})


def found(answer, path="/api/list.json", known=()):
    return find_list(page(path, json.dumps(answer)), path, known, lambda url: url.startswith(HOST))


def items(**more):
    return [
        {
            "no": 4000 + n,
            "headline": f"望湖步道第{n}段今天开放",
            **{key: value.format(n) for key, value in more.items()},
        }
        for n in range(5)
    ]


@pytest.mark.parametrize(
    ("path", "first", "template"),
    [
        ("/api/list.json", "/api/list.json", "/api/list.json"),
        ("/api/list?page=", "/api/list?page=1", "/api/list?page={page}"),
        ("/api/list?size=20&pageNo=0", "/api/list?size=20&pageNo=0", "/api/list?size=20&pageNo={page}"),
    ],
)
def test_what_counts_pages_in_an_address_is_known_by_its_name(path, first, template):
    assert paged(path) == (first, template)


def test_the_keys_of_address_headline_and_time_are_found_wherever_the_list_lies():
    answer = {"code": 0, "data": {"rows": items(href="/a/{}.html", pic="/img/{}.png", pubDate="2026-03-0{}")}}
    made = found(answer)
    assert made is not None
    assert (made.items, made.link, made.title, made.time) == ("data.rows", ("href",), ("headline",), ("pubDate",))


def test_numbers_become_addresses_by_what_known_articles_are_made_of():
    known = [f"{HOST}/a/{number}.html" for number in (4001, 4003)]
    made = found(items(), known=known)
    assert made is not None
    assert (made.items, made.id, made.article) == (".", ("no",), HOST + "/a/{id}.html")
    assert found(items()) is None


@pytest.mark.parametrize(
    "answer", [{"ok": True}, [], items(href="http://elsewhere.example/{}"), [{"name": "湖", "url": "/a/1"}] * 5]
)
def test_data_that_lead_to_no_article_of_the_site_are_no_list(answer):
    assert found(answer) is None


def site(url):
    """Answer for a site whose only way to its 60 articles is what a script loads, ten at a time."""
    path = url.removeprefix(HOST)
    if path == "/":
        return "<title>望湖网</title><script>load('/api/news?page=' + n)</script><a href=/about.html>关于</a>"
    if match := re.fullmatch(r"/api/news\?page=(\d+)", path):
        numbers = range(10 * int(match[1]) - 10, min(60, 10 * int(match[1])))
        return json.dumps({"list": [{"url": f"/a/{n}.html", "title": f"望湖步道第{n}段今天正式开放"} for n in numbers]})
    if match := re.fullmatch(r"/a/(\d+)\.html", path):
        return f"<h1>望湖步道第{match[1]}段今天正式开放</h1><p>2026-03-04 09:15</p><p>{TEXT}</p><p>{TEXT}</p>"
    return None


def test_a_site_that_a_script_fills_is_crawled_by_its_data(tmp_path):
    async def fetch(url):
        text = site(url)
        return page(url.removeprefix(HOST), text, "text/html; charset=utf-8") if text else "status 404"

    made = asyncio.run(survey(f"{HOST}/", fetch))
    written = found_site(made, day=date(2026, 3, 5))
    (tmp_path / f"{written.name}.toml").write_text(written.toml, encoding="utf-8")
    (way,) = load_site(written.name, tmp_path).lists
    assert (way.url, way.items, way.link, way.title) == ("/api/news?page={page}", "list", ("url",), ("title",))
    assert any(what == "list" and "10 articles" in said for what, said in findings(made, written))
