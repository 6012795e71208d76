"""Credits at their boundaries: where a name ends, whose label it is, how far from the end of a text it counts."""

from __future__ import annotations

import pytest

from newsarchive.extract.credits.sources import (
    Attribution,
    is_line_of_print,
    names_nobody,
    original_title,
    read_attribution,
    read_named,
    tidy_name,
    trailing_source,
)

SENTENCE = "会议于三日在城南举行，代表参加。"


def source(text: str) -> str | None:
    found = read_attribution(text)
    return found and found.source


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The printed credit goes as far as the brackets that hold it.
        ("来源：甲报", Attribution("来源：甲报", "甲报")),
        ("（来源：甲报）", Attribution("（来源：甲报）", "甲报")),
        ("好（来源：甲报）", Attribution("（来源：甲报）", "甲报")),
        ("（来源：甲报 ）", Attribution("（来源：甲报 ）", "甲报")),
        ("（来源：甲报 ）好", Attribution("（来源：甲报 ）", "甲报")),
        ("（来源：《甲报》 ）", Attribution("（来源：《甲报》 ）", "甲报")),
        ("《来源：甲报》", Attribution("《来源：甲报》", "甲报")),
        ("（来源：甲报》", Attribution("来源：甲报", "甲报")),
        ("“来源：甲报", Attribution("来源：甲报", "甲报")),
        ("（来源：甲报 作者 ）", Attribution("来源：甲报", "甲报")),
        ("来源：《甲报》", Attribution("来源：《甲报》", "甲报")),
        ("来源：《甲报》《乙报》", Attribution("来源：《甲报》", "甲报")),
        ("来源：甲报（北京）", Attribution("来源：甲报（北京）", "甲报（北京）")),
        ("（来源：甲报（北京））", Attribution("（来源：甲报（北京））", "甲报（北京）")),
        ("来源：甲报（北京", Attribution("来源：甲报", "甲报")),
        ("来源：甲报（数据来源：乙网）", Attribution("来源：甲报", "甲报")),
        ("来源：甲报）》", Attribution("来源：甲报", "甲报")),
        ("来源：）甲报", None),
        # Who carried it is no source, and is named once.
        ("来源：甲报 转自：乙报", Attribution("来源：甲报 转自：乙报", "甲报", ["乙报"])),
        ("转自 乙报 来源：甲报", Attribution("转自 乙报 来源：甲报", "甲报", ["乙报"])),
        ("来源：甲报 转自：甲报", Attribution("来源：甲报 转自：甲报", "甲报")),
        ("来源：甲报 转自 乙报 转自 甲报", Attribution("来源：甲报 转自 乙报 转自 甲报", "甲报", ["乙报"])),
        ("来源：甲报 来源：乙报", Attribution("来源：甲报", "甲报")),
        # A label with nothing behind it, or of something else, hides no other.
        ("来源： 来源：乙报", Attribution("来源：乙报", "乙报")),
        ("的来源：甲报，来源：乙报", Attribution("来源：乙报", "乙报")),
        ("作者：张三稿件来源：乙报", Attribution("稿件来源：乙报", "乙报")),
        ("甲稿件来源：乙报", Attribution("稿件来源：乙报", "乙报")),
        ("甲来源：乙报", None),
        ("图片来源：乙报", None),
        ("图片 来源：乙报", None),
        ("Resource: Reuters", None),
        ("1Source: Reuters", None),
        ("(Source: Reuters)", Attribution("(Source: Reuters)", "Reuters")),
        ("城Source: Reuters", None),
        # A rule about credits, up to twelve characters before.
        ("凡注明“来源：甲报", None),
        ("注明" + "，" * 10 + "来源：甲报", None),
        ("注明" + "，" * 11 + "来源：甲报", Attribution("来源：甲报", "甲报")),
        # What a report cites is its source where it stands alone or in brackets at the end.
        ("据新华社报道", Attribution("据新华社报道", "新华社")),
        ("会" * 52 + "（据新华社报道）", Attribution("（据新华社报道）", "新华社")),
        ("会" * 53 + "(据新华社报道)", Attribution("(据新华社报道)", "新华社")),
        ("会" * 53 + "据新华社报道，", None),
        ("据新华社报道，会议举行", None),
        ("据某公司官网消息", None),
        ("", None),
    ],
)
def test_a_line_credits_a_medium_or_nobody(text: str, expected: Attribution | None) -> None:
    assert read_attribution(text) == expected


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("甲" * 39 + "报", "甲" * 39 + "报"),
        ("甲" * 40 + "报", None),
        # Chinese words after a blank belong to the name where they end as media do.
        ("某某研究 城南报", "某某研究 城南报"),
        ("某某研究 北京 城南报", "某某研究 北京 城南报"),
        ("某 某 研究 城南报", "某"),
        ("某某研究 好的", "某某研究"),
        ("某某研究 城南报 好的", "某某研究"),
        ("甲" * 20 + " 城南报", "甲" * 20 + " 城南报"),
        ("甲" * 21 + " 城南报", "甲" * 21),
        # Latin words before Chinese ones do, too.
        ("CBN 第一财经 更多", "CBN 第一财经"),
        ("CBN Daily 第一财经 好的", "CBN Daily 第一财经"),
        ("CBN 好的 daily", "CBN 好的"),
        ("The Evening Ledger Of Old", "The Evening Ledger Of Old"),
    ],
)
def test_a_name_of_several_words_ends_where_a_remark_begins(printed: str, name: str | None) -> None:
    assert source(f"文 来源：{printed}") == name


def test_in_a_long_paragraph_a_credit_counts_at_both_ends() -> None:
    long = SENTENCE * 40
    assert source(f"{long[:320]}来源：甲报") == "甲报"
    assert source(f"来源：甲报，{long[:320]}") == "甲报"
    assert source(f"{long[:320]}（来源：甲报）{long[:320]}") is None
    # Up to 320 characters there is no middle.
    assert source(f"{long[:155]}（来源：甲报）{long[:157]}") == "甲报"
    # The end goes before the beginning.
    assert source(f"来源：甲报，{long[:320]}来源：乙报") == "乙报"
    # An end has 160 characters.
    tail = "，" + long[:151]
    assert len("（来源：甲报）" + tail) == 159
    assert source(f"{long[:320]}好（来源：甲报）{tail}") == "甲报"
    assert source(f"{long[:320]}（来源：甲报）{tail}，，，，，，，") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("“甲报", "甲报"),
        ("：甲报；", "甲报"),
        ("公众号：“甲报”", "甲报"),
        ("甲报》《乙报", "甲报"),
        ("(甲)报", "(甲)报"),
        ("甲（乙）报）好", "甲（乙）报"),
        ("甲（乙）报（丙", "甲（乙）报"),
        ("甲（乙（丙）报", "甲"),
        ("）甲报", ""),
        ("甲报 NF1234", "甲报"),
        ("甲报 12", "甲报"),
        ("甲报 A", "甲报"),
        ("a", ""),
        ("1905", ""),
        ("1905电影网", "1905电影网"),
        ("…", ""),
    ],
)
def test_a_name_is_freed_of_what_does_not_belong_to_it(text: str, name: str) -> None:
    assert tidy_name(text) == name


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("。（甲报）", Attribution("（甲报）", "甲报")),
        ("。（ 甲报 ）", Attribution("（ 甲报 ）", "甲报")),
        ("。【甲报】", Attribution("【甲报】", "甲报")),
        ("。[甲报]", Attribution("[甲报]", "甲报")),
        ("。（甲报）\u3000。\n", Attribution("（甲报）", "甲报")),
        ("（甲报）", Attribution("（甲报）", "甲报")),
        ("。（来源：甲报 转自 乙报）", Attribution("（来源：甲报 转自 乙报）", "甲报", ["乙报"])),
        ("。（国家统计局）", Attribution("（国家统计局）", "国家统计局")),
        ("（国家统计局）", None),
        ("。（“甲报”）", None),
        ("。（甲报记者）", None),
        ("。（甲报", None),
        ("。（甲报）x", None),
        ("。甲报", None),
        ("。（）", None),
        ("。（12）", None),
    ],
)
def test_a_medium_in_brackets_counts_at_the_very_end(end: str, expected: Attribution | None) -> None:
    assert trailing_source("会议举行" + end) == expected
    assert trailing_source(SENTENCE * 9 + "会议举行" + end) == expected


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("原题：城南港", "城南港"),
        ("原標題：城南港", "城南港"),
        ("（原题：城南港）来源：甲报", "城南港"),
        ("(原标题：城南港）x", "城南港"),
        ("（原标题：城(南)港）x", "城(南)港"),
        ("（原标题：城（南（北）港））x", "城（南（北）港）"),
        ("(原标题：城（南）（北）港)x", "城（南）（北）港"),
        ("（原标题：城南[港]开通）x", "城南[港]开通"),
        ("【原标题：城（南】港", "城（南"),
        ("【原标题：城【南】港】x", "城【南】港"),
        ("[原标题：城[南]港]x", "城[南]港"),
        ("[原标题：城南港】x", "城南港】x"),
        ("（原标题：城南港", "城南港"),
        ("原标题：城南港）", "城南港）"),
        ("原标题：《城南港》", "城南港"),
        ("原标题：《城南》和《城北》", "《城南》和《城北》"),
        ("原标题：《城南》好", "《城南》好"),
        ("原标题：好《城南》", "好《城南》"),
        ("原标题：城南港\u3000 ", "城南港"),
        ("（原标题：）", None),
        ("标题：城南港", None),
    ],
)
def test_an_original_title_ends_at_its_own_bracket(text: str, title: str | None) -> None:
    assert original_title(text) == title


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("江湾晚报", Attribution("江湾晚报", "江湾晚报")),
        ("来源：江湾晚报", Attribution("来源：江湾晚报", "江湾晚报")),
        ("\u3000", None),
        ("", None),
    ],
)
def test_a_text_made_to_name_the_medium_needs_no_label(text: str, expected: Attribution | None) -> None:
    assert read_named(text) == expected


@pytest.mark.parametrize(
    ("source", "nobody"),
    [("网络", True), ("本站原创", True), ("江湾晚报", False), ("网络晚报", False), ("某网络", False)],
)
def test_a_credit_that_names_nobody_is_one_of_a_few_words(source: str, nobody: bool) -> None:
    assert names_nobody(source) is nobody


@pytest.mark.parametrize(
    ("line", "is_of_print"),
    [
        ("来源：江湾晚报 2026-03-01", True),
        ("（来源：江湾晚报", True),
        ("江湾晚报 来源：城南网", False),
        ("会议于三日举行", False),
    ],
)
def test_a_line_of_print_begins_with_a_label(line: str, is_of_print: bool) -> None:
    assert is_line_of_print(line) is is_of_print


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # A name right behind its label is a medium by its name, or in a line that prints other things, too.
        ("来源江湾晚报", Attribution("来源江湾晚报", "江湾晚报")),
        ("来源江湾", None),
        ("12:30 来源江湾 阅读3", Attribution("来源江湾", "江湾")),
        ("来源江湾 | 城南", Attribution("来源江湾", "江湾")),
        ("好" * 73 + " 来源江湾晚报", Attribution("来源江湾晚报", "江湾晚报")),
        ("好" * 74 + " 来源江湾晚报", None),
    ],
)
def test_a_name_may_be_glued_to_its_label(line: str, expected: Attribution | None) -> None:
    assert read_attribution(line) == expected
