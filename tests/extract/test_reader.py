"""Whatever a page holds, reading gives an article, and says what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import known_pages as pages
from support.growth import count_lines
from support.known_pages import (
    CREDIT,
    FLASH_URL,
    MEDIA_URL,
    NOW,
    ORIGIN_URL,
    SITE,
    known_page,
    post_html,
    read_media,
    reasons,
)

from newsarchive.extract import process, read
from newsarchive.models import Article, Category, Hints
from newsarchive.problems import REASONS
from newsarchive.sites import load_site

TEXT = "<p>第一段。</p>"
URLS = [
    (MEDIA_URL, "post"), (FLASH_URL, "post"), (ORIGIN_URL, "original"), (pages.DATA_URL, "share"),
    (pages.SHARE_LINK, "share"),
    ("file:2022-05-30-NW202205302391234567.md", "file"), ("https://news.example.com/a.html", "original"),
]  # fmt: skip


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
@pytest.mark.parametrize(("url", "role"), URLS)
def test_an_empty_page_says_so(url: str, role: str, body: bytes) -> None:
    assert reasons(read(known_page(url, body, role), SITE)) == ["empty-page"]


def test_an_article_that_speaks_of_logging_in_is_one() -> None:
    article = read_media("<p>页面提示“请登录”，随后显示404 Not Found。</p>")
    assert (reasons(article), len(article.paragraphs)) == ([], 1)


def test_an_empty_title_is_not_taken_from_elsewhere() -> None:
    article = read_media(TEXT, title="")
    assert (article.title, reasons(article)) == (None, ["no-title"])


def test_the_name_of_the_site_is_no_title() -> None:
    html = post_html(f"<small>{pages.WHEN}</small>{TEXT}{CREDIT}").replace("海运价格连涨三周 | ", "")
    article = read(known_page(MEDIA_URL, html), SITE)
    assert (article.title, reasons(article)) == (None, ["no-title"])


def test_a_title_whose_element_is_gone_is_taken_from_the_head() -> None:
    html = post_html(f"<small>{pages.WHEN}</small><h2>海运价格连涨三周</h2>{TEXT}{CREDIT}")
    article = read(known_page(MEDIA_URL, html), SITE)
    assert article.title == "海运价格连涨三周"
    assert article.evidence["title"] == "generic"


def test_an_empty_time_is_not_taken_from_elsewhere() -> None:
    article = read_media("<p>会议于2022-05-30 10:00:00召开。</p>", when="<small>(GMT+8, Asia/Shanghai, CST) </small>")
    assert (article.published_at, reasons(article)) == (None, ["no-date"])


def test_an_article_without_text_says_so() -> None:
    article = read_media("")
    assert (article.title, article.paragraphs, reasons(article)) == ("海运价格连涨三周", [], ["no-body"])


@pytest.mark.parametrize(
    ("when", "reason"),
    [("2022-06-09 10:00:00", "future-date"), ("1970-01-01 00:00:00", "implausible-date")],
)
def test_a_date_that_cannot_be_is_not_taken(when: str, reason: str) -> None:
    article = read_media(TEXT, when=f"<small>(GMT+8) {when}</small>")
    assert (article.published_at, reasons(article)) == (None, [reason])


def test_eight_hours_ahead_is_the_mirrors_own_habit() -> None:
    ahead = NOW.astimezone(timezone(timedelta(hours=8))) + timedelta(hours=8)
    article = read_media(TEXT, when=f"<small>{ahead:%Y-%m-%d %H:%M:%S}</small>")
    assert (article.published_at, reasons(article)) == (ahead.replace(microsecond=0), [])


def test_a_date_that_contradicts_the_number_is_kept_and_noted() -> None:
    html = post_html(pages.section(TEXT, CREDIT, when="<small>2021-05-30 10:00:00</small>"))
    article = process(known_page(MEDIA_URL, html), SITE)
    assert (article.published_at is not None, reasons(article)) == (True, ["implausible-date"])


def test_hints_fill_only_what_the_page_is_silent_about() -> None:
    hints = Hints("列表标题", "05-30 22:00", Category("other", "别的"), "海运周报")
    full = replace(known_page(MEDIA_URL, post_html(pages.section(TEXT, CREDIT))), hints=hints)
    article = read(full, SITE)
    assert (article.title, article.source) == ("海运价格连涨三周", "海运日报")
    silent = replace(known_page(MEDIA_URL, post_html(f"<small></small><h1></h1>{TEXT}")), hints=hints)
    article = read(silent, SITE)
    assert (article.title, article.source, reasons(article)) == ("列表标题", "海运周报", [])
    assert article.published_at == datetime(2022, 5, 30, 22, 0, tzinfo=timezone(timedelta(hours=8)))
    assert article.evidence["title"] == "listing"


def test_what_a_listing_says_of_people_pictures_genres_and_tickers_fills_what_the_page_lacks() -> None:
    hints = Hints(
        authors=("林小满",), image="http://i.example/1.jpg", genres=("OpEd", "Blog"), tickers=("NASDAQ:AMAT",)
    )
    article = read(replace(known_page("http://news.example/a/1.html", post_html(TEXT)), hints=hints), SITE)
    assert [(byline.role, byline.name) for byline in article.bylines] == [("author", "林小满")]
    assert [image.url for image in article.images] == ["http://i.example/1.jpg"]
    assert article.section == "OpEd, Blog"
    assert [(mention.market, mention.code) for mention in article.mentions] == [("NASDAQ", "AMAT")]
    assert {article.evidence[name] for name in ("bylines", "images", "section", "mentions")} == {"listing"}


def test_a_site_with_nothing_but_a_listing_hears_what_the_listing_says() -> None:
    site = replace(SITE, name="hw", title="河湾信息网", hosts=("news.example",), layouts=(), share=None)
    html = (
        "<title>河湾信息网</title><h1><a href='/'>河湾信息网</a></h1><div><p>河湾镇开展冬季助学行动</p>"
        "<p>河湾镇二十家单位在河西小学开展助学行动，送去棉衣三百件、图书一千册。</p>"
        "<p>校长说，学校将把图书分到各个班级，并且建立借阅制度，让每一本书都有人读。</p></div>"
    )
    hints = Hints("河湾镇开展冬季助学", "2022-05-29 16:35", None, "柳溪晚报")
    article = read(replace(known_page("http://news.example/x/5286.html", html, "original"), hints=hints), site)
    assert (article.title, article.source) == ("河湾镇开展冬季助学行动", "柳溪晚报")
    assert article.published_at == datetime(2022, 5, 29, 16, 35, tzinfo=timezone(timedelta(hours=8)))
    assert article.paragraphs[0].text.startswith("河湾镇二十家单位")


def test_a_page_of_a_known_host_is_read_by_its_site_whatever_site_led_there() -> None:
    for site in (SITE, load_site("eastmoney"), None):
        article = read(known_page(ORIGIN_URL, pages.origin_html(), "original"), site)
        assert (article.title, article.extractor) == ("海运价格连涨三周", "eastmoney/original")


MARKUP = st.sampled_from(
    (
        "<p>", "</p>", "<section>", "</section>", "<h1>", "</h1>", "<small>", "</small>", "<a href='", "'>", "<!--",
        "-->", "&#0;", "&#xD800;", "<script>", "<table><tr>", "<td>", "{", "}", '"text":', '"<p>', "（", "）", "来源：",
        "2022-05-30 22:00:29", "记者", "\x00", "---\n", "> ",
    )
)  # fmt: skip
PIECES = st.lists(st.one_of(MARKUP, st.text(max_size=5)), max_size=40).map("".join)
PAGES = st.one_of(
    st.binary(max_size=300),
    PIECES.map(lambda text: text.encode("utf-8", "replace")),
    PIECES.map(lambda text: text.encode("gb18030", "replace")),
    PIECES.map(lambda text: post_html(text).encode("utf-8", "replace")),
)
CONTENT_TYPES = st.sampled_from((None, "text/html; charset=gbk", "text/html; charset=x", "charset="))


def printed(article: Article) -> str:
    return "".join(paragraph.text for paragraph in article.paragraphs)


@given(
    st.sampled_from(URLS), PAGES, st.sampled_from([None, "text/html; charset=gbk", "text/html; charset=x", "charset="])
)
def test_any_bytes_give_an_article(target: tuple[str, str], body: bytes, content_type: str | None) -> None:
    article = read(known_page(target[0], body, target[1], content_type), SITE)
    assert article.page.body == body
    assert all(reason in REASONS for reason in reasons(article))
    assert all(p.text == " ".join(p.text.split()) and p.text for p in article.paragraphs)


@given(st.lists(st.text(alphabet="甲乙丙。，A1 \n\u200b", min_size=1, max_size=20), max_size=8))
def test_every_character_of_a_paragraph_stands_in_the_page(texts: list[str]) -> None:
    article = read_media("".join(f"<p>{text}</p>" for text in texts))
    wanted = "".join("".join(text.replace("\u200b", "").split()) for text in texts)
    assert printed(article).replace(" ", "") == wanted


@pytest.mark.parametrize("url", ["http://[::1", "http://a:99999999/x", "//", "", "file:", "javascript:alert(1)"])
def test_a_broken_url_does_not_raise(url: str) -> None:
    assert read(known_page(url, post_html(pages.section(TEXT))), SITE).page.url == url


PIECE = (
    "<p>",
    "<b>",
    "<p>文字",
    "<a href='",
    "<!--",
    "&amp",
    "<table><tr><td>",
    "<li><ul>",
    "<br>",
    "　",
    "（",
    '<i class="time">',
)


@pytest.mark.parametrize("piece", PIECE)
@pytest.mark.parametrize(("url", "role"), URLS[1:4])
def test_hostile_repetition_takes_linear_work(url: str, role: str, piece: str) -> None:
    def work(count: int) -> int:
        text = piece * count
        body = json.dumps({"text": text}) if role == "share" else post_html(text)
        return count_lines(lambda: read(known_page(url, body, role), SITE))

    # Four times the input may cost little more than four times the lines run; quadratic reading would run 16 times.
    small = work(200)
    assert work(800) < 6 * small + 2_000
