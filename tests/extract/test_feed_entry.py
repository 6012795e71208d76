"""Entries of full feeds: which of their elements hold the text, and what of plain texts becomes of it."""

from __future__ import annotations

import pytest
from support.pages import page

from newsarchive.extract.feed_entry import person_names, read_entry
from newsarchive.models import FEED_MARK
from newsarchive.sites import load_site

SITE = load_site("demo")
FIRST = "江湾港今天上午迎来了本月第一百艘货轮，吞吐量比去年同期增加了一成。"
SECOND = "到傍晚为止，码头上又卸下了三船新到的木材，工人们说明天还有两船要来。"
THIRD = "港务部门预计，这样的势头会持续到四月，届时新的泊位也将启用。"


def read(inner, url="http://h.example/a"):
    body = f"<item><title>港口的消息</title>{inner}</item>"
    return read_entry(page(url + FEED_MARK, body, role="feed", content_type="application/xml; charset=utf-8"), SITE)


def texts(inner):
    return [paragraph.text for paragraph in read(inner).paragraphs]


@pytest.mark.parametrize(
    "between", ["\n\n", "\r\n \r\n", "\n\u3000\u3000", "\n", "&lt;/p&gt;&lt;p&gt;", "&lt;br&gt;&lt;br&gt;"]
)
def test_lines_of_a_text_are_paragraphs(between):
    assert texts(f"<description>{FIRST}{between}{SECOND}{between}{THIRD}</description>") == [FIRST, SECOND, THIRD]


def test_lines_that_end_within_sentences_are_one_paragraph():
    assert texts(f"<description>{FIRST[:20]}\n{FIRST[20:]}</description>") == [f"{FIRST[:20]} {FIRST[20:]}"]


def test_a_plain_text_is_no_markup():
    assert texts(f"<description>A&amp;amp;B，1 &lt; 2。{FIRST}</description>") == [f"A&B，1 < 2。{FIRST}"]


@pytest.mark.parametrize("text", ["港口的消息", "&lt;p&gt;港口的消息&lt;/p&gt;", "&lt;b&gt;港口&lt;/b&gt;的消息"])
def test_a_flash_that_says_no_more_than_its_title_has_that_text(text):
    article = read(f"<description>{text}</description>")
    assert [paragraph.text for paragraph in article.paragraphs] == ["港口的消息"]
    assert "no-body" not in [problem.reason for problem in article.problems]
    assert article.evidence["body"] == "feed"


def test_an_entry_without_text_lacks_one():
    article = read("<description>&lt;img src='/a.jpg'&gt;</description>")
    assert article.paragraphs == []
    assert "no-body" in [problem.reason for problem in article.problems]


@pytest.mark.parametrize(
    "inner",
    [
        f"<content:encoded>&lt;p&gt;{FIRST}&lt;/p&gt;</content:encoded><description>短</description>",
        f"<description>{FIRST}</description><media:description>{FIRST}{SECOND}</media:description>",
        f"<description>{FIRST}</description><itunes:summary>{FIRST}{SECOND}</itunes:summary>",
        f"<dc:description>{FIRST}</dc:description>",
        f'<xhtml:body xmlns:xhtml="http://www.w3.org/1999/xhtml"><xhtml:p>{FIRST}</xhtml:p></xhtml:body>',
        f'<content xmlns="http://www.w3.org/2005/Atom" type="xhtml"><div><p>{FIRST}</p></div></content>',
    ],
)
def test_the_text_is_that_of_the_entry_and_not_of_what_is_attached(inner):
    assert texts(inner) == [FIRST]


@pytest.mark.parametrize(
    ("times", "published"),
    [
        ("<dc:date>2026-03-04T08:00:00+08:00</dc:date>", "2026-03-04T08:00:00+08:00"),
        ("<updated>2026-03-04T09:00:00Z</updated><pubDate>2026-03-04 08:00</pubDate>", "2026-03-04T08:00:00+08:00"),
        ("<media:date>2026-03-01</media:date><pubDate>2026-03-04 08:00</pubDate>", "2026-03-04T08:00:00+08:00"),
        ("<source><updated>2026-03-01</updated></source>", None),
    ],
)
def test_the_time_is_that_of_the_entry(times, published):
    when = read(f"{times}<description>{FIRST}</description>").published_at
    assert (when and when.isoformat()) == published


def test_an_entry_that_shares_its_address_is_an_article_of_its_own():
    keys = {
        read(f"<description>{FIRST}</description>", f"http://h.example/a{end}").article_key for end in ("", "#1", "#2")
    }
    assert keys == {"h.example/a", "h.example/a#1", "h.example/a#2"}


@pytest.mark.parametrize(
    ("beside", "names"),
    [
        ("<author>lin@news.example (林小满)</author>", ["林小满"]),
        ("<dc:creator>顾知行</dc:creator>", ["顾知行"]),
        ("<dc:creator>Mary Hill</dc:creator><dc:creator>顾知行</dc:creator>", ["Mary Hill", "顾知行"]),
        ("<a:author xmlns:a='http://www.w3.org/2005/Atom'><a:name>林小满</a:name><a:email>l@n.example</a:email></a:author>",
         ["林小满"]),
        ("<author>desk@news.example</author>", []),
        ("<author>admin</author>", []),
        ("<media:credit>顾知行</media:credit>", []),
    ],
)  # fmt: skip
def test_the_authors_beside_a_text_are_its_authors(beside, names):
    article = read(f"{beside}<description>{FIRST}</description>")
    assert [byline.name for byline in article.bylines if byline.role == "author"] == names
    assert article.evidence.get("bylines") == ("feed" if names else None)


def test_a_field_for_authors_may_name_several():
    assert person_names("林小满、顾知行 / Mary Hill") == ("林小满", "顾知行", "Mary Hill")


@pytest.mark.parametrize(
    ("beside", "address"),
    [
        ("<media:thumbnail url='/t.jpg'/>", "http://h.example/t.jpg"),
        ("<media:content url='http://i.example/1.jpg' medium='image'/>", "http://i.example/1.jpg"),
        ("<enclosure url='http://i.example/2.png' type='image/png' length='1'/>", "http://i.example/2.png"),
        ("<enclosure url='http://i.example/2.mp3' type='audio/mpeg'/>", None),
    ],
)
def test_the_picture_beside_a_text_that_shows_none_is_taken(beside, address):
    article = read(f"{beside}<description>{FIRST}</description>")
    assert [image.url for image in article.images] == ([address] if address else [])


def test_a_picture_of_the_text_goes_before_the_one_beside_it():
    article = read(f"<media:thumbnail url='/t.jpg'/><description>&lt;p&gt;{FIRST}&lt;/p&gt;&lt;img src='/i.jpg'&gt;"
                   f"&lt;p&gt;{SECOND}&lt;/p&gt;</description>")  # fmt: skip
    assert [image.url for image in article.images] == ["http://h.example/i.jpg"]
