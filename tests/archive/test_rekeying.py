"""An archive of the version before copies had keys: what it took for one article is parted, what for two is joined."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from support.pages import AT, page

from newsarchive.archive import Archive
from newsarchive.archive.queries import find_article
from newsarchive.extract import process
from newsarchive.maintenance.check import check
from newsarchive.models import Article, Paragraph

if TYPE_CHECKING:
    from pathlib import Path

NUMBER = "202603050800000001"
SITE = "https://www.news.example"
TEXTS = {
    "渡轮延长夜航": "跨海渡轮自下月起延长夜航，末班船由二十一时改为二十三时三十分，票价不变。",
    "望湖大桥合龙": "望湖大桥的合龙段昨天清晨吊装到位，误差不到两毫米，工期提前了四十天。",
    "河湾镇修桥": "河湾镇今年要修三座小桥，第一座已经开工，村民出工的记录贴在镇公所门口。",
}
FERRY, BRIDGE, VILLAGE = TEXTS
FORGET = """
DROP TABLE copy_keys;
DROP TABLE key_changes;
DELETE FROM _sqlite_migrations WHERE name = 'm0018_copy_keys'
"""
#: Address, the key that the version before made of it, title, canonical address.
COPIES = [
    (f"{SITE}/n/{NUMBER}.html", NUMBER, FERRY, None),
    (f"https://other.example/epaper/{NUMBER}.html", NUMBER, BRIDGE, None),
    (f"{SITE}/a/%BA%E9.html", "news.example/a/%EF%BF%BD%EF%BF%BD.html", FERRY, None),
    (f"{SITE}/a/%BD%AD.html", "news.example/a/%EF%BF%BD%EF%BF%BD.html", BRIDGE, None),
    (f"{SITE}/p?from=101", "news.example/p", FERRY, None),
    (f"{SITE}/p?from=102", "news.example/p", BRIDGE, None),
    (f"{SITE}/p?from=103", "news.example/p", VILLAGE, None),
    (f"{SITE}/b/1.jsp;jsessionid=A1", "news.example/b/1.jsp;jsessionid=A1", BRIDGE, None),
    (f"{SITE}/b/1.jsp;jsessionid=B2", "news.example/b/1.jsp;jsessionid=B2", BRIDGE, None),
    (f"{SITE}/c/1.html", "news.example/c/1.html", VILLAGE, None),
    ("https://m.news.example/touch/1", "m.news.example/touch/1", VILLAGE, f"{SITE}/c/1.html"),
    (f"{SITE}/d/1.html?cmpid=7", "news.example/d/1.html?cmpid=7", FERRY, None),
    (f"{SITE}/e/1.html", "news.example/e/1.html", BRIDGE, None),
]
TODAY = {
    f"news.example/n/{NUMBER}.html": (FERRY, 1),
    f"other.example/epaper/{NUMBER}.html": (BRIDGE, 1),
    "news.example/a/%BA%E9.html": (FERRY, 1),
    "news.example/a/%BD%AD.html": (BRIDGE, 1),
    "news.example/p?from=101": (FERRY, 1),
    "news.example/p?from=102": (BRIDGE, 1),
    "news.example/p?from=103": (VILLAGE, 1),
    "news.example/b/1.jsp": (BRIDGE, 2),
    "news.example/c/1.html": (VILLAGE, 2),
    "news.example/d/1.html": (FERRY, 1),
    "news.example/e/1.html": (BRIDGE, 1),
}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Make an archive as the version before left it."""
    path = tmp_path / "a.db"
    with Archive.open(path) as archive:
        for url, key, title, canonical in COPIES:
            where = page(url, role="original", site="news.example")
            told = Article(where, key, title=title, published_at=AT, canonical_url=canonical)
            told.paragraphs = [Paragraph(TEXTS[title])]
            archive.store(told, None, AT)
        archive.connection.executescript(FORGET)
    return path


def rows(archive: Archive, query: str) -> list[tuple[Any, ...]]:
    return archive.connection.execute(query).fetchall()


def test_it_becomes_what_it_would_be_if_it_were_made_today(old: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), Archive.open(old) as archive:
        query = "SELECT article_key, title, (SELECT count(*) FROM copies WHERE article_id = articles.id) FROM articles"
        found = rows(archive, query)
        assert {key: (title, copies) for key, title, copies in found} == TODAY
        report = check(archive, datetime.now(UTC), deep=True)
        assert [finding for finding in report.findings if finding.severity == "damage"] == []
        assert rows(archive, "SELECT sum(article_count) FROM stories") == [(len(TODAY),)]
        for title in TEXTS:
            wanted = sum(one == title for one, _ in TODAY.values())
            assert archive.search.count(archive.search.parse(f"title:{title}")) == wanted
        assert archive.copies.stored_as([f"{SITE}/b/1.jsp"]) == {f"{SITE}/b/1.jsp": COPIES[7][0]}
    assert "4 split, 2 joined, 5 renamed - each is a row of key_changes" in caplog.text


def test_what_was_split_and_joined_is_told_and_an_old_key_leads_to_its_article(old: Path) -> None:
    with Archive.open(old) as archive:
        changes = set(rows(archive, "SELECT change, old_key, new_key FROM key_changes"))
        assert {row for row in changes if row[0] != "renamed"} == {
            ("split", NUMBER, f"other.example/epaper/{NUMBER}.html"),
            ("split", "news.example/a/%EF%BF%BD%EF%BF%BD.html", "news.example/a/%BD%AD.html"),
            ("split", "news.example/p", "news.example/p?from=102"),
            ("split", "news.example/p", "news.example/p?from=103"),
            ("joined", "news.example/b/1.jsp;jsessionid=B2", "news.example/b/1.jsp"),
            ("joined", "m.news.example/touch/1", "news.example/c/1.html"),
        }
        ids = dict(rows(archive, "SELECT article_key, id FROM articles"))
        for old_key, key in (
            (NUMBER, f"news.example/n/{NUMBER}.html"),
            ("news.example/b/1.jsp;jsessionid=B2", "news.example/b/1.jsp"),
            ("m.news.example/touch/1", "news.example/c/1.html"),
            (f"{SITE}/d/1.html", "news.example/d/1.html"),
            ("news.example/d/1.html?cmpid=7", "news.example/d/1.html"),
        ):
            assert find_article(archive.connection, old_key) == ids[key]


def test_it_is_done_once_and_what_comes_later_finds_its_article(old: Path) -> None:
    Archive.open(old).close()
    with Archive.open(old) as archive:
        changes = rows(archive, "SELECT count(*) FROM key_changes")
        for url, _, title, canonical in COPIES:
            where = page(url, role="original", site="news.example")
            article = Article(where, process(where).article_key, title=title, published_at=AT, canonical_url=canonical)
            article.paragraphs = [Paragraph(TEXTS[title])]
            article.aliases = ["news.example/c/1.html"] if canonical else []
            assert archive.store(article, None, AT).outcome == "known"
        assert rows(archive, "SELECT count(*) FROM key_changes") == changes


def test_an_archive_of_a_site_with_a_numbering_stays_as_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "a.db"
    urls = {
        f"http://127.0.0.1:4567/jiangwan/2026/03/05/NW{NUMBER}.html": "post",
        f"http://127.0.0.1:4567/NewsData/GetNewsText.do?id=NW{NUMBER}&cid=share": "share",
        f"https://finance.eastmoney.com/a/{NUMBER}.html": "original",
        f"file:2026-03-05-NW{NUMBER}.md": "file",
    }
    with Archive.open(path) as archive:
        for url, role in urls.items():
            told = Article(page(url, role=role, site="finews"), NUMBER, title=FERRY, published_at=AT)  # type: ignore[arg-type]
            told.paragraphs = [Paragraph(TEXTS[FERRY])]
            archive.store(told, None, AT)
        before = rows(archive, "SELECT * FROM articles")
        archive.connection.executescript(FORGET)
    with caplog.at_level(logging.WARNING), Archive.open(path) as archive:
        assert rows(archive, "SELECT * FROM articles") == before
        assert rows(archive, "SELECT count(*) FROM copies") == [(4,)]
        assert rows(archive, "SELECT count(*) FROM key_changes") == [(0,)]
    assert "regrouped" not in caplog.text
