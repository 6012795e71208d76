"""Copies: every URL at which an article stands, when it was seen there, and since when it is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from newsarchive.archive.history import History
from newsarchive.models import FEED_MARK
from newsarchive.timestamps import stamp
from newsarchive.url_keys import url_key

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from newsarchive.archive.observations import Observation
    from newsarchive.models import Article

#: How many values one statement is given at most; SQLite allows 999 in older builds.
_CHUNK = 500


class Copies:
    """The copies of an archive."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def known(self, urls: Iterable[str]) -> set[str]:
        """Return those of the URLs that are stored copies, so that they need not be fetched."""
        known: set[str] = set()
        for chunk in _chunks(urls):
            marks = ", ".join("?" * len(chunk))
            known.update(
                url
                for (url,) in self._connection.execute(
                    f"SELECT url FROM copies WHERE url IN ({marks})",  # noqa: S608
                    chunk,
                )
            )
        return known

    def stored_as(self, urls: Iterable[str]) -> dict[str, str]:
        """Return for those of the URLs that lead to a stored copy, in whatever spelling, the URL of that copy.

        Entries of feeds and post files are no pages at these addresses.
        """
        urls = list(urls)
        found = {url: url for url in self.known(urls)}
        keys = {url: url_key(url) for url in urls if url not in found and not url.endswith(FEED_MARK)}
        stored: dict[str, str] = {}
        for chunk in _chunks(keys.values()):
            marks = ", ".join("?" * len(chunk))
            query = (
                "SELECT k.key, min(c.url) FROM copy_keys k JOIN copies c ON c.id = k.copy_id"  # noqa: S608
                f" WHERE k.kind = 'own' AND k.key IN ({marks}) AND c.role NOT IN ('feed', 'file') GROUP BY k.key"
            )
            stored.update(self._connection.execute(query, chunk).fetchall())
        return found | {url: stored[key] for url, key in keys.items() if key in stored}

    def is_address(self, key: str) -> bool:
        """Return whether a stored copy stands at the address that a key is of."""
        query = "SELECT 1 FROM copy_keys WHERE key = ? AND kind = 'own' LIMIT 1"
        return self._connection.execute(query, (key,)).fetchone() is not None

    def observation(self, url: str) -> Observation | None:
        """Return what a stored copy said when it was last read; None where there is no such copy."""
        return History(self._connection).newest_at(url)

    def digests(self, urls: Iterable[str]) -> dict[str, str]:
        """Return for those of the URLs that are stored copies the digest of the raw page that was last read there."""
        found: dict[str, str] = {}
        for chunk in _chunks(urls):
            marks = ", ".join("?" * len(chunk))
            query = (
                "SELECT c.url, s.digest FROM copies c JOIN snapshots s ON s.id = c.snapshot_id"  # noqa: S608
                f" WHERE c.url IN ({marks})"
            )
            found.update(self._connection.execute(query, chunk).fetchall())
        return found

    def keys_of_page(self, snapshot_id: int, limit: int) -> set[str]:
        """Return the numbers, else own keys, of at most so many copies that last came with the bytes of a snapshot."""
        (payload_id,) = self._connection.execute(
            "SELECT coalesce(payload_id, id) FROM snapshots WHERE id = ?", (snapshot_id,)
        ).fetchone()
        rows = self._connection.execute(
            "SELECT DISTINCT CASE WHEN a.article_key GLOB '*[^0-9]*' THEN k.key ELSE a.article_key END"
            " FROM snapshots s JOIN copies c ON c.url = s.url AND c.snapshot_id = s.id"
            " JOIN articles a ON a.id = c.article_id JOIN copy_keys k ON k.copy_id = c.id AND k.kind = 'own'"
            " WHERE (s.id = ?1 OR s.payload_id = ?1) AND c.role IN ('post', 'original') LIMIT ?2",
            (payload_id, limit),
        )
        return {key for (key,) in rows}

    def is_named_by_page(self, snapshot_id: int, key: str) -> bool:
        """Return whether a copy that came with the bytes of a snapshot names an address, by its key, as its own."""
        row = self._connection.execute(
            "SELECT 1 FROM copy_keys k JOIN copies c ON c.id = k.copy_id JOIN snapshots s ON s.id = c.snapshot_id"
            " JOIN snapshots p ON coalesce(p.payload_id, p.id) = coalesce(s.payload_id, s.id)"
            " WHERE k.key = ? AND k.kind = 'named' AND p.id = ? LIMIT 1",
            (key, snapshot_id),
        ).fetchone()
        return row is not None

    def touch(self, urls: Iterable[str], now: datetime, *, older_than: timedelta = timedelta(0)) -> None:
        """Record that copies were seen again: `last_seen_at` moves on, nothing else.

        Those seen less than `older_than` ago stay as they are, so that frequent crawls do not rewrite the archive.
        """
        seen_at, before = stamp(now), stamp(now - older_than)
        for chunk in _chunks(urls):
            marks = ", ".join("?" * len(chunk))
            touched = self._connection.execute(
                f"UPDATE copies SET last_seen_at = ? WHERE url IN ({marks}) AND last_seen_at < ?"  # noqa: S608
                " RETURNING article_id",
                (seen_at, *chunk, before),
            ).fetchall()
            self._connection.executemany(
                "UPDATE articles SET last_seen_at = max(last_seen_at, ?) WHERE id = ?",
                [(seen_at, article_id) for (article_id,) in touched],
            )

    def gone(self, url: str, status: int, now: datetime) -> bool:
        """Mark a copy as gone since `now`; its text stays. Return whether there is such a copy."""
        cursor = self._connection.execute(
            "UPDATE copies SET http_status = ?, gone_at = coalesce(gone_at, ?) WHERE url = ?", (status, stamp(now), url)
        )
        return cursor.rowcount > 0

    def returned(self, url: str) -> None:
        """Record that a copy is not gone any more, if it was marked so."""
        self._connection.execute(
            "UPDATE copies SET http_status = 200, gone_at = NULL WHERE url = ? AND gone_at IS NOT NULL", (url,)
        )

    def without_share(self, site: str, *, newest: int | None = None) -> Iterator[tuple[str, str]]:
        """Yield (info code, share or original URL) of each of a site's articles whose linked text was never fetched.

        An article without a code has its URL in place of it. With `newest`, only of those among so many articles that
        came last.
        """
        rows = self._connection.execute(
            "SELECT DISTINCT coalesce(a.info_code, a.share_url, a.original_url), coalesce(a.share_url, a.original_url)"
            " FROM articles a WHERE coalesce(a.share_url, a.original_url) IS NOT NULL"
            " AND EXISTS (SELECT 1 FROM copies c WHERE c.article_id = a.id AND c.site = ?)"
            " AND NOT EXISTS (SELECT 1 FROM copies c WHERE c.article_id = a.id AND c.role IN ('share', 'original'))"
            " AND a.id > ifnull((SELECT max(id) FROM articles) - ?, 0)"
            " ORDER BY a.id",
            (site, newest),
        ).fetchall()
        yield from rows

    def last_seen(self, url: str) -> str | None:
        """Return when a copy was last seen; None where there is no such copy."""
        row = self._connection.execute("SELECT last_seen_at FROM copies WHERE url = ?", (url,)).fetchone()
        return str(row[0]) if row else None

    def see(self, article: Article, article_id: int, content_hash: str, seen_at: str) -> bool:
        """Record that the article stands at its page's URL; return whether this copy was not known before.

        A copy seen earlier than all that is known moves `first_seen_at` back; only the latest sighting sets the rest.
        """
        page = article.page
        known = self._connection.execute("SELECT last_seen_at FROM copies WHERE url = ?", (page.url,)).fetchone()
        state = (
            page.status,
            page.headers.get("etag"),
            page.headers.get("last-modified"),
            content_hash,
            page.snapshot_id,
        )
        if known is None:
            self._connection.execute(
                "INSERT INTO copies (article_id, url, role, site, first_seen_at, last_seen_at, http_status, etag,"
                " last_modified, content_hash, snapshot_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (article_id, page.url, page.role, page.site, seen_at, seen_at, *state),
            )
            return True
        if seen_at >= known[0]:
            self._connection.execute(
                "UPDATE copies SET last_seen_at = ?, http_status = ?, etag = ?, last_modified = ?, content_hash = ?,"
                " snapshot_id = ?, gone_at = NULL WHERE url = ?",
                (seen_at, *state, page.url),
            )
        else:
            self._connection.execute(
                "UPDATE copies SET first_seen_at = min(first_seen_at, ?) WHERE url = ?", (seen_at, page.url)
            )
        return False

    def reread(self, url: str, content_hash: str) -> bool:
        """Record that a copy's page was read again from its snapshot; return whether there is such a copy.

        Nothing else changes: when it was seen, and whether it is gone, is what the site said.
        """
        cursor = self._connection.execute("UPDATE copies SET content_hash = ? WHERE url = ?", (content_hash, url))
        return cursor.rowcount > 0


def _chunks(urls: Iterable[str]) -> Iterator[list[str]]:
    distinct = list(dict.fromkeys(urls))
    for start in range(0, len(distinct), _CHUNK):
        yield distinct[start : start + _CHUNK]
