"""Site files select with any CSS; what is none is told where the file is loaded, with its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsarchive.sites import SiteError, load_site
from newsarchive.sites.selectors import Selector, read_selector
from newsarchive.tree import attribute, parse, select

if TYPE_CHECKING:
    from pathlib import Path

MARKUP = (
    "<div class='meta top' id=m><span n=1>一</span><span n=2 data-kind=Time>二</span></div>"
    "<h1 n=3>三</h1><p n=4>四</p><p n=5>五<b n=6>六</b></p>"
)
SITE = """
name = "ferry"
title = "渡口日报"
base_url = "https://ferry.example"
hosts = ["ferry.example"]
timezone = "Asia/Shanghai"
[listing]
start = ["/"]
article = "/a/"
item = "{item}"
[[layouts]]
role = "original"
url = "/a/"
body = ["{body}"]
"""


@pytest.mark.parametrize(
    ("css", "numbers"),
    [
        ("span", "12"),
        (".top span", "12"),
        ("div.meta.top > span:first-child", "1"),
        ("[data-kind='time' i]", "2"),
        ("#m > :not([data-kind])", "1"),
        ("h1 + p", "4"),
        ("h1 ~ p", "45"),
        ("p:has(b)", "5"),
        ("p:nth-of-type(2) b", "6"),
        ("b, span, p b", "126"),
        ("p, h1, p:last-of-type", "345"),
    ],
)
def test_any_css_selects_each_element_once_in_the_order_of_the_page(css: str, numbers: str) -> None:
    root = parse(MARKUP)
    assert root is not None
    assert "".join(attribute(element, "n") for element in select(read_selector(css).css, root)) == numbers


def test_an_attribute_is_named_behind_the_selector() -> None:
    assert read_selector("time.when@datetime") == Selector("time.when@datetime", "time.when", "datetime")
    assert read_selector("meta[name='a@b'] @content") == Selector(
        "meta[name='a@b'] @content", "meta[name='a@b']", "content"
    )


@pytest.mark.parametrize("text", ["", "p >", "> p", "p,,i", "p..x", "1p", "p{}", "@x", "p:contains(x)", "p::before"])
def test_what_is_no_css_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is not a CSS selector"):
        read_selector(text)


@pytest.mark.parametrize(
    ("item", "body", "key"), [("li:firstborn", "div", r"listing\.item"), ("li", "div >", r"layouts\[1\]\.body")]
)
def test_a_site_file_with_a_wrong_selector_says_which_key(tmp_path: Path, item: str, body: str, key: str) -> None:
    (tmp_path / "ferry.toml").write_text(SITE.format(item=item, body=body), encoding="utf-8")
    with pytest.raises(SiteError, match=f"ferry.toml: {key}: .* is not a CSS selector"):
        load_site("ferry", tmp_path)
