from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.growth import grows_linearly

from newsarchive.search.folding import built_in_folding
from newsarchive.search.query import QueryError, parse
from newsarchive.search.snippets import (
    _CONTROL,
    LONGEST_TEXT,
    LONGEST_TITLE,
    ROOM,
    Highlighter,
    Marks,
)
from newsarchive.search.sql import words_of
from newsarchive.text import strip_invisible

FOLDING = built_in_folding()


def highlighter(query: str, marks: Marks | None = None) -> Highlighter:
    return Highlighter(words_of(parse(query, FOLDING)), FOLDING, marks or Marks("[", "]"))


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("降准", "央行降准，再降准", "央行[降准]，再[降准]"),
        ("台湾", "臺灣与台湾", "[臺灣]与[台湾]"),
        ("abc", "ＡＢＣ Abcd abc", "[ＡＢＣ] Abcd [abc]"),
        ("abc*", "Abcd abc", "[Abcd] [abc]"),
        ("5G手机", "5G 手机、5G手机、5G，手机", "[5G 手机]、[5G手机]、[5G，手机]"),
        ('"全面 降准"', "全面，降准", "[全面，降准]"),
        ("降准 -央行", "央行降准", "央行[降准]"),
        ("全面降准 OR 全面", "全面降准，全面", "[全面降准]，[全面]"),
        ("0.25", "0.25个", "[0.25]个"),
        ("cafe", "Café", "[Café]"),
        ("title:央行 降准", "央行降准", "[央行][降准]"),
        ("ETF", "500ETF、ETFs", "500[ETF]、ETFs"),
        ("15", "tPad15、150", "tPad[15]、150"),
        ("5g", "5G、5 G、15G", "[5G]、[5 G]、15G"),
        ("tPad*", "tPads、tPad15", "[tPads]、[tPad]15"),
        ("1234.56", "1,234.56元", "[1,234.56]元"),
        ("①", "①与②", "[①]与②"),
        ("复苏", "復甦", "[復甦]"),
    ],
)
def test_matches_are_marked_in_the_printed_text(query, text, marked):
    assert highlighter(query).title(text) == marked


def test_title_words_are_not_marked_in_the_body():
    assert highlighter("title:央行 降准").snippet("央行降准") == "央行[降准]"


def test_snippet_shows_several_places_that_begin_at_a_clause():
    text = "起首。" + "无关的话，" * 60 + "央行降准了。" + "别的事情，" * 60 + "再说降准。" + "完" * 200
    first, second, rest = highlighter("降准").snippet(text).removeprefix("… ").split(" …")
    assert first.startswith("无关的话，无关的话，央行[降准]了。别的事情，")
    assert second.startswith(" 别的事情，别的事情，再说[降准]。完")
    assert rest == ""


def test_snippet_without_a_match_in_the_text_is_its_beginning():
    assert highlighter("降准").snippet("别的。\n\n事情。") == "别的。 事情。"
    assert highlighter("source:财联社").snippet("字" * 500) == "字" * ROOM + " …"
    assert highlighter("降准").snippet(None, "") == ""


def test_digest_is_shown_when_only_it_matches():
    assert highlighter("降准").snippet("别的。", "央行降准") == "央行[降准]"


def test_marks_cannot_be_forged_by_the_text():
    text = "\x02假\x03降准\u202e<b>&amp;\x1b[31m"
    assert highlighter("降准", Marks()).snippet(text) == "假\x02降准\x03<b>&amp;[31m"


def test_long_titles_and_texts_are_cut():
    assert len(highlighter("降准").title("题" * 100_000)) == LONGEST_TITLE
    assert "[" not in highlighter("降准").snippet("字" * LONGEST_TEXT + "降准")


@pytest.mark.parametrize(("query", "piece"), [('"a b c d e f"', "a "), ("a*", "a"), ("国 " * 50, "国")])
def test_the_time_for_hostile_text_grows_with_its_size(query, piece):
    assert grows_linearly(lambda size: partial(highlighter(query).snippet, piece * size), 20_000)


@given(st.text(), st.text(max_size=20))
def test_snippet_holds_only_text_of_the_article(text, query):
    try:
        marked = highlighter(query, Marks("\x02", "\x03", "\x04"))
    except QueryError:
        return
    snippet = marked.snippet(text)
    kept = "".join(_CONTROL.sub("", strip_invisible(text)).split())
    for piece in snippet.replace("\x02", "").replace("\x03", "").split("\x04"):
        assert "".join(piece.split()) in kept
    assert len(snippet) < 3 * ROOM
