"""From new articles to messages that are to be sent; every step is one transaction and can be repeated after a kill."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from newsarchive.timestamps import stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from newsarchive.alerts.searches import SavedSearch
    from newsarchive.archive import Archive

#: Articles of one message at most; more become further messages.
MOST_ARTICLES = 50
# Pauses after a failure: doubled from the first to the longest. What fails is tried for ever, once a day in the end.
_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(days=1)
_LONGEST_ERROR = 300


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message of the outbox: which search it is of, and how often it has failed."""

    id: str
    search_id: int
    created_at: str
    attempts: int


def find(archive: Archive, search: SavedSearch, now: datetime) -> int:
    """Add the articles that match a search and were not added for it before; return how many.

    Raises QueryError where the query has lost its meaning, as when a source was renamed.
    """
    condition = archive.search.condition(archive.search.parse(search.query))
    connection = archive.connection
    with archive.transaction():
        _follow_keys(connection, search)
        found = connection.execute(
            f"SELECT a.article_key FROM articles a WHERE ({condition.text}) AND NOT EXISTS"  # noqa: S608
            " (SELECT 1 FROM alerts l WHERE l.search_id = ? AND l.article_key = a.article_key) ORDER BY a.id",
            (*condition.parameters, search.id),
        ).fetchall()
        connection.executemany(
            "INSERT INTO alerts (search_id, article_key, found_at, alert_id) VALUES (?, ?, ?, ?)",
            ((search.id, key, stamp(now), secrets.token_hex(12)) for (key,) in found),
        )
        connection.execute("UPDATE saved_searches SET checked_at = ? WHERE id = ?", (stamp(now), search.id))
    return len(found)


def _follow_keys(connection: sqlite3.Connection, search: SavedSearch) -> None:
    """Record articles under the keys that they have now: one that was renamed or joined is not new."""
    (last,) = connection.execute("SELECT key_change_id FROM saved_searches WHERE id = ?", (search.id,)).fetchone()
    changes = connection.execute(
        "SELECT id, old_key, new_key FROM key_changes WHERE id > ? AND change <> 'split' ORDER BY id", (last,)
    ).fetchall()
    for _, old, new in changes:
        connection.execute(
            "UPDATE OR IGNORE alerts SET article_key = ? WHERE search_id = ? AND article_key = ?", (new, search.id, old)
        )
        connection.execute("DELETE FROM alerts WHERE search_id = ? AND article_key = ?", (search.id, old))
    if changes:
        connection.execute("UPDATE saved_searches SET key_change_id = ? WHERE id = ?", (changes[-1][0], search.id))


def bundle(archive: Archive, search: SavedSearch, now: datetime) -> int:
    """Make messages of what was found for a search and is in none; return how many."""
    connection = archive.connection
    with archive.transaction():
        keys = connection.execute(
            "SELECT l.article_key FROM alerts l LEFT JOIN articles a ON a.article_key = l.article_key"
            " WHERE l.search_id = ? AND l.sent_at IS NULL AND l.message_id IS NULL ORDER BY l.found_at, a.id",
            (search.id,),
        ).fetchall()
        starts = range(0, len(keys), MOST_ARTICLES)
        for start in starts:
            message_id = str(uuid.uuid4())
            connection.execute(
                "INSERT INTO alert_messages (id, search_id, created_at, next_attempt_at) VALUES (?, ?, ?, ?)",
                (message_id, search.id, stamp(now), stamp(now)),
            )
            connection.executemany(
                "UPDATE alerts SET message_id = ? WHERE search_id = ? AND article_key = ?",
                ((message_id, search.id, key) for (key,) in keys[start : start + MOST_ARTICLES]),
            )
        connection.execute("UPDATE saved_searches SET bundled_at = ? WHERE id = ?", (stamp(now), search.id))
    return len(starts)


def outgoing(archive: Archive, searches: Iterable[SavedSearch], now: datetime) -> list[Outgoing]:
    """Return the messages of these searches that are due, oldest first."""
    wanted = {search.id for search in searches}
    rows = archive.connection.execute(
        "SELECT id, search_id, created_at, attempts FROM alert_messages WHERE next_attempt_at <= ?"
        " ORDER BY created_at, id",
        (stamp(now),),
    )
    return [message for message in (Outgoing(*row) for row in rows) if message.search_id in wanted]


def note_sent(archive: Archive, message: Outgoing, now: datetime) -> None:
    """Remove a message that its destination has accepted from the outbox."""
    connection = archive.connection
    with archive.transaction():
        connection.execute(
            "UPDATE alerts SET sent_at = ?, message_id = NULL WHERE search_id = ? AND sent_at IS NULL"
            " AND message_id = ?",
            (stamp(now), message.search_id, message.id),
        )
        connection.execute("DELETE FROM alert_messages WHERE id = ?", (message.id,))
        connection.execute("UPDATE saved_searches SET sent_at = ? WHERE id = ?", (stamp(now), message.search_id))


def note_failure(archive: Archive, message: Outgoing, error: str, now: datetime) -> None:
    """Record why a message could not be sent, and when it is tried again."""
    pause = min(_PAUSE * 2 ** min(message.attempts, 10), _LONGEST_PAUSE)
    with archive.transaction():
        archive.connection.execute(
            "UPDATE alert_messages SET attempts = attempts + 1, next_attempt_at = ?, error = ? WHERE id = ?",
            (stamp(now + pause), error[:_LONGEST_ERROR], message.id),
        )
