from functools import partial

import pytest
from support.pages import page

from newsarchive.demo import DemoSite
from newsarchive.drafting import draft
from newsarchive.drafting.draft import url_pattern
from newsarchive.errors import UserError
from newsarchive.extract import read
from newsarchive.sites import load_site

original = partial(page, role="original", site="")
TEXTS = [
    (
        "江湾渔港恢复通航 首批渔船出港",
        "2026-03-04 09:15",
        "江湾晚报",
        "停航两天的渔港清晨恢复通航，二十六艘渔船依次出港。",
    ),
    (
        "云溪市公布上年度决算 民生支出增长",
        "2026-03-03 18:02",
        "云溪日报",
        "财政局公布上一年度决算，民生支出比上年有所增长。",
    ),
    (
        "望湖书市周末开张 旧书最受欢迎",
        "2026-03-02 07:40",
        "望湖早报",
        "书市周末在湖边开张，两百多个摊位里旧书摊前人最多。",
    ),
]
MORE = "记者在现场看到，工作人员一早便开始忙碌，前来的市民排起了长队，秩序井然，气氛热烈。"


def example(number, title, when, source, text):
    body = f"""<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{title}_潮声</title></head><body>
    <div class="nav"><h1>潮声</h1><a href="/">首页</a></div>
    <div class="main-{number}234"><div class="article-head"><h1 class="headline">{title}</h1>
    <div class="meta"><span class="when">{when}</span><span class="from">来源：{source}</span></div></div>
    <div class="story" id="n{number}5678"><p>{text}</p><p>{MORE}{text}</p><p>{text}{MORE}</p></div></div>
    <div class="side"><p>推荐阅读：二手车市场回暖</p></div></body></html>"""
    return original(f"https://news.chaosheng.example/c/2026030{number}/{number}0017.html", body)


PAGES = [example(number, *values) for number, values in enumerate(TEXTS, 1)]


def test_every_field_is_found_and_sure():
    made = draft(PAGES)
    assert {sure.field: (sure.right, sure.known) for sure in made.sure} == {
        "title": (3, 3),
        "published": (3, 3),
        "body": (3, 3),
        "attribution": (3, 3),
    }


def test_the_plainest_selectors_are_chosen_and_none_that_names_one_page():
    made = draft(PAGES)
    assert {sure.field: sure.selector for sure in made.sure} == {
        "title": "h1.headline",
        "published": "span.when",
        "body": "div.story",
        "attribution": "span.from",
    }


def test_the_file_loads_and_reads_a_page_that_was_no_example(tmp_path):
    made = draft(PAGES[:2], "chaosheng")
    (tmp_path / "chaosheng.toml").write_text(made.toml, encoding="utf-8")
    site = load_site("chaosheng", tmp_path)
    article = read(PAGES[2], site)
    assert article.title == TEXTS[2][0]
    assert article.source == TEXTS[2][2]
    assert article.extractor.startswith("chaosheng/")


def test_the_site_is_named_by_its_host():
    assert draft(PAGES).name == "example"
    assert draft(PAGES, "chaosheng").name == "chaosheng"


@pytest.mark.parametrize(
    ("urls", "pattern"),
    [
        (["https://x/a/1.html", "https://x/a/22.html"], r"/a/\d+\.html"),
        (["https://x/a/one.html", "https://x/b/two.html"], r"/[^/?#]+/[^/?#]+\.html"),
        (["https://x/2026/03/NW1.html", "https://x/2025/12/NW9.html"], r"/\d+/\d+/NW\d+\.html"),
        (["https://x/a/b/1.html", "https://x/2.html"], r"/[^?#]*\d+\.html"),
    ],
)
def test_addresses_become_a_pattern(urls, pattern):
    assert url_pattern(urls) == pattern


def test_the_origin_of_the_sample_site_can_be_drafted():
    demo = DemoSite(articles=40)
    numbers = [n for n in demo.live if demo.planner.plan(n).shape == "plain"][:3] or list(demo.live)[:3]
    pages = []
    for number in numbers:
        url = f"https://origin.example/a/{demo.planner.digits(number)}.html"
        reply = demo.reply(url)
        pages.append(original(url, reply.body, content_type=reply.content_type))
    made = draft(pages)
    assert {sure.field for sure in made.sure if sure.selector} >= {"title", "published", "body"}


def test_pages_of_two_sites_are_refused():
    other = original("https://other.example/1.html", PAGES[0].body)
    with pytest.raises(UserError, match="must be of one web site"):
        draft([PAGES[0], other])


def test_pages_without_text_are_refused():
    urls = ("https://x.example/1", "https://x.example/2")
    empty = [original(url, "<html><body></body></html>") for url in urls]
    with pytest.raises(UserError, match="no text was found"):
        draft(empty)


def test_hostile_names_cannot_break_the_file(tmp_path):
    hostile = []
    for number, good in enumerate(PAGES):
        url = f'https://evil.example/"]{number}\n[x]/{number}.html'
        hostile.append(original(url, good.body.replace(b"story", b'a"]]')))
    made = draft(hostile, "evil")
    (tmp_path / "evil.toml").write_text(made.toml, encoding="utf-8")
    assert load_site("evil", tmp_path).hosts == ("evil.example",)


def test_the_site_is_called_as_its_titles_call_it_and_its_zone_is_that_of_its_language(tmp_path):
    assert 'title = "潮声"' in draft(PAGES).toml
    assert 'timezone = "Asia/Shanghai"' in draft(PAGES).toml


def test_channels_of_one_portal_are_one_site():
    channels = [
        original(page.url.replace("news.", f"{name}."), page.body)
        for name, page in zip(("news", "city", "book"), PAGES, strict=True)
    ]
    made = draft(channels)
    assert 'hosts = ["news.chaosheng.example", "city.chaosheng.example", "book.chaosheng.example"]' in made.toml
    assert made.name == draft(PAGES).name


@pytest.mark.parametrize("name", ["headline-3bY8Hw", "css-1x2y3z", "Title_title__Xy3Zk"])
def test_names_that_the_next_build_changes_are_never_chosen(name):
    built = [original(page.url, page.body.replace(b"headline", name.encode())) for page in PAGES]
    made = draft(built)
    assert name not in made.toml
    assert {sure.field: sure.right for sure in made.sure}["title"] == 3


def test_places_beside_each_other_are_no_selectors():
    plain = [
        original(
            page.url,
            page.body.replace(b'<span class="when">', b"<p>").replace(b'</span><span class="from">', b"</p><p>"),
        )
        for page in PAGES
    ]
    assert " + " not in draft(plain).toml
