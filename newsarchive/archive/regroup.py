"""Articles that become one, articles that become two, and articles under another key.

Each such change is a row of `key_changes`, so that who has noted a key finds its article again. What shows an article
(its row, its parts) is made anew by the caller with `store.refresh`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from newsarchive.archive.copy_keys import preferred_key
from newsarchive.stories import Stories
from newsarchive.url_keys import is_number

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

    from newsarchive.archive.copy_keys import Identity

Change = Literal["split", "joined", "renamed"]

#: The tables of what an article has several of, made with its row.
PARTS = ("paragraphs", "bylines", "mentions", "images")


def key_of(connection: sqlite3.Connection, article_id: int) -> str:
    """Return the key of an article."""
    (key,) = connection.execute("SELECT article_key FROM articles WHERE id = ?", (article_id,)).fetchone()
    return str(key)


def holder_of(connection: sqlite3.Connection, key: str) -> int | None:
    """Return the article that has a key; None where none has it."""
    row = connection.execute("SELECT id FROM articles WHERE article_key = ?", (key,)).fetchone()
    return int(row[0]) if row else None


def note(connection: sqlite3.Connection, change: Change, old_key: str, new_key: str, at: str) -> None:
    """Record that what was found under one key is found under another, too (`split`) or instead; `at` is in UTC."""
    connection.execute(
        "INSERT INTO key_changes (changed_at, change, old_key, new_key) VALUES (?, ?, ?, ?)",
        (at, change, old_key, new_key),
    )


def join(connection: sqlite3.Connection, article_ids: Collection[int], at: str) -> int:
    """Make one article of several and return its id, the smallest; two that have different numbers stay two."""
    keep, *others = sorted(article_ids)
    for other in others:
        kept_key, other_key = key_of(connection, keep), key_of(connection, other)
        if is_number(kept_key) and is_number(other_key):
            continue
        for table in ("copies", "readings"):
            connection.execute(f"UPDATE {table} SET article_id = ? WHERE article_id = ?", (keep, other))  # noqa: S608
        delete(connection, other)
        note(connection, "joined", other_key, kept_key, at)
        if is_number(other_key):
            _rename(connection, keep, other_key, at)
    return keep


def move(connection: sqlite3.Connection, copy_id: int, article_id: int) -> None:
    """Move a copy, with all that it said, to another article."""
    connection.execute("UPDATE copies SET article_id = ? WHERE id = ?", (article_id, copy_id))
    connection.execute("UPDATE readings SET article_id = ? WHERE copy_id = ?", (article_id, copy_id))


def free_key(connection: sqlite3.Connection, key: str) -> int | None:
    """Free a key for the article whose own it is; return the article that had it by what its copies name alone.

    That one is to be given another by `settle_key`.
    """
    holder = holder_of(connection, key)
    if holder is not None:
        connection.execute("UPDATE articles SET article_key = ? WHERE id = ?", (f"{key}#{holder}", holder))
    return holder


def settle_key(connection: sqlite3.Connection, article_id: int, at: str, *, before: str | None = None) -> bool:
    """Set the key of an article without a number to what its copies name; return whether it has another one now.

    `before` is the key under which it was known, where that is not the one that it has, "" for a new article. Another
    article that had the wanted key by what its copies name alone gets another one.
    """
    current = key_of(connection, article_id)
    before = current if before is None else before
    wanted = None if is_number(current) else preferred_key(connection, article_id)
    if wanted is None or wanted == current:
        return False
    holder = free_key(connection, wanted)
    _set_key(connection, article_id, wanted)
    if before and before != wanted:
        note(connection, "renamed", before, wanted, at)
    if holder is not None:
        settle_key(connection, holder, at, before=wanted)
    return True


def settle_namesakes(connection: sqlite3.Connection, article_id: int, identity: Identity, at: str) -> None:
    """Change the key of other articles whose key is one by which a copy of this article is known, too."""
    for key, kind in identity.rows():
        holder = holder_of(connection, key)
        if holder not in (None, article_id) and kind != "twin":
            settle_key(connection, holder, at)


def set_number(connection: sqlite3.Connection, article_id: int, number: str, at: str) -> bool:
    """Set for an article that was known by an address the number that the origin gave it; return whether it was one.

    The number stays with another article that has it, where the texts did not agree.
    """
    if holder_of(connection, number) is not None or is_number(key_of(connection, article_id)):
        return False
    _rename(connection, article_id, number, at)
    return True


def _rename(connection: sqlite3.Connection, article_id: int, key: str, at: str) -> None:
    before = key_of(connection, article_id)
    _set_key(connection, article_id, key)
    note(connection, "renamed", before, key, at)


def _set_key(connection: sqlite3.Connection, article_id: int, key: str) -> None:
    connection.execute("UPDATE articles SET article_key = ? WHERE id = ?", (key, article_id))
    (story_id,) = connection.execute("SELECT story_id FROM articles WHERE id = ?", (article_id,)).fetchone()
    if story_id is not None:
        Stories(connection).refresh([story_id])  # between equal times the key leads a story


def delete(connection: sqlite3.Connection, article_id: int) -> None:
    """Delete an article without copies."""
    Stories(connection).remove(article_id)
    for table in PARTS:
        connection.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))  # noqa: S608
    connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
