"""Check that each article is what its copies say: its row and all that hangs on it are made anew and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newsarchive.archive import history, sources
from newsarchive.archive.merge import merge

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from newsarchive.archive.check import Fault
    from newsarchive.archive.merge import Merged

_ROW = """
SELECT a.*, c.slug AS category, c.site AS category_site
FROM articles a LEFT JOIN categories c ON c.id = a.category_id
WHERE a.id = ?
"""
_SEEN = "SELECT min(first_seen_at), max(last_seen_at) FROM copies WHERE article_id = ?"
# What reading the parts of a reading raises where these were changed or do not belong together.
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)
# What hangs on an article, in the order in which `_parts_of` gives it.
_PARTS = {
    "paragraphs": "SELECT position, kind, text FROM paragraphs WHERE article_id = ? ORDER BY position",
    "bylines": "SELECT role, name FROM bylines WHERE article_id = ? ORDER BY role, name",
    "mentions": "SELECT market, code, name, count FROM mentions WHERE article_id = ? ORDER BY market, code",
    "images": "SELECT position, url, alt, caption FROM images WHERE article_id = ? ORDER BY position",
}


def check_articles(connection: sqlite3.Connection) -> Iterator[Fault]:
    """Give a fault for every article that is not what its copies say."""
    for article_id, key in connection.execute("SELECT id, article_key FROM articles ORDER BY id"):
        readings = history.newest(connection, article_id)
        if not readings:
            yield "damage", "an article has no copy that says anything", key
            continue
        try:
            merged = merge(readings)
        except _UNREADABLE as error:
            yield "damage", "what the copies of an article say cannot be read", f"{key}: {error}"
            continue
        for name in _differences(connection, article_id, merged):
            yield "damage", f"an article's {name} is not what its copies say", key


def _differences(connection: sqlite3.Connection, article_id: int, merged: Merged) -> Iterator[str]:
    cursor = connection.execute(_ROW, (article_id,))
    row = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
    for name, value in _columns_of(connection, article_id, merged).items():
        if row[name] != value:
            yield name
    for table, parts in _parts_of(merged).items():
        if connection.execute(_PARTS[table], (article_id,)).fetchall() != parts:
            yield table


def _columns_of(connection: sqlite3.Connection, article_id: int, merged: Merged) -> dict[str, Any]:
    first_seen_at, last_seen_at = connection.execute(_SEEN, (article_id,)).fetchone()
    revision, changed_at = history.last_revision(connection, article_id)
    category = merged.category
    return merged.columns | {
        "source_id": sources.find(connection, printed) if (printed := merged.columns["source_printed"]) else None,
        "category": category.slug if category else None,
        "category_site": merged.category_site if category else None,
        "first_seen_at": first_seen_at,
        "last_seen_at": last_seen_at,
        "revision": revision,
        "changed_at": changed_at,
    }


def _parts_of(merged: Merged) -> dict[str, list[tuple[Any, ...]]]:
    return {
        "paragraphs": [(i, p.kind, p.text) for i, p in enumerate(merged.paragraphs)],
        "bylines": sorted({(b.role, b.name) for b in merged.bylines}),
        "mentions": sorted((m.market, m.code, m.name, m.count) for m in merged.mentions),
        "images": [(i, image.url, image.alt, image.caption) for i, image in enumerate(merged.images)],
    }
