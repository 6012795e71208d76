"""Storing one page: what it says it did, and which rows it leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from support.archives import new_archive

from newsarchive.archive.store import (
    Stored,
    fill_precision,
    refresh,
    store,
)
from newsarchive.models import (
    Article,
    Byline,
    Category,
    Image,
    Mention,
    Page,
    Paragraph,
)

if TYPE_CHECKING:
    from pathlib import Path

    from newsarchive.archive import Archive

CHINA = timezone(timedelta(hours=8))
T0 = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
KEY = "202603051234567890"
TEXT = (
    "江湾市交通局三日公布，跨海渡轮自下月起延长夜航，末班船由二十一时改为二十三时三十分。",
    "局长林知远说，去年夜间候船的市民超过四十一万人次，渡口商铺联名请求延长营业。",
)


def article(
    url: str = "http://demo/1", *, role: str = "post", minutes: int = 0, key: str = KEY, texts: Any = TEXT, **more: Any
) -> Article:
    page = Page(url, role, "demo", b"<p>x</p>", T0 + timedelta(minutes=minutes))  # type: ignore[arg-type]
    paragraphs = [Paragraph(text) for text in texts]
    published_at = datetime(2026, 3, 5, 8, 30, 12, tzinfo=CHINA)
    fields = {"title": "渡轮夜航", "published_at": published_at, "paragraphs": paragraphs} | more
    return Article(page=page, article_key=key, **fields)


def put(archive: Archive, one: Article, **more: Any) -> Stored:
    with archive.transaction():
        return store(archive.connection, one, **more)


def rows(archive: Archive, query: str) -> list[tuple[Any, ...]]:
    return archive.connection.execute(query).fetchall()


FULL = article(
    info_code="NW" + KEY,
    kind="media",
    source="江湾晚报",
    attribution="来源：江湾晚报",
    category=Category("jiangwan", "江湾晚报", "http://demo/jiangwan/"),
    bylines=[Byline("editor", "周明"), Byline("author", "李四"), Byline("author", "李四"), Byline("author", "丁一")],
    mentions=[Mention("1", "600519", "酒业", 2), Mention("0", "000001", None, 1)],
    images=[Image("http://i/2", "图", "说明"), Image("http://i/1")],
    paragraphs=[Paragraph("一。"), Paragraph("表", "table"), Paragraph("三。")],
)


def test_a_new_article_leaves_all_its_rows(archive: Archive) -> None:
    assert put(archive, FULL) == Stored(1, "new")
    assert rows(
        archive,
        "SELECT id, article_key, info_code, title, kind, body, first_seen_at, last_seen_at, revision, changed_at,"
        " source_printed, published_precision FROM articles",
    ) == [
        (
            1,
            KEY,
            "NW" + KEY,
            "渡轮夜航",
            "media",
            "一。\n\n表\n\n三。",
            "2026-03-05T01:00:00Z",
            "2026-03-05T01:00:00Z",
            1,
            "2026-03-05T01:00:00Z",
            "江湾晚报",
            "second",
        )
    ]
    assert rows(archive, "SELECT * FROM paragraphs ORDER BY position") == [
        (1, 0, "text", "一。"),
        (1, 1, "table", "表"),
        (1, 2, "text", "三。"),
    ]
    assert rows(archive, "SELECT * FROM bylines ORDER BY rowid") == [
        (1, "author", "丁一"),
        (1, "author", "李四"),
        (1, "editor", "周明"),
    ]
    assert rows(archive, "SELECT * FROM mentions ORDER BY rowid") == [
        (1, "0", "000001", None, 1),
        (1, "1", "600519", "酒业", 2),
    ]
    assert rows(archive, "SELECT * FROM images ORDER BY position") == [
        (1, 0, "http://i/2", "图", "说明"),
        (1, 1, "http://i/1", None, None),
    ]
    assert rows(archive, "SELECT url, first_seen_at, last_seen_at FROM copies") == [
        ("http://demo/1", "2026-03-05T01:00:00Z", "2026-03-05T01:00:00Z")
    ]
    assert rows(archive, "SELECT cause, first_seen_at FROM readings") == [("site", "2026-03-05T01:00:00Z")]
    assert rows(
        archive,
        "SELECT s.name, c.site, c.slug, c.name, c.url, a.story_id FROM articles a"
        " JOIN sources s ON s.id = a.source_id JOIN categories c ON c.id = a.category_id",
    ) == [("江湾晚报", "demo", "jiangwan", "江湾晚报", "http://demo/jiangwan/", 1)]


def test_an_article_without_source_category_and_parts_has_none(archive: Archive) -> None:
    put(archive, article(source=" \u3000", texts=()))
    assert rows(archive, "SELECT source_id, category_id, source_printed FROM articles") == [(None, None, None)]
    for table in ("sources", "categories", "paragraphs", "bylines", "mentions", "images"):
        assert rows(archive, f"SELECT * FROM {table}") == []


@pytest.mark.parametrize(
    "change",
    [
        {"paragraphs": [Paragraph("一。"), Paragraph("表", "list"), Paragraph("三。")]},
        {"bylines": [Byline("author", "丁一")]},
        {"mentions": [Mention("1", "600519", "酒业", 3)]},
        {"images": [Image("http://i/2", "图", "说明"), Image("http://i/3")]},
        {"images": []},
        {"title": "换了题目"},
        {"category": Category("emnews", "滚动")},
        {"source": "江湾日报"},
    ],
)
def test_whatever_differs_in_a_later_page_is_told_as_a_change_and_kept(
    archive: Archive, change: dict[str, Any], tmp_path: Path
) -> None:
    put(archive, FULL)
    later = replace(FULL, page=replace(FULL.page, fetched_at=T0 + timedelta(hours=1)), **change)
    assert put(archive, later) == Stored(1, "changed")
    with new_archive(tmp_path / "fresh.db") as fresh:
        put(fresh, later)
        for table in ("paragraphs", "bylines", "mentions", "images"):
            assert rows(archive, f"SELECT * FROM {table}") == rows(fresh, f"SELECT * FROM {table}")
        for column in ("title", "body", "content_hash", "source_printed"):
            assert rows(archive, f"SELECT {column} FROM articles") == rows(fresh, f"SELECT {column} FROM articles")
        names = (
            "SELECT c.slug, s.name FROM articles a"
            " JOIN categories c ON c.id = a.category_id JOIN sources s ON s.id = a.source_id"
        )
        assert rows(archive, names) == rows(fresh, names)


def test_a_page_that_says_nothing_new_moves_only_the_last_sighting(archive: Archive) -> None:
    put(archive, FULL)
    before = rows(archive, "SELECT * FROM articles")[0]
    later = replace(FULL, page=replace(FULL.page, fetched_at=T0 + timedelta(hours=1)))
    assert put(archive, later) == Stored(1, "known")
    after = rows(archive, "SELECT * FROM articles")[0]
    assert [new for old, new in zip(before, after, strict=True) if old != new] == ["2026-03-05T02:00:00Z"]
    assert rows(archive, "SELECT last_seen_at FROM articles") == [("2026-03-05T02:00:00Z",)]


def test_an_earlier_sighting_moves_only_the_first_one(archive: Archive) -> None:
    put(archive, article(minutes=30))
    put(archive, article(minutes=10))
    sightings = "SELECT first_seen_at, last_seen_at FROM articles"
    assert rows(archive, sightings) == [("2026-03-05T01:10:00Z", "2026-03-05T01:30:00Z")]


def test_a_further_copy_that_adds_nothing_is_known_and_widens_the_time_of_sightings(archive: Archive) -> None:
    put(archive, article(minutes=10))
    assert put(archive, article("http://feed/1", role="feed", minutes=20)) == Stored(1, "known")
    assert put(archive, article("http://feed/2", role="feed", minutes=5)) == Stored(1, "known")
    assert rows(archive, "SELECT first_seen_at, last_seen_at, revision, changed_at FROM articles") == [
        ("2026-03-05T01:05:00Z", "2026-03-05T01:20:00Z", 1, "2026-03-05T01:05:00Z")
    ]
    assert rows(archive, "SELECT count(*) FROM copies") == [(3,)]


def test_a_known_address_stays_with_its_article_whatever_key_it_is_given_later(archive: Archive) -> None:
    other = {"texts": ["另一篇文章的正文。"], "title": "另一篇"}
    put(archive, article("http://demo/1", key="demo/1"))
    put(archive, article("http://demo/2", key=KEY, **other))
    assert put(archive, article("http://demo/1", key=KEY, minutes=5)) == Stored(1, "known")
    assert put(archive, article("http://demo/3", key=KEY, **other)) == Stored(2, "known")


def test_a_known_address_that_turns_out_to_have_the_number_of_another_copy_is_one_with_it(archive: Archive) -> None:
    put(archive, article("http://demo/1", key="demo/1"))
    put(archive, article("http://demo/2", key=KEY))
    assert put(archive, article("http://demo/1", key=KEY, minutes=5)) == Stored(1, "changed")
    assert rows(archive, "SELECT article_key FROM articles") == [(KEY,)]
    assert rows(archive, "SELECT change, old_key, new_key FROM key_changes") == [
        ("joined", KEY, "demo/1"),
        ("renamed", "demo/1", KEY),
    ]


def test_a_changed_text_has_its_revision_and_the_time_of_its_change(archive: Archive) -> None:
    of_one_text = "SELECT c.content_hash = a.content_hash FROM copies c, articles a"
    put(archive, article())
    assert rows(archive, of_one_text) == [(1,)]
    put(archive, article(minutes=10, texts=["改过的正文。"]))
    assert rows(archive, of_one_text) == [(1,)]
    assert rows(archive, "SELECT body, revision, changed_at, last_seen_at FROM articles") == [
        ("改过的正文。", 2, "2026-03-05T01:10:00Z", "2026-03-05T01:10:00Z")
    ]


def test_reading_a_snapshot_again_is_no_sighting_and_told_as_ours(archive: Archive) -> None:
    put(archive, article(minutes=10))
    again = T0 + timedelta(days=9)
    assert put(archive, article(minutes=10), reread_at=again) == Stored(1, "known")
    better = article(minutes=10, texts=["更好的读法。"])
    assert put(archive, better, reread_at=again) == Stored(1, "changed")
    assert rows(archive, "SELECT body, last_seen_at, changed_at FROM articles") == [
        ("更好的读法。", "2026-03-05T01:10:00Z", "2026-03-14T01:00:00Z")
    ]
    assert rows(archive, "SELECT cause, first_seen_at FROM readings ORDER BY id") == [
        ("site", "2026-03-05T01:10:00Z"),
        ("reread", "2026-03-14T01:00:00Z"),
    ]
    assert rows(archive, "SELECT c.content_hash = a.content_hash FROM copies c, articles a") == [(1,)]


@pytest.mark.parametrize("minutes", [5, 20])
def test_reading_a_snapshot_that_was_never_stored_moves_no_sighting_of_its_copy(archive: Archive, minutes: int) -> None:
    put(archive, article(minutes=10))
    assert put(archive, article(minutes=minutes), reread_at=T0 + timedelta(days=9)) == Stored(1, "known")
    for table in ("articles", "copies"):
        sightings = rows(archive, f"SELECT first_seen_at, last_seen_at FROM {table}")
        assert sightings == [("2026-03-05T01:10:00Z", "2026-03-05T01:10:00Z")]


def test_a_snapshot_whose_copy_is_not_known_yet_is_a_sighting_at_the_time_of_its_page(archive: Archive) -> None:
    put(archive, article(minutes=10))
    put(archive, article("http://demo/2", minutes=20), reread_at=T0 + timedelta(days=9))
    assert rows(archive, "SELECT url, last_seen_at FROM copies ORDER BY id") == [
        ("http://demo/1", "2026-03-05T01:10:00Z"),
        ("http://demo/2", "2026-03-05T01:20:00Z"),
    ]
    assert rows(archive, "SELECT DISTINCT cause FROM readings") == [("site",)]


def test_a_source_that_only_a_less_trusted_copy_names_is_known_too(archive: Archive) -> None:
    put(archive, article(source="江湾晚报"))
    put(archive, article("http://feed/1", role="feed", source="江湾晚报网"))
    put(archive, article("http://feed/1", role="feed", source="江湾新闻", minutes=9))
    assert rows(archive, "SELECT name FROM sources ORDER BY id") == [("江湾晚报",), ("江湾晚报网",), ("江湾新闻",)]
    assert rows(archive, "SELECT source_id FROM articles") == [(1,)]


@pytest.mark.parametrize("turn", [1, -1])
def test_of_several_names_of_a_category_the_first_in_the_alphabet_stays_in_any_order(
    archive: Archive, turn: int
) -> None:
    said = [
        Category("x", "b", "http://demo/b"),
        Category("x", "a", "http://demo/c"),
        Category("x"),
        Category("x", None, "http://demo/d"),
        Category("y", "c"),
    ]
    for number, category in enumerate(said[::turn]):
        put(archive, article(f"http://demo/{number}", key=f"demo/{number}", category=category))
    known = rows(archive, "SELECT site, slug, name, url FROM categories ORDER BY slug")
    assert known == [("demo", "x", "a", "http://demo/b"), ("demo", "y", "c", None)]
    placed = rows(archive, "SELECT c.slug FROM articles a JOIN categories c ON c.id = a.category_id ORDER BY a.id")
    assert [slug for (slug,) in placed] == ["x", "x", "x", "x", "y"][::turn]


def test_a_category_of_another_site_is_another_category(archive: Archive) -> None:
    put(archive, article(category=Category("x", "a")))
    other = article("http://other/2", key="other/2", category=Category("x", "b"))
    other.page.site = "other"
    put(archive, other)
    assert rows(archive, "SELECT site, slug, name FROM categories ORDER BY id") == [
        ("demo", "x", "a"),
        ("other", "x", "b"),
    ]


def test_a_category_that_only_a_less_trusted_copy_names_is_known_too(archive: Archive) -> None:
    put(archive, article(category=Category("x", "a")))
    put(archive, article("http://feed/1", role="feed", category=Category("z", "c")))
    assert rows(archive, "SELECT slug FROM categories ORDER BY id") == [("x",), ("z",)]


def test_articles_of_one_text_are_one_story_until_one_of_them_changes(archive: Archive) -> None:
    put(archive, article("http://demo/1", key="demo/1"))
    put(archive, article("http://demo/2", key="demo/2"))
    assert rows(archive, "SELECT story_id FROM articles ORDER BY id") == [(1,), (1,)]
    put(archive, article("http://demo/2", key="demo/2", texts=["完全不同的一篇，讲的是天气。"], minutes=9))
    assert rows(archive, "SELECT story_id FROM articles ORDER BY id") == [(1,), (2,)]


def test_between_equal_times_of_publication_the_earlier_sighting_leads_a_story_also_when_it_comes_late(
    archive: Archive,
) -> None:
    put(archive, article("http://demo/1", key="demo/1", minutes=10))
    put(archive, article("http://demo/2", key="demo/2", minutes=20))
    lead = "SELECT lead_article_id FROM stories"
    assert rows(archive, lead) == [(1,)]
    put(archive, article("http://demo/2", key="demo/2", minutes=5))
    assert rows(archive, lead) == [(2,)]


def test_making_a_row_anew_from_what_it_was_made_of_changes_nothing(archive: Archive) -> None:
    put(archive, FULL)
    before = rows(archive, "SELECT * FROM articles")
    with archive.transaction():
        assert refresh(archive.connection, 1) is False
    assert rows(archive, "SELECT * FROM articles") == before
    with archive.transaction():
        archive.connection.execute("UPDATE articles SET title = 'damaged'")
        archive.connection.execute("DELETE FROM images WHERE position = 0")
        assert refresh(archive.connection, 1) is True
    assert rows(archive, "SELECT * FROM articles") == before
    assert rows(archive, "SELECT count(*) FROM images") == [(2,)]


def test_how_exact_a_time_is_can_be_filled_in_from_the_copies(archive: Archive) -> None:
    put(archive, article("http://demo/1", key="demo/1"))
    put(archive, article("http://demo/2", key="demo/2", precision="minute"))
    put(archive, article("http://demo/3", key="demo/3", precision="day"))
    put(archive, article("http://demo/4", key="demo/4", published_at=None))
    put(archive, article("http://feed/3", role="feed", key="demo/3", precision="minute"))
    precisions = "SELECT published_precision FROM articles ORDER BY id"
    expected = [("second",), ("minute",), ("minute",), (None,)]
    assert rows(archive, precisions) == expected
    told: list[tuple[int, int]] = []
    with archive.transaction():
        archive.connection.execute("UPDATE articles SET published_precision = NULL")
        fill_precision(archive.connection, lambda done, of: told.append((done, of)))
    assert rows(archive, precisions) == expected
    assert told == [(1, 2), (2, 2)]
    with archive.transaction():
        archive.connection.execute("UPDATE articles SET published_precision = NULL")
        fill_precision(archive.connection, lambda _done, _total=None: None)
    assert rows(archive, precisions) == expected


@pytest.mark.parametrize(("minutes", "second"), [(-5, 1), (5, 300)])
def test_what_is_seen_last_comes_a_moment_after_what_a_clock_that_was_ahead_has_seen(
    archive: Archive, minutes: int, second: int
) -> None:
    put(archive, article())
    put(archive, article(minutes=minutes, texts=("改过的一段。",)), is_latest=True)
    assert rows(archive, "SELECT last_seen_at, content_hash FROM copies") == [
        (
            (T0 + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            *rows(archive, "SELECT content_hash FROM articles")[0],
        )
    ]
    assert rows(archive, "SELECT body FROM articles") == [("改过的一段。",)]


def test_a_page_that_is_read_again_forgets_no_address_that_it_named(archive: Archive) -> None:
    url, canonical = "http://demo/a/1.html", "demo/b/1"
    named = article(url, key="demo/a/1.html", aliases=[canonical])
    put(archive, named)
    bare = article(url, key="demo/a/1.html")
    put(archive, bare, reread_at=T0 + timedelta(days=1))
    assert rows(archive, "SELECT key FROM copy_keys WHERE kind = 'named'") == [(canonical,)]
    put(archive, bare)
    assert rows(archive, "SELECT key FROM copy_keys WHERE kind = 'named'") == []
