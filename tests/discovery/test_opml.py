"""Lists of feeds as readers exchange them: any charset, any spelling, broken ones too."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.discovery.opml import FeedOutline, read_opml, write_opml
from newsarchive.sites import load_site

if TYPE_CHECKING:
    from pathlib import Path

LIST = """<?xml version="1.0" encoding="{charset}"?>
<opml version="1.1"><head><title>我的订阅</title></head><body>
<outline text="财经"><outline title="江湾晚报" text="x" type="rss" xmlUrl="http://press.example/rss.xml"
  htmlUrl="http://www.press.example/" language="zh-cn"/>
<outline text="外刊"><outline text="River Post" type="RSS" xmlURL="https://river.example/feed?a=1&amp;b=2"/></outline></outline>
<outline text="订阅" type="atom" url="feed://daily.example/atom.xml"/>
<outline text="again" type="rss" xmlUrl="http://press.example/rss.xml"/>
<outline text="别人的" type="include" url="http://other.example/list.opml"/>
<outline text="本地" type="rss" xmlUrl="file:///etc/passwd"/>
<outline text="空的"/></body></opml>"""
FEEDS = [
    FeedOutline("http://press.example/rss.xml", "江湾晚报", "http://www.press.example/", "zh-cn", ("财经",)),
    FeedOutline("https://river.example/feed?a=1&b=2", "River Post", folders=("财经", "外刊")),
    FeedOutline("http://daily.example/atom.xml", "订阅"),
]


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "big5", "utf-16"])
def test_feeds_are_found_in_folders_and_in_every_spelling(charset: str) -> None:
    text = LIST.format(charset=charset)
    if charset == "big5":
        text = text.translate(str.maketrans("财经湾报订阅别", "財經灣報訂閱別"))
    found = read_opml(text.encode(charset))
    expected = FEEDS if charset != "big5" else [feed.url for feed in FEEDS]
    assert (found.feeds if charset != "big5" else [feed.url for feed in found.feeds]) == expected
    assert found.damage is None
    assert found.title in ("我的订阅", "我的訂閱")
    assert [reason.partition(": ")[2] for reason in found.passed_over] == [
        "a link to http://other.example/list.opml, not a feed",
        "file:///etc/passwd is no address on the web",
    ]


def test_a_list_that_is_packed_or_broken_is_read_as_far_as_it_goes() -> None:
    text = LIST.format(charset="utf-8")
    assert read_opml(gzip.compress(text.encode())).feeds == FEEDS
    bare = read_opml(text.replace("&amp;", "&").encode())
    assert bare.feeds == FEEDS
    cut = read_opml(text[: text.index('<outline text="again"')].encode())
    assert cut.feeds == FEEDS


@pytest.mark.parametrize("data", [b"", b"no list", b"<html><body>x</body></html>", b"\x00\xff\xfe"])
def test_what_is_no_list_has_no_feeds(data: bytes) -> None:
    assert read_opml(data).feeds == []


@given(st.binary(max_size=400))
def test_nothing_is_raised_and_every_feed_has_an_address_on_the_web_whatever_the_bytes_are(data: bytes) -> None:
    outlines = [b"<opml><body><outline xmlUrl='" + start + data + b"'/>" + data for start in (b"", b"http://")]
    for body in (data, *outlines):
        urls = [feed.url for feed in read_opml(body).feeds]
        assert all(url.lower().startswith(("http://", "https://")) and urlsplit(url).hostname for url in urls)
        assert len(set(urls)) == len(urls)


def test_feeds_of_sites_are_written_as_they_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "press.toml").write_text(
        'name = "press"\ntitle = "江湾 <晚报> & \\"x\\""\nbase_url = "http://press.example"\n'
        'hosts = ["press.example"]\n'
        'timezone = "Asia/Shanghai"\n[[feeds]]\npath = "/rss?a=1&b=2"\n[[feeds]]\npath = "https://other.example/atom"\n',
        encoding="utf-8",
    )
    text = write_opml([load_site("press", tmp_path), load_site("demo")], "江湾 & 海")
    found = read_opml(text.encode())
    press = [feed for feed in found.feeds if feed.folders == ('江湾 <晚报> & "x"',)]
    assert [(feed.url, feed.page, feed.lang) for feed in press] == [
        ("http://press.example/rss?a=1&b=2", "http://press.example", "zh"),
        ("https://other.example/atom", "http://press.example", "zh"),
    ]
    assert (found.title, found.damage) == ("江湾 & 海", None)
