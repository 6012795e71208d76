from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.search.folding import UNSPACED, built_in_folding, load_folding
from newsarchive.search.tokens import (
    LONGEST_WORD,
    PART,
    POINT,
    characters,
    pairs,
    phrase,
)

FOLDING = built_in_folding()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("量子计算", "量子 子计 计算 算"),
        ("央行，降准", "央行 行 降准 准"),
        ("5G手机", "5 g 手机 机"),
        ("5G 手机", "5 g 手机 机"),
        ("A股", "a 股"),
        ("2022年3月", "2022 年 3 月"),
        ("收3500，点评", f"收 3500 {PART} 点评 评"),
        ("首行\nABC", f"首行 行 {PART} abc"),
        ("0.25个", f"0{POINT}25 个"),
        ("1.2.3", "1 2 3"),
        ("quantitative easing, again", "quantitative easing again"),
        ("x" * (LONGEST_WORD + 2), "x" * LONGEST_WORD + " xx"),
        ("，。！", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_text_is_cut_into_pairs_and_whole_words(text, tokens):
    assert pairs(text, FOLDING) == tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("臺灣發展後頭髮裡", "台湾发展后头发里"),
        ("ＡＢＣ１２３％", "abc123%"),
        ("ｶﾞﾗｽ", "ガラス"),
        ("Café CAFE\u0301", "cafe cafe"),
        ("Straße", "STRASSE"),
        ("中\u200b国", "中国"),
        ("\u3000全\u00a0角", " 全 角"),
        ("０．２５", "0.25"),
    ],
)
def test_spellings_of_one_text_fold_to_one(one, other):
    assert FOLDING.fold(one) == FOLDING.fold(other)


def test_full_width_comma_does_not_join_numbers():
    assert pairs("2022，300人", FOLDING) == "2022 300 人"


def test_characters_are_listed_once_without_words_and_punctuation():
    assert characters(("國国，A股 5G", None), FOLDING).split() == ["国", "股"]


def test_folding_survives_being_kept_beside_the_index():
    again = load_folding(FOLDING.dump())
    text = "臺灣ＡＢＣé㈱…"
    assert again.fold(text) == FOLDING.fold(text)


def test_a_single_character_asks_for_every_pair_that_begins_with_it():
    assert phrase("国", FOLDING) == (("国",), True)
    assert phrase("A股", FOLDING) == (("a", "股"), True)
    assert phrase("中国", FOLDING) == (("中国",), False)
    assert phrase("inflat", FOLDING, prefix=True) == (("inflat",), True)
    assert phrase("。", FOLDING) is None


@given(st.text())
def test_folding_twice_changes_nothing_that_is_searched(text):
    assert pairs(FOLDING.fold(text), FOLDING) == pairs(text, FOLDING)


@given(st.text())
def test_tokens_hold_nothing_that_means_something_to_the_index(text):
    for token in pairs(text, FOLDING).split(" "):
        assert not re.search(r"[\x00-\x2f\x3a-\x60\x7b-\x7f]", token)
    assert re.fullmatch(f"[{UNSPACED} ]*", characters((text,), FOLDING))
