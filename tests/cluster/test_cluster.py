"""Whole clusters: real workers, shards and PostgreSQL, over sites on loopback."""

import os
import signal
import subprocess
import sys
import time
from itertools import pairwise

import pytest
from support.clusters import Cluster, count, doubles, holds, small_sites

from newsarchive.cluster import overview, registry
from newsarchive.paths import ROOT

NAMES = ("one", "two", "three")
ARTICLES = 30
FINISHED = "SELECT count(DISTINCT site) FROM runs WHERE outcome = 'finished'"


@pytest.fixture
def sites(tmp_path):
    with small_sites(tmp_path / "sites", NAMES, ARTICLES) as sites:
        yield sites


@pytest.fixture
def cluster(tmp_path, dsn, sites):
    cluster = Cluster(tmp_path, dsn, tmp_path / "sites")
    cluster.add(*NAMES)
    yield cluster
    cluster.close()


def crawled_by_one_machine(tmp_path, cluster):
    """Crawl the sites into one archive, with one process, and return it."""
    db = tmp_path / "alone" / "archive.db"
    subprocess.run(
        [sys.executable, "-m", "newsarchive", "--db", str(db), "crawl", *NAMES],
        env=cluster.environment(NEWSARCHIVE_SITES=tmp_path / "sites"),
        cwd=ROOT,
        check=True,
        timeout=120,
        capture_output=True,
    )
    return db


def is_crawled(cluster):
    return cluster.is_done({0: len(NAMES) * ARTICLES})


def test_three_workers_store_row_for_row_what_one_machine_stores(tmp_path, cluster):
    expected = holds(crawled_by_one_machine(tmp_path, cluster))
    cluster.shard()
    for name in ("w1", "w2", "w3"):
        cluster.worker(name, NEWSARCHIVE_SITES_AT_ONCE=1)
    cluster.wait_for(lambda: is_crawled(cluster) and count(cluster.archive(), FINISHED) == len(NAMES))
    assert cluster.command("cluster", "status").returncode == 0
    cluster.stop("w1", "w2", "w3")
    cluster.stop()
    found = holds(cluster.archive())
    assert {name: (expected[name] - rows, rows - expected[name]) for name, rows in found.items()} == {
        name: (set(), set()) for name in expected
    }
    assert doubles(cluster.archive()) == 0
    checked = cluster.command("--db", str(cluster.archive()), "check", "--deep")
    assert checked.returncode == 0, checked.stdout


def test_a_killed_worker_is_replaced_and_nothing_is_lost_or_fetched_by_two_at_once(tmp_path, cluster, sites):
    expected = holds(crawled_by_one_machine(tmp_path, cluster))
    for site in sites.values():
        site.asked.clear()
        site.delay = 0.1
    cluster.shard()
    cluster.worker("w1")
    cluster.wait_for(lambda: sum(len(site.asked) for site in sites.values()) > 20)
    cluster.kill("w1")
    cluster.kill("shard-0")
    cluster.shard()
    cluster.worker("w2")
    cluster.wait_for(lambda: is_crawled(cluster))
    cluster.stop("w2")
    cluster.stop()
    found = holds(cluster.archive())
    assert {name: (expected[name] - rows, rows - expected[name]) for name, rows in found.items()} == {
        name: (set(), set()) for name in expected
    }
    assert doubles(cluster.archive()) == 0
    for site in sites.values():
        workers = [one.headers["User-Agent"].rpartition("http://")[2][:2] for one in site.asked]
        assert workers == sorted(workers), "both were at one site at the same time"


def test_a_worker_that_was_stopped_for_longer_than_its_lease_stores_nothing_more(cluster, sites):
    for site in sites.values():
        site.delay = 0.1
    cluster.shard()
    first = cluster.worker("w1")
    cluster.wait_for(lambda: sum(len(site.asked) for site in sites.values()) > 20)
    os.killpg(first.pid, signal.SIGSTOP)
    try:
        held = {(row.holder, row.sites) for row in overview.workers(cluster.engine)}
        cluster.worker("w2")
        cluster.wait_for(lambda: {(row.holder, row.sites) for row in overview.workers(cluster.engine)}.isdisjoint(held))
    finally:
        os.killpg(first.pid, signal.SIGCONT)
    cluster.wait_for(lambda: is_crawled(cluster))
    cluster.wait_for(lambda: "another worker's by now" in cluster.log("w1"))
    assert doubles(cluster.archive()) == 0
    assert overview.dead(cluster.engine) == []


def test_a_shard_that_is_away_lets_the_inbox_fill_to_its_limit_and_then_gets_everything(cluster, sites):
    cluster.shard()
    cluster.worker("w1", NEWSARCHIVE_CLUSTER_INBOX=3, NEWSARCHIVE_BATCH_SIZE=2, NEWSARCHIVE_WINDOW=8)
    cluster.wait_for(lambda: sum(len(site.asked) for site in sites.values()) > 6)
    cluster.kill("shard-0")
    cluster.wait_for(lambda: overview.shards(cluster.engine)[0].envelopes >= 3 * len(NAMES))
    asked = sum(len(site.asked) for site in sites.values())
    time.sleep(3)
    assert overview.shards(cluster.engine)[0].envelopes == 3 * len(NAMES)
    assert sum(len(site.asked) for site in sites.values()) <= asked + 8 * len(NAMES)
    cluster.shard()
    cluster.wait_for(lambda: is_crawled(cluster))
    assert overview.dead(cluster.engine) == []


def test_a_shard_with_a_full_disk_says_so_and_goes_on_when_there_is_room(cluster, sites):
    full = cluster.shard_with_limit(1_000_000)
    cluster.worker("w1", NEWSARCHIVE_CLUSTER_INBOX=3, NEWSARCHIVE_BATCH_SIZE=2)
    cluster.wait_for(lambda: any(row.trouble for row in overview.shards(cluster.engine)))
    told = cluster.command("cluster", "status")
    assert told.returncode == 1
    assert "shard 0 stores nothing" in told.stderr
    assert full.poll() is None
    cluster.stop("shard-0")
    cluster.shard()
    cluster.wait_for(lambda: is_crawled(cluster))
    assert overview.dead(cluster.engine) == []
    cluster.wait_for(lambda: not any(row.trouble for row in overview.shards(cluster.engine)))


def test_a_lost_engine_is_filled_again_by_the_shards_and_the_crawl_goes_on(tmp_path, server, cluster, sites):
    expected = holds(crawled_by_one_machine(tmp_path, cluster))
    for site in sites.values():
        site.delay = 0.1
    cluster.shard()
    cluster.worker("w1")
    cluster.wait_for(lambda: count(cluster.archive(), "SELECT count(*) FROM copies") > 10)
    server.wipe("news")
    assert cluster.command("cluster", "init").returncode == 0
    cluster.wait_for(lambda: len(registry.sites(cluster.engine, 0)) == len(NAMES))
    cluster.worker("w2")
    cluster.wait_for(lambda: is_crawled(cluster))
    cluster.stop("w2")
    cluster.close()
    assert {name: expected[name] ^ rows for name, rows in holds(cluster.archive()).items()} == {
        name: set() for name in expected
    }


def test_nobody_asks_a_site_faster_than_it_allows_whoever_has_it(tmp_path, dsn):
    delay = 0.3
    with small_sites(tmp_path / "sites", ["one"], 15, delay) as sites:
        cluster = Cluster(tmp_path, dsn, tmp_path / "sites", NEWSARCHIVE_CLUSTER_LEASE=2)
        try:
            cluster.add("one")
            cluster.shard()
            for name in ("w1", "w2"):
                cluster.worker(name)
            for _ in range(2):
                before = len(sites["one"].asked)
                cluster.wait_for(lambda: len(sites["one"].asked) > before + 3)  # noqa: B023 - it waits at once
                (holder,) = {one.headers["User-Agent"].rpartition("http://")[2][:2] for one in sites["one"].asked[-1:]}
                cluster.kill(holder)
                known = len(sites["one"].asked)
                cluster.wait_for(lambda: len(sites["one"].asked) > known)  # noqa: B023 - the other has it now
                cluster.worker(holder)
            cluster.wait_for(lambda: cluster.is_done({0: 15}))
        finally:
            cluster.close()
        asked = sites["one"].asked
        gaps = [later.at - earlier.at for earlier, later in pairwise(asked)]
        assert len({one.headers["User-Agent"] for one in asked}) == 2
        assert min(gaps) > delay / 2 - 0.05  # Scrapy's own pauses lie between half of the delay and one and a half
