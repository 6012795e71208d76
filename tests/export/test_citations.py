"""Citations, read back by programs that others read them with."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import bibtexparser
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st
from support.archives import crawled, new_archive
from support.articles import article
from support.pages import page
from support.running import run_on

from newsarchive.archive.queries import COLUMNS, ArchivedArticle
from newsarchive.export.bibtex import bibtex_entry
from newsarchive.export.citation import Citation
from newsarchive.export.csl_json import csl_item
from newsarchive.export.ris import write_ris
from newsarchive.models import Byline, Category

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://press.example/财经/a_1.html?x=50%25&y={z}"
ADDRESS = "http://press.example/%E8%B4%A2%E7%BB%8F/a_1.html?x=50%25&y=%7Bz%7D"
TITLE = "江湾“降准”50% & 货轮_离港：$1.2亿 #快讯 {特写} ~a^b \\end"
PLAIN = Citation("k", "t", (), "", (), "", "", "", "", (), "")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    with new_archive(tmp_path / "archive.db") as archive:
        bylines = [Byline("author", "林若海"), Byline("author", "Jane Doe"), Byline("editor", "周亭")]
        made = article(page(URL, "<p>1</p>"), key=URL, title=TITLE, bylines=bylines, lang="zh-CN", source="江湾晚报")
        made.category, made.digest = Category("market", "市场"), "摘要，\n两行"
        crawled(archive, made)
        again = archive.snapshots.load(1, role="post", site="demo")
        archive.snapshots.save(page(URL, "<p>1</p>", at=again.fetched_at + timedelta(days=9)))
        crawled(archive, article(page("http://press.example/2.html"), key="202603053101994652", published_at=None))
    return tmp_path / "archive.db"


def export(db: Path, form: str) -> str:
    ran = run_on(db, "export", form)
    assert ran.status == 0, ran.err
    assert "2 articles" in ran.err
    return ran.out


def test_bibtex_is_read_as_it_was_meant(db: Path) -> None:
    library = bibtexparser.parse_string(export(db, "bibtex"))
    assert library.failed_blocks == []
    first, second = library.entries
    fields = {field.key: field.value for field in first.fields}
    assert fields["title"].strip("{}") == (
        r"江湾“降准”50\% \& 货轮\_离港：\$1.2亿 \#快讯 \{特写\} "
        r"\textasciitilde{}a\textasciicircum{}b \textbackslash{}end"
    )
    assert fields["author"] == "Jane Doe and {林若海}"
    assert (fields["journal"], fields["date"], fields["year"]) == ("江湾晚报", "2026-03-05", "2026")
    assert (fields["month"], fields["day"], fields["langid"]) == ("mar", "5", "chinese")
    assert fields["url"] == ADDRESS
    assert fields["urldate"] == "2026-03-05"
    assert r"archived 2026-03-05T01:00:00Z from http://press.example/" in fields["note"]
    assert "sha1:" in fields["note"]
    assert (first.entry_type, second.key) == ("article", "na-202603053101994652")
    assert "date" not in {field.key for field in second.fields}
    assert first.key.isascii()
    assert first.key != second.key


def test_names_are_parted_only_where_bibtex_parts_them_rightly() -> None:
    names = ("Jane Doe", "李和平", "Reporters and Editors", "Reuters", "欧阳 Jane", "Doe, Jane", "Anne-Marie O’Neil")
    entry = bibtex_entry(replace(PLAIN, authors=names))
    expected = (
        "Jane Doe and {李和平} and {Reporters and Editors} and {Reuters} and {欧阳 Jane} and {Doe, Jane} and "
        "Anne-Marie O’Neil"
    )
    assert f"author = {{{expected}}}" in entry


def test_ris_is_read_as_it_was_meant(db: Path) -> None:
    first, second = rispy.loads(export(db, "ris"))
    assert first["type_of_reference"] == "NEWS"
    assert (first["title"], first["authors"]) == (TITLE, ["Jane Doe", "林若海"])
    assert (first["secondary_title"], first["year"], first["date"]) == ("江湾晚报", "2026", "2026/03/05/")
    assert first["access_date"] == "2026/03/05/"
    assert first["abstract"] == "摘要， 两行"
    assert first["accession_number"] == URL
    assert first["urls"] == [ADDRESS]
    assert second["accession_number"] == "202603053101994652"
    assert "date" not in second


def test_csl_json_is_read_as_it_was_meant(db: Path) -> None:
    items = json.loads(export(db, "csl"))
    assert items[0] | {"note": ""} == {
        "id": items[0]["id"],
        "type": "article-newspaper",
        "title": TITLE,
        "author": [{"literal": "Jane Doe"}, {"literal": "林若海"}],
        "container-title": "江湾晚报",
        "issued": {"date-parts": [[2026, 3, 5]]},
        "accessed": {"date-parts": [[2026, 3, 5]]},
        "URL": ADDRESS,
        "language": "zh-CN",
        "section": "市场",
        "abstract": "摘要， 两行",
        "archive": "newsarchive",
        "note": "",
    }


def test_csl_json_is_taken_by_a_formatter_of_citations(db: Path) -> None:
    source = pytest.importorskip("citeproc.source.json", reason="pip install citeproc-py")
    items = [
        {name: value for name, value in item.items() if name != "archive"} for item in json.loads(export(db, "csl"))
    ]
    known = source.CiteProcJSON(items)
    assert {str(one.title) for one in known.values()} == {TITLE, "港口今晨开放"}


def test_an_archive_without_articles_gives_files_that_are_whole(tmp_path: Path) -> None:
    new_archive(tmp_path / "archive.db").close()
    out = {form: run_on(tmp_path / "archive.db", "export", form).out for form in ("bibtex", "ris", "csl")}
    assert out["bibtex"] == out["ris"] == ""
    assert json.loads(out["csl"]) == []


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(title=TEXTS, author=TEXTS, source=TEXTS)
def test_whatever_a_page_says_stays_inside_its_field(title: str, author: str, source: str) -> None:
    title, author, source = (" ".join(text.split()) for text in (title, author, source))
    cited = replace(PLAIN, title=title, authors=(author,), source=source, key="k1")
    library = bibtexparser.parse_string(bibtex_entry(cited))
    assert (len(library.entries), library.failed_blocks) == (1, [])
    assert {field.key for field in library.entries[0].fields} <= {"title", "author", "journal"}
    assert json.loads(json.dumps(csl_item(cited), ensure_ascii=False)).get("title", "") == title


@given(title=TEXTS)
def test_no_line_of_ris_is_made_by_a_page(title: str) -> None:
    row = dict.fromkeys(COLUMNS) | {"article_key": "k1", "title": "TY  - NEWS\r\nER  - \n" + title}
    out = io.BytesIO()
    write_ris([ArchivedArticle(row)], out)
    records = rispy.loads(out.getvalue().decode())
    assert len(records) == 1
