"""What a shard held of sites that have moved to another one, removed: their copies, their pages, what crawls knew."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newsarchive.archive.regroup import Articles
from newsarchive.archive.store import ArticleStore
from newsarchive.cluster.parcels import ARTICLES, SITE_OF_PAGE, THESE
from newsarchive.maintenance.prune import NEEDED
from newsarchive.maintenance.prune_warc import prune_files
from newsarchive.timestamps import stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from newsarchive.archive import Archive


def remove(archive: Archive, sites: Sequence[str], most: int) -> bool:
    """Remove what an archive holds of sites, at most so many articles at one time; return whether more is left."""
    connection, these = archive.connection, json.dumps(sites)
    _remove_pages(archive, these)
    with archive.transaction():
        chosen = {"sites": these, "after": 0, "most": most}
        found = [article_id for (article_id,) in connection.execute(ARTICLES, chosen)]
        for article_id in found:
            _remove_article(connection, article_id, these)
    if found:
        return True
    with archive.transaction():
        connection.execute("DELETE FROM texts WHERE id NOT IN (SELECT text_id FROM readings)")
        connection.execute(
            f"DELETE FROM categories WHERE site {THESE}"  # noqa: S608
            " AND id NOT IN (SELECT category_id FROM articles WHERE category_id IS NOT NULL)",
            {"sites": these},
        )
        for table in ("problems", "listings", "frontier", "run_days"):
            connection.execute(f"DELETE FROM {table} WHERE site {THESE}", {"sites": these})  # noqa: S608
        runs = f"(SELECT id FROM runs WHERE site {THESE})"  # noqa: S608
        for table in ("problems", "frontier"):
            connection.execute(f"UPDATE {table} SET run_id = NULL WHERE run_id IN {runs}", {"sites": these})  # noqa: S608
        connection.execute(f"DELETE FROM runs WHERE id IN {runs}", {"sites": these})  # noqa: S608
    return False


def _remove_article(connection: sqlite3.Connection, article_id: int, sites: str) -> None:
    """Remove the copies that sites have of an article, and the article where no others are left."""
    chosen = {"article": article_id, "sites": sites}
    copies = f"(SELECT id FROM copies WHERE article_id = :article AND site {THESE})"  # noqa: S608
    for table, column in (("readings", "copy_id"), ("copy_keys", "copy_id"), ("copies", "id")):
        connection.execute(f"DELETE FROM {table} WHERE {column} IN {copies}", chosen)  # noqa: S608
    if connection.execute("SELECT 1 FROM copies WHERE article_id = ?", (article_id,)).fetchone():
        ArticleStore(connection).refresh(article_id)
        Articles(connection).settle_key(article_id, stamp(datetime.now(UTC)))
    else:
        Articles(connection).delete(article_id)


def _remove_pages(archive: Archive, sites: str) -> None:
    connection = archive.connection
    connection.execute("DROP TABLE IF EXISTS temp.doomed")
    connection.execute("CREATE TEMP TABLE doomed (id INTEGER PRIMARY KEY)")
    connection.execute(
        f"INSERT INTO doomed SELECT s.id FROM main.snapshots s WHERE {SITE_OF_PAGE} {THESE}",  # noqa: S608
        {"sites": sites},
    )
    connection.execute(NEEDED)
    if not connection.execute("SELECT 1 FROM doomed").fetchone():
        return
    gone = connection.execute("SELECT url, fetched_at, digest FROM main.snapshots JOIN doomed USING (id)").fetchall()
    archive.snapshots.close()
    connection.execute("PRAGMA foreign_keys = OFF")  # as for `prune`
    try:
        prune_files(archive, datetime.now(UTC))
    finally:
        connection.execute("PRAGMA foreign_keys = ON")
        for table in ("copies", "readings"):
            connection.execute(f"DROP TABLE IF EXISTS temp.doomed_{table}")
    with archive.transaction():  # they were not pruned: another archive has them
        connection.executemany("DELETE FROM pruned_pages WHERE (url, fetched_at, digest) = (?, ?, ?)", gone)
