"""Open the archive's SQLite file: one way to connect, and clear errors for what can be wrong with the file."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard
from urllib.parse import quote

from newsarchive.archive import schema
from newsarchive.archive.migrations import APPLICATION_ID, MIGRATION_NAMES, applied_names, report_upgrade, upgrade
from newsarchive.archive.search_functions import register_functions
from newsarchive.errors import ArchiveDamagedError, UserError
from newsarchive.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Seconds to wait for another writer before giving up.
BUSY_TIMEOUT = 30.0
_LOOK_AGAIN = 0.05
#: Seconds for which a crawl waits: an analyst's transaction of minutes costs it time and no page.
CRAWL_PATIENCE = 3600.0

# KiB; a search reads all over a large index. A crawl, whose memory stays flat, takes less.
_CACHE = "PRAGMA cache_size = -65536"
#: How a connection that writes is set up.
PRAGMAS = (
    "PRAGMA journal_mode = WAL",  # readers such as Datasette never block the crawl
    "PRAGMA synchronous = NORMAL",  # a power cut may cost the last commits, never the file
    "PRAGMA foreign_keys = ON",
    "PRAGMA wal_autocheckpoint = 4000",  # pages; with SQLite's own 1000 a busy crawl writes every page twice as often
    # Where a build of SQLite overwrites what is deleted, pages of the search index that were merged stay as they are.
    "PRAGMA secure_delete = FAST",
    "PRAGMA journal_size_limit = 67108864",  # bytes; a WAL grown under long readers shrinks again
)

_MALFORMED = "malformed"
# SQLite's own words for a fault -> what to do about it.
_ADVICE = {
    "database is locked": N_("another program is writing to it; wait until it has finished"),
    "readonly database": N_("you may not write there; check the owner and permissions of the file and its folder"),
    "unable to open": N_(
        "the folder is not there, or it or the file may not be read; check both, or choose another path"
    ),
    "disk is full": N_("make room on the disk and run the same command again; nothing that was stored is lost"),
    "disk I/O error": N_("the disk failed or is full; make room or check the disk, then run the same command again"),
    "not a database": N_("this is no SQLite file; choose another path"),
    _MALFORMED: N_(
        "the file is damaged; `newsarchive check` tells more, `newsarchive repair` mends what can be mended, "
        "`newsarchive restore` brings a backup back"
    ),
}


def is_locked(error: BaseException | None) -> bool:
    """Return whether an error, or what it was explained from, says that another program is writing."""
    cause = error.__cause__ if isinstance(error, UserError) else error
    return isinstance(cause, sqlite3.OperationalError) and cause.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def is_damage(error: BaseException) -> TypeGuard[sqlite3.DatabaseError]:
    """Return whether an error says that the file is at fault ("malformed"), and not newsarchive or what it writes."""
    return type(error) is sqlite3.DatabaseError  # all other faults have classes of their own, derived from this one


def set_patience(connection: sqlite3.Connection, seconds: float) -> None:
    """Set how long a connection waits for another writer."""
    connection.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


def explain(error: sqlite3.Error, path: Path | str) -> UserError:
    """Turn an error of SQLite into one for people: which file, what is wrong, what to do."""
    text = str(error)
    advice = next((advice for words, advice in _ADVICE.items() if words in text), None)
    kind = ArchiveDamagedError if _MALFORMED in text else UserError
    return kind(_("archive {path}: {text}", path=path, text=text) + (f" - {_(advice)}" if advice else ""))


def must_exist(path: Path) -> Path:
    """Return the path of an archive; raises UserError where there is none.

    A command that changes an archive asks first, so that a mistyped path makes none: only a crawl does.
    """
    if not path.is_file():
        raise UserError(
            _("archive {path}: there is no such file - crawl something first, or name another path", path=path)
        )
    return path


def connect(path: Path | str, *, readonly: bool = False) -> sqlite3.Connection:
    """Open an archive, create it where there is none, and bring an older one up to date.

    Raises:
        UserError: the file is no SQLite file, belongs to another program, was written by a newer version of
            newsarchive, cannot be read or written, or (with `readonly`) does not exist.

    """
    path = Path(path)
    if readonly and not must_exist(path).stat().st_size:
        raise UserError(
            _("archive {path}: an empty file - crawl something into it first, or name another path", path=path)
        )
    if not readonly:
        _make_folder(path)
    try:
        # No implicit transactions: every statement commits unless `transaction` holds one open.
        if readonly:
            connection = open_readonly(path, timeout=BUSY_TIMEOUT, isolation_level=None)
        else:
            uri = file_uri(path, "mode=rwc")
            connection = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT, isolation_level=None)
    except sqlite3.Error as error:
        raise explain(error, path) from error
    try:
        return _prepare(connection, path, readonly=readonly)
    except sqlite3.Error as error:
        connection.close()
        raise explain(error, path) from error
    except UserError:
        connection.close()
        raise


def open_readonly(path: Path | str, **options: Any) -> sqlite3.Connection:
    """Open a file for reading; `options` are those of `sqlite3.connect`. Raises sqlite3.Error.

    SQLite coordinates readers with a writer by files beside the archive. Where they are not there and cannot be made,
    on a read-only disk or in somebody else's folder, nobody writes, and the file is read as it is.
    """
    path = Path(path).absolute()
    connection: sqlite3.Connection = sqlite3.connect(file_uri(path, "mode=ro"), uri=True, **options)
    try:
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.Error as error:
        connection.close()
        log = path.with_name(f"{path.name}-wal")
        is_closed = not log.exists() or not log.stat().st_size
        if not is_closed or not any(words in str(error) for words in ("readonly database", "unable to open")):
            raise
        connection = sqlite3.connect(file_uri(path, "mode=ro&immutable=1"), uri=True, **options)
    return connection


def file_uri(path: Path, options: str) -> str:
    """Return the URI by which SQLite opens a file with `options`, whatever is in its name.

    `Path.as_uri` loads the whole of urllib.request since Python 3.14: a third of a second.
    """
    return f"file:{quote(os.fsencode(path.absolute()))}?{options}"


def file_size(path: Path) -> int:
    """Return the bytes of an archive's file and of its log."""
    log = path.with_name(f"{path.name}-wal")
    return path.stat().st_size + (log.stat().st_size if log.exists() else 0)


def _prepare(connection: sqlite3.Connection, path: Path, *, readonly: bool) -> sqlite3.Connection:
    _refuse_foreign(connection, path)
    applied = set(applied_names(connection))
    if newer := sorted(applied - MIGRATION_NAMES):
        raise UserError(
            _(
                "archive {path}: written by a newer version of newsarchive ({newer}) - update newsarchive",
                path=path,
                newer=newer[-1],
            )
        )
    register_functions(connection)
    connection.execute(_CACHE)
    if readonly:
        if applied != MIGRATION_NAMES:
            raise UserError(
                _("archive {path}: written by an older version - upgrade it with: newsarchive migrate", path=path)
            )
        return connection
    for pragma in PRAGMAS:
        _set(connection, pragma)
    if applied != MIGRATION_NAMES:
        _upgrade(connection, path)
    elif schema.was_touched(connection):
        _put_back(connection, path)
    return connection


def _set(connection: sqlite3.Connection, pragma: str) -> None:
    """Set up a connection; SQLite itself waits for no other program that begins or ends a write-ahead log as well."""
    end = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            connection.execute(pragma)
        except sqlite3.OperationalError as error:
            if not is_locked(error) or time.monotonic() > end:
                raise
            time.sleep(_LOOK_AGAIN)
        else:
            return


# What these import is loaded when it is needed: see migrations.Steps.


def _upgrade(connection: sqlite3.Connection, path: Path) -> None:
    """Apply the missing steps, all or none: what a killed process began is as if it had never been."""
    from sqlite_utils import Database  # noqa: PLC0415

    with report_upgrade(connection, path) as progress, transaction(connection):
        upgrade(Database(connection), progress)
        schema.remember(connection)


def _put_back(connection: sqlite3.Connection, path: Path) -> None:
    """Put back triggers and indexes that another program removed, before anything is written without them."""
    import logging  # noqa: PLC0415

    from sqlite_utils import Database  # noqa: PLC0415

    from newsarchive.progress_bar import progress_bar  # noqa: PLC0415

    with progress_bar("articles") as progress, transaction(connection):
        if schema.was_touched(connection) and (found := schema.put_back(Database(connection), progress)):
            told = ", ".join(str(difference) for difference in found)
            logging.getLogger(__name__).warning(
                _("archive %s: another program changed it (%s); this was put back"), path, told
            )


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold one write transaction; nested calls become savepoints of the outer one.

    It takes the write lock at once: a transaction that reads first and writes later could not wait for another writer.
    """
    if connection.in_transaction:
        with _savepoint(connection):
            yield
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    try:
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


@contextmanager
def _savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    # Savepoints of one name nest: what is released or rolled back to is the innermost.
    connection.execute("SAVEPOINT nested")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # some errors of SQLite end the whole transaction
            connection.execute("ROLLBACK TO nested")
            connection.execute("RELEASE nested")
        raise
    connection.execute("RELEASE nested")


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            _(
                "archive {path}: the folder cannot be made: {strerror} - choose another path",
                path=path,
                strerror=error.strerror,
            )
        ) from error


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    if application_id == APPLICATION_ID:
        return
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application_id or tables:
        raise UserError(_("archive {path}: a SQLite file of another program - choose another path", path=path))
