"""Sitemaps: articles newest first, further sitemaps, packed ones, Google's news tags."""

import gzip

from hypothesis import given
from hypothesis import strategies as st
from support.pages import page

from newsarchive.discovery.sitemap import read_sitemap
from newsarchive.sites import load_site

SITE = load_site("demo")
MAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>http://h.example/emnews/2026/03/04/1.html</loc><lastmod>2026-03-04</lastmod></url>
<url><loc>http://h.example/about.html</loc></url>
<url><loc>
  http://h.example/emnews/2026/03/05/2.html
</loc><news:news><news:publication_date>2026-03-05T08:00:00+08:00</news:publication_date>
<news:title>早上的消息</news:title></news:news></url>
<url><loc>ftp://h.example/emnews/2026/03/05/3.html</loc></url></urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>http://h.example/map1.xml.gz</loc></sitemap><sitemap><loc>/map2.xml</loc></sitemap></sitemapindex>"""


def listed_by(body):
    return read_sitemap(page("http://h.example/sitemap.xml", body, role="listing"), SITE)


def test_pages_that_look_like_articles_are_listed_newest_first():
    listed = listed_by(MAP)
    assert [found.url.rpartition("/")[2] for found in listed.articles] == ["2.html", "1.html"]
    assert listed.articles[0].hints.title == "早上的消息"
    assert listed.articles[0].hints.published == "2026-03-05T08:00:00+08:00"


def test_an_index_leads_to_further_sitemaps():
    listed = listed_by(INDEX)
    assert listed.further == ["http://h.example/map1.xml.gz", "http://h.example/map2.xml"]
    assert listed.articles == []


def test_a_packed_sitemap_is_unpacked_also_when_it_is_cut_short():
    packed = gzip.compress(MAP.encode())
    assert len(listed_by(packed).articles) == 2
    assert len(listed_by(packed[: len(packed) // 2]).articles) < 2
    assert listed_by(b"\x1f\x8bnothing").articles == []


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_nothing_is_raised(body):
    for bytes_ in (body, b"\x1f\x8b" + body):
        assert all(found.url.startswith("http") for found in listed_by(bytes_).articles)
