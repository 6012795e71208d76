"""A searchable archive for tests: the real schema, and articles in one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support.archives import empty_archive

from newsarchive.archive.connection import connect
from newsarchive.search import Search

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from newsarchive.search import Hit


def open_archive(path: Path) -> sqlite3.Connection:
    """Open an archive, a new one where there is none."""
    if not path.exists():
        path.write_bytes(empty_archive())
    return connect(path)


def add(connection: sqlite3.Connection, article_id: int, title: str | None, body: str, **columns: object) -> None:
    row = {
        "id": article_id,
        "article_key": f"20220303{article_id:010d}",
        "site": "demo",
        "url": f"https://demo.example/{article_id}",
        "title": title,
        "body": body,
        "content_hash": "-",
        "first_seen_at": "2022-03-03T00:00:00Z",
        "last_seen_at": "2022-03-03T00:00:00Z",
    } | columns
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO articles ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))


def hits(connection: sqlite3.Connection, query: str, **options: Any) -> list[Hit]:
    search = Search(connection)
    return search.hits(search.parse(query), **options)


def ids(connection: sqlite3.Connection, query: str, **options: Any) -> list[int]:
    return [hit.article_id for hit in hits(connection, query, **options)]


def count(connection: sqlite3.Connection, query: str) -> int:
    search = Search(connection)
    return search.count(search.parse(query))


def page_by_page(connection: sqlite3.Connection, query: str, order: str) -> list[int]:
    """Return the ids of all hits, read on behind the last of each page."""
    seen: list[int] = []
    after = None
    while page := hits(connection, query, order=order, limit=23, after=after):
        seen += [hit.article_id for hit in page]
        after = page[-1].position
    return seen


def matching(connection: sqlite3.Connection, query: str) -> set[int]:
    """Return the ids of the articles that meet a query's condition."""
    search = Search(connection)
    where = search.condition(search.parse(query))
    rows = connection.execute(f"SELECT a.id FROM articles a WHERE {where.text}", where.parameters)
    return {row[0] for row in rows}
