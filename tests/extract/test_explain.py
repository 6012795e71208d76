"""An explanation shows every field that was read and the rule that gave it."""

from __future__ import annotations

from datetime import UTC, datetime

from support.articles import article
from support.pages import page

from newsarchive.extract.explain import explain, shorten
from newsarchive.models import (
    Article,
    Byline,
    Category,
    Image,
    Mention,
    Paragraph,
    Problem,
)


def whole_article() -> Article:
    return article(
        key="202203030000000001",
        title="城南公司公告",
        paragraphs=[Paragraph("第一段"), Paragraph("小标题", "heading")],
        published_at=datetime(2022, 3, 3, 5, 23, tzinfo=UTC),
        precision="minute",
        source="城南日报",
        attribution="来源：城南日报 转自 东城网",
        via=["东城网"],
        bylines=[Byline("author", "张三"), Byline("editor", "李四")],
        mentions=[Mention("1", "600519", "某酒", 2)],
        images=[Image("https://news.example/1.jpg", caption="会场")],
        category=Category("caijing", "财经"),
        extractor="demo/article",
        evidence={"title": "h1", "body": "div.text", "published_at": "time", "source": "label"},
        problems=[Problem("extract", "damaged-text", "2 characters")],
    )


def test_each_field_is_shown_with_its_rule() -> None:
    rows = explain(whole_article())
    assert ("title", "城南公司公告", "h1") in rows
    assert ("published_at", "2022-03-03T05:23:00+00:00", "time (to the minute)") in rows
    assert ("source", "城南日报", "label") in rows
    assert ("via", "东城网", "") in rows
    assert ("byline", "editor 李四", "") in rows
    assert ("mention", "1.600519 某酒 x2", "") in rows
    assert ("image", "https://news.example/1.jpg", "会场") in rows
    assert ("category", "caijing 财经", "") in rows
    assert ("text 1", "第一段", "div.text") in rows
    assert ("heading 2", "小标题", "") in rows
    assert rows[0] == ("extractor", "demo/article", "")
    assert rows[-1] == ("problem", "damaged-text", "extract 2 characters")


def test_fields_that_were_not_found_are_left_out() -> None:
    assert [row.field for row in explain(Article(page(), "key"))] == ["extractor", "article_key"]


def test_long_values_keep_their_beginning_and_end() -> None:
    text = "甲" * 80 + "乙" * 80
    assert shorten(text).startswith("甲甲甲")
    assert shorten(text).endswith("乙乙乙")
    assert len(shorten(text)) <= 100
    assert shorten("短") == "短"
