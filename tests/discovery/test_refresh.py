"""How often a feed asks to be read: by its own elements and by the headers of its answer."""

from datetime import UTC, datetime, timedelta

import pytest
from support.pages import page

from newsarchive.discovery.feed import read_feed
from newsarchive.discovery.link_header import links_of
from newsarchive.discovery.refresh import Refresh
from newsarchive.sites import load_site

SITE = load_site("demo")
NOW = datetime(2026, 3, 5, 12, 30, tzinfo=UTC)  # a Thursday
DAY = timedelta(days=1)


def read(channel="", headers=None, around="<rss><channel>{}<item><link>/a</link></item></channel></rss>"):
    body = around.format(channel)
    return read_feed(page("http://h.example/feed.xml", body, role="listing", headers=headers or {}), SITE)


@pytest.mark.parametrize(
    ("channel", "headers", "said"),
    [
        ("<ttl>60</ttl>", {}, Refresh(3600)),
        ("<ttl> 5 </ttl>", {"cache-control": "public, max-age=900"}, Refresh(900)),
        ("<ttl>60</ttl>", {"cache-control": "max-age=5"}, Refresh(3600)),
        ("<ttl>often</ttl>", {}, None),
        ("<ttl>-5</ttl>", {}, None),
        ("", {"cache-control": "s-maxage=9, max-age = 900", "age": "300"}, Refresh(600)),
        ("", {"cache-control": "max-age=900", "age": "1200"}, None),
        ("", {"cache-control": "no-cache, max-age=900"}, None),
        ("", {"cache-control": "max-age=900, no-store"}, None),
        ("", {"expires": "Thu, 05 Mar 2026 14:00:00 GMT", "date": "Thu, 05 Mar 2026 12:00:00 GMT"}, Refresh(7200)),
        ("", {"expires": "0"}, None),
        ("", {"expires": "Thu, 05 Mar 2026 11:00:00 GMT", "date": "Thu, 05 Mar 2026 12:00:00 GMT"}, None),
        ("<skipHours><hour>0</hour><hour>24</hour><hour>3</hour><hour>x</hour></skipHours>", {},
         Refresh(skip_hours=frozenset((0, 3)))),
        ("<skipDays><day>Saturday</day><day> sunday</day><day>someday</day></skipDays>", {},
         Refresh(skip_days=frozenset((5, 6)))),
        (f"<skipHours>{''.join(f'<hour>{n}</hour>' for n in range(24))}</skipHours>", {}, None),
        ("<m:ttl xmlns:m='http://media.example/'>60</m:ttl>", {}, None),
    ],
)  # fmt: skip
def test_a_feed_says_how_often_it_is_to_be_read(channel, headers, said):
    assert read(channel, headers).refresh == said


def test_it_is_kept_as_it_was():
    said = Refresh(60, frozenset((1, 23)), frozenset((6,)))
    assert Refresh.from_json(said.to_json()) == said


def test_a_feed_is_due_a_little_before_its_time_so_that_no_scheduled_run_misses_it():
    assert Refresh(3600).due_at(NOW, DAY) == NOW + timedelta(minutes=54)


def test_no_feed_is_left_alone_for_longer_than_is_allowed():
    assert Refresh(10**9).due_at(NOW, timedelta(hours=6)) == NOW + timedelta(hours=5.4)


def test_a_feed_that_says_no_time_is_due_at_once():
    assert Refresh(skip_days=frozenset((1,))).due_at(NOW, DAY) is None


@pytest.mark.parametrize(
    ("now", "rests"),
    [
        (NOW, False),
        (NOW.replace(hour=3, minute=59), True),
        (NOW.replace(hour=4, minute=0), False),
        (NOW.replace(day=8), True),
        (datetime.fromisoformat("2026-03-05T11:10:00+08:00"), True),
    ],
)
def test_the_hours_and_days_of_rest_are_those_of_utc(now, rests):
    assert Refresh(skip_hours=frozenset((3,)), skip_days=frozenset((6,))).rests(now) is rests


# Its links


ATOM = '<feed xmlns="http://www.w3.org/2005/Atom">{}<entry><link href="/a"/><link rel="next" href="/b"/></entry></feed>'


@pytest.mark.parametrize(
    ("channel", "headers", "leads_to"),
    [
        ("", {}, None),  # the link of an entry is none of the feed
        ('<link rel="next" href="/feed.xml?page=2"/>', {}, "/feed.xml?page=2"),
        ('<link rel="prev-archive" href="/2026/02.xml"/>', {}, "/2026/02.xml"),
        ('<link rel="prev-archive" href="/02.xml"/><link rel="next" href="/2.xml"/>', {}, "/2.xml"),
        ('<link rel="next" href="/feed.xml"/>', {}, None),
        ("", {"link": '</feed.xml?p=2>; rel="next"'}, "/feed.xml?p=2"),
        ('<link rel="next" href="/2.xml"/>', {"link": '</3.xml>; rel="next"'}, "/2.xml"),
    ],
)
def test_later_pages_and_archives_of_a_feed_follow_it(channel, headers, leads_to):
    assert read(channel, headers, ATOM).next_url == (leads_to and "http://h.example" + leads_to)


def test_a_hub_is_noticed_in_the_feed_and_in_its_header():
    assert read('<link rel="hub" href="https://hub.example/"/>', around=ATOM).hub == "https://hub.example/"
    named = {"link": '<https://hub.example/x>; rel="hub", </feed.xml>; rel=self'}
    assert read("", named).hub == "https://hub.example/x"
    assert read("<atom:link rel='hub' href='https://hub.example/'/>").hub == "https://hub.example/"


def test_a_json_feed_names_hub_next_page_authors_and_picture():
    body = (
        '{"version": "https://jsonfeed.org/version/1.1", "next_url": "/2.json", "hubs": [{"type": "WebSub", "url":'
        ' "https://hub.example/"}], "items": [{"id": "1", "url": "/a", "authors": [{"name": "林小满"}, {"url": "x"}],'
        ' "image": "/i.jpg"}, {"id": "2", "url": "/b", "author": {"name": "顾知行"}}]}'
    )
    listed = read_feed(page("http://h.example/feed.json", body, role="listing"), SITE)
    assert (listed.next_url, listed.hub) == ("http://h.example/2.json", "https://hub.example/")
    assert [article.hints.authors for article in listed.articles] == [("林小满",), ("顾知行",)]
    assert [article.hints.image for article in listed.articles] == ["http://h.example/i.jpg", None]


@pytest.mark.parametrize(
    ("header", "links"),
    [
        (None, []),
        ("", []),
        ("nothing", []),
        ('<a>; rel="next prev"; title="x, y; rel=no"', [("next", "a"), ("prev", "a")]),
        ('<a,b>;title="<c>; rel=hub" ;REL=Next, <d>', [("next", "a,b")]),
        ("<a>; rel=next,<b>;rel='hub'", [("next", "a"), ("'hub'", "b")]),
    ],
)
def test_the_links_of_a_header_are_read_as_the_standard_writes_them(header, links):
    assert links_of(header) == links
