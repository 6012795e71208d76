"""What of a text is compared."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.growth import grows_linearly

from newsarchive.stories.overlap import Comparable, compare
from newsarchive.stories.text import (
    KIND_BITS,
    MAX_CHARS,
    expected,
    look_alike,
    sample,
    story_text,
)

TEXT = (
    "江湾市交通局三日公布，跨海渡轮自下月起延长夜航，末班船由二十一时改为二十三时三十分。"
    "局长林知远说，去年夜间候船的市民超过四十一万人次。"
)
ENGLISH = (
    "Harbor County will keep its ferries running until half past eleven at night from next month, the transport office "
    "said. Director Aldous Farrow said more than 410,000 people waited at the piers after dark last year."
)


def identity(body: str, title: str | None = None, day: str | None = None) -> int:
    text = story_text(title, body, day)
    assert text is not None
    return text.id


def test_the_id_of_a_text_is_the_same_in_every_version() -> None:
    assert (identity(TEXT), identity(ENGLISH)) == (1858620844108269602, 1030442947498376053)


@pytest.mark.parametrize(
    ("labels", "taken_off"),
    [
        (
            "来源 文章来源 本文来自 稿件转载自 信息源自 图片来源 责任编辑 责编 校对 记者 通讯员 实习生 值班编委 原题",
            True,
        ),
        ("出处 稿源 编译 翻译 一审 终审 策划 特约记者 新闻稿 风险", False),
    ],
)
def test_which_labels_are_taken_off_is_fixed_because_ids_follow_from_it(labels: str, taken_off: bool) -> None:
    for label in labels.split():
        assert (identity(f"{TEXT}\n\n{label}：林若溪") == identity(TEXT)) is taken_off, label


@pytest.mark.parametrize(
    "body",
    [
        f"（文章来源：江湾晚报）\n\n{TEXT}",
        f"{TEXT}（江湾晚报）",
        f"{TEXT}（来源：江湾晚报）",
        f"{TEXT}\n\n（文章来源：江湾晚报）",
        f"{TEXT}\n\n来源丨云溪日报",
        f"{TEXT}\n\n责任编辑：顾砚秋",
        f"原标题：渡轮延长夜航\n\n{TEXT}",
        f"记者 林若溪\n\n{TEXT}",
        f"文/林若溪\n\n{TEXT}",
        f"渡轮延长夜航\n\n{TEXT}",
        f"【渡轮延长夜航】{TEXT}",
        f"江湾晚报3月3日电（记者 林若溪），{TEXT}",
        f"云溪通讯社江湾2026年3月3日电 {TEXT}",
        f"本报讯（记者 林若溪 宋怀瑾）{TEXT}",
        f"松桥证券报讯，{TEXT}",
        f"{TEXT}\n\n免责声明：本文仅供参考，不构成投资建议，据此操作，风险自担。",
        f"{TEXT}\n\n郑重声明：本站发布此信息的目的在于传播更多信息，与本站立场无关。",
        f"{TEXT}\n\n未经本报授权，不得转载。",
        TEXT.replace("，", ","),
        TEXT.replace("，", " ， ").replace("。", "。\n\n"),
        f"\u200b{TEXT}\ufeff",
    ],
)
def test_furniture_spacing_and_punctuation_make_no_other_text(body: str) -> None:
    assert identity(body, "渡轮延长夜航") == identity(TEXT)


@pytest.mark.parametrize(
    "body",
    [
        f"WILLOW, March 3 (Harbor Wire) - {ENGLISH}",
        f"By Kirwan Ingram\n\n{ENGLISH}",
        f"{ENGLISH}\n\nSource: Harbor Wire",
        f"{ENGLISH}\n\nDisclaimer: this is not investment advice.",
        ENGLISH.upper().replace(" ", "  "),
        ENGLISH.replace("410,000", "410000"),
    ],
)
def test_the_same_holds_for_english(body: str) -> None:
    assert identity(body) == identity(ENGLISH)


@pytest.mark.parametrize(
    "body",
    [
        "记者从交通局了解到，" + TEXT,
        "编辑部的灯一直亮着。" + TEXT,
        "来源可靠的消息说，末班船改期。" + TEXT,
        TEXT.replace("二十一时", "二十二时"),
        TEXT + "（完）以后又有续报。",
    ],
)
def test_what_is_text_stays(body: str) -> None:
    assert identity(body) != identity(TEXT)


def test_width_makes_no_other_text() -> None:
    assert identity("Ｈａｒｂｏｒ 渡轮夜航延长至２３：３０，市民可乘末班船往返两岸。") == identity(
        "harbor渡轮夜航延长至23:30，市民可乘末班船往返两岸。"
    )


def test_the_day_only_tells_short_texts_apart() -> None:
    assert identity("江湾指数午后翻红。", day="2026-03-02") != identity("江湾指数午后翻红。", day="2026-03-03")
    assert identity(TEXT, day="2026-03-02") == identity(TEXT, day="2026-03-03")


def test_too_little_text_is_none() -> None:
    assert story_text("标题", "如图。\n\n（文章来源：江湾晚报）", None) is None


def test_only_a_bounded_beginning_is_compared_but_all_of_it_is_told_apart() -> None:
    one, other = (story_text(None, TEXT * 1000 + end, None) for end in "甲乙")
    assert one is not None
    assert other is not None
    assert len(one.text) == MAX_CHARS
    assert one.text == other.text
    assert one.id != other.id


@pytest.mark.parametrize(
    "unit", ["【", "记者 ", "3月3日", "讯", "A, ", "（a", "来源：", "本报告", "以上内容", "1", " \u3000"]
)
def test_taking_off_is_linear(unit: str) -> None:
    assert grows_linearly(lambda size: partial(story_text, unit, unit * size, None), 25_000)


texts = st.text(alphabet=st.sampled_from("江湾渡轮夜航，。0123 ab（）【】\n电讯来源："), max_size=300)


@given(texts, texts)
def test_comparing_never_fails_and_is_the_same_from_both_sides(first: str, second: str) -> None:
    one, other = story_text(None, first, None), story_text(first, second, "2026-03-03")
    if one is None or other is None:
        return
    overlap = compare(Comparable(one), Comparable(other))
    back = compare(Comparable(other), Comparable(one))
    assert (overlap and overlap.reversed()) == back
    assert overlap is None or (0 < overlap.share <= 1 and 0 < overlap.other_share <= 1)


@given(st.text(max_size=300))
def test_any_text_can_be_read(body: str) -> None:
    text = story_text(body[:20], body, None)
    assert text is None or len(sample(text).shingles) <= len(text.text)


def test_a_sparser_sample_is_contained_in_a_denser_one_of_the_same_words() -> None:
    long = story_text(None, "".join(chr(0x4E00 + i * 7919 % 20000) for i in range(3000)), None)
    assert long is not None
    part = story_text(None, long.text[1000:1120], None)
    assert part is not None
    shared = sample(long).shingles & sample(part).shingles
    assert 0 < len(shared) < len(sample(part).shingles)
    sizes = long.id & KIND_BITS, part.id & KIND_BITS
    assert expected(*sizes) == expected(*reversed(sizes)) <= 2
    assert look_alike(long.id, sample(long).sketch, part.id, sample(part).sketch)
    assert not look_alike(long.id, frozenset(range(0, 8192, 64)), part.id, sample(part).sketch)


def test_the_opening_of_a_long_text_is_sampled_more_densely() -> None:
    long = story_text(None, "".join(chr(0x4E00 + i * 7919 % 20000) for i in range(3000)), None)
    assert long is not None
    opening, later = (story_text(None, long.text[start : start + 120], None) for start in (0, 1500))
    assert opening is not None
    assert later is not None
    assert len(sample(opening).shingles & sample(long).shingles) > 2 * len(
        sample(later).shingles & sample(long).shingles
    )


@pytest.mark.parametrize("length", [40, 200, 800, 3000])
@pytest.mark.parametrize("words", [TEXT, ENGLISH + " "])
def test_a_text_leaves_a_handful_of_shingles_whatever_its_length(words: str, length: int) -> None:
    text = story_text(None, "".join(f"{i} {words}" for i in range(length))[:length], None)
    assert text is not None
    assert len(sample(text).shingles) <= 70
    assert len(sample(text).sketch) <= 250


def test_a_character_beyond_the_basic_plane_takes_one_place() -> None:
    one, other = (story_text(None, f"{TEXT}{sign}{TEXT[::-1]}", None) for sign in ("\U00020bb7", "吉"))
    assert one is not None
    assert other is not None
    overlap = compare(Comparable(one), Comparable(other))
    assert overlap is not None
    assert overlap.share == overlap.other_share > 0.9


@given(st.text(alphabet="abzABZ019 \t,'.-_:;!?%$&@~", max_size=80))
def test_a_text_in_ascii_alone_is_read_as_one_with_other_letters(text: str) -> None:
    body = f"The harbour said {text}"
    plain, other = story_text(None, body, None), story_text(None, f"{body} naïve", None)
    assert plain is not None
    assert other is not None
    assert other.text == f"{plain.text} naïve"
