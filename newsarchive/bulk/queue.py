"""Which files of a bulk job are to be read, and who has one: leases in a SQLite file beside the outputs.

A lease that is not renewed runs out, and another worker takes the file: nobody has to notice that one was killed. Who
lost a lease may go on, since the output of a file is the same whoever writes it; only its counts are not taken.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsarchive.bulk.reading import SUFFIX
from newsarchive.errors import UserError
from newsarchive.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsarchive.bulk.reading import Counts

#: Seconds for which a worker has a file without renewing its lease.
LEASE = 60.0
#: Failures after which a file is put aside.
MOST_TRIES = 3

_TABLE = """
CREATE TABLE IF NOT EXISTS bulk (
    path TEXT PRIMARY KEY, lease_until REAL NOT NULL DEFAULT 0, fence INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0, pages INTEGER, articles INTEGER, problems INTEGER,
    done_at REAL, loaded_at REAL, why TEXT
) STRICT
"""
_CLAIM = f"""
UPDATE bulk SET lease_until = ?1 + ?2, fence = fence + 1, tries = tries + 1
WHERE path = (SELECT path FROM bulk WHERE done_at IS NULL AND lease_until <= ?1 AND tries < {MOST_TRIES}
              ORDER BY tries, path LIMIT 1)
RETURNING path, fence
"""  # noqa: S608
_RENEW = "UPDATE bulk SET lease_until = ?1 + ?2 WHERE path = ?3 AND fence = ?4 AND lease_until > ?1 AND done_at IS NULL"
_DONE = (
    "UPDATE bulk SET done_at = ?1, lease_until = 0, pages = ?4, articles = ?5, problems = ?6, why = NULL"
    " WHERE path = ?2 AND fence = ?3 AND done_at IS NULL"
)
_AGAIN = "UPDATE bulk SET tries = 0, why = NULL WHERE path = ? AND done_at IS NULL AND tries >= ?"
_FAIL = "UPDATE bulk SET lease_until = 0, why = ? WHERE path = ? AND fence = ? AND done_at IS NULL"
_KILLED = "its worker was killed each time - read it alone to see why: newsarchive bulk work --processes 1"


@dataclass(frozen=True, slots=True)
class Lease:
    """A file that a worker has; `fence` rises with every holder."""

    path: Path
    fence: int


@dataclass(frozen=True, slots=True)
class Job:
    """How far a job is, in files, with the sums of what was read, and the files that failed with their reasons."""

    files: int
    done: int
    leased: int
    loaded: int
    pages: int
    articles: int
    problems: int
    failed: dict[str, str]

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to be read."""
        return self.done + len(self.failed) == self.files


class FileQueue:
    """The files of a job; every method is one transaction, and any number of processes may call them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                _(
                    "{folder}: cannot be made: {strerror} - choose another folder",
                    folder=folder,
                    strerror=error.strerror,
                )
            ) from error
        self._path = folder / "queue.db"
        self._ask(_TABLE)

    def add(self, paths: Iterable[Path]) -> int:
        """Add files, and return the number of new ones; one that failed is tried again."""
        added = 0
        for path in sorted({str(path.resolve()) for path in paths}):
            self._ask(_AGAIN, path, MOST_TRIES)
            added += bool(self._ask("INSERT INTO bulk (path) VALUES (?) ON CONFLICT DO NOTHING RETURNING 1", path))
        return added

    def claim(self, seconds: float = LEASE) -> Lease | None:
        """Claim a file that nobody has; None where there is none at present."""
        rows = self._ask(_CLAIM, time.time(), seconds)
        return Lease(Path(rows[0][0]), rows[0][1]) if rows else None

    def renew(self, lease: Lease, seconds: float = LEASE) -> bool:
        """Keep a file for longer; False where it was lost."""
        return bool(self._ask(f"{_RENEW} RETURNING 1", time.time(), seconds, str(lease.path), lease.fence))

    def done(self, lease: Lease, counts: Counts) -> bool:
        """Record that the output of a file is there; False where the file was lost to another worker."""
        found = (counts.pages, counts.articles, counts.problems)
        return bool(self._ask(f"{_DONE} RETURNING 1", time.time(), str(lease.path), lease.fence, *found))

    def fail(self, lease: Lease, why: str) -> None:
        """Release a file that could not be read; the third time it is put aside with the reason."""
        self._ask(_FAIL, why, str(lease.path), lease.fence)

    def to_load(self) -> list[Path]:
        """Return the files that are read and not loaded yet, in the order of their names."""
        rows = self._ask("SELECT path FROM bulk WHERE done_at IS NOT NULL AND loaded_at IS NULL ORDER BY path")
        return [Path(path) for (path,) in rows]

    def loaded(self, path: Path) -> None:
        """Record that the output of a file is in the archive."""
        self._ask("UPDATE bulk SET loaded_at = ? WHERE path = ?", time.time(), str(path))

    def output(self, path: Path) -> Path:
        """Return where the output of a file lies; two files of one name have two."""
        digest = blake2b(str(path).encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()
        return self.folder / f"{path.name[:100]}-{digest}{SUFFIX}"

    def job(self) -> Job:
        """Return how far the job is."""
        now = time.time()
        sums = self._ask(
            "SELECT count(*), count(done_at), coalesce(sum(done_at IS NULL AND lease_until > ?), 0), count(loaded_at),"
            " coalesce(sum(pages), 0), coalesce(sum(articles), 0), coalesce(sum(problems), 0) FROM bulk",
            now,
        )
        failed = self._ask(
            "SELECT path, coalesce(why, ?) FROM bulk WHERE done_at IS NULL AND tries >= ? AND lease_until <= ?"
            " ORDER BY path",
            _KILLED,
            MOST_TRIES,
            now,
        )
        numbers: tuple[int, int, int, int, int, int, int] = sums[0]
        return Job(*numbers, dict(failed))

    def _ask(self, sql: str, *values: object) -> list[Any]:
        try:
            with closing(sqlite3.connect(self._path, timeout=60, isolation_level=None)) as connection:
                return connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise UserError(
                _("{path}: {error} - check the folder, or choose another with --folder", path=self._path, error=error)
            ) from error
