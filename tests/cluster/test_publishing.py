"""The lake of a cluster: what all shards have, published at once, whatever is killed."""

import json
import random
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from support.clusters import Cluster

from newsarchive.archive import Archive, regroup
from newsarchive.cluster import moves, overview, publishing, registry
from newsarchive.cluster.shard import Shard
from newsarchive.errors import UserError
from newsarchive.export.lake import lake_files
from newsarchive.models import Article, Page, Paragraph

pytestmark = pytest.mark.usefixtures("prompt")
parquet = pytest.importorskip("pyarrow.parquet")
SEEN = datetime(2026, 3, 1, tzinfo=UTC)
MONTHS = (3, 4)


def store(db, number, *, text="正文", seen=SEEN):
    """Store an invented article in every month."""
    with Archive.open(db) as archive, archive.transaction():
        for month in MONTHS:
            url = f"https://{db.parent.name}.example/{month}/{number}.html"
            article = Article(
                Page(url, "original", "press", b"", seen), url.removeprefix("https://"), title=f"题{number}"
            )
            article.published_at = datetime(2026, month, 1 + number % 28, tzinfo=UTC)
            article.paragraphs = [Paragraph(f"第{number}篇的{text}，泊位恢复作业。")]
            archive.store(article, None, seen, fetched=False)


def remove(db, number):
    with Archive.open(db) as archive, archive.transaction():
        for month in MONTHS:
            key = f"{db.parent.name}.example/{month}/{number}.html"
            article_id = regroup.holder_of(archive.connection, key)
            archive.connection.execute("DELETE FROM copy_keys")
            for table in ("readings", "copies"):
                archive.connection.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))
            regroup.delete(archive.connection, article_id)


def in_lake(folder):
    """Return what a lake says, as one reader sees it: (article, text) of every row."""
    tables = [parquet.read_table(path, columns=["article_key", "body", "revision"]) for path in lake_files(folder)]
    return sorted(tuple(row.values()) for table in tables for row in table.to_pylist())


def in_shards(cluster):
    rows = []
    for number in (0, 1):
        with Archive.open(cluster.archive(number), readonly=True) as archive:
            rows += archive.connection.execute("SELECT article_key, body, revision FROM articles").fetchall()
    return sorted(rows)


@pytest.fixture
def cluster(tmp_path, dsn):
    """Two shards that run."""
    cluster = Cluster(tmp_path, dsn, tmp_path / "none")
    for number in (0, 1):
        cluster.archive(number).parent.mkdir()
        store(cluster.archive(number), 0)
        cluster.shard(number)
    cluster.wait_for(lambda: len(overview.shards(cluster.engine)) == 2)
    yield cluster
    cluster.close()


@pytest.mark.timeout(400)
def test_readers_see_whole_publications_of_all_shards_whatever_is_killed(tmp_path, cluster):
    lake = tmp_path / "lake"
    assert cluster.command("cluster", "publish", str(lake)).returncode == 0
    seen, faults, is_over = set(), [], threading.Event()

    def read():
        while not is_over.is_set():
            manifest = json.loads((lake / "manifest.json").read_bytes())
            numbers = [parquet.read_metadata(lake / one["path"]).num_rows for one in manifest["files"]]
            seen.add(tuple(numbers))
            if len(numbers) != 2 * len(MONTHS) or len(set(numbers)) != 1:
                faults.append(numbers)

    reader = threading.Thread(target=read)
    reader.start()
    dice, kills = random.Random(5), 0
    command = [sys.executable, "-m", "newsarchive", "cluster", "publish", str(lake), "--keep", "2"]
    try:
        for state in range(1, 9):
            for number in (0, 1):
                store(cluster.archive(number), state)
            publisher = subprocess.Popen(command, env=cluster.environment(), cwd=tmp_path, stderr=subprocess.DEVNULL)
            if state % 2:
                time.sleep(dice.uniform(0.2, 3))
                kills += 1
                if dice.random() < 0.6:
                    publisher.kill()
                    cluster.engine.ask("UPDATE newsarchive.publication SET seen_at = '-infinity' RETURNING number")
                else:
                    number = dice.randrange(2)
                    cluster.kill(f"shard-{number}")
                    cluster.shard(number)
            publisher.wait(timeout=120)
        remove(cluster.archive(0), 3)
        remove(cluster.archive(1), 3)
        for number in (0, 1):
            store(cluster.archive(number), 4, text="另一种说法", seen=SEEN + timedelta(days=1))
        told = cluster.command("cluster", "publish", str(lake))
    finally:
        is_over.set()
        reader.join(timeout=60)
    assert told.stdout.startswith("32 articles, publication "), told.stderr
    assert (kills, faults) == (4, [])
    assert len(seen) > 3
    assert in_lake(lake) == in_shards(cluster)
    assert max(revision for _, _, revision in in_lake(lake)) == 2


def test_a_publication_waits_for_moves_and_moves_are_put_off_by_it(tmp_path, dsn, engine):
    told = []

    def publish(patience):
        keep = timedelta(0)
        return publishing.publish(engine, tmp_path / "lake", keep=keep, patience=patience, waits=told.append)

    registry.register(engine, 0, "1")
    registry.register(engine, 1, "1")
    registry.add(engine, "one", family="one", shard=0, files={}, hosts=[])
    moves.begin(engine, "one", 1)
    with pytest.raises(UserError, match="on their way to another shard; the lake is as it was"):
        publish(0.5)
    engine.ask("DELETE FROM newsarchive.move RETURNING number")
    engine.ask("INSERT INTO newsarchive.publication (folder) VALUES ('x') RETURNING number")
    with pytest.raises(UserError, match="is being published"):
        moves.begin(engine, "one", 1)
    with pytest.raises(UserError, match="waited in vain for another publication"):
        publish(0.5)
    engine.ask("UPDATE newsarchive.publication SET seen_at = '-infinity' RETURNING number")
    with pytest.raises(UserError, match="waited in vain for shard 0, 1"):
        publish(0.5)
    assert moves.begin(engine, "one", 1) == ["one"]
    assert not (tmp_path / "lake").exists()


def test_a_part_that_cannot_be_written_is_told_and_the_lake_stays(tmp_path, engine):
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "manifest.json").write_text("[]")
    shard = Shard(tmp_path / "archive.db", engine, 0)
    shard.step()
    # Sharing the engine's one connection, the shard steps where the publisher waits.
    with pytest.raises(UserError, match=r"shard 0 could not publish: .*no manifest of a lake"):
        publishing.publish(
            engine, tmp_path / "lake", keep=timedelta(0), patience=60, waits=lambda _: shard.step()
        )  # fmt: skip
    shard.close()
    assert (tmp_path / "lake" / "manifest.json").read_text() == "[]"
