"""Headlines: the line of the page that agrees with the head, whatever the site adds to either."""

from __future__ import annotations

import pytest

from newsarchive.extract.heuristics.lines import read_lines
from newsarchive.extract.heuristics.metadata import read_head
from newsarchive.extract.heuristics.title import (
    find_headline,
    headline_before,
    only_heading,
    title_of_head,
)
from newsarchive.tree import parse

TITLE = "镇长：“桥修好了”——河湾镇的一天"


def parts(body: str, head: str):
    root = parse(f"<html><head>{head}</head><body>{body}</body></html>".encode())
    assert root is not None
    return read_lines(root), read_head(root)


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
    found = find_headline(flow, head)
    assert found is not None
    assert found.text == TITLE


def test_a_title_of_the_head_that_is_cut_short_gives_way_to_the_headline():
    flow, head = parts(f"<h1>{TITLE}</h1>", f"<title>{TITLE}_网</title><meta property='og:title' content='镇长：'>")
    found = find_headline(flow, head)
    assert found is not None
    assert found.text == TITLE


def test_words_of_buttons_behind_the_headline_are_cut_off():
    flow, head = parts(f"<h1>{TITLE}<i>播报文章</i></h1>", f"<title>{TITLE}_【河湾】</title>")
    found = find_headline(flow, head)
    assert found is not None
    assert found.text == TITLE


def test_a_label_before_the_headline_is_no_part_of_it():
    flow, head = parts(f"<h2 class='title'><b>原创</b>{TITLE}</h2>", f"<title>{TITLE}</title>")
    found = find_headline(flow, head)
    assert found is not None
    assert found.text == TITLE


def test_the_banner_of_the_site_is_not_the_headline():
    flow, head = parts(f"<h1>河湾新闻网</h1><div>{TITLE}</div>", f"<title>{TITLE}_河湾新闻网</title>")
    found = find_headline(flow, head)
    assert found is not None
    assert found.text == TITLE
    assert only_heading(*parts("<h1>今日河湾新闻网</h1>", "<title>本地 - 今日河湾新闻网</title>")) is None


def test_a_first_word_in_common_is_no_agreement():
    flow, head = parts("<h2>Bridge workers rest</h2>", "<title>Bridge opens after two years of work</title>")
    assert find_headline(flow, head) is None


def test_a_lone_h1_is_the_headline_where_the_head_says_nothing():
    found = only_heading(*parts(f"<h1>{TITLE}</h1>", "<title>-河湾</title>"))
    assert found is not None
    assert found.text == TITLE


def test_the_nearest_heading_before_the_text_is_the_last_resort_on_the_page():
    flow, _ = parts(f"<div class='title'>{TITLE}</div><p>2024</p><p>正文。</p>", "<title>河湾</title>")
    found = headline_before(flow, 2)
    assert found is not None
    assert found.text == TITLE


def test_the_heads_own_title_loses_its_suffix():
    _, head = parts("", f"<title>{TITLE}_本地_河湾网</title>")
    found = title_of_head(head)
    assert found is not None
    assert found.text == TITLE


def test_a_structured_headline_is_used():
    card = '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline": "桥修好了"}]}</script>'
    _, head = parts("", card)
    found = title_of_head(head)
    assert found is not None
    assert (found.text, found.evidence) == ("桥修好了", "json-ld")
