"""URLs at their boundaries: which digits are an info code, what is escaped, which addresses are everybody's."""

from __future__ import annotations

import pytest

from newsarchive.urls import (
    InfoCode,
    absolute_url,
    ascii_netloc,
    find_info_code,
    host_and_odd_port,
    is_local,
    is_web_address,
    parse_address,
    parse_info_code,
    quote_path,
    replace_base,
    slashes,
    split_url,
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


@pytest.mark.parametrize(
    ("charset", "query"),
    [
        ("utf-8", "q=%E9%95%95"),
        ("gbk", "q=%E9F"),
        ("gb2312", "q=&%2338229;"),
        ("nothing-like-this", "q=%E9%95%95"),
    ],
)
def test_a_query_is_escaped_in_the_charset_of_its_page_and_what_that_lacks_as_a_number(
    charset: str, query: str
) -> None:
    assert absolute_url("/s?q=镕", "http://a.example/", charset=charset) == f"http://a.example/s?{query}"


def test_what_is_escaped_already_and_what_parts_a_path_stays_as_it_is() -> None:
    assert absolute_url("http://a.example/新/%E6%96?a=/b?c=%41 d") == (
        "http://a.example/%E6%96%B0/%E6%96?a=/b?c=%41%20d"
    )
    assert absolute_url("http://a.example/新#第/1?%41", keep_fragment=True) == (
        "http://a.example/%E6%96%B0#%E7%AC%AC/1?%41"
    )
    assert quote_path("甲/乙") == "%E7%94%B2/%E4%B9%99"


def test_a_link_without_a_base_is_of_https() -> None:
    assert absolute_url("//a.example/新") == "https://a.example/%E6%96%B0"


def test_only_the_backslashes_before_the_query_are_slashes() -> None:
    assert slashes("http:\\\\a.example\\b?c=\\d#\\e") == "http://a.example/b?c=\\d#\\e"


@pytest.mark.parametrize(
    ("netloc", "ascii_form"),
    [
        ("新闻.example", "xn--efvy88h.example"),
        ("新闻.example:8080", "xn--efvy88h.example:8080"),
        ("a.example:80", "a.example:80"),
    ],
)
def test_a_host_in_chinese_is_written_in_ascii_and_keeps_its_port(netloc: str, ascii_form: str) -> None:
    assert ascii_netloc(netloc) == ascii_form


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://a.example/b/c", "a.example"),
        ("https://a.example:443/b", "a.example"),
        ("http://a.example:8080/b/", "a.example:8080"),
        ("http://a/b", "a"),
        ("http://a.example", "a.example"),
        ("nothing", ""),
        ("http://[a/b", ""),
    ],
)
def test_the_place_of_a_url_is_its_host_and_an_unusual_port(url: str, place: str) -> None:
    assert host_and_odd_port(url) == place


def test_a_url_is_moved_with_its_path_and_query() -> None:
    assert replace_base("https://a.example/b/?c=d", "http://a.example", "http://x.example/") == (
        "http://x.example/b/?c=d"
    )
    assert replace_base("https://a.example/b", "http://a.example", "http://x.example/X") == "http://x.example/X/b"
    assert replace_base("https://b.example/b", "http://a.example", "http://x.example") == "https://b.example/b"


def test_a_url_that_cannot_be_read_has_only_empty_parts() -> None:
    assert tuple(split_url("http://[a/b")) == ("", "", "", "", "")


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("8.8.8.8", False),
        ("10.0.0.1.", True),
        ("intranet.", True),
        ("X.example", False),
        ("[::ffff:10.0.0.1]", True),
        ("[::ffff:8.8.8.8]", False),
        ("[2002:a00:1::]", True),
        ("[2002:808:808::]", False),
        ("[2001:0:808:808:0:0:f5ff:fffe]", True),
        ("[64:ff9b::a00:1]", True),
        ("[64:ff9b::808:808]", False),
        ("[fe80::1%eth0]", True),
        ("[2606:4700::1%X]", False),
        ("0x7f.1", True),
    ],
)
def test_an_address_is_judged_by_the_address_that_it_stands_for(host: str, local: bool) -> None:
    assert is_local(host) is local


def test_brackets_and_zones_are_no_part_of_an_address() -> None:
    assert str(parse_address("[fe80::1%eth0]")) == "fe80::1"
    assert parse_address("X8.8.8.8") is None


@pytest.mark.parametrize(
    ("value", "leads"),
    [
        ("http://press.example/1.html", True),
        ("HTTPS://press.example", True),
        ("http://", False),
        ("https:///1.html", False),
        ("http://[broken/1", False),
        ("http://press.example/\u202e1", False),
        ("ftp://press.example/1", False),
        ("javascript:alert(1)//http://press.example", False),
        ("press.example/1", False),
        ("", False),
        (None, False),
        (7, False),
    ],
)
def test_only_http_and_https_addresses_of_a_host_become_links(value: object, leads: bool) -> None:
    assert is_web_address(value) is leads
