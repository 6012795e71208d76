"""`length:` finds articles by their characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.searching import add, ids, open_archive

from newsarchive.search import QueryError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_archive(tmp_path / "archive.db")
    for number, length in enumerate((499, 500, 2000, 2001, None), start=1):
        add(connection, number, None, "降准", char_count=length)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("length:500..2000", [2, 3]),
        ("length:500..", [2, 3, 4]),
        ("length:..500", [1, 2]),
        ("length:>500", [3, 4]),
        ("length:<500", [1]),
        ("length:＞２０００", [4]),
        ("降准 -length:<2000", [3, 4, 5]),
        ("length:<0", []),
    ],
)
def test_both_ends_of_a_length_are_included(connection: sqlite3.Connection, text: str, expected: list[int]) -> None:
    assert sorted(ids(connection, text)) == expected


@pytest.mark.parametrize("text", ["length:long", "length:..", "length:5...6", "length:-5", "length:>=5"])
def test_what_is_no_length_is_told(connection: sqlite3.Connection, text: str) -> None:
    with pytest.raises(QueryError, match=r"length:500\.\.2000"):
        ids(connection, text)
