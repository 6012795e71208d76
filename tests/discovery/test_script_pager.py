"""Pagers that a script writes: the next page is read from the script."""

from __future__ import annotations

import pytest
from support.growth import grows_linearly

from newsarchive.discovery.page_links import read_links
from newsarchive.tree import parse

HERE = "http://www.hewan.example/xw/zw/"
VARIABLES = """
var currentPage = {at}; // from 0
var nextPage = currentPage + 1;
var countPage = {count};
if (nextPage < countPage) document.write("<a href=\\"index_" + nextPage + ".html\\">下一页</a>");
"""


def next_page(script: str, here: str = HERE) -> str | None:
    root = parse(f"<ul><li><a href='t1.html'>河湾镇的石桥修好了</a></li></ul><script>{script}</script>".encode())
    assert root is not None
    return read_links(root, here).next_url


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('createPageHTML(20, 0, "index", "html");', "index_1.html"),
        ('createPageHTML(20,3,"index","html")', "index_4.html"),
        ("createPage(2, 0, 'list', 'shtml')", "list_1.shtml"),
        ('createPageHTML(20, 19, "index", "html");', None),
        ('createPageHTML(1, 0, "index", "html");', None),
        ("createPageHTML('page_div', 20, 1, 'news', 'htm', 400)", "news_2.htm"),
        ("createPageHTML('page_div', 20, 19, 'news', 'htm', 400)", "news_20.htm"),
        ("createPageHTML('page_div', 20, 20, 'news', 'htm', 400)", None),
        (VARIABLES.format(at=0, count=7), "index_1.html"),
        (VARIABLES.format(at=6, count=7), None),
        ("showPage(20, 0)", None),
    ],
)
def test_the_next_page_is_the_one_that_the_script_would_name(script: str, expected: str | None):
    assert next_page(script) == (HERE + expected if expected else None)


def test_a_link_that_is_there_comes_before_a_script():
    root = parse(
        b"<a href='p2.html'>\xe4\xb8\x8b\xe4\xb8\x80\xe9\xa1\xb5</a><script>createPageHTML(9, 0, 'p', 'html')</script>"
    )
    assert root is not None
    assert read_links(root, HERE).next_url == HERE + "p2.html"


def test_time_grows_with_the_script_and_no_faster():
    def work(size: int):
        root = parse(f"<script>{'createPageHTML(1, 0,' * size}</script>".encode())
        assert root is not None
        return lambda: read_links(root, HERE)

    assert grows_linearly(work, 2_000)
