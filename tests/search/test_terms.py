"""The conditions in the text of a query: found where they hold for everything, changed without touching the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.search.folding import built_in_folding
from newsarchive.search.query import EVERYTHING, QueryError, parse, write_term
from newsarchive.search.securities import read_code
from newsarchive.search.terms import Term, terms, with_values, without

FOLDING = built_in_folding()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("降准 source:甲报", [("source", ("甲报",), False)]),
        ('降准 source:"乙 报" code:600160', [("source", ("乙 报",), False), ("code", ("600160",), False)]),
        ("source:(甲报 OR 乙报 OR 丙报) 降准", [("source", ("甲报", "乙报", "丙报"), False)]),
        ("降准 -source:甲报", [("source", ("甲报",), True)]),
        ("降准 NOT source:甲报", [("source", ("甲报",), True)]),
        ("(降准 OR 加息) source:甲报", [("source", ("甲报",), False)]),
        ("降准 OR source:甲报", []),
        ("(降准 source:甲报)", []),
        ("source:(甲报 乙报)", []),
        ("source:(甲报 OR 乙报", []),
        ('source:"甲报', []),
        ("降准", []),
    ],
)
def test_conditions_are_found_where_they_hold_for_all_that_a_query_finds(text, expected):
    assert [(term.field, term.values, term.is_excluded) for term in terms(text)] == expected


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("降准 source:甲报 银行", "降准 银行"),
        ("source:(甲报 OR 乙报) 降准", "降准"),
        ("降准 -source:甲报", "降准"),
        ("降准 NOT source:甲报 银行", "降准 银行"),
        ("降准 AND source:甲报", "降准"),
        ("source:甲报 AND 降准", "降准"),
        ("降准 AND NOT source:甲报", "降准"),
        ("source:甲报", ""),
    ],
)
def test_a_condition_is_taken_out_with_what_joins_it(text, rest):
    (term,) = terms(text)
    assert without(text, term) == rest
    assert with_values(text, term, []) == rest


def test_values_are_added_to_a_condition_and_taken_from_it():
    text = "降准 source:甲报 银行"
    (term,) = terms(text)
    both = with_values(text, term, ["甲报", "乙 报"])
    assert both == '降准 source:(甲报 OR "乙 报") 银行'
    (term,) = terms(both)
    assert with_values(both, term, ["乙 报"]) == '降准 source:"乙 报" 银行'


def test_a_value_that_no_query_can_hold_is_not_added():
    (term,) = terms("source:甲报")
    assert with_values("source:甲报", term, ["甲报", 'a" 」』']) is None
    assert with_values("source:甲报", term, ["长" * 200] * 6) is None


@given(
    st.lists(
        st.sampled_from(["降准", "source:甲", '-code:"1 2"', "AND", "NOT", "site:(a OR b)", "(x OR y)"]), max_size=6
    )
)
def test_what_is_left_can_be_read_where_the_whole_could(parts):
    text = " ".join(parts)
    try:
        parse(text, FOLDING)
    except QueryError:
        return
    for term in terms(text):
        rest = without(text, term)
        assert len(rest) < len(text)
        assert parse(rest, FOLDING) is not None
        assert parse(rest, FOLDING) == EVERYTHING or rest


@given(st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=4, unique=True))
def test_values_that_were_written_are_read_again(values):
    term = Term("source", ("x",), False, 0, 8)
    text = with_values("source:x", term, values)
    if text is None:
        assert any(write_term("source", value) is None for value in values)
        return
    (found,) = terms(text)
    assert found.values == tuple(values)


@pytest.mark.parametrize("text", ["600160", "SH600160", "sh600160", "600160.SH", "1.600160", "６００１６０", " 600160"])
def test_a_code_is_read_without_its_market(text):
    assert read_code(text) == "600160"


@pytest.mark.parametrize("text", ["", "银行", "600160 银行", "6.6.6", "A-B"])
def test_what_is_no_code_is_none(text):
    assert read_code(text) is None
