"""Which articles were changed: only what a page itself changed, with what changed, never two copies that differ."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.articles import article
from support.pages import AT, page
from support.serving import served

from newsarchive.archive import Archive
from newsarchive.browse.changes import changed_characters, what_changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

LONG = "守塔人每天记下风向与船名，日志一共写满了三十七本。"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    path = tmp_path_factory.mktemp("changes") / "archive.db"
    with Archive.open(path) as archive:

        def say(key: str, text: str, *, copy: str = "a", title: str = "灯塔日志", after: int = 0) -> None:
            where = page(f"https://{copy}.example/{key}.html", at=AT + timedelta(hours=after))
            archive.store(article(where, text, key=f"news.example/{key}", title=title), None, where.fetched_at)

        say("copies", LONG)
        say("copies", LONG + "（青岚商报）", copy="b", after=1)
        say("text", LONG)
        say("text", LONG.replace("三十七", "三十八"), after=2)
        say("headline", LONG)
        say("headline", LONG, title="灯塔日志（更新）", after=3)
        say("signs", LONG)
        say("signs", LONG.replace("，", " , "), after=4)
        say("both", LONG)
        say("both", LONG + "（转载）", copy="b", after=1)
        say("both", LONG + "新的一段。", title="灯塔停电", after=5)
        say("alike", LONG)
        say("alike", LONG + "旧。", copy="b", after=1)
        say("alike", LONG + "新。", after=2)
        say("alike", LONG + "新。", copy="b", after=3)
        say("same", LONG)
        say("same", LONG, after=6)
    with served(path) as client:
        yield client


def changes(site: httpx.Client) -> list[dict[str, Any]]:
    return list(site.get("/archive/changed_articles.json", params={"_shape": "array"}).json())


def test_copies_that_differ_are_no_change(site: httpx.Client) -> None:
    keys = [row["article_key"] for row in changes(site)]
    assert "news.example/copies" not in keys
    assert "news.example/same" not in keys


def test_what_changed_is_told_with_its_size(site: httpx.Client) -> None:
    found = {
        row["article_key"].partition("/")[2]: (row["what_changed"], row["characters_changed"]) for row in changes(site)
    }
    assert found == {
        "text": ("text", 2),
        "headline": ("headline", 4),
        "signs": ("signs and blanks", 4 * LONG.count("，")),
        "both": ("headline and text", 9),
        "alike": ("text", 2),
    }


def test_what_several_copies_changed_alike_is_told_once(site: httpx.Client) -> None:
    assert len(changes(site)) == 5


def test_the_newest_change_comes_first_and_trifles_last(site: httpx.Client) -> None:
    keys = [row["article_key"].partition("/")[2] for row in changes(site)]
    assert keys[:2] == ["both", "headline"]
    assert set(keys[2:4]) == {"text", "alike"}
    assert keys[4:] == ["signs"]


def test_a_change_is_compared_with_what_the_same_page_said(site: httpx.Client) -> None:
    (row,) = [row for row in changes(site) if row["article_key"] == "news.example/both"]
    assert row["version"] == 3
    body = site.get(f"/article/news~2Eexample~2Fboth/changes/{row['version']}").text
    assert "转载" not in body
    assert "新的一段" in body
    assert 'href="/article/news~2Eexample~2Fboth/changes/3"' in site.get("/archive/changed_articles").text


@pytest.mark.parametrize(
    ("before", "after", "what", "characters"),
    [
        (("甲", "文"), ("甲", "文"), "", 0),
        ((None, "文"), ("甲", "文"), "", 0),
        (("甲", "文"), (None, "文二"), "text", 1),
        (("甲", "文"), ("乙", "文"), "headline", 2),
        (("甲乙", "文，字"), ("甲 乙", "文字"), "signs and blanks", 2),
        (("甲", "3%"), ("甲", "8%"), "text", 2),
        (("甲Ａ", "文"), ("甲A", "文"), "signs and blanks", 2),
    ],
)
def test_a_change_is_named_and_measured(
    before: tuple[str | None, str], after: tuple[str | None, str], what: str, characters: int
) -> None:
    (old_title, old_body), (title, body) = before, after
    assert what_changed(old_title, title, old_body, body) == what
    assert changed_characters(old_title, title, old_body, body) == characters
