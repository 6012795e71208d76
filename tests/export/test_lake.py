"""A lake: what it shows is what the archives have, and no reader ever sees half of a publication."""

import json
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta

import pytest
from support.running import command_line, run_on

from newsarchive.archive import Archive
from newsarchive.archive.regroup import Articles
from newsarchive.errors import UserError
from newsarchive.export import lake
from newsarchive.models import Article, Page, Paragraph

parquet = pytest.importorskip("pyarrow.parquet")
LIMIT = 240  # seconds that a process of a test may take
SEEN = datetime(2026, 3, 1, tzinfo=UTC)


def store(archive, number, *, month=3, text="正文", seen=SEEN):
    """Store an invented article with a number."""
    page = Page(f"https://press.example/{number}.html", "original", "press", b"", seen)
    published = datetime(2026, month, 1 + number % 28, 8, tzinfo=UTC) if month else None
    article = Article(page, f"press.example/{number}", title=f"标题{number}", published_at=published)
    article.paragraphs = [Paragraph(f"第{number}篇的{text}，泊位恢复作业。")]
    archive.store(article, None, seen, fetched=False)


def remove(archive, key):
    with archive.transaction():
        (article_id,) = archive.connection.execute("SELECT id FROM articles WHERE article_key = ?", (key,)).fetchone()
        copies = "SELECT id FROM copies WHERE article_id = ?"
        archive.connection.execute(f"DELETE FROM copy_keys WHERE copy_id IN ({copies})", (article_id,))
        for table in ("readings", "copies"):
            archive.connection.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))
        Articles(archive.connection).delete(article_id)


def rows(folder, column="article_key"):
    """Read a column of all articles of a lake, as one who knows the manifest alone."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    tables = [parquet.read_table(folder / entry["path"], columns=[column]) for entry in manifest["files"]]
    return sorted(value for table in tables for value in table.column(column).to_pylist())


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "lake"


def publish(archive, folder, shard="archive", keep=timedelta(hours=1)):
    return lake.publish(archive.connection, folder, shard, keep=keep)


def test_only_months_that_have_changed_are_written_again(archive, folder):
    for number in range(6):
        store(archive, number, month=1 + number % 3)
    store(archive, 6, month=None)
    assert publish(archive, folder) == lake.Published(1, written=4, removed=0, articles=7)
    assert publish(archive, folder) == lake.Published(1, written=0, removed=0, articles=7)
    store(archive, 7, month=2)
    assert publish(archive, folder) == lake.Published(2, written=1, removed=1, articles=8)
    assert rows(folder) == sorted(key for (key,) in archive.connection.execute("SELECT article_key FROM articles"))


def test_revisions_deletions_and_other_dates_are_followed(archive, folder):
    for number in range(4):
        store(archive, number)
    publish(archive, folder)
    store(archive, 1, text="改正后的正文", seen=SEEN + timedelta(hours=1))
    store(archive, 2, month=4, seen=SEEN + timedelta(hours=1))
    remove(archive, "press.example/3")
    publish(archive, folder)
    assert rows(folder) == [f"press.example/{number}" for number in (0, 1, 2)]
    assert any("改正后的正文" in body for body in rows(folder, "body"))
    assert [path.parent.parent.name for path in lake.lake_files(folder)] == ["month=2026-03", "month=2026-04"]
    remove(archive, "press.example/2")
    publish(archive, folder)
    assert [path.parent.parent.name for path in lake.lake_files(folder)] == ["month=2026-03"]


def test_replaced_files_stay_for_those_who_read_them_and_then_go(archive, folder):
    store(archive, 1)
    publish(archive, folder)
    (before,) = lake.lake_files(folder)
    store(archive, 2)
    publish(archive, folder)
    assert before.exists()
    store(archive, 3)
    publish(archive, folder, keep=timedelta(0))
    assert not before.exists()
    assert list(folder.glob("articles/*/*/*")) == lake.lake_files(folder)


def test_several_archives_lie_in_one_lake_and_no_name_is_taken_twice(archive, folder, tmp_path):
    store(archive, 1)
    publish(archive, folder, "a")
    with Archive.open(tmp_path / "other.db") as other:
        store(other, 2)
        publish(other, folder, "b")
        with pytest.raises(UserError, match="another archive of the name a"):
            publish(other, folder, "a")
    store(archive, 3)
    publish(archive, folder, "a")
    assert rows(folder) == ["press.example/1", "press.example/2", "press.example/3"]


@pytest.mark.slow
def test_readers_see_whole_publications_while_publishers_are_killed(tmp_path, folder):
    db = tmp_path / "archive.db"
    command = command_line(db, "publish", folder, "--keep", "5")
    kills = 0
    with Archive.open(db) as archive:
        for size in range(1, 5):  # each state has as many articles as it has months, in every month
            for month in range(1, 5):
                store(archive, 100 * month + size, month=month)
            publisher = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            try:
                if size % 2 == 0:
                    end = time.monotonic() + LIMIT
                    while not list(folder.glob(f"articles/*/*/{size - kills:08}*")) and publisher.poll() is None:
                        assert time.monotonic() < end
                        if (folder / "manifest.json").exists():
                            assert len(rows(folder)) % 4 == 0
                    kills += publisher.poll() is None
                    publisher.send_signal(signal.SIGKILL)
                publisher.wait(LIMIT)
            finally:
                publisher.kill()
                publisher.wait()
            assert len(rows(folder)) % 4 == 0
    assert kills
    subprocess.run(command, check=True, capture_output=True, timeout=LIMIT)
    assert len(rows(folder)) == 16
    assert not list(folder.glob("articles/*/*/*.part"))


def test_the_views_of_duckdb_are_the_files_of_the_manifest(archive, folder):
    store(archive, 1)
    publish(archive, folder)
    (path,) = lake.lake_files(folder)
    assert f"'{path.relative_to(folder)}'" in (folder / "views.sql").read_text(encoding="utf-8")


def test_what_cannot_be_published_is_told(tmp_path, folder):
    Archive.open(tmp_path / "archive.db").close()
    assert "no name for an archive" in run_on(tmp_path / "archive.db", "publish", folder, "--shard", "../x").err
    with pytest.raises(UserError, match="no lake"):
        lake.lake_files(folder / "nowhere")
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text("[]", encoding="utf-8")
    assert "no manifest of a lake" in run_on(tmp_path / "archive.db", "publish", folder).err
