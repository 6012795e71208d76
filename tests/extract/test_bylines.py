"""Persons are found under their labels, with clean names, and nobody is invented."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.growth import grows_linearly

from newsarchive.extract.credits.bylines import find_bylines
from newsarchive.extract.credits.person_names import is_chinese_name, is_latin_name
from newsarchive.text import clean

SHARED = Path(__file__).parents[2] / "../shared"


def persons(*texts: str) -> list[str]:
    return [f"{byline.role} {byline.name}" for byline in find_bylines(texts)]


def authors(*texts: str) -> list[str]:
    return [byline.name for byline in find_bylines(texts) if byline.role == "author"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("作者：刘满山", ["刘满山"]),
        ("作者 王之山 高孜山", ["王之山", "高孜山"]),
        ("文/张三", ["张三"]),
        ("文｜李四 编辑｜王五", ["李四"]),
        ("撰文 张三", ["张三"]),
        ("文 · 张三", ["张三"]),
        ("作者▏张三", ["张三"]),
        ("采写：城南记者 余小青 向小妮", ["余小青", "向小妮"]),
        ("执笔/叨叨姐、胡一刀&李小飞刀", ["叨叨姐", "胡一刀", "李小飞刀"]),
        ("《城镜》作者 周小纯", ["周小纯"]),
        ("城南报记者 陆一山", ["陆一山"]),
        ("本报记者 王小文 方 敏", ["王小文", "方敏"]),
        ("城南社记者邹多山、唐小凝、丁乐", ["邹多山", "唐小凝", "丁乐"]),
        ("记者 张三 李四 北京报道", ["张三", "李四"]),
        ("实习记者 张小三 实习生 李四", ["张小三", "李四"]),
        ("文/图 本报记者 张三", ["张三"]),
        ("作者： 记者王敬山", ["王敬山"]),
        ("城南报·城南网记者 魏小濛 来源：城南报", ["魏小濛"]),
        ("2022-03-03 15:05城南報 記者林小誼／即時報導", ["林小誼"]),
        ("石小佳/城南青年报", ["石小佳"]),
        ("2022-03-03 12:11来源：城南时报网作者：李在山", ["李在山"]),
        ("作者：余小青 向小妮返回首页，查看更多", ["余小青", "向小妮"]),
        ("（作者：某某中心研究部部长、研究员徐小忱）返回首页", ["徐小忱"]),
        ("(作者：方小敏北京大学经济学院教授)", ["方小敏"]),
        ("作者：阿不都·买买提", ["阿不都·买买提"]),
        ("作者：欧阳小山 司马南", ["欧阳小山", "司马南"]),
        ("By Jane Doe and John Roe", ["Jane Doe", "John Roe"]),
        ("By Jane Doe, John Roe and Ann van der Berg | Evening Ledger", ["Jane Doe", "John Roe", "Ann van der Berg"]),
        ("BY JANE DOE AND JOHN ROE", ["JANE DOE", "JOHN ROE"]),
        ("By JANE DOE, Staff Writer", ["JANE DOE"]),
    ],
)
def test_lines_that_name_authors(text: str, names: list[str]) -> None:
    assert authors(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("城南讯（记者 陆一山）3月3日，公司登录城南交易所。", ["陆一山"]),
        ("城南网3月3日讯（记者陈小智 整合） 长假过半，旅客归来。", ["陈小智"]),
        ("城南社城南3月3日电（记者邹小伟）会议在城南举行。", ["邹小伟"]),
        ("城南社城南3月3日电（刘小艺、杨吉）专家3日介绍研究进展。", ["刘小艺", "杨吉"]),
        ("〔記者巫其山／台北報導〕財政部今天下午將公佈清冊。", ["巫其山"]),
        ("本报讯 记者张三报道：近日，公司公告称。", ["张三"]),
        ("为城南发展做贡献。□唐爱红王靖瑗", ["唐爱红王靖瑗"]),
        ("为城南发展做贡献。□唐爱红 王靖瑗", ["唐爱红", "王靖瑗"]),
        ("为城南发展做贡献。■ 本报记者 张三", ["张三"]),
        ("为城南发展做贡献。本报记者 张三", ["张三"]),
        ("为城南发展做贡献。（钟小文）", ["钟小文"]),
        ("为城南发展做贡献。(文/图 刘小东 易小楠)", ["刘小东", "易小楠"]),
        ("（总台城南记者 奚小霓 张赛）", ["奚小霓", "张赛"]),
        ("（记者 张三 通讯员 李四 王五）", ["张三", "李四", "王五"]),
    ],
)
def test_paragraphs_that_name_authors(text: str, names: list[str]) -> None:
    assert authors(text) == names
    # The same in a paragraph that is longer than any line of credits.
    filler = "公司表示，新的产线已经投产，成本随之下降。" * 8
    assert authors(text + filler if "（" in text[:20] or "讯" in text[:4] else filler + text) == names or len(text) < 24


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("（责任编辑：周小雁）", ["editor 周小雁"]),
        ("(编辑：文静)", ["editor 文静"]),
        ("[责任编辑：杜小智 PX209]", ["editor 杜小智"]),
        ("本文来源：城南周刊  责任编辑：杨小倩_NF4425", ["editor 杨小倩"]),
        ("编辑 刘小阳 校对 李小铭", ["editor 刘小阳", "proofreader 李小铭"]),
        ("责任编辑：张三 责任校对：李四", ["editor 张三", "proofreader 李四"]),
        ("编辑|禤小杰", ["editor 禤小杰"]),
        ("编辑 周小褶 ｜ 排版 魏小蔚", ["editor 周小褶"]),
        ("(责编：胡小秋、杨小宇)", ["editor 胡小秋", "editor 杨小宇"]),
        ("[作者: 刘满山 责任编辑: 杨小宇 ]", ["author 刘满山", "editor 杨小宇"]),
        ("药剂科供稿 摄影/张小艳 编辑/苏小芳", ["photographer 张小艳", "editor 苏小芳"]),
        ("（城南社记者 张三 摄）", ["photographer 张三"]),
        ("3月3日，专列开往南方。 通讯员刘小娟 摄", ["photographer 刘小娟"]),
        ("雨中的城楼照样开心。城市摄影队 周小斌 摄", ["photographer 周小斌"]),
        ("来源：城南网作者：责任编辑：肖小芳", ["editor 肖小芳"]),
        ("翻译：王五", ["translator 王五"]),
        ("编译/赵六", ["translator 赵六"]),
        ("责编：Demi Xia", ["editor Demi Xia"]),
        ("Edited by Jane Doe", ["editor Jane Doe"]),
        ("(Reporting by Jane Doe; Editing by John Roe)", ["author Jane Doe", "editor John Roe"]),
        ("By Jane Doe Jane Doe", ["author Jane Doe"]),
    ],
)
def test_each_role_is_told_apart(text: str, found: list[str]) -> None:
    assert persons(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "据记者了解，作为第四代制冷剂，产品指标小于1。",
        "记者从有关部门获悉，会议将于近日召开。",
        "一家企业负责人告诉记者，“目前还没有被全面禁止”。",
        "记者：您怎么看？",
        "记者：高明吗？",
        "记者观察",
        "记者连线",
        "城南社记者",
        "立戈点评：某酒是某公司生产的一个奢侈酒品种。",
        "很多消费者和投资者认为，文化市场大有可为。",
        "(责任编辑：DF999)",
        "责任编辑：",
        "责任编辑：biaofeng",
        "责编：王老师",
        "作者：网络整理 阅读：1644",
        "来源：本站原创 作者：医技药剂党支部",
        "作者：城南证券研究所",
        "作者系北京大学教授",
        "（作者系某大学教授）",
        "作者最新文章",
        "摄影：产品经理",
        "编辑计划表",
        "编辑推荐",
        "编辑部",
        "http://a.example/文/123",
        "□规划先行",
        "□高质量发展",
        "■ 纪检监察",
        "三是丰富金融产品和服务。□",
        "其中文翻译有“团结就是力量”。",
        "首页 / 图片 / 正文",
        "股价上涨。（截至收盘）",
        "股价上涨。（全文完）",
        "股价上涨。（证券时报网）",
        "By the time the sun rose",
        "By Monday Apple had sold out",
        "By 2030 the city will grow",
        "By Any Means Necessary",
        "2022年3月3日 张三",
        "",
    ],
)
def test_nobody_is_invented(text: str) -> None:
    assert persons(text) == []


def test_a_person_is_listed_once_in_each_role() -> None:
    assert persons("记者 张三", "（记者 张三）", "责任编辑：张三") == ["author 张三", "editor 张三"]


def test_the_order_is_that_of_print() -> None:
    assert persons("记者 李四", "会议举行。（记者 张三）", "责编：王五") == [
        "author 李四",
        "author 张三",
        "editor 王五",
    ]


@pytest.mark.parametrize(
    "name", ["文静", "张三", "欧阳修", "李小飞刀"[:3], "买买提·艾力", "方敏", "陈方安生", "司马相如"]
)
def test_names_of_chinese_persons(name: str) -> None:
    assert is_chinese_name(name)


@pytest.mark.parametrize(
    "name", ["记者", "经济", "张", "张三李四王", "高质量发展", "我们", "王老师", "张三的", "2022", "Jane"]
)
def test_what_is_no_name_of_a_chinese_person(name: str) -> None:
    assert not is_chinese_name(name)


def test_names_in_latin_letters() -> None:
    assert is_latin_name("Ann van der Berg")
    assert is_latin_name("J. R. O’Neil")
    assert not is_latin_name("Staff Writer")
    assert not is_latin_name("Associated Press")
    assert not is_latin_name("the time")


PIECES = [
    "记者",
    "作者",
    "编辑",
    "：",
    "、",
    " ",
    "（",
    "）",
    "张三",
    "李小四",
    "□",
    "报道",
    "摄",
    "。",
    "，",
    "讯",
    "文/",
    "By ",
    "Jane Doe",
    " and ",
    "的",
    "电",
    "\n",
]


@given(
    st.lists(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=14).map("".join)), max_size=4)
)
def test_every_name_stands_in_the_text(texts: list[str]) -> None:
    printed = "".join(clean("\n".join(texts)).split())
    for byline in find_bylines(texts):
        assert "".join(byline.name.split()) in printed
        assert not any(sign in byline.name for sign in "：，。（）、□")


@pytest.mark.parametrize("piece", [*PIECES, "（记者 张三", "作者：", "作者：张三", "张三、", "([{", "By Jane "])
def test_time_grows_with_the_size_of_a_hostile_text(piece: str) -> None:
    assert grows_linearly(lambda size: partial(find_bylines, [piece * (size // len(piece))]), 10_000)


@pytest.mark.skipif(not (SHARED / "finews").is_dir(), reason="the real pages lie beside a working copy only")
def test_the_paragraphs_of_the_mirror_name_whom_a_reader_finds_and_nobody_else() -> None:
    for line in (SHARED / "finews/truth.jsonl").read_text(encoding="utf-8").splitlines():
        truth = json.loads(line)
        found = find_bylines(truth["paragraphs"])
        assert [byline.name for byline in found if byline.role == "author"] == truth["authors"], truth["file"]
        assert [byline.name for byline in found if byline.role == "editor"] == truth["editors"], truth["file"]
