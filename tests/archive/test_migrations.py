"""Archives of an older version: brought up to date by a command, seen to be, and all at once or not at all."""

import os
import pty
import random
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlite_utils import Database
from support.articles import article
from support.pages import page

from newsarchive import stories
from newsarchive.archive import Archive
from newsarchive.archive.migrations import MIGRATION_NAMES, migrations
from newsarchive.maintenance.check import check
from newsarchive.search import register_functions
from newsarchive.search.folding import Folding
from newsarchive.search.index import SearchIndex

ROOT = Path(__file__).parents[2]
ARTICLES = 3000


@pytest.fixture
def old(tmp_path):
    """Make an archive as the first version left it, with many articles and neither search nor stories."""
    path = tmp_path / "archive.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    migrations.apply(Database(connection), stop_before="m0003_search")
    connection.execute("BEGIN")
    dice = random.Random(20260305)
    for number in range(ARTICLES):
        body = "".join(dice.choices("江湾港口银行降准市场渡轮夜航海运价格上涨下跌今天昨天，。", k=300))
        at = f"2026-03-{number % 28 + 1:02}T08:00:00+08:00"
        connection.execute(
            "INSERT INTO articles (article_key, site, url, title, body, content_hash, published_at, published_date,"
            " first_seen_at, last_seen_at) VALUES (?, 'demo', ?, ?, ?, ?, ?, ?, ?, ?)",
            (f"k{number}", f"http://demo/{number}.html", f"第{number}号消息", body, str(number), at, at[:10], at, at),
        )
    connection.execute("COMMIT")
    connection.close()
    return path


def command(path, *arguments):
    return [sys.executable, "-m", "newsarchive", "--db", str(path), *arguments]


def run(path, *arguments):
    return subprocess.run(command(path, *arguments), cwd=ROOT, capture_output=True, text=True, check=False)


def state(path):
    """Return the migrations that a file has, and what it holds."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        names = {name for (name,) in connection.execute("SELECT name FROM _sqlite_migrations")}
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        (count,) = connection.execute("SELECT count(*) FROM articles").fetchone()
        (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
        return names, tables, count, verdict
    finally:
        connection.close()


def test_who_only_reads_is_told_the_command_and_the_command_does_it(old):
    told = run(old, "search", "银行")
    assert (told.returncode, told.stderr.count("\n")) == (2, 1)
    assert "newsarchive migrate" in told.stderr
    done = run(old, "migrate")
    assert (done.returncode, done.stdout) == (0, f"{old} is up to date.\n"), done.stderr
    assert f"archive {old}: written by an older version, upgrading in" in done.stderr
    with Archive.open(old, readonly=True) as archive:
        assert archive.search.count(archive.search.parse("title:第7号")) == 1
        assert archive.connection.execute("SELECT count(*) FROM articles WHERE story_id IS NULL").fetchone() == (0,)
    again = run(old, "migrate")
    assert (again.returncode, again.stderr) == (0, "")


def test_a_kill_at_any_moment_leaves_the_archive_as_it_was(old):
    before = state(old)
    dice = random.Random(20260305)
    for _ in range(4):
        process = subprocess.Popen(command(old, "migrate"), cwd=ROOT, stderr=subprocess.PIPE, text=True)
        assert "older version" in process.stderr.readline()
        time.sleep(dice.uniform(0, 1))
        process.kill()
        process.wait()
        process.stderr.close()
        found = state(old)
        if found[0] == MIGRATION_NAMES:  # a fast machine: it was done before
            break
        assert found == before
    assert run(old, "migrate").returncode == 0
    assert state(old)[0] == MIGRATION_NAMES
    assert state(old)[2:] == (ARTICLES, "ok")


def test_a_terminal_shows_how_far_it_is(old):
    master, slave = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(command(old, "migrate"), cwd=ROOT, env=environment, stderr=slave, stdout=slave)
    os.close(slave)
    written = b""
    while True:
        try:
            written += os.read(master, 65536)
        except OSError:  # the other side is closed
            break
    os.close(master)
    assert process.wait() == 0
    assert "written by an older version" in written.decode()
    assert f"/{ARTICLES}" in written.decode()


def test_a_new_archive_is_made_without_a_word_and_a_missing_one_is_not_made(tmp_path, caplog):
    with caplog.at_level("INFO"):
        Archive.open(tmp_path / "new.db").close()
    assert caplog.records == []
    assert run(tmp_path / "none.db", "migrate").returncode == 2
    assert not (tmp_path / "none.db").exists()


def printed(key, role, at, precision):
    where = page(f"http://demo/{role}/{key}.html", role=role)
    text = "江湾港的吞吐量比去年增加了一成，港务部门作了说明。"
    return article(where, text, key=key, published_at=at, precision=precision)


def test_how_exactly_times_are_printed_is_found_out_for_articles_that_are_there(tmp_path):
    day, clock = (datetime(2026, 3, 5, *time, tzinfo=timezone(timedelta(hours=8))) for time in ((), (8, 30)))
    with Archive.open(tmp_path / "a.db") as archive:
        for copy in (
            ("a", "post", day, "day"),
            ("b", "post", clock, "minute"),
            ("c", "post", clock, "second"),
            ("d", "post", None, "second"),
            # The post prints a day and the original a time of that day: the article has a time.
            ("e", "original", day, "day"),
            ("e", "post", clock, "minute"),
        ):
            archive.store(printed(*copy), None, datetime.now(UTC))
        query = "SELECT published_precision, count(*) FROM articles GROUP BY 1 ORDER BY 1"
        expected = archive.connection.execute(query).fetchall()
        syndication = archive.connection.execute("SELECT * FROM syndication").fetchall()
        archive.connection.executescript(
            "DROP INDEX articles_story; DROP INDEX articles_facets; DROP INDEX mentions_code; DROP VIEW syndication;"
            "ALTER TABLE articles DROP COLUMN published_precision;"
            "CREATE INDEX articles_story ON articles (story_id, source_id, published_at);"
            "CREATE VIEW syndication AS SELECT 1;"
            # As if the day alone were its midnight.
            "UPDATE stories SET lead_article_id = 1, first_published_at = (SELECT min(published_at) FROM articles)"
            " WHERE article_count > 1;"
            "DELETE FROM _sqlite_migrations WHERE name IN ('m0007_precision', 'm0010_days_in_stories',"
            " 'm0024_index_of_facets')"
        )
    with Archive.open(tmp_path / "a.db") as archive:
        assert archive.connection.execute(query).fetchall() == expected
        assert archive.connection.execute("SELECT * FROM syndication").fetchall() == syndication
        query = "SELECT lead_article_id, first_published_at FROM stories WHERE article_count > 1"
        assert archive.connection.execute(query).fetchall() == [(2, "2026-03-05T08:30:00+08:00")]
        assert dict(expected) == {None: 1, "day": 1, "minute": 2, "second": 1}
        assert not check(archive, datetime.now(UTC)).is_damaged


STEPS = [migration.name for migration in migrations.pending(Database(memory=True))]
TEXT = (
    "江湾港的吞吐量比去年增加了一成，港务部门昨天在码头上作了说明。渡轮公司表示，夜航班次从下月起恢复，票价不变。"
    "海运协会的统计显示，三月以来靠港的船只多于往年同期，仓储价格则略有下降，预计到夏天才会回升。"
)


def old_archive(path, version):
    """Make an archive as a version left it that knew so many migrations, with two articles that tell one story."""
    connection = sqlite3.connect(path, isolation_level=None)
    register_functions(connection)
    db = Database(connection)
    stops = [step for step in STEPS[1:] if step > STEPS[version - 1]]
    migrations.apply(db, **({"stop_before": stops[0]} if stops else {}))
    for number in (1, 2):
        connection.execute(
            "INSERT INTO articles (article_key, site, url, title, body, content_hash, published_at, published_date,"
            " first_seen_at, last_seen_at) VALUES (?1, 'demo', ?1, '消息', ?2, '', '2026-03-05T08:00:00+08:00',"
            " '2026-03-05', '2026-03-05T08:00:00Z', '2026-03-05T08:00:00Z')",
            (f"k{number}", TEXT),
        )
    if version >= STEPS.index("m0003_search") + 1:
        SearchIndex(connection).create()
    if version >= STEPS.index("m0005_stories") + 1:
        stories.create_tables(connection)
        connection.execute("CREATE VIEW syndication AS SELECT 'an older form' AS lead_source")
        if version >= STEPS.index("m0010_days_in_stories") + 1:
            stories.Stories(connection).rebuild()  # no later version drops them
        else:
            connection.execute("UPDATE articles SET story_id = 99")
    connection.close()


def schema(path):
    connection = sqlite3.connect(path)
    try:
        return dict(connection.execute("SELECT type || ' ' || name, sql FROM sqlite_master").fetchall())
    finally:
        connection.close()


@pytest.mark.parametrize("version", range(1, len(STEPS)))
def test_an_archive_of_every_older_version_becomes_as_a_new_one(tmp_path, version):
    Archive.open(tmp_path / "new.db").close()
    old_archive(tmp_path / "old.db", version)
    with Archive.open(tmp_path / "old.db") as archive:
        assert archive.connection.execute("SELECT article_count, count(*) FROM stories").fetchone() == (2, 1)
        assert archive.search.count(archive.search.parse("港务部门")) == 2
        assert archive.connection.execute("SELECT articles FROM daily_counts").fetchall() == [(2,)]
        query = "SELECT DISTINCT published_precision FROM articles"
        assert archive.connection.execute(query).fetchall() == [("second",)]
    assert schema(tmp_path / "old.db") == schema(tmp_path / "new.db")


def test_an_index_of_other_tokens_is_made_again(tmp_path):
    old_archive(tmp_path / "old.db", STEPS.index("m0010_days_in_stories") + 1)
    connection = sqlite3.connect(tmp_path / "old.db")
    connection.execute("UPDATE search_folding SET folding = ?", (Folding({}).dump(),))
    connection.commit()
    connection.close()
    with Archive.open(tmp_path / "old.db") as archive:
        assert archive.search.check() == []
        assert archive.search.count(archive.search.parse("港務")) == 2
        assert archive.connection.execute("SELECT length(folding) > 1000 FROM search_folding").fetchone() == (1,)


def test_what_is_derived_is_rebuilt_after_the_last_migration_and_only_where_it_is_missing(tmp_path):
    with Archive.open(tmp_path / "a.db") as archive:
        archive.store(printed("a", "post", None, "second"), None, datetime.now(UTC))
        archive.connection.execute("UPDATE stories SET source_count = 7")
        archive.connection.execute("DROP VIEW gaps")
        archive.connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm0007_precision'")
    with Archive.open(tmp_path / "a.db") as archive:
        assert archive.connection.execute("SELECT source_count FROM stories").fetchall() == [(7,)]
        assert archive.connection.execute("SELECT count(*) FROM gaps").fetchall() == [(0,)]
