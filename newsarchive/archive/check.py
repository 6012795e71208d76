"""Check an archive: whether everything in it is as it was stored, and agrees with everything else.

Nothing is written, and a crawl may go on meanwhile: all is read at one moment.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from newsarchive.archive.check_articles import check_articles
from newsarchive.archive.check_snapshots import check_places, check_records
from newsarchive.archive.reading import content_hash
from newsarchive.archive.search_sql import PAIRS
from newsarchive.archive.timestamps import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from newsarchive.archive.archive import Archive

#: `damage`: something is lost or wrong. `notice`: a person may want to know.
Severity = Literal["damage", "notice"]

#: Things of one kind that a finding names; the rest is counted.
EXAMPLES = 5
#: Snapshots, the newest, whose records are read unless all are.
SAMPLE = 200
#: A URL that is due for so long is waiting for a crawl that does not come.
_OVERDUE = timedelta(days=7)
_COUNTED = ("articles", "copies", "readings", "texts", "snapshots", "frontier", "problems", "runs")


@dataclass(slots=True)
class Finding:
    """One kind of thing that is not as it should be, how often, and some of them by name."""

    severity: Severity
    what: str
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found, and how much it looked at (rows by table)."""

    findings: list[Finding]
    counts: dict[str, int]

    @property
    def is_damaged(self) -> bool:
        """Whether anything is lost or wrong."""
        return any(finding.severity == "damage" for finding in self.findings)


def check(archive: Archive, now: datetime, *, deep: bool = False) -> Report:
    """Check everything; `deep` also reads every page that is kept, not only the newest `SAMPLE`."""
    connection = archive.connection
    checks: tuple[Callable[[], Iterator[Fault]], ...] = (
        lambda: _check_file(connection),
        lambda: _check_texts(connection),
        lambda: check_articles(connection),
        lambda: _check_index(connection),
        lambda: check_places(connection, archive.path.parent),
        lambda: check_records(archive, None if deep else SAMPLE),
        lambda: _check_frontier(connection, now),
    )
    connection.execute("BEGIN")
    try:
        faults = [fault for one in checks for fault in _survive(one)]
        counts = _count(connection)
    finally:
        connection.rollback()
    return Report(_group(faults), counts)


Fault = tuple[Severity, str, str]


def _survive(one: Callable[[], Iterator[Fault]]) -> Iterator[Fault]:
    """Go through one check; where the file cannot be read that is a finding, and the next check goes on."""
    try:
        yield from one()
    except sqlite3.DatabaseError as error:
        yield "damage", "the SQLite file cannot be read", str(error)


def _group(faults: Iterable[Fault]) -> list[Finding]:
    findings: dict[tuple[Severity, str], Finding] = {}
    for severity, what, example in faults:
        finding = findings.setdefault((severity, what), Finding(severity, what))
        finding.count += 1
        if len(finding.examples) < EXAMPLES and example not in finding.examples:
            finding.examples.append(example)
    return sorted(findings.values(), key=lambda finding: finding.severity)


def _check_file(connection: sqlite3.Connection) -> Iterator[Fault]:
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield "damage", "the SQLite file is damaged", line
    for table, row_id, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield "damage", f"a row of {table} names a row of {parent} that does not exist", f"row {row_id}"


def _check_texts(connection: sqlite3.Connection) -> Iterator[Fault]:
    for text_id, body, expected in connection.execute("SELECT id, body, content_hash FROM texts"):
        if content_hash(body) != expected:
            yield "damage", "a text is not the one that was stored", f"text {text_id}"


def _check_index(connection: sqlite3.Connection) -> Iterator[Fault]:
    """Look whether each article is in the search index, and nothing else."""
    sizes = f"{PAIRS}_docsize"  # FTS5's own table: one row an article
    for (key,) in connection.execute(f"SELECT article_key FROM articles WHERE id NOT IN (SELECT id FROM {sizes})"):  # noqa: S608
        yield "damage", "an article is not in the search index", key
    for (row_id,) in connection.execute(f"SELECT id FROM {sizes} WHERE id NOT IN (SELECT id FROM articles)"):  # noqa: S608
        yield "damage", "the search index has an article that does not exist", f"row {row_id}"


def _check_frontier(connection: sqlite3.Connection, now: datetime) -> Iterator[Fault]:
    lost = connection.execute(
        "SELECT url FROM frontier f WHERE state = 'done' AND role <> 'listing'"
        " AND NOT EXISTS (SELECT 1 FROM copies c WHERE c.url = f.url)"
    )
    for (url,) in lost:
        yield "damage", "a URL is marked as stored, but there is no copy of it", url
    due = connection.execute(
        "SELECT url FROM frontier WHERE state = 'pending' AND coalesce(next_at, found_at) < ?",
        (stamp(now - _OVERDUE),),
    )
    for (url,) in due:
        yield "notice", f"a URL waits to be fetched for more than {_OVERDUE.days} days", url
    for (url,) in connection.execute("SELECT url FROM copies WHERE snapshot_id IS NULL"):
        yield "notice", "a copy has no snapshot", url


def _count(connection: sqlite3.Connection) -> dict[str, int]:
    counts = {}
    for table in _COUNTED:
        # A table that cannot be read has been told by the other checks.
        with contextlib.suppress(sqlite3.DatabaseError):
            (counts[table],) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    return counts
