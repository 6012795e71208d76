"""URLs: info codes, how links are completed and escaped, and which hosts are private."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.urls import (
    InfoCode,
    absolute_url,
    find_info_code,
    host_port,
    is_local,
    is_loopback,
    is_public,
    origin_of,
    parse_address,
    parse_info_code,
    quote_path,
    quote_segment,
    quote_url,
    reachable_base,
    read_info_code,
    replace_base,
    spellings,
    split_url,
)

if TYPE_CHECKING:
    from ipaddress import IPv4Address

DIGITS = "202603051234567890"


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


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f" NW{DIGITS} ", InfoCode("NW", DIGITS)),
        (f"http://share.example/html_News/NewsShare.html?infoCode=NW{DIGITS}", InfoCode("NW", DIGITS)),
        (f"http://finance.example/a/{DIGITS}.html", InfoCode("", DIGITS)),
        (f"看 NW{DIGITS}", None),
        (f"/a/{DIGITS}.html", None),
        (f"http://[::1/{DIGITS}.html", None),
        ("", None),
    ],
)
def test_a_code_is_read_out_of_what_a_person_gives(text: str, code: InfoCode | None) -> None:
    assert read_info_code(text) == code


BASE = "https://news.example/a/b.html?c=1"


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("c.html", "https://news.example/a/c.html"),
        ("/c.html#top", "https://news.example/c.html"),
        ("?page=2", "https://news.example/a/b.html?page=2"),
        ("//other.example/x", "https://other.example/x"),
        ("//新闻.Example:8080/x", "https://xn--efvy88h.example:8080/x"),
        (" HTTP://Other.Example:8080/X ", "http://other.example:8080/X"),
        ("新 闻.html?q=新 闻", "https://news.example/a/%E6%96%B0%20%E9%97%BB.html?q=%E6%96%B0%20%E9%97%BB"),
        ("two  blanks.html", "https://news.example/a/two%20%20blanks.html"),
        ("br\n\token.html", "https://news.example/a/broken.html"),
        ("\ufeffc\u200b.html", "https://news.example/a/c.html"),
        ("%E6%96%b0.html?a=%zz", "https://news.example/a/%E6%96%b0.html?a=%zz"),
        ("c|[d]?e=[f]|?", "https://news.example/a/c%7C%5Bd%5D?e=%5Bf%5D%7C?"),
        ("..\\img\\1.jpg?a=\\", "https://news.example/img/1.jpg?a=%5C"),
        ("javascript:void(0)", None),
        ("mailto:desk@news.example", None),
        ("file:///etc/passwd", None),
        ("http://", None),
        ("https://user:secret@news.example/", None),
        ("https://news.example:port/", None),
        ("http://[::1/", None),
        ("\ud800", None),
    ],
)
def test_a_link_is_completed_as_a_browser_does(link: str, url: str | None) -> None:
    assert absolute_url(link, BASE) == url


def test_without_a_page_only_a_whole_address_is_one() -> None:
    assert absolute_url("//news.example/a") == "https://news.example/a"
    assert absolute_url("/a") is None
    assert absolute_url("a.html") is None
    assert absolute_url("") is None


def test_a_fragment_is_kept_where_it_is_asked_for() -> None:
    link = "https://news.example/a#!/新 1"
    assert absolute_url(link, keep_fragment=True) == "https://news.example/a#!/%E6%96%B0%201"
    assert absolute_url(link) == "https://news.example/a"


@pytest.mark.parametrize(
    ("charset", "query"),
    [
        ("gb18030", "q=%D0%C2%A0%CE"),
        ("gbk", "q=%D0%C2%26%2328797;"),
        ("utf-8", "q=%E6%96%B0%E7%81%9D"),
        ("no charset", "q=%E6%96%B0%E7%81%9D"),
    ],
)
def test_a_query_is_sent_in_the_charset_of_the_page_and_a_path_in_utf_8(charset: str, query: str) -> None:
    url = absolute_url("新?q=新灝", BASE, charset=charset)
    assert url is not None
    assert url.startswith("https://news.example/a/%E6%96%B0?q=")


links = st.text(max_size=60) | st.builds("http://{}/{}".format, st.text(max_size=20), st.text(max_size=20))


@given(links, st.booleans())
def test_a_completed_link_is_ascii_behind_its_host_and_completing_it_again_changes_nothing(
    link: str, keep: bool
) -> None:
    url = absolute_url(link, BASE, keep_fragment=keep)
    if url is not None:
        assert url.startswith(("http://", "https://"))
        assert (url.partition("://")[2].partition("/")[2]).isascii()
        assert absolute_url(url, keep_fragment=keep) == url


def test_a_text_is_escaped_for_the_place_where_it_goes() -> None:
    text = "新/a b?#[]%41(1):@"
    assert quote_segment(text) == "%E6%96%B0%2Fa%20b%3F%23%5B%5D%2541(1):@"
    assert quote_path(text) == "%E6%96%B0/a%20b%3F%23%5B%5D%2541(1):@"
    assert quote_url(text) == "%E6%96%B0/a%20b?#[]%41(1):@"
    assert quote_url('<a href="x">\ud800') == "%3Ca%20href=%22x%22%3E?"


def test_urls_move_from_the_old_base_by_either_scheme_and_others_stay() -> None:
    old, new = "https://news.example", "http://127.0.0.1:8000/"
    assert replace_base("https://news.example/a b/?q=1#f", old, new) == "http://127.0.0.1:8000/a b/?q=1#f"
    assert replace_base("http://NEWS.example:80/x", old, new) == "http://127.0.0.1:8000/x"
    odd = ("https://news.example:8443/x", "http://other.example/x", "javascript:alert(1)", "http://[::1/x", "/x", "")
    for url in (*odd, "https://news.example:99999/"):
        assert replace_base(url, old, new) == url


@pytest.mark.parametrize(
    ("proxies", "base"),
    [
        ({}, "https://news.example"),
        ({"http": "http://p:1"}, "http://news.example"),
        ({"http": "http://p:1", "https": "http://p:1"}, "https://news.example"),
    ],
)
def test_behind_a_proxy_for_http_alone_a_site_is_asked_by_http(proxies: dict[str, str], base: str) -> None:
    assert reachable_base("https://news.example", proxies) == base


def test_a_url_that_cannot_be_read_has_empty_parts() -> None:
    assert split_url("https://news.example/a?b").netloc == "news.example"
    assert split_url("http://[::1/a").geturl() == ""


def test_the_origin_of_a_url_has_no_path() -> None:
    assert origin_of("https://news.example/a/b") == "https://news.example"
    assert origin_of("http://127.0.0.1:8000") == "http://127.0.0.1:8000"
    assert host_port(split_url("https://news.example/a")) == "news.example:443"
    assert host_port(split_url("http://news.example:8080")) == "news.example:8080"


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("10.1.2.3", True),
        ("169.254.1.1", True),
        ("100.64.0.1", True),
        ("0x7f.1", True),
        ("fd00::1", True),
        ("[::1]", True),
        ("64:ff9b::a00:1", True),
        ("fe80::1%eth0", True),
        ("224.0.0.1", True),
        ("nas.local", True),
        ("nas.local.", True),
        ("router", True),
        ("localhost.", True),
        ("metadata.google.internal", True),
        ("8.8.8.8", False),
        ("2606:2800:220:1::1", False),
        ("64:ff9b::808:808", False),
        ("a.cn", False),
        ("local.news.example", False),
    ],
)
def test_private_hosts_are_known_in_every_spelling(host: str, local: bool) -> None:
    assert is_local(host) is local


@given(st.ip_addresses(v=4))
def test_all_spellings_of_an_address_are_judged_alike(address: IPv4Address) -> None:
    made = [str(int(address)), hex(int(address)), ".".join(hex(part) for part in address.packed)]
    assert {is_local(spelling) for spelling in made} == {not is_public(address)}
    assert all(parse_address(spelling) == address for spelling in made)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("127.9.9.9", True), ("::1", True), ("0x7f000001", True), ("10.0.0.1", False), ("", False)],
)
def test_this_machine_is_known(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_one_page_may_have_been_recorded_in_four_spellings() -> None:
    known = {
        "http://news.example/a",
        "https://news.example/a",
        "http://www.news.example/a",
        "https://www.news.example/a",
    }
    assert set(spellings("https://www.news.example/a#top")) == known | {"https://www.news.example/a#top"}
    assert set(spellings("news.example/a")) == known | {"news.example/a"}
    assert spellings("http://[::1/a") == ["http://[::1/a"]
