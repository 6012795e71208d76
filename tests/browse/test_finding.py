"""Whatever a reader has in hand leads to what is meant: an address, a code, a mistyped name, a day in any form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lxml import html
from support.pages import AT
from support.serving import served

from newsarchive.archive import Archive
from newsarchive.problems import REASONS

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    import httpx


def one(rows: sqlite3.Connection, sql: str) -> tuple[str, ...]:
    found = rows.execute(sql).fetchone()
    assert found is not None
    return tuple(found)


def leads_to(site: httpx.Client, text: str, key: str) -> bool:
    answer = site.get("/search", params={"q": text})
    return (
        answer.status_code == 302
        and answer.headers["location"] == site.get(f"/archive/articles/{key}").headers["location"]
    )


def test_an_article_is_found_by_key_code_and_every_address_of_it(site: httpx.Client, rows: sqlite3.Connection) -> None:
    number, key, code, url = one(
        rows, "SELECT id, article_key, info_code, url FROM articles WHERE info_code IS NOT NULL LIMIT 1"
    )
    copies = [url for (url,) in rows.execute("SELECT url FROM copies WHERE article_id = ?", (number,))]
    assert copies
    for text in (key, code, code.lower(), f" {url} ", *copies):
        assert leads_to(site, text, number)


def test_words_are_searched_and_not_followed(site: httpx.Client) -> None:
    assert site.get("/search", params={"q": "银行"}).status_code == 200
    assert site.get("/search", params={"q": "https://nosuch.example/1.html"}).status_code == 200


def test_a_security_is_proposed_for_its_code_and_its_name(site: httpx.Client, rows: sqlite3.Connection) -> None:
    code, name, number = one(
        rows,
        "SELECT code, max(name), count(*) FROM mentions m WHERE code GLOB '[0-9]*'"
        " AND (SELECT count(DISTINCT code) FROM mentions WHERE name = m.name) = 1"
        " AND (SELECT count(DISTINCT market) FROM mentions WHERE code = m.code) = 1"
        " GROUP BY market, code ORDER BY 3 DESC LIMIT 1",
    )
    for text in (code, f"SH{code}", name):
        page = re.sub(r"<[^>]*>", "", site.get("/search", params={"q": text}).text)
        assert re.search(rf"{name}\s+{code} is a security: {number} articles? marks? it", page)


def test_the_number_of_an_article_leads_to_the_story_that_it_is_in(
    site: httpx.Client, rows: sqlite3.Connection
) -> None:
    number, story = one(rows, "SELECT id, story_id FROM articles WHERE story_id IS NOT NULL AND story_id <> id LIMIT 1")
    answer = site.get(f"/story/{number}")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/story/{story}")
    assert site.get("/story/99999999").status_code == 404


@pytest.mark.parametrize(
    "write", ["{0}-{1}-{2}", "{0}/{1}/{2}", "{0}{1:02}{2:02}", "{0}年{1}月{2}日", " {0}-{1:02}-{2} "]
)
def test_a_day_may_be_written_in_many_forms(site: httpx.Client, rows: sqlite3.Connection, write: str) -> None:
    (day,) = one(rows, "SELECT max(published_date) FROM articles")
    given = write.format(*map(int, day.split("-")))
    expected = site.get("/archive/articles_of_a_day.json", params={"day": day, "_shape": "array"}).json()
    assert expected
    assert site.get("/archive/articles_of_a_day.json", params={"day": given, "_shape": "array"}).json() == expected
    assert f'value="{day}"' in site.get("/archive/articles_of_a_day", params={"day": given}).text
    found = site.get("/search.json", params={"from": given, "to": given}).json()
    assert {row["published_at"][:10] for row in found["rows"]} == {day}


@pytest.mark.parametrize(("given", "meant"), [("9:00", "09:00"), ("9", "09:00"), ("0930", "09:30"), ("9点", "09:00")])
def test_a_time_may_be_written_in_many_forms(site: httpx.Client, given: str, meant: str) -> None:
    answers = [
        site.get("/archive/articles_of_a_day.json", params={"clock": clock, "_shape": "array"}).json()
        for clock in (given, meant)
    ]
    assert answers[0] == answers[1]
    assert answers[0]


def test_a_security_may_be_asked_for_with_its_market_or_by_name(site: httpx.Client, rows: sqlite3.Connection) -> None:
    code, name = one(rows, "SELECT code, max(name) FROM mentions WHERE code GLOB '[0-9]*' GROUP BY code LIMIT 1")
    answers = [
        site.get("/archive/articles_naming_a_security.json", params={"code": given, "_shape": "array"}).json()
        for given in (code, f"SZ{code}", f"{code}.SH", f"{code} {name}", name)
    ]
    assert answers[0]
    assert all(answer == answers[0] for answer in answers)


def test_a_source_may_be_asked_for_in_another_spelling(site: httpx.Client, rows: sqlite3.Connection) -> None:
    (name,) = one(
        rows,
        "SELECT name FROM sources s WHERE name GLOB '[A-Z]*'"
        " AND (SELECT count(*) FROM sources o WHERE lower(o.name) = lower(s.name)) = 1 LIMIT 1",
    )
    for given in (name.upper(), name.lower(), f" {name} "):
        found = site.get("/archive/articles_of_a_source.json", params={"source": given, "_shape": "array"}).json()
        assert {row["source"] for row in found} == {name}


@pytest.mark.parametrize(
    ("question", "given", "proposed"),
    [
        ("articles_of_a_source", {"source": "江湾"}, "江湾晚报"),
        ("articles_of_a_source", {"source": "江弯晚报"}, "江湾晚报"),
        ("articles_per_day", {"source": "江湾"}, "江湾晚报"),
    ],
)
def test_a_value_that_is_not_there_is_told_with_those_that_are(
    site: httpx.Client, question: str, given: dict[str, str], proposed: str
) -> None:
    page = site.get(f"/archive/{question}", params=given).text
    answer = page.partition('role="status"')[2].partition("</p>")[0]
    assert next(iter(given.values())) in answer
    assert proposed in answer
    (address,) = {part.split('"')[0] for part in answer.split('href="')[1:] if proposed in part}
    assert site.get(address.replace("&amp;", "&")).text.count("<tr>") > 1


def test_a_question_offers_the_sources_that_there_are(site: httpx.Client) -> None:
    page = site.get("/archive/articles_of_a_source").text
    assert '<option value="江湾晚报">' in page
    assert 'type="date"' in site.get("/archive/articles_of_a_day").text


@pytest.mark.parametrize("given", [{"from": "2026-13-45"}, {"to": "soon"}, {"from": "2026-03-05", "to": "2026-03-01"}])
def test_days_that_are_none_are_told(site: httpx.Client, given: dict[str, str]) -> None:
    page = site.get("/search", params=given).text
    assert 'role="alert"' in page
    assert next(iter(given.values())) in page
    for form in ("json", "csv", "atom"):
        assert site.get(f"/search.{form}", params=given).status_code == 400


def chips(page: str) -> dict[str, str]:
    """Return the conditions of a page and where each is taken away."""
    listed = page.partition('class="chips"')[2].partition("</ul>")[0]
    found = re.findall(r'<a(?: class="all")? href="([^"]*)">(.*?)</a>', listed)
    return {re.sub(r"<[^>]*>", "", text): address.replace("&amp;", "&") for address, text in found}


def test_every_condition_can_be_taken_away(site: httpx.Client, rows: sqlite3.Connection) -> None:
    (day,) = one(rows, "SELECT max(published_date) FROM articles")
    asked = {"q": "银行 source:江湾晚报 -lang:en", "from": day, "to": day, "order": "oldest"}
    found = chips(site.get("/search", params=asked).text)
    assert list(found) == ["Without source: 江湾晚报 ×", "Without not lang: en ×", f"Without {day} ×", "Everything"]
    without_source = site.get(found["Without source: 江湾晚报 ×"]).text
    assert 'value="银行 -lang:en"' in without_source
    assert f'value="{day}"' in without_source
    assert "Without source" not in without_source
    assert day not in chips(site.get(found[f"Without {day} ×"]).text)


def test_several_sources_can_be_chosen_by_clicking_and_taken_away_again(
    site: httpx.Client, rows: sqlite3.Connection
) -> None:
    def follow(page: str, label: str) -> str:
        sources = page.partition("<h2>Source</h2>")[2].partition("</section>")[0]
        for address, text in re.findall(r'<a[^>]*href="([^"]*)">(.*?)</a>', sources):
            if label in re.sub(r"<[^>]*>", "", text):
                return site.get(address.replace("&amp;", "&")).text
        raise AssertionError(label)

    common = (
        "SELECT s.name FROM articles a JOIN sources s ON s.id = a.source_id GROUP BY 1 ORDER BY count(*) DESC LIMIT 2"
    )
    one_name, other_name = (name for (name,) in rows.execute(common))
    first = follow(site.get("/search").text, one_name)
    assert f"Without source: {one_name} ×" in chips(first)
    both = follow(first, other_name)
    assert f"source:({one_name} OR {other_name})" in both
    last = chips(follow(both, one_name))
    assert [label for label in last if "source" in label] == [f"Without source: {other_name} ×"]


def test_all_values_of_a_facet_can_be_seen_and_searched(site: httpx.Client, rows: sqlite3.Connection) -> None:
    (number,) = one(rows, "SELECT count(DISTINCT source_id) FROM articles")
    page = site.get("/search/Source").text
    assert f"{number} values, counted in" in page
    assert page.count('class="meter"') == int(number)
    assert site.get("/search/Source", params={"find": "江湾"}).text.count('class="meter"') == 1
    only = site.get("/search/Source", params={"q": "source:江湾晚报", "find": "晚报"}).text
    assert 'class="chosen"' in only
    for kind in ("Day", "Security", "Category", "Language", "Site"):
        assert site.get(f"/search/{kind}", params={"q": "银行"}).status_code == 200
    assert 'role="alert"' in site.get("/search/Day", params={"q": "("}).text


def test_what_became_of_an_address_is_told(site: httpx.Client, rows: sqlite3.Connection) -> None:
    url, reason = one(
        rows,
        "SELECT url, reason FROM problems p WHERE NOT EXISTS (SELECT 1 FROM copies c WHERE c.url = p.url)"
        " AND url LIKE 'http%' LIMIT 1",
    )
    page = site.get("/why", params={"url": url}).text
    assert reason in page
    assert 'aria-label="History"' in page
    assert "why?url=" in site.get("/archive/problems").text
    assert "why?url=" in site.get("/archive/what_went_wrong").text


def test_what_went_wrong_leads_to_its_addresses_and_says_what_it_means(
    site: httpx.Client, rows: sqlite3.Connection
) -> None:
    page = html.fromstring(site.get("/archive/what_went_wrong").text)
    found = rows.execute("SELECT reason, stage, count(*) FROM problems GROUP BY 1, 2").fetchall()
    assert len(page.xpath("//tbody/tr")) == len(found)
    for reason, stage, number in found:
        (row,) = page.xpath(f"//tbody/tr[td[@class='col-reason']/span='{reason}']")
        assert REASONS[reason] in row.text_content()
        assert row.xpath("td[@class='col-stage']")[0].text_content() != stage
        (address,) = row.xpath("td[@class='col-addresses']/a/@href")
        assert f"{number} row" in html.fromstring(site.get(address).text).text_content()


def test_an_address_that_was_never_seen_is_told_to_be_unknown(site: httpx.Client) -> None:
    for url in ("https://nosuch.example/1.html", "https://[", "javascript:window.hit=1"):
        page = site.get("/why", params={"url": url}).text
        assert "has never seen this address" in page
        assert 'href="javascript' not in page
    assert site.get("/why").status_code == 200


def test_an_address_without_an_article_leads_to_what_became_of_it(tmp_path: Path) -> None:
    url = "https://news.example/a/1.html"
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.problems.add(None, url=url, site="demo", stage="fetch", reason="no-body", now=AT)
    with served(tmp_path / "archive.db") as client:
        location = client.get("/search", params={"q": url}).headers["location"]
        assert location.startswith("/why?url=https")
        assert "no-body" in client.get(location).text
