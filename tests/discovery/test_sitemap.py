"""Sitemaps that come packed or damaged; what whole ones lead to is told beside the saved ones."""

import gzip
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pages import page
from support.saved_pages import saved_page

from newsarchive.discovery.sitemap import read_sitemap
from newsarchive.sites import load_site

SITE = load_site("demo")
MAP = saved_page("demo/sitemap").page.body


def listed_by(body):
    return read_sitemap(page("http://h.example/sitemap.xml", body, role="listing"), SITE)


def test_a_packed_sitemap_is_unpacked_also_when_it_is_cut_short():
    packed = gzip.compress(MAP)
    assert len(listed_by(packed).articles) == 2
    assert len(listed_by(packed[: len(packed) // 2]).articles) < 2
    assert listed_by(b"\x1f\x8bnothing").articles == []


URLSET = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
ANY = replace(SITE, listing=None)


def listed(body, site=ANY, **more):
    found = read_sitemap(page("http://h.example/map/s.xml", body, role="listing", **more), site)
    return [article.url.removeprefix("http://h.example") for article in found.articles]


def test_a_cut_sitemap_is_told():
    packed = gzip.compress(MAP)
    assert listed_by(packed[: len(packed) // 2]).damage.startswith("damaged gzip file: it ends in the middle")


@pytest.mark.parametrize(
    "body",
    [
        "http://h.example/a\nhttp://h.example/b\n",
        "\ufeffhttp://h.example/a\r\n\r\n  http://h.example/b  \r\nno address\r\nhttp://h.example/a",
        URLSET.format("<url><loc>/a</loc></url><url><loc>/b</loc></url>"),
        URLSET.format("<URL><LOC>/a</LOC></URL><url><loc><![CDATA[/b]]></loc></url>"),
        "<urlset><url><loc>/a</loc><url><loc>/b</loc></url></urlset>",
        '<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9"><s:url><s:loc>/a</s:loc></s:url><s:url>'
        "<s:loc>/b</s:loc></s:url></s:urlset>",
        URLSET.format(
            "<url><image:image><image:loc>/i</image:loc><image:title>图</image:title></image:image><loc>/a</loc></url>"
            "<url><xhtml:link rel='alternate' href='/en'/><video:video><video:title>影</video:title></video:video>"
            "<loc>/b</loc></url>"
        ),
        "<rss><channel><link>/</link><item><link>/a</link></item><item><link>/b</link></item></channel></rss>",
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/a"/></entry>'
        '<entry><link href="/b"/></entry></feed>',
        "Warning: x\n" + URLSET.format("<url><loc>/a</loc></url><url><loc>/b</loc></url>"),
    ],
)
def test_every_form_of_sitemap_is_read(body):
    assert listed(body) == ["/a", "/b"]


def test_links_belong_to_the_final_address():
    body = URLSET.format("<url><loc>a</loc></url>")
    assert listed(body, final_url="http://h.example/new/") == ["/new/a"]


@pytest.mark.parametrize(
    "news",
    [
        "<news:title>A&B</news:title><news:publication_date>2026-03-05</news:publication_date>",
        "<news:publication><news:name>报</news:name></news:publication>"
        "<news:publication_date>2026-03-05</news:publication_date><news:title><![CDATA[A&amp;B]]></news:title>",
    ],
)
def test_news_tags_are_hints_in_any_order(news):
    names = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    for declared in ("", names):
        body = URLSET.format(f"<url {declared}><news:news>{news}</news:news><loc>/a</loc></url>")
        [article] = read_sitemap(page("http://h.example/s.xml", body, role="listing"), ANY).articles
        assert (article.hints.title, article.hints.published) == ("A&B", "2026-03-05")


def test_articles_that_are_numbered_in_the_query_are_known_by_it():
    site = replace(SITE, listing=replace(SITE.listing, article=re.compile(r"/show\.php\?.*\bid=\d+$")))
    body = URLSET.format(
        "<url><loc>/show.php?cat=3&id=17</loc></url><url><loc>/show.php</loc></url><url><loc>/?id=1</loc></url>"
    )
    assert listed(body, site) == ["/show.php?cat=3&id=17"]


def test_an_index_leads_to_sitemaps_whatever_its_charset():
    body = (
        '<?xml version="1.0" encoding="gb2312"?><!-- 沈镕路 --><sitemapindex><sitemap><loc>/1.xml</loc></sitemap>'
        "</sitemapindex>"
    )
    found = read_sitemap(page("http://h.example/s.xml", body.encode("gbk"), role="listing"), ANY)
    assert (found.further, found.articles, found.damage) == (["http://h.example/1.xml"], [], None)


@pytest.mark.parametrize(
    ("body", "damage"),
    [
        ("<html><body>维护中</body></html>", "no sitemap, its root element is html"),
        ("", "empty"),
        (URLSET.format("<url><loc>/a</loc></url>")[:-12], "it ends in the middle (1 entries read)"),
        (URLSET.format("<url><loc>mailto:a</loc></url>"), "entries without an address: 1 (0 entries read)"),
        (URLSET.format("<url><loc>/a</loc></url>" * 50_001), "more entries than 50000 (50000 entries read)"),
        ("http://h.example/a\n" * 50_001, "more entries than 50000"),
        (URLSET.format(""), None),
    ],
)
def test_what_of_a_sitemap_is_lost_is_told(body, damage):
    told = read_sitemap(page("http://h.example/s.xml", body, role="listing"), ANY).damage
    assert (told is None) if damage is None else (told or "").startswith(damage)


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_nothing_is_raised(body):
    for bytes_ in (body, b"\x1f\x8b" + body):
        assert all(found.url.startswith("http") for found in listed_by(bytes_).articles)
