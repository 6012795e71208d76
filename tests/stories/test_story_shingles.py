"""Which texts have a shingle, wherever it is kept."""

import random
import sqlite3
from collections.abc import Iterator

import pytest

from newsarchive.stories.shingles import (
    around,
    count_between,
    create_shingle_tables,
    enter,
    take_out,
)

RNG_SEED = 11
ANY = range(-(2**31), 2**31)


@pytest.fixture
def cursor() -> Iterator[sqlite3.Cursor]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    create_shingle_tables(connection)
    yield connection.cursor()
    connection.close()


def any_id(rng: random.Random) -> int:
    return rng.randrange(-(2**63), 2**63)


def count(cursor: sqlite3.Cursor, table: str) -> int:
    return int(cursor.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def neighbours(texts: dict[int, set[int]], text_id: int, shingle: int, reach: int) -> tuple[list[int], list[int]]:
    """Look for the neighbours of a text in all texts, one by one."""
    others = sorted(other for other, shingles in texts.items() if shingle in shingles)
    before = [other for other in reversed(others) if other < text_id][:reach]
    return before, [other for other in others if other > text_id][:reach]


def test_the_texts_around_a_text_are_those_of_both_tables(cursor: sqlite3.Cursor) -> None:
    rng = random.Random(RNG_SEED)
    common = rng.sample(ANY, 40)
    texts: dict[int, set[int]] = {}
    for _ in range(3000):
        text_id = any_id(rng)
        texts[text_id] = set(rng.sample(common, 3))
        enter(cursor, text_id, texts[text_id])
        if rng.random() < 0.2:
            gone = rng.choice(list(texts))
            take_out(cursor, gone, texts.pop(gone))
    assert count(cursor, "story_shingles") > 100
    assert count(cursor, "story_recent_shingles") > 100
    for text_id in rng.sample(list(texts), 50):
        found = around(cursor, text_id, texts[text_id], 4)
        assert sorted(found) == sorted(neighbours(texts, text_id, shingle, 4) for shingle in texts[text_id])
    low, high = sorted(rng.sample(list(texts), 2))
    for shingle in common:
        between = sum(low < text_id < high and shingle in shingles for text_id, shingles in texts.items())
        assert count_between(cursor, shingle, low, high, 10**6) == between
        assert count_between(cursor, shingle, low, high, 4) == min(4, between)


def test_the_small_table_stays_small_and_nothing_is_lost(cursor: sqlite3.Cursor) -> None:
    rng = random.Random(RNG_SEED)
    entered = set()
    for _ in range(10_000):
        text_id, shingles = any_id(rng), rng.sample(ANY, 4)
        enter(cursor, text_id, shingles)
        entered |= {(shingle, text_id) for shingle in shingles}
    assert set(cursor.execute("SELECT shingle, text_id FROM story_all_shingles")) == entered
    assert count(cursor, "story_all_shingles") == len(entered)
    assert count(cursor, "story_recent_shingles") < 10_000


@pytest.mark.parametrize("shingle", [ANY[0], -1, 0, ANY[-1]])
def test_every_shingle_has_its_stretch(cursor: sqlite3.Cursor, shingle: int) -> None:
    for number in range(1, 2049):
        enter(cursor, 32 * number, [shingle])
    assert count(cursor, "story_shingles") > 0


def test_tables_that_are_there_stay_as_they_are(cursor: sqlite3.Cursor) -> None:
    enter(cursor, 7, [1, 2])
    create_shingle_tables(cursor.connection)
    assert count(cursor, "story_all_shingles") == 2
