"""Texts from outside can be written, whatever halves of characters they hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.text import valid_unicode


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("江湾 😀", "江湾 😀"),
        ("\ud83d\ude00", "😀"),
        ("甲\ud83d", "甲\ufffd"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
        ("\ud83d\ud83d\ude00乙", "\ufffd😀乙"),
        ("", ""),
    ],
)
def test_pairs_are_joined_and_lone_halves_replaced(text: str, valid: str) -> None:
    assert valid_unicode(text) == valid


@given(st.text(st.characters(min_codepoint=0xD700, max_codepoint=0xE0FF, categories=["Cs", "Lo", "Co"])))
def test_every_text_can_be_written_and_has_as_many_other_characters_as_before(text: str) -> None:
    valid = valid_unicode(text)
    valid.encode()
    assert [c for c in valid if "\ud700" <= c <= "\uf8ff"] == [c for c in text if not "\ud800" <= c <= "\udfff"]
