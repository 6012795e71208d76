"""An article that goes on on another page says so; a link to another article is none of its pages."""

from datetime import UTC, datetime

import pytest
from support.growth import grows_linearly

from newsarchive.extract.further_pages import next_page_of
from newsarchive.models import Page

NOW = datetime(2026, 3, 5, tzinfo=UTC)


def following(url, *hrefs, words="下一页"):
    page = Page(url, "post", "small", b"", NOW)
    return next_page_of(page, "".join(f'<a class="p" href="{href}">{words}</a>' for href in hrefs))


@pytest.mark.parametrize(
    ("url", "href", "second"),
    [
        ("https://a.example/n/1.html", "1_2.html", "https://a.example/n/1_2.html"),
        ("https://a.example/n/1.html", "/n/1-2.html", "https://a.example/n/1-2.html"),
        ("https://a.example/n/1.shtml", "/n/1_p2.shtml", "https://a.example/n/1_p2.shtml"),
        ("https://a.example/n/story", "/n/story/2", "https://a.example/n/story/2"),
        ("https://a.example/n/story/", "/n/story/page/2", None),
        ("https://a.example/n/1.html", "?page=2", "https://a.example/n/1.html?page=2"),
        ("https://a.example/n?id=7", "/n?id=7&amp;p=2", "https://a.example/n?id=7&p=2"),
        ("https://a.example/n?id=7", "/n?id=8&amp;p=2", None),
        ("https://a.example/n/1.html", "/n/2.html", None),
        ("https://a.example/n/1.html", "/n/12.html", None),
        ("https://a.example/n/1.html", "/n/1_3.html", None),
        ("https://a.example/n/1.html", "https://b.example/n/1_2.html", None),
        ("https://a.example/n/1.html", "#2", None),
    ],
)
def test_the_second_page_differs_by_its_number_alone(url, href, second):
    assert following(url, href) == second


def test_a_page_that_names_no_next_page_is_whole():
    assert following("https://a.example/n/1.html", "1_2.html", words="相关") is None


@pytest.mark.parametrize("piece", ["<a ", '<a href="', "<a href=1>", "下一页"])
def test_the_look_takes_linear_time(piece):
    page = Page("https://a.example/n/1.html", "post", "small", b"", NOW)
    assert grows_linearly(lambda n: lambda: next_page_of(page, "下一页" + piece * n), 5_000)
