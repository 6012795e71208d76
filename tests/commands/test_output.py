import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from newsarchive.commands.output import (
    plain,
    plain_lines,
    shorten,
    size_of,
    to_json,
    wrap,
)

OBEYED = "\x1b\x9b\x07\x00\x7f\u202e\u202a\u2066\u2069\u200e\u200f\u061c\u2028"


@given(st.text(max_size=60))
def test_plain_text_is_one_line_without_anything_that_a_terminal_obeys(text):
    assert plain(text).isprintable()


@given(st.text(max_size=60))
def test_plain_text_keeps_every_printable_character_in_its_order(text):
    kept = [character for character in plain(text) if character != " "]
    assert kept == [character for character in text if character.isprintable() and character != " "]


def test_plain_lines_keep_line_ends_and_full_width_blanks():
    assert plain_lines("甲\u3000乙\n\x1b丙\u202e") == "甲\u3000乙\n丙"


@given(st.text(max_size=60))
def test_json_loses_nothing(text):
    assert json.loads(to_json({"value": text})) == {"value": text}


@pytest.mark.parametrize("character", OBEYED)
def test_json_writes_what_a_terminal_obeys_as_an_escape(character):
    assert to_json(character).isprintable()


def test_json_writes_bytes_as_hexadecimal():
    assert to_json(b"\x00\xff") == '"00ff"'


def test_a_long_text_ends_with_an_ellipsis():
    assert (shorten("四个汉字", 4), shorten("五个汉字啊", 4)) == ("四个汉字", "五个汉…")


@pytest.mark.parametrize(("size", "text"), [(999, "999 bytes"), (1500, "1.5 kB"), (2_500_000_000, "2.5 GB")])
def test_sizes_are_written_for_people(size, text):
    assert size_of(size) == text


@given(st.text(alphabet=st.characters(min_codepoint=32), max_size=300), st.integers(min_value=8, max_value=80))
def test_wrapped_lines_fit_but_for_a_hanging_sign(text, width):
    assert all(cell_len(line) <= width + 2 for line in wrap(plain(text), width))


@given(st.text(max_size=300), st.integers(min_value=8, max_value=80))
def test_wrapping_loses_nothing_but_blanks(text, width):
    line = plain(text)
    assert "".join("".join(wrap(line, width)).split()) == "".join(line.split())


def test_no_line_begins_with_a_comma_or_ends_with_an_opening_bracket():
    lines = wrap("这是一个很长的句子，后面还有（括号里的话），再后面没有了。" * 5, 22)
    assert not [line for line in lines if line[0] in "，。）"]
    assert not [line for line in lines if line[-1] == "（"]


def test_a_latin_word_and_a_number_are_not_broken():
    assert wrap("收入 1,234.5 亿元 international", 14) == ["收入 1,234.5", "亿元", "international"]


def test_csv_has_a_heading_and_reads_back(run):
    ran = run("search", "--csv", "--limit", 3, "lang:zh")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert len(rows) == 3
    assert set(rows[0]) == {
        *("article_key", "published_at", "source", "title", "snippet"),
        *("url", "category", "lang"),
    }
