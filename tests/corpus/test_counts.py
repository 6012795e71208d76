"""Counts of words, in all articles and by day or source."""

import sys

import pytest
from support.articles import article
from support.pages import AT, page

from newsarchive.corpus import segmentation
from newsarchive.corpus.counts import count_words
from newsarchive.errors import UserError


@pytest.fixture
def filled(archive):
    rows = [
        (1, "江湾晚报", "银行今天开会，银行明天开会。"),
        (2, "江湾晚报", "Banks re-open; 銀行开门。"),
        (3, "松桥日报", "渡轮复航。"),
    ]
    for number, source, text in rows:
        key = f"news.example/{number}.html"
        archive.store(
            article(
                page(f"https://{key}"), text, key=key, title="要闻", source=source, published_at=AT.replace(day=number)
            ),
            None,
            AT,
        )
    return archive.connection


def plain(counts):
    return [(one.group, one.word, one.number, one.articles) for one in counts]


def test_given_words_are_counted_as_a_search_finds_them(filled):
    assert plain(count_words(filled, only=["银行", "渡轮", "降准"])) == [
        (None, "银行", 3, 2),
        (None, "渡轮", 1, 1),
        (None, "降准", 0, 0),
    ]


def test_they_are_counted_by_day_and_by_source(filled):
    assert plain(count_words(filled, by="day", only=["银行"])) == [
        ("2026-03-01", "银行", 2, 1),
        ("2026-03-02", "银行", 1, 1),
        ("2026-03-03", "银行", 0, 0),
    ]
    assert plain(count_words(filled, "before:2026-03-03", by="source", only=["银行"])) == [("江湾晚报", "银行", 3, 2)]


def test_how_often_in_a_million_characters_counts_no_blanks(filled):
    (one,) = count_words(filled, "after:2026-03-03", only=["渡轮"])
    assert one.per_million == round(1e6 / 7, 1)


def test_all_words_are_counted_with_the_segmenter(filled):
    pytest.importorskip("rjieba")
    found = plain(count_words(filled, limit=3))
    assert found[0] == (None, "要闻", 3, 3)
    assert (None, "银行", 2, 1) in found
    words = {word for _, word, _, _ in plain(count_words(filled))}
    assert {"渡轮", "banks", "re-open"} <= words
    assert not {"，", "开", "。"} & words


def test_one_that_is_no_word_is_told(filled):
    with pytest.raises(UserError, match="no word that can be counted"):
        list(count_words(filled, only=["source:江湾晚报"]))


def test_without_the_segmenter_the_command_that_installs_it_is_told(filled, monkeypatch):
    monkeypatch.setitem(sys.modules, "rjieba", None)
    segmentation.segmenter.cache_clear()
    with pytest.raises(UserError, match=r"pip install 'newsarchive\[words\]'"):
        list(count_words(filled))
