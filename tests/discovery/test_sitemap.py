"""Sitemaps that come packed or damaged; what whole ones lead to is told beside the saved ones."""

import gzip
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pages import page
from support.saved_pages import saved_page

from newsarchive.discovery.sitemap import changed_until, read_sitemap
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
        "# all pages\nhttp://h.example/a\nhttp://h.example/b",
        '<?xml version="1.0"?>\nhttp://h.example/a\nhttp://h.example/b',
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


def test_half_a_line_of_a_cut_text_is_no_address():
    lines = "".join(f"http://h.example/{n * 7919}\n" for n in range(3000)).encode()
    packed = gzip.compress(lines, compresslevel=0)
    found = read_sitemap(page("http://h.example/s.txt", packed[:20_000], role="listing"), ANY)
    assert len(found.articles) > 500
    assert {int(article.url.rpartition("/")[2]) % 7919 for article in found.articles} == {0}
    assert found.damage


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


GOOGLE = (
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)


def entries(body):
    document = URLSET.replace("<urlset", f"<urlset {GOOGLE}").format(f"<url>{body}</url>")
    return read_sitemap(page("http://h.example/s.xml", document, role="listing"), ANY).articles


def test_genres_tickers_publication_and_picture_of_a_news_sitemap_are_hints():
    [article] = entries(
        "<image:image><image:loc>/i.jpg</image:loc></image:image><loc>/a</loc><news:news><news:publication>"
        "<news:name>河湾报</news:name><news:language>zh-cn</news:language></news:publication>"
        "<news:genres>PressRelease, Blog</news:genres><news:stock_tickers>NASDAQ:AMAT, sha:600519</news:stock_tickers>"
        "<news:publication_date>2026-03-05T08:00+08:00</news:publication_date><news:title>石桥</news:title></news:news>"
    )
    hints = article.hints
    assert (hints.title, hints.published, hints.source) == ("石桥", "2026-03-05T08:00+08:00", "河湾报")
    assert (hints.genres, hints.tickers) == (("PressRelease", "Blog"), ("NASDAQ:AMAT", "SHA:600519"))
    assert hints.image == "/i.jpg"


@pytest.mark.parametrize(
    ("link", "also"),
    [
        ('hreflang="zh-Hant-HK" href="/hk/a"', ["/hk/a"]),
        ('hreflang="x-default" href="http://h.example/d/a"', ["/d/a"]),
        ('media="only screen and (max-width: 640px)" href="/m/a"', ["/m/a"]),
        ('hreflang="zh" href="/a"', []),  # itself
        ('hreflang="en" href="/en/a"', []),  # a translation is an article of its own
        ('hreflang="zh" href="https://other.example/a"', []),
        ('href="/amp/a"', []),
    ],
)
def test_alternates_of_an_entry_in_its_language_are_further_copies(link, also):
    found = entries(f'<xhtml:link rel="alternate" {link}/><loc>/a</loc><lastmod>2026-03-05</lastmod>')
    assert [article.url.removeprefix("http://h.example") for article in found] == ["/a", *also]


def test_what_is_an_entry_and_an_alternate_is_listed_once_with_what_its_entry_says():
    body = (
        '<url><loc>/a</loc><xhtml:link rel="alternate" hreflang="zh-TW" href="/tw/a"/></url><url><loc>/tw/a</loc>'
        '<xhtml:link rel="alternate" hreflang="zh-CN" href="/a"/><news:news><news:title>橋</news:title></news:news>'
        "</url>"
    )
    document = URLSET.replace("<urlset", f"<urlset {GOOGLE}").format(body)
    found = read_sitemap(page("http://h.example/s.xml", document, role="listing"), ANY).articles
    assert {article.url.removeprefix("http://h.example"): article.hints.title for article in found} == {
        "/a": None,
        "/tw/a": "橋",
    }


@pytest.mark.parametrize(
    ("lastmod", "changed"),
    [
        ("2026-03-05T08:00:00+08:00", "2026-03-05T00:00:00+00:00"),
        ("2026-03-05", "2026-03-06T12:00:00+00:00"),  # that day may not be over yet
        ("soon", None),
    ],
)
def test_an_index_says_until_when_its_sitemaps_have_changed(lastmod, changed):
    body = f"<sitemapindex><sitemap><loc>/1.xml</loc><lastmod>{lastmod}</lastmod></sitemap></sitemapindex>"
    said = read_sitemap(page("http://h.example/s.xml", body, role="listing"), ANY).changed
    assert {url: str(when.isoformat()) for url, when in said.items()} == (
        {"http://h.example/1.xml": changed} if changed else {}
    )


def test_a_robots_txt_names_sitemaps():
    body = "User-agent: *\nDisallow: /admin\n\nsitemap : http://h.example/a.xml\r\nSitemap: /b.xml.gz # all\nSITEMAP:\n"
    found = read_sitemap(page("http://h.example/robots.txt", body, role="listing"), ANY)
    assert (found.further, found.articles, found.damage) == (
        ["http://h.example/a.xml", "http://h.example/b.xml.gz"],
        [],
        None,
    )


def test_a_robots_txt_that_names_none_says_so():
    found = read_sitemap(page("http://h.example/robots.txt", "User-agent: *\nDisallow:\n", role="listing"), ANY)
    assert (found.further, found.damage) == ([], "names no sitemap (0 entries read)")


def test_an_entry_says_when_its_page_last_changed():
    [article] = entries("<loc>/a</loc><lastmod>2026-03-05</lastmod>")
    assert article.changed == "2026-03-05"
    until = changed_until(article.changed, zone=ANY.timezone, now=datetime(2026, 3, 7, tzinfo=UTC))
    assert until is not None
    assert until.isoformat() == "2026-03-06T12:00:00+00:00"
