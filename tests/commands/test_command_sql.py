import json

import pytest

FORBIDDEN = [
    "delete from articles",
    "update articles set title = ''",
    "create table t (c)",
    "create temp table t (c)",
    "drop table articles",
    "attach database ':memory:' as other",
    "attach database 'x.db' as other",
    "pragma query_only = off",
    "pragma journal_mode = delete",
    "pragma writable_schema = on",
    "vacuum into 'copy.db'",
    "select load_extension('x')",
    "begin; delete from articles",
    "insert into search_index (search_index) values ('rebuild')",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_nothing_but_reading_is_possible(run, sample, statement):
    before = sample.read_bytes()
    ran = run("sql", statement)
    assert ran.status == 2
    assert "this SQL cannot be run" in ran.err
    assert sample.read_bytes() == before


def test_rows_come_with_names(run):
    assert run("sql", "select 1 as one, '甲' as two").out == "one\ttwo\n1\t甲\n"
    assert json.loads(run("sql", "select 1 as one, null as two", "--json").out) == {"one": 1, "two": None}
    assert run("sql", "select '=1+1' as x", "--csv").out == "x\n'=1+1\n"


def test_a_question_may_come_from_standard_input(run):
    assert run("sql", "-", stdin="select count(*) > 0 as any from articles\n").lines == ["any", "1"]


def test_a_query_without_end_is_given_up(run):
    ran = run(
        "sql",
        "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c",
        "--timeout",
        "0.5",
    )
    assert ran.status == 2
    assert "took longer than 0.5 seconds" in ran.err


def test_one_function_cannot_fill_the_memory(run):
    ran = run("sql", "select length(replace(hex(zeroblob(200000000)), '0', 'xxxxxxxx'))")
    assert ran.status == 2
    assert "more than 64 MB" in ran.err


def test_telling_pragmas_and_search_work(run):
    assert "article_key" in run("sql", "select name from pragma_table_info('articles')").out
    assert "article_key" in run("sql", "pragma table_info(articles)").out
    number = run("sql", "select count(*) from search_index where search_index match search_match('银行')").lines[1]
    assert int(number) > 0


def test_a_mistake_is_explained(run):
    assert "no such table: article" in run("sql", "select * from article").err
    assert "cannot be run" in run("sql", "select 1; select 2").err


def test_a_statement_without_rows_prints_nothing_but_names(run):
    assert run("sql", "select title from articles where 0").out == "title\n"
