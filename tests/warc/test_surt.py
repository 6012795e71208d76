"""Keys of addresses in indexes: the same that replay makes when it looks one up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.warc.surt import surt_key

SESSION = "0123456789abcdef0123456789ABCDEF"
KEYS = {
    "http://press.example/": "example,press)/",
    "http://press.example": "example,press)/",
    "http://www.Press.example:80/A/?b=2&a=1": "example,press)/a?a=1&b=2",
    "https://www12.press.example:443/a/../b/./c//d/": "example,press)/b/c/d",
    "https://press.example:80/": "example,press:80)/",
    "http://press.example:8080/x?": "example,press:8080)/x",
    "http://press.example/?#top": "example,press)/",
    "http://press.example/a?b&b=&b=1": "example,press)/a?b&b=&b=1",
    "http://127.0.0.1:8095/a.html": "1,0,0,127:8095)/a.html",
    "http://[::1]:80/x": "::1)/x",
    "http://江湾.example/财经/1.html?问=答": "example,xn--9sw48b)/%e8%b4%a2%e7%bb%8f/1.html?%e9%97%ae=%e7%ad%94",
    "http://press.example/%E8%B4%A2?q=%e7%ad%94": "example,press)/%e8%b4%a2?q=%e7%ad%94",
    "http://press.example/a%252Fb%20c+d": "example,press)/a/b%20c+d",
    f"http://press.example/p?PHPSESSID={SESSION}": "example,press)/p",
    f"http://press.example/p?a=1&sid={SESSION}&z=2": "example,press)/p?a=1&z=2",
    "http://press.example/(S(abcdefghijklmnopqrstuvwx))/p.aspx": "example,press)/p.aspx",
    "http://me:secret@press.example/x": "example,press)/x",
    "http://press.example./../../a": "example,press)/a",
    "http://wwww.example/a": "example,wwww)/a",
}


@pytest.mark.parametrize("url", KEYS)
def test_spellings_of_an_address_have_one_key(url: str) -> None:
    assert surt_key(url) == KEYS[url]


def test_the_key_is_that_of_the_program_that_replay_uses() -> None:
    surt = pytest.importorskip("surt", reason="pip install surt")
    assert {url: surt.surt(url) for url in KEYS} == KEYS


@given(st.text("abAB/?&=%.#2fF;:@-_~+ é中'\"()", max_size=30))
def test_any_address_has_a_key_and_a_key_of_its_own_kind(text: str) -> None:
    key = surt_key("http://press.example/" + text)
    assert key.startswith("example,press)/")
    assert not {" ", "\n"} & set(key)
