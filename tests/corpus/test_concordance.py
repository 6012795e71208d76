"""Concordances: every place, with what stands around it."""

import pytest
from support.articles import article
from support.pages import AT, page

from newsarchive.corpus.concordance import concordance
from newsarchive.errors import UserError


@pytest.fixture
def filled(archive):
    texts = {1: ("银行降息。各家银行跟进。", "渡轮停航。"), 2: ("江湾銀行开业。",), 3: ("渡轮复航。",)}
    for number, paragraphs in texts.items():
        key = f"news.example/{number}.html"
        published = AT.replace(day=number)
        archive.store(
            article(page(f"https://{key}"), *paragraphs, key=key, title=f"第{number}篇", published_at=published),
            None,
            AT,
        )
    return archive.connection


def placed(found):
    return [(line.left, line.match, line.right) for line in found.lines]


def test_every_place_is_a_line_also_in_another_spelling(filled):
    found = concordance(filled, "银行", sort="oldest")
    assert placed(found) == [
        ("", "银行", "降息。各家银行跟进。"),
        ("银行降息。各家", "银行", "跟进。"),
        ("江湾", "銀行", "开业。"),
    ]
    assert (found.places, found.articles) == (3, 2)


def test_what_is_around_a_word_is_bounded_and_stays_in_its_paragraph(filled):
    assert placed(concordance(filled, "停航", width=1)) == [("轮", "停航", "。")]
    assert placed(concordance(filled, "跟进")) == [("银行降息。各家银行", "跟进", "。")]


def test_headlines_count(filled):
    assert concordance(filled, "第2篇").places == 1


def test_lines_are_sorted_by_what_stands_beside_the_word(filled):
    assert [line.right for line in concordance(filled, "银行", sort="right").lines] == [
        "开业。",
        "跟进。",
        "降息。各家银行跟进。",
    ]
    assert [line.left for line in concordance(filled, "银行", sort="left").lines] == ["", "银行降息。各家", "江湾"]


def test_the_newest_come_first_and_a_limit_counts_them_all(filled):
    found = concordance(filled, "银行", limit=1)
    assert [line.article_key for line in found.lines] == ["news.example/2.html"]
    assert (found.places, found.articles) == (3, 2)


def test_conditions_narrow_and_words_left_out_are_no_lines(filled):
    assert concordance(filled, "银行 after:2026-03-02").places == 1
    assert concordance(filled, "银行 -渡轮").places == 1


def test_a_query_without_a_word_is_told(filled):
    with pytest.raises(UserError, match="no word"):
        concordance(filled, "after:2026-03-02")
