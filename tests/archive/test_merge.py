"""Merging: which of several copies speaks for each field of an article."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from itertools import pairwise, permutations
from typing import Any

import pytest

from newsarchive.archive.merge import merge
from newsarchive.archive.observations import Observation, content_hash
from newsarchive.models import (
    WHOLE,
    Byline,
    Category,
    Image,
    Mention,
    Paragraph,
)


def copy(
    role: str = "post", *, name: str = "1", title: str | None = "标题", body: str = "正文。", **fields: Any
) -> Observation:
    return Observation(
        url=f"http://{role}.example/{name}",
        role=role,  # type: ignore[arg-type]
        site=f"{role}-site",
        title=title,
        body=body,
        content_hash=content_hash(body),
        extractor=f"{role}/rules",
        fields=fields,
    )


def columns(*copies: Observation) -> dict[str, Any]:
    """Return the merged columns, after a look that the order of the copies does not matter."""
    every = [merge(order) for order in permutations(copies)]
    assert all(merged == every[0] for merged in every)
    return every[0].columns


def test_the_more_trusted_copy_gives_each_field_that_it_has() -> None:
    by_trust = ["original", "share", "post", "file", "feed", "listing"]
    plain = ("info_code", "share_url", "original_url", "original_title", "digest", "section", "lang")
    for better, worse in pairwise(by_trust):
        merged = columns(
            copy(better, title="好", body="好的正文。", **{name: f"好{name}" for name in plain}),
            copy(worse, title="差", body="差的正文。", **{name: f"差{name}" for name in plain}),
        )
        assert {name: merged[name] for name in plain} == {name: f"好{name}" for name in plain}
        assert (merged["title"], merged["body"], merged["extractor"]) == ("好", "好的正文。", f"{better}/rules")
        assert merged["content_hash"] == content_hash("好的正文。")


def test_what_the_better_copy_leaves_out_is_taken_from_the_next() -> None:
    merged = columns(
        copy("original", title=None, published_at="2026-03-05T08:30:12+08:00"),
        copy("post", digest="摘要", source="江湾晚报", attribution="来源：江湾晚报", via=["甲", "乙"]),
        copy("feed", digest="别的摘要", section="财经"),
    )
    assert merged["title"] == "标题"
    assert (merged["digest"], merged["section"]) == ("摘要", "财经")
    assert (merged["source_printed"], merged["attribution"]) == ("江湾晚报", "来源：江湾晚报")
    assert merged["via"] == '["甲", "乙"]'
    assert merged["original_url"] == "http://original.example/1"
    assert merged["info_code"] is merged["share_url"] is merged["lang"] is merged["kind"] is None


def test_an_article_of_which_nothing_is_said_has_empty_columns() -> None:
    merged = merge([copy("listing", title=None, body="")])
    filled = {name: value for name, value in merged.columns.items() if value is not None}
    assert filled == {
        "site": "listing-site",
        "url": "http://listing.example/1",
        "body": "",
        "paywalled": 0,
        "content_hash": content_hash(""),
        "char_count": 0,
        "paragraph_count": 0,
        "extractor": "listing/rules",
    }
    assert merged.paragraphs == merged.bylines == merged.mentions == merged.images == []
    assert merged.category is None


def test_every_column_comes_from_what_one_copy_says() -> None:
    merged = columns(
        copy(
            "post",
            body="第一段。\n\n第二段落。\n\n三。",
            info_code="NW202603051234567890",
            kind="media",
            share_url="http://share.example/x",
            original_url="http://origin.example/x",
            original_title="原题",
            digest="摘要",
            published_at="2026-03-05T08:30:12+08:00",
            source=" 江湾\u3000晚报 ",
            attribution="来源：江湾晚报",
            via=["甲"],
            section="财经",
            document_number="江政发〔2026〕5号",
            index_number="JW-2026-0005",
            region="江湾",
            embeds=["video http://video.example/1"],
            lang="zh",
            paywalled=True,
        )
    )
    assert merged == {
        "info_code": "NW202603051234567890",
        "kind": "media",
        "site": "post-site",
        "url": "http://post.example/1",
        "share_url": "http://share.example/x",
        "original_url": "http://origin.example/x",
        "title": "标题",
        "original_title": "原题",
        "digest": "摘要",
        "body": "第一段。\n\n第二段落。\n\n三。",
        "published_at": "2026-03-05T08:30:12+08:00",
        "published_date": "2026-03-05",
        "published_precision": "second",
        "source_printed": "江湾 晚报",
        "attribution": "来源：江湾晚报",
        "via": json.dumps(["甲"], ensure_ascii=False),
        "section": "财经",
        "document_number": "江政发〔2026〕5号",
        "index_number": "JW-2026-0005",
        "region": "江湾",
        "embeds": json.dumps(["video http://video.example/1"]),
        "lang": "zh",
        "paywalled": 1,
        "content_hash": content_hash("第一段。\n\n第二段落。\n\n三。"),
        "char_count": 11,
        "paragraph_count": 3,
        "extractor": "post/rules",
    }


def test_a_copy_that_is_not_whole_speaks_only_when_no_whole_one_is_known() -> None:
    shell = copy("original", title="壳", body="", digest="壳的摘要")
    bare = copy("share", title=None, digest=None, body="分享的正文。")
    assert columns(shell)["title"] == "壳"
    assert columns(shell, copy("feed"))["title"] == "标题"
    assert columns(shell, copy("feed"))["digest"] is None
    assert columns(shell, bare)["body"] == "分享的正文。"
    assert columns(shell, bare)["title"] is None


def test_the_text_of_an_article_is_that_of_the_first_copy_that_has_one() -> None:
    empty = copy("original", body="")
    assert columns(empty, copy("listing", body="", digest="摘要"))["extractor"] == "original/rules"
    merged = merge([copy("post", body="一。\n\n表", kinds={"1": "table"}), copy("feed", body="另一个。")])
    assert merged.paragraphs == [Paragraph("一。"), Paragraph("表", "table")]


def test_the_address_shown_is_the_page_that_a_person_can_open() -> None:
    order = ["post", "original", "feed", "file", "share", "listing"]
    for better, worse in pairwise(order):
        merged = columns(copy(better), copy(worse))
        assert (merged["url"], merged["site"]) == (f"http://{better}.example/1", f"{better}-site")


def test_of_two_pages_of_one_role_the_media_edition_is_the_address_and_then_the_first_url() -> None:
    media, flash = copy(name="9", kind="media"), copy(name="5", kind="flash")
    assert columns(flash, media)["url"] == "http://post.example/9"
    assert columns(flash, copy(name="1"))["url"] == "http://post.example/5"
    assert columns(copy(name="3"), copy(name="2"), copy(name="4"))["url"] == "http://post.example/2"


def test_a_file_is_shown_by_the_url_that_it_names() -> None:
    assert columns(copy("file", canonical_url="https://h.example/1"))["url"] == "https://h.example/1"
    assert columns(copy("file"))["url"] == "http://file.example/1"
    assert columns(copy("post", canonical_url="https://h.example/1"))["url"] == "http://post.example/1"


def test_the_kind_and_the_category_are_those_of_the_media_edition_however_trusted_the_flash_is() -> None:
    flash = copy("original", kind="flash", category={"slug": "emnews", "name": "滚动", "url": None})
    media = copy("feed", kind="media", category={"slug": "jiangwan", "name": "江湾晚报", "url": None})
    for order in permutations([flash, media, copy("share")]):
        merged = merge(order)
        assert merged.columns["kind"] == "media"
        assert merged.category == Category("jiangwan", "江湾晚报")
        assert merged.category_site == "feed-site"


def test_between_equal_editions_the_more_trusted_category_wins_and_a_copy_without_one_does_not_count() -> None:
    merged = merge(
        [
            copy("post", kind="media", category={"slug": "b"}),
            copy("feed", kind="media", category={"slug": "a"}),
            copy("original", kind="media"),
        ]
    )
    assert (merged.category, merged.category_site) == (Category("b"), "post-site")


def test_without_any_category_the_site_is_that_of_the_address() -> None:
    assert merge([copy("share"), copy("post")]).category_site == "post-site"


def test_the_source_and_its_credit_line_come_from_one_copy() -> None:
    merged = columns(copy("post", attribution="来源：甲报"), copy("feed", source="乙报", via=["丙"]))
    assert (merged["attribution"], merged["source_printed"], merged["via"]) == ("来源：甲报", None, None)
    merged = columns(copy("post", source="甲报"), copy("feed", source="乙报", attribution="来源：乙报"))
    assert (merged["attribution"], merged["source_printed"]) == (None, "甲报")


def test_a_title_from_a_listing_only_stands_in_where_no_page_has_one() -> None:
    said = {"listed_title": "列表标题", "published_at": "2026-03-05T08:30:12+08:00"}
    assert columns(copy("post", title=None, **said))["title"] == "列表标题"
    assert columns(copy("post", title=None, **said), copy("feed"))["title"] == "标题"


@pytest.mark.parametrize(
    ("better", "worse", "taken"),
    [
        # The better copy's time stays, where it is as exact as the other ...
        (("2026-03-05T08:30:12+08:00", "second"), ("2026-03-05T09:00:00+08:00", "second"), 0),
        (("2026-03-05T08:30:12+08:00", "second"), ("2026-03-05T08:30:13+08:00", "second"), 0),
        (("2026-03-05T08:30:00+08:00", "minute"), ("2026-03-05T08:31:00+08:00", "minute"), 0),
        (("2026-03-05T00:00:00+08:00", "day"), ("2026-03-05T00:00:00+09:00", "day"), 0),
        (("2026-03-05T08:30:12+08:00", "second"), ("2026-03-05T08:30:00+08:00", "minute"), 0),
        # ... or the finer one contradicts it ...
        (("2026-03-05T08:30:00+08:00", "minute"), ("2026-03-05T08:31:00+08:00", "second"), 0),
        (("2026-03-05T08:30:00+08:00", "minute"), ("2026-03-06T08:30:00+08:00", "second"), 0),
        (("2026-03-05T00:00:00+08:00", "day"), ("2026-03-06T00:00:00+08:00", "minute"), 0),
        # ... and gives way to a finer one that says the same.
        (("2026-03-05T08:30:00+08:00", "minute"), ("2026-03-05T08:30:59+08:00", "second"), 1),
        (("2026-03-05T00:00:00+08:00", "day"), ("2026-03-05T23:59:00+08:00", "minute"), 1),
        (("2026-03-05T00:00:00+08:00", "day"), ("2026-03-05T08:30:12+08:00", "second"), 1),
        (("2026-03-05T08:30:45.250000+08:00", "minute"), ("2026-03-05T08:30:12.500000+08:00", "second"), 1),
        # One day and minute are those of the better copy's zone.
        (("2026-03-05T00:00:00+08:00", "day"), ("2026-03-04T16:30:00+00:00", "minute"), 1),
        (("2026-03-05T00:00:00+08:00", "day"), ("2026-03-05T16:30:00+00:00", "minute"), 0),
        (("2026-03-05T08:30:00+08:00", "minute"), ("2026-03-05T00:30:12+00:00", "second"), 1),
    ],
)
def test_a_finer_time_is_taken_where_it_agrees(better: tuple[str, str], worse: tuple[str, str], taken: int) -> None:
    merged = columns(
        copy("post", published_at=better[0], precision=better[1]),
        copy("feed", published_at=worse[0], precision=worse[1]),
    )
    when, precision = (better, worse)[taken]
    assert datetime.fromisoformat(merged["published_at"]) == datetime.fromisoformat(when)
    assert merged["published_precision"] == precision


def test_the_finest_of_several_times_is_found_step_by_step_and_told_in_the_zone_of_the_best() -> None:
    merged = columns(
        copy("original", published_at="2026-03-05T00:00:00+08:00", precision="day"),
        copy("post", published_at="2026-03-05T00:30:00+00:00", precision="minute"),
        copy("feed", published_at="2026-03-05T08:30:12+08:00"),
    )
    assert merged["published_at"] == "2026-03-05T08:30:12+08:00"
    late = columns(
        copy("original", published_at="2026-03-05T00:00:00+08:00", precision="day"),
        copy("feed", published_at="2026-03-04T16:30:00+00:00", precision="minute"),
    )
    assert (late["published_at"], late["published_date"]) == ("2026-03-05T00:30:00+08:00", "2026-03-05")


def test_names_of_a_role_come_from_the_first_copy_that_names_any_in_it() -> None:
    merged = merge(
        [
            copy("feed", bylines=[{"role": "author", "name": "王五"}, {"role": "editor", "name": "赵六"}]),
            copy("post", bylines=[{"role": "author", "name": "张三"}, {"role": "author", "name": "李四"}]),
        ]
    )
    assert merged.bylines == [Byline("author", "张三"), Byline("author", "李四"), Byline("editor", "赵六")]


def test_the_count_of_a_security_is_the_highest_that_one_copy_has_and_its_name_the_best_known() -> None:
    def mention(market: str, code: str, name: str | None, count: int) -> dict[str, Any]:
        return {"market": market, "code": code, "name": name, "count": count}

    merged = merge(
        [
            copy("post", mentions=[mention("1", "600519", None, 2), mention("0", "000001", "银行", 1)]),
            copy("feed", mentions=[mention("1", "600519", "酒业", 3), mention("90", "BK0475", "板块", 1)]),
            copy("file", mentions=[mention("1", "600519", "别名", 1), mention("0", "600519", "同码", 1)]),
        ]
    )
    assert merged.mentions == [
        Mention("0", "000001", "银行", 1),
        Mention("0", "600519", "同码", 1),
        Mention("1", "600519", "别名", 3),
        Mention("90", "BK0475", "板块", 1),
    ]


def test_pictures_come_whole_from_the_first_copy_that_has_any() -> None:
    merged = merge(
        [
            copy("feed", images=[{"url": "http://i/9"}]),
            copy("post", images=[{"url": "http://i/2"}, {"url": "http://i/1"}]),
            copy("original"),
        ]
    )
    assert merged.images == [Image("http://i/2"), Image("http://i/1")]


def test_the_length_of_a_text_is_that_of_its_paragraphs() -> None:
    for body, count, paragraphs in [("", 0, 0), ("四个字。", 4, 1), ("一\n\n二", 2, 2), ("一\n\n二\n\n三", 3, 3)]:
        merged = columns(copy(body=body))
        assert (merged["char_count"], merged["paragraph_count"]) == (count, paragraphs)


def test_a_wall_counts_only_where_the_text_comes_from() -> None:
    assert columns(copy("post", paywalled=True), copy("feed"))["paywalled"] == 1
    assert columns(copy("post"), copy("feed", paywalled=True))["paywalled"] == 0


def pages_of_one(*parts: int) -> list[Observation]:
    """Return pages of one article by their numbers, each with its own paragraph and picture."""
    return [
        copy("post", name=f"1_{part}", body=f"第{part}页。", part=part, images=[{"url": f"{part}.jpg"}])
        for part in parts
    ]


def test_the_pages_of_an_article_are_one_text_in_their_order_with_all_pictures() -> None:
    every = [merge(order) for order in permutations(pages_of_one(1, 2, 3))]
    assert all(merged == every[0] for merged in every)
    merged = every[0]
    body = "第1页。\n\n第2页。\n\n第3页。"
    assert (merged.columns["body"], merged.columns["content_hash"]) == (body, content_hash(body))
    assert [image.url for image in merged.images] == ["1.jpg", "2.jpg", "3.jpg"]


def test_an_article_goes_on_as_far_as_no_page_is_missing() -> None:
    assert merge(pages_of_one(1, 2, 4)).columns["body"] == "第1页。\n\n第2页。"
    assert merge(pages_of_one(2, 3)).columns["body"] == "第2页。\n\n第3页。"
    assert merge(pages_of_one(1)).columns["content_hash"] == content_hash("第1页。")


def test_the_pages_of_another_site_or_role_or_without_a_text_are_none_of_the_article() -> None:
    (first,) = pages_of_one(1)
    other_site = replace(pages_of_one(2)[0], site="other")
    other_role = copy("share", name="1_2", body="分享。", part=2)
    empty = copy("post", name="1_2", body="", part=2)
    for other in (other_site, other_role, empty):
        assert merge([first, other]).columns["body"] == "第1页。"


def whole(*parts: int, name: str = "1_all", images: tuple[str, ...] = ()) -> Observation:
    """Return a page that shows these pages of the article as one."""
    body = "\n\n".join(f"第{part}页。" for part in parts)
    return copy("post", name=name, body=body, part=WHOLE, images=[{"url": url} for url in images])


def test_the_page_that_shows_all_pages_gives_the_text_where_it_is_complete() -> None:
    pages = pages_of_one(1, 2)
    for order in permutations([*pages, whole(1, 2, 3)]):
        merged = merge(order)
        assert merged.columns["body"] == "第1页。\n\n第2页。\n\n第3页。"
        assert merged.columns["url"] == pages[0].url
        assert [image.url for image in merged.images] == ["1.jpg", "2.jpg"]
    assert [image.url for image in merge([*pages, whole(1, 2, images=("all.jpg",))]).images] == ["all.jpg"]


def test_a_page_that_shows_only_some_of_the_pages_takes_no_place_of_theirs() -> None:
    for cut in (whole(1), whole(2, 3), replace(whole(1, 2, 3), site="other")):
        assert merge([*pages_of_one(1, 2), cut]).columns["body"] == "第1页。\n\n第2页。"


def test_of_several_that_show_all_pages_the_longest_is_read() -> None:
    for order in permutations([*pages_of_one(1), whole(1, 2), whole(1, 2, 3, name="1_print")]):
        assert merge(order).columns["body"] == "第1页。\n\n第2页。\n\n第3页。"
    assert merge([whole(1, 2)]).columns["body"] == "第1页。\n\n第2页。"


def test_of_two_copies_of_a_page_the_one_whose_url_comes_first_is_read() -> None:
    first, second = pages_of_one(1, 2)
    again = copy("post", name="1_9", body="又是第2页。", part=2)
    for order in permutations([first, second, again]):
        assert merge(order).columns["body"] == "第1页。\n\n第2页。"
