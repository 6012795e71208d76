"""Simulate clusters of up to 1,000 workers and 100 million pages a day, with the costs that were measured here.

    python benchmarks/cluster_figures.py --json build/cluster.json
    python benchmarks/cluster_sim.py build/cluster.json [--docs docs/cluster.md]

Sites are due every hour; how many new pages they have then follows Zipf's law. A worker crawls so many at one time, one
page of each every two seconds, and has one processor, as a shard and the engine have. Workers die (once a day each, on
average): their leases run out, what they had not sent is fetched again, and others need slices. Everything else comes
from the file that `cluster_figures.py` has written. `--docs` puts the table into a page, between its two comments.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
import sys
from collections import deque
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from newsarchive.options import Options

_MARKS = "<!-- made by benchmarks/cluster_sim.py -->", "<!-- end -->"
_DAY, _HOUR = 86_400.0, 3_600.0
_DELAY, _LEASE, _MTBF, _KEEPER_FIRST = 2.0, 60.0, _DAY, 60.0


@dataclass(frozen=True, slots=True)
class Size:
    """A cluster, and what it is to crawl; `batch_seconds` is the setting of that name."""

    workers: int
    shards: int
    sites: int
    pages: int
    hours: float
    batch_seconds: float = Options().batch_seconds


SIZES = (
    Size(1, 1, 1_000, 100_000, 8),
    Size(2, 1, 10_000, 1_000_000, 6),
    Size(10, 4, 10_000, 1_000_000, 6),
    Size(100, 16, 20_000, 10_000_000, 2),
    Size(1_000, 64, 100_000, 100_000_000, 1.3),
    Size(1_000, 64, 100_000, 100_000_000, 1.3, 20.0),
)


@dataclass(slots=True)
class _Server:
    """One processor, at which work waits for its turn."""

    free_at: float = 0.0
    busy: float = 0.0

    def work(self, now: float, seconds: float) -> float:
        """Do some work; return when it is done."""
        self.free_at = max(self.free_at, now) + seconds
        self.busy += seconds
        return self.free_at


@dataclass(slots=True)
class _Site:
    shard: int
    pages: float
    known: int
    due_at: float
    keeper: int | None = None
    fence: int = 0
    #: What it had last that is not sent.
    unsent: int = 0


@dataclass(slots=True)
class _Worker:
    cpu: _Server = field(default_factory=_Server)
    sites: set[int] = field(default_factory=set)


class Simulation:
    """A cluster for some hours of its life, of which the first counts for nothing."""

    def __init__(self, size: Size, figures: dict[str, float], slots: int, seed: int) -> None:
        self.size, self.figures, self.slots = size, figures, slots
        self.dice = random.Random(seed)
        self.workers = [_Worker() for _ in range(size.workers)]
        self.shards = [_Server() for _ in range(size.shards)]
        self.engine = _Server()
        self.waiting: deque[int] = deque()
        self.events: list[tuple[float, int, str, tuple[int, ...]]] = []
        self.order = count()
        self.lateness: list[float] = []
        self.inbox: list[float] = []
        self.done = self.again = self.envelopes = self.deaths = 0
        self.sites = self._sites()
        self.free = dict.fromkeys(range(size.workers), slots)

    def _sites(self) -> list[_Site]:
        weights = [1 / rank for rank in range(1, self.size.sites + 1)]
        an_hour, most = self.size.pages / 24, _HOUR / _DELAY * 0.8
        # What a site cannot give at its pace is the others'.
        scale = an_hour / sum(weights)
        for _ in range(30):
            scale *= an_hour / sum(min(most, weight * scale) for weight in weights)
        found = []
        for weight in weights:
            pages, shard = min(most, weight * scale), self.dice.randrange(self.size.shards)
            found.append(_Site(shard, pages, int(pages * 24 * 30), self.dice.uniform(0, _HOUR)))
        return found

    def at(self, when: float, what: str, *about: int) -> None:
        """Have something happen."""
        heapq.heappush(self.events, (when, next(self.order), what, about))

    def ask(self, now: float, figure: str) -> float:
        """Ask the engine for something; return when it has answered."""
        return self.engine.work(now, self.figures[figure] / 1000)

    def run(self) -> None:
        """Let it live."""
        end = self.size.hours * _HOUR
        for number, site in enumerate(self.sites):
            self.at(site.due_at, "due", number)
        for worker in range(self.size.workers):
            self.at(self.dice.expovariate(1 / _MTBF), "death", worker)
            self.at(self.dice.uniform(0, _LEASE / 3), "renewal", worker)
        while self.events and (event := heapq.heappop(self.events))[0] < end:
            now, _, what, about = event
            getattr(self, f"_{what}")(now, *about)

    def _due(self, now: float, number: int) -> None:
        keeper = self.sites[number].keeper
        if keeper is not None and len(self.workers[keeper].sites) < self.slots:
            self._claim(now, number, keeper)
        elif keeper is None:
            self._wait(now, number)
        else:
            self.at(now + _KEEPER_FIRST, "left", number, self.sites[number].fence)

    def _left(self, now: float, number: int, fence: int) -> None:
        if self.sites[number].fence == fence:
            self._wait(now, number)

    def _wait(self, now: float, number: int) -> None:
        if self.free:
            self._claim(now, number, next(iter(self.free)))
        else:
            self.waiting.append(number)

    def _claim(self, now: float, number: int, worker: int) -> None:
        site = self.sites[number]
        if now > _HOUR:
            self.lateness.append(now - site.due_at)
        ready = self.ask(now, "engine_run_cpu_ms")
        if site.keeper != worker:
            cut = self.figures["slice_cut_cpu_s"] * site.known / 100_000
            ready = self.shards[site.shard].work(ready, cut)
            ready = self.workers[worker].cpu.work(ready, self.figures["slice_open_cpu_s"] * site.known / 100_000)
        site.keeper, site.fence = worker, site.fence + 1
        self._hold(worker, number)
        ready = self.workers[worker].cpu.work(ready, self.figures["idle_run_cpu_s"])
        whole = int(site.pages)
        pages = whole + (self.dice.random() < site.pages - whole) + site.unsent
        site.unsent = 0
        self.at(ready, "crawl", number, worker, site.fence, pages)

    def _hold(self, worker: int, number: int) -> None:
        held = self.workers[worker].sites
        held.add(number)
        del self.free[worker]  # the next site is another's, as workers ask by turns
        if len(held) < self.slots:
            self.free[worker] = self.slots - len(held)

    def _crawl(self, now: float, number: int, worker: int, fence: int, left: int) -> None:
        """Fetch what one envelope holds."""
        site = self.sites[number]
        if site.fence != fence:
            return
        batch = min(left, max(1, int(self.size.batch_seconds / _DELAY)), Options().batch_size)
        fetched = self.workers[worker].cpu.work(now, batch * self.figures["page_cpu_ms"] / 1000)
        site.unsent = batch
        self.at(max(fetched, now + batch * _DELAY), "ship", number, worker, fence, left, batch)

    def _ship(self, now: float, *about: int) -> None:
        number, worker, fence, left, batch = about
        site = self.sites[number]
        if site.fence != fence:
            return
        site.unsent = 0
        if batch:
            shipped = self.ask(self.ask(now, "engine_ship_cpu_ms"), "engine_take_cpu_ms")
            stored = self.shards[site.shard].work(shipped, batch * self.figures["apply_cpu_ms"] / 1000)
            self.done += batch
            self.envelopes += 1
            if now > _HOUR:
                self.inbox.append(stored - now)
        if left > batch:
            self._crawl(now, number, worker, fence, left - batch)
            return
        self._release(worker, number)
        site.due_at = max(site.due_at + _HOUR, now)
        self.at(site.due_at, "due", number)
        self._next(now, worker)

    def _release(self, worker: int, number: int) -> None:
        self.workers[worker].sites.discard(number)
        self.free[worker] = self.slots - len(self.workers[worker].sites)

    def _next(self, now: float, worker: int) -> None:
        while self.waiting and worker in self.free:
            self._claim(now, self.waiting.popleft(), worker)

    def _renewal(self, now: float, worker: int) -> None:
        if self.workers[worker].sites:
            self.ask(now, "engine_renew_cpu_ms")
        self.at(now + _LEASE / 3, "renewal", worker)

    def _death(self, now: float, worker: int) -> None:
        """Lose a worker; its supervisor starts it again at once, and its sites wait for their leases to end."""
        self.deaths += 1
        for number in list(self.workers[worker].sites):
            site = self.sites[number]
            site.fence, site.keeper = site.fence + 1, None
            self.again += site.unsent
            self._release(worker, number)
            self.at(now + _LEASE, "left", number, site.fence)
        for site in self.sites:
            if site.keeper == worker:
                site.keeper = None
        self.at(now + self.dice.expovariate(1 / _MTBF), "death", worker)
        self._next(now, worker)

    def row(self) -> list[str]:
        """Return what came of it, as a row of the table."""
        size, seconds = self.size, self.size.hours * _HOUR
        stored = self.figures["sqlite_bytes"] + self.figures["raw_bytes"]
        return [
            f"{size.workers:,}", f"{size.shards}", f"{size.sites:,}", f"{size.pages:,}", f"{size.batch_seconds:g} s",
            f"{self.done / seconds:,.1f} of {size.pages / _DAY:,.1f}",
            f"{_p99(self.lateness):,.0f} s",
            f"{sum(one.cpu.busy for one in self.workers) / seconds / size.workers:.0%}",
            f"{self.engine.busy / seconds:.1%}",
            f"{max(one.busy for one in self.shards) / seconds:.1%}",
            f"{_p99(self.inbox):,.1f} s",
            f"{self.again:,} of {self.done:,}",
            f"{size.pages / size.shards * stored / 1e9:,.1f} GB",
        ]  # fmt: skip


_HEAD = (
    "workers", "shards", "sites", "pages a day", "batch", "pages/s", "late, p99", "workers busy", "engine busy",
    "busiest shard", "in the inbox, p99", "fetched again", "a shard's day",
)  # fmt: skip


def _p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)] if values else 0.0


def main() -> int:
    """Simulate, print the table, and put it where `--docs` says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", type=Path)
    parser.add_argument("--docs", type=Path)
    parser.add_argument("--most-workers", type=int, default=1_000)
    options = parser.parse_args()
    figures = json.loads(options.figures.read_text(encoding="utf-8"))
    rows = [list(_HEAD), ["---", *["---:"] * (len(_HEAD) - 1)]]
    for size in SIZES:
        if size.workers <= options.most_workers:
            simulation = Simulation(size, figures, Options().sites_at_once, seed=7)
            simulation.run()
            rows.append(simulation.row())
            print(*rows[-1], sep=" | ", flush=True)
    costs = ", ".join(
        f"{words} {figures[name] * factor:.{digits}f} {unit}"
        for words, name, factor, digits, unit in (
            ("a run without news", "idle_run_cpu_s", 1000, 0, "ms"),
            ("a page on its worker", "page_cpu_ms", 1, 1, "ms"),
            ("a page at its shard", "apply_cpu_ms", 1, 1, "ms"),
            ("an envelope at the engine", "engine_ship_cpu_ms", 1, 2, "ms"),
            ("and out again", "engine_take_cpu_ms", 1, 2, "ms"),
            ("a claim with its release", "engine_run_cpu_ms", 1, 2, "ms"),
            ("a slice of 100,000 addresses", "slice_cut_cpu_s", 1000, 0, "ms to cut"),
            ("", "slice_open_cpu_s", 1000, 0, "ms to open"),
        )
    ).replace(",  ", ", ")
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    text = f"{table}\n\nMeasured, in processor time: {costs}."
    print(f"\n{text}")
    if options.docs:
        page = options.docs.read_text(encoding="utf-8")
        before, rest = page.split(_MARKS[0])
        _, after = rest.split(_MARKS[1])
        options.docs.write_text(f"{before}{_MARKS[0]}\n{text}\n{_MARKS[1]}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
