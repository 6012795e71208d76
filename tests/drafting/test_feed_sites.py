"""Site files made of lists of feeds: which feeds belong together, and that each file can be loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsarchive.discovery.opml import FeedOutline
from newsarchive.drafting.feed_sites import FeedSite, feed_sites, one_site
from newsarchive.sites import Site, load_site

if TYPE_CHECKING:
    from pathlib import Path


def loaded(made: FeedSite, folder: Path) -> Site:
    (folder / f"{made.name}.toml").write_text(made.toml, encoding="utf-8")
    return load_site(made.name, folder)


def test_feeds_of_one_host_become_one_site_with_what_their_names_share(tmp_path: Path) -> None:
    feeds = [
        FeedOutline("http://www.press.example/rss/1.xml", "江湾晚报 - 财经", "http://press.example/finance/"),
        FeedOutline("http://services.example/press/2", "江湾晚报 - 体育", "http://www.press.example/sport/"),
        FeedOutline("https://river.example:8443/feed", "River Post"),
    ]
    press, river = (loaded(one, tmp_path) for one in feed_sites(feeds))
    assert (press.name, press.title, press.base_url) == ("press", "江湾晚报", "http://press.example")
    assert press.hosts == ("press.example", "www.press.example", "services.example")
    assert [feed.path for feed in press.feeds] == [feed.url for feed in feeds[:2]]
    assert (press.lang, str(press.timezone)) == ("zh", "Asia/Shanghai")
    assert (river.name, river.title, river.base_url) == ("river", "River Post", "https://river.example:8443")
    assert river.hosts == ("river.example:8443",)
    assert (river.lang, str(river.timezone)) == ("en", "UTC")


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (("River Post Sport", "River Post Space"), "River Post"),
        (("江湾晚报财经", "江湾晚报体育"), "江湾晚报"),
        (("甲", "乙"), "x.example"),
        (("", ""), "x.example"),
        (("Daily News", "Daily News"), "Daily News"),
    ],
)
def test_the_name_of_a_site_is_what_the_names_of_its_feeds_begin_with(titles: tuple[str, ...], expected: str) -> None:
    feeds = [FeedOutline(f"http://x.example/{n}", title) for n, title in enumerate(titles)]
    (made,) = feed_sites(feeds)
    assert made.title == expected


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("news.riverpost.com", "riverpost"),
        ("www.riverpost.com.cn", "riverpost"),
        ("riverpost.co.uk", "riverpost"),
        ("feeds.river-post.org", "river-post"),
        ("192.0.2.7:8000", "site-192-0-2-7-8000"),
        ("news.com", "news"),
        ("江湾.example", "xn--9sw48b"),
    ],
)
def test_a_site_is_called_as_its_host_is(host: str, name: str, tmp_path: Path) -> None:
    (made,) = feed_sites([FeedOutline(f"http://{host}/rss", "x")])
    assert made.name == name
    assert loaded(made, tmp_path).name == name


def test_every_site_gets_a_name_of_its_own() -> None:
    feeds = [FeedOutline(f"http://{host}/rss") for host in ("a.press.com", "press.net", "a.press.net", "press.org")]
    names = [made.name for made in feed_sites(feeds, taken={"press"})]
    assert names == ["a-press", "press-net", "a-press-net", "press-org"]


@pytest.mark.parametrize(
    ("feed", "expected"),
    [
        (FeedOutline("http://x.com/rss", "江湾"), ("zh", "Asia/Shanghai")),
        (FeedOutline("http://x.tw/rss", "江灣"), ("zh-TW", "Asia/Taipei")),
        (FeedOutline("http://x.com/rss", "みなと新聞"), ("ja", "Asia/Tokyo")),
        (FeedOutline("http://x.com/rss", "항구 신문"), ("ko", "Asia/Seoul")),
        (FeedOutline("http://x.de/rss", "Hafenblatt", lang="de-AT"), ("de-AT", "Europe/Berlin")),
        (FeedOutline("http://x.com/rss", "Port News"), ("en", "UTC")),
    ],
)
def test_language_and_zone_are_taken_from_the_list_the_domain_or_the_letters(
    feed: FeedOutline, expected: tuple[str, str], tmp_path: Path
) -> None:
    site = loaded(feed_sites([feed])[0], tmp_path)
    assert (site.lang, str(site.timezone)) == expected


def test_all_feeds_can_become_one_site(tmp_path: Path) -> None:
    feeds = [FeedOutline("http://a.example/rss", "甲\x7f\u0085 = [x]"), FeedOutline("http://b.example/rss", 'say "乙"')]
    site = loaded(one_site(feeds, "mine", ""), tmp_path)
    assert (site.title, len(site.feeds)) == ("mine", 2)
    assert {"a.example", "b.example"} <= set(site.hosts)
