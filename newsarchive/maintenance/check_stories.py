"""Compare the stories of an archive with those that its articles give when they are found anew, elsewhere."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from newsarchive import stories

if TYPE_CHECKING:
    from collections.abc import Iterator

_COLUMNS = "article_key, title, body, published_at, published_precision, published_date, source_id, first_seen_at"
# What is compared; shingles of the last texts move from one table to another now and then.
_HELD = {
    "stories": "SELECT * FROM stories",
    "story_texts": "SELECT * FROM story_texts",
    "story_text_links": "SELECT * FROM story_text_links",
    "story_articles": "SELECT * FROM story_articles",
    "story_all_shingles": "SELECT shingle, text_id FROM story_all_shingles",
    "articles": "SELECT id, story_id FROM articles",
}


def check_stories(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield what of the stories is not what the articles give, in words; nothing is written into the archive."""
    with (
        tempfile.TemporaryDirectory(prefix="newsarchive-") as folder,
        contextlib.closing(sqlite3.connect(Path(folder) / "stories.db", isolation_level=None)) as anew,
    ):
        anew.execute("PRAGMA journal_mode = OFF")
        anew.execute(f"CREATE TABLE articles (id INTEGER PRIMARY KEY, {_COLUMNS}, story_id INTEGER)")
        stories.create_tables(anew)
        rows = connection.execute(f"SELECT id, {_COLUMNS} FROM articles")  # noqa: S608
        marks = ", ".join("?" * (_COLUMNS.count(",") + 2))
        anew.execute("BEGIN")
        anew.executemany(f"INSERT INTO articles (id, {_COLUMNS}) VALUES ({marks})", rows)  # noqa: S608
        stories.Stories(anew).rebuild()
        for table, query in _HELD.items():
            if (number := _count_differences(connection, anew, query)) > 0:
                yield f"{table}: {number:,} rows"


def _count_differences(one: sqlite3.Connection, other: sqlite3.Connection, query: str) -> int:
    """Count the rows that only one of two archives has, in the memory that hashes of them take."""
    seen = [{hash(row) for row in connection.execute(query)} for connection in (one, other)]
    return len(seen[0] ^ seen[1])
