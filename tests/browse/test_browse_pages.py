"""The pages over HTTP: what each shows, and in which forms lists come out."""

import csv
import io
import json
from xml.etree import ElementTree as ET

import pytest
from support.searching import add

from newsarchive.archive.connection import connect
from newsarchive.browse.front_page import front
from newsarchive.browse.metadata import queries

ATOM = "{http://www.w3.org/2005/Atom}"


def number_with(rows, text):
    sql = "SELECT count(*) FROM articles WHERE instr(body, ?1) OR instr(title, ?1)"
    return rows.execute(sql, (text,)).fetchone()[0]


def test_the_front_page_says_what_is_in_the_archive(site, rows):
    (articles,) = rows.execute("SELECT count(*) FROM articles").fetchone()
    (title,) = rows.execute("SELECT title FROM articles ORDER BY published_at DESC, id DESC LIMIT 1").fetchone()
    page = site.get("/").text
    assert f"{articles} articles" in page
    assert title in page
    assert '<svg class="chart"' in page


def test_the_front_page_counts_the_articles_of_sources_also_without_a_day(tmp_path):
    connection = connect(tmp_path / "archive.db")
    connection.execute("INSERT INTO sources (id, name) VALUES (1, '甲'), (2, '乙'), (3, '丙')")
    sources, days = (1, 1, 1, 2, 2, None), ("2026-03-01", None, None, "2026-03-01", "2026-03-02", None)
    for number, (source, day) in enumerate(zip(sources, days, strict=True), start=1):
        add(connection, number, "题", "文", source_id=source, published_date=day)
    assert [(row["name"], row["articles"]) for row in front(connection).top_sources] == [("甲", 3), ("乙", 2)]
    connection.close()


def test_a_search_finds_what_a_comparison_of_characters_finds(site, rows):
    expected = number_with(rows, "银行")
    assert expected > 5
    found = site.get("/search.json", params={"q": "银行"}).json()
    assert len(found["rows"]) == expected
    page = site.get("/search", params={"q": "银行"}).text
    assert f"{expected} articles" in page
    assert "<mark>银行</mark>" in page


def test_pages_of_a_search_follow_each_other_without_gap_or_repetition(site, rows):
    seen, after = [], None
    while after != "":
        found = site.get("/search.json", params={"q": "source:江湾晚报", **({"after": after} if after else {})}).json()
        seen += [row["article_key"] for row in found["rows"]]
        after = found["next"] or ""
    (expected,) = rows.execute(
        "SELECT count(*) FROM articles a JOIN sources s ON s.id = a.source_id WHERE s.name = '江湾晚报'"
    ).fetchone()
    assert len(seen) == len(set(seen)) == expected


def test_the_next_page_of_all_articles_begins_behind_the_first(site, rows):
    every = [key for (key,) in rows.execute("SELECT article_key FROM articles ORDER BY published_at DESC, id DESC")]
    dated = [key for (key,) in rows.execute("SELECT article_key FROM articles WHERE published_at IS NOT NULL")]
    first = site.get("/search").text
    (link,) = (part.split('"')[0] for part in first.split('rel="next" href="')[1:])
    second = site.get(link.replace("&amp;", "&")).text
    keys = [key for key in every if key in dated]
    assert all(f'/article/{key}"' in first for key in keys[:30] if key.isdigit())
    assert all(f'/article/{key}"' in second for key in keys[30:60] if key.isdigit())


def test_days_bound_a_search_on_both_sides(site, rows):
    day = rows.execute("SELECT max(published_date) FROM articles").fetchone()[0]
    found = site.get("/search.json", params={"from": day, "to": day}).json()["rows"]
    assert found
    assert {row["published_at"][:10] for row in found} == {day}


def test_a_query_that_cannot_be_understood_says_what_to_mend(site):
    page = site.get("/search", params={"q": 'title:"降准'}).text
    assert "a quotation mark is not closed (at character 7)" in page
    answer = site.get("/search.json", params={"q": "("})
    assert answer.status_code == 400
    assert "bracket" in answer.json()["error"]


def test_an_article_shows_its_text_and_everything_that_belongs_to_it(site, rows):
    key, body = rows.execute(
        "SELECT article_key, body FROM articles a WHERE EXISTS (SELECT 1 FROM mentions WHERE article_id = a.id)"
        " AND EXISTS (SELECT 1 FROM images WHERE article_id = a.id) AND length(article_key) = 18 LIMIT 1"
    ).fetchone()
    page = site.get(f"/article/{key}").text
    assert all(paragraph[:20] in page for paragraph in body.split("\n\n"))
    for heading in ("Named in it", "Pictures", "Original and copies"):
        assert heading in page
    content = site.get(f"/article/{key}.json").json()
    assert content["body"] == body
    assert content["copies"]
    assert content["mentions"]


def test_a_changed_article_shows_what_changed(site, rows):
    (key,) = rows.execute("SELECT article_key FROM articles WHERE revision > 1 LIMIT 1").fetchone()
    assert f"/article/{key}/changes/2" in site.get(f"/article/{key}").text
    page = site.get(f"/article/{key}/changes/2").text
    assert "<ins>" in page or "<del>" in page
    assert site.get(f"/article/{key}/changes/99").status_code == 404


def test_a_page_as_fetched_is_a_text_to_keep(site, rows):
    snapshot_id, length = rows.execute("SELECT id, length FROM snapshots WHERE http_status = 200 LIMIT 1").fetchone()
    answer = site.get(f"/raw/{snapshot_id}")
    assert len(answer.content) == length
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_story_lists_its_articles_in_the_order_of_publication(site, rows):
    (story,) = rows.execute("SELECT id FROM stories WHERE source_count > 1 LIMIT 1").fetchone()
    keys = [
        key
        for (key,) in rows.execute(
            "SELECT article_key FROM articles WHERE story_id = ? ORDER BY julianday(published_at)", (story,)
        )
    ]
    page = site.get(f"/story/{story}").text
    places = [page.index(f'/article/{key}"') for key in keys]
    assert places == sorted(places)
    assert "first" in page


def test_the_row_of_an_article_leads_to_its_page(site, rows):
    article_id, key = rows.execute("SELECT id, article_key FROM articles WHERE length(article_key) = 18").fetchone()
    answer = site.get(f"/archive/articles/{article_id}")
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/article/{key}"


@pytest.mark.parametrize("path", ["/search", "/archive/articles", "/archive/articles_of_a_source"])
def test_every_list_of_articles_comes_as_json_csv_and_atom(site, path):
    assert isinstance(site.get(f"{path}.json").json()["rows"], list)
    table = list(csv.reader(io.StringIO(site.get(f"{path}.csv").text)))
    assert len(table) > 10
    feed = ET.fromstring(site.get(f"{path}.atom").content)
    assert len(feed.findall(f"{ATOM}entry")) > 10


@pytest.mark.parametrize("name", queries())
def test_every_question_answers_without_arguments(site, name):
    answer = site.get(f"/archive/{name}.json")
    assert answer.json().get("error") is None
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("articles_of_a_source", {"source": "江湾晚报"}),
        ("articles_of_a_day", {"day": "2026-03-04"}),
        ("articles_of_a_day", {"clock": "06:00"}),
        ("articles_per_day", {"source": "江湾晚报"}),
        ("securities_named_most", {"days": "1"}),
        ("silent_sources", {"days": "1"}),
        ("shared_stories", {"sources": "3"}),
        ("carried_from_others", {"source": "江湾晚报"}),
    ],
)
def test_questions_take_arguments(site, name, parameter):
    plain = site.get(f"/archive/{name}.json").json()["rows"]
    asked = site.get(f"/archive/{name}.json", params=parameter).json()
    assert asked.get("error") is None
    assert asked["rows"] != plain or len(plain) < 3


def test_machinery_is_hidden_and_columns_are_described(site):
    for page in (site.get("/tables").text, site.get("/archive").text):
        check_tables(page)
    table = site.get("/archive/copies").text
    assert "what the address is" in table


def check_tables(page):
    assert ">articles</a>" in page
    hidden = "search_index search_index_text story_shingles story_all_shingles _sqlite_migrations readings"
    for name in hidden.split():
        assert f">{name}</a>" not in page


def test_rows_refer_to_others_by_label(site, rows):
    (name,) = rows.execute(
        "SELECT s.name FROM articles a JOIN sources s ON s.id = a.source_id ORDER BY published_at DESC LIMIT 1"
    ).fetchone()
    assert f"{name}</bdi></a>" in site.get("/archive/articles").text


def test_the_search_box_of_a_table_finds_two_characters(site, rows):
    expected = number_with(rows, "银行")
    found = site.get("/archive/articles.json", params={"_search": "银行", "_extra": "count"}).json()
    assert found.get("filtered_table_rows_count", found.get("count")) == expected  # as 0.65 and as 1.0 call it


@pytest.mark.parametrize("path", ["/nothing", "/article/1", "/story/999999", "/raw/999999", "/archive/nothing"])
def test_an_address_that_leads_nowhere_says_so(site, path):
    answer = site.get(path)
    assert answer.status_code == 404
    assert "To the front page" in answer.text


def test_strange_arguments_are_no_failure(site):
    for arguments in (
        "after=x",
        "after=~9&q=银行",
        "from=2026-13-01",
        "order=x&after=-1",
        "order=rank&after=99999&q=银行",
    ):
        assert site.get(f"/search?{arguments}").status_code == 200


def test_json_of_an_article_is_whole(site, rows):
    (key,) = rows.execute("SELECT article_key FROM articles WHERE revision > 1 LIMIT 1").fetchone()
    content = json.loads(site.get(f"/article/{key}.json").text)
    assert [revision["revision"] for revision in content["revisions"]] == [1, 2]


def test_of_an_article_whose_day_alone_is_known_only_the_day_is_shown(site, rows):
    key, day = rows.execute(
        "SELECT article_key, published_date FROM articles WHERE published_precision = 'day' ORDER BY id LIMIT 1"
    ).fetchone()
    for path in (
        f"/article/{key}",
        f"/search?from={day}&to={day}&order=oldest",
        f"/archive/articles?article_key={key}",
    ):
        page = site.get(path).text
        assert f'<time datetime="{day}">{day}</time>' in page, path
        assert f"{day} 00:00" not in page, path


def test_an_article_leads_to_its_page_as_it_was_where_there_is_a_replay_server(site, rows, monkeypatch):
    key, url, fetched_at = rows.execute(
        "SELECT article_key, c.url, n.fetched_at FROM articles a JOIN copies c ON c.article_id = a.id"
        " JOIN snapshots n ON n.id = c.snapshot_id ORDER BY a.id LIMIT 1"
    ).fetchone()
    assert "as it was" not in site.get(f"/article/{key}").text
    monkeypatch.setenv("NEWSARCHIVE_REPLAY", "http://127.0.0.1:8080/news/")
    moment = "".join(c for c in fetched_at if c.isdigit())
    assert f'<a href="http://127.0.0.1:8080/news/{moment}/{url}">as it was</a>' in site.get(f"/article/{key}").text
