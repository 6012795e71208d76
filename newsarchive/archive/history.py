"""The history of an article: what each copy said from when to when. `revisions` is a view of it.

A reading is kept for every run of equal states of one copy. A state seen between two equal ones parts their run, so
that the same sightings give the same history in whatever order they arrive.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from newsarchive.archive.observations import Observation, checksum

if TYPE_CHECKING:
    import sqlite3

    from newsarchive.models import Page

#: Why a copy says something else than before: the site changed it, or the same bytes were read by other rules.
Cause = Literal["site", "reread"]

_NEWEST = """
SELECT c.url, c.role, c.site, r.title, t.body, t.content_hash, r.extractor, r.fields
FROM copies c
JOIN readings r ON r.id = (SELECT id FROM readings WHERE article_id = c.article_id AND copy_id = c.id
                           ORDER BY last_seen_at DESC, first_seen_at DESC, fields DESC LIMIT 1)
JOIN texts t ON t.id = r.text_id
"""
#: The hash of the text that a copy, `c`, showed when it was last read, as an expression of SQL.
LAST_HASH = """(
    SELECT t.content_hash FROM readings r JOIN texts t ON t.id = r.text_id
    WHERE r.article_id = c.article_id AND r.copy_id = c.id
    ORDER BY r.last_seen_at DESC, r.first_seen_at DESC, r.fields DESC LIMIT 1
)"""


class History:
    """What the copies of an archive said, from when to when."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(
        self,
        reading: Observation,
        page: Page,
        article_id: int,
        *,
        seen_at: str,
        cause: Cause = "site",
    ) -> bool:
        """Record what a copy said at a time; return whether that is more than one more sighting of a known state."""
        (copy_id,) = self._connection.execute("SELECT id FROM copies WHERE url = ?", (page.url,)).fetchone()
        text_id = self._text_id(reading)
        fields = written(reading)
        runs = self._connection.execute(
            "SELECT id, first_seen_at, last_seen_at, title IS ? AND text_id = ? AND fields = ? FROM readings"
            " WHERE article_id = ? AND copy_id = ? ORDER BY first_seen_at",
            (reading.title, text_id, fields, article_id, copy_id),
        ).fetchall()
        before = max((run for run in runs if run[1] <= seen_at), key=lambda run: run[1], default=None)
        after = min((run for run in runs if run[1] > seen_at), key=lambda run: run[1], default=None)
        if before and before[3]:
            if cause == "site":  # reading a snapshot again is no sighting
                self._connection.execute(
                    "UPDATE readings SET last_seen_at = max(last_seen_at, ?) WHERE id = ?", (seen_at, before[0])
                )
            return False
        if before and before[2] > seen_at:
            self._part(before[0], seen_at)
        elif after and after[3]:
            self._connection.execute("UPDATE readings SET first_seen_at = ? WHERE id = ?", (seen_at, after[0]))
            return True
        self._connection.execute(
            "INSERT INTO readings (copy_id, article_id, first_seen_at, last_seen_at, cause, title, text_id, fields,"
            " extractor, snapshot_id, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                copy_id,
                article_id,
                seen_at,
                seen_at,
                cause,
                reading.title,
                text_id,
                fields,
                reading.extractor,
                page.snapshot_id,
                _checksum(reading.title, reading.content_hash, fields, reading.extractor),
            ),
        )
        return True

    def newest(self, article_id: int) -> list[Observation]:
        """Return the latest reading of each copy of an article."""
        return [
            _observation(*row) for row in self._connection.execute(f"{_NEWEST} WHERE c.article_id = ?", (article_id,))
        ]

    def newest_at(self, url: str) -> Observation | None:
        """Return the latest reading of the copy at a URL; None where there is no such copy, or nothing that it said."""
        row = self._connection.execute(f"{_NEWEST} WHERE c.url = ?", (url,)).fetchone()
        return _observation(*row) if row else None

    def last_revision(self, article_id: int) -> tuple[int, str]:
        """Return the number of the newest revision of an article and the time at which it was first seen."""
        revision, seen_at = self._connection.execute(
            "SELECT revision, seen_at FROM revisions WHERE article_id = ?1 UNION ALL"
            " SELECT 1, min(first_seen_at) FROM readings WHERE article_id = ?1 ORDER BY 1 DESC, 2 DESC LIMIT 1",
            (article_id,),
        ).fetchone()
        return int(revision), str(seen_at)

    def fill_checksums(self) -> None:
        """Make the checksums of readings that have none; the caller holds the transaction."""
        rows = self._connection.execute(
            "SELECT r.id, r.title, t.content_hash, r.fields, r.extractor FROM readings r"
            " JOIN texts t ON t.id = r.text_id WHERE r.checksum IS NULL"
        )
        self._connection.executemany(
            "UPDATE readings SET checksum = ? WHERE id = ?", [(_checksum(*said), row_id) for row_id, *said in rows]
        )

    def _part(self, reading_id: int, seen_at: str) -> None:
        """End a run before `seen_at` and let it begin again at its last sighting."""
        self._connection.execute(
            "INSERT INTO readings (copy_id, article_id, first_seen_at, last_seen_at, cause, title, text_id, fields,"
            " extractor, snapshot_id, checksum) SELECT copy_id, article_id, last_seen_at, last_seen_at, cause, title,"
            " text_id, fields, extractor, snapshot_id, checksum FROM readings WHERE id = ?",
            (reading_id,),
        )
        self._connection.execute(
            "UPDATE readings SET last_seen_at = min(first_seen_at, ?) WHERE id = ?", (seen_at, reading_id)
        )

    def _text_id(self, reading: Observation) -> int:
        row = self._connection.execute(
            "SELECT id FROM texts WHERE content_hash = ?", (reading.content_hash,)
        ).fetchone()
        if row:
            return int(row[0])
        cursor = self._connection.execute(
            "INSERT INTO texts (content_hash, body) VALUES (?, ?)", (reading.content_hash, reading.body)
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid


def written(reading: Observation) -> str:
    """Return the fields of a reading as they are stored."""
    return json.dumps(reading.fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _observation(*row: Any) -> Observation:
    url, role, site, title, body, content_hash, extractor, fields = row
    return Observation(url, role, site, title, body, content_hash, extractor, json.loads(fields))


def _checksum(title: str | None, text_hash: str, fields: str, extractor: str | None) -> str:
    return checksum(
        None if title is None else _bytes(title),
        text_hash,
        _bytes(fields),
        None if extractor is None else _bytes(extractor),
    )


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
