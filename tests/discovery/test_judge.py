"""What a page is that nobody wrote rules for: an article, a list, or neither."""

import re
from zoneinfo import ZoneInfo

import pytest
from support.pages import page

from newsarchive.discovery.explored import examine
from newsarchive.discovery.judge import judge
from newsarchive.discovery.page_links import read_links
from newsarchive.extract import process
from newsarchive.sites.model import Listing, Site
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


UNDATED = f"<h1>潮声网的几位编辑</h1><div><p>{TEXT}</p><p>{TEXT}</p></div>"


def test_a_page_of_a_department_without_a_day_is_no_article_unless_a_feed_names_it():
    assert kind(UNDATED, "/services.html") != "article"
    assert kind(UNDATED, "/services.html", dated=True) == "article"


def test_a_page_about_the_house_is_no_article_although_a_feed_names_it():
    assert kind(UNDATED, "/page/about/", dated=True) != "article"
    assert kind(UNDATED, "/2026/03/04/about/", dated=True) == "article"


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


def test_a_printed_time_of_the_last_change_makes_no_article_either():
    assert kind(f"<h1>泵的安装与维护</h1>{TEXT}<p>最后更新：2026年3月4日</p>", "/docs/pump-17.html") != "article"
    assert (
        kind(f"<h1>泵的安装与维护</h1><p>发布：2026-03-04 更新：2026-03-04</p>{TEXT}", "/docs/pump-17.html")
        == "article"
    )


@pytest.mark.parametrize(
    "button",
    ["<button>加入购物车</button>", '<a class="btn">Add to basket</a>', '<input type="submit" value="Add to cart">'],
)
def test_a_page_that_sells_something_is_no_article_although_it_prints_a_day(button):
    page = f"<h1>河湾镇的水泵十七号</h1><p>2026-03-04</p>{TEXT}{button}"
    assert kind(page) != "article"
    assert "shop" in examined(page, "/2026/1001.html")[0]
    assert kind(f"<h1>河湾镇的水泵十七号</h1><p>2026-03-04</p>{TEXT}<p>他说：请加入购物车。</p>") == "article"


def examined(inner, path, *, published=None):
    """Read a page of a site whose articles lie in the folders of years, and examine it."""
    html = f'<html lang="zh"><head><meta charset="utf-8"><title>潮声网</title></head><body>{inner}</body></html>'
    listing = Listing(start=("/",), article=re.compile(r"^/\d{4}/"), explore=True)
    site = Site("chaosheng", "潮声网", HOST, ("news.chaosheng.example",), ZoneInfo("Asia/Shanghai"), listing=listing)
    article = process(page(HOST + path, html, role="post", site="chaosheng"), site)
    return examine(article, site), article


def test_an_address_like_those_of_articles_makes_no_article_of_what_is_none():
    game = f"<h1>猜词游戏</h1><p>2026-03-04</p><p>{TEXT}</p>" + '<input type="text">' * 40
    headlines = "".join(f'<p><a href="/2026/{number}.html">第{number}条消息的标题很长</a></p>' for number in range(9))
    picture = '<h1>渔港</h1><p>2026-03-04</p><a href="/2026/1001/">返回</a><img src="/a.jpg">'
    assert "fields" in examined(game, "/2026/words/")[0]
    assert "other articles" in examined(f"<div>{headlines}</div>", "/2026/weekly-review/")[0]
    assert "picture" in examined(picture, "/2026/1001/quay/")[0]
    assert "no date" in examined(UNDATED, "/2026/editors/")[0]


def test_in_doubt_a_page_at_an_address_of_articles_is_one():
    form = '<input name="q"><input name="name"><input name="mail"><textarea></textarea>' * 3
    tasks = "<ul>" + '<li><input type="checkbox" disabled> 已完成的事项</li>' * 30 + "</ul>"
    picture = '<h1>渔港</h1><p>2026-03-04</p><a href="/sea/">返回</a><img src="/a.jpg">'
    assert examined(ARTICLE + form, "/2026/1001.html")[0] is None
    assert examined(ARTICLE + tasks, "/2026/1001.html")[0] is None
    assert examined(f"{ARTICLE}<ul>{RELATED}</ul>", "/2026/1001.html")[0] is None
    assert examined(picture, "/2026/1001/quay/")[0] is None
    assert examined(UNDATED, "/2026/1001.html")[0] is None


CHAPTERS = "".join(f'<a href="/2026/1001/chapter/{number}/">{number}</a> ' for number in range(2, 5))


def test_pages_that_lie_below_the_first_with_a_number_are_those_of_one_article():
    _, first = examined(ARTICLE + CHAPTERS, "/2026/1001/")
    assert (first.part, first.next_page) == (None, f"{HOST}/2026/1001/chapter/2/")
    back = f'{CHAPTERS}<a href="/2026/1001/">1</a>'
    _, third = examined(ARTICLE + back, "/2026/1001/chapter/3/")
    assert (third.part, third.first_page) == (3, f"{HOST}/2026/1001/")
    assert third.next_page == f"{HOST}/2026/1001/chapter/4/"
    assert first.article_key in third.aliases


def test_a_number_below_an_address_that_is_no_article_or_that_nothing_links_to_is_no_page_of_it():
    _, alone = examined(ARTICLE + CHAPTERS, "/2026/1001/chapter/3/")
    assert alone.part is None
    _, other = examined(f'{ARTICLE}<a href="/sea/">1</a><a href="/sea/2/">2</a>', "/sea/3/")
    assert other.part is None
