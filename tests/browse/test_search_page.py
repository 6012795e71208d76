"""What the search page asks the archive for, and the narrower searches that it offers."""

from __future__ import annotations

import sqlite3

import pytest
from support.searching import add, ids, open_archive

from newsarchive.browse import search_page
from newsarchive.browse.search_form import SearchForm
from newsarchive.browse.search_page import FormSearch


@pytest.fixture
def connection(tmp_path):
    connection = open_archive(tmp_path / "archive.db")
    connection.execute("INSERT INTO sources (id, name) VALUES (1, '甲报'), (2, '乙 报')")
    connection.execute("INSERT INTO categories (id, site, slug, name) VALUES (1, 'demo', 'yaowen', '要闻')")
    for number, body in enumerate(("降准", "降准，加息", "加息", "银行"), start=1):
        day = f"2026-03-0{number}"
        add(
            connection, number, None, body, published_at=f"{day}T08:00:00+08:00", published_date=day,
            source_id=1 + number % 2, category_id=1,
        )  # fmt: skip
    connection.execute(
        "INSERT INTO mentions VALUES (1, '1', '600160', '巨化股份', 2), (2, '1', '600160', '巨化股份', 1)"
    )
    yield connection
    connection.close()


def found(connection, **arguments):
    return FormSearch(connection, SearchForm.of(arguments)).find()


def narrower(connection, facet, label, **arguments):
    """Follow the link of a facet; return the query behind it and the articles that it finds."""
    (line,) = [line for line in found(connection, **arguments).facets[facet] if line.label == label]
    if line.narrower is None:
        return None
    hits = FormSearch(connection, line.narrower).find().hits
    assert len(hits) == line.count
    return line.narrower.query, sorted(hit.article_id for hit in hits)


@pytest.mark.parametrize(
    "text", ["降准 OR 加息", "降准\tOR 加息", "。 OR 降准 OR 加息", "（降准 OR 加息）", "-(银行 OR 龘)"]
)
def test_a_facet_narrows_to_as_many_articles_as_it_counts(connection, text):
    assert narrower(connection, "Source", "甲报", q=text) is not None
    query, articles = narrower(connection, "Source", "乙 报", q=text)
    assert query.endswith(' source:"乙 报"')
    assert articles == [1, 3]
    assert narrower(connection, "Category", "要闻", q=text)[1] == [1, 2, 3]
    assert narrower(connection, "Security", "巨化股份 600160", q=text)[1] == [1, 2]


def test_a_part_without_words_does_not_let_a_facet_become_an_alternative(connection):
    assert narrower(connection, "Source", "甲报", q="降准 OR 。") == ("(降准 OR 。) source:甲报", [2])


def test_a_facet_that_the_query_has_is_no_link_and_one_that_it_only_resembles_is(connection):
    assert narrower(connection, "Source", "甲报", q="降准 source:甲报") is None
    assert narrower(connection, "Source", "甲报", q="降准 source:甲*") == ("降准 source:甲* source:甲报", [2])


def test_days_of_the_form_bound_what_is_found_and_counted(connection):
    result = found(connection, q="降准 OR 银行", **{"from": "2026-03-02", "to": "2026-03-04"})
    assert [hit.article_id for hit in result.hits] == [4, 2]
    assert (result.total, result.counted) == (2, 2)
    assert [line.label for line in result.facets["Day"]] == ["2026-03-04", "2026-03-02"]
    assert narrower(connection, "Day", "2026-03-02", q="降准 OR 银行") == ("降准 OR 银行", [2])
    assert result.form.text == "(降准 OR 银行) after:2026-03-02 before:2026-03-05"
    assert ids(connection, result.form.text) == [4, 2]


def test_without_words_every_article_is_shown_and_counted(connection, monkeypatch):
    result = found(connection)
    assert [hit.article_id for hit in result.hits] == [4, 3, 2, 1]
    assert (result.total, result.form.text) == (4, "")
    assert narrower(connection, "Source", "甲报") == ("source:甲报", [2, 4])
    monkeypatch.setattr(search_page, "MOST_COUNTED", 2)
    assert (found(connection).total, found(connection).counted) == (4, 2)


def test_an_error_names_the_place_in_what_was_typed(connection):
    result = found(connection, q="降准 (加息", **{"from": "2026-03-02"})
    assert result.error.startswith("a bracket is not closed (at character 4)")
    assert (result.hits, result.facets, result.total) == ([], {}, None)


def test_a_page_reads_the_spellings_of_the_index_once(connection):
    asked = []
    connection.set_trace_callback(asked.append)
    assert found(connection, q="降准 source:甲报", order="rank").facets
    connection.set_trace_callback(None)
    assert sum("FROM search_folding" in sql for sql in asked) == 1


def asked_for(connection, act):
    asked = []
    connection.set_trace_callback(asked.append)
    act()
    connection.set_trace_callback(None)
    return sum("FROM mentions" in sql for sql in asked)


def test_all_values_of_one_facet_are_counted_without_the_others(connection):
    form = SearchForm(query="降准")
    assert asked_for(connection, lambda: FormSearch(connection, form).values_of("Source", "")) == 0
    assert asked_for(connection, lambda: FormSearch(connection, form).values_of("Security", "")) == 1


def test_beside_a_chosen_value_only_its_own_facet_is_counted_again(connection):
    assert asked_for(connection, lambda: found(connection, q="降准 source:甲报")) == 1


def test_a_page_that_has_no_time_to_count_every_facet_shows_none(connection, monkeypatch):
    def counted_too_long(facets):
        raise sqlite3.OperationalError("interrupted")

    kinds = search_page.KINDS | {"Site": search_page.KINDS["Site"]._replace(values=counted_too_long)}
    monkeypatch.setattr(search_page, "KINDS", kinds)
    result = found(connection, q="降准")
    assert [hit.article_id for hit in result.hits] == [2, 1]
    assert (result.facets, result.longer, result.counted, result.total) == ({}, set(), 0, None)


@pytest.mark.parametrize(
    "text", ["source:乙* source:甲报", "source:甲报 source:乙*", "-source:甲报 source:(甲报 OR 乙*)"]
)
def test_the_page_of_a_facet_offers_what_the_search_page_offers(connection, text):
    form = SearchForm(query=text)
    lines, _ = FormSearch(connection, form).values_of("Source", "")
    assert lines
    assert lines == FormSearch(connection, form).find().facets["Source"]


@pytest.mark.parametrize(("order", "expected"), [("longest", [2, 4, 1, 3]), ("shortest", [3, 1, 4, 2])])
def test_hits_are_sorted_by_length_page_by_page(connection, monkeypatch, order, expected):
    connection.execute("UPDATE articles SET char_count = CASE id WHEN 2 THEN 900 WHEN 4 THEN 50 ELSE 7 END")
    connection.execute("UPDATE articles SET char_count = 8 WHERE id = 1")
    form, seen = SearchForm.of({"order": order}), []
    while True:
        result = FormSearch(connection, form).find(size=1)
        seen += [hit.article_id for hit in result.hits]
        if result.next_after is None:
            break
        form = SearchForm.of(form.arguments | {"after": result.next_after})
    assert seen == expected


@pytest.mark.parametrize("after", ["x~1", "1~x", "~1", "2026-03-01~1", "1" * 19 + "~1"])
def test_a_place_that_is_none_in_the_order_of_length_is_the_beginning(connection, after):
    assert len(found(connection, order="longest", after=after).hits) == 4
