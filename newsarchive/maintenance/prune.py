"""Retention: remove what is older than the site files or a command allow, and never a text.

What can go are raw pages (their WARC records, with their rows in `snapshots`), rows of `runs` and `problems`. Articles,
their copies and what these said stay, as does what the frontier knows: it keeps a crawl from asking again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsarchive.maintenance.prune_warc import plan_files, prune_files
from newsarchive.sites.model import Retention
from newsarchive.timestamps import stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from newsarchive.archive import Archive

_SITES = "SELECT site FROM runs UNION SELECT site FROM frontier UNION SELECT site FROM copies"
# A page belongs to the site of its copy, or of the address that was found.
_OLD_PAGES = """
SELECT s.id, s.fetched_at, coalesce((SELECT c.site FROM copies c WHERE c.url = s.url),
                                    (SELECT f.site FROM frontier f WHERE f.url = s.url), '')
FROM snapshots s WHERE s.fetched_at < ?
"""
#: Pages that stay because others, which stay, take their body from them.
NEEDED = """
WITH RECURSIVE needed (id) AS (
    SELECT payload_id FROM snapshots WHERE payload_id IS NOT NULL AND id NOT IN (SELECT id FROM doomed)
    UNION SELECT s.payload_id FROM snapshots s JOIN needed USING (id) WHERE s.payload_id IS NOT NULL
)
DELETE FROM doomed WHERE id IN (SELECT id FROM needed)
"""


@dataclass(slots=True)
class Pruned:
    """What was pruned, or would be. `needed` are old pages that stay because younger ones take their body from them.

    Sizes are bytes of WARC records. `refused` says which WARC files were left as they are, and why.
    """

    raw_pages: int = 0
    raw_bytes: int = 0
    needed: int = 0
    files_removed: int = 0
    files_rewritten: int = 0
    runs: int = 0
    problems: int = 0
    refused: list[str] = field(default_factory=list)


_FOR_EVER = Retention()


@dataclass(frozen=True, slots=True)
class Rules:
    """How long each site's things are kept: those of `sites`, and those of all others."""

    sites: Mapping[str, Retention]
    others: Retention = _FOR_EVER

    def of(self, site: str) -> Retention:
        """Return how long the things of a site are kept."""
        return self.sites.get(site, self.others)

    @property
    def is_empty(self) -> bool:
        """Whether everything is kept for ever."""
        return all(one == _FOR_EVER for one in (self.others, *self.sites.values()))


def sites_of(connection: sqlite3.Connection) -> list[str]:
    """Return the names of the sites of which an archive holds something."""
    return [name for (name,) in connection.execute(f"{_SITES} ORDER BY 1") if name]


def prune(archive: Archive, rules: Rules, now: datetime, *, dry_run: bool = False) -> Pruned:
    """Prune by rules; with `dry_run` only count. Otherwise the caller lets no crawl begin meanwhile."""
    done = Pruned()
    connection = archive.connection
    sites = ("", *sites_of(connection))
    _choose_pages(connection, rules, now, done)
    if dry_run:
        files = plan_files(connection)
        done.runs = sum(len(_old_runs(connection, *one)) for one in _limits(sites, rules, now, "runs"))
        done.problems = sum(_old_problems(connection, *one) for one in _limits(sites, rules, now, "problems"))
    else:
        connection.execute("PRAGMA foreign_keys = OFF")  # references are cleared by hand, see prune_warc
        connection.execute("PRAGMA synchronous = FULL")  # a file goes only when what says so is on the disk
        files = prune_files(archive, now)
        with archive.transaction():
            for site, before in _limits(sites, rules, now, "runs"):
                done.runs += _prune_runs(archive, _old_runs(connection, site, before), now)
            for site, before in _limits(sites, rules, now, "problems"):
                done.problems += connection.execute(
                    "DELETE FROM problems WHERE coalesce(site, '') = ? AND last_at < ?", (site, before)
                ).rowcount
    done.files_removed, done.files_rewritten, done.refused = files
    return done


def _limits(sites: Iterable[str], rules: Rules, now: datetime, kind: str) -> list[tuple[str, str]]:
    """Return for each site with a rule for a kind of things the time before which they go."""
    ages = {site: getattr(rules.of(site), kind) for site in sites}
    return [(site, stamp(now - age)) for site, age in ages.items() if age is not None]


def _choose_pages(connection: sqlite3.Connection, rules: Rules, now: datetime, done: Pruned) -> None:
    """Fill the temporary table `doomed` with the ids of the snapshots that go."""
    connection.execute("CREATE TEMP TABLE doomed (id INTEGER PRIMARY KEY)")
    ages = [one.raw for one in (rules.others, *rules.sites.values()) if one.raw is not None]
    if not ages:
        return
    limits: dict[str, str] = {}
    doomed = []
    for snapshot_id, fetched_at, site in connection.execute(_OLD_PAGES, (stamp(now - min(ages)),)):
        if site not in limits:
            age = rules.of(site).raw
            limits[site] = stamp(now - age) if age is not None else ""
        if fetched_at < limits[site]:
            doomed.append((snapshot_id,))
    connection.executemany("INSERT INTO doomed VALUES (?)", doomed)
    connection.execute(NEEDED)
    done.raw_pages, done.raw_bytes = connection.execute(
        "SELECT count(*), coalesce(sum(warc_length), 0) FROM snapshots JOIN doomed USING (id)"
    ).fetchone()
    done.needed = len(doomed) - done.raw_pages


def _old_runs(connection: sqlite3.Connection, site: str, before: str) -> list[int]:
    rows = connection.execute(
        "SELECT id FROM runs WHERE coalesce(site, '') = ? AND started_at < ? AND outcome <> 'running'", (site, before)
    )
    return [run_id for (run_id,) in rows]


def _prune_runs(archive: Archive, run_ids: Iterable[int], now: datetime) -> int:
    """Delete runs that `run_days` has counted; what came after one that still goes on waits for its end."""
    while archive.runs.compact(now):
        pass
    (counted,) = archive.connection.execute("SELECT coalesce(max(last_run_id), 0) FROM run_days").fetchone()
    old = [(run_id,) for run_id in run_ids if run_id <= counted]
    for table in ("frontier", "problems"):
        archive.connection.executemany(f"UPDATE {table} SET run_id = NULL WHERE run_id = ?", old)  # noqa: S608
    archive.connection.executemany("DELETE FROM runs WHERE id = ?", old)
    return len(old)


def _old_problems(connection: sqlite3.Connection, site: str, before: str) -> int:
    (number,) = connection.execute(
        "SELECT count(*) FROM problems WHERE coalesce(site, '') = ? AND last_at < ?", (site, before)
    ).fetchone()
    return int(number)
