"""Which texts have a shingle: a large table in the order of the shingles, and a small one for those that came last.

The shingles of one text lie all over a large table, so entering them there at once changed nearly as many of its pages
as there are shingles. In the small table they share their pages with those of other texts until they are moved, a whole
stretch of neighbours at a time. Which stretch that is depends on the text that comes, so nothing must be counted or
remembered, and no text waits for a great clearing. What lies in which table makes no difference to what is found.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

#: The tables of this module.
SHINGLE_TABLES = ("story_shingles", "story_recent_shingles")

# Every text that comes moves one of so many stretches. So the small table has the shingles of about as many texts: with
# fewer the large table is written to more often, with more the small one is.
_STRETCHES = 2048
_STRETCH = 2**32 // _STRETCHES
_SMALLEST = -(2**31)

_TABLES = """
CREATE TABLE IF NOT EXISTS story_shingles (
    shingle INTEGER NOT NULL,
    text_id INTEGER NOT NULL,
    PRIMARY KEY (shingle, text_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS story_recent_shingles (
    shingle INTEGER NOT NULL,
    text_id INTEGER NOT NULL,
    PRIMARY KEY (shingle, text_id)
) STRICT, WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS story_all_shingles AS
SELECT shingle, text_id FROM story_recent_shingles UNION ALL SELECT shingle, text_id FROM story_shingles;
"""

_MOVE = (
    "INSERT INTO story_shingles SELECT * FROM story_recent_shingles WHERE shingle BETWEEN ? AND ?",
    "DELETE FROM story_recent_shingles WHERE shingle BETWEEN ? AND ?",
)

# One statement for all shingles of a text: a look-up in each table for each that no other text has, which are most, and
# a few more for each other, however many texts have it.
_AROUND = """
SELECT (SELECT group_concat(text_id) FROM (SELECT text_id FROM story_all_shingles
        WHERE shingle = j.value AND text_id < ?2 ORDER BY text_id DESC LIMIT ?3)),
       (SELECT group_concat(text_id) FROM (SELECT text_id FROM story_all_shingles
        WHERE shingle = j.value AND text_id > ?2 ORDER BY text_id LIMIT ?3))
FROM json_each(?1) j
WHERE EXISTS (SELECT 1 FROM story_all_shingles WHERE shingle = j.value)
"""
_BETWEEN = """
SELECT count(*) FROM
(SELECT 1 FROM story_all_shingles WHERE shingle = ? AND text_id > ? AND text_id < ? LIMIT ?)
"""


def create_shingle_tables(connection: sqlite3.Connection) -> None:
    """Create the tables of this module that an archive does not have yet; the caller holds the transaction."""
    for statement in _TABLES.split(";"):
        connection.execute(statement)


def enter(cursor: sqlite3.Cursor, text_id: int, shingles: Iterable[int]) -> None:
    """Enter the shingles of a text, signed 32-bit numbers."""
    rows = [(shingle, text_id) for shingle in sorted(shingles)]
    cursor.executemany("INSERT INTO story_recent_shingles VALUES (?, ?)", rows)
    # The id is a hash, so every stretch has its turn; its lowest bits tell the kind of the text.
    first = _SMALLEST + _STRETCH * (text_id // 32 % _STRETCHES)
    for statement in _MOVE:
        cursor.execute(statement, (first, first + _STRETCH - 1))


def take_out(cursor: sqlite3.Cursor, text_id: int, shingles: Iterable[int]) -> None:
    """Remove the shingles of a text."""
    rows = [(shingle, text_id) for shingle in shingles]
    for table in SHINGLE_TABLES:
        cursor.executemany(f"DELETE FROM {table} WHERE shingle = ? AND text_id = ?", rows)  # noqa: S608


def around(
    cursor: sqlite3.Cursor, text_id: int, shingles: Iterable[int], reach: int
) -> list[tuple[list[int], list[int]]]:
    """Return for each shingle that any text has the texts before and after a text (itself not counted), nearest first.

    At most `reach` on either side; both sides are empty where no other text has the shingle.
    """
    found = cursor.execute(_AROUND, (json.dumps(list(shingles)), text_id, reach)).fetchall()
    return [(sorted(_ids(before), reverse=True), sorted(_ids(after))) for before, after in found]


def count_between(cursor: sqlite3.Cursor, shingle: int, one: int, other: int, most: int) -> int:
    """Count the texts with a shingle whose ids lie between two others; no more than `most` are counted."""
    (count,) = cursor.execute(_BETWEEN, (shingle, one, other, most)).fetchone()
    return int(count)


def _ids(joined: str | None) -> list[int]:
    return [int(text_id) for text_id in joined.split(",")] if joined else []
