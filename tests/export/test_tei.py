"""The corpus in TEI: well-formed whatever a page says, and in the order of elements that TEI's schemas demand."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from support.archives import crawled, new_archive
from support.articles import article
from support.pages import page
from support.running import run_on

from newsarchive.archive.queries import COLUMNS, ArchivedArticle
from newsarchive.export.tei import tei_of
from newsarchive.models import Byline, Category, Paragraph

if TYPE_CHECKING:
    from pathlib import Path

    from newsarchive.models import ParagraphKind

#: What TEI's schemas demand of the elements that are used, in the compact order of RELAX NG.
SCHEMA = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.tei-c.org/ns/1.0"
         datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><element name="TEI"><ref name="header"/>
    <element name="text"><optional><attribute name="xml:lang"/></optional>
      <element name="body"><element name="div"><attribute name="type"/>
        <element name="head"><text/></element><oneOrMore><ref name="block"/></oneOrMore></element></element></element>
  </element></start>
  <define name="header"><element name="teiHeader">
    <element name="fileDesc">
      <element name="titleStmt"><ref name="title"/><zeroOrMore><ref name="author"/></zeroOrMore></element>
      <element name="publicationStmt"><ref name="p"/></element>
      <element name="sourceDesc"><element name="bibl"><ref name="title"/><zeroOrMore><ref name="author"/></zeroOrMore>
        <optional><element name="publisher"><text/></element></optional>
        <optional><element name="date"><attribute name="when"><choice><data type="date"/><data type="gYearMonth"/>
          </choice></attribute><text/></element></optional>
        <element name="idno"><attribute name="type"/><text/></element>
        <optional><element name="ptr"><attribute name="target"><data type="anyURI"/></attribute></element></optional>
        <optional><element name="note"><text/></element></optional></element></element></element>
    <element name="encodingDesc"><element name="projectDesc"><ref name="p"/></element></element>
    <optional><element name="profileDesc">
      <optional><element name="langUsage"><element name="language"><attribute name="ident"><data type="language"/>
        </attribute><text/></element></element></optional>
      <optional><element name="textClass"><element name="keywords"><element name="term"><text/></element></element>
        </element></optional></element></optional>
    <optional><element name="revisionDesc"><element name="change"><attribute name="when"><data type="date"/></attribute>
      <text/></element></element></optional>
  </element></define>
  <define name="title"><element name="title"><text/></element></define>
  <define name="author"><element name="author"><text/></element></define>
  <define name="p"><element name="p"><optional><attribute name="rend"/></optional><text/></element></define>
  <define name="block"><choice><ref name="p"/>
    <element name="quote"><ref name="p"/></element>
    <element name="list"><oneOrMore><element name="item"><text/></element></oneOrMore></element>
    <element name="table"><oneOrMore><element name="row"><oneOrMore><element name="cell"><text/></element></oneOrMore>
      </element></oneOrMore></element></choice></define>
</grammar>
"""
TEI = "{http://www.tei-c.org/ns/1.0}"
KINDS: tuple[ParagraphKind, ...] = ("text", "heading", "caption", "quote", "table", "list")


def schemas() -> list[etree.RelaxNG]:
    """Return the schema above, and TEI's own (tei_all.rng) where TEI_SCHEMA names it."""
    found = [etree.RelaxNG(etree.fromstring(SCHEMA))]
    if path := os.environ.get("TEI_SCHEMA"):
        found.append(etree.RelaxNG(etree.parse(path)))
    return found


SCHEMAS = schemas()


def checked(text: str) -> etree._Element:
    root = etree.fromstring(text.encode())
    for schema in SCHEMAS:
        schema.assertValid(root)
    return root


@pytest.fixture
def db(tmp_path: Path) -> Path:
    with new_archive(tmp_path / "archive.db") as archive:
        made = article(
            page("http://press.example/财经/1.html?a&b", "<p>1</p>"),
            title="江湾 <降准> & “市场”",
            source="江湾晚报",
            lang="zh-CN",
            bylines=[Byline("author", "林若海")],
            paragraphs=[Paragraph(f"第{n}段 | 甲 & 乙", kind) for n, kind in enumerate((*KINDS, "list", "text"))],
        )
        made.category = Category("market", "市场")
        crawled(archive, made)
        crawled(archive, article(page("http://press.example/2.html"), key="k2", published_at=None))
    return tmp_path / "archive.db"


def test_each_article_is_a_valid_document_with_its_metadata_and_paragraphs(db: Path, tmp_path: Path) -> None:
    assert run_on(db, "export", "tei", "-o", tmp_path / "tei").status == 0
    dated, undated = sorted((tmp_path / "tei").rglob("*.xml"))
    assert (dated.parent.relative_to(tmp_path / "tei").as_posix(), undated.parent.name) == ("2026/03", "undated")
    root = checked(dated.read_text(encoding="utf-8"))
    checked(undated.read_text(encoding="utf-8"))
    header = root.find(f"{TEI}teiHeader")
    assert header is not None
    assert header.findtext(f".//{TEI}bibl/{TEI}title") == "江湾 <降准> & “市场”"
    assert header.findtext(f".//{TEI}author") == "林若海"
    assert header.findtext(f".//{TEI}publisher") == "江湾晚报"
    assert header.findtext(f".//{TEI}term") == "市场"
    assert [one.get("when") for one in header.iter(f"{TEI}date")] == ["2026-03-05"]
    assert [one.get("target") for one in header.iter(f"{TEI}ptr")] == [
        "http://press.example/%E8%B4%A2%E7%BB%8F/1.html?a&b"
    ]
    assert "archived 2026-03-05T01:00:00Z" in str(header.findtext(f".//{TEI}note"))
    blocks = [str(one.tag).removeprefix(TEI) for one in root.iterfind(f".//{TEI}div/*")]
    assert blocks == ["head", "p", "p", "p", "quote", "table", "list", "p"]
    assert [one.text for one in root.iter(f"{TEI}cell")] == ["第4段", "甲 & 乙"]


@given(
    st.lists(st.tuples(st.sampled_from(KINDS), st.text(max_size=30)), max_size=6),
    st.text(max_size=30),
    st.text(max_size=30),
)
def test_whatever_a_page_says_the_document_is_valid(
    paragraphs: list[tuple[ParagraphKind, str]], title: str, source: str
) -> None:
    row = dict.fromkeys(COLUMNS) | {"article_key": "k", "title": title, "source": source, "lang": "zh"}
    parts = [Paragraph(text, kind) for kind, text in paragraphs]
    checked(tei_of(ArchivedArticle(row, paragraphs=parts)))


def test_the_corpus_with_heads_says_in_each_file_what_it_is(db: Path, tmp_path: Path) -> None:
    assert run_on(db, "export", "corpus", "-o", tmp_path / "corpus").status == 0
    (path,) = (tmp_path / "corpus" / "2026" / "03").iterdir()
    empty, head, text = path.read_text(encoding="utf-8").split("---\n", 2)
    values = yaml.safe_load(head)
    assert empty == ""
    assert (values["title"], values["authors"], values["source"]) == ("江湾 <降准> & “市场”", ["林若海"], "江湾晚报")
    assert (values["section"], values["language"], values["revision"]) == ("市场", "zh-CN", 1)
    assert values["archived"].startswith("2026-03-05T01:00:00Z from http://press.example/")
    assert text.startswith("\n江湾 <降准> & “市场”\n\n第0段")
    assert (tmp_path / "corpus" / "index.csv").is_file()
