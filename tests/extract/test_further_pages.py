"""An article that goes on on another page says so; a link to another article is none of its pages."""

from datetime import UTC, datetime

import pytest
from support.growth import grows_linearly

from newsarchive.extract import read
from newsarchive.extract.further_pages import Place, next_page_of, place_of
from newsarchive.models import WHOLE, Page

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


def place(url, *links):
    page = Page(url, "post", "small", b"", NOW)
    return place_of(page, "".join(f'<a class="p" href="{href}">{label}</a>' for href, label in links))


@pytest.mark.parametrize(
    ("url", "links", "wanted"),
    [
        (
            "https://a.example/n/1_2.html",
            [("1.html", "上一页"), ("1_3.html", "下一页")],
            Place(2, "https://a.example/n/1.html", "https://a.example/n/1_3.html"),
        ),
        (
            "https://a.example/n/1_3.html",
            [("1.html", "<span>1</span>"), ("1_2.html", "2")],
            Place(3, "https://a.example/n/1.html", None),
        ),
        (
            "https://a.example/n/story/2",
            [("/n/story", "Previous page"), ("/n/story/3", "Next page")],
            Place(2, "https://a.example/n/story", "https://a.example/n/story/3"),
        ),
        (
            "https://a.example/n?id=7&p=2",
            [("/n?id=7", "« 1"), ("/n?id=7&amp;p=3", "3")],
            Place(2, "https://a.example/n?id=7", "https://a.example/n?id=7&p=3"),
        ),
        ("https://a.example/n/story-2", [("/n/story", "How the bridge was built")], Place()),
        ("https://a.example/n/2026-03", [("/n/2026", "1")], Place(3, "https://a.example/n/2026", None)),
        ("https://a.example/n/1.html", [("1_2.html", "下一页")], Place(following="https://a.example/n/1_2.html")),
        ("https://a.example/n/1_99.html", [("1.html", "1")], Place()),
    ],
)
def test_a_further_page_knows_the_first_one_and_the_next(url, links, wanted):
    assert place(url, *links) == wanted


@pytest.mark.parametrize(
    ("url", "links", "whole"),
    [
        ("1.html", [("1_2.html", "下一页"), ("1_all.html", "单页阅读")], "1_all.html"),
        ("1.html", [("1_2.html", "下一页"), ("?page=all", "全文阅读")], "1.html?page=all"),
        ("1.html", [("1_2.html", "下一页"), ("1_print.html", "打印")], "1_print.html"),
        ("1.html", [("1_2.html", "2 下一页"), ("1_print.html", "打印"), ("1_all.html", "阅读全文")], "1_all.html"),
        (
            "story",
            [("/n/story/2", "Next page"), ("/n/story/single-page", "View as a single page")],
            "story/single-page",
        ),
        ("story", [("/n/story?showall=1", "View all")], "story?showall=1"),
        ("story", [("/n/story/komplettansicht", "Auf einer Seite lesen")], "story/komplettansicht"),
        ("story", [("/n/story?print=1", "Print")], None),
        ("story", [("/n/story/all", "12 comments")], None),
        ("story", [("/n/other/all", "View all")], None),
        ("story", [("/all", "View all")], None),
        ("1.html", [("1_2.html", "下一页"), ("1_3.html", "全文阅读")], None),
    ],
)
def test_the_page_that_shows_all_pages_differs_by_a_word_for_that_alone(url, links, whole):
    found = place(f"https://a.example/n/{url}", *links).whole
    assert found == (whole and f"https://a.example/n/{whole}")


@pytest.mark.parametrize(
    ("url", "links", "first"),
    [
        ("https://a.example/n/1_all.html", [("1.html", "分页阅读")], "https://a.example/n/1.html"),
        ("https://a.example/n/story?page=all", [("/n/story", "1")], "https://a.example/n/story"),
        ("https://a.example/n/story/print", [("/n/story", "Back")], "https://a.example/n/story"),
        ("https://a.example/n/fall-full.html", [("1.html", "The fall of the bridge")], None),
        ("https://a.example/n/all", [("/news/2", "The bridge")], None),
    ],
)
def test_a_page_that_shows_all_pages_knows_the_first_one(url, links, first):
    assert place(url, *links) == (Place(WHOLE, first) if first else Place())


def test_a_page_for_a_printer_may_name_the_first_one_by_its_canonical_address_alone():
    page = Page("https://a.example/n/1_print.html", "post", "small", b"", NOW)
    canonical = '<link rel="canonical" href="https://a.example/n/1.html">'
    assert place_of(page, canonical) == Place(WHOLE, "https://a.example/n/1.html")


@pytest.mark.parametrize("piece", ["1.html?", '<a href="?all', "1.html_", '<a href="1_all.html">', '="?'])
def test_the_look_for_a_whole_page_takes_linear_time(piece):
    page = Page("https://a.example/n/1.html", "post", "small", b"", NOW)
    assert grows_linearly(lambda n: lambda: place_of(page, piece * n), 5_000)


def test_a_further_page_of_an_article_is_read_as_a_part_of_it():
    html = (
        "<html><head><title>江湾港的一天</title></head><body><h1>江湾港的一天</h1><p>2026-03-05 08:00</p><div>"
        "<p>下午两点，第二艘货轮靠岸，卸下的是从上游运来的石料，它们将被用在东口的新桥上。</p></div>"
        "<a href='1.html'>上一页</a><a href='1_3.html'>下一页</a></body></html>"
    )
    article = read(Page("https://a.example/n/1_2.html", "original", "", html.encode(), NOW))
    assert (article.part, article.next_page) == (2, "https://a.example/n/1_3.html")
    assert article.aliases == ["a.example/n/1.html"]
