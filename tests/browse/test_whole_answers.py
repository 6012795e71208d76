"""Downloads hold everything that they say they hold, and tell where they do not."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from support.articles import PUBLISHED, article
from support.pages import page
from support.serving import served

from newsarchive.archive import Archive
from newsarchive.browse import downloads
from newsarchive.browse.metadata import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

ATOM = "{http://www.w3.org/2005/Atom}"
MANY = 1030
ALL = "select id, title from articles order by id"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More articles than any page, and than a public archive gives away; every third without a time."""
    path = tmp_path_factory.mktemp("many") / "archive.db"
    with Archive.open(path) as archive, archive.transaction():
        for number in range(MANY):
            where = page(f"https://news.example/{number}.html")
            text = f"第{number}号灯塔的守塔人写下日志。"
            time = None if number % 3 == 0 else PUBLISHED.replace(minute=number % 60, second=number // 60)
            found = article(where, text, key=f"news.example/{number}", title=f"灯塔{number}", published_at=time)
            archive.store(found, None, where.fetched_at)
    return path


@pytest.fixture(scope="module")
def many(path: Path) -> Iterator[httpx.Client]:
    with served(path) as client:
        yield client


@pytest.fixture(scope="module")
def public(path: Path) -> Iterator[httpx.Client]:
    with served(path, public=True) as client:
        yield client


def table(answer: httpx.Response) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("order", ["newest", "oldest", "longest", "shortest", "rank"])
@pytest.mark.parametrize("query", ["灯塔", ""])
def test_the_csv_of_a_search_has_every_article_once(many: httpx.Client, query: str, order: str) -> None:
    header, *rows = table(many.get("/search.csv", params={"q": query, "order": order}))
    keys = [row[header.index("article_key")] for row in rows]
    assert len(keys) == MANY
    assert set(keys) == {f"news.example/{number}" for number in range(MANY)}


def test_a_csv_follows_the_order_of_the_page(many: httpx.Client) -> None:
    newest = [row[0] for row in table(many.get("/search.csv", params={"q": "灯塔"}))[1:]]
    oldest = [row[0] for row in table(many.get("/search.csv", params={"q": "灯塔", "order": "oldest"}))[1:]]
    dated = [key for key in newest if int(key.rpartition("/")[2]) % 3]
    assert dated == [key for key in oldest if int(key.rpartition("/")[2]) % 3][::-1]
    assert newest[: len(dated)] == dated


def test_a_csv_has_address_category_and_language(many: httpx.Client) -> None:
    header, row, *_ = table(many.get("/search.csv", params={"q": "灯塔7"}))
    content = dict(zip(header, row, strict=True))
    assert content["url"].startswith("https://news.example/")
    assert {"category", "category_name", "lang", "site", "body"} <= set(header)


def test_the_json_of_a_search_has_every_article_once(many: httpx.Client) -> None:
    content = many.get("/search.json", params={"q": "灯塔"}).json()
    keys = [row["article_key"] for row in content["rows"]]
    assert len(set(keys)) == len(keys) == MANY
    assert content["next"] is None
    assert content["rows"][0]["url"].startswith("https://news.example/")


def test_a_program_may_ask_for_fewer_and_go_on(many: httpx.Client) -> None:
    keys: list[str] = []
    after = ""
    while True:
        content = many.get("/search.json", params={"q": "灯塔", "size": "400", "after": after}).json()
        assert len(content["rows"]) <= 400
        keys += [row["article_key"] for row in content["rows"]]
        if content["next"] is None:
            break
        after = content["next"]
    assert len(set(keys)) == len(keys) == MANY


def test_a_search_that_finds_nothing_is_a_csv_with_a_header_alone(many: httpx.Client) -> None:
    (header,) = table(many.get("/search.csv", params={"q": "没有这样的词语"}))
    assert header[0] == "article_key"
    assert many.get("/search.json", params={"q": "没有这样的词语"}).json()["rows"] == []


def test_a_feed_tells_how_many_there_are_and_leads_to_the_others(many: httpx.Client) -> None:
    found: list[str] = []
    address: str | None = "/search.atom?q=%E7%81%AF%E5%A1%94"
    for _ in range(3):
        assert address is not None
        feed = ET.fromstring(many.get(address).content)
        assert f"of {MANY:,} articles" in (feed.findtext(f"{ATOM}subtitle") or "")
        found += [entry.findtext(f"{ATOM}id") or "" for entry in feed.iter(f"{ATOM}entry")]
        address = next((link.get("href") for link in feed.iter(f"{ATOM}link") if link.get("rel") == "next"), None)
    assert len(set(found)) == len(found) == 150


def test_the_button_gives_a_file_that_a_spreadsheet_reads(many: httpx.Client) -> None:
    answer = button(many, "/search?q=灯塔")
    assert answer.content.startswith(b"\xef\xbb\xbfarticle_key")
    assert len(table(answer)) == MANY + 1
    assert not many.get("/search.csv", params={"q": "灯塔"}).content.startswith(b"\xef\xbb\xbf")


def button(client: httpx.Client, address: str) -> httpx.Response:
    """Follow the link to the CSV of a page."""
    body = client.get(address).text
    links = [part.split('"')[0] for part in body.split('href="')]
    (target,) = [link for link in links if ".csv" in link and "compare" not in link]
    return client.get(target.replace("&amp;", "&"))


@pytest.mark.parametrize("address", ["/archive/articles", f"/archive?sql={ALL}", "/archive/articles_of_a_day"])
def test_tables_questions_and_sql_have_a_csv_for_spreadsheets(many: httpx.Client, address: str) -> None:
    answer = button(many, address)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["content-disposition"]


def test_the_csv_of_a_table_and_of_sql_is_whole(many: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "SQL_ROWS", 100)
    assert len(table(button(many, "/archive/articles"))) == MANY + 1
    header, *rows = table(button(many, f"/archive?sql={ALL}"))
    assert header == ["id", "title"]
    assert [row[0] for row in rows] == [str(number) for number in range(1, MANY + 1)]


@pytest.mark.parametrize("sort", ["", "&_sort=published_at", "&_sort_desc=published_date", "&_sort=nothing"])
def test_a_whole_table_has_every_row_whatever_its_order_and_however_many_are_equal(
    path: Path, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setitem(SETTINGS, "max_returned_rows", 100)
    with served(path) as client:
        header, *rows = table(client.get(f"/archive/articles.csv?_stream=on&_col=id{sort}"))
    numbers = [row[header.index("id")] for row in rows]
    assert numbers == [str(number) for number in range(1, MANY + 1)]


def test_sql_with_more_rows_than_a_page_shows_says_so_and_gives_all(many: httpx.Client) -> None:
    most = SETTINGS["max_returned_rows"]
    sql = "with recursive c(n) as (select 1 union all select n + 1 from c where n < 2500) select n from c"
    body = many.get("/archive", params={"sql": sql}).text
    assert f"The first {most:,} rows of more" in body
    assert f"JSON, first {most:,}" in body
    assert len(table(many.get("/archive.csv", params={"sql": sql}))) == 2501


def test_values_of_sql_reach_the_csv_as_in_the_answer(many: httpx.Client) -> None:
    sql = "select :x as given, x'00ff' as bytes, null as gap, '=1+1' as formula"
    assert table(many.get("/archive.csv", params={"sql": sql, "x": "灯,塔"}))[1] == ["灯,塔", "00ff", "", "'=1+1"]


@pytest.mark.parametrize("sql", ["selec 1", "select nothing from articles", "delete from articles"])
def test_wrong_sql_is_no_csv_but_an_error(many: httpx.Client, sql: str) -> None:
    answer = many.get("/archive.csv", params={"sql": sql})
    assert answer.status_code == 400
    assert sql in answer.text


def test_sql_that_takes_too_long_is_given_up(many: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsarchive.browse.views.SQL_TIME", 0.05)
    answer = many.get(
        "/archive.csv",
        params={"sql": "with recursive c(n) as (select 1 union all select n+1 from c) select max(n) from c"},
    )
    assert answer.status_code == 400
    assert "narrow it down" in answer.text


def test_a_public_archive_gives_a_part_and_says_so(public: httpx.Client) -> None:
    body = public.get("/search", params={"q": "灯塔"}).text
    assert f"CSV, first 1,000 of {MANY:,}" in body
    answer = public.get("/search.csv", params={"q": "灯塔"})
    assert len(table(answer)) == 1001
    assert "search-first-1000.csv" in answer.headers["content-disposition"]
    content = public.get("/search.json", params={"q": "灯塔", "size": "5000"}).json()
    assert len(content["rows"]) == 1000
    rest = public.get("/search.json", params={"q": "灯塔", "after": content["next"]}).json()
    assert len(rest["rows"]) == MANY - 1000
    ranked = public.get("/search.csv", params={"q": "灯塔", "order": "rank"})
    assert len(table(ranked)) == 1001


def test_a_public_archive_streams_no_table_and_runs_no_sql(public: httpx.Client) -> None:
    assert public.get("/archive/paragraphs.csv", params={"_stream": "on"}).status_code == 400
    assert public.get("/archive.csv", params={"sql": "select 1"}).status_code == 403
    assert table(public.get("/archive/articles_of_a_day.csv"))[0][0] == "clock"


def test_json_stays_json_whatever_it_holds(harm: httpx.Client) -> None:
    content = json.loads(harm.get("/search.json").content)
    assert len(content["rows"]) == 6
