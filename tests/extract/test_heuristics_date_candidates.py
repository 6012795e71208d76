"""Of all the dates on a page one judge chooses, and what it did not choose can be shown."""

from __future__ import annotations

import re

import pytest
from support.unknown_pages import read_unknown

from newsarchive.extract.explain import explain
from newsarchive.extract.heuristics import not_taken

TITLE = "渡口明日起加开早班船"
TEXT = "".join(
    f"<p>{sentence}</p>"
    for sentence in (
        "摆渡所昨天说，早班船明日起加开两班，方便对岸的菜农赶早市。",
        "所长介绍，新船能坐六十人，票价不变，老人和学生照旧半价。",
        "家住北岸的老周说，从前要等半个钟头，往后走到码头就能上船。",
    )
)


def page(before: str = "", after: str = "", head: str = "") -> str:
    return (
        f"<html lang=zh><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1>{before}"
        f"<div class=content>{TEXT}</div>{after}</body></html>"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>推荐：<a href=/2>旧桥拆除</a> 2024-05-31 09:00:00</p><p>渡口报 2024-05-30 08:15</p>", ""),
        ("<div>相关文章最后发布于 2024-05-31 09:00:00</div><div>2024-05-30 08:15 渡口报</div>", ""),
        ("<div>2024-05-30 08:15</div><p>5月28日，老周在码头发表讲话。渡口报记者 林小满 摄</p>", ""),
        ("<div><time datetime='2024-05-30T08:15:00+08:00'>3 小时前</time></div>", ""),
        ("<div><span>2024</span><span>05/30</span><span>08:15</span></div>", ""),
        ("<div><i class=icon>event_note</i>2024/05/30 08:15</div>", ""),
        ("", "<p>渡口报 2024-05-30 08:15</p><h4>最新评论（2）</h4><p>发表于 2024-05-31 10:00</p>"),
        ("<div>更新于 2024-05-31 10:00</div><div>发布 2024-05-30 08:15</div>", ""),
        (
            "<div><time class=updated datetime='2024-05-31T10:00:00+08:00'>5月31日</time></div>"
            "<div><time datetime='2024-05-30T08:15:00+08:00'>5月30日</time></div>",
            "",
        ),
    ],
    ids=["recommended", "related", "caption", "element", "parts", "icon", "comments", "update", "updated element"],
)
def test_the_date_of_the_article_goes_before_that_of_something_else(before: str, after: str) -> None:
    article = read_unknown(page(before, after))
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2024-05-30T08:15:00+08:00"


def test_a_time_and_a_day_in_elements_of_their_own_are_read_apart() -> None:
    article = read_unknown(page("<div><span>May 30, 2024</span><span>8:15 AM</span></div>"))
    assert article.published_at is not None
    assert (article.published_at.isoformat(), article.precision) == ("2024-05-30T08:15:00+08:00", "minute")


def test_a_time_element_far_from_the_headline_is_that_of_another_article() -> None:
    others = "<ul>" + "<li><a href=/x>别的消息</a><time datetime='2024-05-31'></time></li>" * 3 + "</ul>"
    article = read_unknown(page("<div>2024-05-30 08:15</div>", others))
    assert article.evidence["published_at"] == "printed"


def test_what_was_not_taken_is_shown_with_its_rule() -> None:
    html = page("<div>2024-05-30 08:15</div>", head="<script>var pubTime = '2024-05-29 07:00'</script>")
    article = read_unknown(html, "https://ferry.example/2024/05/28/1.html")
    assert [(name, one.value.when.day, one.rule) for name, one in not_taken(article)] == [
        ("published_at", 28, "url"),
        ("published_at", 29, "script"),
    ]
    rows = [row for row in explain(article) if row.field == "not taken"]
    assert [row.value for row in rows] == [
        "published_at 2024-05-28T00:00:00+08:00",
        "published_at 2024-05-29T07:00:00+08:00",
    ]
    assert rows[0].evidence == "url: 2024/05/28"


@pytest.mark.parametrize(
    ("lang", "label"), [("fr", "Publié à Orléans"), ("de", "München"), ("ru", "Прочитать"), ("pt", "Em São João")]
)
def test_a_word_beside_the_date_is_no_source_outside_of_east_asia(lang: str, label: str) -> None:
    html = page(f"<div><span class=source-label>{label}</span> 2024-05-30 08:15</div>").replace(
        "lang=zh", f"lang={lang}"
    )
    assert read_unknown(html).source is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<div><span>30</span><span>2024年05月</span></div>", ""),
        ("<div>30</div><div>2024-05</div>", ""),
        ("<div><b>30</b> <b>May</b> <b>2024</b></div>", ""),
        ("<div><b>May</b><b>30</b><b>2024</b></div>", ""),
        ("<abbr class=published title='2024-05-30T08:15:00+08:00'>前几天</abbr>", ""),
        ("<span itemprop=datePublished content='2024-05-30'>五月</span>", ""),
        ("<span property='schema:datePublished' content='2024-05-30'>五月</span>", ""),
        ("<span data-datetime='2024-05-30 08:15'>五月</span>", ""),
        ("", "<p>远舟 写于 2024年5月30日</p><h3>评论</h3><p>发表于 2024年6月1日 10:00</p>"),
        ("", "<p>2024-05-30 08:15</p><h4>相关阅读</h4><p>旧桥拆除 2024-05-31</p>"),
        ("<ul class=related-list><li>旧桥拆除 发布于 2024-05-31 09:00</li></ul><p>2024-05-30</p>", ""),
        ("<p><a href=/2>旧桥拆除以后渡口的船一天要多跑四个来回才能把人送完</a> 2024-05-31</p><p>2024-05-30</p>", ""),
    ],
)
def test_the_day_of_the_article_is_found_in_pieces_attributes_and_beside_those_of_others(
    before: str, after: str
) -> None:
    article = read_unknown(page(before, after))
    assert article.published_at is not None
    assert article.published_at.date().isoformat() == "2024-05-30"


def test_an_address_and_a_script_go_before_an_unlabelled_date_behind_the_text() -> None:
    after = "<div><p>旧桥拆除</p><p>2024-04-11 09:00</p></div>"
    assert (
        str(read_unknown(page("", after), "https://ferry.example/2024/05/30/1.html").published_at)[:10] == "2024-05-30"
    )
    script = "<script>var pubTime = '2024-05-30 07:00'</script>"
    assert str(read_unknown(page("", after, script)).published_at)[:10] == "2024-05-30"
    assert str(read_unknown(page("", after)).published_at)[:10] == "2024-04-11"


def test_the_only_time_element_of_the_page_counts_wherever_it_stands_unless_it_stands_aside() -> None:
    filler = "".join(f"<p><a href=/{n}>第{n}条别的消息的标题</a></p>" for n in range(14))
    time = "<time datetime='2024-05-30T08:15:00+08:00'>前几天</time>"
    assert str(read_unknown(page("", f"{filler}<div>{time}</div>")).published_at)[:10] == "2024-05-30"
    assert read_unknown(page("", f"{filler}<aside>{time}</aside>")).published_at is None
    two = time + time.replace("05-30", "05-29")
    assert read_unknown(page("", f"{filler}<div>{two}</div>")).published_at is None


def test_a_headline_may_begin_with_the_date() -> None:
    html = page().replace(TITLE, f"30.05.2024 - {TITLE}")
    article = read_unknown(html)
    assert (str(article.published_at)[:10], article.evidence["published_at"]) == ("2024-05-30", "headline")


@pytest.mark.parametrize("printed", ["3小时前", "刚刚", "昨天 08:15"])
def test_a_page_that_was_saved_in_another_year_counts_nothing_from_the_day_of_fetching(printed: str) -> None:
    fresh = page(f"<p>{printed}</p>", "<p>版权所有 2001-2024 渡口报</p>")
    assert read_unknown(fresh).published_at is not None
    assert read_unknown(fresh.replace("2024", "2019")).published_at is None
    assert read_unknown(page(f"<p>{printed}</p>")).published_at is not None


def test_a_day_without_a_year_is_of_the_year_in_which_the_page_was_saved() -> None:
    html = page("<p>05-30 08:15</p>", "<p>版权所有 2001-2019 渡口报</p>")
    assert str(read_unknown(html).published_at)[:16] == "2019-05-30 08:15"


def test_a_moment_that_is_said_in_utc_is_told_by_the_clocks_of_the_printed_line() -> None:
    card = '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2024-05-30T02:25:54Z"}</script>'
    html = page("<p>May 29, 2024 | 9:25pm</p>", head=card).replace("lang=zh", "lang=en")
    html = html.replace(TITLE, "Early ferry").replace("摆渡所昨天说", "The council said ")
    article = read_unknown(re.sub("[\u3000-\uffff]", " ferry ", html))
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2024-05-29T21:25:54-05:00"


@pytest.mark.parametrize(
    ("url", "lang", "expected"),
    [
        ("https://ferry.example/1", "en", "2024-04-05T08:15:00+00:00"),
        ("https://ferry.co.uk/1", "en", "2024-05-04T08:15:00+01:00"),
        ("https://ferry.example/1", "en-GB", "2024-05-04T08:15:00+01:00"),
        ("https://ferry.co.nz/1", "en-US", "2024-05-04T08:15:00+12:00"),
        ("https://ferry.io/1", "en-US", "2024-04-05T08:15:00+00:00"),
        ("https://ferry.com.br/1", "pt", "2024-05-04T08:15:00-03:00"),
        ("https://ferry.example/1", "de-DE", "2024-05-04T08:15:00+02:00"),
    ],
)
def test_the_country_tells_the_order_of_day_and_month_and_the_zone(url: str, lang: str, expected: str) -> None:
    html = re.sub("[\u3000-\uffff]+", " ferry ", page("<p>04/05/2024 08:15</p>")).replace("lang=zh", f"lang={lang}")
    article = read_unknown(html, url)
    assert article.published_at is not None
    assert article.published_at.isoformat() == expected


def in_english(before: str = "", after: str = "", head: str = "") -> str:
    html = page(before, after, head).replace("lang=zh", "lang=en")
    return re.sub("[\u3000-\uffef]+", " The ferry runs twice before dawn, the council said. ", html)


@pytest.mark.parametrize(
    "before",
    [
        "<figcaption>The pier on May 1, 2019. Photo: Jon Pike</figcaption><div>May 30, 2024</div>",
        "<div>May 30, 2024</div><div class=comments><time datetime=2024-05-31>May 31</time></div>",
        "<div class=related><a href=/2>Bridge</a><time datetime=2023-05-31>May 31</time></div><p>May 30, 2024</p>",
        "<div>19.1.24, 10:00-11:30 Uhr</div><div>May 30, 2024</div>",
        "<div><i>schedule</i>30 May 2024 <i>person</i>Rosa Hallmark of the river desk</div>",
        "<p>30th May, 2024 8.15am</p>",
        "<p>Published: 30 May 2024Updated: 31 May 2024</p>",
    ],
)
def test_dates_of_pictures_comments_and_events_are_none_of_an_english_article(before: str) -> None:
    assert str(read_unknown(in_english(before)).published_at)[:10] == "2024-05-30"


@pytest.mark.parametrize(
    ("head", "rule"),
    [
        ("<meta property='article:modified_time' content='2024-05-30T08:15:00Z'>", "meta:article:modified_time"),
        ('{"@type":"NewsArticle","dateModified":"2024-05-30T08:15:00Z"}', "json-ld:dateModified"),
        ('{"@type":"NewsArticle","datePublished":1717028100}', "json-ld:datePublished"),
        ('{"@type":"NewsArticle","datePublished":"May 30, 2024"}', "json-ld:datePublished"),
    ],
)
def test_the_head_tells_the_day_in_any_form_and_the_change_where_nothing_else_is_told(head: str, rule: str) -> None:
    card = f'<script type="application/ld+json">{head}</script>' if head[0] == "{" else head
    article = read_unknown(in_english(head=card))
    assert (str(article.published_at)[:10], article.evidence["published_at"]) == ("2024-05-30", rule)


@pytest.mark.parametrize("path", ["2024/may/30/early-ferry", "news/30-05-2024/early-ferry", "2024/05/30/1"])
def test_an_address_may_name_the_month_or_begin_with_the_day(path: str) -> None:
    assert str(read_unknown(in_english(), f"https://ferry.example/{path}").published_at)[:10] == "2024-05-30"
