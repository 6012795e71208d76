"""A reader's own list: as a page from its address alone, changed by its buttons, and as files with the notes."""

from __future__ import annotations

import csv
import io
import json
import re

import bibtexparser
import pytest
import rispy
from lxml import html
from support.serving import served

NOTE = "核对原文 =1+1\n第二行 {braces}"


@pytest.fixture(scope="session")
def ids(rows):
    return [row[0] for row in rows.execute("SELECT id FROM articles ORDER BY published_at LIMIT 3")][::-1]


@pytest.fixture(scope="session")
def titles(rows, ids):
    return [rows.execute("SELECT title FROM articles WHERE id = ?", (one,)).fetchone()[0] for one in ids]


def listed(answer):
    return [int(item.get("data-item")) for item in html.fromstring(answer.text).iter("li") if item.get("data-item")]


def address(ids):
    return f"/list?ids={','.join(map(str, ids))}"


def test_an_address_holds_a_list_in_its_order(site, ids, titles):
    answer = site.get(address(ids))
    page = html.fromstring(answer.text)
    assert listed(answer) == ids
    assert [heading.text_content() for heading in page.cssselect(".hits h2")] == titles
    assert page.cssselect("a.this")[0].get("href") == address(ids)


def test_an_article_is_listed_once(site, ids):
    assert listed(site.get(address([*ids, ids[0]]))) == ids


def test_numbers_without_an_article_are_told(site, ids):
    answer = site.get(address([ids[0], 99_999_999, 88_888_888]))
    assert listed(answer) == ids[:1]
    assert "no articles of these 2 numbers: 99999999, 88888888" in html.fromstring(answer.text).text_content()


@pytest.mark.parametrize("text", ["1,x", "-1", "1;2", "1" * 19, "１", "<script>", "1.5"])
def test_what_is_no_number_is_told_and_nothing_is_listed(site, text):
    answer = site.get("/list", params={"ids": text})
    assert listed(answer) == []
    assert "is not the number of an article" in answer.text
    refusal = site.get("/list.csv", params={"ids": text})
    assert refusal.status_code == 400
    assert refusal.json()["ok"] is False


@pytest.mark.parametrize("count", [501, 5000])
def test_a_list_that_is_too_long_is_told(site, count):
    answer = site.get(address(range(1, count + 1)))
    assert listed(answer) == []
    assert "at most 500 articles" in answer.text


@pytest.mark.parametrize(
    ("button", "order"),
    [(("up", 1), [1, 0, 2]), (("down", 1), [0, 2, 1]), (("remove", 1), [0, 2]), (("up", 0), [0, 1, 2])],
)
def test_buttons_change_the_order_without_a_script_and_keep_the_notes(site, ids, button, order):
    name, place = button
    sent = {"ids": ",".join(map(str, ids)), f"note-{ids[0]}": NOTE, name: str(ids[place])}
    answer = site.post("/list", data=sent)
    assert listed(answer) == [ids[one] for one in order]
    note = html.fromstring(answer.text).cssselect(f"#note-{ids[0]}")[0]
    assert note.text_content().splitlines() == NOTE.splitlines()


@pytest.mark.parametrize("column", ["article_key", "info_code", "url"])
def test_an_article_is_added_by_what_names_it(site, rows, ids, column):
    (named,) = rows.execute(f"SELECT {column} FROM articles WHERE id = ?", (ids[2],)).fetchone()
    answer = site.get("/list", params={"ids": ",".join(map(str, ids[:2])), "add": named}, follow_redirects=True)
    assert listed(answer) == ids
    assert str(answer.url).endswith(address(ids))


def test_what_names_no_article_is_told_and_the_list_stays(site, ids):
    answer = site.get("/list", params={"ids": str(ids[0]), "add": "nothing"})
    assert listed(answer) == ids[:1]
    assert "The archive has no article nothing." in answer.text


def file(site, ids, form, **notes):
    sent = {"ids": ",".join(map(str, ids)), **{name.replace("_", "-"): note for name, note in notes.items()}}
    answer = site.post(f"/list.{form}?bom=1", data=sent)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="list.{form}"'
    return answer


def test_the_table_has_the_notes_a_mark_and_no_formula(site, ids, titles):
    answer = file(site, ids, "csv", **{f"note_{ids[1]}": "=1+1"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["title"] for row in table] == titles
    assert [row["note"] for row in table] == ["", "'=1+1", ""]


def test_json_has_the_notes_as_they_were_written(site, ids):
    rows = file(site, ids, "json", **{f"note_{ids[0]}": NOTE}).json()["rows"]
    assert [row["id"] for row in rows] == ids
    assert rows[0]["note"] == NOTE
    assert rows[0]["body"]


def test_bibliographies_read_by_others_have_the_notes(site, ids, titles):
    notes = {f"note_{ids[0]}": NOTE}
    entries = bibtexparser.parse_string(file(site, ids, "bib", **notes).text).entries
    assert [entry["title"].strip("{}") for entry in entries] == [title.replace("%", r"\%") for title in titles]
    assert entries[0]["annotation"] == r"核对原文 =1+1 第二行 \{braces\}"
    records = rispy.loads(file(site, ids, "ris", **notes).text)
    assert [record["title"] for record in records] == titles
    assert "核对原文 =1+1 第二行 {braces}" in records[0]["notes"]


def test_the_text_numbers_its_entries_and_sets_notes_below(site, ids, titles):
    lines = file(site, ids, "txt", **{f"note_{ids[0]}": NOTE}).text.splitlines()
    assert lines[0].startswith("[1] ")
    assert titles[0] in lines[0]
    assert lines[1:3] == ["    核对原文 =1+1", "    第二行 {braces}"]
    assert lines[3].startswith("[2] ")


def test_a_note_that_is_too_long_is_refused_not_cut(site, ids):
    answer = site.post("/list.json", data={"ids": str(ids[0]), f"note-{ids[0]}": "长" * 4001})
    assert answer.status_code == 400
    assert "at most 4,000 characters" in answer.json()["error"]


def test_more_fields_than_a_list_can_have_are_refused(site):
    answer = site.post("/list.json", content="&".join(f"a{n}=1" for n in range(2000)))
    assert answer.status_code == 400


def test_notes_that_are_too_many_for_a_request_are_refused(site, ids):
    answer = site.post("/list.json", data={"ids": str(ids[0]), "note-1": "a" * (4 << 20)})
    assert answer.status_code == 400
    assert "at most 4 MB" in answer.json()["error"]


def test_a_list_needs_an_article_to_become_a_file(site):
    assert site.get("/list.csv").status_code == 400


def test_forms_are_taken_by_lists_alone_also_where_others_read(sample, ids):
    with served(sample, public=True) as public:
        assert public.post("/list.json", data={"ids": str(ids[0])}).status_code == 200
        for path in ("/", "/search", "/listing", "/article/list.csv", "/archive/articles"):
            assert public.post(path, data={"ids": "1"}).status_code == 405, path
        assert public.put("/list", data={"ids": "1"}).status_code == 405


def test_each_archive_has_lists_of_its_own(sample, tmp_path, ids):
    second = tmp_path / "second.db"
    second.write_bytes(sample.read_bytes())
    with served(sample, others=[second]) as site:
        answer = site.get(f"/second/-{address(ids)}")
        assert listed(answer) == ids
        assert html.fromstring(answer.text).cssselect("script")[0].get("data-list") == "/second/-/list"
        assert site.post("/second/-/list.json", data={"ids": str(ids[0])}).json()["rows"][0]["id"] == ids[0]


def test_articles_and_hits_can_be_kept_without_a_script(site, rows, ids):
    key, title = rows.execute("SELECT article_key, title FROM articles WHERE id = ?", (ids[0],)).fetchone()
    for page in (site.get(f"/article/{key}"), site.get("/search", params={"q": f"key:{key}"}, follow_redirects=True)):
        keep = html.fromstring(page.text).cssselect(f'a[data-keep="{ids[0]}"]')[0]
        assert keep.get("href") == address(ids[:1])
        assert keep.get("data-key") == key
        assert title in keep.text_content()
    hits = html.fromstring(site.get("/search").text)
    assert len(hits.cssselect("a.keep")) == 30


def test_a_list_in_chinese_is_chinese(site, ids):
    page = site.get(address(ids), headers={"accept-language": "zh-CN"}).text
    assert "稿件清单" in page
    assert re.search(r">\s*备注<", page)
    refusal = site.get("/list.json?ids=x", headers={"accept-language": "zh-CN"})
    assert "不是稿件序号" in json.loads(refusal.content)["error"]
