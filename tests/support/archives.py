"""Archives: a new one at little cost, one that holds a page as a crawl stores it, and the tables that stories need."""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlite_utils import Database
from support.pages import AT

from newsarchive import stories
from newsarchive.archive import Archive, Link
from newsarchive.archive.migrations import upgrade
from newsarchive.search import register_functions

if TYPE_CHECKING:
    from newsarchive.models import Article

_ARTICLES = """
CREATE TABLE articles (
    id INTEGER PRIMARY KEY, article_key TEXT UNIQUE, title TEXT, body TEXT NOT NULL, published_at TEXT,
    published_precision TEXT,
    published_date TEXT, source_id INTEGER, story_id INTEGER, first_seen_at TEXT NOT NULL
) STRICT
"""


def new_archive(path: Path) -> Archive:
    """Open a new archive, as `Archive.open` makes it."""
    path.write_bytes(empty_archive())
    return Archive.open(path)


@cache
def empty_archive() -> bytes:
    """Return the file of an archive that holds nothing; its schema is made once in a process."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        Archive.open(path).close()
        return path.read_bytes()


def crawled(archive: Archive, article: Article) -> None:
    """Store an article as a crawl does: its URL is found, its page kept, the article stored."""
    archive.frontier.add([Link(article.page.url, article.page.site, article.page.role)], None, AT)
    article.page.snapshot_id = archive.snapshots.save(article.page)
    archive.store(article, None, AT)


def memory_archive() -> sqlite3.Connection:
    """Open an archive in memory, with today's schema."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    register_functions(connection)
    upgrade(Database(connection), lambda _done, _total=None: None)
    return connection


def story_tables(path: Path | str = ":memory:") -> sqlite3.Connection:
    """Open a database of articles, with the columns that stories read, and of their stories."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(_ARTICLES)
    stories.create_tables(connection)
    return connection
