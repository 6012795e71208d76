"""Simulate a year of runs every five minutes, and measure what they leave behind and what a run costs then.

    python benchmarks/year.py                          105,120 runs, with and without counting quiet runs by day
    python benchmarks/year.py --runs 20000 --samples 3

The sample site is crawled whole. Then each simulated run does to that archive, by the code of a crawl, what a run does
that finds nothing: it looks into the tables, opens its row, asks which listings and pages are due and whether it is
time for a full discovery, and closes its row with what a real run of either kind counted. One in 300 fails on a
listing. Only the requests and the process are left out, and the clock is ours. After a day, half of the time and all of
it, real runs (`scrapy crawl site`, the process with all it starts) are measured on a copy of which the runs are moved
in time to have ended just now.

Without counting is what an archive was before: every run keeps its row. At the end of that `newsarchive prune` is
measured, too.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from static_site import ROOT, crawl, serve_static, take_counts

from newsarchive.archive import Archive, runs
from newsarchive.archive.health import health, last_new
from newsarchive.archive.soundness import look_into_tables
from newsarchive.crawl.known_listings import FULL_DISCOVERY, full_discovery_is_due
from newsarchive.maintenance.du import table_sizes
from newsarchive.models import ROLES
from newsarchive.processes import process_name

PORT = 8093
EVERY = timedelta(minutes=5)
A_YEAR = timedelta(days=365) // EVERY
SWEEP = timedelta(hours=6)
#: One run of so many fails.
FAILING = 300
#: Runs that share a transaction. A real run commits by itself, which costs time, but no other bytes.
BATCH = 200
#: The work of a run, and the size of the tables, may differ so much between half of the time and all of it.
FLAT = 1.15


@dataclass
class Kinds:
    """What real runs counted: one that found nothing, and one that was a full discovery as well."""

    nothing: dict[str, int]
    sweep: dict[str, int]


@dataclass
class Point:
    """What was measured after so many runs; `work` is seconds of CPU of real runs, `machinery` bytes."""

    runs: int
    rows: int
    machinery: int
    work: list[float]
    status: float

    def line(self) -> str:
        """Describe it."""
        return (
            f"  after {self.runs:>7,} runs: {self.rows:>7,} rows of runs, machinery {self.machinery / 1e6:6.2f} MB;"
            f" a run without news {statistics.median(self.work):.2f} s of work (least {min(self.work):.2f}),"
            f" the query of `status` {self.status * 1000:.0f} ms"
        )


def first_crawls(db: Path, base: str) -> Kinds:
    """Crawl all, and then until nothing is new; return what runs count."""
    for _ in range(3):
        ran = crawl(db, "site", base)
        if ran.status:
            raise SystemExit(f"a crawl ended with status {ran.status}:\n{ran.log[-2000:]}")
    with closing(sqlite3.connect(db)) as connection, connection:
        # A few pages of the sample never come; they are not what is measured.
        connection.execute("UPDATE frontier SET next_at = '2100-01-01T00:00:00Z' WHERE state = 'pending'")
        sweep, *_, nothing = (json.loads(row[0]) for row in connection.execute("SELECT counts FROM runs ORDER BY id"))
    return Kinds(nothing, nothing | {FULL_DISCOVERY: sweep[FULL_DISCOVERY]})


def simulate(archive: Archive, kinds: Kinds, number: int, now: datetime, *, is_compacted: bool) -> None:
    """Do what a run does to its archive that finds nothing."""
    look_into_tables(archive.connection)
    run_id = archive.runs.start(spider="site", site="demo", arguments={"site": "demo"}, now=now)
    is_full = full_discovery_is_due(archive.runs, "site", "demo", now, SWEEP)
    archive.listings.due("demo")
    if is_full:
        archive.listings.of_site("demo")
        archive.listings.categories("demo")
    for role in ROLES:
        archive.frontier.pending(site="demo", now=now - timedelta(days=999), role=role, limit=200)
    archive.frontier.rechecks(site="demo", now=now - timedelta(days=999), limit=200)
    archive.frontier.unfinished(site="demo")
    archive.frontier.count_pending("demo")
    last_new(archive.connection, "demo")
    end = now + timedelta(seconds=2)
    if number % FAILING == FAILING - 1:
        archive.problems.add(run_id, url="http://demo/", site="demo", stage="listing", reason="unreachable", now=end)
        counts = {"requests": 3, "listings/failed": 1, "problems/unreachable": 1}
        archive.runs.finish(run_id, outcome="failed", reason="no listing page could be read", counts=counts, now=end)
    else:
        archive.runs.finish(run_id, outcome="finished", counts=kinds.sweep if is_full else kinds.nothing, now=end)
    if is_compacted:
        archive.runs.compact(end)


def year(db: Path, kinds: Kinds, base: str, options: argparse.Namespace, *, is_compacted: bool) -> list[Point]:
    """Simulate all runs; return what was measured on the way."""
    stops = {timedelta(days=1) // EVERY, options.runs // 2, options.runs}
    now = datetime.now(UTC) - options.runs * EVERY
    move_runs(db, -(options.runs * EVERY).days - 1)
    points = []
    with Archive.open(db) as archive:
        for first in range(0, options.runs, BATCH):
            last = min(first + BATCH, options.runs)
            with archive.transaction():
                for number in range(first, last):
                    simulate(archive, kinds, number, now, is_compacted=is_compacted)
                    now += EVERY
            if passed := [stop for stop in stops if first < stop <= last]:
                stops -= set(passed)
                archive.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                points.append(measure(archive, last, now, base, options.samples, is_compacted=is_compacted))
                print(points[-1].line(), flush=True)
    return points


def measure(archive: Archive, runs: int, now: datetime, base: str, samples: int, *, is_compacted: bool) -> Point:
    """Measure the tables, and real runs on a copy."""
    (rows,) = archive.connection.execute("SELECT count(*) FROM runs").fetchone()
    began = time.process_time()
    health(archive.connection, now)
    status = time.process_time() - began
    works = []
    with tempfile.TemporaryDirectory(prefix="year-") as name:
        copy = Path(name) / "archive.db"
        shutil.copyfile(archive.path, copy)
        move_runs(copy, (datetime.now(UTC) - now).days, leave=not is_compacted)
        for number in range(samples + 1):  # the first may be a full discovery
            take_counts(base)
            ran = crawl(copy, "site", base)
            counts = take_counts(base)
            if ran.status or counts["requests"] != counts["unchanged"] + 1:
                raise SystemExit(f"that was no run without news (status {ran.status}, {counts}):\n{ran.log[-2000:]}")
            if number:
                works.append(ran.work)
    return Point(runs, rows, table_sizes(archive.connection)["machinery"], works, status)


def move_runs(db: Path, days: int, *, leave: bool = False) -> None:
    """Move all runs in time; with `leave` no run is counted in its day any more."""
    with closing(sqlite3.connect(db, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        for column in ("started_at", "finished_at"):
            connection.execute(
                f"UPDATE runs SET {column} = strftime('%Y-%m-%dT%H:%M:%SZ', {column}, ?)",
                (f"{days:+} days",),
            )
        connection.execute("UPDATE run_days SET day = 'x' || date(day, ?)", (f"{days:+} days",))
        connection.execute("UPDATE run_days SET day = substr(day, 2)")
        if leave:
            connection.execute("INSERT INTO run_days SELECT '0', '', '', 0, '{}', max(id) FROM runs")
        connection.execute("COMMIT")


def prune(db: Path) -> None:
    """Prune the runs of an archive that kept them all, and tell what that took."""
    before = size(db)
    began = time.monotonic()
    command = [sys.executable, "-m", "newsarchive", "--db", str(db), "prune", "--keep-runs", "60d"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    seconds = time.monotonic() - began
    subprocess.run([*command[:-3], "vacuum"], cwd=ROOT, capture_output=True, check=True)
    print(f"  prune --keep-runs 60d: {seconds:.1f} s, {done.stdout.strip()}")
    print(f"  the file with vacuum: {before / 1e6:.2f} MB before, {size(db) / 1e6:.2f} MB now")


def size(db: Path) -> int:
    """Return the bytes of an archive's file."""
    return db.stat().st_size


def main() -> int:
    """Simulate both and print what was measured; 1 where a year is not like half of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=A_YEAR)
    parser.add_argument("--samples", type=int, default=5, help="real runs that are measured at each point")
    options = parser.parse_args()
    # A run asks once for the name of its process, which costs more than all else that it does to the archive.
    runs.process_name = cache(process_name)
    with tempfile.TemporaryDirectory(prefix="year-") as name, serve_static(PORT, articles=150) as base:
        first = Path(name) / "first"
        first.mkdir()
        kinds = first_crawls(first / "archive.db", base)
        found = {}
        for is_compacted in (True, False):
            print(
                "quiet runs are counted by day (as it is):" if is_compacted else "every run keeps its row (as it was):"
            )
            folder = Path(name) / str(is_compacted)
            shutil.copytree(first, folder)
            found[is_compacted] = year(folder / "archive.db", kinds, base, options, is_compacted=is_compacted)
            if not is_compacted:
                prune(folder / "archive.db")
    _, half, whole = found[True]
    size_ratio = whole.machinery / half.machinery
    work_ratio = statistics.median(whole.work) / statistics.median(half.work)
    print(f"all of the time to half of it: machinery {size_ratio:.2f}, work of a run {work_ratio:.2f} (wanted: {FLAT})")
    return int(size_ratio > FLAT or work_ratio > FLAT)


if __name__ == "__main__":
    sys.exit(main())
