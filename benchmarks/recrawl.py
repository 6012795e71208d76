"""Measure a run that finds nothing new: what it asks for, what it is sent, what it writes, what it costs.

    python benchmarks/recrawl.py                       2,000 category pages, then the cost of an everyday run
    python benchmarks/recrawl.py --cost-only           only the cost

The sample site is crawled whole, then as a timer does it every five minutes, and then with a full discovery, which asks
for every listing that is known, and without validators, because some servers say for ever that nothing has changed.
Bytes are those of the answers, headers included; rows are those that differ in any table from the archive before.

The cost is that of the run that a timer starts every five minutes (`scrapy crawl site`, no sweep): the work (CPU) of
the command with all its processes, its start included. Each such run is followed by a bare spider that asks for the
same addresses, so that whatever else the machine does disturbs both alike.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from static_site import crawl, serve_static, take_counts
from throughput import bare

from newsarchive.archive.connection import open_readonly

PORT = 8094
#: Work of a run without news to that of a bare spider.
MOST_WORK = 1.5
#: Rows that a run without news may write (its own, and what it counts), and its share of the bytes of a first run.
MOST_ROWS, MOST_BYTES = 5, 0.1
# The shortest interval between full discoveries that there can be.
FULL_DISCOVERY = {"NEWSARCHIVE_SWEEP_HOURS": 0.0001}


@dataclass(frozen=True)
class Run:
    """What a crawl asked for, how long it took, and the rows of the archive after it."""

    title: str
    counts: dict[str, int]
    seconds: float
    rows: dict[str, set[tuple[object, ...]]]


def rows(db: Path) -> dict[str, set[tuple[object, ...]]]:
    """Return the rows of all tables that are not an index's own."""
    with closing(open_readonly(db)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        ).fetchall()
        return {name: set(connection.execute(f'SELECT * FROM "{name}"')) for (name,) in names}


def main() -> int:
    """Measure both; 1 if a run that finds nothing asked, wrote or cost too much."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--categories", type=int, default=2_000)
    parser.add_argument("--articles", type=int, default=2_500)
    parser.add_argument("--rounds", type=int, default=7, help="runs of which the cost is measured")
    parser.add_argument("--cost-only", action="store_true")
    options = parser.parse_args()
    status = 0 if options.cost_only else runs(options)
    return cost(options.rounds) or status


def runs(options: argparse.Namespace) -> int:
    """Crawl all, then twice what has nothing new; 1 if the everyday run asked or wrote too much."""
    with (
        tempfile.TemporaryDirectory(prefix="recrawl-") as name,
        serve_static(PORT, articles=options.articles, media=options.categories) as base,
    ):
        db = Path(name) / "archive.db"
        ran = []
        for title, settings in (("first run", {}), ("nothing new", {}), ("full discovery", FULL_DISCOVERY)):
            take_counts(base)
            done = crawl(db, "category", base, settings)
            if done.status:
                raise SystemExit(f"a crawl ended with status {done.status}:\n{done.log[-2000:]}")
            ran.append(Run(title, take_counts(base), done.seconds, rows(db)))
        return report(ran)


def cost(rounds: int) -> int:
    """Print what an everyday run without news costs, and a bare spider that asks for the same; 1 if it is too much."""
    with tempfile.TemporaryDirectory(prefix="recrawl-") as name, serve_static(PORT, articles=150) as base:
        folder = Path(name)
        db = folder / "archive.db"
        for _ in range(2):  # the second sees to what the first left pending
            ran = crawl(db, "site", base)
        works: list[float] = []
        bares: list[float] = []
        for _ in range(rounds):
            take_counts(base)
            ran = crawl(db, "site", base)
            counts = take_counts(base)
            if ran.status or counts["requests"] != counts["unchanged"] + 1:
                raise SystemExit(f"that was no run without news (status {ran.status}, {counts}):\n{ran.log[-2000:]}")
            works.append(ran.work)
            bares.append(bare(folder, [base + "/feed.xml"] * counts["unchanged"]).work)
    print(f"a run without news, {counts['requests']} requests, {rounds} runs beside as many of a bare spider")
    print(f"work (CPU): median {statistics.median(works):.2f} s, least {min(works):.2f} s, peak {ran.peak >> 10} MiB")
    print(f"a bare spider: median {statistics.median(bares):.2f} s, least {min(bares):.2f} s")
    ratio = statistics.median(one / other for one, other in zip(works, bares, strict=True))
    print(f"work of the run to that of the bare spider, median: {ratio:.2f} (wanted: at most 1.50; 1.2 s)")
    return int(ratio > MOST_WORK)


def report(ran: list[Run]) -> int:
    """Print what the runs asked and wrote; 1 if the second, everyday one did too much."""
    full, everyday, _ = ran
    for run in ran:
        counts, size = run.counts, run.counts["bytes"]
        asked = f"{counts['requests']} requests ({counts['conditional']} conditional, {counts['unchanged']} with 304)"
        share = f"{size / 1e6:.2f} MB, {size / full.counts['bytes']:.1%} of the first run's"
        print(f"{run.title}: {asked}, {counts['articles']} article pages, {share}, {run.seconds:.1f} s")
    written = {name: len(rows ^ everyday.rows[name]) for name, rows in full.rows.items() if rows != everyday.rows[name]}
    unconditional = everyday.counts["requests"] - everyday.counts["conditional"]
    print(
        f"the run with nothing new changed rows: {written}, and asked without a condition: {unconditional} (robots.txt)"
    )
    good = not everyday.counts["articles"] and unconditional <= 1 and sum(written.values()) <= MOST_ROWS
    return int(not good or everyday.counts["bytes"] > MOST_BYTES * full.counts["bytes"])


if __name__ == "__main__":
    sys.exit(main())
