"""Whether a page shows anything without its scripts, and what people are told who add such a site."""

import asyncio
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import pytest

from newsarchive.drafting.findings import doubts, findings
from newsarchive.drafting.found_site import found_site
from newsarchive.drafting.needs_browser import needs_browser
from newsarchive.drafting.survey import survey
from newsarchive.models import Page
from newsarchive.tree import parse

SCRIPT = '<script src="/app.js"></script>'
TEXT = "今天上午，青石港三号泊位迎来了新船，港务部门在码头上介绍了全年的安排，并回答了记者的提问。" * 4
LINKS = "".join(f'<a href="/news/{number}.html">新闻</a>' for number in range(5))


@pytest.mark.parametrize(
    ("body", "needs"),
    [
        (f'<div id="app"></div>{SCRIPT}', True),
        (f"<noscript>请启用 JavaScript。{TEXT}</noscript><div></div>{SCRIPT}", True),
        (f"<script>const text = '{TEXT}';</script><p>加载中…</p>", True),
        (f"<style>{'p { margin: 0 } ' * 50}</style><template>{TEXT}</template>{SCRIPT}", True),
        (f"<p>{TEXT}</p>{SCRIPT}", False),
        (f"{LINKS}{SCRIPT}", False),
        ("<p>没有内容</p>", False),
        ("", False),
    ],
)
def test_a_page_needs_a_browser_when_it_has_scripts_and_hardly_anything_else(body, needs):
    root = parse(f"<html><head><title>青石日报</title></head><body>{body}</body></html>")
    assert needs_browser(root) is needs


def told(answers):
    """Return what is told of a site that answers by a table of paths, and is asked for nothing else."""

    async def fetch(url):
        body = answers.get(urlsplit(url).path)
        if body is None:
            return "the server answers 404 Not Found"
        return Page(url, "original", "", body.encode(), datetime.now(UTC))

    made = asyncio.run(survey("https://news.example/", fetch))
    found = found_site(made, day=date(2026, 3, 5))
    return dict(findings(made, found)), list(doubts(made, found))


def test_a_survey_says_that_a_site_needs_a_browser_what_robots_txt_forbids_and_where_the_terms_are():
    shell = f'<html><body><div id="app"></div><a href="/legal.html">使用条款</a>{SCRIPT}</body></html>'
    robots = "User-agent: *\nDisallow: /search\nDisallow: /api/ # data\nDisallow:\nCrawl-delay: 3"
    found, unsure = told({"/": shell, "/robots.txt": robots})
    assert found["robots.txt"] == (
        "2 rules that forbid something, obeyed by the crawl, asks for 3 seconds between two requests"
    )
    assert found["terms"] == "https://news.example/legal.html"
    assert [one for one in unsure if one.startswith("1 of 1 pages show nothing without scripts: [render]")]


def test_a_survey_of_a_site_with_text_says_nothing_of_browsers():
    found, unsure = told({"/": f"<html><body><p>{TEXT}</p>{SCRIPT}</body></html>"})
    assert (found["robots.txt"], found["terms"]) == ("none was read", "no link to them was found")
    assert not [one for one in unsure if "render" in one]
