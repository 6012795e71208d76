"""The sample site shows every shape that the real pages have."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from newsarchive.demo import DemoSite, truth
from newsarchive.demo.plan import NOW, SHAPES
from newsarchive.demo.posts import SITE_NOTES
from newsarchive.demo.stories import REVISIONS

if TYPE_CHECKING:
    from pathlib import Path

SITE = DemoSite()
HOSTILE = DemoSite(articles=20, hostile=True)
POSTS = {(post.item.plan.shape, post.edition): post for post in SITE.posts()}


def post_html(shape: str, edition: str = "media") -> str:
    return SITE.render(POSTS[shape, edition].path).decode()


def links(listing: str) -> list[str]:
    return re.findall(r'<li><a href="([^"]*)"', SITE.render(listing).decode())


def test_there_are_enough_articles_and_sources() -> None:
    posts = list(SITE.posts())
    assert len(SITE.live) == 160
    assert len({post.item.plan.digits for post in posts}) == 160
    assert len({post.item.plan.medium.name for post in posts}) >= 12


def test_every_shape_is_shown() -> None:
    assert {post.item.plan.shape for post in SITE.posts()} == set(SHAPES)


def test_both_editions_of_an_article_carry_the_same_digits_and_text() -> None:
    pages = [expected for expected in truth(SITE, ["post"]) if expected.kind in ("media", "flash")]
    twice = [key for key, count in Counter(expected.article_key for expected in pages).items() if count == 2]
    assert len(twice) >= 30
    for key in twice:
        media, flash = (expected for expected in pages if expected.article_key == key)
        assert media.paragraphs == flash.paragraphs
        assert media.info_code == "NW" + key
        assert flash.info_code is None


def test_only_the_flash_edition_links_securities() -> None:
    media, flash = post_html("nested-credit"), post_html("nested-credit", "flash")
    assert 'class="keytip"' not in media
    assert re.search(r'（文章来源：[^<]*<span id="bk_90\.\w+"><a [^>]*class="keytip"[^>]*>[^<]+</a></span>', flash)


def test_flash_items_of_the_first_form_are_one_plain_paragraph() -> None:
    text = post_html("first-flash-credit", "flash")
    assert "<blockquote>" not in text
    assert "em_media" not in text
    assert re.search(r"<p>[^<]+。（[^（）<]+）</p>", text)


def test_flash_items_of_the_later_form_have_a_digest_with_its_credit() -> None:
    assert re.search(r"<blockquote>\n  <p>[^<]+（[^<]+）</p>\n</blockquote>", post_html("no-original", "flash"))


def test_securities_are_written_in_three_forms() -> None:
    chart = post_html("kline-us")
    assert re.search(r' data-code="[A-Z0-9]+\|1\d\d\|\d"', chart)
    assert re.search(r' data-code="K [A-Z0-9]+\|1\d\d\|\d"', chart)
    assert re.search(r' data-code="\d+,\w+"', post_html("no-original", "flash"))


@pytest.mark.parametrize(
    ("shape", "edition", "mark"),
    [
        ("hidden", "media", '<p style="display:none;'),
        ("images", "media", "<center><img src="),
        ("images", "media", "图片来源："),
        ("table", "media", "<table><tbody><tr><td>"),
        ("list", "media", "<ul><li>"),
        ("quote", "media", "<blockquote><p>"),
        ("break-pairs", "media", "<br /><br />"),
        ("cr", "media", "</p>\r\n <p"),
        ("bracket-date", "media", "<small>[2026-03-0"),
        ("no-title", "media", "<h1></h1>"),
        ("no-date", "media", "CST) </small>"),
        ("no-original", "flash", "<p>&lt;&gt;</p>"),
        ("escaped-title", "media", "A&amp;B&lt;C&gt;三问</h1>"),
        ("byline", "media", "□"),
        ("reporter", "media", "<p>本报记者 "),
        ("space-slug", "media", "/category/haiyujingjidaobao haiyucaijingAPP.html"),
    ],
)
def test_a_shape_has_its_mark(shape: str, edition: str, mark: str) -> None:
    assert mark in post_html(shape, edition)


def test_some_posts_have_no_way_back() -> None:
    assert "返回" not in post_html("no-return").partition("<section>")[2]
    assert "返回首页" in post_html("plain")


def test_the_old_layout_spills_the_article_into_the_head() -> None:
    head, _, body = post_html("meta-layout").partition("<body")
    assert '<meta property="og:description" content="<p style="display:none' in head
    assert '<p class="em_media">' in head
    assert '<p class="em_media">' in body


def test_awkward_slugs_become_awkward_paths() -> None:
    assert POSTS["space-slug", "media"].path.startswith("/haiyujingjidaobao/haiyucaijingapp/2026/")
    assert "(xianggang)/" in POSTS["parentheses-slug", "media"].path
    twins = (POSTS["mixed-case", "media"], POSTS["mixed-case-twin", "media"])
    assert {post.path.split("/")[1] for post in twins} == {"techtide"}
    assert {post.medium.slug for post in twins} == {"TechTide", "Techtide"}


def test_a_slug_with_a_blank_has_an_empty_page_that_names_another_medium() -> None:
    address = "/category/haiyujingjidaobao%20haiyucaijingAPP.html"
    assert links(address) == []
    title = re.search("<title>([^<]*)</title>", SITE.render(address).decode())
    assert title is not None
    assert "海屿" not in title[1]
    assert any("haiyucaijingapp" in link for link in links("/"))


def test_the_home_page_names_at_most_five_of_each_tag() -> None:
    groups = SITE.render("/").decode().split("<h2 ")[1:]
    counts = [group.count("<li>") for group in groups]
    assert len(groups) >= 14
    assert max(counts) == 5


def test_category_pages_name_every_post_with_a_title_line() -> None:
    listed = {link for group in SITE.planner.all_media for link in links(f"/category/{group.slug}.html")}
    listed |= set(links("/category/flash.html")) | set(links("/"))
    spaced = {post.path for post in SITE.posts() if " " in post.medium.slug}
    unlisted = {post.path for post in SITE.posts() if post.item.plan.shape == "broken-front-matter"}
    assert {post.path for post in SITE.posts()} - listed <= unlisted | spaced
    assert not unlisted & listed


def test_the_feed_holds_the_ten_newest_with_their_whole_text() -> None:
    feed = etree.fromstring(SITE.render("/feed.xml"))
    names = {"a": "http://www.w3.org/2005/Atom"}
    entries = feed.findall("a:entry", names)
    posts = {post.url: post for post in SITE.posts()}
    assert len(entries) == 10
    for entry in entries:
        post = posts[entry.find("a:link", names).get("href")]
        assert unescape(entry.findtext("a:title", None, names)) == post.title
        assert entry.findtext("a:published", None, names) == post.item.plan.published.isoformat()
        assert entry.findtext("a:content", None, names).replace("\r", "") == "\n".join(post.body())


def test_a_name_with_a_blank_makes_two_tags() -> None:
    assert "<em>海屿经济导报</em> - <em>海屿财经APP新闻</em>" in post_html("space-slug")
    home = SITE.render("/").decode()
    assert '<h2 id="海屿经济导报">' in home
    assert '<h2 id="海屿财经APP新闻">' in home


def test_listing_pages_still_name_a_few_posts_that_are_gone() -> None:
    stale = [link for link in links("/category/flash.html") if SITE.reply(link).status == 404]
    gone = [link for group in SITE.planner.all_media for link in links(f"/category/{group.slug}.html")]
    stale += [link for link in gone if SITE.reply(link).status == 404]
    assert 0 < len(stale) < 20
    *_, year, month, day, name = stale[0].split("/")
    old = SITE.reply(f"/old_post/{year}-{month}-{day}-{name.removesuffix('.html')}.md")
    assert old.status == 200
    assert old.body.startswith(b"---\nlayout: post\n")


def test_posts_are_gone_after_three_days_but_share_service_and_origin_keep_them() -> None:
    post = POSTS["plain", "media"]
    later = SITE.at(now=post.item.plan.published + timedelta(days=3))
    digits = post.item.plan.digits
    assert SITE.reply(post.path).status == 200
    assert later.reply(post.path).status == 404
    assert later.reply(f"/a/{digits}.html").status == 200
    assert b'"text"' in later.render(f"/NewsData/GetNewsText.do?id=NW{digits}")
    old = later.render(f"/old_post/{post.item.plan.published:%Y-%m-%d}-NW{digits}.md").decode()
    assert post.title in old


def test_the_share_page_is_a_shell_and_unknown_codes_have_no_text() -> None:
    digits = POSTS["plain", "media"].item.plan.digits
    shell = SITE.render(f"/html_News/NewsShare.html?infoCode=NW{digits}").decode()
    assert "GetNewsText.do" in shell
    assert "文章来源" not in shell
    for code in ("NW202603050000000000", "QQ1", "", "NW" + digits[:-1], "NW99999999" + "9" * 10):
        assert SITE.render(f"/NewsData/GetNewsText.do?id={code}") == b'{"text":null}'


def test_share_texts_mark_paragraphs_in_three_ways() -> None:
    texts = [SITE.render(f"/NewsData/GetNewsText.do?id=NW{SITE.planner.digits(n)}").decode() for n in SITE.live]
    assert any("<br><br>　　" in text for text in texts)
    assert any("。　　" in text for text in texts)
    assert any("</p><p>" in text for text in texts)
    assert any('"content": ' in text for text in texts)
    assert any('"INFOCODE": ' in text for text in texts)


def test_origin_pages_come_in_many_charsets() -> None:
    replies = [SITE.reply(f"/a/{SITE.planner.digits(number)}.html") for number in SITE.live[:8]]
    kinds = {
        (reply.content_type, match[1] if (match := re.search(rb"charset=(\w[\w-]*)\"", reply.body[:200])) else b"")
        for reply in replies
    }
    assert len(kinds) == 6
    broken = [reply for reply in replies if "utf-8" in reply.content_type and b"gb2312" in reply.body[:200]]
    with pytest.raises(UnicodeDecodeError):
        broken[0].body.decode()
    assert "郑重声明" in broken[0].body.decode("gb18030")


def test_lists_of_the_origin_repeat_their_last_page() -> None:
    pages = [SITE.render(f"/a/ccjyw{suffix}.html") for suffix in ("", "_2", "_3", "_4", "_99")]
    assert pages[0] != pages[1] != pages[2]
    assert pages[2] == pages[3] == pages[4]
    assert b'class="next"' in pages[0]
    assert b'class="next"' not in pages[2]


def test_texts_change_when_the_clock_moves_on() -> None:
    post = POSTS["revised", "media"]
    published = post.item.plan.published
    ages = (timedelta(minutes=1), *REVISIONS)
    texts = [SITE.at(now=published + age).render(post.path) for age in ages]
    assert len(set(texts)) == len(REVISIONS) + 1
    titles = POSTS["revised-title", "media"]
    at_first = SITE.at(now=titles.item.plan.published).render(titles.path)
    later = SITE.at(now=titles.item.plan.published + REVISIONS[-1]).render(titles.path)
    assert "（更新）".encode() not in at_first
    assert "（更新）".encode() in later


def test_new_articles_come_when_the_clock_moves_on() -> None:
    later = SITE.at(now=NOW + timedelta(hours=6))
    assert len(later.live) == pytest.approx(160, abs=1)
    assert len(set(later.live) - set(SITE.live)) == pytest.approx(13, abs=1)


def test_stories_are_carried_by_other_media_under_other_titles() -> None:
    pages = {expected.article_key: expected for expected in truth(SITE, ["original"])}
    copies = [
        expected for key, expected in pages.items() if expected.story not in (key, "") and expected.story in pages
    ]
    assert len(copies) >= 8
    for copy in copies:
        first = pages[copy.story]
        assert copy.title != first.title
        assert copy.source != first.source
        ours, theirs = ({paragraph.text for paragraph in page.paragraphs} for page in (copy, first))
        assert len(ours & theirs) >= 2
        assert len(ours - theirs) >= 1


def test_post_files_are_exported(tmp_path: Path) -> None:
    written = SITE.export_posts(tmp_path / "posts")
    assert len(written) == len(list(SITE.posts())) + len(SITE_NOTES)
    texts = [path.read_bytes().decode() for path in written]
    assert any(path.name.startswith("-NW") for path in written)
    assert any(re.search(r'^title: "[^"\n]+"[^"\n]+"', text, re.MULTILINE) for text in texts)
    assert any(re.search(r"^date: [^+\n]+$", text, re.MULTILINE) for text in texts)
    assert any("</p>\r\n <p" in text for text in texts)
    assert any("\n<>\n" in text for text in texts)
    assert any(re.search(r"^\[返回[^\n]*\n\[返回首页\]", text, re.MULTILINE) for text in texts)


def test_the_site_is_the_same_every_time() -> None:
    other = DemoSite()
    for target in ("/", "/feed.xml", "/category/flash.html", *(post.path for post in list(SITE.posts())[:20])):
        assert SITE.render(target) == other.at(base_url=SITE.base_url).render(target)
    assert DemoSite(seed=6).render("/") != SITE.render("/")


def test_digits_agree_with_the_date_and_lead_back_to_the_article() -> None:
    planner = SITE.planner
    digits = [planner.digits(number) for number in range(-50, 300)]
    assert digits == sorted(digits)
    for number, code in enumerate(digits, -50):
        assert planner.number(code) == number
        assert code.startswith(f"{planner.published(number):%Y%m%d}")


def test_a_large_site_has_its_articles_and_category_pages() -> None:
    site = DemoSite(articles=20_000, media=2_000)
    assert len(site.live) == 20_000
    assert len(site.planner.all_media) == 2_000
    assert len({medium.slug for medium in site.planner.all_media}) == 2_000
    assert site.reply(f"/category/{site.planner.all_media[-1].slug}.html").status == 200
    assert site.reply(f"/a/{site.planner.digits(site.live[-1])}.html").status == 200


def test_links_carry_the_address_of_the_server() -> None:
    site = replace(SITE, base_url="http://127.0.0.1:1234")
    text = site.render(POSTS["plain", "media"].path).decode()
    assert "http://127.0.0.1:1234/html_News/NewsShare.html?infoCode=NW" in text
    assert "127.0.0.1:8095" not in text


LOST = """
/nothing /category/nobody.html /category/ /flash/ /a/123.html /a/ccjyw_x.html /a/ccjyw_1_2.html /old_post/x.md
/a/ccjyw_².html /news/1,NW.html /flash/2026/03/05/202603050000000000.html /%00 ///x http://[/
"""


@pytest.mark.parametrize("target", LOST.split())
def test_what_is_not_there_answers_with_the_page_for_lost_readers(target: str) -> None:
    reply = SITE.reply(target)
    assert reply.status == 404
    assert "找不到页面" in reply.body.decode()


@given(st.one_of(st.text(), st.text("0123456789NW_,.-/", min_size=1).map(lambda tail: "/a/" + tail)))
def test_no_address_breaks_the_site(target: str) -> None:
    assert SITE.reply(target).status in (200, 404)
    assert HOSTILE.reply(target).status in (200, 302, 404)
