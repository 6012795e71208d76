"""Pages that stand in the place of another article are told from corrections of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from newsarchive.archive.observations import observation_of
from newsarchive.crawl.impostors import another_article, cut_down, repeated
from newsarchive.models import Article, Page, Paragraph

WHEN = datetime(2026, 11, 19, 8, tzinfo=UTC)
TEXT = ["江湾市交通局今天公布了新的线路安排，自下周起加开班次。", "市民对此反应平静，多数人表示等候时间有望缩短。"]
LONG = ["页面已经搬到别处去了，请从首页进入新的栏目继续阅读，我们为此感到抱歉。" * 3]


def article(texts: list[str], **more: Any) -> Article:
    page = Page("https://news.example/1", "post", "wanghu", b"", WHEN)
    return Article(page, "1", paragraphs=[Paragraph(text) for text in texts], **more)


BEFORE = observation_of(article(TEXT, title="江湾地铁加开班次", published_at=WHEN))


@pytest.mark.parametrize(
    ("texts", "more"),
    [
        (TEXT[:1], {"title": "江湾地铁加开班次"}),
        (["更正。"], {"title": "更正", "published_at": WHEN}),
        ([*TEXT, "另据报道，票价不变。"], {"title": "另一个标题"}),
        (TEXT, {}),
    ],
    ids=["shorter under its title", "shorter with a date", "another title", "no title"],
)
def test_what_keeps_date_or_title_or_text_is_a_correction(texts, more):
    assert cut_down(BEFORE, article(texts, **more)) is None


@pytest.mark.parametrize(
    ("texts", "more"),
    [
        (["请重试。"], {"title": "江湾网"}),
        (TEXT[:0], {}),
        (LONG, {"title": "江湾网"}),
        (
            ["请重试。"],
            {
                "title": "江湾地铁加开班次",
                "published_at": WHEN,
                "evidence": {"title": "listing", "published_at": "listing"},
            },
        ),
    ],
    ids=["shorter", "empty", "another text", "date and title of the listing"],
)
def test_what_loses_date_and_title_and_text_does_not_take_its_place(texts, more):
    found = cut_down(BEFORE, article(texts, **more))
    assert found is not None
    assert found.reason == "cut-down-page"
    assert found.detail.endswith(f"in place of {len(BEFORE.body)}")


@pytest.mark.parametrize("lacking", [{"title": "江湾地铁加开班次"}, {"published_at": WHEN}])
def test_a_stored_text_that_lacked_something_itself_is_not_guarded(lacking):
    assert cut_down(observation_of(article(TEXT, **lacking)), article(["短。"])) is None


def test_one_page_may_be_two_articles_and_not_three():
    assert repeated(set(), "a") is None
    assert repeated({"b"}, "a") is None
    assert repeated({"a", "b"}, "b") is None
    found = repeated({"a", "b"}, "c")
    assert found is not None
    assert (found.reason, found.detail) == ("repeated-page", "the same bytes as a")


def test_the_articles_of_one_page_are_known_also_to_a_later_run(archive):
    at = [f"https://news.example/{number}.html" for number in range(3)]
    snapshots = []
    for url, body in zip(at, (b"one", b"one", b"other"), strict=True):
        page = Page(url, "original", "wanghu", body, WHEN)
        page.snapshot_id = archive.snapshots.save(page)
        snapshots.append(page.snapshot_id)
        archive.store(Article(page, url[8:], paragraphs=[Paragraph(TEXT[0])]), None, WHEN)
    later = Page("https://news.example/9.html", "original", "wanghu", b"one", WHEN)
    keys = {url[8:] for url in at[:2]}
    assert archive.copies.keys_of_page(archive.snapshots.save(later), 3) == keys
    assert archive.copies.keys_of_page(snapshots[0], 3) == keys
    assert archive.copies.keys_of_page(snapshots[2], 3) == {at[2][8:]}


def redirected(texts: list[str], landed: str | None = "https://news.example/2", **more: Any) -> Article:
    told = article(texts, **more)
    told.page.final_url = landed
    return told


@pytest.mark.parametrize(
    ("texts", "more"),
    [
        (LONG, {"title": "江湾网"}),
        (["望湖大桥昨天合龙。"], {"title": "望湖大桥合龙", "published_at": WHEN}),
    ],
)
def test_an_address_that_leads_to_another_article_now_is_not_the_stored_one(texts, more):
    found = another_article(BEFORE, redirected(texts, **more))
    assert found is not None
    assert (found.reason, found.state) == ("redirected-away", "rejected")
    assert found.detail.endswith("https://news.example/2")


def test_an_address_that_leads_to_the_same_article_or_nowhere_else_is_the_stored_one():
    assert another_article(BEFORE, redirected(TEXT[:1], title=BEFORE.title)) is None
    assert another_article(BEFORE, redirected(TEXT, title="另一个标题")) is None
    assert another_article(BEFORE, redirected(LONG, None)) is None
    assert another_article(BEFORE, redirected(LONG, "http://www.news.example:80/1#top")) is None
    before = observation_of(redirected(TEXT))
    assert another_article(before, redirected(LONG)) is None
    assert another_article(observation_of(article([])), redirected(LONG)) is None
