"""The article of a page that a script builds is read from the data in its scripts; what is none is not made one."""

from __future__ import annotations

import json
from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.growth import grows_linearly
from support.unknown_pages import read_unknown

from newsarchive.extract.script_data import find_in_scripts

TITLE = "河湾镇的石桥修好了"
FIRST = (
    "河湾镇的石桥昨天通车，镇上的人在桥头等了一个上午，孩子们跑在最前面，老人坐在河边看着新铺的桥面，说比从前宽得多。"
)
SECOND = "修桥的人说，石头都是从上游运来的，一块也没有浪费；桥面比从前宽了一倍，两辆车可以并排走，夜里还有灯。"
THIRD = "镇里准备在桥边种一排柳树，明年春天就能看到绿色。"
TEXTS = [FIRST, SECOND, THIRD]
PLAIN = "\n\n".join(TEXTS)
MARKUP = "".join(f"<p>{text}</p>" for text in TEXTS)
OTHER = {"title": "望湖市的集市搬了地方", "content": "望湖市的集市搬到了北岸，摊位比从前多，来的人也多。" * 3}


def dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def page(script: str, body: str = "<div id='root'></div>", title: str = TITLE) -> str:
    return f"<html><head><title>{title} - 河湾新闻网</title></head><body>{body}{script}</body></html>"


def article(body: object) -> dict[str, object]:
    return {"title": TITLE, "content": body, "publishTime": "2024-05-30 08:15:00", "author": {"name": "林小满"}}


FLIGHT = "".join(
    f"<script>self.__next_f.push([1,{json.dumps(piece, ensure_ascii=False)}])</script>"
    for piece in (
        '1:"$Sreact.fragment"\n2:["$","div",null,{"article":{"title":"河湾镇的石桥修好了",',
        f'"content":"$3"}}}}]\n3:T{len(MARKUP.encode()):x},{MARKUP}',
    )
)
STATES = {
    "JSON-LD": '<script type="application/ld+json">'
    + dumped({"@type": "NewsArticle", "headline": TITLE, "articleBody": PLAIN})
    + "</script>",
    "the props of a framework": '<script id="__NEXT_DATA__" type="application/json">'
    + dumped({"props": {"pageProps": {"list": [OTHER], "article": article(MARKUP)}}})
    + "</script>",
    "a state that a script assigns": f"<script>w.__INITIAL_STATE__={dumped({'detail': article(MARKUP)})};</script>",
    "a state in a text": f"<script>window.__STATE__ = JSON.parse({json.dumps(dumped(article(MARKUP)))});</script>",
    "a state in JavaScript": (
        f"<script>var page = {{art: {{title: '{TITLE}', content: '{MARKUP}',}}, on: function() {{}} }};</script>"
    ),
    "a function that returns the state": (
        "<script>window.__NUXT__=(function(a,b){return {data:[{article:{title:a,content:b}}]}}"
        f'("{TITLE}","{MARKUP}"));</script>'
    ),
    "rows of values by number": '<script type="application/json" id="__NUXT_DATA__">'
    + dumped([["Reactive", 1], {"article": 2}, {"title": 3, "content": 4}, TITLE, MARKUP])
    + "</script>",
    "rows handed over in pieces": FLIGHT,
    "escaped markup": f"<script>var state = {dumped(article(escape(MARKUP)))}</script>",
    "variables": f"<script>var msg_title = '{TITLE}'; var articleContent = '{MARKUP}';</script>",
    "a list of paragraphs": f"<script>x.y = {dumped(article(TEXTS))}</script>",
    "a list of nodes": "<script>x.y = "
    + dumped(article([*({"type": "paragraph", "text": text} for text in TEXTS), {"type": "related", "text": "看" * 9}]))
    + "</script>",
    "a tree of nodes": "<script>x.y = "
    + dumped(
        article(
            {
                "nodeType": "document",
                "content": [
                    {
                        "nodeType": "paragraph",
                        "content": [
                            {"nodeType": "text", "value": text[:9], "marks": [{"type": "bold"}]},
                            {"nodeType": "text", "value": text[9:]},
                        ],
                    }
                    for text in TEXTS
                ],
            }
        )
    )
    + "</script>",
    "blocks with data": "<script>x.y = "
    + dumped(article({"blocks": [{"type": "paragraph", "data": {"text": text}} for text in TEXTS]}))
    + "</script>",
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_a_text_that_stands_only_in_a_script_is_the_article(state):
    found = read_unknown(page(STATES[state]))
    assert [paragraph.text for paragraph in found.paragraphs] == TEXTS
    assert found.title == TITLE
    assert found.evidence["body"].startswith("script")


def test_what_the_data_says_beside_the_text_fills_the_fields_that_nothing_prints():
    found = read_unknown(page(STATES["the props of a framework"]))
    assert str(found.published_at) == "2024-05-30 08:15:00+08:00"
    assert [(byline.role, byline.name) for byline in found.bylines] == [("author", "林小满")]


SHARE = (
    "<div id='js_article'><div class='wx_follow_nickname'>河声</div></div><div>向上滑动看下一个</div><div>知道了</div>"
    "<p>微信扫一扫可打开此内容，</p><p>使用完整服务</p><script>window.cgiDataNew = {nick_name: JsDecode('河声'), "
    "title: JsDecode('石桥'), create_time: JsDecode('2024-05-30 18:30'), content_noencode: JsDecode('"
    + PLAIN.replace("\n", "\\x0a")
    + "'), item_show_type: '8' * 1, picture_page_info_list: [{cdn_url: 'https://img.example/1.jpg'}]};</script>"
)


def test_a_shared_text_is_read_from_its_script_and_not_the_hints_of_the_platform():
    found = read_unknown(page(SHARE, body="", title=""), "https://mp.weixin.qq.com/s/x")
    assert [paragraph.text for paragraph in found.paragraphs] == TEXTS
    assert str(found.published_at) == "2024-05-30 18:30:00+08:00"
    assert found.source == "河声"


def test_a_shared_text_without_a_title_is_read_by_its_key():
    info = f"{{nick_name: '河声', title: '', text_page_info: {{content_noencode: JsDecode('{FIRST}\\x0a{SECOND}')}}}}"
    found = read_unknown(
        page(f"<script>window.cgiDataNew = {info};</script>", title=""), "https://mp.weixin.qq.com/s/x"
    )
    assert [paragraph.text for paragraph in found.paragraphs] == [FIRST, SECOND]
    assert found.source == "河声"


def test_a_page_that_is_called_as_its_site_has_the_title_that_the_data_says():
    html = page(STATES["a state that a script assigns"]).replace(f"<title>{TITLE} - 河湾新闻网", "<title>河湾新闻网")
    found = read_unknown(html)
    assert (found.title, len(found.paragraphs)) == (TITLE, 3)


def test_the_rest_that_a_button_would_load_is_read_from_the_data():
    printed = f"<h1>{TITLE}</h1><div class='article'><p>{FIRST}</p><p>{SECOND}</p>{{}}</div>"
    state = f"<script>x = {dumped(article(MARKUP + '<p>' + '桥上的灯一直亮到天明，河面有光。' * 9 + '</p>'))}</script>"
    with_button = read_unknown(page(state, body=printed.format("<div><button>展开全文</button></div>")))
    assert len(with_button.paragraphs) == 4
    assert len(read_unknown(page(state, body=printed.format(""))).paragraphs) == 2


def test_data_of_another_article_than_the_one_that_is_headed_is_not_taken():
    state = STATES["a state that a script assigns"]
    found = read_unknown(page(state, body="<h1>关于我们</h1>", title="关于我们"))
    assert (found.title, found.paragraphs) == ("关于我们", [])


@pytest.mark.parametrize(
    "script",
    [
        f"<script>window.state = {dumped({'list': [OTHER, {**OTHER, 'title': '别的'}]})}</script>",
        "<script>i18n = {content: '本网站使用Cookie，以便为您服务，请阅读隐私政策。继续浏览即表示同意。'}</script>",
        f"<script>window.state = {dumped({'comments': [{'content': '石桥真好看，我也去看了，很好。' * 9}]})}</script>",
        "<script>function f() { return '石桥修好了，这里没有文章，只有代码里的文字，很长很长很长很长很长。' }</script>",
    ],
)
def test_data_that_tells_no_article_of_this_page_gives_none(script):
    assert read_unknown(page(script)).paragraphs == []


def test_hints_of_a_page_and_notices_are_no_text():
    hints = (
        "<div><p>微信扫一扫可打开此内容，</p><p>使用完整服务</p></div><p>我们使用cookie，以便为您提供更好的服务。</p>"
    )
    assert read_unknown(page("", body=hints)).paragraphs == []


def test_a_printed_text_is_not_replaced_by_one_in_a_script():
    printed = "<h1>" + TITLE + "</h1><div class='article'>" + MARKUP + "</div>"
    shorter = f"<script>x = {dumped(article('<p>' + FIRST + '</p>'))}</script>"
    found = read_unknown(page(shorter, body=printed))
    assert [paragraph.text for paragraph in found.paragraphs] == TEXTS
    assert not found.evidence["body"].startswith("script")


@given(st.lists(st.text(min_size=20, max_size=80), min_size=1, max_size=6), st.sampled_from([list, "\n".join]))
def test_every_character_of_a_text_from_a_script_stands_in_it(pieces, form):
    content = form(pieces)
    found = read_unknown(page(f"<script>window.state = {json.dumps(article(content))}</script>"))
    known = set(unescape("".join("".join(pieces).split())))
    for paragraph in found.paragraphs:
        assert set("".join(paragraph.text.split())) <= known | {"\ufffd"}


@pytest.mark.parametrize(
    "piece",
    [
        "a = {b: 'cccccccccccccccccccccccccccccccccccccccccccccccccccccccc'};",
        "a={",
        '{"content":',
        "push(",
        "x = '",
        'self.__next_f.push([1,"1:[',
        "JSON.parse(",
        "a=(function(a){return {content:'" + "c" * 50 + "'}",
    ],
)
def test_the_search_takes_linear_time(piece):
    assert grows_linearly(lambda n: lambda: find_in_scripts([("", piece * n)], ["河湾"]), 1_000)
