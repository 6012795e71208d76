"""Headlines: the line of the page that agrees with the head or the link, whatever the site adds to either."""

from __future__ import annotations

import pytest
from support.growth import grows_linearly
from support.unknown_pages import read_unknown

from newsarchive.extract.heuristics.lines import read_lines
from newsarchive.extract.heuristics.metadata import read_head
from newsarchive.extract.heuristics.title import gather_before_text, gather_titles, judge_titles
from newsarchive.models import Hints
from newsarchive.tree import parse

TITLE = "镇长：“桥修好了”——河湾镇的一天"


def parts(body: str, head: str):
    root = parse(f"<html><head>{head}</head><body>{body}</body></html>".encode())
    assert root is not None
    return read_lines(root), read_head(root)


def headline(flow, head, link: str = "", site: str = ""):
    return judge_titles(gather_titles(flow, head, link, site))


@pytest.mark.parametrize(
    "said",
    [
        f"{TITLE}_河湾新闻网",
        f"{TITLE}-河湾新闻网",
        f"{TITLE}--本地--河湾网",
        f"{TITLE} - 河湾新闻网",
        f"{TITLE} | 本地 | 河湾网",
        f"{TITLE}|桥|河湾镇_河湾网",
        "镇长：“桥修好了”-河湾镇的一天-今日河湾",
        '镇长："桥修好了"——河湾镇的一天',
    ],
)
@pytest.mark.parametrize("element", ["<h1>{}</h1>", "<div class='bt'>{}</div>", "<p><span>{}</span></p>"])
def test_a_suffix_of_the_site_is_no_part_of_the_title(said: str, element: str):
    flow, head = parts(element.format(TITLE), f"<title>{said}</title>")
    found = headline(flow, head)
    assert found is not None
    assert found.text == TITLE


def test_a_title_of_the_head_that_is_cut_short_gives_way_to_the_headline():
    flow, head = parts(f"<h1>{TITLE}</h1>", f"<title>{TITLE}_网</title><meta property='og:title' content='镇长：'>")
    found = headline(flow, head)
    assert found is not None
    assert found.text == TITLE


def test_words_of_buttons_behind_the_headline_are_cut_off():
    flow, head = parts(f"<h1>{TITLE}<i>播报文章</i></h1>", f"<title>{TITLE}_【河湾】</title>")
    found = headline(flow, head)
    assert found is not None
    assert found.text == TITLE


def test_a_label_before_the_headline_is_no_part_of_it():
    flow, head = parts(f"<h2 class='title'><b>原创</b>{TITLE}</h2>", f"<title>{TITLE}</title>")
    found = headline(flow, head)
    assert found is not None
    assert found.text == TITLE


def test_the_banner_of_the_site_is_not_the_headline():
    flow, head = parts(f"<h1>河湾新闻网</h1><div>{TITLE}</div>", f"<title>{TITLE}_河湾新闻网</title>")
    found = headline(flow, head)
    assert found is not None
    assert found.text == TITLE
    found = headline(*parts("<h1>今日河湾新闻网</h1>", "<title>本地 - 今日河湾新闻网</title>"))
    assert found is not None
    assert found.text == "本地"


def test_a_first_word_in_common_is_no_agreement():
    flow, head = parts("<h2>Bridge workers rest</h2>", "<title>Bridge opens after two years of work</title>")
    found = headline(flow, head)
    assert found is not None
    assert (found.text, found.lines) == ("Bridge opens after two years of work", ())


def test_a_lone_h1_is_the_headline_where_the_head_says_nothing():
    found = headline(*parts(f"<h1>{TITLE}</h1>", "<title>-河湾</title>"))
    assert found is not None
    assert found.text == TITLE


def test_the_nearest_heading_before_the_text_is_the_last_resort_on_the_page():
    flow, head = parts(f"<div class='title'>{TITLE}</div><p>2024</p><p>正文。</p>", "<title>河湾</title>")
    found = judge_titles(gather_before_text(flow, head, 2))
    assert found is not None
    assert found.text == TITLE


def test_the_heads_own_title_loses_its_suffix():
    found = headline(*parts("", f"<title>{TITLE}_本地_河湾网</title>"))
    assert found is not None
    assert found.text == TITLE


def test_a_structured_headline_is_used():
    card = '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline": "桥修好了"}]}</script>'
    found = headline(*parts("", card))
    assert found is not None
    assert (found.text, found.evidence) == ("桥修好了", "json-ld")


TEXT = (
    "<div class='text'><p>河湾镇的石桥昨天通车，镇上的人在桥头等了一个上午，孩子们跑在最前面。</p>"
    "<p>桥面比从前宽了一倍，两辆车可以并排走，镇上的人很高兴，老人们却说，旧桥更好看。</p></div>"
)


def title_of(body: str, head: str, link: str | None = None) -> str | None:
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    return read_unknown(html, hints=Hints(title=link)).title


@pytest.mark.parametrize(
    ("head", "before"),
    [
        (f"柳溪手记: {TITLE}", f"<h1><a href='/'>柳溪手记</a></h1><h3>{TITLE}</h3>"),
        (f"柳溪手记 | {TITLE}", f"<h1>柳溪手记</h1><div>{TITLE}</div>"),
        (f"今日观察：{TITLE}_河湾网", f"<h2>今日观察</h2><div>{TITLE}</div>"),
    ],
)
def test_the_site_or_a_column_before_the_title_is_no_part_of_it(head: str, before: str):
    assert title_of(before + TEXT, f"<title>{head}</title>") == TITLE


@pytest.mark.parametrize(
    ("head", "before", "title"),
    [
        (
            "Plum cake - Notes of a cook from the willow valley",
            "<p>Notes of a cook from the willow valley</p>",
            "Plum cake",
        ),
        ("Ferry – A weblog on boats, bells and bread", "<h2>A weblog on boats, bells and bread</h2>", "Ferry"),
    ],
)
def test_a_long_name_of_the_site_behind_the_title_is_not_the_headline(head: str, before: str, title: str):
    assert title_of(f"{before}<h1>{title}</h1>{TEXT}", f"<title>{head}</title>") == title


@pytest.mark.parametrize(
    "title", ["»Wir bauen die Brücke«, sagt Nell", "Home is where the ferry lands", "Er sagt: »Nein«"]
)
def test_quotation_marks_and_words_of_menus_may_stand_in_a_headline(title: str):
    assert title_of(f"<h2>{title}</h2>{TEXT}", "<title>Boats</title>") == title


def test_a_small_heading_does_not_beat_what_the_head_says():
    assert title_of(f"<h5>Neueste Beiträge</h5>{TEXT}", f"<title>{TITLE} | Boote</title>") == TITLE


def test_a_hidden_copy_of_the_heads_title_is_not_the_headline():
    copy = f"<div style='display: none'><p class='share-title'>{TITLE}-河湾网</p></div>"
    assert title_of(f"<div>{TITLE}</div>{TEXT}{copy}", f"<title>{TITLE}-河湾网</title>") == TITLE


def test_a_headline_of_two_characters_is_found_in_its_heading():
    assert title_of(f"<h1>石桥</h1>{TEXT}", "<title>石桥_河湾新闻网</title>") == "石桥"


@pytest.mark.parametrize("heading", ["h4", "h5", "h6"])
def test_a_small_heading_before_the_text_goes_before_the_name_of_the_institute(heading: str):
    body = f"<{heading}>{TITLE}</{heading}><div class='tit'>分享到微信</div><p>2024-05-30</p>{TEXT}"
    assert title_of(body, "<title>河湾镇桥梁研究所</title>") == TITLE


@pytest.mark.parametrize("name", ["河湾信息网-河湾镇民间组织信息网", "新闻详情", "文章内容"])
def test_a_plain_line_before_the_date_goes_before_a_title_that_all_pages_of_a_site_have(name: str):
    body = f"<p><a href='/'>首页</a> &gt; 新闻</p><p>{TITLE}</p><div>时间：2024-05-30 来源：柳溪晚报</div>{TEXT}"
    assert title_of(body, f"<title>{name}</title>") == TITLE


@pytest.mark.parametrize(
    "line",
    [
        "<div class='title-meta'><i>&#xe614;</i>3573</div>",
        "<div class='title-time'>发布时间：2024-05-30 08:15</div>",
        "<div class='title'>相关新闻推荐</div>",
        "<div class='title'>首页 &gt; 河湾要闻 &gt; 正文</div>",
    ],
)
def test_counters_and_labels_in_elements_named_as_titles_are_no_headline(line: str):
    assert title_of(line + TEXT, f"<title>桥梁预报--{TITLE}</title>") == TITLE


def test_a_line_that_begins_with_the_links_text_is_the_headline():
    body = f"<h1><a href='/'>河湾信息网</a></h1><p>{TITLE}</p><p>近日消息</p>{TEXT}"
    assert title_of(body, "<title>河湾信息网</title>", link=TITLE[:9]) == TITLE


def test_the_links_text_is_the_title_where_the_page_prints_none():
    body = f"<h1><a href='/'>河湾信息网</a></h1>{TEXT}"
    article = read_unknown(f"<title>河湾信息网</title>{body}", hints=Hints(title=TITLE))
    assert (article.title, article.evidence["title"]) == (TITLE, "listing")


def test_the_links_text_does_not_make_a_sentence_of_the_text_the_headline():
    link = "河湾镇的石桥昨天通车"
    assert title_of(f"<h1>{TITLE}</h1>{TEXT}", f"<title>{TITLE}</title>", link=link) == TITLE


def test_what_the_page_calls_its_site_is_no_title():
    head = "<title>河湾手记</title><meta property='og:site_name' content='河湾手记'>"
    assert title_of(f"<div><a href='/'>河湾手记</a></div><h2>{TITLE}</h2>{TEXT}", head) == TITLE


def test_an_application_named_like_the_article_does_not_make_its_title_the_sites_name():
    head = f"<title>{TITLE}</title><meta name=application-name content='{TITLE}'>"
    head += "<meta property=og:site_name content='河湾网'>"
    assert title_of(f"<h1>{TITLE}</h1><p>© 河湾网</p>{TEXT}", head) == TITLE


def test_the_name_of_the_site_file_is_no_title():
    flow, head = parts(f"<h1>河湾手记</h1><h2>{TITLE}</h2>{TEXT}", "<title>河湾手记</title>")
    found = judge_titles(
        [*gather_titles(flow, head, site="河湾手记"), *gather_before_text(flow, head, 2, site="河湾手记")]
    )
    assert found is not None
    assert found.text == TITLE


@pytest.mark.parametrize(
    "piece", [f"<a href='/'>{TITLE}</a><br>", f"<a href='/x'>{TITLE}</a><br>", f"<div>{TITLE}_河湾网</div>"]
)
def test_a_page_that_repeats_its_title_takes_linear_work(piece: str):
    def work(size: int):
        flow, head = parts("<div>" * 100 + piece * size, f"<title>{TITLE}_河湾网</title>")
        return lambda: headline(flow, head)

    assert grows_linearly(work, 200)


PATH = "<nav class='{}'><ul><li><a href='/'>Home</a></li><li><a href='/a'>River</a></li><li><h1>{}</h1></li></ul></nav>"
STORY = "".join(
    f"<p>The bridge over the river at Bendbay was opened on day {n}, and the market moved there.</p>" for n in range(4)
)


@pytest.mark.parametrize(
    "path",
    [
        PATH.format("bread-crumbs", "Bendbay bridge: Market moves to new bridge"),
        PATH.format("x7", "Bendbay bridge: Market moves to new bridge"),
        "<div><a href='/'>Home</a><a href='/river'>River</a><h1>Bendbay bridge: Market moves to new bridge</h1></div>",
        "<ol><li itemtype='https://schema.org/ListItem'><h1>Bendbay bridge: Market moves to new bridge</h1></li></ol>",
    ],
)
@pytest.mark.parametrize(
    "printed",
    ["<h2>The day the market went for a walk</h2>", "<h2><i>Bendbay</i> The day the market went for a walk</h2>"],
)
def test_the_last_step_of_a_path_is_no_headline_where_another_one_is_printed(path: str, printed: str):
    head = (
        "<title>Bendbay bridge: Market moves to new bridge</title>"
        "<meta property='og:title' content='The day the market went for a walk'>"
    )
    article = read_unknown(f"<head>{head}</head>{path}<article>{printed}<div class='text'>{STORY}</div></article>")
    assert article.title == "The day the market went for a walk"


def test_the_last_step_of_a_path_is_the_headline_where_there_is_no_other():
    path = PATH.format("breadcrumb", "Market moves to new bridge")
    title = "<title>Market moves to new bridge</title>"
    article = read_unknown(f"<head>{title}</head>{path}<article><div>{STORY}</div></article>")
    assert article.title == "Market moves to new bridge"


def test_a_kicker_in_the_h1_is_no_part_of_the_headline():
    flow, head = parts(
        "<h1><span>River</span><span>Market moves to new bridge</span></h1>",
        "<title>Market moves to new bridge | The Bendbay Mail</title>",
    )
    found = headline(flow, head)
    assert found is not None
    assert found.text == "Market moves to new bridge"


def test_a_kicker_by_itself_is_not_taken_for_a_headline_that_begins_with_it():
    flow, head = parts(
        "<p>Bendbay bridge</p><p>Story of the day</p>",
        "<title>Bendbay bridge: Market moves to the other bank of the river</title>",
    )
    found = headline(flow, head)
    assert found is not None
    assert found.text == "Bendbay bridge: Market moves to the other bank of the river"


def test_a_heading_that_hardly_differs_from_the_title_is_the_headline():
    flow, head = parts(
        "<p>Bendbay Mail</p><h1>Market moves to new bridge’s</h1>",
        "<title>Bendbay Mail : Market moves to new bridgeÂ´s</title>",
    )
    found = headline(flow, head)
    assert found is not None
    assert found.text == "Market moves to new bridge’s"


def test_a_middle_dot_within_a_title_parts_it_only_between_blanks():
    flow, head = parts("", "<title>강물 정비 시작 ·다리 공사 확대 커졌다ㅣ강굽이일보</title>")
    found = headline(flow, head)
    assert found is not None
    assert found.text == "강물 정비 시작 ·다리 공사 확대 커졌다"


@pytest.mark.parametrize("mark", ["<a href='#x'>¶</a>", " <a href='#x'>#</a>", "<a href='#x'>\U0001f517</a>"])
def test_the_sign_of_a_link_to_a_heading_is_no_part_of_it(mark: str):
    lines = "".join(
        f"<p>The bridge at Bendbay was opened on its day {n}, and the market moved at once.</p>" for n in range(4)
    )
    page = f"<title>Market moves to new bridge</title><h1>Market moves to new bridge{mark}</h1>{lines}"
    assert read_unknown(page).title == "Market moves to new bridge"


def test_a_teaser_that_led_to_the_page_is_not_its_title():
    lines = [f"桥上第{n}个夜里来了许多人，灯一直亮到天明。镇上的人说，这样的夜很少见。" for n in range(4)]
    text = "".join(f"<p>{line}</p>" for line in lines)
    page = f"<title>石桥夜里亮灯 - 河湾网</title><div>石桥夜里亮灯</div>{text}"
    assert read_unknown(page, hints=Hints(title=lines[0])).title == "石桥夜里亮灯"


FERRY = "Early ferry: what we know so far about its fares"
STORY = "<p>The ferry council said on Monday that two more boats will run before dawn, so that growers come.</p>" * 4


def title_beside_head(head: str, before: str, after: str = "") -> str | None:
    return read_unknown(f"<html lang=en><head>{head}</head><body>{before}<div>{STORY}</div>{after}</body></html>").title


@pytest.mark.parametrize(
    ("said", "printed", "title"),
    [
        ("Early ferry: what we know …", f"<h1>{FERRY}</h1>", FERRY),
        ("Early ferry: what we know...", f"<h2 class=headline>{FERRY}</h2>", FERRY),
        ("Early ferry: what we know so far", f"<h1>{FERRY}</h1>", FERRY),
        ("Early ferry: what we know so far", "<h1>Early ferry: what we know so far <a href=#>Share</a></h1>", None),
        ("Early ferry: what we know so far", "<h1>Early ferry: what we know so far<small>Fares</small></h1>", None),
        ("Early ferry: what we know so far", "<h1>EARLY FERRY: WHAT WE KNOW SO FAR</h1>", None),
    ],
)
def test_a_heading_that_goes_on_behind_the_heads_words_is_taken_whole(said: str, printed: str, title: str | None):
    assert title_beside_head(f"<meta property='og:title' content='{said}'>", printed) == (title or said)


def test_the_link_of_a_teaser_that_is_worded_like_the_head_is_no_headline():
    own = "<link rel=canonical href=https://news.example/a/1.html>"
    head = f"{own}<meta property='og:title' content='Why the ferry runs early'>"
    teaser = "<ul><li><a href=/a/7.html>Why the ferry runs early</a></li></ul>"
    assert title_beside_head(head, f"<h1>{FERRY}</h1>", teaser) == FERRY
    assert title_beside_head(head, f"{teaser}<h1>{FERRY}</h1>") == FERRY
    permalink = "<h2><a href=/a/1.html>Why the ferry runs early</a></h2>"
    assert title_beside_head(head, permalink) == "Why the ferry runs early"


@pytest.mark.parametrize(
    "h1",
    [
        "How to cross a river. Part 3: The ferry by Mira Sorrel",
        "How to cross a river: three boats that anybody can row",
        "How to cross a river <span>when the bridge is closed</span>",
    ],
)
def test_an_h1_that_goes_on_behind_the_heads_title_is_the_headline(h1: str):
    said = "How to cross a river"
    head = f"<title>{said}</title><meta property='og:title' content='{said}'>"
    assert title_of(f"<h1>{h1}</h1>", head) == h1.replace("<span>", "").replace("</span>", "")


@pytest.mark.parametrize("parted", [" | ", " - ", " – ", " · "])
def test_the_sites_name_behind_the_headline_of_an_h1_is_no_part_of_it(parted: str):
    whole = f"How to cross a river{parted}The Elmsgate Post"
    head = "<meta property='og:title' content='How to cross a river'>"
    name = "<meta property='og:site_name' content='The Elmsgate Post'>"
    assert title_of(f"<h1>{whole}</h1>", f"<title>{whole}</title>{head}{name}") == "How to cross a river"


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("学院简介-河湾大学-水运学院新版", "<div class=logo>河湾大学-水运学院新版</div>"),
        ("学院简介-水运学院新版", "<h1>水运学院新版</h1>"),
        ("学院简介_河湾大学_水运学院", "<a href=/><h1>河湾大学水运学院</h1></a>"),
        ("学院简介-河湾大学-水运学院", ""),
    ],
)
def test_the_end_of_a_title_that_names_the_site_is_no_headline(said: str, printed: str):
    assert title_of(printed, f"<title>{said}</title>") == "学院简介"


def test_an_institution_may_be_what_the_headline_begins_with():
    head = "<title>校园动态-河湾大学水运学院举办开放日</title>"
    assert title_of("<h2>河湾大学水运学院举办开放日</h2>", head) == "河湾大学水运学院举办开放日"


@pytest.mark.parametrize("layout", ["", "single sidebar-right", "has-sidebar page-with-nav"])
@pytest.mark.parametrize(
    "other", ["<nav><h1>Post navigation</h1></nav>", "<aside class=widget><h1>Categories</h1></aside>"]
)
def test_headings_of_furniture_leave_the_h1_of_the_article_alone(layout: str, other: str):
    text = (
        "<p>The ferry of Elmsgate runs again, the council said, and two boats, both of them old, will call daily.</p>"
    )
    page = read_unknown(
        "<html lang=en><head><title>Crossing for fun | Elmsgate Post</title>"
        "<meta property='og:title' content='Crossing for fun | Elmsgate Post'></head>"
        f"<body class='{layout}'><article><header><h1>How to row a boat. Example 2: The skiff</h1></header>"
        f"<div class=entry>{text * 3}</div></article>{other}</body></html>"
    )
    assert page.title == "How to row a boat. Example 2: The skiff"


@pytest.mark.parametrize(
    ("h1", "title"),
    [
        ("The skiff: how to row a boat for two", "The skiff: how to row a boat for two"),
        ("Who else wants to row a boat for two", "Who else wants to row a boat for two"),
        ("<span>Water sports</span> Row a boat for two", "Row a boat for two"),
    ],
)
def test_an_h1_that_ends_like_the_heads_title_is_the_headline_but_for_a_kicker(h1: str, title: str):
    head = "<title>Row a boat for two | Elmsgate Post</title>"
    assert title_of(f"<h1>{h1}</h1>", head) == title
