"""Identity: the digits are the article, whatever address it has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.urls import (
    InfoCode,
    article_key,
    canonical_url,
    find_info_code,
    parse_info_code,
)

DIGITS = "202603051234567890"


@pytest.mark.parametrize(
    "url",
    [
        f"https://mirror.example/jiangwan/2026/03/05/NW{DIGITS}.html",
        f"https://mirror.example/emnews/2026/03/05/{DIGITS}.html",
        f"http://finance.example/a/{DIGITS}.html",
        f"http://finance.example/news/1353,{DIGITS}.html",
        f"http://share.example/html_News/NewsShare.html?infoCode=NW{DIGITS}",
        f"http://share.example/html_News/NewsShare.html?infocode=nw{DIGITS}&from=app",
        f"http://share.example/NewsData/GetNewsText.do?id=NW{DIGITS}&cid=share",
        f"file:2026-03-05-NW{DIGITS}.md",
        f"file:-{DIGITS}.md",
    ],
)
def test_every_address_of_one_article_has_one_key(url: str) -> None:
    assert article_key(url) == DIGITS


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"NW{DIGITS}", InfoCode("NW", DIGITS)),
        (f" nw{DIGITS}\n", InfoCode("NW", DIGITS)),
        (f"AN{DIGITS}", InfoCode("AN", DIGITS)),
        (DIGITS, InfoCode("", DIGITS)),
        (f"NWS{DIGITS}", None),
        (DIGITS[:-1], None),
        (f"{DIGITS}1", None),
        ("NW209913051234567890", None),
        ("", None),
    ],
)
def test_an_info_code_is_known_by_its_form(text: str, code: InfoCode | None) -> None:
    assert parse_info_code(text) == code


@pytest.mark.parametrize(
    "url",
    ["https://mirror.example/sitenews/2021/12/01/init.html", "https://a.example/123456789012345678901.html", "", "::"],
)
def test_an_address_without_a_code_has_none(url: str) -> None:
    assert find_info_code(url) is None


def test_one_page_has_one_canonical_url() -> None:
    spellings = [
        "http://www.Mirror.example/a b/(x)/y.html?utm_source=z&id=3#top",
        "https://mirror.example:443/a%20b/%28x%29/y.html?id=3&spm=1.2",
        " https://MIRROR.example/a%20b/(x)/y.html?id=3 ",
    ]
    assert {canonical_url(url) for url in spellings} == {"mirror.example/a%20b/(x)/y.html?id=3"}


def test_case_of_the_path_and_an_odd_port_are_part_of_the_address() -> None:
    assert canonical_url("http://h.example:8080/TechWeb/1.html") == "h.example:8080/TechWeb/1.html"


@given(st.text(max_size=200))
def test_any_text_has_a_key_and_its_canonical_form_is_stable(text: str) -> None:
    key = article_key("http://h.example/" + text)
    assert key
    canonical = canonical_url("http://h.example/" + text)
    assert canonical_url("http://" + canonical) == canonical
