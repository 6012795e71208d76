"""Kill everything of a cluster at random moments, again and again, and look whether anything was lost or stored twice.

    python benchmarks/cluster_torture.py
    python benchmarks/cluster_torture.py --kills 4 --stops 1 --engine-kills 1 --wipes 1 --full-disks 1 --articles 60

The first line kills 50 times, stops 10 times, kills PostgreSQL 5 times, wipes it twice, and fills a disk twice. Killed
(SIGKILL) are machines (a supervisor with its worker), workers (a crawl with what it sends), shards (what writes), and
supervisors alone, where the worker goes on without one. Workers are stopped (SIGSTOP) for longer than their lease; a
full disk takes nothing until its shard has said so. Supervisors start again what ended. Each time it is waited for that
pages are fetched again. In the end what the shards hold is compared with an undisturbed crawl on one machine, row for
row, the stories over all shards with that one's, and each site's own log is looked through: no two workers at one site
at one time, no pause cut short.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support import postgres
from support.clusters import Cluster, count, doubles, holds, small_sites

from newsarchive.archive.connection import open_readonly
from newsarchive.cluster import overview, schema
from newsarchive.cluster.engine import Engine
from newsarchive.errors import UserError
from newsarchive.paths import ROOT
from newsarchive.stories.across import stories_across

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from support.servers import Asked
    from support.small_site import SmallSite

_LEASE = 8.0
# Bytes of a file beyond which a full disk takes nothing, and the seconds in which its shard must have said so.
_FULL, _UNTIL_TOLD = 64 << 10, 60.0
_COPIES = "SELECT count(*) FROM copies"
_PENDING = "SELECT count(*) FROM frontier WHERE state = 'pending'"


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
            if not self.is_running():
                cluster = self.cluster
                self.process = cluster.worker(self.name) if self.shard is None else cluster.shard(self.shard)
            time.sleep(0.3)

    def is_running(self) -> bool:
        """Return whether what it supervises is running."""
        return self.process is not None and self.process.poll() is None

    def kill_process(self) -> bool:
        """Kill what it supervises; return whether it was running."""
        if self.process is None or not self.is_running():
            return False
        self.process.kill()
        return True

    def end(self) -> None:
        """End it, and what it supervises goes on."""
        self.is_alive = False
        self.thread.join(timeout=10)


class Torture:
    """A cluster with its supervisors, and what was done to it; each method does one thing to one of them, by chance."""

    def __init__(
        self, cluster: Cluster, server: postgres.Postgres, options: argparse.Namespace, chance: random.Random
    ) -> None:
        self.cluster, self.server, self.chance = cluster, server, chance
        self.shards = {number: Supervisor(cluster, f"shard-{number}", number) for number in range(options.shards)}
        self.machines = {number: Supervisor(cluster, f"w{number}") for number in range(options.workers)}
        self.done: Counter[str] = Counter()
        #: Seconds for which each disturbance lasted, from and to the monotonic clock's time, and what it was.
        self.log: list[tuple[float, float, str]] = []

    def do(self, what: str) -> None:
        """Do one thing, and count it where it met somebody."""
        began = time.monotonic()
        self.done[what] += getattr(self, f"_{what}")()
        self.log.append((began, time.monotonic(), what))

    def _machine(self) -> bool:
        place = self.chance.choice(list(self.machines))
        victim = self.machines[place]
        was_running = victim.kill_process()
        victim.end()
        victim.kill_process()
        self.machines[place] = Supervisor(self.cluster, victim.name)
        return was_running

    def _worker(self) -> bool:
        return self.chance.choice(list(self.machines.values())).kill_process()

    def _shard(self) -> bool:
        return self.chance.choice(list(self.shards.values())).kill_process()

    def _supervisor(self) -> bool:
        place = self.chance.choice(list(self.machines))
        self.machines[place].end()  # its worker goes on alone, while another machine takes its place
        self.machines[place] = Supervisor(self.cluster, f"x{sum(self.done.values())}")
        return True

    def _stop(self) -> bool:
        process = self.chance.choice([one for one in self.machines.values() if one.is_running()]).process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        time.sleep(_LEASE * 1.2)
        process.send_signal(signal.SIGCONT)
        return True

    def _engine(self) -> bool:
        self.server.kill()
        time.sleep(self.chance.uniform(0.5, 3))
        self.server.start()
        return True

    def _wipe(self) -> bool:
        self.server.wipe("news")
        time.sleep(self.chance.uniform(0.2, 2))
        with Engine(self.cluster.dsn, patience=30) as engine:
            schema.init(engine)
        return True

    def _disk(self) -> bool:
        """Have a shard's files grow no more, as on a full disk, until it has told the engine that it stores nothing."""
        number = self.chance.choice([number for number, one in self.shards.items() if one.is_running()])
        process = self.shards[number].process
        assert process is not None
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (_FULL, resource.RLIM_INFINITY))
        end, is_told = time.monotonic() + _UNTIL_TOLD, False
        while not is_told and time.monotonic() < end and process.poll() is None:
            time.sleep(0.5)
            is_told = any(row.trouble for row in overview.shards(self.cluster.engine) if row.id == number)
        if process.poll() is None:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        return is_told

    def last_before(self, when: float) -> str:
        """Return what was done last before a time."""
        began, ended, what = next(
            (one for one in reversed(self.log) if one[0] <= when), (when, when, "nothing done yet")
        )
        return f"{what}: {when - began:.1f} s since it began, {when - ended:.1f} s since it ended"

    def copies(self) -> int:
        """Return how many copies the shards have."""
        return sum(count(self.cluster.archive(number), _COPIES) for number in self.shards)

    def end(self) -> None:
        """End the supervisors."""
        for supervisor in (*self.machines.values(), *self.shards.values()):
            supervisor.end()


def main() -> int:
    """Do it, print what came of it; 1 where anything was found."""
    options = _options()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="newsarchive-torture-") as name, postgres.running(fsync=True) as server:
        folder = Path(name)
        names = [f"site{number}" for number in range(options.sites)]
        with small_sites(folder / "sites", names, options.articles, options.delay) as sites:
            cluster = Cluster(folder, server.new_database("news"), folder / "sites", NEWSARCHIVE_CLUSTER_LEASE=_LEASE)
            try:
                return _torture(options, chance, server, cluster, sites)
            finally:
                cluster.close()
                if options.keep:
                    shutil.copytree(folder, options.keep)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--stops", type=int, default=10)
    parser.add_argument("--engine-kills", type=int, default=5)
    parser.add_argument("--wipes", type=int, default=2)
    parser.add_argument("--full-disks", type=int, default=2)
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


def _torture(options, chance, server, cluster, sites) -> int:
    began = time.monotonic()
    alone = _undisturbed(cluster, sites)
    print(f"one machine, undisturbed: {count(alone, _COPIES)} copies in {time.monotonic() - began:.0f} s", flush=True)
    requests_alone = _requests(sites)
    for site in sites.values():
        site.asked.clear()
    schema.init(cluster.engine)
    for number, name in enumerate(sites):
        cluster.add(name, shard=number % options.shards)
    torture = Torture(cluster, server, options, chance)
    # What no shard has heard of is lost with the engine.
    cluster.wait_for(lambda: all(site.asked for site in sites.values()), 300)
    kinds = ["machine", "worker", "shard", "supervisor"]
    plan = [kinds[number % len(kinds)] for number in range(options.kills)]
    plan += ["stop"] * options.stops + ["engine"] * options.engine_kills + ["wipe"] * options.wipes
    plan += ["disk"] * options.full_disks
    chance.shuffle(plan)
    for number, what in enumerate(plan, 1):
        _wait_for_requests(sites, round(chance.uniform(0.2, 1.8) * options.between))
        torture.do(what)
        print(f"{number:3d} of {len(plan)} {what}: {torture.copies()} copies so far", flush=True)
    per_shard = {
        number: options.articles * len(range(number, options.sites, options.shards)) for number in range(options.shards)
    }
    is_done = _wait_until_done(cluster, per_shard, options.patience)
    torture.end()
    with suppress(subprocess.TimeoutExpired):
        cluster.stop(*[name for name in cluster.processes if not name.startswith("shard")])
        is_done = is_done and _wait_until_done(cluster, per_shard, 60)
        cluster.stop()
    is_well = _told(cluster, sites, alone, torture, options, requests_alone)
    print(f"{time.monotonic() - began:.0f} s; {'well' if is_done and is_well else 'NOT WELL'}")
    return int(not (is_done and is_well))


def _undisturbed(cluster: Cluster, sites: Mapping[str, SmallSite]) -> Path:
    db = cluster.folder / "alone" / "archive.db"
    subprocess.run(
        [sys.executable, "-m", "newsarchive", "--db", str(db), "crawl", *sites],
        env=cluster.environment(NEWSARCHIVE_SITES=cluster.sites),
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=3600,
    )
    return db


def _wait_until_done(cluster: Cluster, per_shard: dict[int, int], seconds: float) -> bool:
    """Wait until each shard has so many copies and nothing is under way; return whether it came to that in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(UserError):
            if cluster.is_done(per_shard):
                return True
        time.sleep(1)
    return False


def _wait_for_requests(sites: Mapping[str, SmallSite], more: int) -> None:
    """Wait until pages are fetched again; not for ever, since all may be fetched."""
    end, before = time.monotonic() + 20, _requests(sites)
    while _requests(sites) < before + more and time.monotonic() < end:
        time.sleep(0.05)


def _requests(sites: Mapping[str, SmallSite]) -> int:
    return sum(len(site.asked) for site in sites.values())


def _told(  # noqa: PLR0917
    cluster: Cluster,
    sites: Mapping[str, SmallSite],
    alone: Path,
    torture: Torture,
    options: argparse.Namespace,
    requests_alone: int,
) -> bool:
    """Print a table of what was done and what came of it; return whether all is as it must be."""
    archives = [cluster.archive(number) for number in range(options.shards)]
    expected, found = holds(alone), holds(*archives)
    for rows in (expected, found):
        del rows["stories"]  # those of each archive by itself
    with Engine(cluster.dsn, patience=10) as engine:
        dead = len(overview.dead(engine))
        waiting = sum(row.envelopes for row in overview.shards(engine))
    short = list(_short_pauses(sites, options.delay))
    for pause in short:
        print(f"  {pause}, {torture.last_before(pause.later.at)}")
    stories = [_stories([alone]), _stories(archives)]
    kills = sum(torture.done.values())
    more = (_requests(sites) - requests_alone) / max(1, kills)
    stops = torture.done["stop"]
    table = [
        ("done to it", ", ".join(f"{number} {what}" for what, number in sorted(torture.done.items())), None),
        ("rows of one machine", ", ".join(f"{len(rows)} {name}" for name, rows in expected.items()), None),
        ("rows lost", sum(len(rows - found[name]) for name, rows in expected.items()), 0),
        ("rows too many", sum(len(found[name] - rows) for name, rows in expected.items()), 0),
        ("rows twice", sum(map(doubles, archives)), 0),
        ("addresses pending", sum(count(db, _PENDING) for db in archives), 0),
        ("envelopes put aside", dead, 0),
        ("envelopes under way", waiting, 0),
        ("stories of one machine", len(stories[0]), None),
        ("stories otherwise over the shards", len(stories[0] ^ stories[1]), 0),
        ("archives that check --deep faults", sum(_faults(cluster, db) for db in archives), 0),
        ("requests", f"{_requests(sites)}, undisturbed {requests_alone}: {more:.1f} more a disturbance", None),
        ("requests of two workers within a pause", sum(pause.is_anothers for pause in short), stops),
        ("pauses cut short", len(short), stops),
    ]
    for name, number, most in table:
        print(f"{name:40} {number}" + ("" if most is None else f" (at most {most})" if most else " (must be 0)"))
    return all(most is None or int(number) <= most for _, number, most in table)


def _faults(cluster: Cluster, db: Path) -> bool:
    return cluster.command("--db", str(db), "check", "--deep").returncode != 0


def _stories(archives: Sequence[Path]) -> set[frozenset[str]]:
    """Return the stories of archives together that have more than one article, by the keys of the articles."""
    key = "SELECT article_key FROM articles WHERE id = ?"
    with ExitStack() as stack:
        connections = [stack.enter_context(closing(open_readonly(db))) for db in archives]
        return {
            frozenset(connections[place].execute(key, (one,)).fetchone()[0] for place, one in story)
            for story in stories_across(connections)
        }


@dataclass(frozen=True)
class ShortPause:
    """Two requests to a site with too little time between them."""

    site: str
    earlier: Asked
    later: Asked

    @property
    def is_anothers(self) -> bool:
        """Whether two workers sent them."""
        return self.earlier.headers["User-Agent"] != self.later.headers["User-Agent"]

    def __str__(self) -> str:
        whose = "of another worker" if self.is_anothers else "of the same worker"
        gap = self.later.at - self.earlier.at
        return f"{self.site}: {self.later.path} {gap:.2f} s after {self.earlier.path} {whose}"


def _short_pauses(sites: Mapping[str, SmallSite], delay: float) -> Iterator[ShortPause]:
    """Yield the pauses of less than half of the delay.

    They are drawn from eight tenths of it on. They are told by when requests arrive, so that what a busy machine takes
    until a request has left counts too.
    """
    for name, site in sites.items():
        for earlier, later in pairwise(sorted(site.asked, key=lambda one: one.at)):
            if later.at - earlier.at < delay / 2:
                yield ShortPause(name, earlier, later)


if __name__ == "__main__":
    sys.exit(main())
