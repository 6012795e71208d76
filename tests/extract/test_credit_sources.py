"""The credited medium is read with its printed form, and nothing is made a medium that is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.growth import grows_linearly

from newsarchive.extract.credits.sources import (
    original_title,
    read_attribution,
    tidy_name,
    trailing_source,
)
from newsarchive.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED = Path(__file__).parents[2] / "../shared"


@pytest.mark.parametrize(
    ("text", "printed", "source"),
    [
        ("（文章来源：东城晚报）", "（文章来源：东城晚报）", "东城晚报"),
        ("（文章來源：東城晚報）", "（文章來源：東城晚報）", "東城晚報"),
        ("[来源：城南社]", "[来源：城南社]", "城南社"),
        ("【来源：城南社】", "【来源：城南社】", "城南社"),
        ("来源：城南网", "来源：城南网", "城南网"),
        ("来源： 城南网", "来源： 城南网", "城南网"),
        ("来源|城南发布、东城晚报", "来源|城南发布、东城晚报", "城南发布、东城晚报"),
        ("来源│城南报", "来源│城南报", "城南报"),
        ("来源 · 城南报", "来源 · 城南报", "城南报"),
        ("来源：【城南报】", "来源：【城南报】", "城南报"),
        ("来源：“城南新闻”微信公众号", "来源：“城南新闻”", "城南新闻"),
        ("來源丨城南報", "來源丨城南報", "城南報"),
        ("来源 城南网", "来源 城南网", "城南网"),
        ("来 源：城南网", "来 源：城南网", "城南网"),
        ("来源于：城南办事处", "来源于：城南办事处", "城南办事处"),
        ("本文来源于国家城南局 2024-05-11 09:36:26", "本文来源于国家城南局", "国家城南局"),
        ("稿件来源： 城南日报", "稿件来源： 城南日报", "城南日报"),
        ("信息来源: 城南研究院、东城研究院等", "信息来源: 城南研究院、东城研究院等", "城南研究院、东城研究院等"),
        ("转自：城南网", "转自：城南网", "城南网"),
        ("转载自《城南日报》", "转载自《城南日报》", "城南日报"),
        ("Source: Reuters", "Source: Reuters", "Reuters"),
        ("(Source: The Evening Ledger)", "(Source: The Evening Ledger)", "The Evening Ledger"),
        ("来源：21世纪经济报道 21财经APP", "来源：21世纪经济报道 21财经APP", "21世纪经济报道 21财经APP"),
        ("来源：36氪", "来源：36氪", "36氪"),
        ("来源：e公司官微", "来源：e公司官微", "e公司官微"),
    ],
)
def test_a_label_names_the_medium(text: str, printed: str, source: str) -> None:
    found = read_attribution(text)
    assert (found.printed, found.source, found.via) == (printed, source, [])


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("2022-03-03 05:23:38 来源: 城南周刊 举报", "城南周刊"),
        ("2022-03-03 05:23来源：城南时报网作者：李在山", "城南时报网"),
        ("2022年03月03日05:23 | 来源：城南网－城南日报", "城南网－城南日报"),
        ("来源：光南网-《光南日报》2022-03-03 05:23", "光南网-《光南日报》"),
        ("时间：2022.03.03 来源：1905城南网  分享到：", "1905城南网"),
        ("2022-03-03 05:23:38 来源: 城南士 北京 举报", "城南士"),
        ("2022年03月03日 05:23 来源：求南网参与互动", "求南网"),
        ("本文来源：城南周刊  责任编辑：杨某_NF4425", "城南周刊"),
        ("来源：甲日报 责任编辑：张三", "甲日报"),
        ("来源:城南经济新闻 记者 张三", "城南经济新闻"),
        ("来源：城南报，作者：张三", "城南报"),
        ("作者：张三来源：城南报", "城南报"),
        ("来源：城南广网 A- A+", "城南广网"),
        ("来源：城南报 1234 阅读", "城南报"),
        ("原标题：某某 来源：城上新闻", "城上新闻"),
        ("(本文来自城南新闻，更多原创资讯请下载“城南新闻”APP)", "城南新闻"),
        ("（本文来源：城南日报 作者：某中心研究员徐某）返回首页，查看更多", "城南日报"),
        ("来源：微信公众号“城虎APP”（ID：chenghu_com）", "城虎APP"),
        ("本文来自微信公众号：城虎APP（ID：chenghu_com），作者：李四", "城虎APP"),
        ("正文结束来源：城南社客户端", "城南社客户端"),
        ("(综合整理自城南新闻、智南、雷城网等)", "城南新闻、智南、雷城网等"),
        ("公司业绩有望改善。（文章来源：东城晚报）", "东城晚报"),
        ("公司业绩有望改善。来源：东城晚报", "东城晚报"),
    ],
)
def test_the_name_ends_where_other_print_begins(line: str, source: str) -> None:
    assert read_attribution(line).source == source


def test_a_reprint_chain_keeps_who_passed_the_text_on() -> None:
    found = read_attribution("来源：甲日报 转自：乙新闻")
    assert (found.source, found.via) == ("甲日报", ["乙新闻"])
    assert found.printed == "来源：甲日报 转自：乙新闻"
    found = read_attribution("（来源：甲日报 转自 乙网 转自 丙网）")
    assert (found.source, found.via) == ("甲日报", ["乙网", "丙网"])
    assert read_attribution("转自 乙网").source == "乙网"
    found = read_attribution("转自 乙网 转自 丙网")
    assert (found.source, found.via) == ("丙网", ["乙网"])


@pytest.mark.parametrize("text", ["来源：网络", "来源：综合", "来源：本站原创", "来源：互联网"])
def test_a_credit_that_names_nobody_is_given_as_printed(text: str) -> None:
    assert read_attribution(text).source == text.removeprefix("来源：")


@pytest.mark.parametrize(
    "text",
    [
        "图片来源：城南大奖官网",
        "数据来源：城南终端",
        "（资料来源：参南消息、海南网等）",
        "视频来源：城南视频",
        "这也意味着，只要数据来源未经用户授权，都存在法律风险。",
        "主要来源：工资",
        "收入来源主要为利息",
        "来源：",
        "来源：http://www.a.example/",
        "来源：2022-03-03",
        "来源：DF123",
        "来自甘肃",
        "以上内容为创作者平台用户上传并发布",
        "凡注明来源：城南网的作品，均为本网所有",
        "版权说明：凡注明来源为“城南网：XXX（署名）”的作品",
        "新的发展机会来源于城市更新。",
        "据了解，公司未回应。",
        "据城南社报道，3日上午，",
        "据记者了解，制冷剂产品小于1",
        "公司产品自主研发，资源丰富，载入史册，处处可见。",
        "",
    ],
)
def test_other_lines_credit_nobody(text: str) -> None:
    assert read_attribution(text) is None


def test_a_report_is_a_credit_where_nothing_else_stands_beside_it() -> None:
    assert read_attribution("综合新华社、央视报道").source == "新华社、央视"
    assert read_attribution("据新华社报道。").source == "新华社"
    assert read_attribution("会谈于三日举行。（据新华社）").source == "新华社"


@pytest.mark.parametrize(
    ("end", "source"),
    [
        ("。（证券时报网）", "证券时报网"),
        ("。(上海证券报·中国证券网)", "上海证券报·中国证券网"),
        ("（财联社）", "财联社"),
        ("。（财联社）。", "财联社"),
        ("。[城南社]", "城南社"),
        ("。（e公司）", "e公司"),
        ("。（界面）", "界面"),
        ("。（国家统计局）", "国家统计局"),
        ("。(中新经纬APP)", "中新经纬APP"),
        ("。（文章来源：券商中国）", "券商中国"),
        ("。（来源：网络）", "网络"),
    ],
)
def test_a_medium_in_brackets_ends_a_flash_item(end: str, source: str) -> None:
    found = trailing_source("股价有望得到修复" + end)
    assert found.source == source
    assert found.printed == end.strip("。")


@pytest.mark.parametrize(
    "end",
    [
        "上涨5%（截至收盘）",
        "。（完）",
        "。（记者 张三）",
        "（图）",
        "。（编辑 李四）",
        "城南股份(002752)",
        "(全球变暖潜值)",
        "。(城南网5月21日报道)",
        "年金计划(CPPIB)",
        "。（张三）",
        "。（钟才文）",
        "（上接A1版）",
        "（较昨日收盘价）",
        "（未经审计）",
        "(截止5月31日收盘)",
        "(折叠屏增量新闻)",
        "(单位：亿元)",
        "。（城南商报记者 张三）",
        "（微视频）",
        "收盘",
        "。",
        "（",
        ")",
    ],
)
def test_remarks_persons_and_codes_in_brackets_are_no_medium(end: str) -> None:
    assert trailing_source("股价有望得到修复" + end) is None


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("（原标题：多地项目停工 城南公司“暗伤”曝露？）", "多地项目停工 城南公司“暗伤”曝露？"),
        ("原标题：《定了！城南港即将开通！》", "定了！城南港即将开通！"),
        ("本文原标题：城南港开通（附时刻表）", "城南港开通（附时刻表）"),
        ("（原标题：城南港开通（附时刻表））", "城南港开通（附时刻表）"),
        ("原標題：城南港開通", "城南港開通"),
        ("原标题：城南港开通 来源：城南网", "城南港开通"),
        ("原标题：城南港开通 作者 程立夏", "城南港开通"),
        ("原标题：城南港开通 2026-03-04 09:15", "城南港开通"),
        ("原标题：城南港开通 2026年3月4日", "城南港开通"),
        ("原标题：城南港开通 作者程立夏：我看着它长大", "城南港开通 作者程立夏：我看着它长大"),
        ("原标题：城南港开通 2030年再扩建一倍", "城南港开通 2030年再扩建一倍"),
        ("原标题：", None),
        ("城南港开通", None),
    ],
)
def test_the_original_title_is_kept_apart(text: str, title: str | None) -> None:
    assert original_title(text) == title


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("“城虎APP”", "城虎APP"),
        ("城南报_NF123", "城南报"),
        ("：城南网》", "城南网"),
        ("我们认为可以", ""),
        ("12345", ""),
        ("", ""),
    ],
)
def test_a_name_is_tidied_or_refused(text: str, name: str) -> None:
    assert tidy_name(text) == name


PIECES = [
    "来源",
    "：",
    "转自",
    "《",
    "》",
    "（",
    "）",
    "城南报",
    "作者",
    " ",
    "2022-03-03",
    "据",
    "报道",
    "，",
    "图片",
    "Source",
    "|",
    "本文",
    "ID",
    "。",
    "原标题",
]
READERS = (read_attribution, trailing_source)


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=16).map("".join)))
def test_any_text_gives_only_what_stands_in_it(text: str) -> None:
    plain = clean(text)
    for reader in READERS:
        found = reader(text)
        if found:
            assert found.printed in plain
            assert all(name and name in plain for name in (found.source, *found.via))
    title = original_title(text)
    assert title is None or title in plain


@pytest.mark.parametrize("piece", [*PIECES, "来源：", "转自 ", "（（", "（来源：甲报 ", "据新华社"])
def test_time_grows_with_the_size_of_a_hostile_text(piece: str) -> None:
    def work(size: int) -> Callable[[], object]:
        text = piece * (size // len(piece))
        return lambda: [reader(text) for reader in (*READERS, original_title)]

    assert grows_linearly(work, 20_000)


@pytest.mark.skipif(not (SHARED / "finews").is_dir(), reason="the real pages lie beside a working copy only")
def test_no_paragraph_of_the_mirror_is_mistaken_for_a_credit() -> None:
    for line in (SHARED / "finews/truth.jsonl").read_text(encoding="utf-8").splitlines():
        truth = json.loads(line)
        for paragraph in truth["paragraphs"]:
            assert read_attribution(paragraph) is None, paragraph
            found = trailing_source(paragraph)
            assert found is None or found.source == truth["source"], paragraph
        if truth["attribution_raw"]:
            assert (
                read_attribution(truth["attribution_raw"]) or trailing_source(truth["attribution_raw"])
            ).source == truth["source"]
        if truth["digest"]:
            assert trailing_source(truth["digest"]).source == truth["source"]
