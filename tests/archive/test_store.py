"""Storing: idempotent, the better copy wins, and the order of arrival leaves no trace."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.archives import new_archive
from support.articles import CHINA, article
from support.pages import AT, page

from newsarchive.archive import Link
from newsarchive.archive.store import ArticleStore
from newsarchive.models import Byline, Category, Hints, Image, Mention, Paragraph, Problem

if TYPE_CHECKING:
    from pathlib import Path

    from newsarchive.archive import Archive
    from newsarchive.models import Article, Page, Role

DIGITS = "202603051234567890"


def seen(url: str, role: Role = "post", minutes: int = 0, **more: Any) -> Page:
    return page(url, b"<p>x</p>", role=role, at=AT + timedelta(minutes=minutes), **more)


def edition(where: Page, *texts: str, **more: Any) -> Article:
    """Return one edition of the article that all tests are about."""
    fields: dict[str, Any] = {
        "title": "江湾晚报讯",
        "kind": "media",
        "source": "江湾晚报",
        "attribution": "（文章来源：江湾晚报）",
    }
    return article(where, *(texts or ("第一段。", "第二段。")), key=DIGITS, **(fields | more))


MEDIA = edition(
    seen("http://demo/jiangwan/NW1.html"), info_code="NW" + DIGITS, category=Category("jiangwan", "江湾晚报")
)
FLASH = edition(
    seen("http://demo/emnews/1.html", minutes=3),
    kind="flash",
    digest="摘要。（江湾晚报）",
    original_url="http://origin/a/1.html",
    mentions=[Mention("1", "600519", "酒业", 2)],
    category=Category("emnews", "滚动新闻"),
)
SHARE = edition(
    seen("http://share/1", "share", 4), "第一段。", "第二段，更全。", title=None, published_at=None, kind=None
)
ORIGIN = edition(
    seen("http://origin/a/1.html", "original", 5),
    kind=None,
    published_at=datetime(2026, 3, 5, 8, 30, tzinfo=CHINA),
    precision="minute",
    bylines=[Byline("editor", "周明")],
    images=[Image("http://origin/1.png", "图")],
    source="江湾晚报网",
    attribution="来源：江湾晚报网",
)
CHANGED = edition(
    seen("http://demo/jiangwan/NW1.html", minutes=30), "第一段，改过。", "第二段。", info_code="NW" + DIGITS
)
BARE = edition(
    seen("http://demo/emnews/2.html", minutes=6),
    "残缺的一篇。",
    title=None,
    published_at=None,
    digest="残缺",
    mentions=[Mention("0", "000001")],
    problems=[Problem("read", "no-title"), Problem("read", "no-date")],
)
OTHER = replace(
    edition(seen("http://demo/x/3.html", minutes=7)), article_key="demo/x/3.html", category=Category("jiangwan")
)
EVERYTHING = [MEDIA, FLASH, SHARE, ORIGIN, CHANGED, BARE, OTHER]

# Numbers that only count arrivals (ids) are replaced by the names they stand for.
QUESTIONS = [
    "SELECT a.article_key, a.info_code, a.kind, a.site, a.url, share_url, original_url, title, digest, body,"
    " published_at, published_date, s.name, attribution, c.slug, c.name, char_count, paragraph_count, content_hash,"
    " revision, first_seen_at, last_seen_at, changed_at, extractor"
    " FROM articles a LEFT JOIN sources s ON s.id = source_id"
    " LEFT JOIN categories c ON c.id = category_id ORDER BY 1",
    "SELECT article_key, position, p.kind, text FROM paragraphs p JOIN articles ON id = article_id ORDER BY 1, 2",
    "SELECT article_key, role, name FROM bylines JOIN articles ON id = article_id ORDER BY 1, 2, 3",
    "SELECT article_key, market, code, name, count FROM mentions JOIN articles ON id = article_id ORDER BY 1, 2, 3",
    "SELECT article_key, position, i.url, alt FROM images i JOIN articles a ON a.id = article_id ORDER BY 1, 2",
    "SELECT a.article_key, c.url, role, c.first_seen_at, c.last_seen_at, http_status, c.content_hash FROM copies c"
    " JOIN articles a ON a.id = article_id ORDER BY 2",
    "SELECT article_key, r.revision, seen_at, r.url, r.title, r.body, r.content_hash FROM revisions r"
    " JOIN articles a ON a.id = article_id ORDER BY 1, 2",
    "SELECT site, slug, name FROM categories ORDER BY 1, 2",
    "SELECT name FROM sources ORDER BY 1",
    "SELECT url, stage, reason, first_at, last_at, count FROM problems ORDER BY 1, 2, 3",
]


def answers(archive: Archive) -> list[list[tuple[object, ...]]]:
    return [archive.connection.execute(question).fetchall() for question in QUESTIONS]


def fill(path: Path, articles: list[Article]) -> list[list[tuple[object, ...]]]:
    with new_archive(path) as archive:
        for one in articles:
            archive.store(one, None, AT)
        return answers(archive)


def row(archive: Archive, columns: str) -> tuple[object, ...]:
    return archive.connection.execute(f"SELECT {columns} FROM articles WHERE article_key = ?", (DIGITS,)).fetchone()


def test_a_new_article_is_stored_with_all_that_hangs_on_it(archive: Archive) -> None:
    assert archive.store(FLASH, None, AT).outcome == "new"
    assert row(archive, "title, published_at, published_date, char_count, paragraph_count, revision") == (
        "江湾晚报讯",
        "2026-03-05T08:30:12+08:00",
        "2026-03-05",
        8,
        2,
        1,
    )
    assert archive.connection.execute("SELECT market, code, name, count FROM mentions").fetchall() == [
        ("1", "600519", "酒业", 2)
    ]


def test_storing_the_same_page_later_changes_only_last_seen_at(archive: Archive) -> None:
    archive.store(MEDIA, None, AT)
    before = row(archive, "*")
    again = replace(MEDIA, page=replace(MEDIA.page, fetched_at=AT + timedelta(hours=2)))
    assert archive.store(again, None, AT).outcome == "known"
    after = row(archive, "*")
    names = [column[1] for column in archive.connection.execute("PRAGMA table_info(articles)")]
    assert [name for name, a, b in zip(names, before, after, strict=True) if a != b] == ["last_seen_at"]


def test_two_editions_of_one_number_are_one_article(archive: Archive) -> None:
    archive.store(FLASH, None, AT)
    assert archive.store(MEDIA, None, AT).outcome == "changed"
    assert archive.connection.execute("SELECT count(*) FROM articles").fetchone() == (1,)
    assert row(archive, "kind, digest, info_code, original_url") == (
        "media",
        "摘要。（江湾晚报）",
        "NW" + DIGITS,
        "http://origin/a/1.html",
    )


def test_the_better_copy_wins_and_a_finer_time_is_kept(archive: Archive) -> None:
    for one in (MEDIA, SHARE, ORIGIN):
        archive.store(one, None, AT)
    assert row(archive, "attribution, published_at, title, url") == (
        "来源：江湾晚报网",
        "2026-03-05T08:30:12+08:00",
        "江湾晚报讯",
        "http://demo/jiangwan/NW1.html",
    )
    archive.store(replace(ORIGIN, page=seen(ORIGIN.page.url, "original", 9), paragraphs=[]), None, AT)
    assert "更全" in str(row(archive, "body")[0])


def test_a_copy_without_title_and_date_is_kept_but_does_not_speak_beside_a_whole_one(archive: Archive) -> None:
    archive.store(BARE, None, AT)
    assert row(archive, "body, digest") == ("残缺的一篇。", "残缺")
    archive.store(MEDIA, None, AT)
    assert row(archive, "title, digest") == ("江湾晚报讯", None)
    assert archive.connection.execute("SELECT count(*) FROM copies").fetchone() == (2,)
    assert archive.connection.execute("SELECT count(*) FROM mentions").fetchone() == (0,)


def test_the_title_of_the_listing_serves_where_the_page_has_none(archive: Archive) -> None:
    listed = seen("http://demo/jiangwan/NW1.html", hints=Hints(title="列表里的标题"))
    archive.store(edition(listed, title=None), None, AT)
    assert row(archive, "title") == ("列表里的标题",)


def test_a_text_that_changes_five_times_has_all_its_revisions_and_the_newest_text(archive: Archive) -> None:
    texts = ["一", "二", "一", "三", "四", "五"]
    for hour, text in enumerate(texts):
        archive.store(edition(seen("http://demo/jiangwan/NW1.html", minutes=60 * hour), text), None, AT)
    kept = archive.connection.execute("SELECT revision, body FROM revisions ORDER BY revision").fetchall()
    assert kept == list(enumerate(texts, start=1))
    assert row(archive, "body, revision, changed_at") == ("五", 6, "2026-03-05T06:00:00Z")


def test_a_copy_without_a_title_is_no_revision_but_one_with_another_text_is(archive: Archive) -> None:
    archive.store(MEDIA, None, AT)
    archive.store(replace(SHARE, paragraphs=MEDIA.paragraphs), None, AT)
    assert row(archive, "revision") == (1,)
    archive.store(ORIGIN, None, AT)
    archive.store(CHANGED, None, AT)
    archive.store(replace(SHARE, page=seen("http://share/1", "share", 50)), None, AT)
    assert archive.connection.execute("SELECT cause, title FROM revisions ORDER BY revision").fetchall() == [
        ("first", "江湾晚报讯"),
        ("site", "江湾晚报讯"),
        ("site", "江湾晚报讯"),
    ]


def test_a_changed_title_is_a_revision(archive: Archive) -> None:
    archive.store(MEDIA, None, AT)
    archive.store(edition(seen(MEDIA.page.url, minutes=9), title="换了题目", info_code="NW" + DIGITS), None, AT)
    assert row(archive, "title, revision") == ("换了题目", 2)


def test_what_is_read_anew_from_a_snapshot_is_told_from_a_change_of_the_site(archive: Archive) -> None:
    archive.store(MEDIA, None, AT)
    better = replace(MEDIA, paragraphs=[Paragraph("更好的读法。")])
    with archive.transaction():
        ArticleStore(archive.connection).store(better, reread_at=AT + timedelta(days=9))
    causes = archive.connection.execute("SELECT cause FROM revisions ORDER BY revision").fetchall()
    assert causes == [("first",), ("reread",)]
    assert row(archive, "body, last_seen_at") == ("更好的读法。", "2026-03-05T01:00:00Z")


def test_the_frontier_row_is_done_with_the_article_or_not_at_all(archive: Archive) -> None:
    archive.frontier.add([Link(MEDIA.page.url, "demo", "post")], None, AT)
    broken = replace(MEDIA, problems=[Problem("read", "no such reason")])
    with pytest.raises(ValueError, match="no such reason"):
        archive.store(broken, None, AT)
    assert archive.frontier.counts() == {"pending": 1}
    assert archive.connection.execute("SELECT count(*) FROM articles").fetchone() == (0,)
    archive.store(MEDIA, None, AT)
    assert archive.frontier.counts() == {"done": 1}


def test_twenty_random_orders_of_the_same_pages_give_the_same_answers(tmp_path: Path) -> None:
    expected = fill(tmp_path / "first.db", EVERYTHING)
    shuffler = random.Random(20260305)
    for number in range(20):
        order = EVERYTHING * 2
        shuffler.shuffle(order)
        assert fill(tmp_path / f"{number}.db", order) == expected


@given(st.permutations([(0, "甲"), (1, "乙"), (2, "甲"), (3, "甲"), (4, "丙")]))
def test_any_order_of_sightings_of_one_copy_gives_the_same_history(
    tmp_path_factory: pytest.TempPathFactory, sightings: list[tuple[int, str]]
) -> None:
    path = tmp_path_factory.mktemp("order") / "archive.db"
    with new_archive(path) as archive:
        for minute, text in sightings:
            archive.store(edition(seen("http://demo/jiangwan/NW1.html", minutes=minute), text), None, AT)
        history = archive.connection.execute("SELECT revision, seen_at, body FROM revisions ORDER BY 1").fetchall()
    assert [body for _, _, body in history] == ["甲", "乙", "甲", "丙"]
    assert [seen_at for _, seen_at, _ in history][:2] == ["2026-03-05T01:00:00Z", "2026-03-05T01:01:00Z"]
