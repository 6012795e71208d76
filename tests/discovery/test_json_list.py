"""JSON lists: by the keys that a site file names, whatever their case and whatever stands around the JSON."""

import json
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.growth import grows_linearly
from support.pages import page

from newsarchive.discovery.json_list import read_json_list
from newsarchive.sites import JsonList, load_site

LIST = JsonList(
    url="http://api.example/list?column=350&page_index={page}",
    items="Data.list",
    id=("code", "infocode"),
    link=("uniqueUrl", "url"),
    title=("title",),
    time=("showTime",),
    source=("mediaName",),
    article="http://h.example/a/{id}.html",
    max_pages=3,
)
SITE = replace(load_site("demo"), lists=(LIST,))
FIRST = LIST.page_url("http://h.example", page=LIST.first_page)
ITEMS = [
    {"CODE": "202603051234567890", "Title": "甲", "showtime": "2026-03-05 08:00:00", "MediaName": "江湾晚报"},
    {"uniqueurl": "http://h.example/x.html", "code": 7, "title": "乙"},
    {"title": "没有编号"},
    "不是对象",
    {"url": "javascript:alert(1)", "code": None},
]


def answer_of(url, body, site="demo"):
    return page(url, body, role="listing", site=site)


@pytest.mark.parametrize("around", ["{}", "var ajaxResult={};", "jQuery123({})", "\ufeff/* x */ callback({});"])
def test_items_become_articles_by_link_or_by_number(around):
    body = around.replace("{}", json.dumps({"data": {"List": ITEMS}}, ensure_ascii=False))
    first, second = read_json_list(answer_of(FIRST, body), SITE).articles
    assert first.url == "http://h.example/a/202603051234567890.html"
    hints = first.hints
    assert (hints.title, hints.published, hints.source) == ("甲", "2026-03-05 08:00:00", "江湾晚报")
    assert second.url == "http://h.example/x.html"


def test_pages_are_counted_up_to_the_most_that_the_site_file_allows():
    body = json.dumps({"data": {"list": ITEMS}})
    url, seen = LIST.page_url("http://h.example", page=LIST.first_page), []
    while url:
        seen.append(url)
        url = read_json_list(answer_of(url, body), SITE).next_url
    assert [url[-1] for url in seen] == ["1", "2", "3"]


def test_a_cursor_leads_to_the_next_page_until_there_is_none():
    cursor = replace(LIST, url="http://api.example/fast?sort={cursor}", cursor="data.sortEnd")
    site = replace(SITE, lists=(cursor,))
    answer = {"data": {"list": ITEMS, "sortEnd": "16 7&8"}}
    url = cursor.page_url("http://h.example", page=cursor.first_page)
    assert url == "http://api.example/fast?sort="
    assert (
        read_json_list(answer_of(url, json.dumps(answer)), site).next_url == "http://api.example/fast?sort=16%207%268"
    )
    del answer["data"]["sortEnd"]
    assert read_json_list(answer_of(url, json.dumps(answer)), site).next_url is None


def test_a_page_without_items_is_the_last():
    listed = read_json_list(answer_of(FIRST, '{"data": {"list": []}}'), SITE)
    assert (listed.articles, listed.next_url) == ([], None)


ORIGIN = load_site("eastmoney")
NUMBER = "202603053999999901"
HEADLINES = {"code": "1", "data": {"list": [{
    "code": NUMBER, "title": "江湾港吞吐量增加一成", "summary": "摘要", "showTime": "2026-03-05 08:00:00",
    "mediaName": "江湾晚报", "url": "", "uniqueUrl": f"http://finance.eastmoney.com/a/{NUMBER}.html",
}]}}  # fmt: skip
ROLLING = {"code": "1", "data": {"sortEnd": "1772668800000001", "fastNewsList": [
    {"code": NUMBER, "title": "江湾港吞吐量增加一成", "showTime": "2026-03-05 08:00:00", "summary": "", "stockList": []}
]}}  # fmt: skip


@pytest.mark.parametrize(("found", "answer"), list(zip(ORIGIN.lists, (HEADLINES, ROLLING), strict=True)))
def test_the_lists_of_the_origin_are_read_and_ask_no_other_host(found, answer):
    url = found.page_url(ORIGIN.base_url, page=found.first_page)
    listed = read_json_list(answer_of(url, json.dumps(answer), "eastmoney"), ORIGIN)
    [article] = listed.articles
    assert article.url.split("//")[1] == f"finance.eastmoney.com/a/{NUMBER}.html"
    assert (article.hints.title, article.hints.published) == ("江湾港吞吐量增加一成", "2026-03-05 08:00:00")
    assert urlsplit(listed.next_url).netloc == urlsplit(url).netloc
    assert {urlsplit(address).netloc for address in (url, article.url)} <= set(ORIGIN.hosts)
    assert ("page_index=2" in listed.next_url) or ("sortEnd=1772668800000001" in listed.next_url)


NUMBERED = replace(LIST, url="http://h.example/list.json", items="data.list", id=("id",), max_pages=1)


def numbered(body, list_=NUMBERED, **more):
    address = list_.page_url("http://h.example", page=list_.first_page)
    site = replace(SITE, lists=(list_,))
    return read_json_list(page(address, body, role="listing", **more), site)


def test_a_list_is_read_in_the_charset_that_it_really_has():
    body = json.dumps({"data": {"list": [{"id": 1, "title": "沈镕路通水，江湾晚报今天的消息"}]}}, ensure_ascii=False)
    for encoded, header in ((body.encode("gbk"), "text/javascript; charset=GBK"), (body.encode("gbk"), None)):
        [article] = numbered(encoded, content_type=header).articles
        assert article.hints.title == "沈镕路通水，江湾晚报今天的消息"


@pytest.mark.parametrize(
    "around",
    [
        "try{cb({})}catch(e){}",
        "try { window.cb && cb({}); } catch (e) { report({}); }",
        "x[0]={};",
        'window["lists"] = {};',
        "/**/typeof cb === 'function' && cb({});",
        "while(1);{}",
        ")]}',\n{}",
        "if(true){var a={};}",
        "cb([], {})",
    ],
)
def test_the_javascript_around_a_list_is_passed_over(around):
    text = json.dumps({"data": {"list": [{"id": 1, "title": "甲"}]}})
    # The last braces in each are those of the list, but for what reports an error.
    body = around.replace("({})}catch", f"({text})}}catch") if "}catch" in around else around.replace("{}", text, 1)
    assert [found.url for found in numbered(body).articles] == ["http://h.example/a/1.html"]


@pytest.mark.parametrize(
    "item",
    [
        """{id: 1, title: "甲'\\"乙"}""",
        """{'id': 1, 'title': '甲\\'"乙',}""",
        """{"id": "\\x31", "title": "甲\\'\\"乙"}""",
        """{ id : '1', title : '甲\\'\\"乙', time: "08:00", u: 'http://h.example/{x}', }""",
    ],
)
def test_a_list_may_be_written_as_javascript_has_it(item):
    listed = numbered("var x = {data: {list: [" + item + ",]}};")
    assert [(found.url, found.hints.title) for found in listed.articles] == [("http://h.example/a/1.html", "甲'\"乙")]
    assert listed.damage is None


@pytest.mark.parametrize("piece", ["{", "[", '{"a":', '"', '\\"', "'", "\\'", ", ", "a", "a:", "{a:[", "\\x4"])
def test_the_work_grows_as_the_text_does(piece):
    def text(size):
        return '{"x ' + piece * (size // len(piece))

    assert numbered(text(400_000)).damage
    assert grows_linearly(lambda size: partial(numbered, text(size)), 100_000)


@pytest.mark.parametrize(
    ("items", "answer"),
    [
        (".", [{"id": 1}]),
        ("data.0.rows", {"data": [{"rows": [{"id": 1}]}]}),
        ("data", {"data": {"0": {"id": 1}}}),
        ("a.b", {"a.b": [{"id": 1}]}),
    ],
)
def test_items_are_found_wherever_they_are(items, answer):
    listed = numbered(json.dumps(answer), replace(NUMBERED, items=items))
    assert [found.url for found in listed.articles] == ["http://h.example/a/1.html"]
    assert listed.damage is None


def test_fields_lie_deeper_in_an_item_too():
    keys = replace(NUMBERED, link=("links.0.href",), title=("Title.rendered",), source=("media",))
    item = {"links": [{"href": "b.html"}], "title": {"rendered": "A&amp;B <em>公司</em>"}, "media": ["江湾晚报", "乙"]}
    [article] = numbered(json.dumps({"data": {"list": [item]}}), keys).articles
    assert (article.url, article.hints.title) == ("http://h.example/b.html", "A&B 公司")
    assert article.hints.source == "江湾晚报"


def test_halves_of_a_character_can_be_written():
    body = r'{"data": {"list": [{"id": "1\ud83d", "title": "快\ud83d\ude00讯\ud83d"}], "next": "\udc00"}}'
    keys = replace(NUMBERED, url="http://h.example/l?c={cursor}", cursor="data.next")
    listed = numbered(body, keys)
    [article] = listed.articles
    assert (article.url, article.hints.title) == ("http://h.example/a/1%EF%BF%BD.html", "快😀讯\ufffd")
    assert listed.next_url == "http://h.example/l?c=%EF%BF%BD"


@pytest.mark.parametrize(
    ("body", "damage"),
    [
        ('{"data": {"list": [{"id": 1}, {"id": 2}', "no JSON: "),
        ("<html>维护中</html>", "no JSON"),
        ("", "empty"),
        ('{"data": {"list": [{"name": 1}]}}', "no item has an address"),
        (json.dumps({"data": {"list": [{"id": n} for n in range(20_001)]}}), "more entries than 20000 (20000 "),
        ('{"data": {"list": []}}', None),
        ('{"data": {"list": [{"id": 1}]}}', None),
    ],
)
def test_what_of_a_list_is_lost_is_told(body, damage):
    told = numbered(body).damage
    assert (told is None) if damage is None else (told or "").startswith(damage)


@given(st.text(alphabet='{}[]":,data list0\\u', max_size=200))
def test_whatever_the_bytes_are_nothing_is_raised(text):
    assert all(found.url.startswith("http") for found in read_json_list(answer_of(FIRST, text), SITE).articles)


def test_category_author_and_picture_of_an_item_are_hints():
    found = replace(LIST, category=("channel.name",), author=("by",), image=("pic",))
    item = '{"url": "/a/1.html", "title": "桥", "channel": {"name": "镇上"}, "by": "林小满、顾知行", "pic": "/1.jpg"}'
    body = f'{{"data": {{"list": [{item}]}}}}'
    [article] = read_json_list(answer_of(FIRST, body), replace(SITE, lists=(found,))).articles
    assert article.hints.category.slug == "镇上"
    assert article.hints.authors == ("林小满", "顾知行")
    assert article.hints.image.endswith("/1.jpg")


def test_items_without_an_address_are_counted():
    body = '{"data": {"list": [{"url": "/a/1.html"}, {"url": ""}, {"title": "桥"}, {"url": "/%s"}]}}' % ("x" * 3000)
    listed = read_json_list(answer_of(FIRST, body), SITE)
    assert len(listed.articles) == 1
    assert listed.damage == "entries without an address: 3 (1 entries read)"


def test_an_answer_without_the_key_of_the_items_is_told_on_the_first_page_and_ends_the_list_later():
    body = '{"code": 500, "data": null}'
    assert read_json_list(answer_of(FIRST, body), SITE).damage == "nothing at 'Data.list' (0 entries read)"
    later = LIST.page_url(SITE.base_url, page=2)
    assert read_json_list(answer_of(later, body), SITE).damage is None


@pytest.mark.parametrize(
    "script", ["var x = {0}; var y = {{}};", "try{{ f({0}) }} catch(e) {{ }}", "var y={{}}; f({0});"]
)
def test_an_empty_object_of_a_script_is_not_the_list(script):
    body = script.format("{data: {list: [{url: '/a/1.html', title: '桥'}]}}")
    assert len(read_json_list(answer_of(FIRST, body), SITE).articles) == 1
