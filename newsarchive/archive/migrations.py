"""The archive's tables as numbered migrations, from the first day: an old archive is upgraded, never rebuilt.

A migration that has once been released is not changed any more; what follows is added in a new one. So a migration
holds its own SQL and calls no code that may change. What is derived from the articles (search index, stories, views,
precision of times, outlets of sources) is not made by migrations: one that needs it in another form drops it, and
`rebuild` makes whatever is missing with today's code, once, after the last migration.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from newsarchive.i18n import _

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from sqlite_utils import Database, Migrations

    from newsarchive.progress_bar import Progress

    Step = Callable[[Database], None]


#: Marks the SQLite file as ours ("NEWS" in ASCII), so that a foreign file is never written to.
APPLICATION_ID = 0x4E455753
_SET = "newsarchive"


class Steps:
    """The steps in their order, and sqlite-utils' engine that applies them.

    The engine, and whatever a rebuild needs, is imported when an archive lacks a step: that takes a third of a second,
    and a crawl every five minutes finds nothing to upgrade.
    """

    def __init__(self) -> None:
        self._steps: list[Step] = []

    def __call__(self) -> Callable[[Step], Step]:
        """Return a decorator that adds a step."""

        def add(step: Step) -> Step:
            self._steps.append(step)
            return step

        return add

    @property
    def names(self) -> list[str]:
        """The names of all steps."""
        return [step.__name__ for step in self._steps]

    def pending(self, db: Database) -> list[Any]:
        """Return the steps that a file lacks, each with its `name`."""
        return self._engine().pending(db)

    def apply(self, db: Database, *, stop_before: str | Iterable[str] | None = None) -> None:
        """Apply the steps that a file lacks, each in a savepoint of its own."""
        self._engine().apply(db, stop_before=stop_before)

    def _engine(self) -> Migrations:
        from sqlite_utils import Migrations  # noqa: PLC0415 - see above

        engine = Migrations(_SET)
        for step in self._steps:
            engine()(step)
        return engine


migrations = Steps()

_OUTLETS = """
ALTER TABLE sources ADD COLUMN medium TEXT;
CREATE INDEX sources_medium ON sources (medium);
CREATE TABLE source_aliases (
    alias TEXT PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources (id),
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX source_aliases_source ON source_aliases (source_id);
ALTER TABLE articles ADD COLUMN source_printed TEXT;
UPDATE articles SET source_printed = (SELECT name FROM sources WHERE sources.id = source_id)
"""

_COPY_KEYS = """
CREATE TABLE copy_keys (
    key TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('own', 'named', 'listed', 'twin')),
    copy_id INTEGER NOT NULL REFERENCES copies (id) ON DELETE CASCADE,
    PRIMARY KEY (key, kind, copy_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX copy_keys_copy ON copy_keys (copy_id);
CREATE TABLE key_changes (
    id INTEGER PRIMARY KEY,
    changed_at TEXT NOT NULL,
    change TEXT NOT NULL CHECK (change IN ('split', 'joined', 'renamed')),
    old_key TEXT NOT NULL,
    new_key TEXT NOT NULL
) STRICT;
CREATE INDEX key_changes_old_key ON key_changes (old_key)
"""

_SAVED_SEARCHES = """
CREATE TABLE saved_searches (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    query TEXT NOT NULL,
    destination TEXT NOT NULL,
    quiet_hours TEXT,
    digest_times TEXT,
    created_at TEXT NOT NULL,
    checked_at TEXT,
    bundled_at TEXT NOT NULL,
    sent_at TEXT,
    key_change_id INTEGER NOT NULL
) STRICT;
CREATE TABLE alert_messages (
    id TEXT PRIMARY KEY,
    search_id INTEGER NOT NULL REFERENCES saved_searches (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TEXT NOT NULL,
    error TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_messages_search ON alert_messages (search_id);
CREATE TABLE alerts (
    search_id INTEGER NOT NULL REFERENCES saved_searches (id) ON DELETE CASCADE,
    article_key TEXT NOT NULL,
    found_at TEXT NOT NULL,
    alert_id TEXT,
    message_id TEXT REFERENCES alert_messages (id),
    sent_at TEXT,
    PRIMARY KEY (search_id, article_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX alerts_unsent ON alerts (search_id, message_id) WHERE sent_at IS NULL;
CREATE INDEX alerts_newest ON alerts (search_id, found_at) WHERE alert_id IS NOT NULL
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
    """Have an index of the words of all articles."""


@migrations()
def m0004_listings(db: Database) -> None:
    """Keep the cache validators of listing pages, so that an unchanged one is neither sent nor read."""
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
    """Keep the outlets of sources and the names under which they were printed; know which articles tell one story."""
    _add_precision(db)
    for statement in _OUTLETS.split(";"):
        db.execute(statement)


@migrations()
def m0006_lighter_story_index(db: Database) -> None:
    """Find stories by fewer and shorter shingles."""
    _drop_stories(db)


@migrations()
def m0007_precision(db: Database) -> None:
    """Keep how exactly a time of publication is printed: a day without a time of day is no midnight."""
    _add_precision(db)


def _drop_stories(db: Database) -> None:
    """Drop everything by which stories were found, in whatever form; `articles.story_id` is set by the rebuild."""
    for view in ("story_links", "story_all_shingles"):
        db.execute(f"DROP VIEW IF EXISTS {view}")
    for table in (
        "stories",
        "story_articles",
        "story_text_links",
        "story_texts",
        "story_shingles",
        "story_recent_shingles",
    ):
        db.execute(f"DROP TABLE IF EXISTS {table}")
    db.execute("DROP INDEX IF EXISTS articles_story")


def _add_precision(db: Database) -> None:
    """Add the column of the precision where it is missing."""
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
    """Keep the shingles of the last texts in a table of their own."""
    _drop_stories(db)


@migrations()
def m0010_days_in_stories(db: Database) -> None:
    """Let an article of which only the day is known be the first of its story only where no other is of that day."""
    _drop_stories(db)


@migrations()
def m0011_letters_beside_digits(db: Database) -> None:
    """Index letters and digits that stand side by side each as a word of their own, and more forms of characters."""
    _drop_search(db)


def _drop_search(db: Database) -> None:
    _drop_search_triggers(db)
    for table in ("search_index", "search_characters", "search_folding"):
        db.execute(f"DROP TABLE IF EXISTS {table}")
    for view in ("search_index_text", "search_characters_text"):
        db.execute(f"DROP VIEW IF EXISTS {view}")


def _drop_search_triggers(db: Database) -> None:
    for name in ("insert", "delete", "update", "move"):
        db.execute(f"DROP TRIGGER IF EXISTS search_{name}")
    db.execute("DROP TABLE IF EXISTS search_pending")


@migrations()
def m0012_lost_snapshots(db: Database) -> None:
    """Know which raw pages are lost: their rows stay, and say since when."""
    db.execute("ALTER TABLE snapshots ADD COLUMN lost_at TEXT")


@migrations()
def m0013_replay_index(db: Database) -> None:
    """Record which files of the replay index are right."""
    db.execute("DROP TABLE IF EXISTS replay_runs")


@migrations()
def m0014_refresh(db: Database) -> None:
    """Keep how often a feed asks to be read, when it may be asked for again, and its WebSub hub."""
    for column in ("refresh", "not_before", "hub"):
        db.execute(f"ALTER TABLE listings ADD COLUMN {column} TEXT")


@migrations()
def m0015_retention(db: Database) -> None:
    """Know what was pruned, keep the runs of a day as one row, and find the runs of a site and what a run found."""
    db.execute(
        "CREATE TABLE pruned_pages (url TEXT NOT NULL, fetched_at TEXT NOT NULL, digest TEXT NOT NULL,"
        " length INTEGER NOT NULL, pruned_at TEXT NOT NULL, PRIMARY KEY (url, fetched_at, digest))"
        " STRICT, WITHOUT ROWID"
    )
    db.execute("CREATE TABLE warc_removals (warc_file TEXT PRIMARY KEY) STRICT, WITHOUT ROWID")
    db.execute(
        "CREATE TABLE run_days (day TEXT NOT NULL, spider TEXT NOT NULL, site TEXT NOT NULL, runs INTEGER NOT NULL,"
        " counts TEXT NOT NULL, last_run_id INTEGER NOT NULL, PRIMARY KEY (day, spider, site)) STRICT, WITHOUT ROWID"
    )
    db.execute("CREATE INDEX idx_run_days_last_run_id ON run_days (last_run_id)")
    db.execute("CREATE INDEX idx_runs_site ON runs (site)")
    db.execute("CREATE INDEX idx_frontier_run_id ON frontier (run_id)")
    db.execute("CREATE INDEX idx_problems_run_id ON problems (run_id)")


@migrations()
def m0016_links_of_listings(db: Database) -> None:
    """Count what each listing lists, so that one which lists nothing any more is noticed."""
    db.execute("ALTER TABLE listings ADD COLUMN links INTEGER")


@migrations()
def m0017_pages_of_the_same_bytes(db: Database) -> None:
    """Find the pages that came with the same bytes as another one without reading all of them."""
    db.execute("CREATE INDEX idx_snapshots_revisits ON snapshots (payload_id) WHERE payload_id IS NOT NULL")


@migrations()
def m0018_copy_keys(db: Database) -> None:
    """Know copies by keys of their addresses, and keep which articles were split, joined or renamed."""
    for statement in _COPY_KEYS.split(";"):
        db.execute(statement)


@migrations()
def m0019_checksums_of_readings(db: Database) -> None:
    """Keep a checksum of what a copy said beside it, so that damage to it is found and mended."""
    db.execute("ALTER TABLE readings ADD COLUMN checksum TEXT")


@migrations()
def m0020_schedules(db: Database) -> None:
    """Know when a site that is watched is due again, also after the process that watches it has ended."""
    db.execute(
        "CREATE TABLE schedules (site TEXT PRIMARY KEY, due_at TEXT NOT NULL, interval INTEGER NOT NULL,"
        " failures INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID"
    )


@migrations()
def m0021_saved_searches(db: Database) -> None:
    """Keep saved searches, what was found for each, and the messages that are still to be sent."""
    for statement in _SAVED_SEARCHES.split(";"):
        db.execute(statement)


@migrations()
def m0022_cluster_feed(db: Database) -> None:
    """Know which sites of a cluster have their articles here, and the last of what came of each from its workers."""
    db.execute(
        "CREATE TABLE cluster_feed (site TEXT PRIMARY KEY, family TEXT NOT NULL, files TEXT NOT NULL,"
        " hosts TEXT NOT NULL,"
        " fence INTEGER NOT NULL DEFAULT 0, seq INTEGER NOT NULL DEFAULT 0, run_id INTEGER) STRICT, WITHOUT ROWID"
    )


@migrations()
def m0023_notices_and_embeds(db: Database) -> None:
    """Keep the numbers of documents, the region of a post, and what stands in a text that is no text."""
    for column in ("document_number", "index_number", "region", "embeds"):
        db.execute(f"ALTER TABLE articles ADD COLUMN {column} TEXT")


@migrations()
def m0024_index_of_facets(db: Database) -> None:
    """Count what articles have in common, and the articles of a security, without reading the articles themselves."""
    db.execute(
        "CREATE INDEX articles_facets ON articles"
        " (id, site, source_id, category_id, published_at, published_date, published_precision, lang, char_count)"
    )
    db.execute("DROP INDEX IF EXISTS idx_mentions_code")
    db.execute("CREATE INDEX mentions_code ON mentions (code, market, article_id, name)")


@migrations()
def m0025_revisions_page_by_page(db: Database) -> None:
    """Let the first revisions of all be read without working out the others."""
    db.execute("DROP VIEW IF EXISTS revisions")


@migrations()
def m0026_moves_between_shards(db: Database) -> None:
    """Know which sites of a cluster have moved on to another shard, and how far those are that move here."""
    db.execute("ALTER TABLE cluster_feed ADD COLUMN moved INTEGER NOT NULL DEFAULT 0")
    db.execute("ALTER TABLE cluster_feed ADD COLUMN home INTEGER")
    db.execute("ALTER TABLE cluster_feed ADD COLUMN is_removed INTEGER NOT NULL DEFAULT 0")
    db.execute(
        "CREATE TABLE cluster_arrivals (family TEXT PRIMARY KEY, move INTEGER NOT NULL, seq INTEGER NOT NULL)"
        " STRICT, WITHOUT ROWID"
    )


@migrations()
def m0027_index_at_the_end_of_transactions(db: Database) -> None:
    """Let a transaction that stores many articles write the search index once, at its end."""
    there = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    if not there.issuperset({"search_insert", "search_delete", "search_update"}):
        _drop_search(db)  # another program removed one, and what changed since is not in the index
    _drop_search_triggers(db)


#: Every migration that this version knows; an archive that had others was written by a newer version.
MIGRATION_NAMES = frozenset(migrations.names)


def applied_names(connection: sqlite3.Connection) -> list[str]:
    """Return the names of the steps that were applied to a file, in their order."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone():
        return []
    rows = connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY rowid", (_SET,))
    return [name for (name,) in rows]


def upgrade(db: Database, progress: Progress) -> None:
    """Apply the migrations that are missing and rebuild what is derived; the caller holds the transaction."""
    migrations.apply(db)
    rebuild(db, progress)


def rebuild(db: Database, progress: Progress) -> None:
    """Make what is derived from the articles and missing, in today's form; the caller holds the transaction."""
    from newsarchive import stories  # noqa: PLC0415 - see Steps
    from newsarchive.archive import replay_index, views  # noqa: PLC0415
    from newsarchive.archive.history import History  # noqa: PLC0415
    from newsarchive.archive.outlets import Outlets  # noqa: PLC0415
    from newsarchive.archive.store import ArticleStore  # noqa: PLC0415
    from newsarchive.search.index import SearchIndex  # noqa: PLC0415

    connection = db.conn
    views.drop_views(connection)
    views.create_views(connection)
    Outlets(connection).fill()
    ArticleStore(connection).fill_precision(progress)
    History(connection).fill_checksums()
    replay_index.create_table(connection)
    if not db.table("search_folding").exists():
        SearchIndex(connection).create(progress)
    elif not db.table("search_pending").exists():
        SearchIndex(connection).create_triggers()
    if not db.table("stories").exists():
        stories.create_tables(connection)
        stories.Stories(connection).rebuild(progress)
    if db.execute("SELECT EXISTS (SELECT 1 FROM copies) AND NOT EXISTS (SELECT 1 FROM copy_keys)").fetchone()[0]:
        # Site files are read for it, which no command else needs to open an archive.
        from newsarchive.archive.rekeying import make_keys  # noqa: PLC0415

        make_keys(connection, progress)


@contextmanager
def report_upgrade(connection: sqlite3.Connection, path: Path) -> Iterator[Progress]:
    """Show on a terminal, or say in the log, how far the upgrade that the block runs is; a new archive is made quietly.

    The block gets a function to report progress to.
    """
    import logging  # noqa: PLC0415 - see Steps

    from newsarchive.progress_bar import progress_bar  # noqa: PLC0415

    logger = logging.getLogger(__name__)
    applied = len(applied_names(connection))
    if not applied:
        yield lambda _done, _total=None: None
        return
    steps = len(MIGRATION_NAMES) - applied
    text = f"archive {path}: written by an older version, upgrading in {steps} {'steps' if steps > 1 else 'step'}"
    on_terminal = sys.stderr.isatty()
    if not on_terminal:
        # Without a log this still reaches standard error: the next lines may be minutes away.
        logger.warning(_("%s; a large archive takes minutes, and stays as it was if this is interrupted"), text)
    with progress_bar("articles", above=text) as progress:
        yield progress
    if not on_terminal:
        logger.info(_("archive %s: up to date"), path)
