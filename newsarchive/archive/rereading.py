"""Which kept pages are read again when the rules of reading have changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import date

    from newsarchive.items import Role

_CHUNK = 500

_COPIES = """
SELECT c.id, s.id, c.url, c.role, c.site
FROM copies c JOIN snapshots s ON s.id = c.snapshot_id
WHERE c.id > ?1 AND (?2 IS NULL OR c.site = ?2) AND s.fetched_at >= ?3
ORDER BY c.id LIMIT ?4
"""
# What was given up because the rules of that day could make nothing of it; other rules may.
_GIVEN_UP = """
SELECT f.rowid, s.id, f.url, f.role, f.site
FROM frontier f JOIN snapshots s ON s.id = (SELECT id FROM snapshots WHERE url = f.url AND http_status = 200
                                            ORDER BY fetched_at DESC, id DESC LIMIT 1)
WHERE f.rowid > ?1 AND (?2 IS NULL OR f.site = ?2) AND s.fetched_at >= ?3
  AND f.state IN ('rejected', 'failed') AND NOT EXISTS (SELECT 1 FROM copies c WHERE c.url = f.url)
ORDER BY f.rowid LIMIT ?4
"""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """The newest page that is kept of a URL, and what the URL is to an article."""

    snapshot_id: int
    url: str
    role: Role
    site: str


def kept_pages(connection: sqlite3.Connection, *, site: str | None, since: date) -> Iterator[KeptPage]:
    """Give the newest page of each copy, then the pages that no article could be made of.

    Only those of one site where it is named, and only pages fetched on the day `since` (UTC) or later. The archive
    may be written to between two of them.
    """
    for query in (_COPIES, _GIVEN_UP):
        last = 0
        while rows := connection.execute(query, (last, site, since.isoformat(), _CHUNK)).fetchall():
            for last, snapshot_id, url, role, page_site in rows:  # noqa: B007 - the next chunk begins behind the last
                yield KeptPage(snapshot_id, url, role, page_site)
