"""What a page is that nobody wrote rules for: an article, a list, or neither."""

import pytest
from support.pages import page

from newsarchive.discovery.judge import judge
from newsarchive.discovery.page_links import read_links
from newsarchive.extract import process
from newsarchive.tree import parse

HOST = "https://news.chaosheng.example"
TEXT = "停航两天的渔港清晨恢复通航，二十六艘渔船依次出港，码头上的居民前来送行，管理处说后续安排将在下周公布。" * 2
RELATED = "".join(
    f'<li><a href="/2026/{number}.html">第{number}条相关的消息标题</a> 2026-02-{number:02d}</li>'
    for number in range(1, 9)
)


def kind(inner, path="/2026/1001.html", *, dated=False):
    html = f'<html lang="zh"><head><meta charset="utf-8"><title>潮声网</title></head><body>{inner}</body></html>'
    read = page(HOST + path, html, role="original", site="")
    root = parse(html)
    assert root is not None
    return judge(process(read), root, read_links(root, read.url), dated=dated)


ARTICLE = f"<h1>江湾渔港恢复通航</h1><p>2026-03-04 09:15</p><div><p>{TEXT}</p><p>{TEXT}</p></div>"


def test_a_headline_a_day_and_a_text_are_an_article_also_above_a_list_of_others():
    assert kind(ARTICLE) == "article"
    assert kind(f"{ARTICLE}<h3>相关阅读</h3><ul>{RELATED}</ul>") == "article"


def test_a_list_is_none_although_it_has_a_title_days_and_a_text():
    assert kind(f"<h1>新闻中心</h1><ul>{RELATED}</ul><p>{TEXT}</p>") == "listing"


def test_teasers_are_a_list_because_they_link_to_what_they_tell():
    teasers = "".join(
        f'<div><h2><a href="/2026/{number}.html">第{number}条消息的标题很长</a></h2>'
        f"<p>2026-03-0{number}</p><p>{TEXT}</p></div>"
        for number in range(1, 6)
    )
    assert kind(f"<h1>最新消息</h1>{teasers}", "/") == "listing"


def test_a_page_of_the_house_without_a_day_is_no_article_unless_a_feed_names_it():
    about = f"<h1>潮声网的几位编辑</h1><div><p>{TEXT}</p><p>{TEXT}</p></div>"
    assert kind(about, "/about.html") != "article"
    assert kind(about, "/about.html", dated=True) == "article"


def test_a_picture_with_its_day_and_hardly_a_word_is_thin():
    assert (
        kind('<h1>江湾渔港恢复通航</h1><p>2026-03-04 09:15</p><div><img src="/a.jpg"><p>渔船出港。</p></div>') == "thin"
    )


@pytest.mark.parametrize(
    "path",
    ["/tag/harbour/", "/author/mira", "/category/sea/", "/sea/page/2/", "/2026/03/", "/blog/2026/", "/issue3/quiz/"],
)
def test_no_article_lies_at_the_address_of_a_tag_an_author_a_month_or_a_quiz(path):
    assert kind(ARTICLE, path) != "article"


def test_an_error_page_is_neither():
    assert kind("<h1>404</h1><p>页面不存在</p>") == "other"


def entries(number, link, *, around="li"):
    return "".join(
        f"<{around}>{link.format(one)} <p>第{one}条消息的开头</p> <span>2026-02-{one:02d}</span></{around}>"
        for one in range(1, number + 1)
    )


@pytest.mark.parametrize(
    "listed",
    [
        entries(4, '<a href="javascript:;">江湾渔港第{}条消息</a>'),
        entries(4, "<a class='title'>江湾渔港第{}条消息</a>", around="div"),
        entries(2, '<a href="/2026/{}.html">江湾渔港第{}条消息恢复通航</a>'.replace("{}", "{0}")),
    ],
)
def test_a_list_is_none_also_where_a_script_opens_its_entries_or_it_has_only_two(listed):
    assert kind(f"<h1>新闻中心</h1><p>{TEXT}</p>{listed}", "/news/") in ("listing", "other")


def test_an_excerpt_belongs_to_the_entry_in_whose_list_it_stands():
    entry = (
        '<li><p><a href="/2026/{0}.html">江湾渔港第{0}条消息（2026.2.{0}）</a></p>'
        f"<p><span>2026年2月{{0}}日</span> {TEXT}</p></li>"
    )
    assert kind(f"<h1>新闻中心</h1><ul>{entry.format(1)}{entry.format(2)}</ul>", "/news/") == "listing"


def test_the_time_of_the_last_change_alone_makes_no_article():
    about = f"<h1>潮声网的几位编辑</h1><div><p>{TEXT}</p><p>{TEXT}</p></div>"
    changed = '<meta property="article:modified_time" content="2026-03-04T09:15:00+08:00">'
    published = changed.replace("modified", "published")
    assert kind(changed + about, "/editors.html") != "article"
    assert kind(published + about, "/editors.html") == "article"
