"""Links of pages nobody wrote rules for: where they lead, what turns the page, and what stands beside a date."""

import pytest

from newsarchive.discovery.page_links import is_headline, read_links
from newsarchive.tree import parse

HERE = "https://news.chaosheng.example/sea/"


def links(inner, url=HERE):
    root = parse(f"<html><head></head><body>{inner}</body></html>")
    assert root is not None
    return read_links(root, url)


@pytest.mark.parametrize(
    ("inner", "following"),
    [
        ('<a href="list_2.html">下一页</a>', "list_2.html"),
        ('<a href="list_2.html">下页 &gt;</a>', "list_2.html"),
        ('<a href="page/2/">Older posts</a>', "page/2/"),
        ('<a rel="next" href="more.html">weiter</a>', "more.html"),
        ('<a href="?page=2">»</a>', "?page=2"),
        ('<b>1</b> <a href="list_2.html">2</a> <a href="list_3.html">3</a>', "list_2.html"),
        ('<a href="list_2.html">加载更多</a>', "list_2.html"),
    ],
)
def test_the_next_page_is_found_by_words_arrows_relations_and_numbers(inner, following):
    assert links(inner).next_url == HERE + following


def test_the_page_behind_a_later_one_is_the_first_whose_number_is_missing_before_it():
    pager = '<a href="./">1</a> <a href="list_2.html">[2]</a> 3 <a href="list_4.html">4</a>'
    found = links(pager, f"{HERE}list_3.html")
    assert found.next_url == f"{HERE}list_4.html"


@pytest.mark.parametrize(
    "inner",
    [
        '<a href="/town/">更多</a>',
        '<a href="/about.html">More</a>',
        '<a href="javascript:next()">下一页</a>',
        '<a href="#top">下一页</a>',
        '<select><option value="2">2</option></select>',
        '<a href="https://elsewhere.example/2/">2</a>',
    ],
)
def test_the_link_to_a_section_a_script_or_a_form_turns_no_page(inner):
    found = links(inner)
    assert found.next_url is None
    assert found.pages == []


def test_all_pages_of_a_drop_down_list_are_found_without_the_first():
    found = links(
        '<select><option value="./">1</option><option value="p2.html">2</option><option value="p3.html">3</option>'
    )
    assert found.pages == [f"{HERE}p2.html", f"{HERE}p3.html"]


def test_a_link_keeps_the_longest_of_its_texts_and_the_picture_its_words():
    found = links(
        '<a href="/1.html"><img alt="渔港"></a><a href="/1.html">渔港清晨恢复通航</a>'
        '<a href="/2.html"><img alt="灯会"></a>'
    )
    assert [link.text for link in found.found.values()] == ["渔港清晨恢复通航", "灯会"]


def test_an_entry_with_a_date_is_dated_and_a_headline_with_numbers_is_not():
    found = links(
        '<ul><li><a href="/1.html">渔港清晨恢复通航</a> 2026-03-04</li>'
        '<li><a href="/2.html">二十六艘渔船出港</a></li></ul>'
        '<p><a href="/3.html">Harbour opens</a>, 4 March 2026</p>'
    )
    assert [link.is_dated for link in found.found.values()] == [True, False, True]
    assert len(found.dated_items) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [("新闻中心", False), ("渔港清晨恢复通航", True), ("Town", False), ("Old harbour opens", True)],
)
def test_a_headline_is_longer_than_the_name_of_a_section(text, expected):
    assert is_headline(text) is expected


def test_feeds_are_those_that_the_head_of_a_page_names():
    root = parse(
        '<head><link rel="alternate" type="application/rss+xml" href="/feed.xml">'
        '<link rel="stylesheet" href="/a"></head>'
    )
    assert root is not None
    assert read_links(root, HERE).feeds == ["https://news.chaosheng.example/feed.xml"]


@pytest.mark.parametrize(
    "html",
    [
        "<a href='javascript:;' onclick=\"window.open('/a/17.html')\">河湾镇的石桥修好了</a>",
        "<a href=\"javascript:location.href='/a/17.html'\">河湾镇的石桥修好了</a>",
        "<li onclick=\"location.href = '/a/17.html'\">河湾镇的石桥修好了</li>",
        "<map><area href='/a/17.html' alt='x'></map>",
        "<iframe src='/a/17.html'></iframe>",
        "<select><option value=''>月份</option><option value='/a/17.html'>三月</option></select>",
        "<meta http-equiv='Refresh' content='0; URL=/a/17.html'>",
        "<script>window.location = '/a/17.html';</script>",
    ],
)
def test_links_are_found_that_are_not_written_as_such(html):
    assert "https://news.chaosheng.example/a/17.html" in links(html).found


@pytest.mark.parametrize(
    "html",
    [
        "<a href='/b'>甲</a><script>location.href = '/a/17.html';</script>",
        "<a href='javascript:void(0)' onclick=\"location.href='/list/' + id\">甲</a>",
        "<select><option value='17'>17</option><option value='abc'>三月</option></select>",
        "<meta http-equiv='refresh' content='300'>",
    ],
)
def test_nothing_else_is_taken_for_a_link(html):
    assert set(links(html).found) <= {"https://news.chaosheng.example/b"}


def test_frames_are_links():
    root = parse(
        "<html><head></head><frameset cols='20%,*'><frame src='left.htm'><frame src='main.htm'></frameset></html>"
    )
    assert root is not None
    assert list(read_links(root, HERE).found) == [f"{HERE}left.htm", f"{HERE}main.htm"]


def test_a_button_to_share_whose_address_ends_in_nothing_leads_nowhere():
    shown = '<a href="41.html#"><img src="a.png"></a> <a href="42.html#">潮水涨落表</a> <a href="43.html#top"></a>'
    found = links(f'<a href="4711.html#" class="share" title="分享到朋友圈"></a> {shown}')
    assert list(found.found) == [f"{HERE}41.html", f"{HERE}42.html", f"{HERE}43.html"]
    assert found.refused == 0
