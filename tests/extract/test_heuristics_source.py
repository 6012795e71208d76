"""Credited media: labels, metadata, names beside the date, credits at the end; never the host or a copyright line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.unknown_pages import read_unknown

from newsarchive.extract.explain import explain
from newsarchive.models import Hints

if TYPE_CHECKING:
    from newsarchive.models import Article

TITLE = "河湾镇的石桥修好了"
TEXT = (
    "<p>河湾镇的石桥昨天通车，镇上的人在桥头等了一个上午，孩子们跑在最前面。</p>"
    "<p>桥面比从前宽了一倍，两辆车可以并排走，镇上的人很高兴。</p>"
)


def source(info: str, text: str = TEXT, head: str = "", after: str = "", listed: str | None = None) -> str | None:
    head = f"<head><title>{TITLE}_河湾网</title>{head}</head>"
    html = f"<html>{head}<body><h1>{TITLE}</h1>{info}<div>{text}</div>{after}</body></html>"
    return read_unknown(html, "https://www.hewan.example/1", hints=Hints(source=listed)).source


@pytest.mark.parametrize(
    "info",
    [
        "<p>2024-05-30 08:15　来源：柳溪晚报</p>",
        "<p><span>2024-05-30</span><span>来源: <a href='/'>柳溪晚报</a></span><span>责任编辑：周一</span></p>",
        "<p>稿源：柳溪晚报 作者：林小满</p>",
        "<p><span class='date'>2024年05月30日 08:15</span> <span class='source'>柳溪晚报</span></p>",
        "<div>2024-05-30 08:15·<span class='name'>柳溪晚报</span></div>",
        "<div>林小满/柳溪晚报</div><div>2024-05-30 08:15</div>",
        "<div>2024-05-30 08:15:22 柳溪晚报 阅读 1203 评论 5</div>",
        "<div>2024-05-30 08:15 柳溪晚报 331次浏览</div>",
        "<div>2024-05-30 08:15 柳溪晚报【转载】</div>",
        "<div>2024年5月30日 8時15分 配信元：柳溪晚报</div>",
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


# --- Names without a label --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("info", "name"),
    [
        ("<p><span>2024-05-30 08:15:19</span><a href='/m'>柳溪夜谈</a><span> 来自河湾市</span></p>", "柳溪夜谈"),
        (
            "<p><a href='/u/1'>柳溪联盟</a> <time>2024-05-30</time> <b>分类：<a href='/c'>桥梁之家</a></b></p>",
            "柳溪联盟",
        ),
        ("<div><span>原创</span><span>WillowCreek</span><span>2024-05-30 22:18:34</span></div>", "WillowCreek"),
        ("<p>2024-05-30 11:10 柳溪夜谈[整理] <a href='#c'>1</a></p>", "柳溪夜谈[整理]"),
        ("<p><a id='user_name'>柳溪夜谈</a></p><p>2024-05-30 08:15 <em>江苏</em></p><p>+关注</p>", "柳溪夜谈"),
    ],
)
def test_a_name_beside_the_date_is_the_source(info: str, name: str):
    assert source(info) == name


@pytest.mark.parametrize(
    "info",
    [
        "<p>2024-05-30</p><div class='source-link'>本文链接：<a href='/1'>https://www.hewan.example/1</a></div>",
        "<p><span>2024-05-30</span> <span>10 分钟</span></p>",
        "<p>2024-05-30 <span>分类：<a href='/c'>桥梁新闻网</a></span></p>",
        "<p>2024-05-30 <em>江苏</em></p>",
        f"<div>{TITLE}<br><small>2024年5月30日</small></div>",
        "<div class='source'>著者：汐田遥斗</div><p>2024-05-30</p>",
        "<p>2024-05-30 <a>Share</a> <a>Print</a></p>",
        "<p>2024-05-30 <b>所属专栏</b><a href='/c'>桥梁之家</a></p>",
        "<p>2024-05-30 标签：<a>桥梁</a> <a>河湾</a></p>",
        "<p><span class='author'>远舟</span> 2024-05-30</p>",
        "<p>xiaoyuan 2024-05-30</p>",
        "<p>2024-05-30 <a>财经</a></p>",
    ],
)
def test_labels_of_other_things_are_no_source(info: str):
    assert source(info) is None


def test_a_latin_name_beside_the_date_of_an_english_page_is_no_source():
    text = "<p>The ferry that links both banks was back in the water on Tuesday, four weeks after the storm.</p>" * 3
    html = f"<title>Ferry returns</title><h1>Ferry returns</h1><p><b>Nell</b> <i>2024-05-30</i></p><div>{text}</div>"
    assert read_unknown(html).source is None


# --- What stands behind the text --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "after",
    [
        "<div>免责声明：本内容来自河湾平台创作者，不代表河湾新闻的观点和立场。</div>",
        "<div>（本文来自河湾新闻，更多原创资讯请下载“河湾新闻”APP）</div>",
        "<p>来源：网络</p>",
    ],
)
def test_a_notice_behind_the_text_does_not_beat_the_name_beside_the_date(after: str):
    assert source("<div><p>柳溪晚报</p><p>2024-05-30 08:15</p></div>", after=after) == "柳溪晚报"


def test_a_credit_behind_the_text_beats_the_account_beside_the_date():
    info = "<div class='author-name'>柳溪小镇</div><p>关注</p><p>2024-05-30 08:15</p>"
    assert source(info, text=TEXT + "<p>（来源：柳溪晚报）</p>") == "柳溪晚报"


# --- Labels -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("info", "name"),
    [
        ("<p>2024-05-30 来源：柳溪电视新闻客户端 河湾青年网</p>", "柳溪电视新闻客户端"),
        ("<p>2024-05-30 来源：柳溪日报 客户端</p>", "柳溪日报 客户端"),
        ("<p>发表于2024-05-30<i>|</i> 来源<b>柳溪周刊</b><i>|</i> 0 条评论<i>|</i> 作者林小满</p>", "柳溪周刊"),
        ("<p>来源: 柳溪卫视 于May 30, 2024 15:48:24 敬请注意:新闻取自各大媒体,观点不代表本网立场!</p>", "柳溪卫视"),
        ("<p>May 30, 2024 Source: <em>Willow Creek Gazette</em> By Nell Arden</p>", "Willow Creek Gazette"),
        ("<dl><dt>来源：</dt><dd>柳溪晚报</dd></dl><p>2024-05-30</p>", "柳溪晚报"),
        ("<p><span>2024-05-30</span><span>来源</span><span>柳溪周刊</span></p>", "柳溪周刊"),
        ("<p>SOURCE: Willow Gazette | Updated: 2024-05-30 08:15</p>", "Willow Gazette"),
    ],
)
def test_a_label_names_one_medium_up_to_its_end(info: str, name: str):
    assert source(info) == name


@pytest.mark.parametrize("line", ["记者从来源地获悉 水源充足", "电力来源稳定 2024年", "来源地 2024-05-30"])
def test_the_word_for_source_inside_a_word_is_no_label(line: str):
    assert source(f"<p>{line}</p>") is None


@pytest.mark.parametrize("line", ["입력 2024.05.30 08:15", "기사입력 2024.05.30", "김철수 기자 2024.05.30"])
def test_labels_of_korean_pages_are_no_source(line: str):
    text = "<p>강나루시는 남교 지역의 버스 노선을 다음 달부터 개편한다고 발표했다. 대상은 열아홉 개 노선이다.</p>" * 3
    html = f"<html lang=ko><title>버스 노선 개편</title><h1>버스 노선 개편</h1><p>{line}</p><div>{text}</div>"
    assert read_unknown(html).source is None


def test_the_sites_own_name_in_the_head_gives_way_to_a_credit_behind_the_text():
    head = "<meta name='source' content='河湾网'>"
    assert source("<p>2024-05-30</p>", head=head, text=TEXT + "<p>（来源：柳溪晚报）</p>") == "柳溪晚报"


def test_the_credit_of_another_article_behind_the_text_is_none_of_this_one():
    other = "<p><a href='/2'>柳溪镇的学校新修了一座很大的图书馆和一个操场</a> 来源：柳溪晚报</p>"
    assert source("<p>2024-05-30</p>", after=other) is None


def test_the_office_that_issued_a_notice_is_its_source():
    rows = (
        ("索引号", "000-1/2024-00012"),
        ("发布机构", "河湾镇人民政府"),
        ("文号", "河政发〔2024〕3号"),
        ("名称", TITLE),
    )
    table = "".join(f"<tr><td>{label}：</td><td>{value}</td></tr>" for label, value in rows)
    html = f"<title>{TITLE}</title><table>{table}</table><h1>{TITLE}</h1><div>{TEXT}</div>"
    assert read_unknown(html).source == "河湾镇人民政府"


# --- Accounts of platforms --------------------------------------------------------------------------------------------

ACCOUNT = (
    "<div class='rich_media'><h1 class='rich_media_title'>{title}</h1><span class='rich_media_meta'>远舟</span>"
    "<span class='rich_media_meta rich_media_meta_nickname'><a id='js_name'>{name}</a></span>"
    "<em id='publish_time'></em>"
    "<em class='rich_media_meta'><span id='js_ip_wording'>江苏</span></em>"
    "<div class='rich_media_content'>{text}</div></div>{script}"
)


def account(name: str = "柳溪观察笔记", text: str = TEXT, script: str = "") -> Article:
    return read_unknown(ACCOUNT.format(title=TITLE, name=name, text=text, script=script))


def test_the_account_is_the_source_of_a_platforms_article():
    assert account().source == "柳溪观察笔记"


@pytest.mark.parametrize(
    "script",
    [
        "var nickname = htmlDecode('柳溪观察笔记');",
        'var nickname = "柳溪观察笔记";',
        "x = {nick_name: JsDecode('柳溪\\x20观察'), ct: '1717000000'}",
    ],
)
def test_an_account_that_only_a_script_names_is_found(script: str):
    found = account(name="", script=f"<script>{script}</script>")
    assert found.source in ("柳溪观察笔记", "柳溪 观察")


def test_the_account_that_an_article_was_taken_over_from_is_the_source():
    script = "<script>copyright_info: { copyright_stat: '2' * 1, platform: JsDecode('河湾周刊'), }</script>"
    article = account(script=script)
    assert (article.source, article.via) == ("河湾周刊", ["柳溪观察笔记"])


def test_a_credit_in_the_text_goes_before_the_account():
    assert account(text=TEXT + "<p>来源：柳溪晚报</p>").source == "柳溪晚报"


@pytest.mark.parametrize("name", ["柳溪小记", "柳溪日报", "柳溪发布", "TideForce"])
@pytest.mark.parametrize(
    "info",
    [
        "<div><span>原创</span><span>{date}</span><i>·</i><b class='name'><a href='/c/u/1'>{name}</a></b></div>",
        "<div><span>{date}</span><span>·</span><span>来自江苏</span><span>·</span><b class='name'>{name}</b></div>",
        "<p class='m_authorName_7'>{name}</p><div><span>发布时间：{date}</span><span>柳溪网官方帐号</span></div>",
        "<div><span class='media-name'><a>{name}</a></span><span>{date} 发布于江苏</span></div>",
        "<div><a><span class='index_source_x'>{name}</span></a><span>{date}</span> <span>来自江苏</span></div>",
        "<div>{date}　来源: <a href='/media/1'>{name}</a>　江苏 <a>举报</a></div>",
        "<div class='authorinfo'><a class='W_autocut'><em>{name}</em></a><span>{date}</span></div>",
    ],
)
def test_an_account_is_the_source_whatever_its_name_is_like(info: str, name: str):
    assert source(info.format(date="2024-05-30 08:15", name=name)) == name


def test_an_account_in_a_column_beside_the_text_is_found():
    column = "<div id='user-info'><h4><a href='//mp.sohu.com/profile?xpt=1'>柳溪小记</a></h4></div>"
    assert source("<p>2024-05-30 08:15</p>", after=column) == "柳溪小记"


# --- The listing, and what was not taken ------------------------------------------------------------------------------


def test_what_the_listing_said_is_taken_where_the_page_is_silent():
    assert source("<p>2024-05-30</p>", listed="柳溪晚报") == "柳溪晚报"
    assert source("<p>来源：河湾日报</p>", listed="柳溪晚报") == "河湾日报"


def test_sources_and_titles_that_were_not_taken_are_shown():
    head = f"<title>{TITLE}_河湾网</title><meta name='source' content='河湾网'>"
    html = f"<head>{head}</head><h1>{TITLE}</h1><h2>镇上的一天</h2><p>来源：柳溪晚报</p><div>{TEXT}</div>"
    rows = [row for row in explain(read_unknown(html)) if row.field == "not taken"]
    assert ("not taken", "source 河湾网", "meta:source: 河湾网") in rows
    assert ("not taken", "title 镇上的一天", "heading before the text: 镇上的一天") in rows


@pytest.mark.parametrize(
    "info",
    [
        "<p>当前位置： <a href=/>首页</a>&gt;&gt;赛事新闻&gt;&gt;正文</p><p>2024-05-30 08:15 点击：[]</p>",
        "<p>2024-05-30 08:15</p><table><tr>"
        + "".join(f"<td><p>{name}</p></td>" for name in ("序号", "项目编号", "项目名称", "负责人", "所在单位", "类别"))
        + "</tr></table>",
    ],
)
def test_steps_of_a_path_and_heads_of_a_table_are_no_source(info: str):
    assert source(info) is None


@pytest.mark.parametrize("heading", ["<p>镇务快讯</p>", "<table><tr><td>镇务快讯</td></tr></table>"])
@pytest.mark.parametrize("path", ["您的位置： 首 页>>镇务快讯>>正文", "首页 > 镇务快讯 > 正文", "首页 » 镇务快讯"])
def test_the_column_that_the_path_leads_through_is_no_source(heading: str, path: str):
    assert source(f"{heading}<p>{path}</p><p>2024-05-30</p>") is None


def test_the_medium_that_the_path_begins_with_may_be_the_source():
    assert source("<p>柳溪晚报 >> 镇务 >> 正文</p><p>2024-05-30　柳溪晚报</p>") == "柳溪晚报"
