"""A post file gives the article that the page rendered from it would give."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.known_pages import (
    CREDIT,
    DIGITS,
    FLASH_BACK,
    HOST,
    MEDIA_BACK,
    ORIGINAL_LINK,
    SHARE_LINK,
    SITE,
    auto,
    known_page,
    post_html,
    reasons,
    section,
)

from newsarchive.extract import read
from newsarchive.extract.jekyll.kramdown import render
from newsarchive.extract.jekyll.post_file import parse_post_file
from newsarchive.models import Article, Category

NAME = f"2022-05-30-NW{DIGITS}.md"
FLASH_NAME = f"2022-05-30-{DIGITS}.md"
TIME = datetime(2022, 5, 30, 22, 0, 29, tzinfo=timezone(timedelta(hours=8)))
MEDIA_LINES = f"""<{SHARE_LINK}>

[返回海运日报新闻](//finews.withounder.com/category/haiyunribao.html)｜[返回首页](//finews.withounder.com/)"""
FLASH_LINES = f"""<{ORIGINAL_LINK}>

[返回东财滚动新闻](//finews.withounder.com/emnews/)｜[返回首页](//finews.withounder.com/)"""


def head(
    title: str = '"海运价格连涨三周"',
    date: str = "2022-05-30 22:00:29 +0800",
    categories: str = "haiyunribao",
    tags: str = "海运日报新闻",
) -> str:
    return f"---\nlayout: post\ntitle: {title}\ndate: {date}\ncategories: {categories}\ntags: {tags}\n---\n"


def read_file(text: str | bytes, name: str = NAME) -> Article:
    return read(known_page(f"file:{name}", text, "file"), SITE)


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


def comparable(article: Article) -> dict[str, object]:
    fields = dataclasses.asdict(article)
    for name in ("page", "extractor", "canonical_url", "evidence", "charset"):
        fields.pop(name)
    return fields


MEDIA_BODY = (
    "<p>第一段。<br /></p>\r\n <p><strong>小标题</strong></p><center><img src='//i.example.com/a.jpg' /></center>"
)
PAIRS = {
    "media": (
        NAME,
        head() + f"{MEDIA_BODY}{CREDIT}\n\n{MEDIA_LINES}",
        f"{HOST}/haiyunribao/2022/05/30/NW{DIGITS}.html",
        section(MEDIA_BODY, CREDIT, auto(SHARE_LINK), MEDIA_BACK),
    ),
    "later flash": (
        FLASH_NAME,
        head(categories="emnews", tags="东财滚动新闻")
        + f"> 摘要。（海运日报）\n\n<p>正文。</p>{CREDIT}\n\n{FLASH_LINES}",
        f"{HOST}/emnews/2022/05/30/{DIGITS}.html",
        section("<p>正文。</p>", CREDIT, auto(ORIGINAL_LINK), FLASH_BACK, digest="摘要。（海运日报）",
                tags="<small>tags: <em>东财滚动新闻</em></small>"),
    ),
    "first flash, a date without zone": (
        FLASH_NAME,
        head(date="2022-05-30 14:00:29", categories="emnews", tags="东财滚动新闻")
        + f"板块走高。（证券时报网）\n\n<{ORIGINAL_LINK}>\n\n[返回东财滚动新闻](//finews.withounder.com/emnews/)\n"
        "[返回首页](//finews.withounder.com/)",
        f"{HOST}/emnews/2022/05/30/{DIGITS}.html",
        section("<p>板块走高。（证券时报网）</p>", auto(ORIGINAL_LINK), FLASH_BACK.replace("｜", "\n"),
                tags="<small>tags: <em>东财滚动新闻</em></small>"),
    ),
    "a missing original URL": (
        FLASH_NAME,
        head(categories="emnews", tags="东财滚动新闻") + f"<p>正文。</p>{CREDIT}\n\n<>",
        f"{HOST}/emnews/2022/05/30/{DIGITS}.html",
        section("<p>正文。</p>", CREDIT, "<p>&lt;&gt;</p>", tags="<small>tags: <em>东财滚动新闻</em></small>"),
    ),
    "typographic signs": (
        FLASH_NAME,
        head(categories="emnews", tags="东财滚动新闻") + "*ST甲、*ST乙...涨3%--5%，\"甲\" 与 S&P 500、AT&amp;T。",
        f"{HOST}/emnews/2022/05/30/{DIGITS}.html",
        section("<p><em>ST甲、</em>ST乙…涨3%–5%，”甲” 与 S&amp;P 500、AT&amp;T。</p>",
                tags="<small>tags: <em>东财滚动新闻</em></small>"),
    ),
    "a slug with a blank and brackets": (
        NAME,
        head(categories="Wind 21(xianggang)", tags="万得 二一新闻")
        + f"<p>正文。</p>{CREDIT}\n\n<{SHARE_LINK}>\n\n"
        "[返回万得 二一新闻](//finews.withounder.com/category/Wind 21(xianggang).html)｜"
        "[返回首页](//finews.withounder.com/)",
        f"{HOST}/wind/21(xianggang)/2022/05/30/NW{DIGITS}.html",
        section("<p>正文。</p>", CREDIT, auto(SHARE_LINK), MEDIA_BACK.replace("haiyunribao", "Wind 21(xianggang)"),
                tags="<small>tags: <em>万得</em> - <em>二一新闻</em></small>"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", PAIRS)
def test_a_file_gives_the_article_of_its_page(shape: str) -> None:
    name, text, url, inner = PAIRS[shape]
    from_file = read_file(text, name)
    from_page = read(known_page(url, post_html(inner)), SITE)
    assert comparable(from_file) == comparable(from_page)
    assert from_file.canonical_url == url
    assert from_file.page.url == f"file:{name}"
    assert from_file.extractor == "finews/file"


@pytest.mark.parametrize(
    ("date", "when", "precision"),
    [
        ("2022-05-30 22:00:29 +0800", TIME, "second"),
        ("2022-05-30 22:00:29 +08:00", TIME, "second"),
        ("2022-05-30T14:00:29Z", TIME, "second"),
        ("2022-05-30 14:00:29", TIME, "second"),
        ("2022-05-30 22:00", TIME.replace(second=0), "minute"),
        ("2022-05-30", TIME.replace(hour=0, minute=0, second=0), "day"),
        ("", TIME.replace(hour=0, minute=0, second=0), "day"),
    ],
)
def test_dates_are_taken_as_the_site_takes_them(date: str, when: datetime, precision: str) -> None:
    article = read_file(head(date=date) + "<p>正文。</p>")
    assert (article.published_at, article.precision) == (when, precision)


def test_the_shown_day_is_the_day_of_the_address() -> None:
    article = read_file(head(date="2022-05-30 22:00:29") + "<p>正文。</p>")
    assert article.published_at == TIME + timedelta(hours=8)
    assert article.canonical_url == f"{HOST}/haiyunribao/2022/05/31/NW{DIGITS}.html"


@pytest.mark.parametrize("date", ["+0800", "2022-13-45 00:00:00", "soon", "2022-05-30 22:00:29 +9999"])
def test_a_date_that_cannot_be_read_gives_no_address(date: str) -> None:
    article = read_file(head(date=date) + "<p>正文。</p>")
    assert (article.published_at, article.canonical_url, reasons(article)) == (None, None, ["no-date"])
    assert article.article_key == DIGITS


def test_a_file_that_makes_no_post_is_read_all_the_same() -> None:
    front = '---\nlayout: post\ntitle: ""\ndate:  +0800\ncategories: emnews\ntags: 东财滚动新闻\n---\n'
    text = front + "> 摘要。（海运日报）\n\n"
    article = read_file(text + f"<p>正文。</p>{CREDIT}\n\n<>\n\n{FLASH_LINES.partition('> ')[2]}", f"-{DIGITS}.md")
    assert reasons(article) == ["no-title", "no-date"]
    assert (texts(article), article.digest, article.source) == (["正文。"], "摘要。（海运日报）", "海运日报")
    assert (article.canonical_url, article.article_key, article.kind) == (None, DIGITS, "flash")
    assert article.category == Category("emnews", "东财滚动", f"{HOST}/category/emnews.html")


@pytest.mark.parametrize("title", ['"他说"好"的"', '"一"', "'二'", "三：四", '"五: 六"', '"七\\"八"', "2022", '"90%"'])
def test_titles_are_read_also_out_of_broken_heads(title: str) -> None:
    article = read_file(head(title=title) + "<p>正文。</p>")
    wanted = {'"七\\"八"': '七"八'}.get(title, title.strip("\"'") if title.count('"') != 4 else '他说"好"的')
    assert article.title == wanted
    assert (article.published_at, article.kind) == (TIME, "media")


def test_a_broken_head_is_noted() -> None:
    assert reasons(read_file(head(title='"他说"好"的"') + "<p>正文。</p>")) == ["broken-front-matter"]
    assert reasons(read_file("<p>只有正文。</p>")) == ["broken-front-matter", "no-title"]


def test_a_post_without_a_number_is_known_by_its_address() -> None:
    article = read_file(head(categories="sitenews", tags="站长消息") + "祝贺 **开站**", "2022-05-30-Hello World.md")
    assert article.canonical_url == f"{HOST}/sitenews/2022/05/30/Hello%20World.html"
    assert article.article_key == "finews.withounder.com/sitenews/2022/05/30/Hello%20World.html"
    assert (article.kind, texts(article), article.category) == (
        "site", ["祝贺 开站"], Category("sitenews", "站长消息", f"{HOST}/category/sitenews.html")
    )  # fmt: skip


@pytest.mark.parametrize("url", ["file:///srv/posts/{}", "file:{}", "https://raw.example.com/old_post/{}?x=1"])
def test_the_name_is_the_last_part_of_the_address(url: str) -> None:
    article = read(known_page(url.format(NAME), head() + "<p>正文。</p>", "file"), SITE)
    assert article.canonical_url == f"{HOST}/haiyunribao/2022/05/30/NW{DIGITS}.html"


def test_an_open_paragraph_does_not_swallow_what_the_site_puts_behind_it() -> None:
    article = read_file(head() + "<p>第一段。<p>第二段。")
    assert texts(article) == ["第一段。", "第二段。"]


def test_aliases_in_the_head_do_not_grow() -> None:
    front = "a: &a [x, x]\n" + "".join(f"k{n}: &b{n} [*{'a' if n == 0 else f'b{n - 1}'}, x]\n" for n in range(20))
    post = parse_post_file(NAME, f"---\n{front}---\n正文")
    assert post.markdown == "正文"


def test_gbk_files_are_read() -> None:
    text = head() + "<p>海运价格连涨三周，港口吞吐量回升，多家公司表示运价仍有上行空间。</p>"
    assert read_file(text.encode("gb18030")).title == "海运价格连涨三周"


MARKDOWN = {
    "plain text": ("甲\n乙\n\n丙", "<p>甲\n乙</p>\n<p>丙</p>"),
    "html as it stands": (
        "<p>a & b</p><div>x</div>\n\n<center>y</center>",
        "<p>a & b</p><div>x</div>\n<center>y</center>",
    ),
    "an empty line inside an open paragraph": ("<p>甲\n\n乙</p>\n\n丙", "<p>甲\n乙</p>\n<p>丙</p>"),
    "lines directly behind html": (
        "<p>甲</p>\n<http://a.b/c>",
        '<p>甲</p>\n<p><a href="http://a.b/c">http://a.b/c</a></p>',
    ),
    "a quote": ("> 甲\n乙\n\n丙", "<blockquote>\n<p>甲\n乙</p>\n</blockquote>\n<p>丙</p>"),
    "a heading": ("## 甲\n乙", "<h2>甲</h2>\n<p>乙</p>"),
    "a list": ("- 甲\n  乙\n- 丙", "<ul><li>甲\n乙</li><li>丙</li></ul>"),
    "a rule": ("***", "<hr />"),
    "a link with blanks and brackets": ("[甲](//h/a b(c).html)", '<p><a href="//h/a b(c).html">甲</a></p>'),
    "a broken link": ("[甲](//h/a", "<p>[甲](//h/a</p>"),
    "brackets": ("[甲] (乙)", "<p>[甲] (乙)</p>"),
    "bold": ("**甲**乙", "<p><strong>甲</strong>乙</p>"),
    "one asterisk": ("*ST甲 涨", "<p>*ST甲 涨</p>"),
    "an escaped asterisk": ("\\*ST甲、\\*ST乙", "<p>*ST甲、*ST乙</p>"),
    "quotes": ('"甲" \'乙\' 丙"丁"', "<p>“甲” ‘乙’ 丙”丁”</p>"),
    "signs": ("a < b > c & d -- e...", "<p>a &lt; b &gt; c &amp; d – e…</p>"),
    "code": ("`a<b`", "<p><code>a&lt;b</code></p>"),
    "inline html": ("甲<br>乙<b>丙</b>", "<p>甲<br>乙<b>丙</b></p>"),
}


@pytest.mark.parametrize("shape", MARKDOWN)
def test_markdown_is_rendered_as_the_site_does(shape: str) -> None:
    text, html = MARKDOWN[shape]
    assert render(text) == html


@given(st.text(alphabet="甲乙 \n*_<>[]()`\"'\\-.#&|1", max_size=80))
def test_any_markdown_is_rendered(text: str) -> None:
    assert isinstance(render(text), str)


@given(st.text(alphabet="---\n: \"'[]{}&*!|>%@甲a", max_size=60), st.text(max_size=30))
def test_any_head_is_read(front: str, name: str) -> None:
    article = read_file(f"---\n{front}\n---\n正文", name)
    assert article.page.role == "file"


@pytest.mark.parametrize("lines", [MEDIA_LINES, FLASH_LINES, FLASH_LINES.replace("｜", "\n")])
def test_links_back_are_known_by_what_they_are_when_the_site_has_moved(lines: str) -> None:
    flash = lines.startswith(f"<{ORIGINAL_LINK}>")
    name, categories = (FLASH_NAME, "emnews") if flash else (NAME, "haiyunribao")
    text = head(categories=categories) + f"<p>正文。</p>{CREDIT}\n\n"
    here = read_file(text + lines, name)
    moved = read_file(text + lines.replace("finews.withounder.com", "news.former.example"), name)
    assert comparable(moved) == comparable(here)
    assert texts(moved) == ["正文。"]
    assert (moved.original_url, moved.share_url) == ((ORIGINAL_LINK, None) if flash else (None, SHARE_LINK))


def test_a_link_to_another_home_page_at_the_end_of_a_text_stays_text() -> None:
    article = read_file(head() + f'<p>正文。</p><p><a href="https://port.example/">江湾港官网</a></p>{CREDIT}')
    assert texts(article) == ["正文。", "江湾港官网"]
