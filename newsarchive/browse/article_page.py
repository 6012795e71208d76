"""Everything that the archive has of one article, for its page and as JSON; and what changed in its text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from newsarchive.browse.rows import one, rows
from newsarchive.textdiff import (
    Line,
    Piece,
    difference,
    line_difference,
)

if TYPE_CHECKING:
    import sqlite3

    from newsarchive.browse.rows import Row

#: What is shown of one article at most; the JSON has everything.
MOST_CHARACTERS, MOST_MEMBERS, MOST_REVISIONS = 200_000, 100, 50

_ARTICLE = """
SELECT a.*, s.name AS source, c.name AS category, c.slug AS category_slug
FROM articles a LEFT JOIN sources s ON s.id = a.source_id LEFT JOIN categories c ON c.id = a.category_id
"""
_PARTS = {
    "paragraphs": "SELECT position, kind, text FROM paragraphs WHERE article_id = ? ORDER BY position",
    "bylines": "SELECT role, name FROM bylines WHERE article_id = ? ORDER BY rowid",
    "mentions": "SELECT market, code, name, count FROM mentions WHERE article_id = ? ORDER BY count DESC, rowid",
    "images": "SELECT url, alt, caption FROM images WHERE article_id = ? ORDER BY position",
    "copies": "SELECT c.url, c.role, c.site, c.first_seen_at, c.last_seen_at, c.gone_at, c.http_status, c.snapshot_id,"
    " n.length FROM copies c LEFT JOIN snapshots n ON n.id = c.snapshot_id WHERE c.article_id = ?"
    " ORDER BY c.first_seen_at, c.url",
    "revisions": "SELECT revision, seen_at, url, cause, title, body, content_hash FROM revisions WHERE article_id = ?"
    " ORDER BY revision",
}
_MEMBERS = """
SELECT a.article_key, a.title, a.published_at, a.published_precision, a.char_count, s.name AS source,
       CASE WHEN a.id = t.lead_article_id THEN 0
            WHEN a.published_precision IS NOT 'day' AND length(t.first_published_at) > 10 THEN
                CAST(round((julianday(a.published_at) - julianday(t.first_published_at)) * 1440) AS INTEGER)
       END AS minutes_later
FROM articles a LEFT JOIN sources s ON s.id = a.source_id JOIN stories t ON t.id = a.story_id
WHERE a.story_id = ?
ORDER BY julianday(a.published_at) IS NULL, julianday(a.published_at) + (a.published_precision IS 'day'), a.id LIMIT ?
"""
_STORY = "SELECT * FROM stories WHERE id = ?"
_TWO = "SELECT revision, seen_at, url, cause, title, body FROM revisions WHERE article_id = ? AND revision IN (?, ?)"


@dataclass(frozen=True, slots=True)
class Shown:
    """An article with its parts, each as rows; `is_cut` when paragraphs were left out because there are too many."""

    row: Row
    parts: dict[str, list[Row]]
    members: list[Row]
    via: list[str]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Change:
    """The step from one revision to the next: both rows, the headline's pieces, the text's paragraphs.

    The paragraphs come in groups: runs that are the same, and runs that are not.
    """

    before: Row
    after: Row
    title: list[Piece]
    groups: list[list[Line]]


@dataclass(frozen=True, slots=True)
class Story:
    """A story, its articles in the order of publication, and the headline of the first."""

    row: Row
    title: str
    members: list[Row]


def article(connection: sqlite3.Connection, key: str, *, whole: bool = False) -> Shown | None:
    """Read an article by its key, None for an unknown one; `whole` leaves nothing out."""
    row = one(connection, f"{_ARTICLE} WHERE a.article_key = ?", (key,))
    if row is None:
        return None
    parts = {name: rows(connection, sql, (row["id"],)) for name, sql in _PARTS.items()}
    is_cut = not whole and _cut(parts["paragraphs"])
    members = _members(connection, row["story_id"]) if row["story_id"] else []
    return Shown(row, parts, members, _names(row["via"]), is_cut)


def key_of(connection: sqlite3.Connection, article_id: int) -> str | None:
    """Return the key of the article in a row of the table."""
    row = one(connection, "SELECT article_key FROM articles WHERE id = ?", (article_id,))
    return row["article_key"] if row else None


def change(connection: sqlite3.Connection, key: str, revision: int) -> tuple[Row, Change] | None:
    """Compare a revision of an article with the one before; None where either is unknown."""
    row = one(connection, f"{_ARTICLE} WHERE a.article_key = ?", (key,))
    if row is None:
        return None
    found = {state["revision"]: state for state in rows(connection, _TWO, (row["id"], revision - 1, revision))}
    if len(found) < 2:
        return None
    before, after = found[revision - 1], found[revision]
    titles = ((state["title"] or "")[:1000] for state in (before, after))
    bodies = ((state["body"] or "")[:MOST_CHARACTERS] for state in (before, after))
    groups = [list(lines) for _, lines in groupby(difference(*bodies), key=attrgetter("is_same"))]
    return row, Change(before, after, line_difference(*titles), groups)


def story(connection: sqlite3.Connection, story_id: int) -> Story | None:
    """Read a story; None for an unknown one."""
    row = one(connection, _STORY, (story_id,))
    if row is None:
        return None
    lead = one(connection, "SELECT title FROM articles WHERE id = ?", (row["lead_article_id"],))
    return Story(row, (lead["title"] if lead else None) or "", _members(connection, story_id))


def as_json(shown: Shown) -> str:
    """Write an article with all its parts as JSON."""
    content: dict[str, Any] = {**shown.row, "via": shown.via, **shown.parts, "story": shown.members}
    return json.dumps(content, ensure_ascii=False, indent=1)


def _members(connection: sqlite3.Connection, story_id: int) -> list[Row]:
    return rows(connection, _MEMBERS, (story_id, MOST_MEMBERS))


def _cut(paragraphs: list[Row]) -> bool:
    """Leave out what is beyond the most that a page shows; tell whether anything was."""
    room = MOST_CHARACTERS
    for position, paragraph in enumerate(paragraphs):
        if len(paragraph["text"]) > room:
            paragraph["text"] = paragraph["text"][:room] + "…"
            del paragraphs[position + 1 :]
            return True
        room -= len(paragraph["text"])
    return False


def _names(via: str | None) -> list[str]:
    found = json.loads(via) if via else []
    return [str(name) for name in found] if isinstance(found, list) else []
