"""Check an archive: whether everything in it is intact and consistent.

Nothing is written, and a crawl may go on meanwhile: all is read at one moment.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from newsarchive.archive import schema
from newsarchive.archive.history import LAST_HASH, History
from newsarchive.archive.merge import merge
from newsarchive.archive.observations import content_hash
from newsarchive.archive.outlets import Outlets
from newsarchive.archive.queries import article_row
from newsarchive.archive.runs import SKEW
from newsarchive.archive.store import ArticleStore, parts_of
from newsarchive.i18n import N_, _, ngettext
from newsarchive.maintenance.check_stories import check_stories
from newsarchive.maintenance.reading_rows import damaged_readings
from newsarchive.maintenance.row_forms import malformed
from newsarchive.maintenance.schema_text import damaged_entries
from newsarchive.maintenance.snapshot_rows import row_differences
from newsarchive.search.sql import PAIRS
from newsarchive.timestamps import stamp
from newsarchive.warc.record import SnapshotDamagedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from newsarchive.archive.archive import Archive
    from newsarchive.archive.merge import Merged


#: `damage`: something is lost or wrong. `notice`: a person may want to know.
Severity = Literal["damage", "notice"]

#: What reading rows raises where these were changed or do not belong together.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)

#: Things of one kind that a finding names; the rest is counted.
EXAMPLES = 5
#: Snapshots, the newest, whose records are read unless all are.
SAMPLE = 200
#: A URL that is due for so long is waiting for a crawl that does not come.
_OVERDUE = timedelta(days=7)
_COUNTED = ("articles", "copies", "readings", "texts", "snapshots", "frontier", "problems", "runs")


@dataclass(slots=True)
class Finding:
    """One kind of thing that is not as it should be, how often, some of them by name, and what mends it."""

    severity: Severity
    what: str
    count: int = 0
    examples: list[str] = field(default_factory=list)
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found, and how much it looked at (rows by table)."""

    findings: list[Finding]
    counts: dict[str, int]

    @property
    def is_damaged(self) -> bool:
        """Whether anything is lost or wrong."""
        return any(finding.severity == "damage" for finding in self.findings)


def check_content(connection: sqlite3.Connection) -> list[str]:
    """Return what is lost or wrong of texts and articles, in words; what is made of them is not looked at."""
    checks = (_check_texts, check_articles)
    faults = [fault for one in checks for fault in _survive(lambda one=one: one(connection))]  # type: ignore[misc]
    return [f"{what}: {example}" for _, what, example, _ in faults]


def check(archive: Archive, now: datetime, *, deep: bool = False) -> Report:
    """Check everything.

    `deep` also compares the search index with the articles word for word, looks at the form of every value that
    nothing else bears witness to, and reads every page that is kept, not only the newest `SAMPLE`.
    """
    connection = archive.connection
    checks: tuple[Callable[[], Iterator[Fault]], ...] = (
        lambda: _check_file(connection),
        lambda: _check_schema(connection),
        lambda: _check_clock(connection, now),
        lambda: _check_texts(connection),
        lambda: check_articles(connection),
        lambda: _check_forms(connection) if deep else iter(()),
        lambda: _check_index(archive, deep=deep),
        lambda: _check_stories(connection) if deep else iter(()),
        lambda: _check_places(connection, archive.path.parent),
        lambda: _check_records(archive, None if deep else SAMPLE),
        lambda: _check_frontier(connection, now),
    )
    connection.execute("BEGIN")
    try:
        faults = [fault for one in checks for fault in _survive(one)]
        counts = _count(connection)
    finally:
        connection.rollback()
    return Report(_group(faults), counts)


#: What is found, one of it by name, and what mends it.
Fault = tuple[Severity, str, str, str]

REPAIR = "newsarchive repair"
_REINDEX = N_("newsarchive search reindex, or newsarchive repair")
_STORIES = N_("newsarchive stories rebuild, or newsarchive repair")
_RESTORE = N_("newsarchive repair, and newsarchive restore for what it tells as lost")
_CLOCK = N_("set the clock of this machine, then newsarchive repair")


def _survive(one: Callable[[], Iterator[Fault]]) -> Iterator[Fault]:
    """Run one check; an unreadable file is a finding, and the next check follows."""
    try:
        yield from one()
    except (sqlite3.DatabaseError, *UNREADABLE) as error:
        yield "damage", _("the SQLite file cannot be read"), str(error), _RESTORE


def _group(faults: Iterable[Fault]) -> list[Finding]:
    findings: dict[tuple[Severity, str], Finding] = {}
    for severity, what, example, advice in faults:
        finding = findings.setdefault((severity, what), Finding(severity, what, advice=advice))
        finding.count += 1
        if len(finding.examples) < EXAMPLES and example not in finding.examples:
            finding.examples.append(example)
    return sorted(findings.values(), key=lambda finding: finding.severity)


def file_faults(connection: sqlite3.Connection) -> list[str]:
    """Return what SQLite finds wrong with the file; not what newer versions say of full-text indexes besides."""
    lines = (line for (line,) in connection.execute("PRAGMA integrity_check"))
    return [line for line in lines if line != "ok" and "fts5" not in line.lower()]


def _check_file(connection: sqlite3.Connection) -> Iterator[Fault]:
    for line in file_faults(connection):
        yield "damage", _("the SQLite file is damaged"), line, _RESTORE
    for table, row_id, parent, _number in connection.execute("PRAGMA foreign_key_check"):
        what = _("a row of {table} names a row of {parent} that does not exist", table=table, parent=parent)
        yield "damage", what, _("row {row_id}", row_id=row_id), _RESTORE


def _check_schema(connection: sqlite3.Connection) -> Iterator[Fault]:
    """Check that no trigger, index, view or table is missing, as after `sqlite-utils transform`."""
    flipped = {one.name for _, one in damaged_entries(connection)}
    for name in sorted(flipped):
        yield "damage", _("a bit of the schema was flipped"), name, REPAIR
    for difference in schema.differences(connection):
        if difference.wanted.name in flipped:
            continue
        advice = REPAIR if difference.can_be_mended else _RESTORE
        yield "damage", _("another program changed the tables of the archive"), str(difference), advice


#: Columns whose times have passed when they are written. When an article was published is what its site says.
PAST = (
    ("copies", "first_seen_at"),
    ("copies", "last_seen_at"),
    ("copies", "gone_at"),
    ("readings", "first_seen_at"),
    ("readings", "last_seen_at"),
    ("snapshots", "fetched_at"),
    ("frontier", "found_at"),
    ("frontier", "ended_at"),
    ("problems", "first_at"),
    ("problems", "last_at"),
    ("runs", "started_at"),
    ("runs", "finished_at"),
    ("listings", "changed_at"),
)


def _check_clock(connection: sqlite3.Connection, now: datetime) -> Iterator[Fault]:
    """Find what a clock that was ahead has written; clocks of two machines may differ by a little."""
    latest = stamp(now + SKEW)
    for table, column in PAST:
        query = f"SELECT {column} FROM {table} WHERE {column} > ? ORDER BY 1 DESC"  # noqa: S608 - names of ours
        for (at,) in connection.execute(query, (latest,)):
            what = _("a row of {table} is of the future: a clock was ahead", table=table)
            yield "damage", what, f"{column} {at}", _CLOCK


def _check_texts(connection: sqlite3.Connection) -> Iterator[Fault]:
    for text_id, body, expected in connection.execute("SELECT id, body, content_hash FROM texts"):
        if content_hash(body) != expected:
            yield "damage", _("a text is not the one that was stored"), _("text {row_id}", row_id=text_id), _RESTORE
    for (url,) in connection.execute(_OTHER_HASH):
        yield "damage", _("a copy names another text than the one that was last read there"), url, REPAIR
    for reading in damaged_readings(connection):
        yield (
            "damage",
            _("what a copy said is not what was stored"),
            _("reading {row_id}", row_id=reading.row_id),
            REPAIR,
        )


def _check_forms(connection: sqlite3.Connection) -> Iterator[Fault]:
    """Look for values that nothing writes."""
    for one in malformed(connection):
        yield "damage", _("a row of {table} has a value that nothing writes", table=one.table), str(one), REPAIR


_OTHER_HASH = f"SELECT c.url FROM copies c WHERE c.content_hash IS NOT {LAST_HASH}"  # noqa: S608


def _check_index(archive: Archive, *, deep: bool) -> Iterator[Fault]:
    """Check that the search index holds each article and nothing else; `deep`: each of its words, too."""
    connection = archive.connection
    sizes = f"{PAIRS}_docsize"  # FTS5's own table: one row an article
    for (key,) in connection.execute(f"SELECT article_key FROM articles WHERE id NOT IN (SELECT id FROM {sizes})"):  # noqa: S608
        yield "damage", _("an article is not in the search index"), key, _REINDEX
    for (row_id,) in connection.execute(f"SELECT id FROM {sizes} WHERE id NOT IN (SELECT id FROM articles)"):  # noqa: S608
        yield (
            "damage",
            _("the search index has an article that does not exist"),
            _("row {row_id}", row_id=row_id),
            _REINDEX,
        )
    try:
        for problem in archive.search.check(words=deep):
            yield "damage", _("the search index is not that of the articles"), problem, _REINDEX
    except sqlite3.OperationalError as error:
        advice = N_("it is copied for that to SQLite's folder for temporary files, see SQLITE_TMPDIR")
        yield "notice", _("the search index could not be compared with the articles"), str(error), advice


def _check_stories(connection: sqlite3.Connection) -> Iterator[Fault]:
    """Compare the stories with those that the articles give."""
    for difference in check_stories(connection):
        yield "damage", _("the stories are not those of the articles"), difference, _STORIES


#: What is marked as stored and is not: (URL, role, site).
NOT_STORED = """
SELECT url, role, site FROM frontier f WHERE state = 'done' AND role <> 'listing'
AND NOT EXISTS (SELECT 1 FROM copies c WHERE c.url = f.url)
"""
# What `newsarchive prune` removed was meant to go.
_WITHOUT_PAGE = """
SELECT url FROM copies c WHERE snapshot_id IS NULL AND NOT EXISTS (SELECT 1 FROM pruned_pages p WHERE p.url = c.url)
"""
_LOST = """
SELECT c.url FROM copies c JOIN snapshots s ON s.id = c.snapshot_id
WHERE s.lost_at IS NOT NULL AND s.payload_id IS NULL
"""


def _check_frontier(connection: sqlite3.Connection, now: datetime) -> Iterator[Fault]:
    for url, _role, _site in connection.execute(NOT_STORED):
        yield "damage", _("a URL is marked as stored, but there is no copy of it"), url, REPAIR
    due = connection.execute(
        "SELECT url FROM frontier WHERE state = 'pending' AND coalesce(next_at, found_at) < ?",
        (stamp(now - _OVERDUE),),
    )
    for (url,) in due:
        what = _("a URL waits to be fetched for more than {number} days", number=_OVERDUE.days)
        yield "notice", what, url, N_("crawl its site")
    for (url,) in connection.execute(_WITHOUT_PAGE):
        yield "notice", _("a copy has no snapshot"), url, ""
    for (url,) in connection.execute(_LOST):
        yield "notice", _("the raw page of a copy is lost"), url, N_("it is fetched again if its site still has it")


def _count(connection: sqlite3.Connection) -> dict[str, int]:
    counts = {}
    for table in _COUNTED:
        # A table that cannot be read has been told by the other checks.
        with contextlib.suppress(sqlite3.DatabaseError):
            (counts[table],) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    return counts


_SEEN = "SELECT min(first_seen_at), max(last_seen_at) FROM copies WHERE article_id = ?"


def check_articles(connection: sqlite3.Connection) -> Iterator[Fault]:
    """Yield a fault for every article that is not what its copies say."""
    for _article_id, _key, fault in article_faults(connection):
        yield fault


def article_faults(connection: sqlite3.Connection) -> Iterator[tuple[int, str, Fault]]:
    """Yield the id and key of each article that is not what its copies say, with every fault that it has."""
    for article_id, key in connection.execute("SELECT id, article_key FROM articles ORDER BY id"):
        try:
            readings = History(connection).newest(article_id)
            if not readings:
                yield article_id, key, ("damage", _("an article has no copy that says anything"), key, _RESTORE)
                continue
            merged = merge(readings)
        except UNREADABLE as error:
            what = _("what the copies of an article say cannot be read")
            yield article_id, key, ("damage", what, f"{key}: {error}", _RESTORE)
            continue
        for name in _differences(connection, article_id, merged):
            what = _("an article's {name} is not what its copies say", name=name)
            yield article_id, key, ("damage", what, key, REPAIR)


def _differences(connection: sqlite3.Connection, article_id: int, merged: Merged) -> Iterator[str]:
    row = article_row(connection, article_id)
    assert row is not None
    for name, value in _columns_of(connection, article_id, merged).items():
        if row[name] != value:
            yield name
    stored = ArticleStore(connection).stored_parts(article_id)
    for table, parts in parts_of(article_id, merged).items():
        if stored[table] != parts:
            yield table


def _columns_of(connection: sqlite3.Connection, article_id: int, merged: Merged) -> dict[str, Any]:
    first_seen_at, last_seen_at = connection.execute(_SEEN, (article_id,)).fetchone()
    revision, changed_at = History(connection).last_revision(article_id)
    category = merged.category
    return merged.columns | {
        "source_id": Outlets(connection).find(printed) if (printed := merged.columns["source_printed"]) else None,
        "category": category.slug if category else None,
        "category_site": merged.category_site if category else None,
        "first_seen_at": first_seen_at,
        "last_seen_at": last_seen_at,
        "revision": revision,
        "changed_at": changed_at,
    }


_PLACES = """
SELECT warc_file, id, warc_offset, warc_length, lost_at IS NOT NULL FROM snapshots ORDER BY warc_file, warc_offset
"""
_WRONG_ORIGINALS = """
SELECT s.id FROM snapshots s JOIN snapshots p ON p.id = s.payload_id
WHERE p.payload_id IS NOT NULL AND p.lost_at IS NULL OR p.digest <> s.digest OR p.length <> s.length
"""
_NEWEST = """
SELECT id FROM (SELECT id, warc_file, warc_offset FROM snapshots WHERE lost_at IS NULL ORDER BY id DESC LIMIT ?)
ORDER BY warc_file, warc_offset
"""


def _check_places(connection: sqlite3.Connection, base: Path) -> Iterator[Fault]:
    """Compare the places of all records with the files; nothing is unpacked. `base` is the archive's folder."""
    known: set[Path] = set()
    for name, rows in groupby(connection.execute(_PLACES), key=lambda row: row[0]):
        known.add(base / name)
        yield from _check_warc_file(base / name, name, rows)
    for (snapshot_id,) in connection.execute(_WRONG_ORIGINALS):
        yield (
            "damage",
            _("a snapshot takes its body from one that has another"),
            _("snapshot {row_id}", row_id=snapshot_id),
            _RESTORE,
        )
    for (name,) in connection.execute("SELECT warc_file FROM warc_removals"):
        if base / name not in known and (base / name).exists():
            known.add(base / name)
            yield "notice", _("a prune that was killed has left a WARC file behind"), name, "newsarchive prune"
    for path in sorted((base / "warc").rglob("*.warc.gz")):
        if path not in known:
            yield "notice", _("a WARC file holds nothing that this archive knows"), str(path.relative_to(base)), ""


def _check_records(archive: Archive, newest: int | None) -> Iterator[Fault]:
    """Read the newest records, or all of them, and compare their bytes with the digests, and their rows with them."""
    ids = archive.connection.execute(_NEWEST, (-1 if newest is None else newest,))
    for (snapshot_id,) in ids:
        try:
            names = row_differences(archive, snapshot_id)
        except SnapshotDamagedError as error:
            yield "damage", _("a snapshot cannot be read"), str(error), _RESTORE
            continue
        for name in names:
            yield (
                "damage",
                _("the row of a snapshot is not what its record says"),
                _("{name} of {row_id}", name=name, row_id=snapshot_id),
                REPAIR,
            )


def _check_warc_file(path: Path, name: str, rows: Iterator[tuple[str, int, int, int, int]]) -> Iterator[Fault]:
    places = list(rows)
    kept = [row for row in places if not row[4]]
    try:
        size = path.stat().st_size
    except (OSError, ValueError) as error:  # ValueError: a name that was damaged
        if kept:
            reason = error.strerror if isinstance(error, OSError) else error
            snapshots = ngettext("{count} snapshot", "{count} snapshots", len(kept))
            yield "damage", _("a WARC file cannot be read ({reason})", reason=reason), f"{name}: {snapshots}", _RESTORE
        return
    end = lost = 0
    for _name, snapshot_id, offset, length, is_lost in places:
        if offset < end:
            yield (
                "damage",
                _("two snapshots lie in one place"),
                _("snapshot {row_id} in {file}", row_id=snapshot_id, file=name),
                _RESTORE,
            )
        end = offset + length
        lost += end > size and not is_lost
    if lost:
        snapshots = ngettext("{count} snapshot is lost", "{count} snapshots are lost", lost)
        yield "damage", _("a WARC file is shorter than it was"), f"{name}: {snapshots}", _RESTORE
    elif end < size:
        bytes_more = ngettext("{count} byte", "{count} bytes", size - end)
        detail = f"{name}: {bytes_more}"
        yield "notice", _("a run that is at work, or was killed, wrote more than the archive knows"), detail, ""
