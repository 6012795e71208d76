"""Posts of the mirror and pages of the origin are read by their layouts, field by field."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from support import known_pages as pages
from support.known_pages import (
    CREDIT,
    DIGITS,
    FLASH_BACK,
    FLASH_URL,
    MEDIA_BACK,
    MEDIA_URL,
    ORIGINAL_LINK,
    SHARE_LINK,
    auto,
    read_media,
    read_origin,
    read_post,
    reasons,
)

from newsarchive.extract import read
from newsarchive.models import Byline, Category
from newsarchive.sites import Layout, Site

TIME = datetime(2022, 5, 30, 22, 0, 29, tzinfo=timezone(timedelta(hours=8)))
TEXT = "<p>第一段。</p>\n<p>第二段。</p>"


@pytest.mark.parametrize("remark", ["（完）", "（单位：亿元）", "（记者 张三）", "(较上日高近17%)"])
def test_a_remark_in_brackets_is_no_source(remark: str) -> None:
    assert read_post(FLASH_URL, f"<p>板块午后走高。{remark}</p>", auto(ORIGINAL_LINK)).source is None


def test_a_media_post_never_takes_brackets_for_its_source() -> None:
    article = read_post(MEDIA_URL, "<p>板块午后走高。（证券时报网）</p>", auto(SHARE_LINK), MEDIA_BACK)
    assert article.source is None


@pytest.mark.parametrize(
    "back",
    [
        "",
        FLASH_BACK,
        FLASH_BACK.replace("｜", "\n"),
        FLASH_BACK.replace("｜", "</p>\n<p>"),
        FLASH_BACK.replace("｜", "<br />"),
    ],
    ids=["none", "one line", "two lines", "two paragraphs", "a break"],
)
def test_the_way_back_is_no_text_whatever_its_form(back: str) -> None:
    article = read_post(FLASH_URL, TEXT, auto(ORIGINAL_LINK), back)
    assert [p.text for p in article.paragraphs] == ["第一段。", "第二段。"]
    assert article.original_url == ORIGINAL_LINK


def test_a_missing_original_url_is_no_text() -> None:
    article = read_post(FLASH_URL, TEXT, CREDIT, "<p>&lt;&gt;</p>", FLASH_BACK)
    assert [p.text for p in article.paragraphs] == ["第一段。", "第二段。"]
    assert article.original_url is None


def test_a_link_inside_the_text_stays_text() -> None:
    link = '<p><a href="http://finance.eastmoney.com/a/202205300000000001.html">相关报道</a></p>'
    article = read_post(FLASH_URL, TEXT, link, auto(ORIGINAL_LINK), FLASH_BACK)
    assert article.paragraphs[-1].text == "相关报道"
    assert article.original_url == ORIGINAL_LINK


def test_the_earlier_share_host_is_a_share_link_too() -> None:
    link = SHARE_LINK.replace("finews.zning.xyz", "choicewzp1.eastmoney.com")
    assert read_post(MEDIA_URL, TEXT, CREDIT, auto(link), MEDIA_BACK).share_url == link


def test_a_slug_with_a_blank_keeps_case_and_blank() -> None:
    back = MEDIA_BACK.replace("haiyunribao", "21shijijingjibaodao 21caijingAPP")
    url = MEDIA_URL.replace("haiyunribao", "21shijijingjibaodao/21caijingapp")
    tags = "<small>tags: <em>21世纪经济报道</em> - <em>21财经APP新闻</em></small>"
    category = read_post(url, TEXT, CREDIT, auto(SHARE_LINK), back, tags=tags).category
    assert category is not None
    assert (category.slug, category.name) == ("21shijijingjibaodao 21caijingAPP", "21世纪经济报道 21财经APP")
    assert category.url == "https://finews.withounder.com/category/21shijijingjibaodao%2021caijingAPP.html"


def test_without_a_way_back_the_slug_comes_from_the_address() -> None:
    url = MEDIA_URL.replace("haiyunribao", "anxin(xianggang)/abc")
    category = read_post(url, TEXT, auto(SHARE_LINK)).category
    assert category is not None
    assert category.slug == "anxin(xianggang) abc"
    assert category.url == "https://finews.withounder.com/category/anxin(xianggang)%20abc.html"


@pytest.mark.parametrize(
    ("tag", "name"), [("每日经济新闻新闻", "每日经济新闻"), ("站长消息", "站长消息"), ("新闻", "新闻")]
)
def test_only_one_suffix_is_taken_off_a_tag(tag: str, name: str) -> None:
    category = read_post(MEDIA_URL, TEXT, tags=f"<small>tags: <em>{tag}</em></small>").category
    assert category is not None
    assert category.name == name


@pytest.mark.parametrize(
    "when",
    [
        "<small>[2022-05-30 22:00:29]</small>",
        "<small>[GMT+8, Asia/Shanghai, CST] 2022-05-30 22:00:29</small>",
        "<p>[2022-05-30 22:00:29]</p>",
        "[2022-05-30 22:00:29]",
        "<small>2022/5/30 22:00:29</small>",
        "<small>2022年5月30日 22:00:29</small>",
    ],
)
def test_the_time_is_read_in_every_layout_and_is_no_text(when: str) -> None:
    article = read_media(TEXT, when=when)
    assert article.published_at == TIME
    assert [p.text for p in article.paragraphs] == ["第一段。", "第二段。"]


def test_a_zone_that_is_printed_beside_the_time_counts() -> None:
    article = read_media(TEXT, when="<small>2022-05-30T14:00:29Z</small>")
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2022-05-30T22:00:29+08:00"


def test_a_date_of_the_first_years_of_the_web_is_taken_from_a_known_site_too() -> None:
    article = read_post("https://finews.withounder.com/sitenews/1993/05/02/1.html", TEXT, when="1993-05-02 10:00:00")
    assert article.published_at is not None
    assert (article.published_at.isoformat(), article.problems) == ("1993-05-02T10:00:00+08:00", [])


def test_an_article_spilled_into_the_head_is_read_once() -> None:
    spilled = f'<meta name="description" content="<p style="display:none;">x</p>{TEXT}{CREDIT}<section>假</section>">'
    article = read_media(TEXT, head=spilled)
    assert [p.text for p in article.paragraphs] == ["第一段。", "第二段。"]
    assert (article.title, article.published_at) == ("海运价格连涨三周", TIME)


def test_a_page_without_the_marks_is_read_as_a_whole() -> None:
    html = f"<html><body><div><h1>金融消息</h1></div><SECTION>{pages.section(TEXT, CREDIT)}</SECTION></body></html>"
    article = pages.read(pages.known_page(MEDIA_URL, html), pages.SITE)
    assert [p.text for p in article.paragraphs] == ["第一段。", "第二段。"]
    assert article.title == "海运价格连涨三周"


def test_a_blockquote_further_down_is_text() -> None:
    article = read_media("<p>第一段。</p><blockquote><p>引文。</p></blockquote><p>第二段。</p>")
    assert article.digest is None
    assert [(p.kind, p.text) for p in article.paragraphs] == [
        ("text", "第一段。"),
        ("quote", "引文。"),
        ("text", "第二段。"),
    ]


@pytest.mark.parametrize(
    ("line", "printed", "source"),
    [
        (
            "（文章来源：21世纪经济报道 21财经APP）",
            "（文章来源：21世纪经济报道 21财经APP）",
            "21世纪经济报道 21财经APP",
        ),
        ("（文章来源：安信国际证券(香港)）", "（文章来源：安信国际证券(香港)）", "安信国际证券(香港)"),
        ("(文章来源：e公司)", "(文章来源：e公司)", "e公司"),
        ("（文章来源：中国证券报·中证网）", "（文章来源：中国证券报·中证网）", "中国证券报·中证网"),
        ("文章来源:36氪", "文章来源:36氪", "36氪"),
    ],
)
def test_the_credit_line_is_kept_as_printed(line: str, printed: str, source: str) -> None:
    article = read_post(MEDIA_URL, TEXT, f'<p class="em_media">{line}</p>', auto(SHARE_LINK), MEDIA_BACK)
    assert (article.attribution, article.source) == (printed, source)
    assert len(article.paragraphs) == 2


def test_a_linked_word_in_the_credit_line_is_joined_without_blanks() -> None:
    link = '<a href="http://quote.eastmoney.com/unify/r/90.BK0473" class="keytip" data-code="90,BK0473">证券</a>'
    line = f'<p class="em_media">（文章来源：海运<span id="bk_90.BK0473">{link}</span>报）</p>'
    article = read_post(FLASH_URL, TEXT, line)
    assert article.source == "海运证券报"
    assert [(m.market, m.code, m.name) for m in article.mentions] == [("90", "BK0473", "证券")]


def test_a_credit_without_its_mark_is_taken_off_the_end() -> None:
    article = read_post(MEDIA_URL, TEXT, "<p>（文章来源：海运日报）</p>", auto(SHARE_LINK), MEDIA_BACK)
    assert (article.source, len(article.paragraphs)) == ("海运日报", 2)


def test_a_signature_at_the_end_of_a_paragraph_stays_text_and_names_the_author() -> None:
    article = read_media("<p>" + "长句说明服务升级的经过，" * 12 + "做出贡献。□唐爱红王靖瑗</p><p>第二段。</p>")
    assert article.bylines == [Byline("author", "唐爱红王靖瑗")]
    assert article.paragraphs[0].text.endswith("□唐爱红王靖瑗")


def test_text_that_only_speaks_of_reporters_names_nobody() -> None:
    assert read_media("<p>据记者了解，记者从会上获悉，编辑部已迁址。</p>").bylines == []


@pytest.mark.parametrize(
    "container",
    [
        '<div id="ContentBody">{}</div>',
        '<div class="txtinfos">{}</div>',
        '<div class="left Body">{}</div>',
        "<article>{}</article>",
        '<div id="zwtext">{}</div>',
        '<div id="zwconbody">{}</div>',
        "{}",
    ],
)
def test_the_body_of_an_origin_page_is_found_in_every_layout(container: str) -> None:
    assert [p.text for p in read_origin(container=container).paragraphs] == ["第一段。", "第二段。"]


@pytest.mark.parametrize(
    ("info", "precision"),
    [
        ('<div class="time">2022年05月30日 22:00</div>', "minute"),
        ('<div class="time">2022-05-30 22:00:29</div>', "second"),
        ('<div class="time">2022/05/30 22:00</div>', "minute"),
        ('<div class="zwfbtime">2022年05月30日 22:00 来源：海运日报</div>', "minute"),
    ],
)
def test_the_time_of_an_origin_page_is_read_in_every_form(info: str, precision: str) -> None:
    article = read_origin(info=info)
    assert article.published_at is not None
    assert (article.published_at.replace(second=0), article.precision) == (TIME.replace(second=0), precision)


@pytest.mark.parametrize(
    ("body", "source"),
    [("<p>第一段。</p>" + CREDIT, "海运日报"), ("<p>第一段。</p>", "海运周报")],
)
def test_the_credit_line_goes_before_the_source_bar(body: str, source: str) -> None:
    info = '<div class="time">2022-05-30 22:00</div><div class="source data-source">来源：海运周报</div>'
    assert read_origin(body=body, info=info).source == source


def test_an_empty_source_bar_names_nobody() -> None:
    info = '<div class="time">2022-05-30 22:00</div><div class="source data-source" data-source="">来源：</div>'
    assert read_origin(body="<p>第一段。</p>", info=info).source is None


def test_the_abstract_of_an_origin_page_is_its_digest() -> None:
    article = read_origin(digest='<div class="b-review">【摘要】运价连续上涨。</div>')
    assert article.digest == "运价连续上涨。"
    assert [p.text for p in article.paragraphs] == ["第一段。", "第二段。"]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("(责任编辑：DF999)", []),
        ("（责任编辑：王小明）", ["王小明"]),
        ("责任编辑： DF058", []),
        ("(责任编辑：王小明 DF058)", ["王小明"]),
    ],
)
def test_an_editor_is_a_name_and_never_a_code(line: str, names: list[str]) -> None:
    article = read_origin(editor=f'<p class="res-edit">{line}</p>')
    assert [(b.role, b.name) for b in article.bylines] == [("editor", name) for name in names]


@pytest.mark.parametrize(
    "mark", ["郑重声明：某某", "（责任编辑：DF1）", "东方财富网发布此信息的目的", "风险自担。", "【郑重声明】某某"]
)
def test_the_body_ends_at_its_marks(mark: str) -> None:
    article = read_origin(body=f"<p>第一段。</p><p>{mark}</p><p>别的。</p>", editor="")
    assert [p.text for p in article.paragraphs] == ["第一段。"]


def test_a_disclaimer_at_the_end_is_no_text_but_the_word_inside_is() -> None:
    body = "<p>投资者应当风险自担，专家说。</p><p>第二段。</p><p>本文不构成建议，据此操作，风险自担。</p>"
    assert [p.text for p in read_origin(body=body).paragraphs] == ["投资者应当风险自担，专家说。", "第二段。"]


@pytest.mark.parametrize("host", ["stock", "fund", "hk", "wap", "emwap", "mss"])
@pytest.mark.parametrize("path", [f"/a/{DIGITS}.html", f"/news/1353,{DIGITS}.html"])
def test_every_host_and_path_of_the_origin_is_known(host: str, path: str) -> None:
    article = read_origin(url=f"http://{host}.eastmoney.com{path}")
    assert (article.article_key, len(article.paragraphs)) == (DIGITS, 2)


def test_the_text_keeps_line_ends_of_either_kind_apart_from_paragraphs() -> None:
    assert pages.read_text("<p>第一段。</p>\r\n <p>第二\r\n段。</p>") == ["第一段。", "第二 段。"]


def test_a_gbk_page_is_read_and_a_wrong_declaration_noted() -> None:
    html = pages.origin_html().replace('charset="utf-8"', 'charset="gb2312"')
    article = pages.read(pages.known_page(pages.ORIGIN_URL, html.encode("gb18030"), "original"), pages.SITE)
    assert [p.text for p in article.paragraphs] == ["第一段。", "第二段。"]
    assert (article.charset, reasons(article)) == ("gb18030", [])
    wrong = pages.known_page(
        pages.ORIGIN_URL, pages.origin_html().encode("gb18030"), "original", "text/html; charset=utf-8"
    )
    assert [p.text for p in pages.read(wrong, pages.SITE).paragraphs] == ["第一段。", "第二段。"]
    assert reasons(pages.read(wrong, pages.SITE)) == ["wrong-charset"]


@pytest.mark.parametrize(
    "broken",
    [
        "<p>第一段。<p>第二段。",
        "<p>第一段。</p><p>第二段。</div>",
        "<p><b>第一段。</p><p></b>第二段。</p>",
        "<p title='a>b'>第一段。</p><p>第二段。</p>",
        "<p>第一段。</p><!-- <p>旧稿</p> --><p>第二段。</p>",
        "<p>第一段。</p><script>if (a < b) { c() }</script><p>第二段。</p>",
        "<p>第一段。</p><span><p>第二段。</p></span>",
        "<P>第一段。</P><P ALIGN=left>第二段。</P>",
        "<p>第一段。</p><p/>第二段。",
    ],
)
def test_broken_markup_gives_the_same_paragraphs(broken: str) -> None:
    article = read_post(MEDIA_URL, broken, "<p>末段。</p>")
    assert [p.text for p in article.paragraphs] == ["第一段。", "第二段。", "末段。"]
    assert article.category == Category("haiyunribao", "海运日报", f"{pages.HOST}/category/haiyunribao.html")


def test_sites_that_come_and_go_are_each_read_by_their_own_rules() -> None:
    html = "<h1 class=one>渡口今晨开航</h1><h1 class=two>渡口昨夜停航</h1><div class=text><p>两岸往来如常。</p></div>"
    titles = {"one": "渡口今晨开航", "two": "渡口昨夜停航"}
    for name in ("one", "two") * 20:
        # A layout of its own for each page, freed before the next one is made: it may get the same place in memory.
        layout = Layout(role="post", url=re.compile("/a/"), title=(f"h1.{name}",), body=("div.text",))
        site = Site(
            name, "渡口日报", "https://ferry.example", ("ferry.example",), ZoneInfo("Asia/Shanghai"), layouts=(layout,)
        )
        article = read(pages.known_page("https://ferry.example/a/1.html", html), site)
        assert (article.title, article.evidence["title"]) == (titles[name], f"h1.{name}")
        del layout, site, article
