"""Articles as they are read from the archive: the order of their parts, their revisions and their story."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from newsarchive.archive.queries import (
    article_row,
    articles,
    articles_of,
    find_article,
    ids_of,
    one,
    revisions,
    rows,
    story_members,
    value,
)
from newsarchive.errors import UserError
from newsarchive.models import Article, Byline, Image, Mention, Page, Paragraph

if TYPE_CHECKING:
    from newsarchive.archive import Archive

KEY = "202603050000000007"
TEXT = (
    "江湾港的吞吐量比去年增加了一成，港务部门昨天在码头上作了说明。渡轮公司表示，夜航班次从下月起恢复，票价不变。"
    "海运协会的统计显示，三月以来靠港的船只多于往年同期，仓储价格则略有下降，预计到夏天才会回升。"
)
ZONE = timezone(timedelta(hours=8))


def store(archive: Archive, host: str, key: str = KEY, *, seen: int = 6, **fields: object) -> int:
    moment = datetime(2026, 3, seen, tzinfo=UTC)
    page = Page(f"http://{host}.example/{key}.html", "post", "demo", b"", moment)
    content: dict[str, object] = {"title": "江湾港的消息", "paragraphs": [Paragraph(TEXT)], **fields}
    return archive.store(Article(page, key, **content), None, moment).article_id  # type: ignore[arg-type]


def test_parts_come_in_one_order_whatever_the_page_prints_first(archive: Archive) -> None:
    article_id = store(
        archive,
        "a",
        bylines=[
            Byline("editor", "石望舒"),
            Byline("author", "顾砚秋"),
            Byline("author", "丁一"),
            Byline("editor", "石望舒"),
        ],
        mentions=[
            Mention("1", "600160", "江湾港", 1),
            Mention("0", "000001", None, 3),
            Mention("1", "600002", "渡轮", 2),
        ],
        images=[Image("http://a.example/2.png"), Image("http://a.example/1.png", "码头")],
        paragraphs=[Paragraph("航班", "heading"), Paragraph(TEXT)],
    )
    (found,) = articles_of(archive.connection, [article_id])
    assert [(byline.role, byline.name) for byline in found.bylines] == [
        ("author", "丁一"),
        ("author", "顾砚秋"),
        ("editor", "石望舒"),
    ]
    assert [mention.code for mention in found.mentions] == ["000001", "600002", "600160"]
    assert found.images == [Image("http://a.example/2.png"), Image("http://a.example/1.png", "码头")]
    assert found.paragraphs == [Paragraph("航班", "heading"), Paragraph(TEXT)]


def test_copies_come_in_the_order_in_which_they_were_first_seen_and_not_stored(archive: Archive) -> None:
    late = store(archive, "late", seen=9)
    store(archive, "early", seen=7)
    (found,) = articles_of(archive.connection, [late])
    assert [(copy.url, copy.first_seen_at) for copy in found.copies] == [
        (f"http://early.example/{KEY}.html", "2026-03-07T00:00:00Z"),
        (f"http://late.example/{KEY}.html", "2026-03-09T00:00:00Z"),
    ]
    assert [(copy.snapshot_id, copy.length, copy.gone_at) for copy in found.copies] == [(None, None, None)] * 2


def test_articles_come_in_the_order_asked_for_and_unknown_ones_are_left_out(archive: Archive) -> None:
    first, second = (store(archive, "a", key) for key in ("k1", "k2"))
    assert [found.key for found in articles_of(archive.connection, [second, 99, first])] == ["k2", "k1"]
    assert ids_of(archive.connection, ["k2", "unknown", "k1"]) == [second, first]


def test_many_articles_are_read_in_steps_and_none_is_lost(archive: Archive) -> None:
    with archive.transaction():
        ids = [store(archive, "a", f"k{number}", paragraphs=[Paragraph(f"{number}{TEXT}")]) for number in range(203)]
    found = list(articles_of(archive.connection, ids[::-1]))
    assert [article.key for article in found] == [f"k{number}" for number in reversed(range(203))]
    assert all(len(article.paragraphs) == len(article.copies) == 1 for article in found)
    assert [article.key for article in articles(archive.connection)] == [f"k{number}" for number in range(203)]


def test_only_the_parts_asked_for_are_read(archive: Archive) -> None:
    article_id = store(archive, "a")
    (found,) = articles_of(archive.connection, [article_id], parts=("copies",))
    assert (found.paragraphs, len(found.copies)) == ([], 1)


def test_revisions_are_told_oldest_first_with_their_texts(archive: Archive) -> None:
    article_id = store(archive, "a", seen=6)
    store(archive, "a", seen=8, paragraphs=[Paragraph(TEXT + "补充。")])
    first, second = revisions(archive.connection, article_id)
    assert (first.revision, first.cause, first.body) == (1, "first", TEXT)
    assert (second.revision, second.cause, second.body) == (2, "site", TEXT + "补充。")
    assert revisions(archive.connection, article_id + 1) == []


def test_a_story_is_told_in_the_order_of_publication_the_day_alone_at_its_end_and_the_undated_last(
    archive: Archive,
) -> None:
    def at(hour: int) -> datetime:
        return datetime(2026, 3, 5, hour, tzinfo=ZONE)

    store(archive, "a", "undated")
    store(archive, "a", "day", published_at=at(0), precision="day")
    store(archive, "a", "later", published_at=at(9), source="江湾晚报")
    store(archive, "a", "first", published_at=at(8))
    (story_id,) = {row["story_id"] for row in rows(archive.connection, "SELECT story_id FROM articles")}
    found = story_members(archive.connection, story_id)
    assert [(member.article_key, member.minutes_later) for member in found] == [
        ("first", 0),
        ("later", 60),
        ("day", None),
        ("undated", None),
    ]
    assert found[1].source == "江湾晚报"
    assert story_members(archive.connection, story_id, limit=2) == found[:2]
    assert story_members(archive.connection, None) == []


def test_a_row_has_every_column_and_names_for_ids(archive: Archive) -> None:
    article_id = store(archive, "a", source="江湾晚报")
    row = article_row(archive.connection, article_id)
    assert row is not None
    assert (row["source"], row["source_printed"], row["category"]) == ("江湾晚报", "江湾晚报", None)
    columns = {column["name"] for column in rows(archive.connection, "SELECT name FROM pragma_table_info('articles')")}
    assert columns < set(row)
    assert article_row(archive.connection, article_id + 1) is None


def test_rows_are_dicts_by_the_names_of_the_columns(archive: Archive) -> None:
    assert rows(archive.connection, "SELECT 1 AS a, 'x' AS b") == [{"a": 1, "b": "x"}]
    assert one(archive.connection, "SELECT :n AS a", {"n": 2}) == {"a": 2}
    assert one(archive.connection, "SELECT 1 AS a WHERE 0") is None
    assert value(archive.connection, "SELECT ?", (3,)) == 3


def test_an_article_is_found_by_key_address_and_the_end_of_its_key(archive: Archive) -> None:
    article_id = store(archive, "a")
    other = store(archive, "b", "202603050000010007")
    for text in (KEY, f"http://a.example/{KEY}.html", " 000000007 "):
        assert find_article(archive.connection, text) == article_id
    assert find_article(archive.connection, "10007") == other
    with pytest.raises(UserError, match="0007 is the end of 2 keys - write more digits"):
        find_article(archive.connection, "0007")
    for text in ("007", "nothing", "http://[/", "%0007"):
        with pytest.raises(UserError, match="no article"):
            find_article(archive.connection, text)
