"""A shard: what is shipped to it is stored once, and what cannot be stored does not stand in the way of the rest."""

import json
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from newsarchive.archive import Archive, Link
from newsarchive.archive.connection import open_readonly
from newsarchive.cluster import claims, inbox, overview, registry, schema
from newsarchive.cluster.envelope import pack, unpack
from newsarchive.cluster.shard import Shard
from newsarchive.cluster.slices import SliceOperations, cut, open_piece
from newsarchive.crawl.outcomes import Outcome
from newsarchive.crawl.writer import wire
from newsarchive.crawl.writer.messages import Crawl, Ended, Message
from newsarchive.crawl.writer.operations import Operations
from newsarchive.models import Article, Page, Paragraph, Recheck
from newsarchive.options import Options

NOW = datetime(2026, 3, 5, 1, 2, 3, tzinfo=UTC)
CRAWL = Crawl(1, "demo", "demo", True, None, Recheck(), Options(db="elsewhere.db"), spider="site")
ROOM = {"most": 40, "most_bytes": 1 << 30}


def url(number):
    return f"http://127.0.0.1:8095/post/{number}.html"


def messages(number):
    """Return what a crawl says of one page."""
    page = Page(url(number), "post", "demo", f"<p>Seite {number}</p>".encode() * 50, NOW)
    article = Article(
        page=Page(url(number), "post", "demo", b"", NOW),
        article_key=f"demo:{number}",
        title=f"第{number}条",
        paragraphs=[Paragraph(f"正文{number}。" * 20)],
    )
    found = Message("find", ([Link(url(number), "demo", "post")],))
    return [found, Message("begin", (url(number),)), Message("save", (page,)), Message("store", (article, []))]


def envelope(*numbers, crawl=CRAWL):
    frames = [wire.encode_message(message) for number in numbers for message in messages(number)]
    return pack([wire.encode_crawl(crawl), *frames])


@pytest.fixture
def lease(engine):
    registry.add(engine, "demo", family="demo", shard=0, files={"demo": ""}, hosts=["127.0.0.1"])
    (claim,) = claims.claim(engine, "worker", 600)
    return claim


@pytest.fixture
def shard(tmp_path, engine):
    shard = Shard(tmp_path / "archive.db", engine, 0)
    yield shard
    shard.close()


def ship(engine, lease, seq, payload):
    inbox.ship(engine, "demo", lease.fence, seq, payload, **ROOM)


def drain(shard, engine):
    for _ in range(20):
        if not shard.step() and not inbox.take(engine, 0, 1):
            break


def rows(shard, query="SELECT url FROM copies ORDER BY url"):
    with closing(open_readonly(shard.db)) as connection:
        return [row[0] if len(row) == 1 else row for row in connection.execute(query)]


def everything(db):
    """Return all rows of an archive but times of its own."""
    with closing(open_readonly(db)) as connection:
        tables = ("copies", "articles", "frontier", "snapshots", "readings", "runs", "problems", "cluster_feed")
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}


def test_what_is_shipped_is_stored_with_its_run(shard, engine, lease):
    ship(engine, lease, 1, envelope(1, 2))
    ship(engine, lease, 2, envelope(3))
    ship(engine, lease, 3, pack([wire.encode_end(Ended("site", "finished", None, NOW, {"articles/new": 3}))]))
    drain(shard, engine)
    assert rows(shard) == [url(1), url(2), url(3)]
    assert rows(shard, "SELECT spider, site, outcome, counts FROM runs") == [
        ("site", "demo", "finished", '{"articles/new": 3}')
    ]
    assert rows(shard, "SELECT count(*) FROM copies WHERE snapshot_id IS NOT NULL") == [3]
    assert inbox.take(engine, 0, 10) == []


def test_an_envelope_that_comes_again_changes_no_row(shard, engine, lease):
    ship(engine, lease, 1, envelope(1))
    ship(engine, lease, 2, envelope(2))
    drain(shard, engine)
    before = everything(shard.db)
    for seq in (1, 2, 1):
        ship(engine, lease, seq, envelope(seq))
        drain(shard, engine)
    assert everything(shard.db) == before


def test_a_page_saved_before_the_shard_ended_belongs_to_the_article_stored_after(tmp_path, shard, engine, lease):
    frames = [wire.encode_message(message) for message in messages(1)]
    begin = wire.encode_crawl(CRAWL)
    ship(engine, lease, 1, pack([begin, *frames[:3]]))
    drain(shard, engine)
    shard.close()
    again = Shard(tmp_path / "archive.db", engine, 0)
    ship(engine, lease, 2, pack([begin, *frames[3:]]))
    drain(again, engine)
    again.close()
    assert rows(shard, "SELECT snapshot_id FROM copies") == [1]
    assert rows(shard, "SELECT count(*) FROM runs") == [1]


@pytest.mark.parametrize("bad", ["no envelope", "another site", "no frame", "a rule of ours fails", "cut off"])
def test_what_cannot_be_stored_is_put_aside_with_its_reason_and_its_neighbours_are_stored(shard, engine, lease, bad):
    strange = Message("settle", (None, "fetch", Outcome("gone", "gone")))
    payload = {
        "no envelope": b"\x00\x01",
        "another site": envelope(9, crawl=Crawl(1, "other", "x", True, None, Recheck(), Options())),
        "no frame": pack([b"\x00\x00\x00\x02{}"]),
        "a rule of ours fails": pack([wire.encode_crawl(CRAWL), frame_of(strange)]),
        "cut off": envelope(9)[:-4],
    }[bad]
    ship(engine, lease, 1, envelope(1))
    ship(engine, lease, 2, payload)
    ship(engine, lease, 3, envelope(3))
    drain(shard, engine)
    assert rows(shard) == [url(1), url(3)]
    ((seq, why),) = [(row.seq, row.why) for row in overview.dead(engine)]
    assert seq == 2
    assert "Error" in why
    assert shard.trouble is None


def frame_of(message):
    text = json.dumps([wire.VERSION, "message", message.method, [None, "fetch", None], {}, False, 1, False, []])
    return len(text).to_bytes(4) + text.encode()


def test_an_envelope_of_a_newer_version_waits_and_other_sites_go_on(shard, engine, lease):
    newer = json.dumps([wire.VERSION + 1, "crawl", {}, []]).encode()
    ship(engine, lease, 1, pack([len(newer).to_bytes(4) + newer]))
    registry.add(engine, "other", family="other", shard=0, files={}, hosts=["x.example"])
    (other,) = claims.claim(engine, "worker", 600)
    crawl = Crawl(1, "other", "other", True, None, Recheck(), Options())
    inbox.ship(engine, "other", other.fence, 1, envelope(5, crawl=crawl), **ROOM)
    for _ in range(5):
        shard.step()
    assert rows(shard) == [url(5)]
    assert [(one.site, one.tries < 6) for one in inbox.take(engine, 0, 10)] == [("demo", True)]
    assert overview.dead(engine) == []


def test_while_the_archive_cannot_be_written_nothing_is_put_aside_and_the_engine_is_told(shard, engine, lease):
    drain(shard, engine)
    numbers = list(range(1, 60))
    ship(engine, lease, 1, envelope(*numbers))
    (pages,) = shard.archive.connection.execute("PRAGMA page_count").fetchone()
    shard.archive.connection.execute(f"PRAGMA max_page_count = {pages}")  # SQLite says then that the disk is full
    assert not shard.step()
    assert "full" in shard.trouble
    shard._told_at = float("-inf")
    shard.tell()
    assert "full" in overview.shards(engine)[0].trouble
    assert len(inbox.take(engine, 0, 10)) == 1
    drain(shard, engine)  # it opens the archive again, for which there is room
    assert (len(rows(shard)), shard.trouble, overview.dead(engine)) == (len(numbers), None, [])


def test_a_run_whose_worker_is_gone_is_closed_by_the_next(shard, engine, lease):
    ship(engine, lease, 1, envelope(1))
    drain(shard, engine)
    claims.release(
        engine,
        "demo",
        lease.fence,
        due_in=timedelta(0),
        every=timedelta(1),
        failures=0,
        outcome="x",
        reason=None,
        keeps=False,
    )
    (again,) = claims.claim(engine, "worker", 600)
    ship(engine, again, 1, envelope(2))
    drain(shard, engine)
    assert rows(shard, "SELECT outcome FROM runs ORDER BY id") == ["killed", "running"]


def test_an_engine_that_lost_everything_is_told_the_sites_with_fences_above_those_seen(server, shard, engine, lease):
    ship(engine, lease, 1, envelope(1))
    drain(shard, engine)
    server.wipe("news")
    schema.init(engine)
    shard._told_at = float("-inf")
    shard.step()
    assert [(row.name, row.family, row.files, row.hosts) for row in registry.sites(engine, 0)] == [
        ("demo", "demo", {"demo": ""}, ["127.0.0.1"])
    ]
    assert claims.claim(engine, "worker", 600)[0].fence > lease.fence


def test_an_engine_that_lost_everything_gives_out_no_site_while_somebody_may_have_it(server, shard, engine, lease):
    ship(engine, lease, 1, envelope(1))
    drain(shard, engine)
    server.wipe("news")
    schema.init(engine)
    shard.lease, shard._told_at = 0.5, float("-inf")
    shard.step()
    assert claims.claim(engine, "worker", 600) == []
    time.sleep(0.6)
    assert [claim.site for claim in claims.claim(engine, "worker", 600)] == ["demo"]


# Slices


@pytest.fixture
def filled(tmp_path):
    with Archive.open(tmp_path / "whole.db") as archive:
        run_id = archive.runs.start(spider="site", site="demo", arguments={}, now=NOW)
        for site in ("demo", "other"):
            crawl = Crawl(run_id, site, site, True, None, Recheck(), Options())
            operations = Operations(archive, crawl)
            with archive.transaction():
                for number in range(3 if site == "demo" else 2):
                    for message in messages(number if site == "demo" else number + 100):
                        operations.attempt(message)
        with archive.transaction():
            archive.frontier.add([Link(url(50), "demo", "post")], run_id, NOW)
            archive.connection.execute("UPDATE frontier SET site = 'other' WHERE url > ?", (url(99),))
            archive.connection.execute("UPDATE copies SET site = 'other' WHERE url IN (?, ?)", (url(100), url(101)))
            archive.connection.execute("UPDATE frontier SET site = 'other' WHERE url IN (?, ?)", (url(100), url(101)))
        yield archive


def test_a_slice_holds_what_a_crawl_asks_for_of_its_site_and_nothing_of_others(tmp_path, filled):
    with closing(open_piece(cut(filled, "demo"), tmp_path / "slice" / "slice.db")) as piece:
        assert piece.copies.known([url(0), url(1), url(2), url(100)]) == {url(0), url(1), url(2)}
        assert piece.copies.stored_as([url(0) + "#x"]) == filled.copies.stored_as([url(0) + "#x"])
        assert piece.copies.digests([url(1)]) == filled.copies.digests([url(1)])
        assert [row.url for row in piece.frontier.pending(site="demo", now=NOW)] == [url(50)]
        assert piece.frontier.counts() == {"done": 3, "pending": 1}
        assert piece.connection.execute("SELECT count(*) FROM articles WHERE body <> ''").fetchone() == (0,)
    assert not filled.connection.in_transaction


def test_a_slice_follows_what_is_shipped_as_the_archive_does(tmp_path, filled):
    with closing(open_piece(cut(filled, "demo"), tmp_path / "slice" / "slice.db")) as piece:
        with piece.transaction():
            run_id = piece.runs.start(spider="site", site="demo", arguments={}, now=NOW)
        crawl = Crawl(run_id, "demo", "demo", True, None, Recheck(), Options())
        operations = {filled: Operations(filled, crawl), piece: SliceOperations(piece, crawl)}
        told = [
            *messages(7),
            *messages(50),
            Message("unchanged", (url(1),)),
            Message("find", ([Link(url(60), "demo", "post")],)),
        ]
        for archive, doing in operations.items():
            with archive.transaction():
                for message in unpack(pack([wire.encode_message(one) for one in told])):
                    doing.attempt(message)
            assert doing.report.errors == []
            assert doing.report.settled == {url(7), url(50), url(1)}
        asked = "SELECT url, role, state, reason, attempts FROM frontier WHERE site = 'demo' ORDER BY url"
        assert piece.connection.execute(asked).fetchall() == filled.connection.execute(asked).fetchall()
        copies = "SELECT url, role, http_status FROM copies WHERE site = 'demo' ORDER BY url"
        assert piece.connection.execute(copies).fetchall() == filled.connection.execute(copies).fetchall()
        assert piece.copies.digests([url(7)]) == filled.copies.digests([url(7)])


def test_every_operation_works_on_a_slice():
    own = {name for name in vars(SliceOperations) if not name.startswith("_")}
    assert own <= wire.OPERATIONS
