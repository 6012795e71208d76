"""The link of an entry is the one that a reader would open, and the entry is read in its own vocabulary."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.pages import page

from newsarchive.discovery.feed import read_feed
from newsarchive.sites import Feed, load_site

SITE = load_site("demo")
FULL = replace(SITE, feeds=(Feed("/feed.xml", full=True),))
TEXT = "江湾港今天上午迎来了本月第一百艘货轮，吞吐量比去年同期增加了一成。"


def rss(inner):
    return f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{inner}</channel></rss>'


def atom(inner):
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{inner}</feed>'


def read(body, site=SITE, **more):
    return read_feed(page("http://h.example/sub/feed.xml", body, role="listing", **more), site)


def urls(body, **more):
    return [found.url for found in read(body, **more).articles]


def test_the_items_of_a_channel_from_before_rss_are_their_own_links():
    body = '<CHANNEL HREF="/"><TITLE>t</TITLE><ITEM HREF="/a"><TITLE>桥</TITLE></ITEM></CHANNEL>'
    assert urls(body) == ["http://h.example/a"]


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ('<atom:link rel="self" href="/s"/><link>/a</link>', "/a"),
        ('<atom:link rel="alternate" href="/b"/><link>/a</link>', "/a"),
        ('<atom:link rel="replies" href="/r"/><atom:link href="/a"/>', "/a"),
        ("<link/><guid>http://h.example/a</guid>", "/a"),
        ('<link> </link><guid isPermaLink="false">http://h.example/a</guid>', "/a"),
        ('<guid isPermaLink="True">/a</guid>', "/a"),
        ("<link>javascript:go()</link><guid>http://h.example/a</guid>", "/a"),
        ("<link>\n  /a\n</link><guid>17</guid>", "/a"),
        ("<link><![CDATA[/a?x=1&y=2]]></link>", "/a?x=1&y=2"),
        ("<link>/show.php?x=1&id=2</link>", "/show.php?x=1&id=2"),
        ("<feedburner:origLink>/a</feedburner:origLink>", "/a"),
        ("<guid>a-17</guid>", None),
        ('<guid isPermaLink="false">/a</guid>', None),
        ('<enclosure url="http://h.example/a.mp3"/>', None),
        ("<media:link>/m</media:link>", None),
    ],
)
def test_the_link_of_an_item_is_its_page(entry, url):
    assert urls(rss(f"<item><title>甲</title>{entry}</item>")) == ([f"http://h.example{url}"] if url else [])


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ('<link rel="enclosure" href="/a.mp3"/><id>http://h.example/a</id>', "/a"),
        ('<link rel="edit" href="/e"/><link rel="self" href="/s"/><link rel="ALTERNATE" href="/a"/>', "/a"),
        ('<link rel="http://www.iana.org/assignments/relation/alternate" href="/a"/>', "/a"),
        ('<link type="application/atom+xml" href="/f"/><link type="text/html" href="/a"/>', "/a"),
        ('<link type="application/pdf" href="/p"/><link type="text/html; charset=utf-8" href="/a"/>', "/a"),
        ('<link type="application/pdf" href="/p"/>', "/p"),
        ('<link type="audio/mpeg" href="/a.mp3"/>', None),
        ('<link rel="via" href="http://other.example/"/>', None),
        ("<id>tag:h.example,2026:1</id>", None),
        ('<link href=""/><id>http://h.example/a</id>', "/a"),
    ],
)
def test_the_link_of_an_atom_entry_is_its_alternate(entry, url):
    assert urls(atom(f"<entry><title>甲</title>{entry}</entry>")) == ([f"http://h.example{url}"] if url else [])


@pytest.mark.parametrize(
    "body",
    [
        '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        "<channel><items><rdf:Seq><rdf:li/></rdf:Seq></items></channel>"
        "<item rdf:about='http://h.example/a'><title>甲</title></item></rdf:RDF>",
        '<rdf:RDF xmlns="http://my.netscape.com/rdf/simple/0.9/"><item><title>甲</title><link>/a</link></item></rdf:RDF>',
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>甲</title><link rel="alternate" href="/a"/>'
        "</entry></feed>",
        '<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://n.example/rss.dtd"><rss version="0.91"><channel><item>'
        "<title>&#30002;</title><link>/a</link></item></channel></rss>",
        '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>甲</a:title>'
        '<a:link href="/a"/></a:entry></a:feed>',
        '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "/a", "title": "甲"}]}',
        '\ufeff{"version": "https://jsonfeed.org/version/1", "items": [{"id": "http://h.example/a", "title": "甲"}]}',
    ],
)
def test_every_form_of_feed_is_read(body):
    listed = read(body)
    assert [(found.url, found.hints.title) for found in listed.articles] == [("http://h.example/a", "甲")]
    assert listed.damage is None


@pytest.mark.parametrize(
    ("entry", "title"),
    [
        ("<media:title>图</media:title><title>甲</title>", "甲"),
        ("<itunes:title>声</itunes:title><title>甲</title>", "甲"),
        ("<dc:title>甲</dc:title>", "甲"),
        ("<media:title>图</media:title>", None),
        ("<title>A&B公司</title>", "A&B公司"),
        ("<title>A&amp;amp;B &amp;lt;C&amp;gt;</title>", "A&B <C>"),
        ("<title><![CDATA[<b>甲</b>&nbsp;乙]]></title>", "甲 乙"),
        ("<title>1 &lt; 2，List&lt;String&gt;</title>", "1 < 2，List<String>"),
        ("<title>快&#55357;&#56832;讯&#55357;</title>", "快😀讯\ufffd"),
    ],
)
def test_the_title_is_the_entrys_own_as_plain_text(entry, title):
    [found] = read(rss(f"<item>{entry}<link>/a</link></item>")).articles
    assert found.hints.title == title


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("<source><id>x</id><title>望湖早报</title><updated>2026-03-05</updated></source>", "望湖早报"),
        ("<source><id>x</id></source>", None),
        ("<source>望湖早报</source>", "望湖早报"),
        ("<dc:source>望湖早报</dc:source>", "望湖早报"),
    ],
)
def test_the_source_of_an_entry_is_the_title_of_its_feed(source, name):
    entry = f'<entry>{source}<title>甲</title><link href="/a"/></entry>'
    [found] = read(atom(entry)).articles
    assert (found.hints.title, found.hints.published, found.hints.source) == ("甲", None, name)


def test_links_belong_to_the_final_address_and_to_xml_base():
    items = rss("<item><link>a.html</link></item>")
    assert urls(items) == ["http://h.example/sub/a.html"]
    assert urls(items, final_url="http://h.example/new/feed/") == ["http://h.example/new/feed/a.html"]
    based = items.replace("<item>", '<item xml:base="deep/">').replace("<rss", '<rss xml:base="http://h.example/r/"')
    assert urls(based) == ["http://h.example/r/deep/a.html"]
    based = atom('<link rel="next" href="?p=2"/>').replace("<feed", '<feed xml:base="http://h.example/r/"')
    assert read(based).next_url == "http://h.example/r/?p=2"


def pages(*entries):
    items = "".join(f"<item>{entry}<description>{TEXT}{n}</description></item>" for n, entry in enumerate(entries))
    return read(rss(items), FULL)


@pytest.mark.parametrize(
    ("entries", "addresses"),
    [
        (["<link>/a#1</link>", "<link>/a#2</link>"], ["/a#1", "/a#2"]),
        (["<link>/a</link><guid>x 1</guid>", "<link>/a</link><guid>x2</guid>"], ["/a#x%201", "/a#x2"]),
        (["<link>/a</link><guid>http://h.example/a#7</guid>"], ["/a#7"]),
        (["<link>/a#top</link>"], ["/a"]),
        (["<link>/a</link><guid>1</guid>"] * 2, ["/a", "/a"]),
        (["<guid>n-1</guid>", "<guid>n-2</guid>"], ["/sub/feed.xml#n-1", "/sub/feed.xml#n-2"]),
    ],
)
def test_entries_of_a_full_feed_that_differ_are_articles_of_their_own(entries, addresses):
    listed = pages(*entries)
    assert [found.url for found in listed.articles] == ["http://h.example" + address for address in addresses]
    assert [found.url for found in listed.pages] == [f"http://h.example{address}#feed" for address in addresses]
    assert listed.damage is None


def test_entries_with_one_address_and_no_name_are_told_apart_by_their_texts():
    listed = pages("<title>甲</title><link>/a</link>", "<title>乙</title><link>/a</link>", "<title>丙</title>")
    assert len({found.url for found in listed.pages}) == 3
    assert [found.url for found in pages("<title>丙</title>").pages] != [found.url for found in pages("").pages]


def test_entries_that_lead_to_one_page_are_one_link_where_the_feed_is_not_full():
    assert set(urls(rss("<item><link>/a#1</link></item><item><link>/a#2</link></item>"))) == {"http://h.example/a"}


@pytest.mark.parametrize(
    ("body", "damage"),
    [
        (rss("<item><link>/a</link></item>") + "<!--", None),
        (rss("<item><link>/a</link></item>")[:-20], "it ends in the middle (1 entries read)"),
        (rss("<item><link>/a</link></item><item/>"), "entries without an address: 1 (1 entries read)"),
        (rss(""), None),
        ("", "empty"),
        ("<html><body>维护中</body></html>", "no feed, its root element is html"),
        ('{"version": "https://jsonfeed.org/version/1", "items": [', "not JSON"),
        (rss("<item><link>/a</link></item>" * 5001), "more entries than 5000 (5000 entries read)"),
    ],
)
def test_what_of_a_feed_is_lost_is_told(body, damage):
    told = read(body).damage
    assert (told or "").startswith(damage or "")
    assert (told is None) == (damage is None)
