"""Authors that no label of the text names: in the head, in elements made for them, behind a word such as by."""

from __future__ import annotations

import pytest
from support.unknown_pages import read_unknown

from newsarchive.extract.explain import explain

TEXT = "".join(
    f"<p>{sentence}</p>"
    for sentence in (
        "The ferry council said on Monday that two more boats will run before dawn, so that growers reach the market.",
        "The boats seat sixty, the fare stays the same, and pupils, students and the old go on paying half of it.",
        "Before, people on the north bank waited half an hour; from now on they walk to the pier and step aboard.",
    )
)


def authors(before: str = "", after: str = "", head: str = "") -> list[str]:
    html = (
        f"<html lang=en><head><title>Early ferry to run twice</title>{head}</head>"
        f"<body><h1>Early ferry to run twice</h1>{before}<div class=story>{TEXT}</div>{after}</body></html>"
    )
    return [byline.name for byline in read_unknown(html).bylines if byline.role == "author"]


@pytest.mark.parametrize(
    "before",
    [
        "<div class=byline>By <a rel=author href=/w/7>Rosa Hallmark</a></div>",
        "<span itemprop=author>Rosa Hallmark</span>",
        "<p class='article-author'>Rosa Hallmark</p>",
        "<div class=meta>Written by Rosa Hallmark | May 30, 2024</div>",
        "<div class=info>Ein Artikel von <b>Rosa Hallmark</b> · 30.05.2024</div>",
        "<div class=info>Par Rosa Hallmark, le 30 mai 2024</div>",
        "<div><a class='author-link' href=/w/7>Interview: Rosa Hallmark</a></div>",
    ],
)
def test_an_author_is_found_where_the_page_names_one(before: str) -> None:
    assert authors(before) == ["Rosa Hallmark"]


def test_several_authors_of_one_element_are_several() -> None:
    assert authors("<p class=byline>By Rosa Hallmark, Jon Pike and Mira Sorrel</p>") == [
        "Rosa Hallmark",
        "Jon Pike",
        "Mira Sorrel",
    ]


def test_a_pen_name_is_believed_of_an_element_that_is_marked_as_the_author() -> None:
    assert authors("<p>by <a rel=author href=/w>ferryfox</a></p>") == ["ferryfox"]
    assert authors("<p class=author>ferryfox</p>") == []


@pytest.mark.parametrize(
    ("kind", "name", "found"),
    [
        ("Person", "Андрей Речной", ["Андрей Речной"]),
        ("Person", "구현모", ["구현모"]),
        ("Organization", "Ferry Gazette Desk", ["Ferry Gazette Desk"]),
        ("Person", "Rosa Hallmark", ["Rosa Hallmark"]),
        ("Person", "admin", []),
    ],
)
def test_a_person_of_the_structured_data_may_be_called_in_any_script(kind: str, name: str, found: list[str]) -> None:
    card = f'{{"@type":"NewsArticle","author":{{"@type":"{kind}","name":"{name}"}}}}'
    assert authors(head=f"<script type='application/ld+json'>{card}</script>") == found


@pytest.mark.parametrize(
    "other",
    [
        "<div class=related><p>Old bridge falls</p><p class=author>Jon Pike</p></div>" * 6,
        "<div class=comments><p class=comment-author>Jon Pike</p><p>Good news.</p></div>",
    ],
)
def test_the_authors_of_other_texts_are_none_of_this(other: str) -> None:
    assert authors("<p class=author>Rosa Hallmark</p>", f"{'<p>More from the river</p>' * 14}{other}") == [
        "Rosa Hallmark"
    ]
    assert authors("", f"{'<p><a href=/x>More from the river, and on and on</a></p>' * 14}{other}") == []


def test_authors_that_were_not_taken_are_shown() -> None:
    html = (
        "<html lang=en><head><title>Early ferry to run twice</title><meta name=author content='Jon Pike'></head><body>"
        f"<h1>Early ferry to run twice</h1><p class=author>Rosa Hallmark</p><div>{TEXT}</div></body></html>"
    )
    rows = [row for row in explain(read_unknown(html)) if row.field == "not taken"]
    assert [(row.value, row.evidence) for row in rows] == [
        ("author Rosa Hallmark", "element named author: Rosa Hallmark")
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<div>May 30, 2024 | Rosa Hallmark</div>", ""),
        ("<div>Rosa Hallmark, 30.05.2024</div>", ""),
        ("<div>Rosa Hallmark</div><div>May 30, 2024</div>", ""),
        ("<div>May 30, 2024</div><div><a href=/people/rosa-hallmark>Rosa Hallmark</a></div>", ""),
        ("<div>Author</div><div>Rosa Hallmark</div>", ""),
        ("<div>By</div><div>Rosa Hallmark</div>", ""),
        ("<div>Posted by Rosa Hallmark on May 30, 2024</div>", ""),
        ("<div>Ein Beitrag von Rosa Hallmark</div>", ""),
        ("", "<div>About the author: Rosa Hallmark</div>"),
        ("", "<div><h3>About the author</h3><p>Rosa Hallmark is a reporter at the ferry.</p></div>"),
    ],
)
def test_an_author_is_found_who_stands_there_without_a_word_such_as_by(before: str, after: str) -> None:
    assert authors(before, after) == ["Rosa Hallmark"]


@pytest.mark.parametrize(
    "line",
    [
        "<div>May 30, 2024 | Breaking News</div>",
        "<div>May 30, 2024</div><div><a href=/topics/river>River Banks</a></div>",
        "<div>May 30, 2024 | Rosa Hallmark | Jon Pike</div>",
        "<div>May 30, 2024</div><h3>Jon Pike</h3>",
    ],
)
def test_what_else_stands_beside_a_date_is_no_author(line: str) -> None:
    assert authors(line) == []


def test_a_line_names_the_other_authors_of_whom_the_head_has_one() -> None:
    head = "<meta name=author content='Rosa Hallmark'>"
    assert authors("<div>By Rosa Hallmark, Jon Pike</div>", head=head) == ["Rosa Hallmark", "Jon Pike"]
    assert authors("<div>By Rosa Hallmark and Jon Pike of the Gazette</div>") == ["Rosa Hallmark", "Jon Pike"]


@pytest.mark.parametrize(("printed", "found"), [("<p><span>liuxi</span> 2024-05-30</p>", ["liuxi"]), ("", [])])
def test_a_handle_signs_a_chinese_page_that_prints_it_as_its_card_does(printed: str, found: list[str]) -> None:
    card = '{"@type":"Article","author":{"@type":"Person","name":"liuxi"}}'
    text = "<p>河湾镇的石桥昨天通车，镇上的人在桥头等了一个上午，孩子们跑在最前面。</p>" * 3
    article = read_unknown(
        f"<html lang=zh><title>河湾镇的石桥修好了</title><script type='application/ld+json'>{card}</script>"
        f"<body><h1>河湾镇的石桥修好了</h1>{printed}<div>{text}</div></body></html>"
    )
    assert [byline.name for byline in article.bylines if byline.role == "author"] == found


@pytest.mark.parametrize(
    "mark",
    [
        "<div class='author vcard'><a rel=author href=/author/tern/ title='All posts by tern'>tern</a></div>",
        "<span class='vcard author'><span class=fn>tern</span></span>",
        "<p>by <a rel=author href=/w>tern</a></p>",
    ],
)
@pytest.mark.parametrize(
    "links",
    [
        "<ul><li><a href=/2>How to moor. Part 2 by Ross Benn</a></li><li><a href=/3>Part 3 by Erin Catt</a></li></ul>",
        "<p><a href=/2>By Ross Benn</a></p><p><a href=/3>By Erin Catt</a></p>",
        "<ul><li><a href=/2><b>By Ross Benn</b></a></li></ul>",
    ],
)
def test_a_link_to_another_article_names_no_author_of_this_one(mark: str, links: str) -> None:
    html = (
        "<html lang=en><head><title>How to moor</title></head><body><article><header><h1>How to moor a boat, by ferry"
        f"</h1>{mark}</header><div class=entry-content>{TEXT}{links}</div></article></body></html>"
    )
    assert [byline.name for byline in read_unknown(html).bylines] == ["tern"]


@pytest.mark.parametrize(
    "link", ["<a href=/author/7>By Rosa Hallmark</a>", "<a rel=author href=/7>By Rosa Hallmark</a>"]
)
def test_a_link_to_the_page_of_an_author_names_the_author(link: str) -> None:
    assert authors(after=f"<p>{link}</p>") == ["Rosa Hallmark"]


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("<p>Part 2: <a href=/2>The skiff by Ross Benn</a></p>", []),
        ("<p>30 May 2024 by Ross Benn</p>", ["Ross Benn"]),
        ("<p>Posted May 30 by Ross Benn</p>", ["Ross Benn"]),
        ("<p>Samstag, 30. März, von Ross Benn</p>", ["Ross Benn"]),
    ],
)
def test_a_name_behind_a_number_is_the_authors_where_the_number_is_a_date(before: str, found: list[str]) -> None:
    assert authors(before) == found
