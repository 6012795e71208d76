"""The query language at its boundaries: what binds what, what is text, and every word of its errors."""

from __future__ import annotations

import pytest

from newsarchive.search.fields import FIELDS
from newsarchive.search.folding import built_in_folding
from newsarchive.search.query import (
    DEEPEST,
    LONGEST,
    MOST_TERMS,
    And,
    Filter,
    Not,
    Or,
    QueryError,
    Words,
    parse,
)
from newsarchive.search.tokens import phrase

FOLDING = built_in_folding()


def shape(text: str) -> object:
    """Write a tree as nested tuples."""

    def show(query: object) -> object:
        match query:
            case Words():
                plain, starred = (phrase(query.text, FOLDING, prefix=prefix) for prefix in (False, True))
                assert query.phrase in (plain, starred)
                is_prefix = query.phrase != plain
                return ("title:" if query.in_title else "") + query.text + ("*" if is_prefix else "")
            case Filter():
                assert query.field != "title"  # which is searched as text
                return f"{query.field}:{query.value}{'*' if query.prefix else ''}"
            case Not():
                return ("not", show(query.part))
            case And() | Or():
                return (type(query).__name__.lower(), *map(show, query.parts))

    return show(parse(text, FOLDING))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A minus belongs to what stands right behind it: a word, a field, a group, a quotation.
        ("-(降准 OR 加息)", ("not", ("or", "降准", "加息"))),
        ("银行 -(降准 OR 加息)", ("and", "银行", ("not", ("or", "降准", "加息")))),
        ("银行 －（降准 加息）", ("and", "银行", ("not", ("and", "降准", "加息")))),
        ('银行 -"全面 降准"', ("and", "银行", ("not", "全面 降准"))),
        ("银行 -「全面 降准」 保险", ("and", "银行", ("not", "全面 降准"), "保险")),
        ("-source:(财联社 OR 证券*)", ("not", ("or", "source:财联社", "source:证券*"))),
        ("-title:降准", ("not", "title:降准")),
        ("－降准", ("not", "降准")),
        ("-ab", ("not", "ab")),
        ("-国", ("not", "国")),
        ("NOT (降准 加息)", ("not", ("and", "降准", "加息"))),
        ("NOT -降准", "降准"),
        ("-(NOT 降准)", "降准"),
        # Alone, inside a word or twice it is punctuation.
        ("降准 - 加息", ("and", "降准", "加息")),
        ("降准 -", "降准"),
        ("A-share", "A-share"),
        ("--降准", ("not", "-降准")),
        # AND binds before OR, and what stands side by side is AND.
        ("降准 AND 加息 OR 银行 AND 保险", ("or", ("and", "降准", "加息"), ("and", "银行", "保险"))),
        ("降准 OR 加息 OR 银行", ("or", "降准", "加息", "银行")),
        ("((降准))", "降准"),
        ("(降准)(加息)", ("and", "降准", "加息")),
        ("() 降准 OR ()", "降准"),
        # A field is for what stands right behind it; a group hands it on, also through a minus.
        ("title:(降准 -加息 NOT 银行)", ("and", "title:降准", ("not", "title:加息"), ("not", "title:银行"))),
        ("title:降准 加息", ("and", "title:降准", "加息")),
        ("title:(source:财联社 降准)", ("and", "source:财联社", "title:降准")),
        ("TITLE：降准", "title:降准"),
        ("title:ab*", "title:ab*"),
        ('source:" 财联社 "', "source:财联社"),
        ("lang:zh", "lang:zh"),
        ("story:123456789012345678", "story:123456789012345678"),
        ("after:2022 before:2022-03-01", ("and", "after:2022", "before:2022-03-01")),
        # A star at the end of a word stands for what may follow; alone or quoted it is punctuation.
        ("inflat*", "inflat*"),
        ("ab *", "ab"),
        ("source:*", "source:*"),
        ('"inflat*"', "inflat*"),
        ("inf*lat", "inf*lat"),
        # Quotation marks of one kind close each other, those of another are text.
        ("“全面 降准”", "全面 降准"),
        ('"" 降准', "降准"),
        ('"全面"降准', ("and", "全面", "降准")),
        ('„full cut"', "full cut"),
        ("＂全面 降准“", "全面 降准"),
        ("『全面「降准』", "全面「降准"),
        ("降准」加息", "降准」加息"),
        ("』降准", "』降准"),
        ('降准"加息"', ("and", "降准", "加息")),
        # What looks like a field or an operator, and is text.
        ("10:30", "10:30"),
        ("http://x.example/", "http://x.example/"),
        ("Or and Not", ("and", "Or", "and", "Not")),
        ("ANDROID", "ANDROID"),
    ],
)
def test_a_query_means_what_it_says(text: str, expected: object) -> None:
    assert shape(text) == expected


PREFIXLESS = [name for name, field in FIELDS.items() if not field.takes_prefix]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "中" * (LONGEST + 1),
            f"the query is longer than 1000 characters (at character {LONGEST + 1}) - search for less",
        ),
        (
            "，。",
            "there is nothing to search for (at character 1)"
            " - type a word, for example 降准, or a field: source:财联社",
        ),
        (
            '降准 "全面',
            "a quotation mark is not closed (at character 4) - add the closing one, or remove this one",
        ),
        ("降准 (加息", "a bracket is not closed (at character 4) - add the closing one, or remove this one"),
        ("降准） 加息", "a bracket is closed that was not opened (at character 3) - remove it, or open it before"),
        (
            "降准 OR",
            'OR has nothing after it (at character 4) - put a word there, or write "or" in small letters'
            " to search for the word itself",
        ),
        (
            "(降准 AND)",
            'AND has nothing after it (at character 5) - put a word there, or write "and" in small letters'
            " to search for the word itself",
        ),
        (
            "降准 AND AND 加息",
            'AND has nothing after it (at character 4) - put a word there, or write "and" in small letters'
            " to search for the word itself",
        ),
        (
            "降准 NOT OR",
            'NOT has nothing after it (at character 4) - put a word there, or write "not" in small letters'
            " to search for the word itself",
        ),
        (
            "(AND 降准)",
            'AND has nothing before it (at character 2) - put a word there, or write "and" in small letters'
            " to search for the word itself",
        ),
        (
            "OR 降准",
            'OR has nothing before it (at character 1) - put a word there, or write "or" in small letters'
            " to search for the word itself",
        ),
        (
            "降准 OR OR 加息",
            'OR has nothing after it (at character 4) - put a word there, or write "or" in small letters'
            " to search for the word itself",
        ),
        (
            "降准 -Sorce:财联社",
            'there is no field Sorce: (at character 5) - write source: instead, or search for "Sorce:" in quotes',
        ),
        (
            "降准 source: 财联社",
            "source: has no value (at character 4) - write it without a blank: source:财联社",
        ),
        ("-source:", "source: has no value (at character 2) - write it without a blank: source:财联社"),
        ('code:" "', "code: has no value (at character 6) - write for example code:600160"),
        (
            "after:3月",
            "'3月' is no value for after: (at character 7) - write a day, month or year: 2022-03-01, 2022-03 or 2022,"
            " or one counted back from today: yesterday, 7d",
        ),
        (
            "before:2022-13",
            "'2022-13' is no value for before: (at character 8)"
            " - write a day, month or year: 2022-03-01, 2022-03 or 2022,"
            " or one counted back from today: yesterday, 7d",
        ),
        (
            "story:1234567890123456789",
            "'1234567890123456789' is no value for story: (at character 7) - write the story's number: story:12",
        ),
        (
            "story:１",
            "'１' is no value for story: (at character 7) - write the story's number: story:12",
        ),
        *[
            (
                f"{name}:1*",
                f"{name}: takes no * (at character {len(name) + 2}) - write the whole value: {FIELDS[name].example}",
            )
            for name in PREFIXLESS
        ],
        (
            "降准 " + "(" * 13 + "中" + ")" * 13,
            "more than 12 groups inside each other (at character 16) - write it more simply",
        ),
        (
            "(中) " + "(" * 13 + "中" + ")" * 13,
            "more than 12 groups inside each other (at character 17) - write it more simply",
        ),
        (
            "-(" * 7 + "中" + ")" * 7,
            "more than 12 groups inside each other (at character 13) - write it more simply",
        ),
        (
            "NOT " * 13 + "中",
            "more than 12 groups inside each other (at character 49) - write it more simply",
        ),
        (
            "中 " * MOST_TERMS + "source:a",
            "more than 60 words (at character 128) - search for fewer at once",
        ),
    ],
)
def test_an_error_says_what_is_wrong_where_and_what_to_do(text: str, message: str) -> None:
    with pytest.raises(QueryError) as error:
        parse(text, FOLDING)
    assert str(error.value) == f"search: {message}"
    problem, _, rest = message.partition(" (at character ")
    position, _, advice = rest.partition(") - ")
    assert (error.value.problem, error.value.position, error.value.advice) == (problem, int(position) - 1, advice)


def test_the_largest_query_is_still_one() -> None:
    assert (LONGEST, MOST_TERMS, DEEPEST) == (1000, 60, 12)
    assert shape("中" * LONGEST) == "中" * LONGEST
    assert shape("中 " * MOST_TERMS) == ("and", *["中"] * MOST_TERMS)
    assert shape("(" * DEEPEST + "中" + ")" * DEEPEST) == "中"
    side_by_side = "(" * DEEPEST + "中" + ")" * DEEPEST
    assert shape(f"{side_by_side} {side_by_side} -{side_by_side[1:-1]}") == ("and", "中", "中", ("not", "中"))


def test_fields_that_take_a_star_are_those_whose_values_are_words() -> None:
    assert sorted(PREFIXLESS) == ["after", "before", "key", "lang", "length", "site", "story"]
    for name in FIELDS.keys() - PREFIXLESS:
        assert shape(f"{name}:a*") == f"{name}:a*"
