"""Measure a run that finds nothing new: what it asks for, what it is sent, what it writes, what it costs.

    python benchmarks/recrawl.py                       2,000 category pages, then the cost of an everyday run
    python benchmarks/recrawl.py --cost-only           only the cost

The sample site is crawled whole, and then again with a sweep over every listing that is known. Bytes are those of the
answers, headers included; rows are those that differ in any table between the two archives.

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
from pathlib import Path

from static_site import crawl, serve_static, take_counts
from throughput import bare

from newsarchive.archive.connection import open_readonly

PORT = 8094
#: Work of a run without news to that of a bare spider.
MOST_WORK = 1.5
# A sweep in every run, so that every listing is asked for; the shortest interval that there can be.
SETTINGS = {"NEWSARCHIVE_SWEEP_HOURS": 0.0001}


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
    status = 0 if options.cost_only else sweep(options)
    return cost(options.rounds) or status


def sweep(options: argparse.Namespace) -> int:
    """Crawl all, then ask for every listing again; 1 if the second asked or wrote too much."""
    with (
        tempfile.TemporaryDirectory(prefix="recrawl-") as name,
        serve_static(PORT, articles=options.articles, media=options.categories) as base,
    ):
        db = Path(name) / "archive.db"
        figures = []
        for _ in range(2):
            take_counts(base)
            ran = crawl(db, "category", base, SETTINGS)
            if ran.status:
                raise SystemExit(f"a crawl ended with status {ran.status}:\n{ran.log[-2000:]}")
            figures.append((take_counts(base), ran.seconds, rows(db)))
        return report(*figures)


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


def report(
    full: tuple[dict[str, int], float, dict[str, set[tuple[object, ...]]]],
    again: tuple[dict[str, int], float, dict[str, set[tuple[object, ...]]]],
) -> int:
    """Print what both runs asked and wrote."""
    for name, (counts, seconds, _) in (("full run", full), ("nothing new", again)):
        asked = f"{counts['requests']} requests ({counts['conditional']} conditional, {counts['unchanged']} with 304)"
        print(f"{name}: {asked}, {counts['articles']} article pages, {counts['bytes'] / 1e6:.2f} MB, {seconds:.1f} s")
    written = {name: len(again[2][name] ^ before) for name, before in full[2].items() if again[2][name] != before}
    unconditional = again[0]["requests"] - again[0]["conditional"]
    share = again[0]["bytes"] / full[0]["bytes"]
    print(f"rows that differ after the run with nothing new: {written or 'none'}")
    print(f"requests without a condition: {unconditional} (robots.txt is asked for by every run)")
    print(f"bytes: {share:.1%} of the full run (wanted: below 10 %); time: {again[1] / full[1]:.1%} of the full run")
    good = share < 0.1 and not again[0]["articles"] and unconditional <= 1 and sum(written.values()) <= 5
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
