"""Measure a cluster's parts: claims, slices, shipping and storing, runs without news, memory of a worker.

    python benchmarks/cluster_figures.py [--json build/cluster.json]

Processor times hardly depend on what else the machine does; times of a clock do.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from cluster_messages import page_messages
from support import postgres
from support.clusters import Cluster, count, small_sites

from newsarchive.archive import Archive
from newsarchive.cluster import claims, inbox, registry, schema
from newsarchive.cluster.engine import Engine
from newsarchive.cluster.envelope import pack
from newsarchive.cluster.shard import Shard
from newsarchive.cluster.slices import cut, open_piece
from newsarchive.crawl.writer.messages import Crawl
from newsarchive.crawl.writer.wire import encode_crawl, encode_message
from newsarchive.models import Recheck
from newsarchive.options import Options

_ROOM = {"most": 1_000_000, "most_bytes": 1 << 40}
_TICKS = 100  # of a second, in /proc
_COPIES = "SELECT count(*) FROM copies"


def main() -> int:
    """Measure all, print it, and write it where `--json` says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--addresses", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--sites", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=40.0, help="for which runs without news are looked at")
    options = parser.parse_args()
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name, postgres.running(fsync=True) as server:
        folder = Path(name)
        found |= claiming(server)
        found |= slices(folder, options.addresses)
        found |= shipping(server, folder, options.pages)
        found |= worker(server, folder, options.sites, options.seconds)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


def claiming(server: postgres.Postgres) -> dict[str, float]:
    """Claim and release sites of an idle engine, one by one."""
    with Engine(server.new_database("claims")) as engine:
        schema.init(engine)
        for number in range(1000):
            registry.add(engine, f"s{number}", family=f"s{number}", shard=0, files={}, hosts=[f"{number}.example"])
        taken = []
        backend = _Backend(engine)
        for _ in range(500):
            began = time.monotonic()
            (claim,) = claims.claim(engine, "worker", 60)
            taken.append((time.monotonic() - began) * 1000)
            claims.release(
                engine,
                claim.site,
                claim.fence,
                due_in=timedelta(hours=1),
                every=timedelta(hours=1),
                failures=0,
                outcome="finished",
                reason=None,
                keeps=True,
            )
        found = {
            "claim_ms": statistics.median(taken),
            "claim_p99_ms": statistics.quantiles(taken, n=100)[98],
            "engine_run_cpu_ms": backend.milliseconds() / len(taken),
        }
        held = {claim.site: (claim.fence, 600.0) for claim in claims.claim(engine, "worker", 600, 20)}
        backend = _Backend(engine)
        for _ in range(200):
            claims.renew(engine, held)
        found["engine_renew_cpu_ms"] = backend.milliseconds() / 200
    print(
        f"claim: {found['claim_ms']:.1f} ms, p99 {found['claim_p99_ms']:.1f} ms, of 1,000 sites; claim and release"
        f" {found['engine_run_cpu_ms']:.2f} ms of the engine's CPU, renewing {len(held)} sites"
        f" {found['engine_renew_cpu_ms']:.2f} ms",
        flush=True,
    )
    return found


def slices(folder: Path, addresses: int) -> dict[str, float]:
    """Cut the slice of a site that knows so many addresses, all of which are stored copies, and open it."""
    with Archive.open(folder / "large.db") as archive:
        connection = archive.connection
        with archive.transaction():
            connection.execute(
                "INSERT INTO articles (id, article_key, site, url, body, content_hash, first_seen_at, last_seen_at)"
                " VALUES (1, 'k', 'one', 'u', '', '', '', '')"
            )
            urls = [f"https://news.example/2026/03/{number // 1000}/story-{number}.html" for number in range(addresses)]
            at = "2026-03-05T00:00:00Z"
            connection.executemany(
                "INSERT INTO frontier (url, site, role, found_at, state, attempts)"
                " VALUES (?, 'one', 'post', ?, 'done', 0)",
                [(url, at) for url in urls],
            )
            connection.executemany(
                "INSERT INTO copies (id, article_id, url, role, site, first_seen_at, last_seen_at) VALUES"
                " (?, 1, ?, 'post', 'one', ?, ?)",
                [(number, url, at, at) for number, url in enumerate(urls, start=1)],
            )
            connection.executemany(
                "INSERT INTO copy_keys (key, kind, copy_id) VALUES (?, 'own', ?)",
                [(url.removeprefix("https://"), number) for number, url in enumerate(urls, start=1)],
            )
        cut(archive, "none")  # makes what is made once
        began = time.process_time()
        data = cut(archive, "one")
        cutting = time.process_time() - began
        began = time.process_time()
        with closing(open_piece(data, folder / "slice" / "slice.db")):
            opening = time.process_time() - began
    print(
        f"slice of {addresses:,} addresses: {cutting:.2f} s of CPU to cut, {opening:.2f} s to open,"
        f" {len(data) / 1024:.0f} KiB",
        flush=True,
    )
    return {"slice_cut_cpu_s": cutting, "slice_open_cpu_s": opening, "slice_bytes": len(data)}


def shipping(server: postgres.Postgres, folder: Path, pages: int) -> dict[str, float]:
    """Ship pages, 20 in an envelope, and store them with texts, raw pages, search and stories."""
    crawl = encode_crawl(Crawl(1, "one", "one", True, None, Recheck(), Options(), spider="site"))
    dice = random.Random(3)
    said = [page_messages(number, dice) for number in range(pages)]
    with Engine(server.new_database("shipping")) as engine:
        schema.init(engine)
        registry.add(engine, "one", family="one", shard=0, files={}, hosts=["news.example"])
        (lease,) = claims.claim(engine, "worker", 6000)
        backend = _Backend(engine)
        began, cpu = time.monotonic(), time.process_time()
        size = 0
        for start in range(0, pages, 20):
            frames = [encode_message(message) for page in said[start : start + 20] for message in page]
            payload = pack([crawl, *frames])
            size += len(payload)
            inbox.ship(engine, "one", lease.fence, start // 20 + 1, payload, **_ROOM)
        shipped, cpu_ship = time.monotonic() - began, time.process_time() - cpu
        engine_ship = backend.milliseconds() / (pages / 20)
        backend = _Backend(engine)
        shard = Shard(folder / "shipping.db", engine, 0)
        shard.archive  # noqa: B018 - makes what is made once
        began, cpu = time.monotonic(), time.process_time()
        while shard.step() or inbox.take(engine, 0, 1):
            pass
        applied, cpu_apply = time.monotonic() - began, time.process_time() - cpu
        engine_take = backend.milliseconds() / (pages / 20)
        (copies,) = shard.archive.connection.execute("SELECT count(*) FROM copies").fetchone()
        shard.close()
    sqlite = (folder / "shipping.db").stat().st_size
    raw = sum(path.stat().st_size for path in (folder / "warc").rglob("*.warc.gz"))
    assert copies == pages, f"{copies} of {pages} pages were stored"
    print(
        f"shipping {pages:,} pages: {pages / shipped:.0f} a second, {cpu_ship / pages * 1000:.2f} ms of CPU and"
        f" {size / pages:.0f} bytes a page; storing: {pages / applied:.0f} a second,"
        f" {cpu_apply / pages * 1000:.2f} ms of CPU a page; both, one after the other:"
        f" {pages / (shipped + applied):.0f} a second; of the engine's CPU an envelope {engine_ship:.2f} ms to come in,"
        f" {engine_take:.2f} ms to go out; on disk {sqlite / pages:.0f} bytes of SQLite and {raw / pages:.0f}"
        " of raw pages a page",
        flush=True,
    )
    return {
        "engine_ship_cpu_ms": engine_ship,
        "engine_take_cpu_ms": engine_take,
        "sqlite_bytes": sqlite / pages,
        "raw_bytes": raw / pages,
        "ship_cpu_ms": cpu_ship / pages * 1000,
        "apply_cpu_ms": cpu_apply / pages * 1000,
        "pages_per_second": pages / (shipped + applied),
        "page_bytes": size / pages,
    }


def worker(server: postgres.Postgres, folder: Path, number: int, seconds: float) -> dict[str, float]:
    """Let a worker crawl sites of which nothing is new, again and again, and look at its processor time and memory."""
    names = [f"site{place}" for place in range(number)]
    (folder / "cluster").mkdir()
    with small_sites(folder / "cluster" / "sites", names, 15) as sites:
        cluster = Cluster(
            folder / "cluster", server.new_database("news"), folder / "cluster" / "sites",
            NEWSARCHIVE_CLUSTER_LEASE=60, NEWSARCHIVE_SWEEP_HOURS=1000,
        )  # fmt: skip
        try:
            schema.init(cluster.engine)
            cluster.add(*sites)
            cluster.shard()
            process = cluster.worker("w")
            cluster.wait_for(lambda: count(cluster.archive(), _COPIES) > number, 600)
            known, busy = count(cluster.archive(), _COPIES), _cpu(process.pid)
            cluster.wait_for(lambda: cluster.is_done({0: number * 15}), 600)
            page_cpu = (_cpu(process.pid) - busy) / (number * 15 - known)
            time.sleep(20)  # the next runs look at all there is once more
            runs, cpu = _fences(cluster), _cpu(process.pid)
            time.sleep(seconds)
            runs, cpu = _fences(cluster) - runs, _cpu(process.pid) - cpu
            memory = _memory(process.pid)
        finally:
            cluster.close()
    print(
        f"a worker of {number} sites: {page_cpu * 1000:.1f} ms of CPU a page that it crawls, reads and sends,"
        f" {cpu / max(1, runs):.3f} s of CPU for a run without news ({runs} runs),"
        f" {memory} MiB",
        flush=True,
    )
    return {"page_cpu_ms": page_cpu * 1000, "idle_run_cpu_s": cpu / max(1, runs), "worker_mib": memory}


class _Backend:
    """The process of PostgreSQL that serves a connection, from now on."""

    def __init__(self, engine: Engine) -> None:
        self._pid = int(engine.ask("SELECT pg_backend_pid() AS pid")[0].pid)
        self._began = _cpu(self._pid)

    def milliseconds(self) -> float:
        """Return how long it was at work."""
        return (_cpu(self._pid) - self._began) * 1000


def _fences(cluster: Cluster) -> int:
    return int(cluster.engine.ask("SELECT sum(fence)::bigint AS fences FROM newsarchive.site")[0].fences)


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _memory(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) // 1024
    raise AssertionError


if __name__ == "__main__":
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    sys.exit(main())
