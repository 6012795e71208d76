"""Mend what `check` finds, from what is still there: the raw pages, the texts, what each copy said.

What is made of other things (search index, stories, rows of articles, indexes, triggers) is made again. A damaged text
is taken from the article that shows it, or read again from its raw page. A raw page that is damaged is told as lost and
fetched again. A file that SQLite cannot read is kept aside, and a new one made of its rows.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from typing import TYPE_CHECKING

from newsarchive.archive import Archive, schema
from newsarchive.archive.connection import explain, transaction
from newsarchive.errors import ArchiveDamagedError, UserError
from newsarchive.i18n import _
from newsarchive.locks import no_crawl
from newsarchive.maintenance.check import file_faults
from newsarchive.maintenance.check_stories import check_stories
from newsarchive.maintenance.clock import set_back
from newsarchive.maintenance.copying import PARTIAL, remove
from newsarchive.maintenance.index_witness import settle
from newsarchive.maintenance.mending import (
    RawPages,
    Repair,
    lose_snapshots,
    mend_articles,
    mend_forms,
    mend_frontier,
    mend_keys,
    mend_readings,
    mend_references,
    mend_snapshots,
    mend_texts,
)
from newsarchive.maintenance.replacing import LOGS, aside, replace_archive
from newsarchive.maintenance.salvage import salvage
from newsarchive.maintenance.schema_text import mend_schema_text
from newsarchive.progress_bar import progress_bar
from newsarchive.timestamps import stamp

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def repair(path: Path, now: datetime) -> Repair:
    """Mend an archive; no crawl may be running, and none starts meanwhile.

    A kill at any moment leaves the archive as it was or mended in part; a second call goes on.

    Raises:
        UserError: the archive is in use, or cannot be written.

    """
    done = Repair()
    with no_crawl(path):
        _make_readable(path, now, done)
        with Archive.open(path) as archive:
            try:
                _mend(archive, now, done)
            except sqlite3.Error as error:
                raise explain(error, path) from error
    return done


def _make_readable(path: Path, now: datetime, done: Repair) -> None:
    """Have a file that SQLite can read: with its indexes made again, or a new one of the rows of the old."""
    done.mended[_("entry of the schema")] += len(mend_schema_text(path))
    try:
        with Archive.open(path) as archive:
            faults = file_faults(archive.connection)
            if faults and _make_indexes(archive, done):
                faults = file_faults(archive.connection)
    except (ArchiveDamagedError, sqlite3.DatabaseError) as error:
        if isinstance(error, sqlite3.OperationalError):  # locked, or a full disk: no damage
            raise explain(error, path) from error
        faults = [str(error)]
    except UserError as error:
        if not _is_damaged_header(error):
            raise
        faults = [str(error)]
    if faults:
        _make_anew(path, now, done)


def _make_indexes(archive: Archive, done: Repair) -> bool:
    """Settle what indexes say otherwise than their tables, and make them again; return whether that could be done."""
    _read_anything(archive.connection)
    try:
        with transaction(archive.connection):
            mended, unclear = settle(archive)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        return False  # a table cannot be read
    done.mended[_("value of a row, by what its index says")] += mended
    done.mended[_("index")] += 1
    done.lost += unclear
    return True


def _read_anything(connection: sqlite3.Connection) -> None:
    """Have text that is no UTF-8 any more read as far as it is: what is damaged is told by hashes and neighbours."""
    connection.text_factory = lambda data: data.decode("utf-8", "replace")


def _is_damaged_header(error: UserError) -> bool:
    return "not a database" in str(error) or "unsupported file format" in str(error)


def _make_anew(path: Path, now: datetime, done: Repair) -> None:
    kept = aside(path, "damaged", stamp(now))
    source, new = kept / f"{path.name}.read", path.with_name(path.name + PARTIAL)
    kept.mkdir(parents=True, exist_ok=True)
    remove(*_with_logs(new))
    try:
        shutil.copy2(path, source)
        with contextlib.suppress(FileNotFoundError):
            shutil.copy2(path.with_name(path.name + "-wal"), source.with_name(source.name + "-wal"))
        count, unreadable = salvage(source, new)
        with contextlib.closing(sqlite3.connect(new, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
        replace_archive(new, path, kept)
    except sqlite3.Error as error:
        raise explain(error, path) from error
    finally:
        remove(*_with_logs(source), *_with_logs(new))
    done.kept = kept
    done.mended[_("row of the damaged file that was read into a new one")] = count
    done.lost += unreadable


def _with_logs(path: Path) -> list[Path]:
    return [path.with_name(path.name + suffix) for suffix in ("", *LOGS)]


def _mend(archive: Archive, now: datetime, done: Repair) -> None:
    connection = archive.connection
    _read_anything(connection)
    pages = RawPages(archive)
    with progress_bar("articles") as progress, archive.transaction():
        connection.execute("PRAGMA defer_foreign_keys = ON")
        done.mended[_("table, index, trigger or view")] += len(schema.put_back(archive.db, progress))
        mend_forms(connection, done)
        done.mended[_("time of the future")] += set_back(connection, now)
        mend_snapshots(archive, done)
        mend_texts(archive, pages, done)
        mend_readings(archive, pages, done)
        mend_references(connection, done)
        is_changed = mend_articles(archive, pages, done)
        if is_changed or archive.search.check():
            schema.drop(connection, schema.SEARCH)
            schema.put_back(archive.db, progress)
            done.mended[_("search index")] += 1
        if is_changed or any(check_stories(connection)):
            archive.stories.rebuild(progress)
            done.mended[_("index of stories")] += 1
    with archive.transaction():
        mend_frontier(archive, pages, now, done)
        mend_keys(archive, pages, done)
        lose_snapshots(archive, now, done)
    done.mended = +done.mended
