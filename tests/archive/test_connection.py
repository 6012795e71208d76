"""Opening an archive: what is wrong with the file is told in one line, and nothing foreign is touched."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlite_utils import Database

from newsarchive.archive import Archive, connection
from newsarchive.archive.migrations import APPLICATION_ID, migrations
from newsarchive.errors import UserError


def test_an_archive_is_made_where_there_is_none_and_its_folder_too(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "archive.db"
    with Archive.open(path) as archive:
        assert archive.connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert {"articles", "copies", "frontier", "runs", "problems"} <= set(archive.db.table_names())
    with Archive.open(path, readonly=True) as archive:
        assert archive.connection.execute("SELECT count(*) FROM articles").fetchone() == (0,)


def test_every_table_is_strict(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        loose = archive.connection.execute(
            "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict AND name NOT LIKE '%sqlite_%'"
        ).fetchall()
    assert loose == []


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"this is a letter, not a database, and it is long enough to look like one " * 40, "no SQLite file")],
)
def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(content)
    with pytest.raises(UserError, match=words):
        Archive.open(path)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(UserError, match="another program"):
        Archive.open(path)
    assert path.read_bytes() == before


def test_an_archive_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with Archive.open(path) as archive:
        archive.db.table("_sqlite_migrations").insert(
            {"migration_set": "newsarchive", "name": "m9999_flying", "applied_at": "2036-01-01"}
        )
    with pytest.raises(UserError, match=r"newer version of newsarchive \(m9999_flying\)"):
        Archive.open(path)


def test_an_archive_of_an_older_version_is_brought_up_to_date_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    old = Database(path)
    migrations.apply(old, stop_before="m0002_crawling")
    old.table("sources").insert({"name": "江湾晚报", "slug": "jiangwanwanbao"})
    old.close()
    with pytest.raises(UserError, match="older version"):
        Archive.open(path, readonly=True)
    with Archive.open(path) as archive:
        assert archive.connection.execute("SELECT name FROM sources").fetchall() == [("江湾晚报",)]
        assert archive.db.table("frontier").exists()


def test_a_missing_file_is_no_archive_to_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        Archive.open(tmp_path / "nowhere.db", readonly=True)
    assert not (tmp_path / "nowhere.db").exists()


def test_a_path_below_a_file_is_told_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("x", encoding="utf-8")
    with pytest.raises(UserError, match="folder cannot be made"):
        Archive.open(tmp_path / "plain" / "archive.db")


def test_a_second_writer_is_told_who_is_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUSY_TIMEOUT", 0.1)
    path = tmp_path / "archive.db"
    with (
        Archive.open(path) as first,
        Archive.open(path) as second,
        first.transaction(),
        pytest.raises(UserError, match="another program is writing"),
        second.transaction(),
    ):
        pass


def test_a_full_disk_is_told_and_costs_nothing_that_was_stored(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.db.table("sources").insert({"name": "江湾晚报", "slug": "a"})
        (pages,) = archive.connection.execute("PRAGMA page_count").fetchone()
        archive.connection.execute(f"PRAGMA max_page_count = {pages + 1}")
        with pytest.raises(UserError, match="make room"), archive.transaction():
            archive.connection.execute("INSERT INTO sources (name) VALUES (?)", ("x" * 100_000,))
        assert archive.connection.execute("SELECT name FROM sources").fetchall() == [("江湾晚报",)]


def test_two_programs_may_make_the_same_archive_at_once(tmp_path: Path) -> None:
    failures: list[Exception] = []

    def make() -> None:
        try:
            Archive.open(tmp_path / "archive.db").close()
        except UserError as error:
            failures.append(error)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody who may not write for a while")
def test_an_archive_that_may_be_read_and_not_written_is_read() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name) / "档案 #1?%41"
        folder.mkdir()
        for path in (Path(name), folder):
            path.chmod(0o755)
        Archive.open(folder / "archive.db").close()
        for left in folder.glob("archive.db-*"):
            left.unlink()
        os.seteuid(65534)
        try:
            with Archive.open(folder / "archive.db", readonly=True) as archive:
                assert archive.connection.execute("SELECT count(*) FROM articles").fetchone() == (0,)
            with pytest.raises(UserError, match="you may not write there"):
                Archive.open(folder / "archive.db")
        finally:
            os.seteuid(0)
        assert [file.name for file in folder.iterdir()] == ["archive.db"]
