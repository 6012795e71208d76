"""Words with conditions: exactly the newest that meet both, however many articles either of them finds."""

import pytest
from support.searching import add, ids, open_archive

from newsarchive.search import ranking

ARTICLES = 400
# Each finds another share of the articles: nearly all, a half, a few, none.
CONDITIONS = {
    '-source:"Medium 1"': lambda number: number % 20 != 1,
    "lang:zh": lambda number: number % 10 != 3,
    "lang:en": lambda number: number % 10 == 3 and number < 100,
    "-lang:zh": lambda number: number % 10 == 3,
    "after:2022-03-20": lambda number: number % 28 + 1 >= 20,
    "lang:de": lambda number: False,
}
# Word -> every how many articles hold it.
WORDS = {"降准": 1, "渡轮": 3, "银行": 40}


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    connection = open_archive(tmp_path_factory.mktemp("search") / "archive.db")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO sources (id, name) VALUES (?, ?)", [(n + 1, f"Medium {n}") for n in range(20)])
    for number in range(ARTICLES):
        day = f"2022-03-{number % 28 + 1:02}"
        lang = "zh" if number % 10 != 3 else "en" if number < 100 else "en-GB" if number < 200 else None
        add(
            connection, number + 1, None, "".join(word for word, every in WORDS.items() if number % every == 0),
            published_at=f"{day}T08:00:00+08:00", published_date=day, lang=lang, source_id=number % 20 + 1,
        )  # fmt: skip
    connection.execute("COMMIT")
    return connection


def expected(word, condition, lang_en_is_more):
    return [
        number + 1
        for number in reversed(range(ARTICLES))
        if number % WORDS[word] == 0 and (condition(number) or (lang_en_is_more and number % 10 == 3 and number < 200))
    ]


@pytest.mark.parametrize("most_filtered", [30, 100, 10_000])
@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_newest_that_meet_word_and_condition_are_ranked(connection, monkeypatch, condition, word, most_filtered):
    monkeypatch.setattr(ranking, "MOST_RANKED", 30)
    monkeypatch.setattr(ranking, "_SAMPLE", 10)
    monkeypatch.setattr(ranking, "_MOST_FILTERED", most_filtered)
    found = ids(connection, f"{word} {condition}", order="rank", limit=30)
    assert sorted(found, reverse=True) == expected(word, CONDITIONS[condition], condition == "lang:en")[:30]


def test_the_newest_of_a_language_are_found_in_an_index_alone(connection):
    asked = []
    connection.set_trace_callback(asked.append)
    ids(connection, "lang:en")
    connection.set_trace_callback(None)
    [query] = [sql for sql in asked if "a.lang" in sql and "IS NOT NULL" in sql]
    steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert steps == ["SEARCH a USING COVERING INDEX idx_articles_published_at (published_at>?)"]


def test_the_pages_that_are_gone_are_found_in_an_index(connection):
    [row] = connection.execute("EXPLAIN QUERY PLAN SELECT count(*) FROM copies WHERE gone_at IS NOT NULL")
    assert "idx_copies_gone_at" in row[3]
