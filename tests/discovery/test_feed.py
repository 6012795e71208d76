"""Feeds: every form names its articles, and whatever the bytes are, nothing is raised."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pages import page
from support.saved_pages import saved_page

from newsarchive.discovery.feed import read_feed
from newsarchive.extract.feed_entry import read_entry
from newsarchive.models import FEED_MARK
from newsarchive.sites import Feed, load_site

SITE = load_site("demo")
FULL = replace(SITE, feeds=(Feed("/feed.xml", full=True),))
TEXT = "江湾港今天上午迎来了本月第一百艘货轮。港务部门说，吞吐量比去年同期增加了一成。"
MORE = "到傍晚为止，码头上又卸下了三船新到的木材，工人们说明天还有两船要来。"
RSS = saved_page("demo/rss").page


def feed(body):
    return page("http://h.example/feed.xml", body, role="listing")


def rss_with(printed, instead):
    body = RSS.body.decode()
    assert printed in body
    return replace(RSS, body=body.replace(printed, instead).encode())


def test_entries_are_pages_only_where_the_site_says_that_its_feed_is_full():
    assert read_feed(RSS, SITE).pages == []
    [entry] = read_feed(RSS, FULL).pages
    assert (entry.url, entry.role) == ("http://h.example/a?x=1&utm_source=rss" + FEED_MARK, "feed")


def test_an_entry_is_read_into_an_article():
    [entry] = read_feed(RSS, FULL).pages
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
    [entry] = read_feed(rss_with("Thu, 05 Mar 2026 08:00:00 +0800", printed), FULL).pages
    assert entry.hints.published == hint
    article = read_entry(entry, FULL)
    assert (article.published_at and f"{article.published_at.isoformat()} {article.precision}") == taken


def test_an_entry_whose_time_cannot_be_true_keeps_the_one_that_its_text_prints():
    late = rss_with("05 Mar 2026", "05 Mar 2099")
    late.body = late.body.replace(f"<p>{TEXT}".encode(), f"<p>2026-03-04 09:00</p><p>{TEXT}".encode())
    [entry] = read_feed(late, FULL).pages
    article = read_entry(entry, FULL)
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-03-04T09:00:00+08:00"


@pytest.mark.parametrize("body", ["", "<", "<rss>", "{}", "<!DOCTYPE x [<!ENTITY a 'b'>]><rss><item>&a;</item></rss>"])
def test_what_is_no_feed_lists_nothing(body):
    assert read_feed(feed(body), SITE).articles == []


@given(st.text(alphabet="<>/&;![]CDATA item entry link rss \x00中", max_size=200))
def test_whatever_the_bytes_are_nothing_is_raised(text):
    assert all(found.url for found in read_feed(feed(text), FULL).articles)
    entry = feed(text)
    assert read_entry(entry, FULL).page is entry
