import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.growth import count_lines

from newsarchive.textdiff import difference, line_difference

TEXTS = st.lists(st.text(alphabet="降准银行 aB1，", max_size=12), max_size=8).map("\n\n".join)


def side(lines, without):
    kept = [[piece.text for piece in line.pieces if piece.kind != without] for line in lines]
    return "\n\n".join(
        "".join(texts) for line, texts in zip(lines, kept, strict=True) if {p.kind for p in line.pieces} != {without}
    )


@given(TEXTS, TEXTS)
def test_each_side_put_together_is_its_text(before, after):
    lines = difference(before, after)
    assert side(lines, "added") == before
    assert side(lines, "removed") == after


@given(TEXTS)
def test_a_text_is_the_same_as_itself(text):
    assert all(line.is_same for line in difference(text, text))


def test_one_changed_character_is_marked_alone():
    pieces = line_difference("全面降准0.5个百分点", "全面降准1.5个百分点")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "全面降准"),
        ("removed", "0"),
        ("added", "1"),
        ("same", ".5个百分点"),
    ]


def test_words_of_alphabets_are_not_torn():
    assert [piece.text for piece in line_difference("rate cut", "rate cuts")] == ["rate ", "cut", "cuts"]


NUMBERS = [str(number) for number in range(3000)]


@pytest.mark.parametrize(
    "pair",
    [
        ("甲乙" * 50_000, "乙甲" * 50_000),
        ("\n\n".join(["甲乙" * 500] * 400), "\n\n".join(["乙丙" * 500] * 400)),
        ("a\n\n" * 20_000, "b\n\n" * 20_000),
        ("甲" + "乙" * 199 + "丙" * 200, "丙甲" * 200),
        ("\n\n".join(NUMBERS), "\n\n".join(reversed(NUMBERS))),
    ],
    ids=["characters", "paragraphs", "lines", "few characters", "reversed"],
)
def test_texts_made_to_exhaust_it_take_bounded_work(pair):
    assert count_lines(lambda: difference(*pair)) < 500_000
