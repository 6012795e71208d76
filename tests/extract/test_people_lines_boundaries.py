"""Which lines of an article may name people, and what of a long one is looked at; which paragraph is a credit alone."""

from __future__ import annotations

import pytest

from newsarchive.extract.credits.bylines import is_code, lines_with_people
from newsarchive.extract.credits.sources import is_only_credit

PLAIN = "江湾地铁今天加开班次"
SIGN = "记者程立夏"
#: A paragraph is looked at within 40 characters of its beginning and 60 of its end.
START, TAIL = 40, 60


def test_only_paragraphs_with_a_label_are_looked_through_each_once_and_in_order():
    paragraphs = [PLAIN, SIGN, PLAIN, PLAIN, f"（{SIGN} 编辑周其）", "作者"]
    assert lines_with_people(paragraphs, "") == [SIGN, f"（{SIGN} 编辑周其）", "作者"]


def test_without_labels_nobody_is_named():
    assert lines_with_people([PLAIN, PLAIN], "") == []
    assert lines_with_people([], "") == []


def test_the_editors_line_comes_last_unless_it_is_a_code_alone():
    assert lines_with_people([SIGN, PLAIN], "责任编辑：周其") == [SIGN, "责任编辑：周其"]
    assert lines_with_people([PLAIN], "责任编辑：周其") == ["责任编辑：周其"]
    assert lines_with_people([SIGN], "责任编辑：DF078") == [SIGN]
    assert lines_with_people([SIGN], "") == [SIGN]


def test_up_to_the_sum_of_both_ends_a_paragraph_is_given_whole():
    middle = "长" * (START + TAIL - len("句。") - len(SIGN))
    text = "句。" + middle + SIGN
    assert len(text) == START + TAIL
    assert lines_with_people([text], "") == [text]
    longer = "句。" + middle + "长" + SIGN
    assert lines_with_people([longer], "") == [longer.partition("。")[2]]


def test_of_a_long_paragraph_the_part_behind_the_last_sentence_before_the_label_is_given():
    text = f"第一句。{'长' * 120}。第三句{SIGN}。"
    assert lines_with_people([text], "") == [f"第三句{SIGN}。"]


def test_a_long_paragraph_without_a_full_stop_is_given_whole():
    text = "长" * 150 + SIGN
    assert lines_with_people([text], "") == [text]


def test_a_label_at_the_beginning_of_a_long_paragraph_has_it_given_whole():
    text = f"{'长' * (START - 2)}记者程立夏。{'长' * 120}。末句。"
    assert lines_with_people([text], "") == [text]


def test_a_label_in_the_middle_of_a_long_paragraph_is_not_seen():
    assert lines_with_people([f"{'长' * 60}{SIGN}{'长' * 80}"], "") == []


@pytest.mark.parametrize(("behind", "is_seen"), [(TAIL - 2, True), (TAIL - 1, False)])
def test_the_end_begins_sixty_characters_before_the_last(behind, is_seen):
    text = f"{'长' * 100}。记者{'长' * behind}"
    assert lines_with_people([text], "") == ([f"记者{'长' * behind}"] if is_seen else [])


@pytest.mark.parametrize(("before", "is_seen"), [(START - 2, True), (START - 1, False)])
def test_the_beginning_ends_after_forty_characters(before, is_seen):
    text = f"{'长' * before}记者{'长' * 100}"
    assert lines_with_people([text], "") == ([text] if is_seen else [])


def test_numbers_of_paragraphs_are_counted_over_all_before():
    paragraphs = [SIGN, PLAIN, PLAIN, SIGN + "二", PLAIN, SIGN + "三"]
    assert lines_with_people(paragraphs, "") == [SIGN, SIGN + "二", SIGN + "三"]


@pytest.mark.parametrize(
    ("name", "code"),
    [("DF078", True), ("78", True), ("周其", False), ("DF", False), ("周其78", False), ("ABCDEFG78", False)],
)
def test_a_code_is_letters_and_digits_and_nothing_else(name, code):
    assert is_code(name) is code


@pytest.mark.parametrize(
    ("paragraph", "is_credit"),
    [
        ("（来源：江湾晚报）", True),
        ("(文章来源：江湾晚报)", True),
        ("来源：江湾晚报，记者程立夏报道了全文", False),
        (PLAIN, False),
        (f"（来源：{'晚' * 60}）", True),
        (f"（来源：{'晚' * 61}）", False),
    ],
)
def test_a_paragraph_is_a_credit_alone_with_a_name_of_up_to_sixty_characters(paragraph, is_credit):
    assert is_only_credit(paragraph) is is_credit
