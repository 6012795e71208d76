from __future__ import annotations

import csv
import dataclasses
import io
import json
import sys
import tracemalloc
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.articles import article
from support.pages import page
from support.searching import add, open_archive

from newsarchive.archive import queries as leaving
from newsarchive.archive.queries import COLUMNS, ArchivedArticle, articles
from newsarchive.archive.store import ArticleStore
from newsarchive.atomic import atomic_folder
from newsarchive.errors import UserError
from newsarchive.export.atom import write_atom
from newsarchive.export.csv import write_csv
from newsarchive.export.file_names import safe_name
from newsarchive.export.jekyll import file_name, post_of, write_posts
from newsarchive.export.json_lines import write_json_lines
from newsarchive.export.parquet import write_parquet
from newsarchive.export.text_corpus import write_corpus
from newsarchive.extract.jekyll.post_file import parse_post_file, read_post_file
from newsarchive.models import Article as Read
from newsarchive.models import (
    Byline,
    Category,
    Image,
    Mention,
    Page,
    Paragraph,
)
from newsarchive.search import QueryError, condition
from newsarchive.sites import load_site
from newsarchive.spreadsheet import cell

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = (
    '=HYPERLINK("http://x")',
    "<script>alert(1)</script>",
    "{{ site.secret }}{% raw %}",
    '"quoted": - [a] #b',
    "back\\slash",
    "---",
    "\u202eevil\u202c",
    "a\x00b\x1b[31m",
    "]]>&amp;",
    "[x](javascript:alert(1))",
    "../../etc/passwd",
    "con",
    "true",
    "题" * 50_000,
    "\U0001f600",
    "\u2028\x85",
    "http://[broken",
    "http://a)b.example/x)y",
)


@pytest.fixture
def connection(tmp_path):
    connection = open_archive(tmp_path / "archive.db")
    yield connection
    connection.close()


@pytest.fixture
def news(connection):
    connection.execute("INSERT INTO sources (id, name) VALUES (1, '财联社')")
    connection.execute("INSERT INTO categories (id, site, slug, name) VALUES (1, 'demo', 'cailianshe', '财联社')")
    for i in range(1, 251):
        month = 3 + i % 3
        published = f"2022-{month:02}-05T09:00:00+08:00" if i % 50 else None
        columns = {"published_at": published, "published_date": published and published[:10], "revision": 1}
        add(connection, i, f"第{i}篇", "央行降准。" if i % 2 else "别的事。", source_id=1, category_id=1, **columns)
        connection.execute("INSERT INTO paragraphs VALUES (?, 0, 'text', '央行降准。')", (i,))
    return connection


def exported(**row: object) -> ArchivedArticle:
    return ArchivedArticle(
        dict.fromkeys(COLUMNS) | {"article_key": "202203030000000001", "body": "", "site": "demo"} | row
    )


def hostile(text: str) -> ArchivedArticle:
    return exported(
        **dict.fromkeys(
            ("title", "source", "category", "category_name", "digest", "attribution", "url", "lang", "body"), text
        )
    )


# -- what is exported ------------------------------------------------------------------------------------------------


def test_every_matching_article_leaves_with_its_parts(news):
    found = list(articles(news, "降准 source:财联社"))
    assert [one.row["title"] for one in found] == [f"第{i}篇" for i in range(1, 251, 2)]
    assert found[0].row["source"] == "财联社"
    assert found[0].row["category"] == "cailianshe"
    assert found[0].paragraphs == [Paragraph("央行降准。")]
    assert len(list(articles(news))) == 250


def test_a_query_that_cannot_be_understood_is_told_before_anything_is_written(news):
    with pytest.raises(QueryError):
        articles(news, "降准 AND")


def test_progress_is_told(news):
    seen = []
    list(articles(news, progress=seen.append))
    assert seen == [100, 200, 250]


def test_an_export_shows_one_moment_while_others_write(news, tmp_path):
    stream = articles(news)
    next(stream)
    writer = open_archive(tmp_path / "archive.db")
    writer.execute("DELETE FROM paragraphs")
    writer.execute("DELETE FROM articles WHERE id > 10")
    rest = list(stream)
    assert len(rest) == 249
    assert all(one.paragraphs for one in rest)
    assert not news.in_transaction
    writer.close()


def test_memory_stays_flat(connection):
    connection.execute("BEGIN")
    for i in range(1, 1501):
        add(connection, i, "题", "".join(chr(0x4E00 + (7 * i + j) % 5000) for j in range(30)) * 100)
    connection.execute("COMMIT")

    tracemalloc.start()
    assert write_json_lines(articles(connection), _Nowhere()) == 1500
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000  # bytes; the texts alone are 13 MB


class _Nowhere(io.RawIOBase):
    def write(self, data):
        return len(data)


# -- names of files ----------------------------------------------------------------------------------------------


@given(st.text(), st.text())
def test_any_text_makes_a_harmless_name_of_its_own(one, other):
    name = safe_name(one)
    assert name
    assert len(name.encode()) <= 255
    assert not set(name) & set('/\\:*?"<>| \0\n')
    assert not name.startswith((".", "-"))
    assert (name == safe_name(other)) == (one == other)


@pytest.mark.parametrize("text", ["", ".", "..", "../x", "CON", "nul.txt", "a/b", "x" * 300, "a\u202eb"])
def test_dangerous_names_are_changed(text):
    assert safe_name(text) != text
    assert not safe_name(text).lower().startswith(("con", "nul"))


# -- CSV and JSON Lines ----------------------------------------------------------------------------------------------


def test_csv_reads_back_as_it_was(news):
    stream = io.BytesIO()
    assert write_csv(articles(news, parts=()), stream) == 250
    rows = list(csv.DictReader(io.StringIO(stream.getvalue().decode(), newline="")))
    assert len(rows) == 250
    assert rows[0]["title"] == "第1篇"
    assert rows[0]["published_date"] == "2022-04-05"
    assert tuple(rows[0]) == tuple(COLUMNS)
    assert stream.getvalue().split(b"\r\n")[0].startswith(b"article_key,")


def test_csv_has_a_byte_order_mark_when_asked_for():
    stream = io.BytesIO()
    write_csv([exported(title="题")], stream, columns=("title",), bom=True)
    assert stream.getvalue() == "\ufefftitle\r\n题\r\n".encode()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-5%", "@x", "\t=1", "  =1", "＝1", "\x00=1", "\r=1", "|cmd"])
def test_no_cell_is_a_formula(text):
    assert cell(text).startswith("'")


def test_plain_cells_stay_as_they_are():
    assert [cell(value) for value in ("央行降准", "a=b", 5, None, -5, "两\n行")] == [
        "央行降准",
        "a=b",
        5,
        None,
        -5,
        "两\n行",
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_json_lines_are_one_line_an_article(text):
    stream = io.BytesIO()
    write_json_lines([hostile(text), hostile("x")], stream)
    lines = stream.getvalue().decode().splitlines()
    assert len(lines) == 2
    assert json.loads(lines[0])["title"] == text


# -- Atom ------------------------------------------------------------------------------------------------------------


def test_feed_has_what_a_reader_of_feeds_needs(news):
    stream = io.BytesIO()
    count = write_atom(
        articles(news), stream, title="央行 <新闻>", feed_id="urn:x", self_url="https://a.example/?q=1&p"
    )
    feed = ET.fromstring(stream.getvalue())
    assert count == 250
    assert feed.findtext(f"{ATOM}title") == "央行 <新闻>"
    assert feed.findtext(f"{ATOM}updated") == "2022-05-05T09:00:00+08:00"
    entries = feed.findall(f"{ATOM}entry")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 250
    first = entries[0]
    assert first.findtext(f"{ATOM}title") == "第1篇"
    assert first.findtext(f"{ATOM}author/{ATOM}name") == "财联社"
    assert first.findtext(f"{ATOM}content") == "央行降准。"
    assert first.find(f"{ATOM}link").attrib == {"rel": "alternate", "href": "https://demo.example/1"}
    assert all(entry.findtext(f"{ATOM}updated") for entry in entries)


@pytest.mark.parametrize("text", HOSTILE)
def test_feed_holds_text_as_text(text):
    stream = io.BytesIO()
    write_atom([hostile(text)], stream, title=text, feed_id="urn:x")
    entry = ET.fromstring(stream.getvalue()).find(f"{ATOM}entry")
    assert {element.tag.removeprefix(ATOM) for element in entry.iter()} <= {
        "entry", "id", "title", "updated", "author", "name", "category", "summary", "content", "link",
    }  # fmt: skip


def test_feed_links_only_to_the_web():
    stream = io.BytesIO()
    write_atom([exported(url="javascript:alert(1)")], stream, title="t", feed_id="urn:x")
    assert b"javascript" not in stream.getvalue()


# -- corpus ----------------------------------------------------------------------------------------------------------


def test_corpus_has_one_file_an_article(news, tmp_path):
    with atomic_folder(tmp_path / "corpus") as folder:
        assert write_corpus(articles(news, "降准", parts=()), folder) == 125
    index = list(csv.DictReader((tmp_path / "corpus" / "index.csv").open(encoding="utf-8", newline="")))
    assert len(index) == 125
    assert (tmp_path / "corpus" / index[0]["file"]).read_text(encoding="utf-8") == "第1篇\n\n央行降准。\n"
    assert index[0]["file"] == "2022/04/202203030000000001.txt"
    assert {row["file"].split("/")[0] for row in index} == {"2022"}
    assert len(list((tmp_path / "corpus").rglob("*.txt"))) == 125


# -- post files ------------------------------------------------------------------------------------------------------

SITE = load_site("finews")


def post_file(url: str, body: str | bytes) -> Page:
    return page(url, body, role="file", site="finews")


def full_article(**fields: object) -> Read:
    code = "NW202203032294703888"
    return article(
        page(f"https://finews.withounder.com/cailianshe/2022/03/03/{code}.html", site="finews"),
        key=code[2:],
        **{
            "info_code": code,
            "kind": "media",
            "title": '央行"降准": 0.5% {{x}}',
            "published_at": datetime.fromisoformat("2022-03-03T05:23:38+08:00"),
            "paragraphs": [
                Paragraph("浦发银行与平安银行<今日>表示 A & B {% raw %}。"),
                Paragraph("小标题", "heading"),
                Paragraph("浦发银行再次表示。"),
                Paragraph("代码 | 涨幅", "table"),
                Paragraph("第一点", "list"),
                Paragraph("有人说。", "quote"),
                Paragraph("* 不是列表 _也不是_ 强调", "text"),
                Paragraph("（记者 王小明）"),
            ],
            "digest": "央行决定降准 <b>。（财联社）",
            "attribution": "（文章来源：财联社）",
            "source": "财联社",
            "category": Category("21shijijingjibaodao 21caijingAPP", "21世纪经济报道 21财经APP"),
            "mentions": [
                Mention("1", "600000", "浦发银行", 2),
                Mention("0", "000001", "平安银行", 1),
                Mention("90", "BK0475", None, 1),
            ],
            "bylines": [Byline("author", "王小明")],
            "images": [Image("https://x.example/a b.png", '"图"')],
            "share_url": f"http://finews.zning.xyz/html_News/NewsShare.html?infoCode={code}",
            "lang": "zh",
            "extractor": "finews/post",
        }
        | fields,
    )


def through_archive(connection, one: Read) -> ArchivedArticle:
    connection.execute("BEGIN")
    ArticleStore(connection).store(one)
    connection.execute("COMMIT")
    (found,) = articles(connection, f"key:{one.article_key}")
    return found


def test_post_file_reads_back_as_the_same_article(connection):
    one = full_article()
    found = through_archive(connection, one)
    name = file_name(found)
    assert name == "2022-03-03-NW202203032294703888.md"
    again = read_post_file(post_file(f"https://x.example/_posts/{name}", post_of(found)), SITE)
    assert again.problems == []
    for name in ("article_key", "info_code", "title", "published_at", "digest", "source", "share_url"):
        assert getattr(again, name) == getattr(one, name), name
    assert again.paragraphs == one.paragraphs
    assert sorted(again.mentions, key=lambda m: m.code) == sorted(one.mentions, key=lambda m: m.code)
    assert again.bylines == one.bylines
    assert again.attribution == one.attribution
    assert (again.category.slug, again.category.name) == (one.category.slug, one.category.name)
    assert [image.url for image in again.images] == ["https://x.example/a%20b.png"]
    assert (
        again.canonical_url
        == "https://finews.withounder.com/21shijijingjibaodao/21caijingapp/2022/03/03/NW202203032294703888.html"
    )


@pytest.mark.parametrize(
    ("precision", "time", "line"),
    [
        ("second", "05:23:38", "date: 2022-03-03 05:23:38 +0800"),
        ("minute", "05:23:00", "date: 2022-03-03 05:23 +0800"),
        ("day", "00:00:00", "date: 2022-03-03"),
    ],
)
def test_a_time_is_exported_as_exactly_as_it_was_printed(connection, precision, time, line):
    one = full_article(published_at=datetime.fromisoformat(f"2022-03-03T{time}+08:00"), precision=precision)
    found = through_archive(connection, one)
    assert found.row["published_precision"] == precision
    post = post_of(found)
    assert line in post.splitlines()
    again = read_post_file(post_file(f"https://x.example/_posts/{file_name(found)}", post), SITE)
    assert (again.published_at, again.precision) == (one.published_at, precision)


def test_flash_item_carries_its_original_address(connection):
    original = "http://finance.eastmoney.com/news/1353,202203032294703888.html"
    one = full_article(info_code=None, kind="flash", share_url=None, original_url=original, digest=None)
    found = through_archive(connection, one)
    again = read_post_file(post_file(f"https://x.example/{file_name(found)}", post_of(found)), SITE)
    assert again.original_url == original
    assert again.share_url is None


@pytest.mark.parametrize("text", HOSTILE)
def test_post_file_holds_text_as_text(text):
    one = hostile(text)
    one.row["category"] = one.row["category_name"] = text[:100]
    one.row["published_at"] = "2022-03-03T05:23:38+08:00"
    one.paragraphs = [Paragraph(text), Paragraph(text, "table")]
    one.mentions = [Mention("1", '1"><script>', text[:10])]
    post = post_of(one)
    head, body = post.removeprefix("---\n").split("\n---\n", 1)
    values = yaml.safe_load(head)
    assert values["title"] == text
    assert values["categories"] == text[:100]
    assert "{{" not in body
    assert "{%" not in body
    assert "<script" not in body
    assert "](javascript" not in body
    assert "\u202e" not in head
    assert parse_post_file("x.md", post).broken is None


@given(st.text(max_size=60))
def test_any_title_survives_the_head(title):
    one = exported(title=title)
    head = post_of(one).removeprefix("---\n").split("\n---\n", 1)[0]
    assert yaml.safe_load(head)["title"] == title


def test_post_file_names_are_not_chosen_by_the_page():
    assert file_name(exported(article_key="evil.example/../../x?y")).startswith("-evil.example-..-..-x-y-")
    assert "/" not in file_name(exported(article_key="evil.example/../../x?y", published_at="../../../x"))
    assert file_name(exported()) == "-202203030000000001.md"


def test_two_articles_of_one_name_keep_a_file_each(tmp_path):
    same = {"published_at": "2022-03-03T05:23:38+08:00", "url": "https://{}.example/2022/03/03/init.html"}
    pair = [exported(**same, article_key=f"{host}.example/2022/03/03/init.html") for host in "ab"]
    assert write_posts(pair, tmp_path) == 2
    assert len(list(tmp_path.iterdir())) == 2


SHARED = Path(__file__).parents[2] / "../shared/finews/posts"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real post files are not beside the project")
def test_real_post_files_read_back_the_same(tmp_path):
    for path in sorted(SHARED.glob("*.md")):
        one = read_post_file(post_file(f"https://x.example/{path.name}", path.read_bytes()), SITE)
        connection = open_archive(tmp_path / f"{path.name}.db")
        found = through_archive(connection, one)
        assert file_name(found) == path.name
        again = read_post_file(post_file(f"https://x.example/{path.name}", post_of(found)), SITE)
        for field in dataclasses.fields(Read):
            if field.name not in ("page", "evidence", "problems", "images", "mentions"):
                assert getattr(again, field.name) == getattr(one, field.name), (path.name, field.name)
        assert [image.url for image in again.images] == [image.url for image in one.images]
        assert sorted(map(repr, again.mentions)) == sorted(map(repr, one.mentions))
        connection.close()


def test_posts_are_written_one_file_an_article(news, tmp_path):
    with atomic_folder(tmp_path / "posts") as folder:
        assert write_posts(articles(news), folder) == 250
    assert len(list((tmp_path / "posts").iterdir())) == 250


# -- Parquet ---------------------------------------------------------------------------------------------------------


def test_parquet_is_parted_by_month(news, tmp_path):
    pyarrow = pytest.importorskip("pyarrow.parquet", reason="pyarrow, an optional extra, is not installed")
    seen = []
    with atomic_folder(tmp_path / "parquet") as folder:
        assert write_parquet(news, folder, "降准", progress=seen.append) == 125
    assert seen[-1] == 125
    assert sorted(path.name for path in (tmp_path / "parquet").iterdir()) == [
        "month=2022-03",
        "month=2022-04",
        "month=2022-05",
    ]
    table = pyarrow.read_table(tmp_path / "parquet")
    assert table.num_rows == 125
    first = min(table.to_pylist(), key=lambda row: row["article_key"])
    assert (first["title"], str(first["published_date"]), str(first["month"])) == ("第1篇", "2022-04-05", "2022-04")
    assert first["paragraphs"] == [{"kind": "text", "text": "央行降准。"}]


def test_undated_articles_lie_where_missing_values_do(news, tmp_path):
    pyarrow = pytest.importorskip("pyarrow.parquet", reason="pyarrow, an optional extra, is not installed")
    news.execute("UPDATE articles SET published_at = 'soon' WHERE id = 1")
    with atomic_folder(tmp_path / "parquet") as folder:
        assert write_parquet(news, folder) == 250
    months = [row["month"] for row in pyarrow.read_table(tmp_path / "parquet").to_pylist()]
    assert months.count(None) == 6
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")
    sql = "SELECT month, count(*) FROM read_parquet(?, hive_partitioning = true) GROUP BY month ORDER BY month"
    assert (None, 6) in duckdb.execute(sql, [f"{tmp_path}/parquet/**/*.parquet"]).fetchall()


def test_missing_pyarrow_is_told_with_the_remedy(news, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UserError, match=r"newsarchive\[parquet\]"):
        write_parquet(news, tmp_path)


def test_months_are_listed_in_order(news):
    assert leaving.months(news, condition(news, "")) == [None, "2022-03", "2022-04", "2022-05"]
