"""Of all the dates on a page one judge chooses, and what it did not choose can be shown."""

from __future__ import annotations

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
