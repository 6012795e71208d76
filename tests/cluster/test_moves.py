"""Sites that move to another shard: nothing is lost, nothing is there twice, whatever ends in between."""

import random
import shutil
import time
from contextlib import closing
from datetime import UTC, datetime

import pytest
from support.clusters import HOLDS, Cluster, count, doubles, holds, small_sites

from newsarchive.archive import Archive
from newsarchive.archive.connection import open_readonly
from newsarchive.cluster import claims, inbox, moves, overview, registry, schema
from newsarchive.cluster.shard import Shard
from newsarchive.errors import UserError
from newsarchive.maintenance.check import check

NAMES = ("one", "two")
ARTICLES = 24
pytestmark = pytest.mark.usefixtures("prompt")
#: What two shards hold together: their stories are told by each shard alone.
PARTS = [name for name in HOLDS if name not in ("search", "stories")]


class ShardEndedError(Exception):
    """A shard was killed."""


@pytest.fixture(scope="module")
def crawled(tmp_path_factory, server):
    """The folder of a shard whose two sites were crawled, and of their files."""
    folder = tmp_path_factory.mktemp("crawled")
    dsn = server.new_database("crawled")
    with small_sites(folder / "sites", NAMES, ARTICLES):
        cluster = Cluster(folder, dsn, folder / "sites")
        try:
            schema.init(cluster.engine)
            cluster.add(*NAMES)
            cluster.shard()
            cluster.worker("w1")
            cluster.wait_for(lambda: cluster.is_done({0: len(NAMES) * ARTICLES}))
            cluster.stop("w1")
            cluster.stop()
        finally:
            cluster.close()
    return folder


@pytest.fixture
def cluster(tmp_path, dsn, crawled):
    """A cluster whose first shard has two sites, which were crawled; no process runs."""
    shutil.copytree(crawled, tmp_path, dirs_exist_ok=True)
    cluster = Cluster(tmp_path, dsn, tmp_path / "sites")
    cluster.add(*NAMES)
    yield cluster
    cluster.close()


def both(cluster, engine):
    """Return the two shards, to be driven step by step."""
    return [Shard(cluster.archive(number), engine, number) for number in (0, 1)]


def site_rows(db, site):
    with closing(open_readonly(db)) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table} WHERE site = ?", (site,)).fetchone()[0]
            for table in ("copies", "frontier", "listings", "problems")
        }


def is_at(engine, site, shard):
    return site in {row.name for row in registry.sites(engine, shard)}


def drive(shards, engine, site="two", target=1):
    for _ in range(500):
        working = [shard.step() for shard in shards]
        if is_at(engine, site, target) and not any(working):
            return
    raise AssertionError(moves.under_way(engine))


def begin(engine, site="two", shard=1):
    registry.register(engine, shard, "1")
    return moves.begin(engine, site, shard)


def checked(cluster, *shards):
    for number in shards:
        with Archive.open(cluster.archive(number)) as archive:
            assert check(archive, datetime.now(UTC), deep=True).findings == []


def test_a_site_moves_with_all_that_was_stored_of_it_and_nothing_of_it_stays(cluster, engine):
    before = holds(cluster.archive(0))
    kept = site_rows(cluster.archive(0), "one")
    moved = site_rows(cluster.archive(0), "two")
    assert begin(engine) == ["two"]
    assert claims.claim(engine, "w", 60, 5)[0].site == "one"
    first, second = both(cluster, engine)
    drive((first, second), engine)
    first.close()
    second.close()
    assert site_rows(cluster.archive(0), "one") == kept
    assert set(site_rows(cluster.archive(0), "two").values()) == {0}
    assert site_rows(cluster.archive(1), "two") == moved
    after = holds(cluster.archive(0), cluster.archive(1))
    assert {name: after[name] ^ before[name] for name in PARTS} == {name: set() for name in PARTS}
    pages = "SELECT count(*) FROM snapshots"
    assert count(cluster.archive(0), pages) + count(cluster.archive(1), pages) >= len(before["pages"])
    checked(cluster, 0, 1)
    assert doubles(cluster.archive(1)) == 0


def test_a_site_that_moves_away_and_back_is_as_it_was(cluster, engine):
    before = holds(cluster.archive(0))
    shards = both(cluster, engine)
    begin(engine)
    drive(shards, engine)
    begin(engine, shard=0)
    drive(shards, engine, target=0)
    for shard in shards:
        shard.close()
    after = holds(cluster.archive(0))
    assert {name: after[name] ^ before[name] for name in before} == {name: set() for name in before}
    assert set(site_rows(cluster.archive(1), "two").values()) == {0}
    checked(cluster, 0, 1)


@pytest.mark.parametrize("seed", range(3))
def test_shards_that_end_at_any_statement_of_a_move_lose_nothing(cluster, engine, monkeypatch, seed):
    """Every transaction with the engine may be the last that a shard makes, before it or behind it."""
    before = holds(cluster.archive(0))
    dice, do = random.Random(seed), engine._retried
    ends = 0

    def fails(work):
        nonlocal ends
        if dice.random() < 0.1:
            ends += 1
            if dice.random() < 0.5:
                do(work)
            raise ShardEndedError
        return do(work)

    begin(engine)
    monkeypatch.setattr(engine, "_retried", fails)
    shards = both(cluster, engine)
    end = time.monotonic() + 120
    while time.monotonic() < end:
        for number, shard in enumerate(shards):
            try:
                shard.step()
            except ShardEndedError:
                with closing(shard.archive):  # as its process would: nothing of it is finished
                    shards[number] = both(cluster, engine)[number]
        monkeypatch.setattr(engine, "_retried", do)
        if (
            is_at(engine, "two", 1)
            and not moves.under_way(engine)
            and not site_rows(cluster.archive(0), "two")["copies"]
        ):
            break
        monkeypatch.setattr(engine, "_retried", fails)
    drive(shards, engine)
    for shard in shards:
        shard.close()
    assert ends > 3
    after = holds(cluster.archive(0), cluster.archive(1))
    assert {name: after[name] ^ before[name] for name in PARTS} == {name: set() for name in PARTS}
    assert set(site_rows(cluster.archive(0), "two").values()) == {0}
    checked(cluster, 0, 1)


@pytest.mark.parametrize("when", ["half is sent", "it has left"])
def test_an_engine_that_is_lost_while_a_site_moves_is_told_by_the_shards_where_it_is(
    cluster, server, engine, monkeypatch, when
):
    def ends(*_):
        raise ShardEndedError

    before = holds(cluster.archive(0))
    begin(engine)
    shards = first, second = both(cluster, engine)
    if when == "half is sent":
        for _ in range(3):
            first.step()
            second.step()
    else:
        with monkeypatch.context() as patched:
            patched.setattr(moves, "_hand_over", ends)
            with pytest.raises(ShardEndedError):
                drive(shards, engine)
    server.wipe("news")
    schema.init(engine)
    for shard in reversed(shards):
        shard._told_at = float("-inf")
        shard.step()
    assert is_at(engine, "two", 0 if when == "half is sent" else 1)
    if when == "half is sent":
        begin(engine)
    drive(shards, engine)
    for shard in shards:
        shard.close()
    after = holds(cluster.archive(0), cluster.archive(1))
    assert {name: after[name] ^ before[name] for name in PARTS} == {name: set() for name in PARTS}
    checked(cluster, 0, 1)


def test_a_shard_restored_from_the_time_before_a_move_removes_what_has_moved(cluster, engine):
    old = cluster.archive(0).read_bytes()
    shards = both(cluster, engine)
    begin(engine)
    drive(shards, engine)
    shards[0].close()
    for path in cluster.archive(0).parent.glob("archive.db*"):
        path.unlink()
    cluster.archive(0).write_bytes(old)
    restored = both(cluster, engine)[0]
    drive((restored, shards[1]), engine)
    restored.close()
    shards[1].close()
    assert set(site_rows(cluster.archive(0), "two").values()) == {0}
    assert site_rows(cluster.archive(1), "two")["copies"] == ARTICLES


def test_a_move_waits_for_the_lease_and_for_what_is_on_its_way(cluster, engine):
    (lease,) = [one for one in claims.claim(engine, "w", 1.0, 5) if one.site == "two"]
    begin(engine)
    assert claims.renew(engine, {"two": (lease.fence, 60.0)}) == set()
    assert inbox.ship(engine, "two", lease.fence, 1, b"bad", most=5, most_bytes=100).value == "sent"
    (row,) = moves.under_way(engine)
    shard = both(cluster, engine)[0]
    shard.tell()
    assert not moves._depart(shard.archive, engine, engine.ask(moves._DEPARTURES, (0,))[0])
    time.sleep(1.1)
    assert not moves._depart(shard.archive, engine, engine.ask(moves._DEPARTURES, (0,))[0])
    shard.close()
    inbox.bury(engine, inbox.take(engine, 0, 1)[0], "no envelope")
    assert moves._is_quiet(engine, engine.ask(moves._DEPARTURES, (0,))[0])
    assert (row.family, row.shard_id, row.to_shard) == ("two", 0, 1)


def test_what_cannot_be_moved_is_told(cluster, engine):
    with pytest.raises(UserError, match="no site of the cluster"):
        begin(engine, "nobody")
    with pytest.raises(UserError, match="shard 7 was never there"):
        moves.begin(engine, "two", 7)
    registry.register(engine, 0, "1")
    assert begin(engine, shard=0) == []
    registry.register(engine, 2, "1")
    begin(engine)
    assert begin(engine) == ["two"]
    with pytest.raises(UserError, match="on its way to shard 1"):
        moves.begin(engine, "two", 2)


@pytest.mark.timeout(400)
def test_a_site_moves_while_it_is_crawled_and_both_shards_and_its_worker_are_killed(tmp_path, dsn):
    names, articles = ("one", "two"), 60
    with small_sites(tmp_path / "sites", names, articles) as sites:
        for site in sites.values():
            site.delay = 0.1
        cluster = Cluster(tmp_path, dsn, tmp_path / "sites", NEWSARCHIVE_CLUSTER_LEASE=3)
        cluster.add(*names)
        dice = random.Random(4)
        try:
            for number in (0, 1):
                cluster.shard(number)
            cluster.worker("w1")
            cluster.wait_for(lambda: count(cluster.archive(), "SELECT count(*) FROM copies") > 20)
            done = cluster.command("cluster", "move", "two", "--to", "1")
            assert done.returncode == 0, done.stderr
            for _ in range(6):
                time.sleep(dice.uniform(0.3, 2))
                victim = dice.choice(("shard-0", "shard-1", "w1"))
                cluster.kill(victim)
                cluster.worker(victim) if victim == "w1" else cluster.shard(int(victim[-1]))
            cluster.wait_for(lambda: is_at(cluster.engine, "two", 1))
            cluster.wait_for(lambda: cluster.is_done({0: articles, 1: articles}))
            cluster.wait_for(lambda: not any(site_rows(cluster.archive(0), "two").values()))
            assert overview.dead(cluster.engine) == []
            cluster.stop("w1")
            cluster.stop()
            assert doubles(cluster.archive(0)) + doubles(cluster.archive(1)) == 0
            assert site_rows(cluster.archive(1), "two")["copies"] == articles
            assert site_rows(cluster.archive(1), "one")["copies"] == 0
            checked(cluster, 0, 1)
        finally:
            cluster.close()
