"""The language of the pages: what the browser asks for, a choice that is kept, and what no language changes."""

import csv
import io
import re
import sqlite3
import zipfile

import pytest

from newsarchive.browse.filters import language, marked, moment, shown
from newsarchive.browse.plugin import as_markup
from newsarchive.i18n import _, ngettext, speaking
from newsarchive.problems import REASONS
from newsarchive.timestamps import later

CHINESE = {"accept-language": "zh-CN,zh;q=0.9"}
# Texts of ours that no language but English has; names of tables, columns and forms stay as they are.
_ENGLISH = re.compile(r"[A-Za-z]{3,}")
_STAYS = re.compile(
    r"English|Datasette|Atom|JSON|OpenAPI|CSV|Excel|Parquet|BibTeX|RIS|SQL|SELECT|UTC|APA|GB/T|OR|APP|UTF|HTTP|URL|WARC|CDXJ|"
    r"BCP|`[^`]*`|SHA|BLAKE|YYYY|MM|DD|https?://\S+|[\w.]+_[\w.]+|[a-z]+:\S+|inflat\*"
)


@pytest.fixture(scope="module")
def key(rows):
    return rows.execute("SELECT article_key FROM articles WHERE story_id IS NOT NULL LIMIT 1").fetchone()[0]


def texts(html):
    """What a page says in its own words: not what it shows of articles, nor what stays in every language."""
    html = re.sub(r"<(style|pre|code|textarea|bdi|option|datalist)\b.*?</\1>", " ", html, flags=re.DOTALL)
    html = re.sub(r'<span class="columns-of">.*?</span>', " ", html, flags=re.DOTALL)
    named = re.findall(r'(?:aria-label|title|data-label)="([^"]*)"', html)
    return [text.strip() for text in [*re.split(r"<[^>]*>", html), *named] if text.strip()]


PAGES = [
    "/",
    "/search?q=银行",
    "/search?q=无此词语",
    "/search?q=(银行",
    "/search/Source?q=银行",
    "/compare?q=银行&q=港口",
    "/tables",
    "/list",
    "/list?ids=1,2,99999999",
    "/search?order=longest",
    "/why",
    "/why?url=https://example.com/a",
    "/archive/shared_stories",
    "/archive/sources_by_volume",
    "/archive/articles_per_day?source=无此来源",
    "/archive/what_went_wrong",
    "/nothing-here",
    "/article/nothing",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_speaks_chinese_to_who_asks_for_it(site, rows, path):
    answer = site.get(path, headers=CHINESE)
    assert '<html lang="zh-Hans">' in answer.text
    assert answer.headers["content-language"] == "zh-Hans"
    named = {"newsarchive", *REASONS, *(name for (name,) in rows.execute("SELECT name FROM sqlite_master"))}
    left = [text for text in texts(answer.text) if _ENGLISH.search(_STAYS.sub(" ", text)) and text not in named]
    assert left == []


def test_the_pages_of_an_article_and_its_story_speak_chinese(site, rows, key):
    story = rows.execute("SELECT story_id FROM articles WHERE article_key = ?", (key,)).fetchone()[0]
    day, source = rows.execute(
        "SELECT published_date, s.name FROM articles a JOIN sources s ON s.id = a.source_id LIMIT 1"
    ).fetchone()
    for path in (f"/article/{key}", f"/story/{story}", f"/day/{day}", f"/source/{source}"):
        html = site.get(path, headers=CHINESE).text
        html = re.sub(r"<details class=\"record\">.*?</details>", " ", html, flags=re.DOTALL)
        assert [text for text in texts(html) if _ENGLISH.search(_STAYS.sub(" ", text))] == [], path


@pytest.mark.parametrize("header", ["", "en-GB,en;q=0.9,zh;q=0.1", "de-DE"])
def test_a_page_speaks_english_to_everybody_else(site, header):
    answer = site.get("/", headers={"accept-language": header})
    assert '<html lang="en">' in answer.text
    assert "Skip to the content" in answer.text


def test_a_choice_is_kept_and_outweighs_what_the_browser_asks_for(site):
    link = re.search(r'<p class="languages"><a href="([^"]*)" lang="zh-Hans"', site.get("/search?q=银行&from=").text)[1]
    chosen = site.get(f"/search{link.replace('&amp;', '&')}", headers={"accept-language": "en"})
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/search?q=%E9%93%B6%E8%A1%8C&from=")
    cookie = chosen.headers["set-cookie"]
    assert "SameSite=Lax" in cookie
    site.cookies.clear()
    kept = {"cookie": cookie.partition(";")[0], "accept-language": "en"}
    assert '<html lang="zh-Hans">' in site.get("/search?q=银行", headers=kept).text


@pytest.mark.parametrize("path", ["//evil.example/?_lang=zh", "/%5cevil.example/?_lang=zh", "/\\evil.example?_lang=zh"])
def test_a_choice_leads_nowhere_else(site, path):
    answer = site.build_request("GET", "/")
    answer.url = answer.url.copy_with(raw_path=path.encode())
    location = site.send(answer).headers["location"]
    site.cookies.clear()
    assert re.match(r"/(?![/\\])", location), location


def test_a_language_that_is_not_spoken_is_english(site):
    answer = site.get("/?_lang=xx", headers=CHINESE)
    site.cookies.clear()
    assert answer.headers["set-cookie"].startswith("newsarchive_lang=en;")


@pytest.mark.parametrize(
    "cookie", ["newsarchive_lang=<b>", "newsarchive_lang", "=;;\x01", "a=b; newsarchive_lang=zh; c"]
)
def test_a_broken_cookie_chooses_at_most_a_language(site, cookie):
    assert site.get("/", headers={"cookie": cookie}).status_code == 200


def test_a_kept_answer_is_not_taken_for_one_in_another_language(site):
    answer = site.get("/", headers=CHINESE)
    assert "accept-language, cookie" in answer.headers.get_list("vary")


@pytest.mark.parametrize(
    "path", ["/search.csv?q=银行", "/search.json?q=银行", "/archive/shared_stories.csv", "/search.atom"]
)
def test_what_programs_read_is_the_same_in_every_language(site, path):
    assert site.get(path, headers=CHINESE).content == site.get(path).content


def test_what_changed_is_told_in_words_on_the_page_and_in_english_in_the_file(site, rows):
    chinese = site.get("/archive/changed_articles?days=9999", headers=CHINESE).text
    table = csv.DictReader(io.StringIO(site.get("/archive/changed_articles.csv?days=9999", headers=CHINESE).text))
    words = {row["what_changed"] for row in table}
    assert words <= {"headline", "text", "headline and text", "signs and blanks"}
    for word in words:
        with speaking("zh"):
            assert _(word) in chinese


def test_headings_of_a_workbook_are_for_people(site, tmp_path):
    path = tmp_path / "rows.xlsx"
    path.write_bytes(site.get("/archive/shared_stories.xlsx", headers=CHINESE).content)
    with zipfile.ZipFile(path) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
    assert "首发来源" in sheet


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("央行宣布下调存款准备金率", "zh-Hans"),
        ("央行宣佈下調存款準備金率，這個決定", "zh-Hant"),
        ("港口", "zh-Hans"),
        ("銀行は金利を引き下げた", "ja"),
        ("ニュース", "ja"),
        ("은행 금리 인하", "ko"),
        ("Harbour wire", None),
        ("2026", None),
    ],
)
def test_a_text_is_tagged_by_its_script(text, tag):
    attribute = f' lang="{tag}"' if tag else ""
    assert str(language(text)) == attribute
    assert str(shown(text)) == f"<bdi{attribute}>{text}</bdi>"
    assert str(marked(text)) == f"<bdi{attribute}>{text}</bdi>"


def test_a_text_without_a_script_of_its_own_has_the_language_of_its_article():
    assert str(language("Bonjour", "fr")) == ' lang="fr"'
    assert str(language("港口", "en")) == ' lang="zh-Hans"'
    assert str(language("Bonjour", '"><b>')) == ' lang="&#34;&gt;&lt;b&gt;"'


def test_days_are_written_as_a_reader_writes_them():
    assert moment("2026-11-28T09:30:00Z").striptags() == "2026-11-28 09:30 UTC"
    with speaking("zh"):
        assert moment("2026-11-28T09:30:00+08:00").striptags() == "2026年11月28日 09:30"
        assert moment("2026-11-28").striptags() == "2026年11月28日"
        assert moment("2026-11-28T09:30:00+08:00", is_in_table=True).striptags() == "2026-11-28 09:30"


@pytest.mark.parametrize(
    ("minutes", "english", "chinese"),
    [
        (0, "first", "首发"),
        (-5, "first", "首发"),
        (59, "59 min later", "59 分钟后"),
        (60, "1 h later", "1 小时后"),
        (214, "3 h 34 min later", "3 小时 34 分后"),
        (1440, "1 d later", "1 天后"),
        (1499, "1 d later", "1 天后"),
        (1500, "1 d 1 h later", "1 天 1 小时后"),
    ],
)
def test_how_long_after_the_first(minutes, english, chinese):
    assert later(minutes) == english
    with speaking("zh"):
        assert later(minutes) == chinese


def test_what_stands_in_a_message_of_a_template_is_escaped():
    assert as_markup(_)("Error {status}", status="<b>") == "Error &lt;b&gt;"
    count = as_markup(ngettext)("{count} row of {table}", "{count} rows of {table}", 2, table="<b>")
    assert count == "2 rows of &lt;b&gt;"


def test_a_stored_word_is_never_taken_for_markup(tmp_path, site, rows):
    assert isinstance(rows, sqlite3.Connection)
    answer = site.get("/search/Source?q=银行&find=<b>", headers=CHINESE)
    assert "<b>" not in answer.text
