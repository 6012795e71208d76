"""Text, pictures and securities are read off markup."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.known_pages import read_media, read_post, read_share_answer

from newsarchive.extract.html import line_of
from newsarchive.extract.paragraphs import read_blocks
from newsarchive.models import Image, Mention
from newsarchive.tree import Element, body_of, parse, select

BASE = "https://finews.withounder.com/a/b.html"


def body(markup: str) -> Element:
    root = parse(markup)
    assert root is not None
    return body_of(root)


def walk(markup: str) -> list[tuple[str, str]]:
    blocks = read_blocks(body(markup), BASE)
    return [(paragraph.kind, paragraph.text) for paragraph in blocks.paragraphs]


def scan(markup: str) -> list[tuple[str, str]]:
    return [(paragraph.kind, paragraph.text) for paragraph in read_share_answer({"text": markup}).paragraphs]


SHAPES = {
    "inline tags join without blanks": ("<p>上海<span>证券</span><a href='/x'>报</a></p>", [("text", "上海证券报")]),
    "blocks part": ("<div>甲<p>乙</p>丙<div>丁</div></div>", [("text", t) for t in "甲乙丙丁"]),
    "one break is a blank": ("<p>甲<br />乙</p>", [("text", "甲 乙")]),
    "two breaks part": ("<p>甲<br /><br>乙</p>", [("text", "甲"), ("text", "乙")]),
    "breaks with blanks between part": ("<p>甲<br/> \n&nbsp;<br/>乙</p>", [("text", "甲"), ("text", "乙")]),
    "three breaks part once": ("<p>甲<br/><br/><br/>乙</p>", [("text", "甲"), ("text", "乙")]),
    "full-width pairs part": ("<p>　　甲。　　乙。</p>", [("text", "甲。"), ("text", "乙。")]),
    "one full-width space is a blank": ("<p>甲　乙</p>", [("text", "甲 乙")]),
    "a trailing break is nothing": ("<p>甲<br /></p>", [("text", "甲")]),
    "hidden paragraphs are dropped": ("<p style='x:y; Display : None;'>甲</p><p hidden>乙</p>丙", [("text", "丙")]),
    "scripts and comments are dropped": ("甲<script>x</script><style>y</style><!-- z -->乙", [("text", "甲乙")]),
    "invisible characters are removed": ("<p>甲\u200b乙\ufeff&#8203;丙&shy;</p>", [("text", "甲乙丙")]),
    "white space is squeezed": ("<p>  甲 \r\n\t 乙\u3000\xa0丙 </p>", [("text", "甲 乙 丙")]),
    "entities are read": ("<p>S&amp;P &lt;500&gt; &ldquo;指数&rdquo;</p>", [("text", "S&P <500> “指数”")]),
    "a bold paragraph is a heading": (
        "<p><strong>小标题</strong></p><p>文<b>粗</b>字</p>", [("heading", "小标题"), ("text", "文粗字")]
    ),
    "a bold heading in pieces": ("<p><b>小</b> <strong>标题</strong></p>", [("heading", "小 标题")]),
    "a bold sentence is text": ("<p><strong>这是一整句话。</strong></p>", [("text", "这是一整句话。")]),
    "heading elements": ("<h2>一</h2><h3>二</h3><h6>三</h6>", [("heading", t) for t in "一二三"]),
    "picture credits are captions": ("<p>图片来源：某某社</p>", [("caption", "图片来源：某某社")]),
    "long text like a credit is text": (f"<p>图片来源：{'字' * 90}</p>", [("text", f"图片来源：{'字' * 90}")]),
    "quotes": ("<blockquote>甲<p>乙</p></blockquote>丙", [("quote", "甲"), ("quote", "乙"), ("text", "丙")]),
    "list items": ("<ul><li>甲</li><li>乙<ol><li>丙</li></ol></li></ul>", [("list", t) for t in "甲乙丙"]),
    "table rows": (
        "<table><tr><th>名称</th><th>涨幅</th></tr><tr><td>甲<b>乙</b></td><td></td><td>1<br>2</td></tr></table>",
        [("table", "名称 | 涨幅"), ("table", "甲乙 | | 1 2")],
    ),
    "a table with one cell a row only lays out": (
        "<table><tr><td><p>甲</p><p>乙</p></td></tr></table>", [("text", "甲"), ("text", "乙")]
    ),
    "a table inside a table": (
        "<table><tr><td>甲</td><td><table><tr><td>1</td><td>2</td></tr></table></td></tr></table>",
        [("text", "甲"), ("table", "1 | 2")],
    ),
    "a row between paragraphs": (
        "<p>甲</p><table><tr><td>1</td><td>2</td></tr></table><p>乙</p>",
        [("text", "甲"), ("table", "1 | 2"), ("text", "乙")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_markup_becomes_paragraphs(shape: str) -> None:
    markup, wanted = SHAPES[shape]
    assert walk(markup) == wanted
    assert scan(markup) == wanted


def test_a_line_of_an_element_parts_blocks_with_blanks() -> None:
    element = body("<div>甲<b>乙</b><p>丙</p>丁<br>戊<script>x</script></div>")
    assert line_of(element) == "甲乙 丙 丁 戊"


def test_skipped_elements_are_left_out_with_all_they_hold() -> None:
    root = body("<p>甲</p><div><p>乙</p></div>丙")
    skip = {element.mem_id for element in select("div", root)}
    assert [p.text for p in read_blocks(root, BASE, skip).paragraphs] == ["甲", "丙"]


def test_pictures_keep_address_alternative_text_and_caption() -> None:
    article = read_media(
        '<center><img src="//img.example.com/a b.jpg" alt="Image" /></center><p>图为码头。</p>'
        '<p><img src="x.gif" data-src="/img/c.jpg" /></p><p>正文。</p><p>图为别的。</p>'
        '<img src="data:image/png;base64,AAAA" />'
    )
    assert article.images == [
        Image("https://img.example.com/a%20b.jpg", "Image", "图为码头。"),
        Image("https://finews.withounder.com/img/c.jpg"),
    ]
    assert [p.kind for p in article.paragraphs] == ["caption", "text", "text"]


CHART = (
    '<!-- EM_StockImg_Start --><p style="text-align:center;"><a href="http://quote.eastmoney.com/unify/r/0.002752" '
    'data-code="002752|0|2" data-code2="002752|0|6|" class="EmImageRemark" target="_blank">'
    '<img src="https://webquoteklinepic.eastmoney.com/GetPic.aspx?nid=0.002752&amp;imageType=k" alt="K图 002752_0" '
    'data-code="K 002752|0|2" data-code2="K 002752|0|6|" /></a></p><!-- EM_StockImg_End -->'
)


def test_a_chart_names_its_security_once_and_gives_no_paragraph() -> None:
    article = read_media(CHART, "<p>昇某股份(002752)公告。</p>")
    assert article.mentions == [Mention("0", "002752")]
    assert [p.text for p in article.paragraphs] == ["昇某股份(002752)公告。"]


@pytest.mark.parametrize(
    ("markup", "market", "code"),
    [
        ('<a href="http://quote.eastmoney.com/unify/r/1.600160" data-code="1,600160">某</a>', "1", "600160"),
        ('<span web="1" class="em_stock_key_common" data-code="116,00700">某</span>', "116", "00700"),
        ('<span href="http://quote.eastmoney.com/unify/r/90.BK0493">某</span>', "90", "BK0493"),
        ('<a data-code="NIO|106|7">某</a>', "106", "NIO"),
        ('<img src="/k.png" data-code="K BK1037|90|1" />', "90", "BK1037"),
        ('<a href="https://quote.eastmoney.com/r/105.PDD">某</a>', "105", "PDD"),
        ('<a href="//quote.eastmoney.com/unify/r/0.000333?from=x">某</a>', "0", "000333"),
    ],
)  # fmt: skip
def test_every_form_of_a_security_is_read(markup: str, market: str, code: str) -> None:
    mention = read_media(f"<p>文字{markup}。</p>").mentions[0]
    assert (mention.market, mention.code) == (market, code)


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="http://data.eastmoney.com/bbsj/" class="infokey">业绩</a>',
        '<span id="quote_106.NIO"></span>',
        "<p>贵州某酒(600519)与 0.300750</p>",
        '<a data-code="">某</a>',
        '<a data-code="600519">某</a>',
        '<a href="http://quote.eastmoney.com/center/">行情</a>',
    ],
)
def test_what_names_no_security_gives_none(markup: str) -> None:
    assert read_media(f"<p>文字</p>{markup}").mentions == []


def test_securities_are_counted_in_the_order_of_their_first_mark() -> None:
    link = '<a class="keytip" data-code="{}">{}</a>'
    text = "".join(link.format(*pair) for pair in (("1,600001", "甲"), ("0,000002", "乙"), ("1,600001", "甲股")))
    assert read_media(f"<p>{text}</p>").mentions == [Mention("1", "600001", "甲", 2), Mention("0", "000002", "乙", 1)]


def test_securities_outside_of_the_text_are_not_counted() -> None:
    article = read_post(
        "https://finews.withounder.com/x/2022/05/30/NW202205302391234567.html",
        "<p>文字</p>",
        when='<small>(GMT+8) 2022-05-30 22:00:29 <a data-code="1,600001">甲</a></small>',
    )
    assert article.mentions == []


INLINE = st.sampled_from(
    ["甲", "乙。", " ", "　　", "\n", "<b>", "</b>", "<br>", "&amp;", "<a href='/x'>", "</a>", "<span>", "</span>"]
)
BLOCK = st.sampled_from(
    ["<p>", "</p>", "<div>", "</div>", "<li>", "<table><tr><td>", "</td><td>", "</table>", "<h2>", "</h2>"]
)


@given(st.lists(st.one_of(INLINE, BLOCK), max_size=30))
def test_no_text_is_lost_and_none_is_invented(pieces: list[str]) -> None:
    markup = "".join(pieces)
    wanted = sorted("".join(re.sub(r"<[^>]*>|\s|&amp;", "", piece) for piece in pieces))
    for read in (walk, scan):
        found = "".join(text for _, text in read(markup))
        assert sorted(found.replace(" ", "").replace("|", "").replace("&", "")) == wanted


@given(st.lists(st.one_of(INLINE, BLOCK), max_size=20))
def test_both_readers_of_markup_agree(pieces: list[str]) -> None:
    # Only the texts: libxml2 ends a heading at a `p` inside it, which browsers do not.
    markup = "".join(pieces)
    assert [text for _, text in walk(markup)] == [text for _, text in scan(markup)]
