"""Feeds: every form names its articles, and whatever the bytes are, nothing is raised."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.discovery.feed import read_feed
from newsarchive.extract.feed_entry import MARK, read_entry
from newsarchive.models import Page
from newsarchive.sites import Feed, load_site

SITE = load_site("demo")
FULL = replace(SITE, feeds=(Feed("/feed.xml", full=True),))
TEXT = "江湾港今天上午迎来了本月第一百艘货轮。港务部门说，吞吐量比去年同期增加了一成。"
MORE = "到傍晚为止，码头上又卸下了三船新到的木材，工人们说明天还有两船要来。"
RSS = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>频道</title><link>http://h.example/</link>
<item><title>港口的消息</title><link>http://h.example/a?x=1&amp;utm_source=rss</link><category>gangkou</category>
<pubDate>Thu, 05 Mar 2026 08:00:00 +0800</pubDate><source url="http://m.example/">江湾晚报</source>
<description>短</description><content:encoded><![CDATA[<p>{TEXT}</p><p>{MORE}</p>]]></content:encoded></item>
<item><title>没有地址</title></item>
<item><title>只有编号</title><guid>http://h.example/b</guid></item>
<item><title>编号不是地址</title><guid isPermaLink="false">http://h.example/c</guid></item>
<item><title>坏地址</title><link>javascript:alert(1)</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><link rel="next" href="/feed2.xml"/>
<entry><title type="html">甲 &amp;amp; 乙</title><link rel="self" href="/self"/><link rel="alternate" href="/x.html"/>
<published>2026-03-05T00:00:00Z</published><updated>2026-03-06T00:00:00Z</updated></entry></feed>"""


def page(body, path="/feed.xml"):
    return Page("http://h.example" + path, "listing", "demo", body.encode(), datetime(2026, 3, 6, tzinfo=UTC))


def test_rss_names_articles_with_what_it_says_of_them():
    first, second = read_feed(page(RSS), SITE).articles
    assert first.url == "http://h.example/a?x=1&utm_source=rss"
    assert (first.hints.title, first.hints.source) == ("港口的消息", "江湾晚报")
    assert first.hints.published == "2026-03-05T08:00:00+08:00"
    assert first.hints.category is not None
    assert first.hints.category.slug == "gangkou"
    assert second.url == "http://h.example/b"


def test_atom_names_the_page_of_an_entry_and_the_page_after_it():
    listed = read_feed(page(ATOM), SITE)
    [entry] = listed.articles
    assert (entry.url, entry.hints.title) == ("http://h.example/x.html", "甲 & 乙")
    assert entry.hints.published == "2026-03-05T00:00:00+00:00"
    assert listed.next_url == "http://h.example/feed2.xml"


def test_entries_are_pages_only_where_the_site_says_that_its_feed_is_full():
    assert read_feed(page(RSS), SITE).pages == []
    [entry] = read_feed(page(RSS), FULL).pages
    assert (entry.url, entry.role) == ("http://h.example/a?x=1&utm_source=rss" + MARK, "feed")


def test_an_entry_is_read_into_an_article():
    [entry] = read_feed(page(RSS), FULL).pages
    article = read_entry(entry, FULL)
    assert article.title == "港口的消息"
    assert [paragraph.text for paragraph in article.paragraphs] == [TEXT, MORE]
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-03-05T08:00:00+08:00"
    assert article.page is entry
    assert article.article_key == "h.example/a?x=1"


@pytest.mark.parametrize(
    ("printed", "hint", "taken"),
    [
        ("Thu, 05 Mar 26 08:00 GMT", "2026-03-05T08:00:00+00:00", "2026-03-05T16:00:00+08:00 minute"),
        ("2026-03-05 08:00:00", "2026-03-05T08:00:00+08:00", "2026-03-05T08:00:00+08:00 second"),
        ("2026-03-05", "2026-03-05", "2026-03-05T00:00:00+08:00 day"),
        ("soon", None, None),
    ],
)
def test_the_time_of_an_entry_is_read_as_it_is_printed(printed, hint, taken):
    feed = page(RSS.replace("Thu, 05 Mar 2026 08:00:00 +0800", printed))
    [entry] = read_feed(feed, FULL).pages
    assert entry.hints.published == hint
    article = read_entry(entry, FULL)
    assert (article.published_at and f"{article.published_at.isoformat()} {article.precision}") == taken


def test_an_entry_whose_time_cannot_be_true_keeps_the_one_that_its_text_prints():
    feed = page(RSS.replace("05 Mar 2026", "05 Mar 2099").replace(f"<p>{TEXT}", f"<p>2026-03-04 09:00</p><p>{TEXT}"))
    [entry] = read_feed(feed, FULL).pages
    article = read_entry(entry, FULL)
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-03-04T09:00:00+08:00"


@pytest.mark.parametrize("body", ["", "<", "<rss>", "{}", "<!DOCTYPE x [<!ENTITY a 'b'>]><rss><item>&a;</item></rss>"])
def test_what_is_no_feed_lists_nothing(body):
    assert read_feed(page(body), SITE).articles == []


@given(st.text(alphabet="<>/&;![]CDATA item entry link rss \x00中", max_size=200))
def test_whatever_the_bytes_are_nothing_is_raised(text):
    assert all(found.url for found in read_feed(page(text), FULL).articles)
    entry = page(text)
    assert read_entry(entry, FULL).page is entry
