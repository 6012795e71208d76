"""Whatever a page or a reader writes: text stays text, a field stays that field, CSV stays CSV."""

import csv
import io
import sqlite3
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from newsarchive.browse.filters import (
    marked,
    moment,
    plain,
    shown,
    web_link,
)
from newsarchive.browse.search_form import SearchForm
from newsarchive.browse.security import SafeCsv
from newsarchive.search.folding import built_in_folding
from newsarchive.search.query import Filter, QueryError, all_of, parse, write_term
from newsarchive.spreadsheet import cell

# Texts as SQLite gives them: no surrogates; and often with what is special somewhere.
TEXTS = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("<>\"'&=+-@,\n\r\t\u202e\x00“”「」『』()*: ")))
FOLDING = built_in_folding()


def as_browser(markup):
    return html.fromstring(f"<div>{markup}</div>")


@given(TEXTS, st.integers(2, 400))
def test_shown_text_is_one_element_with_that_text(text, limit):
    (element,) = as_browser(shown(text, limit))
    assert element.tag == "bdi"
    assert len(element) == 0
    # A browser reads every end of line as one.
    assert (element.text or "").split() in (plain(text, limit).split(), ["(nothing", "visible)"])
    assert bool(element.text) == bool(text)
    assert len(plain(text, limit)) <= limit


@given(TEXTS)
def test_marked_text_holds_marks_and_nothing_else(text):
    assert {element.tag for element in as_browser(marked(text)).iterdescendants()} <= {"bdi", "mark"}


@given(st.one_of(TEXTS, TEXTS.map("https://".__add__), TEXTS.map("http://a/".__add__)))
def test_a_link_goes_to_the_web_or_is_none(url):
    for element in as_browser(web_link(url)).iterdescendants():
        assert element.tag in ("a", "bdi")
        assert element.get("href", "http://").lower().startswith(("http://", "https://"))
        assert set(element.keys()) <= {"class", "href", "rel", "lang"}


@given(TEXTS)
def test_a_time_is_a_time_or_text(text):
    assert {element.tag for element in as_browser(moment(text)).iterdescendants()} <= {"time", "bdi"}


@given(st.lists(st.lists(TEXTS.map(lambda text: text.replace("\r", "")), min_size=2, max_size=2)), st.integers(1, 50))
def test_streamed_csv_is_what_the_export_writes(table, size):
    stream = io.StringIO()
    csv.writer(stream).writerows(table)
    raw = stream.getvalue().encode()
    safe = SafeCsv()
    pieces = [safe.feed(raw[start : start + size]) for start in range(0, len(raw), size)]
    text = b"".join([*pieces, safe.feed(b"", is_last=True)]).decode()
    found = list(csv.reader(io.StringIO(text.replace("\x00", ""), newline="")))
    for line, expected in zip(found, table, strict=True):
        for value, original in zip(line, expected, strict=True):
            assert value in (cell(original), original)
            assert value == cell(original) or float(value) == float(original)


@given(TEXTS)
def test_a_field_of_a_facet_asks_for_exactly_its_value(value):
    query = write_term("source", value)
    if query is not None and value.strip():
        assert parse(query, FOLDING) == Filter("source", value.strip())


@given(st.dictionaries(st.sampled_from(["q", "order", "from", "to", "after", "x"]), TEXTS))
def test_any_arguments_make_a_search(arguments):
    form = SearchForm.of(arguments)
    assert form.order in ("newest", "oldest", "rank")
    assert sqlite3.connect(":memory:").execute("SELECT ?", (form.text,)).fetchone()
    assert SearchForm.of(form.arguments) == replace(form, after="")


@given(TEXTS, st.dates(date(1000, 1, 1), date(2999, 12, 30)), st.dates(date(1000, 1, 1), date(2999, 12, 30)))
def test_the_text_of_a_form_asks_for_its_query_and_its_days(query, first, last):
    form = SearchForm.of({"q": query, "from": first.isoformat(), "to": last.isoformat()})
    try:
        typed = parse(form.query, FOLDING)
    except QueryError:
        return
    assert parse(form.text, FOLDING) == all_of(typed, *form.days)
