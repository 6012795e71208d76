"""Trees are made in linear time whatever the page is, and no text is lost on the way."""

from __future__ import annotations

import time

import pytest

from newsarchive.tree import TEXT, ancestors, body_of, children, descendants, parse, select, text_in
from newsarchive.tree_bounds import within_bounds

WORD = "渡口今晨开航"
SIZE = 400_000
BOMBS = {
    "nested blocks": "<div>" * (SIZE // 5),
    "blocks in blocks, ended": "<div>" * (SIZE // 11) + "</div>" * (SIZE // 11),
    "ends without beginnings": "<div>" * (SIZE // 10) + "</p>" * (SIZE // 8),
    "formatting that differs": "<p>" + "".join(f"<b a{n}>" for n in range(SIZE // 20)) + "</p><p>x" * (SIZE // 16),
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(SIZE // 8)) + ">",
    "attributes behind a sign": "<p a='>' " + " ".join(f"a{n}" for n in range(SIZE // 8)) + ">",
    "attributes of the page": "".join(f"<html a{n}=1>" for n in range(SIZE // 14)),
    "links in links": "<a href=x><div>" * (SIZE // 15),
    "selected options": "<select><selectedcontent></selectedcontent>" + "<option selected>x" * (SIZE // 18),
    "tags without an end": "<p <" * (SIZE // 4),
    "comments without an end": "<!--" * (SIZE // 4) + "-->",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_page_made_to_exhaust_the_parser_is_parsed_all_the_same(bomb: str) -> None:
    began = time.process_time()
    root = parse(f"<body><p>{WORD}</p>{BOMBS[bomb]}")
    assert root is not None
    nodes = sum(1 for _ in descendants(root))
    assert WORD in text_in(root)
    # Untamed they take from ten seconds to hours, or gigabytes.
    assert time.process_time() - began < 5
    assert nodes < SIZE


def test_what_stands_too_deep_keeps_its_text() -> None:
    page = "<body>" + "<div>甲" * 20_000 + WORD + "</div>" * 20_000 + "<p>乙</p>"
    root = parse(page)
    assert root is not None
    text = text_in(root)
    assert (text.count("甲"), WORD in text, text[-1]) == (20_000, True, "乙")
    assert max(sum(1 for _ in ancestors(node)) for node in descendants(root)) < 300


def test_a_long_page_that_is_tamed_keeps_its_elements_apart() -> None:
    rows = "".join(
        f"<li class=x><a href='/{n}'>条目{n}</a><script>if (a < b) '<p>'</script><!-- <li> -->" for n in range(3000)
    )
    table = "".join(f"<tr><td>{n}<td><b>数</b>" for n in range(3000))
    page = f"<!DOCTYPE html><title>长 < 表</title><ul>{rows}</ul><p>末<br>段<table>{table}</table>"
    assert within_bounds(page.encode()) != page.encode()
    root = parse(page)
    assert root is not None
    assert (len(select("ul > li.x > a", root)), len(select("tr > td", root)), len(select("li", root))) == (
        3000,
        6000,
        3000,
    )
    (title,) = select("title", root)
    assert text_in(title) == "长 < 表"
    assert [text_in(p) for p in select("p", root)] == ["末段"]


def test_an_ordinary_page_is_left_as_it_is() -> None:
    page = ("<div class='a b' data-x=1><p><b>甲</b>乙<a href=/x>丙</a><br></p></div>" * 1000).encode()
    assert within_bounds(page) is page


def test_a_tree_is_that_of_a_browser() -> None:
    root = parse(
        "<title>题</title><p>甲<div hidden>乙<!-- 丙 --><?x y?><template>丁</template></div><noscript><p>戊</noscript>"
    )
    assert root is not None
    body = body_of(root)
    assert [child.tag for child in children(body)] == ["p", "div", "noscript"]
    assert [node.text_content for node in descendants(body) if node.tag == TEXT] == ["甲", "乙", "<p>戊"]
    assert [outer.tag for outer in ancestors(select("div", root)[0])] == ["body", "html", "-document"]
    (div,) = select("div", root)
    assert div.attributes == {"hidden": None}


def test_a_page_of_frames_is_its_own_body() -> None:
    root = parse("<frameset><frame src=a.html></frameset>")
    assert root is not None
    assert body_of(root).tag == "html"
