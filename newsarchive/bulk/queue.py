"""Which files of a bulk job are to be read, and who has one: leases in a table.

It lies in a SQLite file beside the outputs, or in a cluster's engine (`cluster.bulk_queue`). A lease that is not
renewed runs out, and another worker takes the file: nobody has to notice that one was killed. Who lost a lease may go
on, since the output of a file is the same whoever writes it; only its counts are not taken.
"""

from __future__ import annotations

import sqlite3
import time
from abc import ABC, abstractmethod
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString

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

_TABLE: LiteralString = """
CREATE TABLE IF NOT EXISTS bulk (
    job TEXT NOT NULL, path TEXT NOT NULL, lease_until REAL NOT NULL DEFAULT 0, fence INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0, pages INTEGER, articles INTEGER, problems INTEGER,
    done_at REAL, loaded_at REAL, why TEXT, PRIMARY KEY (job, path)
) STRICT
"""
# Both databases read these; {locked} keeps workers of the engine from waiting for each other.
_CLAIM: LiteralString = """
UPDATE bulk SET lease_until = :now + :seconds, fence = fence + 1, tries = tries + 1
WHERE job = :job AND path = (
    SELECT path FROM bulk WHERE job = :job AND done_at IS NULL AND lease_until <= :now AND tries < :most
    ORDER BY tries, path LIMIT 1{locked}
) RETURNING path, fence
"""
_HELD: LiteralString = "WHERE job = :job AND path = :path AND fence = :fence AND done_at IS NULL"
_RENEW: LiteralString = f"""
UPDATE bulk SET lease_until = :now + :seconds {_HELD} AND lease_until > :now RETURNING 1
"""  # noqa: S608
_DONE: LiteralString = f"""
UPDATE bulk SET done_at = :now, lease_until = 0, pages = :pages, articles = :articles, problems = :problems, why = NULL
{_HELD} RETURNING 1
"""  # noqa: S608
_FAIL: LiteralString = f"UPDATE bulk SET lease_until = 0, why = :why {_HELD} RETURNING 1"  # noqa: S608
_ADD: LiteralString = "INSERT INTO bulk (job, path) VALUES (:job, :path) ON CONFLICT DO NOTHING RETURNING 1"
_TRY_AGAIN: LiteralString = (
    "UPDATE bulk SET tries = 0, why = NULL"
    " WHERE job = :job AND path = :path AND done_at IS NULL AND tries >= :most RETURNING 1"
)
_READ_AGAIN: LiteralString = (
    "UPDATE bulk SET tries = 0, why = NULL, done_at = NULL, loaded_at = NULL, fence = fence + 1, lease_until = 0"
    " WHERE job = :job AND path = :path RETURNING 1"
)
_JOB: LiteralString = (
    "SELECT count(*) AS files, count(done_at) AS done,"
    " count(*) FILTER (WHERE done_at IS NULL AND lease_until > :now) AS leased, count(loaded_at) AS loaded,"
    " coalesce(sum(pages), 0) AS pages, coalesce(sum(articles), 0) AS articles, coalesce(sum(problems), 0) AS problems"
    " FROM bulk WHERE job = :job"
)
_FAILED: LiteralString = (
    "SELECT path, coalesce(why, :killed) FROM bulk"
    " WHERE job = :job AND done_at IS NULL AND tries >= :most AND lease_until <= :now ORDER BY path"
)
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


class Queue(ABC):
    """The files of a job, whose outputs lie in a folder; every method is safe while other processes call any."""

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

    @abstractmethod
    def _ask(self, sql: LiteralString, **values: object) -> list[Any]:
        """Return the rows of a statement, which is a transaction of its own; `:now` and `:job` are filled in."""

    def add(self, paths: Iterable[Path], *, again: bool = False) -> int:
        """Add files, and return the number of new ones; one that failed is tried again, with `again` every one."""
        added = 0
        for path in sorted({str(path.resolve()) for path in paths}):
            self._ask(_READ_AGAIN if again else _TRY_AGAIN, path=path, most=MOST_TRIES)
            added += bool(self._ask(_ADD, path=path))
        return added

    def claim(self, seconds: float = LEASE) -> Lease | None:
        """Claim a file that nobody has; None where there is none at present."""
        rows = self._ask(_CLAIM, seconds=seconds, most=MOST_TRIES)
        return Lease(Path(rows[0][0]), rows[0][1]) if rows else None

    def renew(self, lease: Lease, seconds: float = LEASE) -> bool:
        """Keep a file for longer; False where it was lost."""
        return bool(self._ask(_RENEW, seconds=seconds, path=str(lease.path), fence=lease.fence))

    def done(self, lease: Lease, counts: Counts) -> bool:
        """Record that the output of a file is there; False where the file was lost to another worker."""
        found = {"pages": counts.pages, "articles": counts.articles, "problems": counts.problems}
        return bool(self._ask(_DONE, path=str(lease.path), fence=lease.fence, **found))

    def fail(self, lease: Lease, why: str) -> None:
        """Release a file that could not be read; the third time it is put aside with the reason."""
        self._ask(_FAIL, why=why, path=str(lease.path), fence=lease.fence)

    def to_load(self) -> list[Path]:
        """Return the files that are read and not loaded yet, in the order of their names."""
        rows = self._ask(
            "SELECT path FROM bulk WHERE job = :job AND done_at IS NOT NULL AND loaded_at IS NULL ORDER BY path"
        )
        return [Path(row[0]) for row in rows]

    def loaded(self, path: Path) -> None:
        """Record that the output of a file is in the archive."""
        self._ask("UPDATE bulk SET loaded_at = :now WHERE job = :job AND path = :path RETURNING 1", path=str(path))

    def output(self, path: Path) -> Path:
        """Return where the output of a file lies; two files of one name have two."""
        digest = blake2b(str(path).encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()
        return self.folder / f"{path.name[:100]}-{digest}{SUFFIX}"

    def job(self) -> Job:
        """Return how far the job is."""
        failed = [(path, why) for path, why in self._ask(_FAILED, killed=_KILLED, most=MOST_TRIES)]
        files, done, leased, loaded, pages, articles, problems = map(int, self._ask(_JOB)[0])
        return Job(files, done, leased, loaded, pages, articles, problems, dict(failed))


class FileQueue(Queue):
    """A job of one machine, or of several that see one folder: the table lies there, too."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._path = folder / "queue.db"
        self._ask(_TABLE)

    def _ask(self, sql: LiteralString, **values: object) -> list[Any]:
        values |= {"now": time.time(), "job": ""}
        try:
            with closing(sqlite3.connect(self._path, timeout=60, isolation_level=None)) as connection:
                return connection.execute(sql.replace("{locked}", ""), values).fetchall()
        except sqlite3.Error as error:
            raise UserError(
                _("{path}: {error} - check the folder, or choose another with --folder", path=self._path, error=error)
            ) from error
