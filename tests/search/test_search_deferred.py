"""Indexing at the end of a transaction: what is stored is found as soon as it is committed, whoever is killed when."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database
from support.articles import article
from support.pages import page
from support.searching import add, ids, matching, open_archive

from newsarchive.archive import Archive
from newsarchive.archive.migrations import migrations
from newsarchive.maintenance.check import check
from newsarchive.search import Search
from newsarchive.search.index import SearchIndex

if TYPE_CHECKING:
    import sqlite3

    from newsarchive.models import Article

NOW = datetime(2026, 3, 6, tzinfo=UTC)
MANY = 6


@pytest.fixture
def connection(tmp_path):
    with closing(open_archive(tmp_path / "archive.db")) as connection:
        yield connection


def numbered(number: int) -> Article:
    address = f"news.example/{number}.html"
    return article(page(f"https://{address}"), f"第{number}篇正文。", key=address)


def pending(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM search_pending").fetchone()[0])


def test_articles_of_one_transaction_are_indexed_at_its_end_in_one_segment(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as archive, closing(open_archive(archive.path)) as other:
        with archive.transaction():
            for number in range(MANY):
                archive.store(numbered(number), None, NOW)
            assert pending(archive.connection) == MANY + 1
            assert ids(other, "正文") == []
        assert len(ids(other, "正文")) == MANY
        assert pending(other) == 0
        assert other.execute("SELECT count(DISTINCT segid) FROM search_index_idx").fetchone() == (1,)
        assert not check(archive, NOW, deep=True).is_damaged


def test_a_search_inside_the_transaction_finds_what_it_has_stored(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as archive, archive.transaction():
        archive.store(numbered(1), None, NOW)
        assert archive.search.count(archive.search.parse("正文")) == 1
        archive.store(numbered(2), None, NOW)
        assert archive.search.count(archive.search.parse("正文")) == 2


def test_an_article_is_indexed_at_once_where_another_program_holds_the_transaction(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.connection.execute("BEGIN")
        archive.store(numbered(1), None, NOW)
        assert pending(archive.connection) == 0
        archive.connection.execute("COMMIT")
        assert len(ids(archive.connection, "正文")) == 1


def test_what_is_rolled_back_inside_a_transaction_is_not_indexed_at_its_end(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        with archive.transaction():
            archive.store(numbered(1), None, NOW)
            with pytest.raises(ValueError, match="broken"):
                store_and_fail(archive, 2)
        with pytest.raises(ValueError, match="broken"):
            store_and_fail(archive, 3)
        assert len(ids(archive.connection, "正文")) == 1
        assert pending(archive.connection) == 0
        assert archive.search.check() == []


def store_and_fail(archive: Archive, number: int) -> None:
    with archive.transaction():
        archive.store(numbered(number), None, NOW)
        raise ValueError("broken")


@pytest.mark.parametrize("conflict", ["", "OR REPLACE", "OR IGNORE"])
def test_the_former_text_is_taken_out_however_the_row_is_changed(connection, conflict) -> None:
    add(connection, 1, "旧题", "旧文")
    connection.execute("BEGIN")
    SearchIndex(connection).defer()
    for title in ("中题", "新题"):
        connection.execute(f"UPDATE {conflict} articles SET title = ? WHERE id = 1", (title,))
    SearchIndex(connection).settle()
    connection.execute("COMMIT")
    assert [ids(connection, query) for query in ("旧题", "中题", "新题", "旧文")] == [[], [], [1], [1]]
    assert Search(connection).check() == []


def test_articles_that_another_program_left_pending_are_told_and_indexed_by_the_next_crawl(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        SearchIndex(archive.connection).defer()
        add(archive.connection, 7, "央行", "降准")
        assert check(archive, NOW).is_damaged
        assert any("search_pending" in problem for problem in archive.search.check())
        archive.store(numbered(1), None, NOW)
        assert ids(archive.connection, "降准") == [7]
        assert archive.search.check() == []
        SearchIndex(archive.connection).defer()
        add(archive.connection, 99, "央行", "降准")
        archive.search.reindex()
        assert pending(archive.connection) == 0
        assert archive.search.check() == []


# One step of a random life of an archive: what is done, to which of a few articles, with which text; whether the rest
# of the transaction is left for its end from here on, and whether the step is rolled back.
_TEXTS = st.sampled_from(["央行降准", "降准0.25个百分点", "國債 ETF", "", "央行\n\n国债", "a股 A股", "が゙"])
_STEP = st.tuples(
    st.sampled_from(["add", "change", "remove", "move"]), st.integers(1, 4), _TEXTS, st.booleans(), st.booleans()
)
_QUERIES = ("央行", "降准", "国债", "股", "国", "etf", "0.25", "title:央行")


@given(st.lists(st.tuples(st.booleans(), st.lists(_STEP, max_size=6)), max_size=5))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changes_in_any_transactions_give_the_index_that_a_rebuild_gives(connection, transactions) -> None:
    connection.execute("DELETE FROM articles")
    for is_kept, steps in transactions:
        connection.execute("BEGIN")
        for what, number, text, is_deferred, is_undone in steps:
            connection.execute("SAVEPOINT step")
            if is_deferred:
                SearchIndex(connection).defer()
            change(connection, what, number, text)
            if is_undone:
                connection.execute("ROLLBACK TO step")
            connection.execute("RELEASE step")
        SearchIndex(connection).settle()
        connection.execute("COMMIT" if is_kept else "ROLLBACK")
    assert pending(connection) == 0
    assert Search(connection).check() == []
    found = [matching(connection, query) for query in _QUERIES]
    Search(connection).reindex()
    assert [matching(connection, query) for query in _QUERIES] == found


def change(connection: sqlite3.Connection, what: str, number: int, text: str) -> None:
    is_there = connection.execute("SELECT 1 FROM articles WHERE id = ?", (number,)).fetchone()
    if what == "add" and not is_there:
        add(connection, number, text[::-1], text, digest=text[:2])
    elif what == "change":
        connection.execute("UPDATE articles SET body = ?, title = body WHERE id = ?", (text, number))
    elif what == "remove":
        connection.execute("DELETE FROM articles WHERE id = ?", (number,))
    elif what == "move":
        connection.execute("UPDATE OR IGNORE articles SET id = id % 4 + 1 WHERE id = ?", (number,))


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from newsarchive.archive import Archive
from test_search_deferred import numbered
moment, path = sys.argv[1:]
archive = Archive.open(path)
with archive.transaction():
    archive.store(numbered(1), None, datetime(2026, 3, 6, tzinfo=UTC))
with archive.transaction():
    archive.store(numbered(2), None, datetime(2026, 3, 6, tzinfo=UTC))
    if moment == "pending":
        os.kill(os.getpid(), signal.SIGKILL)
    archive.search
    if moment == "indexed":
        os.kill(os.getpid(), signal.SIGKILL)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("moment", "stored"), [("pending", 1), ("indexed", 1), ("committed", 2)])
def test_whenever_the_writer_is_killed_what_is_stored_is_found(tmp_path: Path, moment: str, stored: int) -> None:
    path = tmp_path / "archive.db"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([*sys.path, str(Path(__file__).parent)])}
    command = [sys.executable, "-c", KILLED, moment, str(path)]
    killed = subprocess.run(command, env=environment, timeout=300, check=False)
    assert killed.returncode == -9
    with Archive.open(path) as archive:
        assert archive.connection.execute("SELECT count(*) FROM articles").fetchone() == (stored,)
        assert len(ids(archive.connection, "正文")) == stored
        assert pending(archive.connection) == 0
        assert archive.search.check() == []


def test_an_archive_of_the_version_before_is_upgraded_without_indexing_again(tmp_path: Path) -> None:
    blocks = make_older(tmp_path / "archive.db")
    with closing(open_archive(tmp_path / "archive.db")) as connection:
        assert connection.execute(BLOCKS).fetchone() == blocks
        connection.execute("UPDATE articles SET body = '降息' WHERE id = 2")
        add(connection, 3, "央行", "加息")
        assert [ids(connection, query) for query in ("降准", "降息", "加息")] == [[1], [2], [3]]
        assert Search(connection).check() == []
        assert not migrations.pending(Database(connection))


def test_an_older_archive_that_lost_a_trigger_is_indexed_again(tmp_path: Path) -> None:
    make_older(tmp_path / "archive.db", "DROP TRIGGER search_update; UPDATE articles SET body = '降息' WHERE id = 2")
    with closing(open_archive(tmp_path / "archive.db")) as connection:
        assert [ids(connection, query) for query in ("加息", "降息")] == [[], [2]]
        assert Search(connection).check() == []


BLOCKS = "SELECT count(*), max(id) FROM search_index_data"


def make_older(path: Path, script: str = "") -> object:
    """Make an archive as the version before did, and run a script in it; return how large its index is."""
    with closing(open_archive(path)) as connection:
        add(connection, 1, "央行", "降准")
        for name in ("insert", "delete", "update", "move", "write", "settle"):
            connection.execute(f"DROP TRIGGER search_{name}")
        connection.execute("DROP TABLE search_pending")
        connection.executescript(OLD_TRIGGERS)
        names = migrations.names
        later = names[names.index("m0027_index_at_the_end_of_transactions") :]
        connection.executemany("DELETE FROM _sqlite_migrations WHERE name = ?", [(name,) for name in later])
        add(connection, 2, "央行", "加息")
        connection.executescript(script)
        return connection.execute(BLOCKS).fetchone()


OLD_TRIGGERS = """
CREATE TRIGGER search_insert AFTER INSERT ON articles BEGIN
INSERT INTO search_index (rowid, body, title, digest) VALUES (new.id, search_pairs(new.body), search_pairs(new.title),
search_pairs(CASE WHEN instr(new.body, new.digest) THEN NULL ELSE new.digest END));
INSERT INTO search_characters (rowid, characters) VALUES (new.id, search_letters(new.body, new.title, new.digest));
END;
CREATE TRIGGER search_delete AFTER DELETE ON articles BEGIN SELECT 1; END;
CREATE TRIGGER search_update AFTER UPDATE OF id, title, digest, body ON articles BEGIN SELECT 1; END;
"""
