"""The reader for unknown sites, on invented pages in the shapes that real ones have."""

from __future__ import annotations

import pytest
from support.unknown_pages import read_unknown

from newsarchive.extract.validate import validate
from newsarchive.models import Article, Byline

TITLE = "河湾镇的石桥修好了"
FIRST = "河湾报讯（记者 林小满）河湾镇的石桥昨天通车，镇上的人在桥头等了一个上午，孩子们跑在最前面。"
SECOND = "修桥的人说，石头都是从上游运来的，一块也没有浪费；桥面比从前宽了一倍，两辆车可以并排走。"
THIRD = "镇里准备在桥边种一排柳树，明年春天就能看到绿色。"
BODY = f"<p>{FIRST}</p>\n<p>{SECOND}</p>\n<p>{THIRD}</p>"
NAVIGATION = "<ul class='nav'>" + "".join(f"<li><a href='/{n}'>栏目{n}</a></li>" for n in range(20)) + "</ul>"
FOOTER = (
    "<div class='footer'><p>版权所有 河湾报社，未经授权不得转载。</p><p>违法和不良信息举报电话：000-000000。</p></div>"
)


def html(body: str, head: str = f"<title>{TITLE}_河湾新闻网</title>") -> str:
    return f"<!doctype html><html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"


def read(
    body: str, head: str = f"<title>{TITLE}_河湾新闻网</title>", url: str = "https://news.example/a/1.html"
) -> Article:
    return read_unknown(html(body, head), url)


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


def whole_page(info: str = "2024-05-30 08:15 来源：河湾报 作者：林小满", body: str = BODY, after: str = "") -> str:
    return f"{NAVIGATION}<h1>{TITLE}</h1><div class='info'>{info}</div><div id='x1'>{body}</div>{after}{FOOTER}"


def test_every_field_of_an_ordinary_page_says_where_it_was_found():
    assert set(read(whole_page()).evidence) >= {"title", "body", "published_at", "source"}


@pytest.mark.parametrize("headline", ["<h1>时评</h1>", "<img src='/t/bridge.png' alt='石桥'>", ""])
def test_date_and_source_on_the_line_before_the_text_are_seen_without_a_printed_headline(headline: str):
    info = "<p class='info'><i>2024年5月30日 08:15</i>　来源：<b>河湾报</b></p>"
    article = read(f"{NAVIGATION}{headline}{info}<div id='x1'>{BODY}</div>{FOOTER}")
    assert str(article.published_at) == "2024-05-30 08:15:00+08:00"
    assert article.source == "河湾报"


def test_a_page_in_gbk_that_declares_utf_8_is_read_the_same():
    article = read_unknown(html(whole_page()).encode("gb18030"))
    assert texts(article) == [FIRST, SECOND, THIRD]
    assert article.charset == "gb18030"


def test_flash_news_shorter_than_the_furniture_around_it_is_found():
    flash = "河湾镇气象站发布消息，今天夜里有小雨，出门请带伞。"
    notice = "<p>" + "本站所载内容来自各方，不构成任何建议，阅读者应当自行判断并承担风险。" * 4 + "</p>"
    article = read(whole_page(body=f"<p>{flash}</p>", after=f"<div class='box'>{notice}</div>"))
    assert texts(article) == [flash]


def test_comments_are_left_out_even_when_they_are_longer_than_the_article():
    comments = "".join(
        f"<div class='item'><b>读者{n}</b><p>我昨天也去看了，桥真的很好看，希望柳树快点长起来。</p></div>"
        for n in range(30)
    )
    article = read(whole_page(after=f"<div class='comment-list'>{comments}</div>"))
    assert texts(article) == [FIRST, SECOND, THIRD]


def test_teasers_without_a_telling_class_are_left_out():
    teasers = "".join(
        f"<div class='k{n}'><h4><a href='/{n}'>第{n}条消息的标题写在这里</a></h4>"
        f"<p>这是第{n}条消息的摘要，它说的是另一件事，很长。</p></div>"
        for n in range(12)
    )
    article = read(whole_page(after=f"<div class='zz'>{teasers}</div>"))
    assert texts(article) == [FIRST, SECOND, THIRD]


def test_further_articles_under_the_same_page_are_not_taken():
    other = "".join(
        f"<p>另一篇文章的第{n}段，说的是别处的事情，字数很多，比第一篇长得多，读起来也很久。</p>" for n in range(40)
    )
    body = f"<div class='a'>{whole_page()}</div><div class='a'><h1>别处的一件大事</h1><div>{other}</div></div>"
    assert texts(read(body)) == [FIRST, SECOND, THIRD]


def test_text_in_a_div_with_line_breaks_is_read():
    body = f"　　{FIRST}<br><br>　　{SECOND}<br><br>　　{THIRD}"
    assert texts(read(whole_page(body=body))) == [FIRST, SECOND, THIRD]


def test_a_container_that_is_invisible_until_a_script_runs_is_read():
    body = f"{NAVIGATION}<h1>{TITLE}</h1><div style='visibility: hidden;'>{BODY}</div>{FOOTER}"
    assert texts(read(body)) == [FIRST, SECOND, THIRD]


def test_a_body_that_a_script_must_display_first_is_read_where_there_is_no_other():
    body = f"{NAVIGATION}<h1>{TITLE}</h1><div style='display: none'>{BODY}</div>{FOOTER}"
    assert texts(read(body)) == [FIRST, SECOND, THIRD]


def test_elements_that_are_not_displayed_are_left_out():
    hidden = "<p style='display:none'>这一段不该让人看见，它是给搜索引擎准备的，有很多字，也有标点。</p>"
    assert texts(read(whole_page(body=hidden + BODY))) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "mark",
    ["责任编辑：周一 ZZ001", "【免责声明】本文仅代表作者观点。", "相关阅读：", "特别声明：以上内容由用户上传。"],
)
def test_the_text_ends_where_the_notes_of_the_site_begin(mark: str):
    body = BODY + f"<p>{mark}</p><p><a href='/2'>下一条新闻的标题在这里</a></p>"
    assert texts(read(whole_page(body=body))) == [FIRST, SECOND, THIRD]


def test_a_note_joined_to_the_last_paragraph_by_a_line_break_is_cut_off():
    body = f"{FIRST}<br><br>{SECOND}<br><br>{THIRD}<br>责任编辑：周一"
    assert texts(read(whole_page(body=body))) == [FIRST, SECOND, THIRD]


def test_short_paragraphs_tables_and_lists_inside_the_text_are_kept():
    table = "<table><tr><td>桥长</td><td>30米</td></tr><tr><td>桥宽</td><td>8米</td></tr></table>"
    items = "<ul><li>石匠</li><li>木匠</li></ul>"
    article = read(whole_page(body=BODY + table + items + f"<p>{SECOND}再说一遍。</p>"))
    assert [p.text for p in article.paragraphs if p.kind == "table"] == ["桥长 | 30米", "桥宽 | 8米"]
    assert [p.text for p in article.paragraphs if p.kind == "list"] == ["石匠", "木匠"]


def test_pictures_of_the_article_are_listed_and_those_of_the_page_are_not():
    body = "<p><img src='/b.jpg' alt='桥'></p>" + BODY
    around = "<div class='ad'><img src='/ad.jpg'></div>"
    article = read(around + whole_page(body=body) + around)
    assert [(image.url, image.alt) for image in article.images] == [("https://news.example/b.jpg", "桥")]


def test_an_english_page_is_read():
    paragraphs = [
        "The old bridge in Riverbend reopened on Monday, and half of the town came to see the first cart cross it.",
        "Stone by stone, the masons had carried it up from the valley, and nobody could say how many trips it took.",
        "“We will plant willows next,” the mayor said. “By spring, there will be shade on both banks.”",
    ]
    body = (
        "<h1>Bridge reopens</h1><p>By Jane Miller</p><time datetime='2024-05-30T08:15:00-04:00'>May 30, 2024</time>"
        f"<div>{''.join(f'<p>{text}</p>' for text in paragraphs)}</div>"
    )
    article = read(body, "<title>Bridge reopens - Riverbend Gazette</title>")
    assert article.title == "Bridge reopens"
    assert texts(article) == paragraphs
    assert article.published_at is not None
    assert article.published_at.date().isoformat() == "2024-05-30"
    assert article.bylines == [Byline("author", "Jane Miller")]


def test_head_fields_are_taken_over():
    head = (
        f"<title>{TITLE}</title><link rel='canonical' href='/a/1'><meta name='description' content='桥修好了。'>"
        "<meta property='article:section' content='本地'>"
    )
    article = read(whole_page(), head)
    assert article.canonical_url == "https://news.example/a/1"
    assert article.digest == "桥修好了。"
    assert article.section == "本地"
    assert not article.paywalled


def test_the_section_is_read_from_the_path_above_the_headline():
    path = "<div class='pos'><a href='/'>首页</a> > <a href='/l'>本地</a> > 正文</div>"
    article = read(whole_page().replace("<h1>", path + "<h1>"))
    assert article.section == "本地"
    assert article.evidence["section"] == "path before the headline"


def test_signs_between_links_are_no_section():
    turning = "<div><a href='/1'>前</a> < > <a href='/2'>后</a></div>"
    assert read(whole_page().replace("<h1>", turning + "<h1>")).section is None


def test_a_chinese_page_that_declares_english_is_chinese():
    article = read_unknown(html(whole_page()).replace("<html>", "<html lang='en'>"))
    assert (article.lang, article.evidence["lang"]) == ("zh", "script of the text")


def test_authors_of_the_head_are_taken_where_nobody_is_printed():
    named = '{"@type": "NewsArticle", "author": [{"name": "林小满"}, {"name": "编辑部"}]}'
    card = f'<script type="application/ld+json">{named}</script>'
    article = read(
        whole_page(info="2024-05-30", body=f"<p>{SECOND}</p><p>{THIRD}</p>"), f"<title>{TITLE}</title>{card}"
    )
    assert article.bylines == [Byline("author", "林小满")]
    assert article.evidence["bylines"] == "json-ld:author"


def test_a_teaser_before_a_wall_is_marked():
    assert read(whole_page(after="<div>登录后阅读全文</div>")).paywalled
    card = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>'
    assert read(whole_page(), f"<title>{TITLE}</title>{card}").paywalled


def test_the_original_title_is_no_paragraph():
    article = read(whole_page(body="<p>（原标题：河湾镇修桥记）</p>" + BODY))
    assert article.original_title == "河湾镇修桥记"
    assert texts(article) == [FIRST, SECOND, THIRD]


def test_reporters_and_short_headings_at_the_beginning_belong_to_the_text():
    body = f"<p>河湾报记者 林小满</p><p><strong>镇里发布修桥记</strong></p>{BODY}"
    assert texts(read(whole_page(body=body))) == ["河湾报记者 林小满", "镇里发布修桥记", FIRST, SECOND, THIRD]


def test_a_number_in_the_url_is_the_articles_identity_where_a_site_file_names_the_host():
    path = "/a/NW202405301234567890.html"
    article = read(whole_page(), url=f"https://gold.eastmoney.com{path}")
    assert (article.info_code, article.article_key) == ("NW202405301234567890", "202405301234567890")
    article = read(whole_page(), url=f"https://news.example{path}")
    assert (article.info_code, article.article_key) == (None, f"news.example{path}")


def test_missing_fields_are_problems():
    article = validate(read("<p>好</p>", head=""))
    assert {problem.reason for problem in article.problems} == {"no-title", "no-date", "no-body"}


def test_a_page_without_an_element_gives_an_article_without_fields():
    article = read_unknown(b"\x00")
    assert (article.title, article.paragraphs, article.published_at) == (None, [], None)


def test_a_caption_that_only_its_class_tells_is_a_caption_and_goes_to_its_picture():
    picture = "<div><img src='/1.jpg'><p class='wp-caption-text big'>桥头的孩子们</p></div>"
    article = read(whole_page(body=f"<p>{FIRST}</p>{picture}<p>{SECOND}</p><p class='captions-off'>{THIRD}</p>"))
    assert [paragraph.kind for paragraph in article.paragraphs] == ["text", "text", "text"]
    assert [image.caption for image in article.images] == ["桥头的孩子们"]


def test_text_behind_a_drawing_is_read_and_nothing_inside_it():
    drawing = f"<svg><g><text>{THIRD}</text>" + "<rect/>" * 50 + "</g></svg>"
    article = read(whole_page(body=f"<p>{FIRST}</p><p>{drawing}{SECOND}</p>"))
    assert texts(article) == [FIRST, SECOND]
