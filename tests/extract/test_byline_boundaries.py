"""Persons at the boundaries of what names them: how long a line, how near a label, which words are no names."""

from __future__ import annotations

import pytest

from newsarchive.extract.credits.bylines import find_bylines
from newsarchive.extract.credits.person_names import is_cased, is_chinese_name, is_latin_name

LONG = "公司表示，新的产线已经投产，成本随之下降。" * 8
FIVE = ["张三", "李四", "王五", "赵六", "钱七"]
NAMES = [first + second for first in "张李王赵" for second in "一二三四五"]


def persons(*texts: str) -> list[str]:
    return [f"{byline.role} {byline.name}" for byline in find_bylines(texts)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # Each line of a text is looked at.
        ("记者 张三\n责编：李四", ["author 张三", "editor 李四"]),
        ("好的\n记者 张三", ["author 张三"]),
        ("By Jane Doe\nEdited by John Roe", ["author Jane Doe", "editor John Roe"]),
        ("x\nBy Jane Doe", ["author Jane Doe"]),
        ("  By Jane Doe", ["author Jane Doe"]),
        # A line of credits is all credits, the blanks and signs around them apart.
        ("● 记者 张三 ·", ["author 张三"]),
        ("校对 李四 文/张三", ["proofreader 李四", "author 张三"]),
        ("审核 王五 记者 李四", ["author 李四"]),
        ("审核：王五 记者：李四", ["author 李四"]),
        ("记者：张三 审核：李四 责编：王五", ["author 张三", "editor 王五"]),
        ("摄影 本报记者 李四", ["photographer 李四"]),
        ("图/本报记者 李四", ["photographer 李四"]),
        ("摄影 城南记者 李四", ["photographer 李四"]),
        ("说图/张三 责编 李四", ["editor 李四"]),
        ("编辑部 责编 李四", ["editor 李四"]),
        ("审核 " + "城" * 59 + " 记者 李四", ["author 李四"]),
        ("审核 " + "城" * 60 + " 记者 李四", []),
        ("作者：青山远整理", ["author 青山远"]),
        ("作者：张三 摄", ["photographer 张三"]),
        ("记者：张三 摄影报道", ["author 张三"]),
        ("作者：张三 说", ["author 张三"]),
        ("记者 张三 说", []),
        # A short label counts where no word stands before it.
        ("文/张三", ["author 张三"]),
        ("图｜张三", ["photographer 张三"]),
        ("图：张三", ["photographer 张三"]),
        (" 文/张三", ["author 张三"]),
        ("a/文/张三", []),
        ("编辑文/张三", []),
        ("图书馆 张三", []),
        ("会议上，图片：张三", []),
        # A label that is glued to what follows counts in brackets.
        ("（记者张三）", ["author 张三"]),
        ("记者张三", []),
        ("（记者连线张三）", []),
        # Names: with and without a blank inside, after another label, pen names where a separator stands.
        ("作者：方 敏", ["author 方敏"]),
        ("作者：我 们", []),
        ("作者：：张三", ["author 张三"]),
        ("作者：、张三", ["author 张三"]),
        ("作者：记者张三", ["author 张三"]),
        ("作者：本报记者 张三", ["author 张三"]),
        ("作者：青山远", ["author 青山远"]),
        ("作者 青山远", []),
        ("作者：青山我们", []),
        ("作者：科技观察", []),
        ("作者：Jane Doe", ["author Jane Doe"]),
        ("作者：Jane", []),
        ("作者：张三_NF123、李四", ["author 张三", "author 李四"]),
        ("作者：张三 和 李四", ["author 张三", "author 李四"]),
        ("作者：张三 台北报道", ["author 张三"]),
        ("作者：" + "、".join(NAMES[:16]), [f"author {name}" for name in NAMES[:16]]),
        ("作者：" + "、".join(NAMES[:17]), []),
        # One name among titles.
        ("作者：研究员张三", ["author 张三"]),
        ("作者：张三北京大学教授", ["author 张三"]),
        ("作者：某中心研究员徐小忱。张三", ["author 徐小忱"]),
        ("作者：某中心好的徐小忱", []),
        ("作者：*方小敏北京大学经济学院教授", ["author 方小敏"]),
        # A name and its medium in a short line.
        ("张三/某某网", ["author 张三"]),
        ("张三｜某某报", ["author 张三"]),
        ("张三|某某社", ["author 张三"]),
        ("张三／某某报", ["author 张三"]),
        ("张三/某某好", []),
        ("张三 李四 王五 赵六 钱七/ 某某某某某某某某某某某某客户端", [f"author {name}" for name in FIVE]),
        ("张三 李四 王五 赵六 钱七 / 某某某某某某某某某某某某客户端", []),
        ("张三 李四 王五/" + "某" * 12 + "电视台", ["author 张三", "author 李四", "author 王五"]),
        # Signatures.
        ("会议举行。（张三）", ["author 张三"]),
        ("会议举行。(张三)", ["author 张三"]),
        ("会议举行（张三）", []),
        ("□张三", ["author 张三"]),
        ("■张三", ["author 张三"]),
        ("会议举行。□李四 ■张三", ["author 张三"]),
        ("会议举行。■李四 □张三", ["author 张三"]),
        ("会议举行。□李四 □张三", ["author 张三"]),
        ("会议举行。■李四 ■张三", ["author 张三"]),
        ("会议举行。 □ 唐爱红王靖瑗 ", ["author 唐爱红王靖瑗"]),
        ("会议举行。□唐爱红王靖", ["author 唐爱红王靖"]),
        ("会议举行。□唐爱红王", ["author 唐爱红王"]),
        ("会议举行。□唐红王靖瑗", ["author 唐红王靖瑗"]),
        ("会议举行。□张小李明", ["author 张小李明"]),
        ("会议举行。□唐爱红的王靖", []),
        ("会议举行。□规划先行", []),
        ("张三。□", []),
        ("。记者 张三", ["author 张三"]),
        ("会议？记者 张三", ["author 张三"]),
        ("会议举行。张三", []),
        ("照片。张三 摄影", ["photographer 张三"]),
        ("照片。張三 攝", ["photographer 張三"]),
        ("照片。张三 摄）", ["photographer 张三"]),
        ("照片。张三、李四 摄", ["photographer 张三", "photographer 李四"]),
        # Datelines.
        ("本报讯 记者张三报道：好", ["author 张三"]),
        ("本報訊 記者張三報導：好", ["author 張三"]),
        ("某网5月19日电（张三、李四）会议举行", ["author 张三", "author 李四"]),
        ("会议5月19日讯(张三)举行", ["author 张三"]),
        # English.
        ("By Jane Doe; Edited by John Roe", ["author Jane Doe", "editor John Roe"]),
        ("By Jane Doe; It Went", ["author Jane Doe"]),
        ("It Went; By Jane Doe", []),
        ("By Jane Doe.", ["author Jane Doe"]),
        ("By John Roe Jr.", ["author John Roe Jr."]),
        ("By Jane Doe and John Roe.", ["author Jane Doe", "author John Roe"]),
        ("By Jane Doe Jane Doe", ["author Jane Doe"]),
        ("By Jane Doe Smith", ["author Jane Doe Smith"]),
        ("By Jane Jane", ["author Jane Jane"]),
        ("Photos by Jane Doe", ["photographer Jane Doe"]),
        ("Written by Jane Doe", ["author Jane Doe"]),
        ("Translated by Jane Doe", ["translator Jane Doe"]),
        ("By Staff Writer", []),
        ("By Jane Doe and Staff Writer", ["author Jane Doe"]),
    ],
)
def test_a_line_names_persons_or_nobody(text: str, found: list[str]) -> None:
    assert persons(text) == found


@pytest.mark.parametrize(
    ("end", "found"),
    [
        ("作者：李四", ["author 李四"]),
        ("作者 ：李四", ["author 李四"]),
        ("作者：李四 ", ["author 李四"]),
        ("作者：李四返回首页", ["author 李四"]),
        ("作者：李四说", []),
        ("作者：青山远", ["author 青山远"]),
        ("图片：李四", []),
        ("来源：李四", []),
        ("审核：李四 作者：王五", ["author 王五"]),
        ("图片：李四 作者：王五", ["photographer 李四", "author 王五"]),
        ("说图片：李四 作者：王五", ["author 王五"]),
        ("说：李四 作者：王五", ["author 王五"]),
        ("会议，作者 ：李四", ["author 李四"]),
        ("会议，作者：青山远", ["author 青山远"]),
        ("会议，作者：本报记者 张三、李四", ["author 张三", "author 李四"]),
        ("（记者 张三*）", ["author 张三"]),
        ("（记者 张三）", ["author 张三"]),
        ("（ 记者 张三 ）", ["author 张三"]),
        ("（记者说）（记者 张三）", ["author 张三"]),
        ("□张三", ["author 张三"]),
        ("记者 张三", ["author 张三"]),
        ("（张三）", ["author 张三"]),
        ("张三/某某网", []),
        ("张三 摄", ["photographer 张三"]),
        ("张三 摄影、整理的照片", []),
        ("本报讯 记者张三报道：好", []),
    ],
)
def test_a_long_paragraph_names_persons_at_its_end_and_after_separators(end: str, found: list[str]) -> None:
    assert persons(LONG + end) == found


def test_what_begins_a_paragraph_names_persons_in_its_first_sixty_characters() -> None:
    assert persons("本报讯 记者张三报道：" + LONG) == ["author 张三"]
    assert persons("某网5月19日电（张三）" + LONG) == ["author 张三"]
    assert persons("好，" * 30 + "某网5月19日电（张三）" + LONG) == []


def test_a_line_of_credits_has_at_most_120_characters() -> None:
    named = "记者 张三 责编 李四"
    for length, found in ((120, ["author 张三", "editor 李四"]), (121, [])):
        assert persons(named + "，" * (length - len(named))) == found


def test_persons_are_found_whatever_stands_in_the_lines_before() -> None:
    assert persons("无关的话", "Nothing of use", "记者 张三", "无关的话", "责编：李四") == [
        "author 张三",
        "editor 李四",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "张三",
        "张小三",
        "欧阳修",
        "欧阳小山",
        "张三丰",
        "陈方安生",
        "司马",
        "买买提·艾力",
        "阿·不·都",
        "方的"[:1] + "敏",
    ],
)
def test_a_name_begins_with_a_family_name_and_has_at_most_as_many_characters_as_such_names_have(name: str) -> None:
    assert is_chinese_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "张",
        "张三丰李",
        "令狐",
        "欧阳小山的",
        "欧阳的山",
        "张的",
        "张三的",
        "远山",
        "青山远",
        "张三张三张",
        "记者",
        "张老师",
        "阿·",
        "a·b",
        "",
    ],
)
def test_anything_else_is_no_name(name: str) -> None:
    assert not is_chinese_name(name)


@pytest.mark.parametrize(
    ("name", "passes"),
    [("青山远", True), ("的山远", True), ("青的远", False), ("青山的", False), ("青山远山高", False), ("记者", False)],
)
def test_a_pen_name_needs_no_family_name(name: str, passes: bool) -> None:
    assert is_chinese_name(name, surname=False) is passes


@pytest.mark.parametrize(
    ("name", "passes"),
    [
        ("Jane Doe", True),
        ("Jane", False),
        ("Jane Ann Mary Doe", True),
        ("Jane Ann Mary Sue Doe", False),
        ("Jane doe", False),
        ("jane Doe", False),
        ("Vincent van der Berg", True),
        ("Evening Times", False),
        ("Jane Timesman", True),
        ("Émile Zola", True),
    ],
)
def test_a_latin_name_has_two_to_four_words_in_capitals(name: str, passes: bool) -> None:
    assert is_latin_name(name) is passes


@pytest.mark.parametrize(("text", "cased"), [("Jane", True), ("анна", True), ("程立夏", False), ("78 、", False)])
def test_letters_of_a_script_that_knows_capitals_are_told(text: str, cased: bool) -> None:
    assert is_cased(text) is cased
