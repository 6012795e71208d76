"""Listing pages give their articles, categories and next page, and tell which links must not be followed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.known_pages import HOST, SITE, known_page, post_html

from newsarchive.discovery.html_listing import ListingPage, read_listing
from newsarchive.models import Category
from newsarchive.sites import Site, load_site

ORIGIN = load_site("eastmoney")
ORIGIN_HOST = "https://finance.eastmoney.com"
ARTICLE = "/haiyunribao/2022/05/30/NW202205302391234567.html"
OTHER = "/emnews/2022/05/30/202205302391234568.html"


def entries(*links: str) -> str:
    return "<ul>" + "".join(f'<li><a href="{link}">题{number}</a></li>' for number, link in enumerate(links)) + "</ul>"


def read_home(inner: str, url: str = f"{HOST}/") -> ListingPage:
    return read_listing(known_page(url, post_html(inner), "listing"), SITE)


def read_origin(inner: str, url: str = f"{ORIGIN_HOST}/a/cgnjj.html") -> ListingPage:
    html = f'<html><head><meta charset="utf-8"></head><body>{inner}</body></html>'
    return read_listing(known_page(url, html, "listing"), ORIGIN)


def test_a_page_with_more_markup_than_any_real_one_lists_nothing_and_says_so() -> None:
    found = read_home(entries(ARTICLE) + "<div>" * 5000)
    assert (found.articles, found.damage) == ([], "more than 4,000 levels of elements")


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("//finews.withounder.com" + ARTICLE, HOST + ARTICLE),
        ("/21a 21b/2022/05/30/NW1.html", f"{HOST}/21a%2021b/2022/05/30/NW1.html"),
        ("/anxin(xianggang)/2022/05/30/NW1.html", f"{HOST}/anxin(xianggang)/2022/05/30/NW1.html"),
        (" \n/x/2022/05/30/NW1.html ", f"{HOST}/x/2022/05/30/NW1.html"),
        ("/x/2022/05/30/NW1.html#top", f"{HOST}/x/2022/05/30/NW1.html"),
        ("/中/2022/05/30/NW1.html", f"{HOST}/%E4%B8%AD/2022/05/30/NW1.html"),
        ("http://finews.withounder.com/x/2022/05/30/NW1.html", "http://finews.withounder.com/x/2022/05/30/NW1.html"),
    ],
)
def test_links_of_every_form_are_completed(link: str, url: str) -> None:
    assert [article.url for article in read_home(entries(link)).articles] == [url]


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("javascript:alert(1)", "unsafe-url"),
        ("file:///etc/2022/05/30/passwd.html", "unsafe-url"),
        ("data:text/html,x", "unsafe-url"),
        ("http://127.0.0.1/x/2022/05/30/NW1.html", "unsafe-url"),
        ("http://192.168.1.1/x/2022/05/30/NW1.html", "unsafe-url"),
        ("http://localhost:8080/x/2022/05/30/NW1.html", "unsafe-url"),
        ("http://[::1]/x/2022/05/30/NW1.html", "unsafe-url"),
        ("http://user@finews.withounder.com/x/2022/05/30/NW1.html", "unsafe-url"),
        ("https://other.example.com/x/2022/05/30/NW1.html", "foreign-host"),
        ("https://finews.withounder.com.evil.example/x/2022/05/30/NW1.html", "foreign-host"),
        ("http://finews.withounder.com:22/x/2022/05/30/NW1.html", "foreign-host"),
    ],
)
def test_links_that_must_not_be_followed_are_told(link: str, reason: str) -> None:
    found = read_home(entries(link, ARTICLE, link))
    assert [article.url for article in found.articles] == [HOST + ARTICLE]
    assert [told for _, told in found.rejected] == [reason]


@pytest.mark.parametrize("link", ["/", "/about.html", "#top", "", "mailto:a@b.c", "/category/x.html"])
def test_other_links_are_no_articles(link: str) -> None:
    assert read_home(entries(link)).articles == []


def test_a_button_to_share_whose_address_ends_in_nothing_is_no_article() -> None:
    shown = "<a href='/haiyunribao/2022/05/30/NW3.html#'>潮水</a>"
    found = read_home(f"<ul><li><a href='{ARTICLE}#' title='分享到朋友圈'></a></li><li>{shown}</li></ul>")
    assert [found.url for found in found.articles] == [f"{HOST}/haiyunribao/2022/05/30/NW3.html"]


def test_a_listing_served_from_another_address_keeps_its_own_host() -> None:
    found = read_home(entries(ARTICLE), "http://127.0.0.1:8095/")
    assert [article.url for article in found.articles] == [f"http://127.0.0.1:8095{ARTICLE}"]


def test_links_belong_to_the_final_address_then_to_the_base_element() -> None:
    link = "./x/2022/05/30/NW1.html"
    asked = known_page(f"{HOST}/list", post_html(entries(link)), "listing")
    for final_url, head, url in (
        (None, "", "/x/2022/05/30/NW1.html"),
        (f"{HOST}/list/", "", "/list/x/2022/05/30/NW1.html"),
        (f"{HOST}/list/", '<base href="/deep/">', "/deep/x/2022/05/30/NW1.html"),
        (None, '<base target="_blank">', "/x/2022/05/30/NW1.html"),
    ):
        body = asked.body.replace(b"<head>", b"<head>" + head.encode(), 1)
        found = read_listing(replace(asked, body=body, final_url=final_url), SITE)
        assert [article.url for article in found.articles] == [HOST + url]


def test_a_listing_that_has_moved_to_another_host_may_lead_there() -> None:
    moved = replace(known_page(f"{HOST}/", post_html(entries(ARTICLE)), "listing"), final_url="http://127.0.0.1:8095/")
    assert [article.url for article in read_listing(moved, SITE).articles] == [f"http://127.0.0.1:8095{ARTICLE}"]


def test_articles_may_be_known_by_their_query() -> None:
    assert SITE.listing is not None
    site = replace(SITE, listing=replace(SITE.listing, article=re.compile(r"/show\.php\?id=\d+$")))
    page = known_page(f"{HOST}/", post_html(entries("/show.php?id=17", "/show.php?id=x", "/show.php")), "listing")
    assert [article.url for article in read_listing(page, site).articles] == [f"{HOST}/show.php?id=17"]


def test_an_article_listed_twice_counts_once_with_its_longer_title() -> None:
    inner = f'<ul><li><a href="{ARTICLE}"><img src="/a.jpg"></a><a href="{ARTICLE}">海运价格连涨三周</a></li></ul>'
    found = read_home(inner + entries(ARTICLE))
    assert [article.hints.title for article in found.articles] == ["海运价格连涨三周"]


def test_a_longer_teaser_beside_a_headline_is_no_title() -> None:
    links = "".join(
        f'<a href="{ARTICLE}">{text}</a>' for text in ("海运价格连涨三周", "海运价格涨了三周。船东说，还要再涨。")
    )
    assert [article.hints.title for article in read_home(f"<li>{links}</li>").articles] == ["海运价格连涨三周"]


def test_category_links_are_found_wherever_they_stand() -> None:
    inner = '<p><a href="/category/Wind.html">万得</a> <a href="//finews.withounder.com/category/a b.html">甲</a></p>'
    assert read_home(inner).categories == [
        Category("Wind", "万得", f"{HOST}/category/Wind.html"),
        Category("a b", "甲", f"{HOST}/category/a%20b.html"),
    ]


@pytest.mark.parametrize(
    "inner",
    [
        '<div id="newsListContent"><ul><li><p class="title"><a href="/a/202205302391234567.html">题</a></p>'
        '<p class="time">05月30日 22:00</p></li></ul></div>',
        '<p class="title"><a href="/a/202205302391234567.html">题</a></p>',
        '<div class="repeatList"><div class="text"><a href="/a/202205302391234567.html">题</a></div></div>',
        '<ul class="newsList"><li><span class="time">05-30 22:00</span>'
        '<a href="/a/202205302391234567.html">题</a></li></ul>',
        '<ul class="newsList"><li><a href="http://stock.eastmoney.com/news/1353,202205302391234567.html">题</a></li></ul>',
    ],
)
def test_every_list_of_the_origin_is_read(inner: str) -> None:
    found = read_origin(inner)
    assert [article.hints.title for article in found.articles] == ["题"]
    assert "202205302391234567" in found.articles[0].url
    assert found.articles[0].hints.published in (None, "05月30日 22:00", "05-30 22:00")
    assert found.articles[0].hints.category == Category("cgnjj", None, f"{ORIGIN_HOST}/a/cgnjj.html")


def test_a_title_that_is_cut_short_is_taken_from_its_attribute() -> None:
    link = '<a href="/a/202205302391234567.html" title="海运价格连涨三周 港口忙">海运价格连涨…</a>'
    assert read_origin(f'<p class="title">{link}</p>').articles[0].hints.title == "海运价格连涨三周 港口忙"


@pytest.mark.parametrize(
    ("url", "following"),
    [
        ("/a/cgnjj.html", "/a/cgnjj_2.html"),
        ("/a/cgnjj_2.html", "/a/cgnjj_3.html"),
        ("/a/cgnjj_25.html", None),
        ("/", None),
    ],
)
def test_later_pages_are_numbered(url: str, following: str | None) -> None:
    inner = '<p class="title"><a href="/a/202205302391234567.html">题</a></p>'
    assert read_origin(inner, ORIGIN_HOST + url).next_url == (ORIGIN_HOST + following if following else None)


def test_an_empty_list_has_no_next_page() -> None:
    assert read_origin("<ul></ul>").next_url is None


@pytest.mark.parametrize(
    ("link", "following"),
    [
        ("cgnjj_7.html", f"{ORIGIN_HOST}/a/cgnjj_7.html"),
        ("/a/cgnjj.html", f"{ORIGIN_HOST}/a/cgnjj_2.html"),
        ("#", f"{ORIGIN_HOST}/a/cgnjj_2.html"),
        ("https://other.example.com/2", f"{ORIGIN_HOST}/a/cgnjj_2.html"),
        ("javascript:next()", f"{ORIGIN_HOST}/a/cgnjj_2.html"),
    ],
)
def test_a_link_to_the_next_page_goes_before_numbers(link: str, following: str) -> None:
    inner = f'<p class="title"><a href="/a/202205302391234567.html">题</a></p><a class="next" href="{link}">下一页</a>'
    assert read_origin(inner).next_url == following


def test_a_site_without_listing_rules_lists_nothing() -> None:
    assert read_listing(known_page(HOST, entries(ARTICLE), "listing"), replace(SITE, listing=None)) == ListingPage()


@given(st.binary(max_size=300), st.sampled_from(["http://[::1", "https://a.b:99999/", HOST]))
def test_any_bytes_are_read(body: bytes, url: str) -> None:
    assert read_listing(known_page(url, body, "listing"), SITE).articles == []


@given(st.text(max_size=60))
def test_any_link_is_followed_refused_or_left(link: str) -> None:
    quoted = link.replace("&", "&amp;").replace('"', "&quot;")
    for article in read_home(entries(quoted)).articles:
        assert article.url.startswith(HOST)


def _explored(**changes) -> Site:
    listing = replace(SITE.listing, explore=True, item="a", heading=None, category=None, **changes)
    return replace(SITE, listing=listing)


def _read(site: Site, inner: str, path: str = "/sea/") -> ListingPage:
    return read_listing(known_page(f"{HOST}{path}", post_html(inner), "listing"), site)


def test_a_category_without_a_slug_is_followed_as_a_further_listing():
    site = replace(SITE, listing=replace(SITE.listing, category=re.compile(r"^/(?:sea|town)/$")))
    found = _read(site, '<a href="/town/">城里</a><a href="/town/">城里</a><a href="/hill/">山上</a>', "/")
    assert found.further == [f"{HOST}/town/"]
    assert found.categories == []


def test_pages_of_an_explored_site_that_are_no_articles_are_given_with_their_words():
    found = _read(
        _explored(), f'<a href="{ARTICLE}">一篇</a><a href="/town/">城里</a><a href="https://elsewhere.example/">外</a>'
    )
    assert [(other.url, other.text) for other in found.others if "/town" in other.url] == [(f"{HOST}/town/", "城里")]
    assert [article.url for article in found.articles] == [HOST + ARTICLE]


def test_the_pager_of_an_explored_site_is_found_by_itself_also_as_a_drop_down_list():
    found = _read(_explored(), '<select><option value="p2.html">2</option><option value="p3.html">3</option></select>')
    assert [other.url for other in found.others if other.is_pager] == [f"{HOST}/sea/p2.html", f"{HOST}/sea/p3.html"]
    assert _read(_explored(), '<a href="p2.html">下一页</a>').next_url == f"{HOST}/sea/p2.html"


def test_the_page_of_a_folder_is_the_folder_where_the_site_file_says_so():
    site = _explored(folder_index="index.html")
    found = _read(
        site, '<a href="/town/index.html">城里</a><a href="/town/">城里</a><a href="/town/my-index.html">城</a>'
    )
    below = [other.url for other in found.others if "/town/" in other.url]
    assert below == [f"{HOST}/town/", f"{HOST}/town/my-index.html"]
