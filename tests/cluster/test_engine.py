"""The engine: who has a site, and what is on its way to a shard."""

import threading
import time
from datetime import timedelta

import psycopg
import pytest

from newsarchive.cluster import claims, inbox, overview, registry, schema
from newsarchive.cluster.engine import Engine, EngineAwayError
from newsarchive.cluster.inbox import Shipped
from newsarchive.errors import UserError

ROOM = {"most": 40, "most_bytes": 1 << 20}


def add(engine, *names, shard=0, hosts=("a.example",)):
    for name in names:
        registry.add(engine, name, family=name, shard=shard, files={name: ""}, hosts=hosts)


def release(engine, claim, *, due_in=0.0, keeps=True):
    claims.release(
        engine,
        claim.site,
        claim.fence,
        due_in=timedelta(seconds=due_in),
        every=timedelta(minutes=5),
        failures=0,
        outcome="finished",
        reason=None,
        keeps=keeps,
    )


def test_a_site_has_one_worker_and_is_anothers_when_its_lease_ran_out(engine):
    add(engine, "one")
    (first,) = claims.claim(engine, "a", 0.3)
    assert (first.site, first.shard, first.files, first.has_slice) == ("one", 0, {"one": ""}, False)
    assert claims.claim(engine, "b", 60) == []
    time.sleep(0.35)
    (second,) = claims.claim(engine, "b", 60)
    assert second.fence == first.fence + 1
    assert claims.renew(engine, {"one": (first.fence, 60.0)}) == set()
    assert claims.renew(engine, {"one": (second.fence, 60.0)}) == {"one"}


def test_what_is_shipped_under_a_lost_lease_is_refused_also_before_anybody_took_the_site(engine):
    add(engine, "one")
    (first,) = claims.claim(engine, "a", 0.3)
    assert inbox.ship(engine, "one", first.fence, 1, b"x", **ROOM) is Shipped.SENT
    time.sleep(0.35)
    assert inbox.ship(engine, "one", first.fence, 2, b"x", **ROOM) is Shipped.REFUSED
    (second,) = claims.claim(engine, "b", 60)
    assert inbox.ship(engine, "one", first.fence, 2, b"x", **ROOM) is Shipped.REFUSED
    assert inbox.ship(engine, "one", second.fence, 1, b"y", **ROOM) is Shipped.SENT
    assert [(one.fence, one.seq, one.payload) for one in inbox.take(engine, 0, 10)] == [
        (first.fence, 1, b"x"),
        (second.fence, 1, b"y"),
    ]


def test_what_is_shipped_twice_is_there_once(engine):
    add(engine, "one")
    (lease,) = claims.claim(engine, "a", 60)
    for _ in range(2):
        assert inbox.ship(engine, "one", lease.fence, 1, b"x", **ROOM) is Shipped.SENT
    assert len(inbox.take(engine, 0, 10)) == 1


@pytest.mark.parametrize("limits", [{"most": 3, "most_bytes": 1 << 20}, {"most": 40, "most_bytes": 30}])
def test_no_more_is_taken_than_the_inbox_has_room_for(engine, limits):
    add(engine, "one")
    (lease,) = claims.claim(engine, "a", 60)
    said = [inbox.ship(engine, "one", lease.fence, seq, b"x" * 10, **limits) for seq in range(1, 6)]
    assert said == [Shipped.SENT] * 3 + [Shipped.FULL] * 2
    inbox.done(engine, [inbox.take(engine, 0, 1)[0].id])
    assert inbox.ship(engine, "one", lease.fence, 4, b"x" * 10, **limits) is Shipped.SENT


def test_many_workers_never_get_the_same_site(dsn, engine):
    add(engine, *(f"site{number}" for number in range(40)))
    got = []

    def work(name):
        with Engine(dsn) as mine:
            while taken := claims.claim(mine, name, 60, 2):
                got.extend(claim.site for claim in taken)

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(got) == sorted(f"site{number}" for number in range(40))


def test_who_kept_the_slice_goes_on_with_it_and_others_leave_the_site_to_it_for_a_while(engine):
    add(engine, "one")
    (first,) = claims.claim(engine, "a", 60)
    release(engine, first)
    assert claims.claim(engine, "b", 60) == []
    (again,) = claims.claim(engine, "a", 60)
    assert again.has_slice
    assert again.fence == first.fence + 1
    assert claims.wanted(engine, 0) == []


@pytest.mark.parametrize("doubt", ["lease ran out", "not kept", "distrusted"])
def test_who_does_not_know_that_its_slice_is_true_gets_a_new_one(engine, doubt):
    add(engine, "one")
    (first,) = claims.claim(engine, "a", 0.3 if doubt == "lease ran out" else 60)
    if doubt == "distrusted":
        claims.distrust(engine, ["one"])
    if doubt == "lease ran out":
        time.sleep(0.35)
    else:
        release(engine, first, keeps=doubt != "not kept")
    (again,) = claims.claim(engine, "a", 60)
    assert not again.has_slice
    assert claims.wanted(engine, 0) == [("one", again.fence)]


def test_a_slice_is_asked_for_when_nothing_of_the_site_is_on_its_way_any_more(engine):
    add(engine, "one")
    (first,) = claims.claim(engine, "a", 0.3)
    inbox.ship(engine, "one", first.fence, 1, b"x", **ROOM)
    time.sleep(0.35)
    (second,) = claims.claim(engine, "b", 60)
    assert claims.wanted(engine, 0) == []
    inbox.done(engine, [one.id for one in inbox.take(engine, 0, 10)])
    assert claims.wanted(engine, 0) == [("one", second.fence)]
    claims.give(engine, "one", first.fence, b"old")
    assert claims.take_slice(engine, "one", first.fence) is None
    claims.give(engine, "one", second.fence, b"new")
    assert claims.wanted(engine, 0) == []
    assert claims.take_slice(engine, "one", second.fence) == b"new"
    assert claims.take_slice(engine, "one", second.fence) is None


def test_a_host_that_several_sites_name_is_asked_by_turns(engine):
    add(engine, "one", hosts=["own.example", "shared.example"])
    add(engine, "two", hosts=["shared.example"])
    shared = {claim.site: claim.shared for claim in claims.claim(engine, "a", 60, 5)}
    assert shared == {"one": {"shared.example"}, "two": {"shared.example"}}
    waits = [claims.reserve_turn(engine, "shared.example", 5) for _ in range(3)]
    assert waits == pytest.approx([0, 5, 10], abs=1)


def test_fences_rise_over_a_loss_of_all_tables(server, dsn, engine):
    add(engine, "one")
    (before,) = claims.claim(engine, "a", 60)
    server.wipe("news")
    schema.init(engine)
    registry.add(engine, "one", family="one", shard=0, files={}, hosts=[], fence=before.fence + 1000)
    assert inbox.ship(engine, "one", before.fence, 1, b"x", **ROOM) is Shipped.REFUSED
    (after,) = claims.claim(engine, "a", 60)
    assert after.fence > before.fence + 1000


def test_a_buried_envelope_is_put_aside_with_its_reason_and_the_next_worker_gets_a_new_slice(engine):
    add(engine, "one")
    (lease,) = claims.claim(engine, "a", 60)
    inbox.ship(engine, "one", lease.fence, 1, b"bad", **ROOM)
    inbox.ship(engine, "one", lease.fence, 2, b"good", **ROOM)
    (bad, good) = inbox.take(engine, 0, 10)
    inbox.bury(engine, bad, "why not")
    assert inbox.take(engine, 0, 10) == [good]
    assert [(row.site, row.seq, row.why) for row in overview.dead(engine)] == [("one", 1, "why not")]
    release(engine, lease)
    assert not claims.claim(engine, "a", 60)[0].has_slice
    assert overview.forget_dead(engine, [bad.id]) == 1
    assert overview.dead(engine) == []


def test_the_tables_are_made_once_however_often_they_are_asked_for(engine):
    assert schema.init(engine) == 0
    schema.must_be_current(engine)


def test_an_engine_that_is_not_there_is_told_of(server):
    with Engine("postgresql://nobody@127.0.0.1:1/none", patience=0.1) as engine, pytest.raises(EngineAwayError):
        schema.init(engine)


def test_an_engine_that_was_killed_is_waited_for(server, dsn):
    with Engine(dsn, patience=60) as engine:
        add(engine, "one")
        server.kill()
        starting = threading.Timer(1.0, server.start)
        starting.start()
        (claim,) = claims.claim(engine, "a", 60)
        starting.join(timeout=60)
        assert claim.site == "one"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM newsarchive.dead",
        "SELECT payload FROM newsarchive.inbox",
        "DELETE FROM newsarchive.inbox",
        "UPDATE newsarchive.site SET files = '{}'",
        "DELETE FROM newsarchive.site",
        "CREATE TABLE newsarchive.mine (x int)",
        "DROP TABLE newsarchive.site",
        "TRUNCATE newsarchive.inbox",
    ],
)
def test_workers_may_do_no_more_than_they_need(server, dsn, statement):
    server.new_user("some_worker", schema.WORKER)
    with (
        psycopg.connect(server.dsn("news", "some_worker"), autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_workers_and_shards_can_do_all_that_they_need_with_the_rights_of_their_roles(server, dsn, engine):
    server.new_user("some_worker", schema.WORKER)
    server.new_user("some_shard", schema.SHARD)
    with Engine(server.dsn("news", "some_worker")) as worker, Engine(server.dsn("news", "some_shard")) as shard:
        registry.register(shard, 0, "1")
        registry.add(shard, "one", family="one", shard=0, files={}, hosts=["a.example"])
        schema.must_be_current(worker)
        (lease,) = claims.claim(worker, "a", 60)
        assert claims.renew(worker, {"one": (lease.fence, 60.0)}) == {"one"}
        ((site, fence),) = claims.wanted(shard, 0)
        claims.give(shard, site, fence, b"slice")
        assert claims.take_slice(worker, site, fence) == b"slice"
        assert inbox.ship(worker, site, fence, 1, b"x", **ROOM) is Shipped.SENT
        assert inbox.ship(worker, site, fence, 2, b"y", **ROOM) is Shipped.SENT
        claims.reserve_turn(worker, "a.example", 1)
        release(worker, lease)
        assert overview.waiting(worker)[0] == 1
        first, second = inbox.take(shard, 0, 10)
        assert inbox.tried(shard, first) == 1
        inbox.bury(shard, first, "x")
        inbox.done(shard, [second.id])
        claims.distrust(shard, ["one"])
        assert registry.seen(shard, 0, "1", None)
        assert [row.name for row in registry.sites(shard, 0)] == ["one"]
    with Engine(server.dsn("news", "some_worker")) as worker, pytest.raises(UserError, match="permission denied"):
        overview.dead(worker)
