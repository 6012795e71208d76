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
from support.running import run_on

from newsarchive.archive import Archive
from newsarchive.cli import cli
from newsarchive.errors import ArchiveDamagedError, UserError
from newsarchive.locks import CrawlLock
from newsarchive.maintenance.backup import backup, vacuum
from newsarchive.maintenance.check import check
from newsarchive.maintenance.restore import restore

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
        report = check(archive, AT + timedelta(days=9), deep=True)
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


# What is in a backup is never replaced by something worse


def change(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE texts SET body = body || '。' WHERE id = 3", "a text is not the one that was stored"),
        ("UPDATE readings SET title = '坏' WHERE id = 3", "what a copy said is not what was stored"),
        ("UPDATE snapshots SET digest = 'sha1:X' WHERE id = 2", "snapshot 2 is another than in the backup before"),
    ],
)
def test_an_archive_that_was_damaged_since_does_not_replace_its_backup(
    path: Path, target: Path, statement: str, what: str
) -> None:
    copy = backup(path, target).path
    before = copy.read_bytes()
    change(path, statement)
    with pytest.raises(ArchiveDamagedError, match=f"{what}.*stays as it is - run newsarchive check"):
        backup(path, target)
    assert copy.read_bytes() == before


def test_a_first_backup_of_a_damaged_archive_is_made_and_told(path: Path, target: Path) -> None:
    change(path, "UPDATE texts SET body = '坏' WHERE id = 3")
    told = run_on(path, "backup", target)
    assert (told.status, "damaged." in told.out) == (1, True)
    assert "a text is not the one that was stored: text 3" in told.err
    assert run_on(path, "backup", target).status == 1  # no worse than before


def test_a_raw_page_that_was_damaged_since_does_not_reach_the_backup(path: Path, target: Path) -> None:
    backup(path, target)
    good = (target / DAY).read_bytes()
    data = bytearray((path.parent / DAY).read_bytes())
    data[len(data) // 2] ^= 1
    (path.parent / DAY).write_bytes(data)
    with Archive.open(path) as archive:
        add(archive, 20)
    done = backup(path, target)
    assert (done.files_copied, done.damaged) == (1, [])
    assert (target / DAY).read_bytes()[: len(good)] == good
    assert articles(target / "archive.db") == 7


def test_a_damaged_raw_page_is_named_when_it_is_copied(path: Path, target: Path) -> None:
    with Archive.open(path, readonly=True) as archive:
        (offset,) = archive.connection.execute("SELECT warc_offset FROM snapshots WHERE id = 1").fetchone()
    data = bytearray((path.parent / DAY).read_bytes())
    data[offset + 50] ^= 1
    (path.parent / DAY).write_bytes(data)
    assert backup(path, target).damaged == [DAY]


def test_earlier_backups_are_kept_as_many_as_are_wanted(path: Path, target: Path) -> None:
    for number in range(4):
        with Archive.open(path) as archive:
            add(archive, 30 + number)
        done = backup(path, target, keep=3)
        os.utime(done.path, (AT.timestamp() + 86400 * number,) * 2)
    assert [file.name for file in done.generations] == ["archive.db.20260307T010000Z", "archive.db.20260306T010000Z"]
    assert [articles(file) for file in (done.path, *done.generations)] == [10, 9, 8]
    assert backup(path, target).generations == done.generations
    assert run_on(path, "backup", target, "--keep", 0).status == 2
    assert backup(path, target, keep=1).generations == []


# restore


def contents(path: Path) -> dict[str, bytes]:
    files = (file for file in path.rglob("*") if file.is_file() and not file.name.endswith(("-shm", "-wal", ".lock")))
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


def test_a_backup_is_restored_where_nothing_is(path: Path, target: Path, tmp_path: Path) -> None:
    backup(path, target)
    new = tmp_path / "new" / "archive.db"
    told = run_on(new, "restore", target)
    assert (told.status, told.err) == (0, "")
    assert "6 articles, verified." in told.out
    assert articles(new) == 6


def test_what_came_in_after_the_backup_is_kept_aside_and_can_be_read_again(path: Path, target: Path) -> None:
    backup(path, target)
    with Archive.open(path) as archive:
        add(archive, 20)
        add(archive, 21, days=2)
    done = restore(target, path, AT)
    assert articles(path) == 6
    assert done.kept
    with Archive.open(done.kept / "archive.db") as before:
        assert before.connection.execute("SELECT count(*) FROM articles").fetchone() == (8,)
    with Archive.open(path) as archive:
        add(archive, 40)
        add(archive, 41, days=2)
    assert articles(path) == 8
    later = "warc/2026/03/20260307-demo.warc.gz"
    assert sorted(str(file.relative_to(done.kept)) for file in done.kept.rglob("*.gz")) == [DAY, later]


def test_the_log_of_a_killed_crawl_is_not_applied_to_what_is_restored(path: Path, target: Path) -> None:
    backup(path, target)
    code = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA wal_autocheckpoint = 0")
connection.execute("CREATE TABLE filler (x)")
connection.execute("UPDATE texts SET body = '坏' WHERE id = 1")
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert path.with_name("archive.db-wal").stat().st_size > 0
    restore(target, path, AT)
    assert articles(path) == 6


@pytest.mark.parametrize("what", ["database", "pages", "both"])
def test_a_damaged_archive_is_restored(path: Path, target: Path, what: str) -> None:
    backup(path, target)
    if what != "pages":
        path.write_bytes(path.read_bytes()[:5000] + b"\xa5" * 9000)
    if what != "database":
        os.truncate(path.parent / DAY, 300)
    assert restore(target, path, AT).files_copied == int(what != "database")
    assert articles(path) == 6


def test_an_earlier_backup_is_restored_by_its_name(path: Path, target: Path) -> None:
    backup(path, target)
    with Archive.open(path) as archive:
        add(archive, 20)
    (earlier,) = backup(path, target, keep=2).generations
    told = run_on(path, "restore", target, "--generation", earlier.name)
    assert (told.status, articles(path)) == (0, 6)


def test_a_damaged_backup_is_not_restored_and_the_earlier_ones_are_named(path: Path, target: Path) -> None:
    backup(path, target)
    (earlier,) = backup(path, target, keep=2).generations
    change(target / "archive.db", "UPDATE texts SET body = '坏' WHERE id = 3")
    before = contents(path.parent)
    told = run_on(path, "restore", target)
    assert "damaged (" in told.err
    assert earlier.name in told.err
    assert contents(path.parent) == before


def test_a_raw_page_that_is_damaged_in_the_backup_is_told_and_the_rest_restored(path: Path, target: Path) -> None:
    backup(path, target)
    os.truncate(target / DAY, 500)
    os.truncate(path.parent / DAY, 400)
    told = run_on(path, "restore", target)
    assert (told.status, f"Damaged in the backup, too: {DAY}" in told.err) == (1, True)
    with Archive.open(path, readonly=True) as archive:
        assert archive.connection.execute("SELECT count(*) FROM articles").fetchone() == (6,)


def test_nothing_is_restored_over_an_archive_that_is_in_use_or_another_one(
    path: Path, target: Path, tmp_path: Path
) -> None:
    backup(path, target)
    with Archive.open(path, readonly=True):
        reader = [sys.executable, "-m", "newsarchive", "--db", str(path), "restore", str(target)]
        told = subprocess.run(reader, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (told.returncode, "another program has it open" in told.stderr) == (2, True)
    other = tmp_path / "other" / "archive.db"
    Archive.open(other).close()
    before = contents(other.parent)
    with pytest.raises(UserError, match="another archive than the one of the backup"):
        restore(target, other, AT)
    assert contents(other.parent) == before
    with pytest.raises(UserError, match="no such folder"):
        restore(tmp_path / "none", path, AT)


def test_a_lock_of_a_crawl_keeps_a_restore_away(path: Path, target: Path) -> None:
    backup(path, target)
    lock = CrawlLock(path, "demo")
    try:
        with pytest.raises(UserError, match="is being crawled"):
            restore(target, path, AT)
    finally:
        lock.release()
