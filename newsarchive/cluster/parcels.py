"""Parcels: all that an archive holds of some sites, in pieces that another archive takes over, one after the other.

A parcel is a small archive, packed, as a slice is. Raw pages come first, then articles with all that their copies have
said, in the end what crawls know of the sites. What is taken over is placed as if it were stored there: an article that
the other archive has already gets further copies, and its row is made anew from all of them.
"""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from newsarchive.archive.copy_keys import CopyKeys, Identity
from newsarchive.archive.history import Cause, History
from newsarchive.archive.merge import merge
from newsarchive.archive.observations import Observation
from newsarchive.archive.regroup import Articles
from newsarchive.archive.store import ArticleStore
from newsarchive.cluster.slices import ANY_ARTICLE, copy_rows, open_piece, piece_of
from newsarchive.models import Page
from newsarchive.timestamps import stamp
from newsarchive.url_keys import is_number
from newsarchive.warc.record import SnapshotDamagedError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from newsarchive.archive import Archive

# Articles or pages of one parcel, and bytes of its pages, at most.
_MOST, _MOST_BYTES = 300, 8 << 20
#: A page belongs to the site of its copy, or of the address that was found.
SITE_OF_PAGE = """coalesce(
    (SELECT site FROM main.copies c WHERE c.url = s.url), (SELECT site FROM main.frontier f WHERE f.url = s.url),
    (SELECT site FROM main.listings l WHERE l.url = s.url)
)"""
#: The sites that move, as a JSON array.
THESE = "IN (SELECT value FROM json_each(:sites))"
_PAGES = f"""
SELECT s.id, {SITE_OF_PAGE} AS site, s.length FROM main.snapshots s
WHERE s.id > :after AND site {THESE} ORDER BY s.id LIMIT :most
"""  # noqa: S608
ARTICLES = f"""
SELECT DISTINCT article_id FROM main.copies WHERE article_id > :after AND site {THESE} ORDER BY article_id LIMIT :most
"""  # noqa: S608
# Copies of the parcel, with the articles that they belong to.
_COPIES = f"""
CREATE TABLE slice.moved AS SELECT c.id AS copy_id, c.article_id, a.article_key
FROM main.copies c JOIN main.articles a ON a.id = c.article_id
WHERE c.site {THESE} AND c.article_id IN (SELECT value FROM json_each(:ids))
"""  # noqa: S608
_OF_COPIES = "copy_id IN (SELECT copy_id FROM slice.moved)"
# Where a page lies in the archive that it comes from means nothing.
_NO_PLACE = {"payload_id": "NULL", "warc_file": "'moved'", "warc_offset": "id", "warc_length": "0"}
_COUNTED = "(SELECT coalesce(max(last_run_id), 0) FROM main.run_days)"
# Tables of what crawls know of a site: what is in other columns, which rows are there.
_STATE: Sequence[tuple[str, dict[str, str], str]] = (
    # Runs of long past days, which `run_days` has counted, would be counted again.
    (
        "runs",
        {},
        f"site {THESE} AND outcome <> 'running' AND id > {_COUNTED}",
    ),
    ("run_days", {"last_run_id": "0"}, f"site {THESE}"),
    ("categories", {}, f"site {THESE}"),
    ("frontier", {"run_id": "NULL"}, f"site {THESE} ORDER BY rowid"),
    ("listings", {}, f"site {THESE} ORDER BY rowid"),
    ("problems", {"run_id": "NULL"}, f"site {THESE}"),
    (
        "pruned_pages",
        {},
        f"url IN (SELECT url FROM main.copies WHERE site {THESE} UNION"  # noqa: S608
        f" SELECT url FROM main.frontier WHERE site {THESE})",
    ),
)


class Place(NamedTuple):
    """Where in an archive a parcel begins: behind a row of `pages` or `articles`, or at the `state`, the last one."""

    part: str = "pages"
    after: int = 0

    def __str__(self) -> str:
        return f"{self.part} {self.after}"

    @classmethod
    def read(cls, text: str) -> Place:
        """Return the place that a text names, the beginning for none."""
        part, _, after = text.partition(" ")
        return cls(part, int(after)) if text else cls()


def cut_parcel(archive: Archive, sites: Sequence[str], place: Place) -> tuple[bytes, Place | None]:
    """Return the parcel that begins at a place, packed, and where the next one does; None behind the last one."""
    chosen: dict[str, Any] = {"sites": json.dumps(sites), "after": place.after, "most": _MOST}
    with piece_of(archive) as piece:
        if place.part == "pages":
            following = _cut_pages(archive, chosen)
        elif place.part == "articles":
            following = _cut_articles(archive.connection, chosen)
        else:
            following = None
            for table, instead, rows in _STATE:
                copy_rows(archive.connection, table, instead, rows, sites=chosen["sites"])
    return piece.pop(), following


def _cut_pages(archive: Archive, chosen: dict[str, Any]) -> Place:
    connection = archive.connection
    connection.execute("CREATE TABLE slice.bodies (snapshot_id INTEGER PRIMARY KEY, site TEXT, body BLOB)")
    ids: list[int] = []
    size = 0
    for snapshot_id, site, length in connection.execute(_PAGES, chosen).fetchall():
        size += length
        if ids and size > _MOST_BYTES:
            break
        ids.append(snapshot_id)
        try:
            body = archive.snapshots.load(snapshot_id, role="post", site=site).body
        except SnapshotDamagedError:
            body = None
        connection.execute("INSERT INTO slice.bodies VALUES (?, ?, ?)", (snapshot_id, site, body))
    copy_rows(connection, "snapshots", _NO_PLACE, "id IN (SELECT value FROM json_each(:ids))", ids=json.dumps(ids))
    return Place("pages", ids[-1]) if ids else Place("articles")


def _cut_articles(connection: sqlite3.Connection, chosen: dict[str, Any]) -> Place:
    ids = [article_id for (article_id,) in connection.execute(ARTICLES, chosen)]
    connection.execute(_COPIES.replace(":sites", "?1").replace(":ids", "?2"), (chosen["sites"], json.dumps(ids)))
    any_article = {"article_id": str(ANY_ARTICLE)}
    copies = "id IN (SELECT copy_id FROM slice.moved)"
    readings = f"SELECT {{}} FROM main.readings WHERE {_OF_COPIES}"  # noqa: S608
    pages = f"SELECT snapshot_id FROM main.copies WHERE {copies}"  # noqa: S608
    copy_rows(connection, "snapshots", _NO_PLACE, f"id IN ({pages} UNION {readings.format('snapshot_id')})")
    copy_rows(connection, "copies", any_article, copies)
    copy_rows(connection, "texts", {}, f"id IN ({readings.format('text_id')})")
    copy_rows(connection, "readings", any_article, _OF_COPIES)
    copy_rows(connection, "copy_keys", {}, _OF_COPIES)
    return Place("articles", ids[-1]) if ids else Place("state")


def take_over(archive: Archive, data: bytes) -> None:
    """Store what is in a parcel; the caller holds the transaction.

    Raises:
        UserError: it was cut by a newer version, or a page cannot be saved.

    """
    with (
        tempfile.TemporaryDirectory(prefix="newsarchive-parcel-") as folder,
        open_piece(data, Path(folder) / "parcel.db") as parcel,
    ):
        tables = {name for (name,) in parcel.connection.execute("SELECT name FROM sqlite_master")}
        if "bodies" in tables:
            _take_pages(archive, parcel.connection)
        if "moved" in tables:
            _take_articles(archive.connection, parcel.connection)
        for table, _, _ in _STATE:
            _take_rows(archive.connection, parcel.connection, table)


def _take_pages(archive: Archive, parcel: sqlite3.Connection) -> None:
    rows = parcel.execute(
        "SELECT b.site, b.body, s.url, s.fetched_at, s.http_status, s.headers, s.charset, s.id FROM bodies b"
        " JOIN snapshots s ON s.id = b.snapshot_id ORDER BY s.id"
    )
    for site, body, url, fetched_at, status, headers, charset, snapshot_id in rows:
        if body is None:  # its row tells that there was a page, which is lost
            lost = {"id": None, "lost_at": stamp(datetime.now(UTC))}
            _insert(archive.connection, parcel, "snapshots", snapshot_id, lost)
            continue
        page = Page(url, "post", site, body, datetime.fromisoformat(fetched_at), status, json.loads(headers))
        archive.snapshots.label = site
        saved = archive.snapshots.save(page)
        if charset is not None:
            archive.snapshots.note_charset(saved, charset)


def _take_articles(connection: sqlite3.Connection, parcel: sqlite3.Connection) -> None:
    copies: dict[tuple[int, str], list[int]] = {}
    for copy_id, article_id, key in parcel.execute("SELECT * FROM moved ORDER BY article_id, copy_id"):
        copies.setdefault((article_id, key), []).append(copy_id)
    for (_, key), copy_ids in copies.items():
        _take_article(connection, parcel, key, copy_ids)


def _take_article(
    connection: sqlite3.Connection, parcel: sqlite3.Connection, key: str, copy_ids: Sequence[int]
) -> None:
    """Place copies that are of one article: with an article that they show to be the same, or as a new one."""
    articles, at = Articles(connection), stamp(datetime.now(UTC))
    said = {copy_id: _readings(parcel, copy_id) for copy_id in copy_ids}
    newest = {copy_id: max(rows, key=lambda row: row[1])[3] for copy_id, rows in said.items() if rows}
    if not newest:  # nothing tells what they showed
        return
    identities = {copy_id: _identity(parcel, copy_id, key) for copy_id in copy_ids}
    found: dict[int, None] = {}
    for copy_id, reading in newest.items():
        known = connection.execute("SELECT article_id FROM copies WHERE url = ?", (reading.url,)).fetchone()
        identity = identities[copy_id]
        found |= dict.fromkeys(CopyKeys(connection).articles_of(identity, reading, known=known and known[0]))
    holder = None
    if found:
        article_id = articles.join(list(found), at)
        if is_number(key):
            article_id = articles.holder_of(key) or article_id
    else:
        holder = articles.free_key(key)
        first = min(row[0] for rows in said.values() for row in rows)
        article_id = ArticleStore(connection).insert(key, merge([next(iter(newest.values()))]), first)
    for copy_id, rows in said.items():
        _take_copy(connection, parcel, copy_id, article_id, rows)
    ArticleStore(connection).refresh(article_id)
    if is_number(key):
        articles.set_number(article_id, key, at)
    articles.settle_key(article_id, at, before="")
    for identity in identities.values():
        articles.settle_namesakes(article_id, identity, at)
    if holder is not None:
        articles.settle_key(holder, at, before=key)


def _take_copy(
    connection: sqlite3.Connection,
    parcel: sqlite3.Connection,
    copy_id: int,
    article_id: int,
    rows: Sequence[tuple[str, str, Cause, Observation, int | None]],
) -> None:
    url, last_seen, snapshot_id = parcel.execute(
        "SELECT url, last_seen_at, snapshot_id FROM copies WHERE id = ?", (copy_id,)
    ).fetchone()
    known = connection.execute("SELECT id, last_seen_at FROM copies WHERE url = ?", (url,)).fetchone()
    if known is None or known[1] < last_seen:
        here_too = _page_here(connection, parcel, snapshot_id)
        instead = {"id": known and known[0], "article_id": article_id, "snapshot_id": here_too}
        _insert(connection, parcel, "copies", copy_id, instead, is_newer=known is not None)
    if known is not None:
        Articles(connection).move(known[0], article_id)
    (here,) = connection.execute("SELECT id FROM copies WHERE url = ?", (url,)).fetchone()
    for first, last, cause, reading, page_id in rows:
        page = Page(url, reading.role, reading.site, b"", datetime.now(UTC))
        page.snapshot_id = _page_here(connection, parcel, page_id)
        History(connection).add(reading, page, article_id, seen_at=first, cause=cause)
        if last > first:
            History(connection).add(reading, page, article_id, seen_at=last)
    connection.executemany(
        "INSERT OR IGNORE INTO copy_keys (key, kind, copy_id) VALUES (?, ?, ?)",
        [(*row, here) for row in parcel.execute("SELECT key, kind FROM copy_keys WHERE copy_id = ?", (copy_id,))],
    )


def _readings(parcel: sqlite3.Connection, copy_id: int) -> list[tuple[str, str, Cause, Observation, int | None]]:
    """Return what a copy has said: first and last time, why it says something else, what it says, and the page."""
    return [
        (first, last, cause, Observation(*(*said, json.loads(fields))), snapshot_id)
        for first, last, cause, snapshot_id, *said, fields in parcel.execute(
            "SELECT r.first_seen_at, r.last_seen_at, r.cause, r.snapshot_id, c.url, c.role, c.site, r.title,"
            " t.body, t.content_hash, r.extractor, r.fields FROM readings r JOIN copies c ON c.id = r.copy_id"
            " JOIN texts t ON t.id = r.text_id WHERE r.copy_id = ? ORDER BY r.first_seen_at, r.last_seen_at",
            (copy_id,),
        )
    ]


def _identity(parcel: sqlite3.Connection, copy_id: int, key: str) -> Identity:
    """Return what a copy is known by."""
    kinds: dict[str, list[str]] = {}
    for name, kind in parcel.execute("SELECT key, kind FROM copy_keys WHERE copy_id = ? ORDER BY key", (copy_id,)):
        kinds.setdefault(kind, []).append(name)
    return Identity(
        own=kinds.get("own", [key])[0],
        number=key if is_number(key) else None,
        named=tuple(kinds.get("named", ())),
        listed=kinds.get("listed", [None])[0],
        twin=kinds.get("twin", [None])[0],
    )


def _page_here(connection: sqlite3.Connection, parcel: sqlite3.Connection, snapshot_id: int | None) -> int | None:
    """Return the snapshot that is the same page as one of a parcel."""
    page = parcel.execute("SELECT url, fetched_at, digest FROM snapshots WHERE id = ?", (snapshot_id,)).fetchone()
    if page is None:
        return None
    row = connection.execute("SELECT id FROM snapshots WHERE (url, fetched_at, digest) = (?, ?, ?)", page).fetchone()
    return int(row[0]) if row else None


def _take_rows(connection: sqlite3.Connection, parcel: sqlite3.Connection, table: str) -> None:
    """Insert all rows of a table; what is known here of the same address stays."""
    cursor = parcel.execute(f"SELECT * FROM {table} ORDER BY rowid" if table == "runs" else f"SELECT * FROM {table}")  # noqa: S608
    names = [column[0] for column in cursor.description]
    kept = [place for place, name in enumerate(names) if name != "id"]
    connection.executemany(
        f"INSERT OR IGNORE INTO {table} ({', '.join(names[place] for place in kept)})"  # noqa: S608
        f" VALUES ({', '.join('?' * len(kept))})",
        ([row[place] for place in kept] for row in cursor),
    )


def _insert(
    connection: sqlite3.Connection,
    parcel: sqlite3.Connection,
    table: str,
    row_id: int,
    instead: dict[str, Any],
    *,
    is_newer: bool = False,
) -> None:
    """Insert a row of a parcel with other values in some columns; `is_newer` replaces the one with that id."""
    cursor = parcel.execute(f"SELECT * FROM {table} WHERE id = ?", (row_id,))  # noqa: S608
    names = [column[0] for column in cursor.description]
    values = dict(zip(names, cursor.fetchone(), strict=True)) | instead
    if is_newer:
        columns = ", ".join(f"{name} = :{name}" for name in names if name not in ("id", "first_seen_at"))
        connection.execute(f"UPDATE {table} SET {columns} WHERE id = :id", values)  # noqa: S608
        return
    marks = ", ".join(f":{name}" for name in names)
    connection.execute(f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({marks})", values)  # noqa: S608
