"""What holds for any bytes at all: an answer, no exception, nothing invented, no deep recursion."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.unknown_pages import read_unknown

from newsarchive.extract.charset import decode
from newsarchive.extract.paragraphs import read_blocks
from newsarchive.tree import parse, text_in

TAGS = (
    "div",
    "p",
    "a",
    "span",
    "br",
    "h1",
    "li",
    "ul",
    "table",
    "tr",
    "td",
    "script",
    "style",
    "svg",
    "article",
    "b",
    "title",
    "body",
    "html",
)
WORDS = (
    "河湾镇的桥修好了。",
    "来源：河湾报",
    "2024-05-30 08:15",
    "责任编辑：周一",
    "（原标题：桥）",
    "作者：林小满",
    "\u3000",
    "&nbsp;",
    "&#0;",
    "\u200b",
    "<!--",
    "-->",
    "]]>",
    "登录后阅读全文",
    "a",
    "x" * 50,
    "，" * 9,
    "\ud83c\udf33".encode("utf-16", "surrogatepass").decode("utf-16"),
)
ATTRIBUTES = (
    "",
    " class='content'",
    " class='comment'",
    " id=related",
    " style='display:none'",
    " href='http://[broken'",
    " src='//x/2024/05/30.jpg'",
)

opening = st.builds("<{}{}>".format, st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES))
closing = st.builds("</{}>".format, st.sampled_from(TAGS))
markup = st.lists(st.one_of(opening, closing, st.sampled_from(WORDS), st.text(max_size=12)), max_size=60).map("".join)


def printed(body: bytes) -> str:
    root = parse(decode(body).text.encode("utf-8", "replace"))
    return "" if root is None else "".join(text_in(root).split())


@given(st.binary(max_size=400))
def test_any_bytes_give_an_article(body: bytes):
    assert read_unknown(body).page.body == body


@given(markup, st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_every_character_of_a_paragraph_stands_in_the_page(html: str, charset: str):
    body = html.encode(charset, "replace")
    page_text = set(printed(body))
    for paragraph in read_unknown(body).paragraphs:
        # Cells of a table row are joined by a bar, which is ours.
        text = paragraph.text.replace(" | ", "") if paragraph.kind == "table" else paragraph.text
        assert set("".join(text.split())) <= page_text


@given(st.text(max_size=60))
def test_any_url_will_do(url: str):
    assert read_unknown(b"<h1>x</h1><p>y</p>", url).page.url == url


NASTY = {
    "nested blocks": "<div>" * 10_000 + "河湾镇的桥修好了，大家都很高兴。",
    "nested links": "<a href=x>" * 10_000 + "河湾镇的桥修好了，大家都很高兴。",
    "nested lists": "<ul><li>" * 5_000 + "河湾镇的桥修好了。",
    "nested tables": "<table><tr><td>" * 3_000 + "河湾镇的桥修好了。",
    "nested card": '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
    "long class": f"<div class='{'a-' * 100_000}'>河湾镇的桥修好了，大家都很高兴。</div>",
    "open brackets": "<p>" + "（来源：" * 20_000 + "</p>",
    "one long word": "<p>" + "桥" * 300_000 + "</p>",
    "many titles": "<title>" + "桥 - " * 20_000 + "</title>" + "<h1>桥 - 桥</h1>" * 500,
    "only tails": "<br>桥修好了，真好。" * 20_000,
    "unclosed comment": "<!--" * 10_000 + "<p>桥</p>",
    "null bytes": "\0" * 1000 + "<p>\0桥\0修\0好\0了\0</p>",
    "many numbers": "<p>" + "2024-05-30 " * 20_000 + "</p>",
}


@pytest.mark.parametrize("html", NASTY.values(), ids=NASTY)
def test_nasty_pages_are_read_without_a_crash(html: str):
    article = read_unknown(html.encode())
    assert article.page.body == html.encode()


def test_reading_leaves_the_tree_as_it_was():
    html = "<html><body><h1>桥</h1><div><p>河湾镇的桥修好了，大家都很高兴。</p></div></body></html>"
    root = parse(html.encode())
    assert root is not None
    before = [paragraph.text for paragraph in read_blocks(root, "").paragraphs]
    assert [paragraph.text for paragraph in read_unknown(html.encode()).paragraphs][-1:] == before[-1:]


TEXT = "河湾镇的桥修好了，大家都很高兴，集市也照常开放。"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_same_text_is_read_from_any_bytes(charset: str):
    html = f"<html><body><h1>桥修好了</h1><div><p>{TEXT}</p></div></body></html>"
    assert read_unknown(html.encode(charset)).body == TEXT


def test_a_character_cut_at_the_end_costs_no_other():
    html = f"<html><body><h1>桥修好了</h1><div><p>{TEXT}"
    assert read_unknown(html.encode()[:-1]).body == TEXT[:-1]
