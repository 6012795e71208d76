"""Info codes at their boundaries: which digits are a date, which number of an address counts."""

from __future__ import annotations

import pytest

from newsarchive.urls import (
    InfoCode,
    find_info_code,
    parse_info_code,
)

DIGITS = "202603051234567890"
OTHER = "202512311234567890"
NO_DATE = "123456789012345678"


@pytest.mark.parametrize("day", ["19900101", "20991231", "20000229", "20260131", "20261201"])
def test_a_number_whose_first_digits_are_a_day_from_1990_to_2099_is_a_code(day: str) -> None:
    assert parse_info_code(f"{day}1234567890") == InfoCode("", f"{day}1234567890")


@pytest.mark.parametrize("day", ["19891231", "21000101", "20260005", "20261305", "20260300", "20260332"])
def test_a_number_whose_first_digits_are_no_day_is_no_code(day: str) -> None:
    assert parse_info_code(f"{day}1234567890") is None
    assert find_info_code(f"http://a.example/{day}1234567890.html") is None


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (f"http://a.example/nw{DIGITS}.html", InfoCode("NW", DIGITS)),
        (f"http://a.example/{DIGITS}.html", InfoCode("", DIGITS)),
        (f"http://a.example/1,{OTHER},{DIGITS}.html", InfoCode("", DIGITS)),
        (f"http://a.example/1,{DIGITS},{NO_DATE}.html", InfoCode("", DIGITS)),
        (f"http://a.example/news%2C{DIGITS}.html", InfoCode("", DIGITS)),
        (f"http://a.example/{OTHER}/{DIGITS}.html", InfoCode("", DIGITS)),
        (f"http://a.example/{OTHER}/init.html", None),
        (f"http://a.example/x{DIGITS}.html", None),
        (f"http://a.example/{DIGITS}1.html", None),
        (f"http://a.example/{OTHER}.html?infoCode=NW{DIGITS}", InfoCode("NW", DIGITS)),
        (f"http://a.example/{OTHER}.html?ID={DIGITS}", InfoCode("", DIGITS)),
        (f"http://a.example/{OTHER}.html?page={DIGITS}", InfoCode("", OTHER)),
        (f"http://a.example/{OTHER}.html?id=7", InfoCode("", OTHER)),
        (f"http://a.example/?id=7&infocode={DIGITS}", InfoCode("", DIGITS)),
    ],
)
def test_the_query_names_the_article_before_the_path_and_the_last_number_of_the_path_before_the_others(
    url: str, code: InfoCode | None
) -> None:
    assert find_info_code(url) == code


def test_a_code_is_written_as_prefix_and_digits() -> None:
    assert str(InfoCode("NW", DIGITS)) == f"NW{DIGITS}"
    assert str(InfoCode("", DIGITS)) == DIGITS
