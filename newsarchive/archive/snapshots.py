"""Snapshots: the raw bytes of every fetched page, kept before anything can fail on them."""

from __future__ import annotations

import hashlib
import json
import zlib
from datetime import datetime
from typing import TYPE_CHECKING

from newsarchive.archive.timestamps import stamp
from newsarchive.items import Page, Role

if TYPE_CHECKING:
    import sqlite3


class Snapshots:
    """Pages as they came; a body that was seen before is kept once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def keep(self, page: Page) -> int:
        """Keep a page's bytes and headers; keeping the same page again gives the same snapshot. Give its id."""
        digest = "sha256:" + hashlib.sha256(page.body).hexdigest()
        fetched_at = stamp(page.fetched_at)
        row = self._connection.execute(
            "SELECT id FROM snapshots WHERE url = ? AND fetched_at = ?", (page.url, fetched_at)
        ).fetchone()
        if row:
            return int(row[0])
        known = self._connection.execute("SELECT 1 FROM snapshot_bodies WHERE digest = ?", (digest,)).fetchone()
        if not known:
            self._connection.execute(
                "INSERT INTO snapshot_bodies (digest, zlib) VALUES (?, ?)", (digest, zlib.compress(page.body))
            )
        cursor = self._connection.execute(
            "INSERT INTO snapshots (url, fetched_at, http_status, headers, digest, length) VALUES (?, ?, ?, ?, ?, ?)",
            (page.url, fetched_at, page.status, json.dumps(page.headers), digest, len(page.body)),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def load(self, snapshot_id: int, *, role: Role, site: str) -> Page:
        """Give a page back as it was fetched. Raises KeyError when there is no such snapshot."""
        row = self._connection.execute(
            "SELECT s.url, s.fetched_at, s.http_status, s.headers, b.zlib FROM snapshots s"
            " JOIN snapshot_bodies b USING (digest) WHERE s.id = ?",
            (snapshot_id,),
        ).fetchone()
        if row is None:
            raise KeyError(snapshot_id)
        url, fetched_at, status, headers, body = row
        return Page(
            url=url,
            role=role,
            site=site,
            body=zlib.decompress(body),
            fetched_at=datetime.fromisoformat(fetched_at),
            status=status,
            headers=json.loads(headers),
            snapshot_id=snapshot_id,
        )
