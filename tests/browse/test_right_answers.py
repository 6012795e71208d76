"""Which articles were changed: only what a page itself changed, with what changed, never two copies that differ."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.articles import CHINA, article
from support.pages import AT, page
from support.serving import served

from newsarchive.archive import Archive
from newsarchive.browse.changes import changed_characters, what_changed
from newsarchive.timestamps import by_clock_of, clock_of

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


@pytest.mark.parametrize("address", ["/article/news~2Eexample~2Ftext", "/article/news~2Eexample~2Ftext/changes/2"])
def test_times_at_which_a_page_was_seen_are_by_the_clock_of_its_article(site: httpx.Client, address: str) -> None:
    text = site.get(address).text
    seen = (AT + timedelta(hours=2)).astimezone(CHINA)
    assert f">{seen:%Y-%m-%d %H:%M}</time>" in text
    assert "UTC+8" in text
    assert " UTC</time>" not in text


def test_an_answer_has_one_clock(site: httpx.Client) -> None:
    row = next(row for row in site.get("/archive/changed_articles").text.split("<tr>") if "~2Ftext/" in row)
    assert len(re.findall(r'<time datetime="[^"]*\+08:00">', row)) == row.count("<time") == 2


@pytest.mark.parametrize(
    ("published_at", "time", "clock"),
    [
        ("2026-03-05T08:00:00+08:00", "2026-03-05T12:30:00+08:00", "UTC+8"),
        ("2026-03-05T08:00:00-03:30", "2026-03-05T01:00:00-03:30", "UTC-3:30"),
        ("2026-03-05T08:00:00+00:00", "2026-03-05T04:30:00+00:00", "UTC"),
        ("2026-03-05", "2026-03-05T04:30:00Z", "UTC"),
        (None, "2026-03-05T04:30:00Z", "UTC"),
    ],
)
def test_a_time_of_the_archive_is_written_by_the_clock_of_a_publication(
    published_at: str | None, time: str, clock: str
) -> None:
    assert by_clock_of("2026-03-05T04:30:00Z", published_at) == time
    assert clock_of(published_at) == clock


@pytest.mark.parametrize("time", ["soon", "9999-12-31T23:59:00Z", "2026-03-05"])
def test_what_no_clock_can_show_stays_as_it_is(time: str) -> None:
    assert by_clock_of(time, "2026-03-05T08:00:00+08:00") == time
