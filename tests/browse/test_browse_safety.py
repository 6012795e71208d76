"""Nothing that a page said reaches the browser as anything but text, and nobody gets what is not theirs."""

import csv
import io
import re

import pytest
from serving import HOSTILE, served

from newsarchive.browse.shown import is_web_address, marked, plain, shown, web_link
from newsarchive.browse.spreadsheet import SafeCsv

EVIL = "/article/evil~2Eexample~2F0"
LISTS = ["/", "/search", "/search?q=量子", "/archive/articles", "/archive/copies", "/archive/paragraphs"]
LISTS += ["/archive/sources", "/archive/images", "/archive/mentions", "/archive/categories", "/archive/bylines"]
LISTS += ["/archive/articles_of_a_source", "/archive/articles_by_a_person", "/archive/securities_named_most"]
LISTS += ["/archive/articles_naming_a_security", "/archive/sources_by_volume", "/archive/revisions"]
PAGES = [*LISTS, EVIL, f"{EVIL}/changes/2", "/article/evil~2Eexample~2F1", "/archive", "/tables"]
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TAG = re.compile(r"<[a-zA-Z/][^<>]*>")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_no_markup_of_an_article(harm, path):
    answer = harm.get(path)
    assert answer.status_code == 200
    tags = TAG.findall(answer.text)
    assert not [tag for tag in tags if re.search(r"<script|<img|<iframe|\son[a-z]+=|style=", tag)]
    assert not re.search(r"""(?:href|src|action)=["']?\s*(?:javascript|data|vbscript):""", answer.text, re.IGNORECASE)
    assert "\x1b" not in answer.text
    assert not BIDI.search(answer.text)


@pytest.mark.parametrize(
    "path", [*PAGES, "/search.csv", "/search.json", "/search.atom", "/-/newsarchive/style.css", "/x"]
)
def test_every_answer_forbids_scripts_and_foreign_pictures(harm, path):
    headers = harm.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_pages_send_no_script_of_their_own(site):
    for path in (
        "/",
        "/search",
        "/archive",
        "/archive/articles",
        "/archive/articles_of_a_day",
        "/archive?sql=select+1",
    ):
        page = site.get(path).text
        assert "<script" not in page
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
    assert len(table) == 3
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
    assert shown("降准") == '<bdi lang="zh">降准</bdi>'
    assert len(plain("a" * 1000, 50)) == 50
    assert plain("\u202eabc\u202c") == "abc"
    assert plain("a" * 50, 50) == "a" * 50


def test_marks_of_a_match_are_the_only_markup():
    assert marked("<b>\x02银行\x03</b>") == '<bdi lang="zh">&lt;b&gt;<mark>银行</mark>&lt;/b&gt;</bdi>'


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
