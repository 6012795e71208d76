"""Articles that become one, articles that become two, and articles under another key.

Each such change is a row of `key_changes`, so that who has noted a key finds its article again. What shows an article
(its row, its parts) is made anew by the caller with `ArticleStore.refresh`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from newsarchive.archive.copy_keys import CopyKeys
from newsarchive.stories import Stories
from newsarchive.url_keys import is_number

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

    from newsarchive.archive.copy_keys import Identity

Change = Literal["split", "joined", "renamed"]

#: The tables of what an article has several of, made with its row.
PARTS = ("paragraphs", "bylines", "mentions", "images")


class Articles:
    """The articles of an archive, each with its key and its copies."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def key_of(self, article_id: int) -> str:
        """Return the key of an article."""
        (key,) = self._connection.execute("SELECT article_key FROM articles WHERE id = ?", (article_id,)).fetchone()
        return str(key)

    def holder_of(self, key: str) -> int | None:
        """Return the article that has a key; None where none has it."""
        row = self._connection.execute("SELECT id FROM articles WHERE article_key = ?", (key,)).fetchone()
        return int(row[0]) if row else None

    def note(self, change: Change, old_key: str, new_key: str, at: str) -> None:
        """Record that what was found under one key is found under another, too (`split`) or instead; `at` is in UTC."""
        self._connection.execute(
            "INSERT INTO key_changes (changed_at, change, old_key, new_key) VALUES (?, ?, ?, ?)",
            (at, change, old_key, new_key),
        )

    def join(self, article_ids: Collection[int], at: str) -> int:
        """Make one article of several and return its id, the smallest; two that have different numbers stay two."""
        keep, *others = sorted(article_ids)
        for other in others:
            kept_key, other_key = self.key_of(keep), self.key_of(other)
            if is_number(kept_key) and is_number(other_key):
                continue
            for table in ("copies", "readings"):
                self._connection.execute(f"UPDATE {table} SET article_id = ? WHERE article_id = ?", (keep, other))  # noqa: S608
            self.delete(other)
            self.note("joined", other_key, kept_key, at)
            if is_number(other_key):
                self._rename(keep, other_key, at)
        return keep

    def move(self, copy_id: int, article_id: int) -> None:
        """Move a copy, with all that it said, to another article."""
        self._connection.execute("UPDATE copies SET article_id = ? WHERE id = ?", (article_id, copy_id))
        self._connection.execute("UPDATE readings SET article_id = ? WHERE copy_id = ?", (article_id, copy_id))

    def free_key(self, key: str) -> int | None:
        """Free a key for the article whose own it is; return the article that had it by what its copies name alone.

        That one is to be given another by `settle_key`.
        """
        holder = self.holder_of(key)
        if holder is not None:
            self._connection.execute("UPDATE articles SET article_key = ? WHERE id = ?", (f"{key}#{holder}", holder))
        return holder

    def settle_key(self, article_id: int, at: str, *, before: str | None = None) -> bool:
        """Set the key of an article without a number to what its copies name; return whether it has another one now.

        `before` is the key under which it was known, where that is not the one that it has, "" for a new article.
        Another article that had the wanted key by what its copies name alone gets another one.
        """
        current = self.key_of(article_id)
        before = current if before is None else before
        wanted = None if is_number(current) else CopyKeys(self._connection).preferred_key(article_id)
        if wanted is None or wanted == current:
            return False
        holder = self.free_key(wanted)
        self._set_key(article_id, wanted)
        if before and before != wanted:
            self.note("renamed", before, wanted, at)
        if holder is not None:
            self.settle_key(holder, at, before=wanted)
        return True

    def settle_namesakes(self, article_id: int, identity: Identity, at: str) -> None:
        """Change the key of other articles whose key is one by which a copy of this article is known, too."""
        for key, kind in identity.rows():
            holder = self.holder_of(key)
            if holder not in (None, article_id) and kind != "twin":
                self.settle_key(holder, at)

    def set_number(self, article_id: int, number: str, at: str) -> bool:
        """Set the number that the origin gave an article that was known by an address; return whether it was one.

        The number stays with another article that has it, where the texts did not agree.
        """
        if self.holder_of(number) is not None or is_number(self.key_of(article_id)):
            return False
        self._rename(article_id, number, at)
        return True

    def delete(self, article_id: int) -> None:
        """Delete an article without copies."""
        Stories(self._connection).remove(article_id)
        for table in PARTS:
            self._connection.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))  # noqa: S608
        self._connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))

    def _rename(self, article_id: int, key: str, at: str) -> None:
        before = self.key_of(article_id)
        self._set_key(article_id, key)
        self.note("renamed", before, key, at)

    def _set_key(self, article_id: int, key: str) -> None:
        self._connection.execute("UPDATE articles SET article_key = ? WHERE id = ?", (key, article_id))
        (story_id,) = self._connection.execute("SELECT story_id FROM articles WHERE id = ?", (article_id,)).fetchone()
        if story_id is not None:
            Stories(self._connection).refresh([story_id])  # between equal times the key leads a story
