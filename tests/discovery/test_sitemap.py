"""Sitemaps that come packed or damaged; what whole ones lead to is told beside the saved ones."""

import gzip

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


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_nothing_is_raised(body):
    for bytes_ in (body, b"\x1f\x8b" + body):
        assert all(found.url.startswith("http") for found in listed_by(bytes_).articles)
