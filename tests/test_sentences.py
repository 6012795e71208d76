"""Where sentences end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.sentences import sentences


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("渡轮停航。夜航恢复！为什么？", ["渡轮停航。", "夜航恢复！", "为什么？"]),
        ("他说：“渡轮停航。”随后离开。", ["他说：“渡轮停航。”", "随后离开。"]),
        ("“真的停航？”他问。", ["“真的停航？”他问。"]),
        ("“停航了吗？”，记者问。", ["“停航了吗？”，记者问。"]),
        ("涨幅3.5%；收于2.80元。", ["涨幅3.5%；收于2.80元。"]),
        ("还要等多久……没有人知道。", ["还要等多久……", "没有人知道。"]),
        ("第一行\n第二行。", ["第一行", "第二行。"]),
        ("Prices in the U.S. rose 3.5%. See example.org.", ["Prices in the U.S. rose 3.5%.", "See example.org."]),
        ("Mr. Lind said no. He left.", ["Mr. Lind said no.", "He left."]),
        ('"It is over." She left.', ['"It is over."', "She left."]),
        ("J. R. Lind left. Nobody saw it.", ["J. R. Lind left.", "Nobody saw it."]),
        ("", []),
        ("   \n\u3000", []),
    ],
)
def test_sentences_end_at_signs_that_end_them(text, wanted):
    assert list(sentences(text)) == wanted


@given(st.text(alphabet="渡轮。！？”“.…\nAb 1\"'（）", max_size=60))
def test_no_character_is_lost_and_no_sentence_has_a_line_end(text):
    found = list(sentences(text))
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(one == one.strip() and "\n" not in one and one for one in found)
