"""A survey of a site that makes it hard: what it finds within its requests, and the file that is written of it."""

import asyncio
import re
from datetime import UTC, date, datetime
from urllib.parse import unquote, urlsplit

import pytest
from support.hard_site import CHANNEL, MAIN, HardSite, hard_site
from support.servers import Asked

from newsarchive.drafting.findings import doubts, findings
from newsarchive.drafting.found_site import found_site
from newsarchive.drafting.survey import MOST_REQUESTS, domain_of, survey
from newsarchive.errors import UserError
from newsarchive.models import Page
from newsarchive.sites import load_site

DAY = date(2026, 3, 5)


def fetching(answer, asked):
    """Return what a survey fetches pages by, from a function of an address; `asked` gets every address."""

    async def fetch(url):
        here = url
        for _ in range(5):
            asked.append(here)
            answered = answer(Asked(here, {}, 0.0))
            if answered.status != 301:
                break
            here = answered.headers["Location"]
        if answered.status != 200:
            return f"status {answered.status}"
        headers = {"content-type": answered.headers.get("Content-Type", "text/html")}
        return Page(
            url, "original", "", answered.body, datetime.now(UTC), 200, headers, final_url=here if here != url else None
        )

    return fetch


@pytest.fixture(scope="module")
def found():
    asked: list[str] = []
    with hard_site(360) as site:
        made = asyncio.run(survey(f"http://{MAIN}/", fetching(site.respond, asked)))
    return made, found_site(made, day=DAY), site, asked


def fits(pattern, url):
    parts = urlsplit(url)
    path = unquote(parts.path)
    return re.search(pattern, path) or re.search(pattern, f"{path}?{parts.query}")


def test_a_site_is_looked_at_within_the_requests_that_are_allowed(found):
    made, _, _, asked = found
    assert len(asked) <= made.requests <= MOST_REQUESTS


def test_the_patterns_fit_the_articles_of_every_kind_and_nothing_else(found):
    _, written, site, asked = found
    articles = {story.url for story in site.stories}
    missed = [url for url in articles if not any(fits(one.text, url) for one in written.patterns)]
    assert missed == []
    others = [url for url in asked if url not in articles]
    assert [url for url in others if any(fits(one.text, url) for one in written.patterns)] == []


def test_the_site_is_called_as_its_titles_call_it_and_both_hosts_belong_to_it(found):
    _, written, _, _ = found
    assert written.title == "潮声网"
    assert {MAIN, CHANNEL} <= set(written.hosts)
    assert (written.lang, written.timezone) == ("zh", "Asia/Shanghai")


def test_a_crawl_begins_with_first_pages_of_listings_at_both_hosts(found):
    _, written, _, _ = found
    assert written.starts
    assert not [url for url in written.starts if re.search(r"list_\d|index_\d|/p\d|page=", url)]
    assert {urlsplit(url).netloc for url in written.starts} == {MAIN, CHANNEL}


def test_the_file_can_be_loaded_and_asks_to_explore(found, tmp_path):
    _, written, _, _ = found
    (tmp_path / f"{written.name}.toml").write_text(written.toml, encoding="utf-8")
    site = load_site(written.name, tmp_path)
    assert site.listing is not None
    assert site.listing.explore
    assert site.listing.follow_articles
    assert site.name == "chaosheng"


def test_what_was_not_found_is_told_too(found):
    made, written, _, _ = found
    told = dict(findings(made, written))
    assert told["title"].startswith("潮声网")
    assert "no feed" in list(doubts(made, written))


def test_a_site_whose_first_page_does_not_come_is_an_error():
    asked: list[str] = []
    site = HardSite(6)
    try:
        with pytest.raises(UserError, match="status 502"):
            asyncio.run(survey("http://elsewhere.example/", fetching(site.respond, asked)))
    finally:
        site.server_close()


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.chaosheng.example", "chaosheng.example"),
        ("chaosheng.example", "chaosheng.example"),
        ("news.chaosheng.com.cn", "chaosheng.com.cn"),
        ("one.github.io", "one.github.io"),
        ("127.0.0.1:8080", "127.0.0.1:8080"),
    ],
)
def test_channels_share_the_domain_of_their_owner_and_guests_of_a_house_do_not(host, domain):
    assert domain_of(host) == domain
