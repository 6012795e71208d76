"""Mend the rows of an archive whose file can be read, one kind of thing after the other, in the caller's transaction.

A statement of a copy (its reading) and the row of its article bear witness to each other, and the raw page to both.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsarchive.archive import regroup, schema
from newsarchive.archive.copy_keys import CopyKeys, identity_of
from newsarchive.archive.frontier import IN_VAIN
from newsarchive.archive.history import LAST_HASH, History, written
from newsarchive.archive.merge import merge
from newsarchive.archive.observations import content_hash, observation_of
from newsarchive.archive.store import ArticleStore
from newsarchive.extract import process, rejection
from newsarchive.i18n import _
from newsarchive.maintenance.check import NOT_STORED, UNREADABLE, article_faults
from newsarchive.maintenance.reading_rows import correct, damaged_readings
from newsarchive.maintenance.row_forms import malformed, put_right
from newsarchive.maintenance.snapshot_rows import set_right
from newsarchive.sites import SiteError, load_site
from newsarchive.warc.record import SnapshotDamagedError

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime
    from pathlib import Path

    from newsarchive.archive import Archive
    from newsarchive.archive.observations import Observation
    from newsarchive.models import Article, Role
    from newsarchive.sites import Site


@dataclass(slots=True)
class Repair:
    """What a repair did: how many of what it mended, and what is lost, by name; where a damaged file is kept."""

    mended: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    kept: Path | None = None


class RawPages:
    """The raw pages of an archive, read by the rules of today."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._sites: dict[str, Site | None] = {}

    def read(self, snapshot_id: int | None, role: Role, site: str) -> Article | None:
        """Return what a page says; None where the page is lost."""
        if snapshot_id is None:
            return None
        try:
            page = self._archive.snapshots.load(snapshot_id, role=role, site=site)
        except (KeyError, ValueError, SnapshotDamagedError):
            return None
        page.hints, page.found_on = self._archive.frontier.hints(page.url)
        return process(page, self._site(site))

    def _site(self, name: str) -> Site | None:
        if name not in self._sites:
            try:
                self._sites[name] = load_site(name)
            except SiteError:
                self._sites[name] = None
        return self._sites[name]


_READ_THERE = """
SELECT r.snapshot_id, c.role, c.site FROM readings r JOIN copies c ON c.id = r.copy_id
WHERE r.text_id = ? ORDER BY r.id
"""


def mend_texts(archive: Archive, pages: RawPages, done: Repair) -> None:
    """Restore texts that were changed behind the archive's back, wherever what was stored is still to be had."""
    connection = archive.connection
    for text_id, body, expected in connection.execute("SELECT id, body, content_hash FROM texts").fetchall():
        there = content_hash(body)
        if there == expected:
            continue
        right = _shown(connection, expected) or _read_again(connection, pages, text_id, expected)
        if right is not None:
            connection.execute("UPDATE texts SET body = ? WHERE id = ?", (right, text_id))
            done.mended[_("text")] += 1
        elif connection.execute("SELECT 1 FROM copies WHERE content_hash = ?", (there,)).fetchone():
            # The text is whole: it was the hash that was damaged.
            connection.execute("UPDATE texts SET content_hash = ? WHERE id = ?", (there, text_id))
            done.mended[_("text")] += 1
        else:
            done.lost.append(
                _("text {text_id} as it was stored: {place}", text_id=text_id, place=_where(connection, text_id))
            )


def _shown(connection: sqlite3.Connection, expected: str) -> str | None:
    """Return a text from an article that shows it."""
    rows = connection.execute("SELECT body FROM articles WHERE content_hash = ?", (expected,))
    return next((body for (body,) in rows if content_hash(body) == expected), None)


def _read_again(connection: sqlite3.Connection, pages: RawPages, text_id: int, expected: str) -> str | None:
    for snapshot_id, role, site in connection.execute(_READ_THERE, (text_id,)).fetchall():
        article = pages.read(snapshot_id, role, site)
        if article is not None and content_hash(article.body) == expected:
            return article.body
    return None


def _where(connection: sqlite3.Connection, text_id: int) -> str:
    rows = connection.execute(
        "SELECT DISTINCT c.url FROM readings r JOIN copies c ON c.id = r.copy_id WHERE r.text_id = ?", (text_id,)
    )
    return ", ".join(url for (url,) in rows) or _("no copy has it")


def mend_forms(connection: sqlite3.Connection, done: Repair) -> None:
    """Restore the form of values that nothing writes; what they were is lost where more than a bit was changed."""
    for one in list(malformed(connection)):
        if put_right(connection, one):
            done.mended[_("value of a row of {table}, by its form", table=one.table)] += 1
        else:
            done.lost.append(str(one))


def mend_readings(archive: Archive, pages: RawPages, done: Repair) -> None:
    """Restore what was stored of readings: by their checksums, else what their raw pages say."""
    connection = archive.connection
    for damaged in list(damaged_readings(connection)):
        if correct(connection, damaged):
            done.mended[_("reading of a copy")] += 1
            continue
        snapshot_id, role, site, url = connection.execute(_READ_AT, (damaged.row_id,)).fetchone()
        article = pages.read(snapshot_id, role, site)
        said = observation_of(article) if article is not None else None
        if said is not None and said.content_hash == damaged.text_hash:
            connection.execute(
                "UPDATE readings SET title = ?, fields = ?, extractor = ? WHERE id = ?",
                (said.title, written(said), said.extractor, damaged.row_id),
            )
            done.mended[_("reading of a copy")] += 1
        else:
            done.lost.append(_("what {url} said, as it was stored: what is there now was kept", url=url))
        connection.execute("UPDATE readings SET checksum = NULL WHERE id = ?", (damaged.row_id,))
    History(connection).fill_checksums()


_READ_AT = """
SELECT r.snapshot_id, c.role, c.site, c.url FROM readings r JOIN copies c ON c.id = r.copy_id
WHERE r.id = ?
"""


def mend_keys(archive: Archive, pages: RawPages, done: Repair) -> None:
    """Know each copy again by what its page says it is known by, where none of that is left."""
    connection = archive.connection
    for copy_id, snapshot_id, role, site in connection.execute(_WITHOUT_KEYS).fetchall():
        article = pages.read(snapshot_id, role, site)
        if article is not None:
            CopyKeys(connection).record(copy_id, identity_of(article))
            done.mended[_("keys of a copy")] += 1


_WITHOUT_KEYS = """
SELECT id, snapshot_id, role, site FROM copies c
WHERE NOT EXISTS (SELECT 1 FROM copy_keys k WHERE k.copy_id = c.id AND k.kind = 'own')
"""


# What becomes of rows that name a row that is lost: columns that may be empty are emptied, what cannot do without goes.
_EMPTIED = (
    ("articles", "source_id", "sources"),
    ("articles", "category_id", "categories"),
    ("copies", "snapshot_id", "snapshots"),
    ("readings", "snapshot_id", "snapshots"),
    ("snapshots", "payload_id", "snapshots"),
    ("frontier", "run_id", "runs"),
    ("problems", "run_id", "runs"),
)
_DELETED = (
    ("readings", "text_id", "texts"),
    ("copies", "article_id", "articles"),
    ("readings", "article_id", "articles"),
    ("readings", "copy_id", "copies"),
    *((table, "article_id", "articles") for table in regroup.PARTS),
    ("copy_keys", "copy_id", "copies"),
    ("source_aliases", "source_id", "sources"),
)

#: What goes with its rows without being lost: it is made of what is stored again.
_MADE_AGAIN = ("copy_keys",)


def mend_references(connection: sqlite3.Connection, done: Repair) -> None:
    """Leave no row that names a row which does not exist any more; `mend_frontier` has such pages fetched again."""
    for table, column, parent in _EMPTIED:
        cursor = connection.execute(
            f"UPDATE {table} SET {column} = NULL"  # noqa: S608
            f" WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT id FROM {parent})"
        )
        done.mended[_("row of {table} that named a lost row of {parent}", table=table, parent=parent)] += (
            cursor.rowcount
        )
        if parent == "snapshots" and cursor.rowcount:
            done.lost.append(
                _(
                    "{rowcount} rows of {table}: it is not known any more where their raw pages are",
                    rowcount=cursor.rowcount,
                    table=table,
                )
            )
    for table, column, parent in _DELETED:
        cursor = connection.execute(
            f"DELETE FROM {table} WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT id FROM {parent})"  # noqa: S608
        )
        if table in _MADE_AGAIN:
            done.mended[_("row of {table} that named a lost row of {parent}", table=table, parent=parent)] += (
                cursor.rowcount
            )
        elif cursor.rowcount:
            done.lost.append(
                _(
                    "{rowcount} rows of {table}: what they belong to in {parent} is lost",
                    rowcount=cursor.rowcount,
                    table=table,
                    parent=parent,
                )
            )


def mend_articles(archive: Archive, pages: RawPages, done: Repair) -> bool:
    """Make every article again what its copies say, and copies what their pages say; return whether any was changed."""
    connection = archive.connection
    wrong = {(key, article_id) for article_id, key, _fault in article_faults(connection)}
    if wrong:  # its triggers would take what is wrong for what was indexed; the caller makes it again
        schema.drop(connection, schema.SEARCH)
    for key, article_id in sorted(wrong):
        _mend_article(archive, pages, article_id, key, done)
    History(connection).fill_checksums()
    connection.execute(_RIGHT_HASH)
    done.mended[_("hash of a copy's text")] += connection.execute("SELECT changes()").fetchone()[0]
    return bool(wrong)


_RIGHT_HASH = f"""
UPDATE copies SET content_hash = right FROM (SELECT c.id AS copy, {LAST_HASH} AS right FROM copies c)
WHERE copy = copies.id AND right IS NOT copies.content_hash
"""  # noqa: S608
_NEWEST = """
SELECT r.id, r.title, r.fields, r.snapshot_id, c.role, c.site, c.url FROM readings r JOIN copies c ON c.id = r.copy_id
WHERE r.article_id = ? ORDER BY r.last_seen_at, r.id
"""


def _mend_article(archive: Archive, pages: RawPages, article_id: int, key: str, done: Repair) -> None:
    connection = archive.connection
    rows = connection.execute(_NEWEST, (article_id,)).fetchall()
    for reading_id, title, fields, snapshot_id, role, site, url in rows:
        article = pages.read(snapshot_id, role, site)
        said = observation_of(article) if article is not None else None
        if not _is_readable(fields) and said is None:
            connection.execute("DELETE FROM readings WHERE id = ?", (reading_id,))
            done.lost.append(_("what {url} said: it cannot be read, and its raw page is lost", url=url))
        elif said is not None and (not _is_readable(fields) or _agrees(connection, article_id, said, title, fields)):
            connection.execute(
                "UPDATE readings SET title = ?, fields = ?, checksum = NULL WHERE id = ?",
                (said.title, written(said), reading_id),
            )
            done.mended[_("reading of a copy")] += 1
    done.mended[_("time of a copy")] += connection.execute(_FIRST_SEEN, (article_id,)).rowcount
    try:
        ArticleStore(connection).refresh(article_id)
    except UNREADABLE:
        _forget(connection, article_id)
        done.lost.append(_("article {key}: nothing is left that says it; its pages are fetched again", key=key))
    else:
        done.mended[_("article")] += 1


# The article and what was read of its copies know when it was seen first.
_FIRST_SEEN = """
UPDATE copies SET first_seen_at = (SELECT min(first_seen_at) FROM readings WHERE copy_id = copies.id)
WHERE article_id = ?1
AND first_seen_at <> (SELECT min(first_seen_at) FROM readings WHERE copy_id = copies.id)
AND (SELECT first_seen_at FROM articles WHERE id = ?1) = (SELECT min(first_seen_at) FROM readings WHERE article_id = ?1)
"""


def _is_readable(fields: str) -> bool:
    try:
        return isinstance(json.loads(fields), dict)
    except ValueError:
        return False


def _agrees(connection: sqlite3.Connection, article_id: int, said: Observation, title: str | None, fields: str) -> bool:
    """Return whether a reading is not what its page says, and the article is: then the reading was damaged."""
    if said.title == title and written(said) == fields:
        return False
    names = ("title", "published_at", "attribution", "digest", "info_code", "share_url", "original_url", "section")
    row = connection.execute(f"SELECT {', '.join(names)} FROM articles WHERE id = ?", (article_id,)).fetchone()  # noqa: S608
    try:
        columns = merge([said]).columns
    except UNREADABLE:
        return False
    return all(columns.get(name) == value for name, value in zip(names, row, strict=True))


def _forget(connection: sqlite3.Connection, article_id: int) -> None:
    for table in (*regroup.PARTS, "readings", "copies"):
        connection.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))  # noqa: S608
    connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))


def mend_frontier(archive: Archive, pages: RawPages, now: datetime, done: Repair) -> None:
    """Store again what is marked as stored and is not, from its raw pages; have fetched again what has none."""
    connection = archive.connection
    for url, role, site in connection.execute(f"{NOT_STORED} UNION {_SAYS_NOTHING}").fetchall():
        snapshots = connection.execute("SELECT id FROM snapshots WHERE url = ? ORDER BY fetched_at, id", (url,))
        articles = [pages.read(snapshot_id, role, site) for (snapshot_id,) in snapshots.fetchall()]
        whole = [article for article in articles if article is not None and rejection(article) is None]
        for article in whole:
            archive.store(article, None, now)
        if whole:
            done.mended[_("article stored again from its raw page")] += 1
        else:
            connection.execute(f"{_PENDING} WHERE url = ?", (url,))
            done.mended[_("URL to be fetched again, because nothing of it is stored")] += 1


_SAYS_NOTHING = "SELECT url, role, site FROM copies WHERE content_hash IS NULL"


def mend_snapshots(archive: Archive, done: Repair) -> None:
    """Set in the rows of snapshots what their records say, as far as these can be read."""
    rows = archive.connection.execute("SELECT id FROM snapshots WHERE lost_at IS NULL ORDER BY warc_file, warc_offset")
    for (snapshot_id,) in rows.fetchall():
        with suppress(SnapshotDamagedError):  # `lose_snapshots` tells it
            done.mended[_("column of a snapshot, by its record")] += len(set_right(archive, snapshot_id))


_PENDING = "UPDATE frontier SET state = 'pending', reason = NULL, next_at = NULL, ended_at = NULL, attempts = 0"
_AGAIN = f"""
{_PENDING} WHERE url = ?1 AND url IN (
    SELECT c.url FROM copies c JOIN snapshots s ON s.id = c.snapshot_id
    WHERE c.url = ?1 AND s.lost_at IS NOT NULL AND s.payload_id IS NULL AND c.gone_at IS NULL
    UNION ALL SELECT url FROM frontier WHERE url = ?1 AND {IN_VAIN}
)
"""  # noqa: S608


def lose_snapshots(archive: Archive, now: datetime, done: Repair) -> None:
    """Record raw pages whose records are damaged as lost, and have the newest page of each URL fetched again."""
    connection = archive.connection
    rows = connection.execute("SELECT id, url FROM snapshots WHERE lost_at IS NULL ORDER BY warc_file, warc_offset")
    damaged = [(snapshot_id, url) for snapshot_id, url in rows.fetchall() if not _is_whole(archive, snapshot_id)]
    gone = [url for snapshot_id, url in damaged if not archive.snapshots.lose(snapshot_id, now)]
    done.mended[_("raw page whose body another record has")] += len(damaged) - len(gone)
    again = 0
    for url in dict.fromkeys(gone):
        again += connection.execute(_AGAIN, (url,)).rowcount
        # What the server would say has not changed is not here any more.
        connection.execute("UPDATE copies SET etag = NULL, last_modified = NULL WHERE url = ?", (url,))
    done.lost += [_("raw page of {url}", url=url) for url in gone]
    done.mended[_("URL to be fetched again, because its raw page is lost")] += again


def _is_whole(archive: Archive, snapshot_id: int) -> bool:
    try:
        archive.snapshots.verify(snapshot_id)
    except SnapshotDamagedError:
        return False
    return True
