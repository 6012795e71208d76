"""Kill everything of a cluster at random moments, again and again, and look whether anything was lost or stored twice.

    python benchmarks/cluster_torture.py            50 kills, 10 stops, PostgreSQL killed 5 times and wiped twice
    python benchmarks/cluster_torture.py --kills 4 --stops 1 --engine-kills 1 --wipes 1 --articles 60 --sites 2

Killed (SIGKILL) are machines (a supervisor with its worker), workers, shards and supervisors alone, where the worker
goes on without one; workers are stopped (SIGSTOP) for longer than their lease. Supervisors start again what ended. Each
time it is waited for that pages are fetched again. In the end what the shards hold is compared with an undisturbed
crawl on one machine, row for row, and each site's own log is looked through: no two workers at one site at one time, no
pause cut short.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support import postgres
from support.clusters import Cluster, count, doubles, holds, small_sites

from newsarchive.cluster.engine import Engine
from newsarchive.errors import UserError
from newsarchive.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.small_site import SmallSite

_LEASE = 8.0


@dataclass
class Supervisor:
    """Starts a process again whenever it ends, as systemd and Kubernetes do."""

    cluster: Cluster
    name: str
    shard: int | None = None
    process: subprocess.Popen[bytes] | None = None
    is_alive: bool = True
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        """Start it."""
        self.thread = threading.Thread(target=self._supervise, daemon=True)
        self.thread.start()

    def _supervise(self) -> None:
        while self.is_alive:
            if self.process is None or self.process.poll() is not None:
                cluster = self.cluster
                self.process = cluster.worker(self.name) if self.shard is None else cluster.shard(self.shard)
            time.sleep(0.3)

    def kill_process(self) -> bool:
        """Kill what it supervises; return whether it was running."""
        if self.process is None or self.process.poll() is not None:
            return False
        self.process.kill()
        return True

    def end(self) -> None:
        """End it, and what it supervises goes on."""
        self.is_alive = False
        self.thread.join(timeout=10)


def main() -> int:
    """Do it, print what came of it; 1 where anything was found."""
    options = _options()
    dice = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="newsarchive-torture-") as name, postgres.running(fsync=True) as server:
        folder = Path(name)
        names = [f"site{number}" for number in range(options.sites)]
        with small_sites(folder / "sites", names, options.articles, options.delay) as sites:
            cluster = Cluster(folder, server.new_database("news"), folder / "sites", NEWSARCHIVE_CLUSTER_LEASE=_LEASE)
            try:
                return _torture(options, dice, server, cluster, sites)
            finally:
                cluster.close()
                if options.keep:
                    subprocess.run(["cp", "-r", str(folder), str(options.keep)], check=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--stops", type=int, default=10)
    parser.add_argument("--engine-kills", type=int, default=5)
    parser.add_argument("--wipes", type=int, default=2)
    parser.add_argument("--sites", type=int, default=4)
    parser.add_argument("--shards", type=int, default=2)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--articles", type=int, default=300, help="of each site")
    parser.add_argument("--delay", type=float, default=0.5, help="seconds between two requests to a site")
    parser.add_argument("--between", type=int, default=12, help="requests between two disturbances, on average")
    parser.add_argument("--patience", type=float, default=900.0, help="seconds in which all is crawled after the last")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="copy archives and logs to this folder in the end")
    return parser.parse_args()


def _torture(options, dice, server, cluster, sites) -> int:
    expected = _undisturbed(cluster, sites)
    requests_alone = _requests(sites)
    for site in sites.values():
        site.asked.clear()
    cluster.engine.init()
    for number, name in enumerate(sites):
        cluster.add(name, shard=number % options.shards)
    shards = {number: Supervisor(cluster, f"shard-{number}", number) for number in range(options.shards)}
    machines = {number: Supervisor(cluster, f"w{number}") for number in range(options.workers)}
    done = _disturb(options, dice, server, cluster, sites, shards, machines)
    began = time.monotonic()
    per_shard = {
        number: options.articles * len([n for n in range(options.sites) if n % options.shards == number])
        for number in range(options.shards)
    }
    waited = True
    while not _is_done(cluster, per_shard):
        if time.monotonic() > began + options.patience:
            waited = False
            break
        time.sleep(1)
    for supervisor in (*machines.values(), *shards.values()):
        supervisor.end()
    with suppress(subprocess.TimeoutExpired):
        cluster.stop(*[name for name in cluster.processes if name.startswith("w")])
        cluster.wait_for(lambda: _is_done(cluster, per_shard), 60)
        cluster.stop()
    return _told(options, cluster, sites, expected, requests_alone, done, is_done=waited)


def _is_done(cluster: Cluster, per_shard: dict[int, int]) -> bool:
    with suppress(UserError):
        return cluster.is_done(per_shard)
    return False


def _undisturbed(cluster, sites):
    db = cluster.folder / "alone" / "archive.db"
    subprocess.run(
        [sys.executable, "-m", "newsarchive", "--db", str(db), "crawl", *sites],
        env=cluster.environment(NEWSARCHIVE_SITES=cluster.sites),
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=3600,
    )
    print(f"one machine, undisturbed: {count(db, 'SELECT count(*) FROM copies')} copies", flush=True)
    return holds(db)


def _disturb(options, dice, server, cluster, sites, shards, machines) -> Counter[str]:  # noqa: PLR0917
    """Do all that is to be done to the cluster, in an order by chance; return how often each was done."""
    kinds = ["machine", "worker", "shard", "supervisor"]
    plan = [kinds[number % len(kinds)] for number in range(options.kills)]
    plan += ["stop"] * options.stops + ["engine"] * options.engine_kills + ["wipe"] * options.wipes
    dice.shuffle(plan)
    done: Counter[str] = Counter()
    for number, what in enumerate(plan):
        _wait_for_requests(sites, round(dice.uniform(0.2, 1.8) * options.between))
        if what in ("machine", "worker"):
            victim = dice.choice(list(machines.values()))
            done[what] += victim.kill_process()
            if what == "machine":
                victim.is_alive = False
                victim.thread.join(timeout=10)
                victim.kill_process()
                place = next(place for place, one in machines.items() if one is victim)
                machines[place] = Supervisor(cluster, victim.name)
        elif what == "shard":
            done[what] += dice.choice(list(shards.values())).kill_process()
        elif what == "supervisor":
            place = dice.choice(list(machines))
            machines[place].end()  # its worker goes on alone, while another machine takes its place
            machines[place] = Supervisor(cluster, f"x{number}")
            done[what] += 1
        elif what == "stop":
            process = dice.choice(list(machines.values())).process
            if process is not None and process.poll() is None:
                os.kill(process.pid, signal.SIGSTOP)
                time.sleep(_LEASE * 1.2)
                os.kill(process.pid, signal.SIGCONT)
                done[what] += 1
        elif what == "engine":
            server.kill()
            time.sleep(dice.uniform(0.5, 3))
            server.start()
            done[what] += 1
        else:
            server.wipe("news")
            time.sleep(dice.uniform(0.2, 2))
            with Engine(cluster.dsn, patience=30) as engine:
                engine.init()
            done[what] += 1
        copies = sum(count(cluster.archive(shard), "SELECT count(*) FROM copies") for shard in shards)
        print(f"{number + 1:3d} {what}: {copies} copies so far", flush=True)
    return done


def _wait_for_requests(sites: Mapping[str, SmallSite], more: int) -> None:
    """Wait until pages are fetched again; not for ever, since all may be fetched."""
    end, before = time.monotonic() + 20, _requests(sites)
    while _requests(sites) < before + more and time.monotonic() < end:
        time.sleep(0.05)


def _requests(sites: Mapping[str, SmallSite]) -> int:
    return sum(len(site.asked) for site in sites.values())


def _told(options, cluster, sites, expected, requests_alone, done, *, is_done) -> int:  # noqa: PLR0917
    archives = [cluster.archive(number) for number in range(options.shards)]
    found = holds(*archives)
    stories = expected.pop("stories"), found.pop("stories")
    lost = {name: len(rows - found[name]) for name, rows in expected.items()}
    more = {name: len(found[name] - rows) for name, rows in expected.items()}
    twice = sum(map(doubles, archives))
    pending = sum(count(db, "SELECT count(*) FROM frontier WHERE state = 'pending'") for db in archives)
    with Engine(cluster.dsn, patience=10) as engine:
        dead = len(engine.dead())
        waiting = sum(row.envelopes for row in engine.shards())
    checks = [cluster.command("--db", str(db), "check", "--deep").returncode for db in archives]
    requests = _requests(sites)
    overlaps, short = _politeness(sites, options.delay)
    kills = sum(done.values())
    print(f"done to it: {', '.join(f'{number} {what}' for what, number in sorted(done.items()))}")
    print(f"rows of one machine: {', '.join(f'{len(rows)} {name}' for name, rows in expected.items())}")
    print(f"lost: {sum(lost.values())} {lost}")
    print(
        f"too many: {sum(more.values())} {more}; twice: {twice}; pending: {pending}; dead: {dead}; under way: {waiting}"
    )
    print(f"stories of one machine: {len(stories[0])}, of the shards, each by itself: {len(stories[1])}")
    print(f"check --deep: {checks}")
    print(
        f"requests: {requests}, undisturbed {requests_alone}, {(requests - requests_alone) / max(1, kills):.1f} more"
        " for each disturbance (rounds without news among them)"
    )
    print(f"another worker's request within the pause: {overlaps}; pauses cut short: {short} (stops: {done['stop']})")
    is_well = is_done and not any(lost.values()) and not any(more.values()) and not twice and not pending
    is_well = is_well and not dead and not any(checks) and overlaps <= done["stop"] and short <= done["stop"]
    print("well" if is_well else "NOT WELL")
    return 0 if is_well else 1


def _politeness(sites, delay: float) -> tuple[int, int]:
    """Return how often a worker asked a site within the pause after another, and how often a pause was too short.

    Scrapy draws each pause between half and one and a half of the delay.
    """
    overlaps = short = 0
    for site in sites.values():
        for earlier, later in pairwise(sorted(site.asked, key=lambda one: one.at)):
            if later.at - earlier.at < delay / 2 - 0.05:
                short += 1
                overlaps += earlier.headers["User-Agent"] != later.headers["User-Agent"]
    return overlaps, short


if __name__ == "__main__":
    sys.exit(main())
