"""Nothing that a page said reaches the browser as anything but text, and nobody gets what is not theirs."""

import csv
import io
import logging
import re
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from lxml import html
from support.serving import ESCAPING, HOSTILE, served

from newsarchive.browse.filters import (
    marked,
    plain,
    shown,
    web_link,
)
from newsarchive.browse.metadata import queries
from newsarchive.browse.security import SafeCsv
from newsarchive.search import write_term
from newsarchive.urls import is_web_address

EVIL = "/article/evil~2Eexample~2F0"
LISTS = ["/", "/search", "/search?q=量子", "/archive/articles", "/archive/copies", "/archive/paragraphs"]
LISTS += ["/archive/sources", "/archive/images", "/archive/mentions", "/archive/categories", "/archive/bylines"]
LISTS += ["/archive/articles_of_a_source", "/archive/articles_by_a_person", "/archive/securities_named_most"]
LISTS += ["/archive/articles_naming_a_security", "/archive/sources_by_volume", "/archive/revisions"]
LISTS += ["/archive/problems", "/archive/runs", "/archive/snapshots", "/archive/stories", "/archive/what_went_wrong"]
LISTS += ["/archive/taken_down", "/archive/changed_articles", "/archive/shared_stories", "/archive/carried_from_others"]
LISTS += ["/archive/articles?_facet=source_id&_facet=lang", "/archive/categories?_facet=name"]
ROWS = ["/archive/sources/1", "/archive/categories/1", "/archive/copies/1", "/archive/problems/1", "/archive/runs/1"]
PAGES = [
    *LISTS,
    *ROWS,
    EVIL,
    f"{EVIL}/changes/2",
    f"{EVIL}/changes",
    "/list?ids=1,2",
    "/article/evil~2Eexample~2F1",
    "/archive",
    "/tables",
]
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TAG = re.compile(r"<[a-zA-Z/][^<>]*>")
ATOM = "{http://www.w3.org/2005/Atom}"
ENTRY = ["author", "category", "content", "entry", "feed", "generator", "id", "link", "name", "published", "summary"]
ENTRY += ["title", "updated"]


def is_ours(element):
    """Whether an element is the one script that every page has: a file of ours, and nothing written in the page."""
    source = element.get("src", "")
    return (
        element.tag == "script" and not element.text and re.fullmatch(r"/-/newsarchive/reading-list\.js\?\w+", source)
    )


def dangers(text):
    """What of a page could run or load something: elements, attributes, addresses."""
    found = []
    for element in html.fromstring(text).iter("*"):
        if is_ours(element):
            continue
        found += [element.tag] if element.tag in ("script", "style", "img", "iframe", "object", "embed") else []
        found += [name for name in dict(element.attrib) if name.startswith("on") or name == "style"]
        addresses = [element.get(name, "").strip().lower() for name in ("href", "src", "action")]
        found += [address for address in addresses if address.startswith(("javascript:", "data:", "vbscript:"))]
    return found


@pytest.fixture(scope="session")
def story(harm):
    """The address of the story that two articles tell."""
    (found,) = harm.get("/archive/stories.json?article_count=2&_shape=objects").json()["rows"]
    return f"/story/{found['id']}"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_no_markup_of_an_article(harm, path):
    answer = harm.get(path)
    assert answer.status_code == 200
    tags = [tag for tag in TAG.findall(answer.text) if not tag.startswith('<script defer src="/-/newsarchive/')]
    assert not [tag for tag in tags if re.search(r"<script|<img|<iframe|\son[a-z]+=|style=", tag)]
    assert not re.search(r"""(?:href|src|action)=["']?\s*(?:javascript|data|vbscript):""", answer.text, re.IGNORECASE)
    assert dangers(answer.text) == []
    assert "\x1b" not in answer.text
    assert not BIDI.search(answer.text)
    (title,) = re.findall("<title>(.*?)</title>", answer.text, re.DOTALL)[:1]
    assert len(title) < 500


def test_a_story_and_its_search_hold_no_markup_of_an_article(harm, story):
    for path in (story, f"/search?q=story:{story.rpartition('/')[2]}"):
        test_a_page_holds_no_markup_of_an_article(harm, path)
    page = harm.get(story).text
    assert page.partition('<ol class="members">')[2].count("/article/evil~2Eexample~2F1") == 2
    assert "长" * 161 not in page


@pytest.mark.parametrize("text", [HOSTILE, ESCAPING, '"><script>window.hit=1</script>'])
def test_what_a_reader_asks_for_comes_back_as_text_only(harm, text):
    asked = quote(text)
    addresses = [f"/search?q={asked}", f"/search?from={asked}&order={asked}&after={asked}", f"/article/{asked}"]
    addresses += [
        f"/archive/{asked}",
        f"/archive/articles?_search={asked}",
        f"/archive/articles?title__contains={asked}",
    ]
    addresses += [f"/archive/articles?_sort={asked}", f"/archive?sql={asked}"]
    addresses.append("/archive?sql=" + quote('select :x as "<img src=x onerror=1>"') + f"&x={asked}")
    names = ("source", "name", "code", "day", "clock", "days", "sources")
    arguments = "&".join(f"{name}={asked}" for name in names)
    addresses += [f"/archive/{name}?{arguments}" for name in queries()]
    for address in addresses:
        answer = harm.get(address, follow_redirects=True)
        assert answer.status_code < 500, address
        assert dangers(answer.text) == [], address


def test_feeds_hold_text_in_the_elements_of_a_feed(harm, story):
    lists = ["/search", "/archive/articles", "/archive/shared_stories", "/archive/articles_of_a_source"]
    for address in [*(f"{path}.atom" for path in lists), f"/search.atom?q=story:{story.rpartition('/')[2]}"]:
        answer = harm.get(address)
        feed = ET.fromstring(answer.content)
        assert {element.tag for element in feed.iter()} <= {ATOM + name for name in ENTRY}
        assert all(link.get("href").startswith("http") for link in feed.iter(f"{ATOM}link"))
        assert {content.get("type") for content in feed.iter(f"{ATOM}content")} == {"text"}
        assert not BIDI.search(answer.text)


def test_json_is_served_as_nothing_else(harm):
    for path in ("/search.json", f"{EVIL}.json", "/archive/articles.json", "/archive.json?sql=select+1", "/x.json"):
        answer = harm.get(path)
        assert answer.headers["content-type"].startswith("application/json")
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["//evil.example/", "/%5Cevil.example/", "/%09/evil.example/", "/%0d%0aset-cookie:a/"])
def test_no_address_leads_away(site, path):
    request = site.build_request("GET", "/")
    request.url = site.base_url.copy_with(raw_path=path.encode())
    answer = site.send(request)
    assert re.match(r"/[^/\\\s]|/$", answer.headers.get("location", "/"))
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "arguments", ["_sort=x", "_sort=published_at&_sort_desc=id", "title__in=[", "_through={", "_col=x"]
)
def test_a_mistake_in_an_address_is_the_readers_and_not_logged(site, caplog, arguments):
    with caplog.at_level(logging.WARNING):
        assert site.get(f"/archive/articles?{arguments}").status_code == 400
    assert "failed" not in caplog.text


def test_a_database_as_csv_is_told_to_be_no_list(site):
    for arguments in ("", "?sql=", "?_labels=on"):
        answer = site.get(f"/archive.csv{arguments}")
        assert answer.status_code == 400
        assert "archive/articles.csv" in answer.text
    assert site.get("/archive.csv?sql=select+1+as+one").text.split() == ["one", "1"]


@pytest.mark.parametrize(
    "path", [*PAGES, "/search.csv", "/search.json", "/search.atom", "/-/newsarchive/style.css", "/x"]
)
def test_every_answer_forbids_foreign_scripts_and_pictures(harm, path):
    headers = harm.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
    assert "require-trusted-types-for 'script'; trusted-types 'none';" in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_pages_hold_no_script_but_a_file(site):
    for path in (
        "/",
        "/search",
        "/archive",
        "/archive/articles",
        "/archive/articles_of_a_day",
        "/archive?sql=select+1",
    ):
        page = site.get(path).text
        assert [bool(is_ours(one)) for one in html.fromstring(page).iter("script")] == [True]
        assert "<style" not in page
        assert " style=" not in page


def test_links_elsewhere_say_nothing_about_where_they_stand(harm):
    page = harm.get(EVIL).text
    links = [tag for tag in TAG.findall(page) if "://" in tag and tag.startswith("<a")]
    assert links
    assert all("noreferrer noopener" in tag for tag in links)


def test_a_title_of_a_hundred_thousand_characters_is_cut(harm):
    for path in ("/", "/search", "/article/evil~2Eexample~2F1", "/archive/articles", "/archive/copies"):
        assert "长" * 301 not in harm.get(path).text


@pytest.mark.parametrize("path", ["/search.csv", "/archive/articles.csv", "/archive/articles.csv?_stream=1&_size=max"])
def test_csv_holds_no_formula(harm, path):
    csv.field_size_limit(10_000_000)
    table = list(csv.reader(io.StringIO(harm.get(path).text)))
    assert len(table) == 1 + len(harm.get("/search.json").json()["rows"])
    cells = [value for line in table[1:] for value in line if value]
    assert any("SUM" in value for value in cells) or "articles" in path
    assert not [value for value in cells if value[0] in "=+-@\t\r" and not re.fullmatch(r"-?\d+(\.\d+)?", value)]


@pytest.mark.parametrize("options", [{"host": "0.0.0.0"}, {"public": True}], ids=str)
def test_sql_of_ones_own_is_for_this_machine_only(sample, site, options):
    asked = "/archive.json?sql=select+count(*)+from+articles"
    assert site.get(asked).status_code == 200
    with served(sample, **options) as public:
        assert public.get(asked).status_code == 403
        assert public.get("/archive/articles.json?_where=1").status_code in (400, 403)
        assert "SQL of your own" not in public.get("/tables").text
        assert public.get("/archive/articles_of_a_day", headers={"host": "news.example"}).status_code == 200


def test_another_host_name_is_refused_on_loopback(site):
    assert site.get("/", headers={"host": "evil.example"}).status_code == 421
    assert site.get("/", headers={"host": "localhost:8001"}).status_code == 200


def test_nothing_can_be_written(site):
    for sql in ("delete from articles", "create table x (a)", "pragma writable_schema=1", "attach 'x' as y"):
        assert site.get("/archive.json", params={"sql": sql}).status_code in (400, 403)
    assert site.get("/archive.json", params={"sql": "select load_extension('x')"}).status_code == 400


def test_sql_that_makes_something_huge_fails_at_once(site):
    answer = site.get("/archive.json", params={"sql": "select length(replace(hex(zeroblob(200000000)), '0', '11'))"})
    assert answer.status_code == 400
    assert "too big" in answer.json()["error"]


def test_shown_text_is_escaped_isolated_and_cut():
    assert shown(HOSTILE).startswith("<bdi>&lt;script&gt;")
    assert shown("降准") == '<bdi lang="zh-Hans">降准</bdi>'
    assert len(plain("a" * 1000, 50)) == 50
    assert plain("\u202eabc\u202c") == "abc"
    assert plain("a" * 50, 50) == "a" * 50


def test_a_header_of_csv_is_no_formula_either(harm):
    table = harm.get("/archive.csv", params={"sql": """select 1 as "=1+1", '＝2' as "@x" """}).text
    assert list(csv.reader(io.StringIO(table))) == [["'=1+1", "'@x"], ["1", "'＝2"]]


@pytest.mark.parametrize("text", ["\u3164\u2800", " \u3000", "\u202e", "\U000e0041"])
def test_what_nobody_can_see_is_named(text):
    assert shown(text) == marked(text) == "<bdi>(nothing visible)</bdi>"


def test_accents_do_not_pile_up():
    piled, kept = "塔" + "\u0301" * 100, "塔" + "\u0301" * 4
    assert shown(piled) == marked(piled) == f'<bdi lang="zh-Hans">{kept}</bdi>'
    assert shown("e\u0301e\u0301") == "<bdi>e\u0301e\u0301</bdi>"


def test_a_value_that_no_query_can_hold_is_not_searched_for():
    assert write_term("source", "长" * 300) == f"source:{'长' * 300}"
    assert write_term("source", "长" * 301) is None
    assert write_term("code", '60 OR "x') == 'code:「60 OR "x」'


def test_marks_of_a_match_are_the_only_markup():
    assert marked("<b>\x02银行\x03</b>") == '<bdi lang="zh-Hans">&lt;b&gt;<mark>银行</mark>&lt;/b&gt;</bdi>'


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "//evil.example", "data:text/html,x", "http://", "http:///x", "http://a\n.b", None, 5],
)
def test_only_web_addresses_become_links(url):
    assert not is_web_address(url)
    assert "<a" not in web_link(url)


def test_csv_in_pieces_is_the_csv_in_one():
    text = 'a,b\r\n"=1+1, ""x""\r\n+2",-5\r\n@x,"降准"\r\n'.encode()
    whole = SafeCsv().feed(text, is_last=True)
    assert list(csv.reader(io.StringIO(whole.decode()))) == [["a", "b"], ['\'=1+1, "x"\r\n+2', "-5"], ["'@x", "降准"]]
    for size in (1, 2, 3, 7):
        stream = SafeCsv()
        pieces = [stream.feed(text[start : start + size]) for start in range(0, len(text), size)]
        assert b"".join([*pieces, stream.feed(b"", is_last=True)]) == whole
