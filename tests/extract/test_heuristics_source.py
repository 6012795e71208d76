"""Credited media: labels, metadata, names beside the date, credits at the end; never the host or a copyright line."""

from __future__ import annotations

import pytest
from support.unknown_pages import read_unknown

TITLE = "河湾镇的石桥修好了"
TEXT = (
    "<p>河湾镇的石桥昨天通车，镇上的人在桥头等了一个上午，孩子们跑在最前面。</p>"
    "<p>桥面比从前宽了一倍，两辆车可以并排走，镇上的人很高兴。</p>"
)


def source(info: str, text: str = TEXT, head: str = "", after: str = "") -> str | None:
    head = f"<head><title>{TITLE}_河湾网</title>{head}</head>"
    html = f"<html>{head}<body><h1>{TITLE}</h1>{info}<div>{text}</div>{after}</body></html>"
    return read_unknown(html, "https://www.hewan.example/1").source


@pytest.mark.parametrize(
    "info",
    [
        "<p>2024-05-30 08:15　来源：柳溪晚报</p>",
        "<p><span>2024-05-30</span><span>来源: <a href='/'>柳溪晚报</a></span><span>责任编辑：周一</span></p>",
        "<p>稿源：柳溪晚报 作者：林小满</p>",
        "<p><span class='date'>2024年05月30日 08:15</span> <span class='source'>柳溪晚报</span></p>",
        "<div>2024-05-30 08:15·<span class='name'>柳溪晚报</span></div>",
        "<div>林小满/柳溪晚报</div><div>2024-05-30 08:15</div>",
    ],
)
def test_the_medium_near_the_headline_is_found(info: str):
    assert source(info) == "柳溪晚报"


def test_metadata_is_used_where_nothing_is_labelled():
    assert source("<p>2024-05-30</p>", head="<meta name='mediaid' content='柳溪晚报'>") == "柳溪晚报"


def test_a_label_on_the_page_wins_over_metadata():
    assert source("<p>来源：柳溪晚报</p>", head="<meta name='source' content='河湾网'>") == "柳溪晚报"


def test_a_credit_at_the_end_of_the_text_is_found():
    assert source("<p>2024-05-30</p>", text=TEXT + "<p>（来源：柳溪晚报）</p>") == "柳溪晚报"


def test_an_account_that_can_be_followed_is_the_source():
    info = "<div class='author-info'><p class='author-name'>柳溪小镇</p><p>关注</p></div><p>2024-05-30 08:15</p>"
    assert source(info) == "柳溪小镇"


def test_a_person_beside_the_date_is_no_medium():
    assert source("<p>2024-05-30 08:15 <span class='author'>林小满</span></p>") is None


@pytest.mark.parametrize(
    "after", ["<p>版权所有 河湾网</p>", "<p>Copyright © 河湾网 2024</p>", "<p>河湾网 客服电话</p>"]
)
def test_copyright_lines_and_host_names_are_no_source(after: str):
    assert source("<p>2024-05-30</p>", after=after) is None


def test_buttons_and_breadcrumbs_are_no_source():
    assert source("<p>2024-05-30 08:15</p><p>返回本地新闻</p><p>分享到微信</p><p>字号</p>") is None
