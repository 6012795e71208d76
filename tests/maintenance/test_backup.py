"""Backups are whole archives, taken while a crawl writes, and never destroy what they cannot replace."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from support.archives import crawled
from support.articles import article
from support.pages import AT, numbered_page

from newsarchive.archive import Archive
from newsarchive.cli import cli
from newsarchive.errors import UserError
from newsarchive.maintenance.backup import backup, vacuum
from newsarchive.maintenance.check import check

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = "warc/2026/03/20260305-demo.warc.gz"
ROOT = Path(__file__).parents[2]


def add(archive: Archive, number: int, days: int = 0) -> None:
    """Store an article with its page."""
    page = numbered_page(number, at=AT + timedelta(days=days, seconds=number))
    crawled(archive, article(page, f"第{number}段", key=f"20260305{number:010}", title="题"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "archive.db"
    with Archive.open(path) as archive:
        for number in range(6):
            add(archive, number, days=number % 2)
    return path


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "backups" / "weekly"
    assert not list((tmp_path / "backups").rglob("*.partial"))


def articles(path: Path) -> int:
    """Check an archive through and through, and count its articles."""
    with Archive.open(path, readonly=True) as archive:
        report = check(archive, AT, deep=True)
    assert not report.is_damaged, report.findings
    return report.counts["articles"]


def test_a_backup_is_a_whole_archive(path: Path, target: Path) -> None:
    done = backup(path, target)
    assert (done.path, done.articles, done.files, done.files_copied) == (target / "archive.db", 6, 2, 2)
    assert done.bytes_copied == sum(file.stat().st_size for file in target.rglob("*.warc.gz"))
    shutil.rmtree(path.parent)
    assert articles(target / "archive.db") == 6
    with Archive.open(target / "archive.db") as restored:
        add(restored, 50)
    assert articles(target / "archive.db") == 7


def test_a_second_backup_copies_only_what_is_missing(path: Path, target: Path) -> None:
    backup(path, target)
    assert backup(path, target).files_copied == 0
    with Archive.open(path) as archive:
        add(archive, 10, days=1)
    done = backup(path, target)
    assert (done.articles, done.files, done.files_copied) == (7, 2, 1)
    assert articles(target / "archive.db") == 7


def test_the_raw_pages_can_be_left_out(path: Path, target: Path) -> None:
    done = backup(path, target, warc=False)
    assert (done.articles, done.files) == (6, 0)
    assert [file.name for file in target.iterdir()] == ["archive.db"]


def test_a_backup_can_be_read_where_nothing_may_be_written(path: Path, target: Path) -> None:
    copy = backup(path, target).path
    with sqlite3.connect(f"{copy.as_uri()}?mode=ro", uri=True) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (6,)
    assert [file.name for file in target.glob("archive.db*")] == ["archive.db"]


def test_it_works_while_a_crawl_writes(path: Path, target: Path) -> None:
    code = """
import sys; sys.path[:0] = sys.argv[2:]
from test_backup import add
from newsarchive.archive import Archive
with Archive.open(sys.argv[1]) as archive:
    for number in range(1, 100_000):
        add(archive, 100 + number)
        print(number, flush=True)
"""
    folders = [Path(__file__).parent, ROOT / "tests", ROOT]
    command = [sys.executable, "-c", code, str(path), *map(str, folders)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as crawl:
        assert crawl.stdout is not None
        seen = [articles(path)]
        for _ in range(4):
            next(line for line in crawl.stdout if 6 + int(line) > seen[-1])  # more was written since
            seen.append(backup(path, target).articles)
        assert crawl.poll() is None
        crawl.kill()
    assert seen == sorted(set(seen))
    assert articles(target / "archive.db") == seen[-1]


def test_what_a_transaction_has_not_committed_is_not_in_the_backup(path: Path, target: Path) -> None:
    with Archive.open(path) as archive, archive.transaction():
        add(archive, 20)
        assert backup(path, target).articles == 6
    assert articles(target / "archive.db") == 6


@pytest.mark.parametrize("what", ["text", "sqlite", "other"])
def test_what_is_no_earlier_backup_of_this_archive_is_not_written_over(path: Path, target: Path, what: str) -> None:
    target.mkdir(parents=True)
    copy = target / "archive.db"
    if what == "text":
        copy.write_text("notes", encoding="utf-8")
    elif what == "sqlite":
        with sqlite3.connect(copy) as connection:
            connection.execute("CREATE TABLE t (x)")
    else:
        Archive.open(copy).close()
    before = copy.read_bytes()
    with pytest.raises(UserError, match="not written over - name another folder"):
        backup(path, target)
    assert copy.read_bytes() == before


def test_a_damaged_earlier_backup_is_replaced(path: Path, target: Path) -> None:
    copy = backup(path, target).path
    data = bytearray(copy.read_bytes())
    data[200:] = b"\xee" * (len(data) - 200)
    copy.write_bytes(data)
    for file in target.rglob("*.warc.gz"):
        file.write_bytes(file.read_bytes()[:-100] + b"x" * 100)
    backup(path, target)
    assert articles(copy) == 6


def test_the_log_of_an_opened_backup_is_not_applied_to_the_next_one(path: Path, target: Path) -> None:
    copy = backup(path, target).path
    opened = Archive.open(copy)
    opened.connection.execute("UPDATE articles SET title = 'changed in the backup'")
    log = copy.with_name("archive.db-wal")
    kept = log.read_bytes()
    opened.close()
    log.write_bytes(kept)
    backup(path, target)
    assert articles(copy) == 6


def test_the_archives_own_folder_is_refused(path: Path) -> None:
    with pytest.raises(UserError, match="the archive's own folder"):
        backup(path, path.parent / ".." / "data")


def test_a_second_backup_to_the_same_folder_at_the_same_time_is_refused(path: Path, target: Path) -> None:
    code = "import fcntl, os, sys; fcntl.flock(os.open(sys.argv[1], 0), fcntl.LOCK_EX); print(1, flush=True); input()"
    target.mkdir(parents=True)
    command = [sys.executable, "-c", code, str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(UserError, match="another backup is writing"):
            backup(path, target)
        other.communicate("\n")


def test_a_damaged_archive_is_told_and_an_earlier_backup_stays(path: Path, target: Path) -> None:
    copy = backup(path, target).path
    before = copy.read_bytes()
    with sqlite3.connect(path) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'paragraphs'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xee" * size)
    with pytest.raises(UserError, match=r"damaged|malformed"):
        backup(path, target)
    assert copy.read_bytes() == before


def test_raw_pages_that_the_archive_lost_are_named_and_those_of_the_backup_stay(path: Path, target: Path) -> None:
    backup(path, target)
    with Archive.open(path) as archive:
        add(archive, 10)
    os.truncate(path.parent / DAY, 500)
    kept = (target / DAY).read_bytes()
    done = backup(path, target)
    assert (done.articles, done.damaged) == (7, [DAY])
    assert (target / DAY).read_bytes() == kept


def test_a_full_disk_is_told_and_an_earlier_backup_stays(path: Path, target: Path) -> None:
    copy = backup(path, target).path
    before = copy.read_bytes()
    code = """
import resource, sys; sys.path[:0] = sys.argv[3:]
from pathlib import Path
from newsarchive.maintenance.backup import backup
from newsarchive.errors import UserError
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, -1))
try:
    backup(Path(sys.argv[1]), Path(sys.argv[2]))
except UserError as error:
    print(error)
"""
    command = [sys.executable, "-c", code, str(path), str(target), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "make room" in done.stdout
    assert copy.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_told(path: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"(Not a directory|File exists).* - make room or check the permissions"):
        backup(path, tmp_path / "file" / "x")


def test_an_archive_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no such file"):
        backup(tmp_path / "none.db", tmp_path / "b")
    with pytest.raises(UserError, match="there is no such file"):
        vacuum(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


# vacuum


def test_vacuum_gives_back_what_deleted_rows_took_and_empties_the_log(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.connection.execute("CREATE TABLE ballast (x)")
        archive.connection.execute("INSERT INTO ballast VALUES (zeroblob(3000000))")
        archive.connection.execute("DROP TABLE ballast")
        before, after = vacuum(path)
        assert (before > 3_000_000, after < 1_000_000) == (True, True)
        assert path.with_name("archive.db-wal").stat().st_size == 0
    assert articles(path) == 6


def test_vacuum_waits_for_nobody_for_ever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsarchive.archive.connection.BUSY_TIMEOUT", 0.1)
    with (
        Archive.open(path) as archive,
        archive.transaction(),
        pytest.raises(UserError, match="database is locked - another program"),
    ):
        vacuum(path)


def test_vacuum_tells_when_a_reader_holds_the_log(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsarchive.archive.connection.BUSY_TIMEOUT", 0.1)
    with Archive.open(path, readonly=True) as reader:
        reader.connection.execute("BEGIN")
        reader.connection.execute("SELECT count(*) FROM articles").fetchone()
        with pytest.raises(UserError, match="another program is reading it"):
            vacuum(path)


# The commands


def test_check_prints_what_it_found_and_its_status_tells(path: Path) -> None:
    good = CliRunner().invoke(cli, ["--db", str(path), "check"], standalone_mode=False)
    assert (good.return_value, good.output.splitlines()[-1]) == (0, "The archive is intact.")
    assert "6 articles, 6 copies" in good.output
    (path.parent / DAY).unlink()
    bad = CliRunner().invoke(cli, ["--db", str(path), "check"], standalone_mode=False)
    assert bad.return_value == 1
    assert f"    {DAY}: 3 snapshots" in bad.output.splitlines()
    as_json = CliRunner().invoke(cli, ["--db", str(path), "check", "--json", "--deep"], standalone_mode=False)
    report = json.loads(as_json.output)
    assert (as_json.return_value, report["damaged"], report["counts"]["articles"]) == (1, True, 6)
    assert report["findings"][0]["severity"] == "damage"


def test_backup_and_vacuum_say_what_they_did(path: Path, target: Path) -> None:
    done = CliRunner().invoke(cli, ["--db", str(path), "backup", str(target)], standalone_mode=False)
    assert done.return_value == 0
    assert "6 articles" in done.output
    assert "2 of 2 files copied" in done.output
    (path.parent / DAY).unlink()
    (target / DAY).unlink()
    bad = CliRunner().invoke(cli, ["--db", str(path), "backup", str(target)], standalone_mode=False)
    assert (bad.return_value, f"Damaged or missing, not copied: {DAY}" in bad.output) == (1, True)
    small = CliRunner().invoke(cli, ["--db", str(path), "vacuum"], standalone_mode=False)
    assert "before" in small.output
