from __future__ import annotations

from datetime import datetime

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.search.fields import FIELDS, read_moment
from newsarchive.search.folding import built_in_folding
from newsarchive.search.query import (
    DEEPEST,
    EVERYTHING,
    LONGEST,
    MOST_TERMS,
    And,
    Filter,
    Not,
    Or,
    QueryError,
    Words,
    all_of,
    narrow,
    parse,
    write_term,
)

FOLDING = built_in_folding()
WORDS = "降准 国 A股 5G inflat* \" “ ” 「 」 ( ) （ ） - AND OR NOT * ： : ， 2022-03 x'; DROP TABLE"
PIECES = [*WORDS.split(), *(f"{name}:" for name in FIELDS)]
SYNTAX = st.lists(st.sampled_from([*PIECES, " ", " ", "\0"]), max_size=25).map("".join)


def shape(text: str) -> object:
    """Write a tree as nested tuples."""

    def show(query):
        match query:
            case Words():
                return f"title:{query.text}" if query.in_title else query.text
            case Filter():
                return f"{query.field}:{query.value}{'*' if query.prefix else ''}"
            case Not():
                return ("not", show(query.part))
            case And() | Or():
                return (type(query).__name__.lower(), *map(show, query.parts))

    return show(parse(text, FOLDING))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("降准", "降准"),
        ("降准 银行", ("and", "降准", "银行")),
        ("降准　银行", ("and", "降准", "银行")),
        ("降准 AND 银行", ("and", "降准", "银行")),
        ("降准 OR 加息 银行", ("or", "降准", ("and", "加息", "银行"))),
        ("(降准 OR 加息) 银行", ("and", ("or", "降准", "加息"), "银行")),
        ("（降准 OR 加息）银行", ("and", ("or", "降准", "加息"), "银行")),
        ("降准 -美联储", ("and", "降准", ("not", "美联储"))),
        ("降准 NOT 美联储", ("and", "降准", ("not", "美联储"))),
        ("NOT NOT 降准", "降准"),
        ('"全面 降准"', "全面 降准"),
        ("央行“降准”落地", ("and", "央行", "降准", "落地")),
        ('title:"全面 降准"', "title:全面 降准"),
        ("title:(降准 OR 加息)", ("or", "title:降准", "title:加息")),
        ("source：财联社", "source:财联社"),
        ("Source:(财联社 OR 证券*)", ("or", "source:财联社", "source:证券*")),
        ("-source:财联社", ("not", "source:财联社")),
        ("after:2022年3月 before:20220501", ("and", "after:2022-03", "before:2022-05-01")),
        (
            "央行：降准 GDP：增长 10:30 http://x.example/",
            ("and", "央行：降准", "GDP：增长", "10:30", "http://x.example/"),
        ),
        ("and or not", ("and", "and", "or", "not")),
        ("降准 () 。", "降准"),
        ("降准 -(美联储 OR 加息)", ("and", "降准", ("not", ("or", "美联储", "加息")))),
        ("－（美联储 加息）", ("not", ("and", "美联储", "加息"))),
        ('降准 -"全面 降准"', ("and", "降准", ("not", "全面 降准"))),
        ("-title:(降准 OR 加息)", ("not", ("or", "title:降准", "title:加息"))),
        ("(降准 银行) (加息 美联储)", ("and", "降准", "银行", "加息", "美联储")),
        ('key:"NW202203032294703888"', "key:NW202203032294703888"),
    ],
)
def test_query_is_understood(text, expected):
    assert shape(text) == expected


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("()", 0, "nothing to search for"),
        ("！？", 0, "nothing to search for"),
        ('降准 "全面', 3, "quotation mark is not closed"),
        ("(降准", 0, "bracket is not closed"),
        ("降准)", 2, "closed that was not opened"),
        ("降准 AND", 3, "AND has nothing after it"),
        ("OR 降准", 0, "OR has nothing before it"),
        ("降准 OR OR 加息", 3, "OR has nothing after it"),
        ("降准 NOT", 3, "NOT has nothing after it"),
        ("sorce:财联社", 0, "write source: instead"),
        ("降准 foo:bar", 3, "the fields are title, source, category"),
        ("date:2022-03-01", 0, "write after: instead"),
        ("降准 -Publisher:财联社", 4, "write source: instead"),
        ("stories:12", 0, "write story: instead"),
        ("降准 source: 财联社", 3, "source: has no value"),
        ('source:""', 7, "source: has no value"),
        ("after:gestern", 6, "write a day, month or year"),
        ("after:2022-02-30", 6, "'2022-02-30' is no value"),
        ("story:first", 6, "write the story's number"),
        ("lang:z*", 5, "takes no *"),
        ("中" * (LONGEST + 1), LONGEST, "longer than"),
        ("(" * 40 + "中" + ")" * 40, DEEPEST, "inside each other"),
        ("中 " * (MOST_TERMS + 1), 2 * MOST_TERMS, "search for fewer"),
    ],
)
def test_error_says_what_is_wrong_and_where(text, position, says):
    with pytest.raises(QueryError) as error:
        parse(text, FOLDING)
    assert error.value.position == position
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@given(st.one_of(st.text(), SYNTAX))
def test_any_text_is_a_query_or_an_error_for_people(text):
    problem = None
    try:
        parse(text, FOLDING)
    except QueryError as error:
        problem = error
    assert problem is None or (problem.advice and 0 <= problem.position <= len(text))


@pytest.mark.parametrize("text", ["", "  ", "\n\u3000"])
def test_an_empty_query_asks_for_everything(text):
    assert parse(text, FOLDING) == EVERYTHING
    assert all_of(EVERYTHING, Filter("lang", "zh")) == Filter("lang", "zh")
    assert all_of(EVERYTHING, EVERYTHING) == EVERYTHING


@pytest.mark.parametrize("name", FIELDS)
def test_the_example_of_every_field_asks_for_that_field(name):
    query = parse(FIELDS[name].example, FOLDING)
    assert query.in_title if name == "title" else query.field == name
    assert FIELDS[name].meaning


@pytest.mark.parametrize(
    ("text", "narrower"),
    [
        ("", "source:甲"),
        ("降准 银行", "降准 银行 source:甲"),
        ("降准 OR 银行", "(降准 OR 银行) source:甲"),
        ("降准 OR\t银行", "(降准 OR\t银行) source:甲"),
        ("降准 OR 。", "(降准 OR 。) source:甲"),
        ("-source:甲", "-source:甲 source:甲"),
        ("source:甲乙", "source:甲乙 source:甲"),
        ("source:甲", None),
        ("降" * (LONGEST - 9), "降" * (LONGEST - 9) + " source:甲"),
        ("降" * (LONGEST - 8), None),
        ("降准 source:(甲)", None),
    ],
)
def test_a_query_is_narrowed_unless_it_is_as_narrow_already(text, narrower):
    assert narrow(text, parse(text, FOLDING), Filter("source", "甲")) == narrower


@given(st.one_of(st.text(max_size=40), SYNTAX), st.text(min_size=1, max_size=20))
def test_a_narrowed_query_asks_for_all_of_the_query_and_the_condition(text, value):
    try:
        query = parse(text, FOLDING)
    except QueryError:
        return
    condition = Filter("source", value.strip() or "甲")
    narrower = narrow(text, query, condition)
    if narrower is None:
        assert write_term("source", condition.value) is None or condition in (query, *getattr(query, "parts", ()))
    else:
        assert parse(narrower, FOLDING) == all_of(query, condition)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022", "2022"),
        ("2022年", "2022"),
        ("2022-3", "2022-03"),
        ("2022年3月1日", "2022-03-01"),
        ("２０２２／３／１", "2022-03-01"),
        ("20220301", "2022-03-01"),
        ("2022-13", None),
        ("2022-02-30", None),
        ("03-01", None),
        ("", None),
    ],
)
def test_moments_are_read(text, moment):
    assert read_moment(text) == moment


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("today", relativedelta()),
        ("今天", relativedelta()),
        ("Yesterday", relativedelta(days=1)),
        ("昨日", relativedelta(days=1)),
        ("前天", relativedelta(days=2)),
        ("大前天", relativedelta(days=3)),
        ("7d", relativedelta(days=7)),
        ("７天", relativedelta(days=7)),
        ("7 天前", relativedelta(days=7)),
        ("3日前", relativedelta(days=3)),
        ("2w", relativedelta(weeks=2)),
        ("2周", relativedelta(weeks=2)),
        ("3m", relativedelta(months=3)),
        ("3个月", relativedelta(months=3)),
        ("3月前", relativedelta(months=3)),
        ("1y", relativedelta(years=1)),
        ("1年前", relativedelta(years=1)),
    ],
)
def test_moments_are_counted_back_from_today(text, back):
    before = datetime.now().astimezone().date()
    moment = read_moment(text)
    after = datetime.now().astimezone().date()
    assert moment in ((before - back).isoformat(), (after - back).isoformat())


@pytest.mark.parametrize("text", ["3月", "3日", "3年", "9999y", "d", "7", "-7d", "7 days", "明天"])
def test_what_is_not_surely_counted_back_is_no_moment(text):
    assert read_moment(text) is None
