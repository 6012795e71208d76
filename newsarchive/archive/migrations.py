"""The archive's tables as numbered migrations, from the first day: an old archive is brought up to date, never rebuilt.

A migration that has once been released is not changed any more; what follows is added in a new one.
"""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from sqlite_utils import Database, Migrations

from newsarchive import stories
from newsarchive.archive import outlets, store, views
from newsarchive.search import index
from newsarchive.stories.shingles import create_shingle_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


#: Marks the SQLite file as ours ("NEWS" in ASCII), so that a foreign file is never written to.
APPLICATION_ID = 0x4E455753

migrations = Migrations("newsarchive")

#: Is told how many articles a migration has done, and of how many, where somebody wants to know.
progress: ContextVar[Callable[[int, int], None] | None] = ContextVar("progress", default=None)

# A state of an article's text is new when its body is not that of the state before, or when it has another title; a
# copy that has no title (the share service) goes by the title before it. There is only one window, because SQLite looks
# at one article alone only where all windows are parted in the same way.
_REVISIONS = """
SELECT article_id,
       row_number() OVER (PARTITION BY article_id ORDER BY seen_at, url) AS revision,
       seen_at, copy_id, url, cause, coalesce(title, previous_title) AS title, body, content_hash
FROM (SELECT r.article_id, r.first_seen_at AS seen_at, r.copy_id, c.url, r.title, t.body, t.content_hash, r.text_id,
             CASE WHEN lag(r.id) OVER article IS NULL THEN 'first'
                  WHEN NOT EXISTS (SELECT 1 FROM readings e WHERE e.article_id = r.article_id
                                     AND e.copy_id = r.copy_id AND e.first_seen_at < r.first_seen_at) THEN 'copy'
                  ELSE r.cause END AS cause,
             lag(r.text_id) OVER article AS previous_text_id,
             (SELECT e.title FROM readings e JOIN copies k ON k.id = e.copy_id
              WHERE e.article_id = r.article_id AND e.title IS NOT NULL
                AND (e.first_seen_at, k.url) < (r.first_seen_at, c.url)
              ORDER BY e.first_seen_at DESC, k.url DESC LIMIT 1) AS previous_title
      FROM readings r JOIN copies c ON c.id = r.copy_id JOIN texts t ON t.id = r.text_id
      WHERE t.body <> ''
      WINDOW article AS (PARTITION BY r.article_id ORDER BY r.first_seen_at, c.url))
WHERE previous_text_id IS NOT text_id OR title <> previous_title
"""


@migrations()
def m0001_articles(db: Database) -> None:
    """Keep articles, what they are made of, and where they were seen."""
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.table("sources").create({"id": int, "name": str, "slug": str}, pk="id", not_null={"name"}, strict=True)
    db.table("sources").create_index(["name"], unique=True)
    db.table("categories").create(
        {"id": int, "site": str, "slug": str, "name": str, "url": str}, pk="id", not_null={"site", "slug"}, strict=True
    )
    db.table("categories").create_index(["site", "slug"], unique=True)
    db.table("articles").create(
        {
            "id": int,
            "article_key": str,
            "info_code": str,
            "kind": str,
            "site": str,
            "url": str,
            "share_url": str,
            "original_url": str,
            "title": str,
            "original_title": str,
            "digest": str,
            "body": str,
            "published_at": str,
            "published_date": str,
            "source_id": int,
            "attribution": str,
            "via": str,
            "category_id": int,
            "section": str,
            "lang": str,
            "paywalled": int,
            "char_count": int,
            "paragraph_count": int,
            "story_id": int,
            "content_hash": str,
            "revision": int,
            "first_seen_at": str,
            "last_seen_at": str,
            "changed_at": str,
            "extractor": str,
        },
        pk="id",
        not_null={"article_key", "site", "url", "body", "content_hash", "first_seen_at", "last_seen_at"},
        foreign_keys=[("source_id", "sources", "id"), ("category_id", "categories", "id")],
        strict=True,
    )
    articles = db.table("articles")
    articles.create_index(["article_key"], unique=True)
    articles.create_index(["published_at"])
    articles.create_index(["published_date", "source_id"])
    articles.create_index(["source_id", "published_at"])
    articles.create_index(["category_id", "published_at"])
    _create_parts(db)
    _create_provenance(db)


def _create_parts(db: Database) -> None:
    db.table("paragraphs").create(
        {"article_id": int, "position": int, "kind": str, "text": str},
        pk=("article_id", "position"),
        not_null={"kind", "text"},
        foreign_keys=[("article_id", "articles", "id")],
        strict=True,
    )
    db.table("bylines").create(
        {"article_id": int, "role": str, "name": str},
        pk=("article_id", "role", "name"),
        foreign_keys=[("article_id", "articles", "id")],
        strict=True,
    )
    db.table("bylines").create_index(["name"])
    db.table("mentions").create(
        {"article_id": int, "market": str, "code": str, "name": str, "count": int},
        pk=("article_id", "market", "code"),
        not_null={"count"},
        foreign_keys=[("article_id", "articles", "id")],
        strict=True,
    )
    db.table("mentions").create_index(["code"])
    db.table("images").create(
        {"article_id": int, "position": int, "url": str, "alt": str, "caption": str},
        pk=("article_id", "position"),
        not_null={"url"},
        foreign_keys=[("article_id", "articles", "id")],
        strict=True,
    )


def _create_provenance(db: Database) -> None:
    db.table("snapshots").create(
        {
            "id": int,
            "url": str,
            "fetched_at": str,
            "http_status": int,
            "headers": str,
            "charset": str,
            "digest": str,
            "length": int,
            "warc_file": str,
            "warc_offset": int,
            "warc_length": int,
            "payload_id": int,
        },
        pk="id",
        not_null={"url", "fetched_at", "digest", "length", "warc_file", "warc_offset", "warc_length"},
        foreign_keys=[("payload_id", "snapshots", "id")],
        strict=True,
    )
    db.table("snapshots").create_index(["url", "fetched_at", "digest"], unique=True)
    db.table("snapshots").create_index(["warc_file", "warc_offset"], unique=True)
    db.execute("CREATE INDEX idx_snapshots_payload ON snapshots (digest) WHERE payload_id IS NULL")
    # One row, made with the archive: what tells the WARC files of this archive from those of another one.
    db.table("identity").create({"archive_id": str}, pk="archive_id", strict=True)
    db.execute("INSERT INTO identity (archive_id) VALUES (lower(hex(randomblob(16))))")
    db.table("copies").create(
        {
            "id": int,
            "article_id": int,
            "url": str,
            "role": str,
            "site": str,
            "first_seen_at": str,
            "last_seen_at": str,
            "gone_at": str,
            "http_status": int,
            "etag": str,
            "last_modified": str,
            "content_hash": str,
            "snapshot_id": int,
        },
        pk="id",
        not_null={"article_id", "url", "role", "site", "first_seen_at", "last_seen_at"},
        foreign_keys=[("article_id", "articles", "id"), ("snapshot_id", "snapshots", "id")],
        strict=True,
    )
    db.table("copies").create_index(["url"], unique=True)
    db.table("copies").create_index(["article_id"])
    db.table("texts").create(
        {"id": int, "content_hash": str, "body": str},
        pk="id",
        not_null={"content_hash", "body"},
        strict=True,
    )
    db.table("texts").create_index(["content_hash"], unique=True)
    db.table("readings").create(
        {
            "id": int,
            "copy_id": int,
            "article_id": int,
            "first_seen_at": str,
            "last_seen_at": str,
            "cause": str,
            "title": str,
            "text_id": int,
            "fields": str,
            "extractor": str,
            "snapshot_id": int,
        },
        pk="id",
        not_null={"copy_id", "article_id", "first_seen_at", "last_seen_at", "cause", "text_id", "fields"},
        foreign_keys=[
            ("copy_id", "copies", "id"),
            ("article_id", "articles", "id"),
            ("text_id", "texts", "id"),
            ("snapshot_id", "snapshots", "id"),
        ],
        strict=True,
    )
    db.table("readings").create_index(["article_id", "copy_id", "first_seen_at"])
    db.create_view("revisions", _REVISIONS)


@migrations()
def m0002_crawling(db: Database) -> None:
    """Keep what is to be fetched, what was run, and what went wrong."""
    db.table("runs").create(
        {
            "id": int,
            "spider": str,
            "site": str,
            "arguments": str,
            "process": str,
            "started_at": str,
            "finished_at": str,
            "outcome": str,
            "reason": str,
            "counts": str,
        },
        pk="id",
        not_null={"spider", "started_at", "outcome"},
        strict=True,
    )
    db.table("frontier").create(
        {
            "url": str,
            "site": str,
            "role": str,
            "found_on": str,
            "found_at": str,
            "run_id": int,
            "hints": str,
            "state": str,
            "attempts": int,
            "next_at": str,
            "reason": str,
            "ended_at": str,
        },
        pk="url",
        not_null={"site", "role", "found_at", "state", "attempts"},
        foreign_keys=[("run_id", "runs", "id")],
        strict=True,
    )
    db.table("frontier").create_index(["site", "state", "next_at"])
    db.table("problems").create(
        {
            "id": int,
            "run_id": int,
            "url": str,
            "site": str,
            "stage": str,
            "reason": str,
            "detail": str,
            "first_at": str,
            "last_at": str,
            "count": int,
        },
        pk="id",
        not_null={"url", "stage", "reason", "detail", "first_at", "last_at", "count"},
        foreign_keys=[("run_id", "runs", "id")],
        strict=True,
    )
    db.table("problems").create_index(["url", "stage", "reason"], unique=True)
    db.table("problems").create_index(["reason"])


@migrations()
def m0003_search(db: Database) -> None:
    """Index the words of all articles."""
    index.create_index(db.conn, progress.get())


@migrations()
def m0004_listings(db: Database) -> None:
    """Keep by what a listing page is known again, so that one without changes is neither sent nor read."""
    db.table("listings").create(
        {
            "url": str,
            "site": str,
            "way": str,
            "found_on": str,
            "etag": str,
            "last_modified": str,
            "digest": str,
            "rules": str,
            "next_url": str,
            "due": int,
            "changed_at": str,
        },
        pk="url",
        not_null={"site", "way", "due"},
        strict=True,
    )
    db.table("listings").create_index(["site", "due"])
    db.table("listings").create_index(["found_on"])


@migrations()
def m0005_stories(db: Database) -> None:
    """Know the names of media, and which articles tell one story."""
    _add_precision(db)
    outlets.create_tables(db.conn)
    stories.create_tables(db.conn)
    views.create_views(db.conn)
    stories.Stories(db.conn).rebuild(progress.get())


@migrations()
def m0006_lighter_story_index(db: Database) -> None:
    """Find stories by fewer and shorter shingles; an archive that was never without them has nothing to change."""
    _add_precision(db)
    if "rate" in db.table("story_texts").columns_dict:
        stories.renew_tables(db.conn, progress.get())


@migrations()
def m0007_precision(db: Database) -> None:
    """Return how exactly a time of publication is printed: a day without a time of day is no midnight."""
    _add_precision(db)
    store.fill_precision(db.conn, progress.get())


def _add_precision(db: Database) -> None:
    """Add the column of the precision where it is missing; stories are told by it, also in the migrations before."""
    if "published_precision" not in db.table("articles").columns_dict:
        db.execute(
            "ALTER TABLE articles ADD COLUMN published_precision TEXT"
            " CHECK (published_precision IN ('second', 'minute', 'day'))"
        )


@migrations()
def m0008_indexes(db: Database) -> None:
    """Find the newest articles of a language without looking into other articles, and the pages that are gone."""
    db.execute("DROP INDEX idx_articles_published_at")
    db.execute("CREATE INDEX idx_articles_published_at ON articles (published_at, id, lang)")
    db.execute("CREATE INDEX idx_copies_gone_at ON copies (gone_at) WHERE gone_at IS NOT NULL")


@migrations()
def m0009_recent_shingles(db: Database) -> None:
    """Keep the shingles of the last texts apart, as an archive that is new does from the beginning."""
    create_shingle_tables(db.conn)


@migrations()
def m0010_days_in_stories(db: Database) -> None:
    """Let an article of which the day alone is known be the first of its story only where no other is of that day."""
    stories.part_days_from_times(db.conn)
    views.renew_syndication(db.conn)


#: Every migration that this version knows; an archive that had others was written by a newer version.
MIGRATION_NAMES = frozenset(migration.name for migration in migrations.pending(Database(memory=True)))


logger = logging.getLogger(__name__)


@contextmanager
def report_progress(db: Database, path: Path) -> Iterator[None]:
    """Show on a terminal, or say in the log, what the migrations that the block runs are doing.

    A new archive is made without a word.
    """
    applied = len(migrations.applied(db))
    if not applied:
        yield
        return
    steps = len(MIGRATION_NAMES) - applied
    text = f"archive {path}: written by an older version, brought up to date in {steps} steps"
    if sys.stderr.isatty():
        with _shown(text):
            yield
        return
    # Without a log this still reaches standard error: the next lines may be minutes away.
    logger.warning("%s; a large one takes minutes, and stays as it was if this is interrupted", text)
    yield
    logger.info("archive %s: up to date", path)


@contextmanager
def _shown(text: str) -> Iterator[None]:
    from rich.console import Console  # noqa: PLC0415 - most who open an archive show nothing
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn  # noqa: PLC0415

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        shown.print(text, markup=False, highlight=False, soft_wrap=True)
        task = shown.add_task("articles", total=None)
        token = progress.set(lambda done, total: shown.update(task, completed=done, total=total))
        try:
            yield
        finally:
            progress.reset(token)
