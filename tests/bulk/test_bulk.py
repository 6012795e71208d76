"""Bulk reading: outputs that depend on their files alone, leases that outlive workers, loading that loses nothing."""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.leases import assert_next_holder_ends_it
from support.running import command_line, run_on

from newsarchive.archive import Archive
from newsarchive.archive.store import ArticleStore
from newsarchive.bulk import Counts, read_file, replay
from newsarchive.bulk.queue import FileQueue
from newsarchive.errors import UserError
from newsarchive.extract.steps import process
from newsarchive.maintenance.check import check

LIMIT = 240  # seconds that a process of a test may take


def outputs(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.frames.gz")}


def articles(db):
    with Archive.open(db, readonly=True) as archive:
        return archive.connection.execute(
            "SELECT c.url, c.site, c.role, a.article_key, a.title, a.body, a.published_at, a.story_id, c.first_seen_at"
            " FROM copies c JOIN articles a ON a.id = c.article_id ORDER BY c.url"
        ).fetchall()


def test_a_file_read_twice_gives_the_same_bytes(warcs, tmp_path):
    path = warcs / "CC-NEWS-0.warc.gz"
    counts = [read_file(path, tmp_path / name) for name in ("one.gz", "other.gz")]
    assert counts == [Counts(pages=6, articles=5, problems=0)] * 2
    assert (tmp_path / "one.gz").read_bytes() == (tmp_path / "other.gz").read_bytes()


@pytest.mark.slow
def test_what_is_loaded_is_what_the_import_of_the_same_files_stores(warcs, tmp_path):
    db, other = tmp_path / "archive.db", tmp_path / "other" / "archive.db"
    assert run_on(db, "bulk", "add", warcs / "*.warc.gz").out.startswith("6 files added")
    assert run_on(db, "bulk", "work", "--processes", 1).status == 0
    assert run_on(db, "bulk", "load").out == "30 new articles, 0 changed, 0 known\n6 of 6 files read, 6 loaded\n"
    subprocess.run(
        [*command_line(other, "crawl")[:1], "-m", "scrapy", "crawl", "warc", "-a", f"path={warcs}"],
        env=os.environ | {"NEWSARCHIVE_DB": str(other)},
        check=True,
        capture_output=True,
        timeout=LIMIT,
    )
    assert articles(db) == articles(other)
    with Archive.open(db) as archive:
        assert check(archive, datetime.now(UTC), deep=True).findings == []
        assert archive.search.count(archive.search.parse("泊位 货轮")) == 30
        assert archive.connection.execute("SELECT count(*) FROM snapshots").fetchone() == (36,)
        reasons = archive.connection.execute("SELECT reason, count FROM problems").fetchall()
    assert len(reasons) == 6


def test_loading_again_after_a_kill_behind_the_commit_changes_nothing(warcs, tmp_path):
    db = tmp_path / "archive.db"
    run_on(db, "bulk", "add", warcs / "*.warc.gz")
    run_on(db, "bulk", "work", "--processes", 1)
    run_on(db, "bulk", "load")
    before = articles(db)
    queue = FileQueue(tmp_path / "bulk")
    queue._ask("UPDATE bulk SET loaded_at = NULL WHERE path LIKE '%-3.warc.gz' RETURNING 1")
    assert run_on(db, "bulk", "load").out == "0 new articles, 0 changed, 5 known\n6 of 6 files read, 6 loaded\n"
    assert articles(db) == before


def test_outputs_of_other_programs_are_loaded_by_their_names(warcs, tmp_path):
    db = tmp_path / "archive.db"
    read_file(warcs / "CC-NEWS-2.warc.gz", tmp_path / "two.gz")
    assert run_on(db, "bulk", "load", tmp_path / "two.gz").out == "5 new articles, 0 changed, 0 known\n"


@pytest.mark.slow
def test_workers_that_are_killed_lose_no_file(warcs, tmp_path):
    quiet, killed = tmp_path / "quiet", tmp_path / "killed"
    for folder in (quiet, killed):
        run_on(tmp_path / "archive.db", "bulk", "add", warcs / "*.warc.gz", "--folder", folder)
    run_on(tmp_path / "archive.db", "bulk", "work", "--processes", 1, "--folder", quiet)
    work = command_line(tmp_path / "archive.db", "bulk", "work", "--processes", 1, "--folder", killed, "--lease", 1)
    queue = FileQueue(killed)
    kills, end = 0, time.monotonic() + LIMIT
    while kills < 2 and time.monotonic() < end:
        worker = subprocess.Popen(work)
        try:
            while worker.poll() is None and not queue.job().leased:
                time.sleep(0.01)
            if worker.poll() is None:
                kills += 1
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
    assert kills == 2
    subprocess.run(work, check=True, timeout=LIMIT)
    assert outputs(killed) == outputs(quiet)
    assert not list(killed.glob(".*.partial"))


def test_a_file_that_fails_three_times_is_put_aside_with_the_reason(warcs, tmp_path):
    (warcs / "broken.warc.gz").write_bytes(b"%PDF-1.4 invented")
    db = tmp_path / "archive.db"
    run_on(db, "bulk", "add", warcs / "*.warc.gz")
    ran = run_on(db, "bulk", "work", "--processes", 1)
    assert ran.status == 1
    assert ran.out.startswith("6 of 7 files read, 0 loaded")
    assert "broken.warc.gz: nothing of it can be read (no WARC file: a PDF document)" in ran.err
    (warcs / "broken.warc.gz").write_bytes((warcs / "CC-NEWS-1.warc.gz").read_bytes())
    run_on(db, "bulk", "add", warcs / "broken.warc.gz")
    assert run_on(db, "bulk", "work", "--processes", 1).status == 0


def test_who_lost_a_lease_can_neither_renew_nor_end_it(tmp_path):
    queue = FileQueue(tmp_path)
    queue.add([tmp_path / "a.warc"])
    late = queue.claim(0.05)
    assert queue.claim(60) is None
    time.sleep(0.1)
    assert not queue.renew(late)
    assert_next_holder_ends_it(queue, late)
    assert (queue.job().pages, queue.job().failed) == (2, {})


def test_a_pattern_without_files_and_an_output_that_is_damaged_are_told(warcs, tmp_path):
    db = tmp_path / "archive.db"
    assert "there is no such file" in run_on(db, "bulk", "add", warcs / "*.zip").err
    run_on(db, "bulk", "add", warcs / "CC-NEWS-1.warc.gz")
    run_on(db, "bulk", "work", "--processes", 1)
    (output,) = (tmp_path / "bulk").glob("*.frames.gz")
    output.write_bytes(output.read_bytes()[:-20])
    ran = run_on(db, "bulk", "load")
    assert (ran.status, "no output of `newsarchive bulk work`" in ran.err) == (2, True)
    with Archive.open(db, readonly=True) as archive:
        assert archive.connection.execute("SELECT count(*) FROM articles").fetchone() == (0,)


def test_a_file_that_is_not_there_any_more_is_an_error_for_people(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        read_file(tmp_path / "gone.warc", tmp_path / "out.gz")
    assert not (tmp_path / "out.gz").exists()


# Archives read again


@pytest.fixture
def imported(warcs, tmp_path):
    """An archive whose articles were read by rules that took their titles for something else."""
    db = tmp_path / "archive.db"
    run_on(db, "bulk", "add", warcs / "*.warc.gz", "--folder", tmp_path / "first")
    run_on(db, "bulk", "work", "--processes", 1, "--folder", tmp_path / "first")
    run_on(db, "bulk", "load", "--folder", tmp_path / "first")
    with Archive.open(db) as archive, archive.transaction():
        archive.connection.execute("UPDATE readings SET title = 'as it was read', checksum = NULL")
        for (article_id,) in archive.connection.execute("SELECT id FROM articles").fetchall():
            ArticleStore(archive.connection).refresh(article_id)
    return db


def titles(db):
    with Archive.open(db, readonly=True) as archive:
        return archive.connection.execute("SELECT url, title, body, revision FROM articles ORDER BY url").fetchall()


def reread_alone(db, copied):
    """Read a copy of an archive again as one process does, and return its articles."""
    shutil.copytree(db.parent, copied.parent, ignore=shutil.ignore_patterns("first", "bulk", "warcs"))
    subprocess.run(
        [*command_line(copied, "crawl")[:1], "-m", "scrapy", "crawl", "replay"],
        env=os.environ | {"NEWSARCHIVE_DB": str(copied)},
        check=True,
        capture_output=True,
        timeout=LIMIT,
    )
    return titles(copied)


def test_an_archive_read_again_is_as_the_spider_leaves_it(imported, tmp_path_factory):
    expected = reread_alone(imported, tmp_path_factory.mktemp("alone") / "copy" / "archive.db")
    before = titles(imported)
    assert run_on(imported, "bulk", "add", "--replay").out.startswith("1 file added")
    for _ in range(2):  # given twice, it is read twice, and nothing else comes of it
        run_on(imported, "bulk", "add", "--replay")
        assert run_on(imported, "bulk", "work", "--processes", 1).status == 0
        assert "0 new articles" in run_on(imported, "bulk", "load").out
        assert titles(imported) == expected != before
    with Archive.open(imported) as archive:
        causes = archive.connection.execute("SELECT cause, count(*) FROM readings GROUP BY cause").fetchall()
        assert causes == [("reread", 30), ("site", 30)]
        assert check(archive, datetime.now(UTC), deep=True).findings == []


def test_parts_of_an_archive_give_the_same_bytes_and_are_loaded_into_that_archive_alone(
    imported, tmp_path, monkeypatch
):
    monkeypatch.setattr(replay, "_ROWS", 7)
    parts = replay.parts_of(imported)
    read = [[replay.read_part(part, tmp_path / f"{number}-{time}.gz") for time in range(2)]
            for number, part in enumerate(parts)]  # fmt: skip
    assert sum(one.articles for one, _ in read) == 30
    assert all(one == other for one, other in read)
    for number, _ in enumerate(parts):
        first, second = (tmp_path / f"{number}-{time}.gz" for time in range(2))
        assert first.read_bytes() == second.read_bytes()
    refused = run_on(tmp_path / "other.db", "bulk", "load", tmp_path / "0-0.gz")
    assert (refused.status, "has pages of another archive" in refused.err) == (2, True)
    other = tmp_path / "other.db"
    run_on(other, "bulk", "add", "--replay", imported, "--folder", tmp_path / "job")
    run_on(other, "bulk", "work", "--processes", 1, "--folder", tmp_path / "job")
    assert "5 of 5 files read, 0 loaded" in run_on(other, "bulk", "load", "--folder", tmp_path / "job").out


def test_a_page_of_which_a_newer_one_was_stored_since_is_passed_over(imported):
    run_on(imported, "bulk", "add", "--replay")
    run_on(imported, "bulk", "work", "--processes", 1)
    with Archive.open(imported) as archive:
        url, page_id = archive.connection.execute("SELECT url, snapshot_id FROM copies ORDER BY url").fetchone()
        page = archive.snapshots.load(page_id, role="original", site="press")
        newer = replace(page, fetched_at=page.fetched_at + timedelta(days=1), body=page.body + b"<!-- -->")
        article = process(replace(newer, snapshot_id=None))
        article.title = "今天的标题"
        with archive.transaction():
            article.page.snapshot_id = archive.snapshots.save(newer)
            archive.store(article, None, newer.fetched_at, fetched=True, is_latest=True)
    run_on(imported, "bulk", "load")
    changed = {title for at, title, _, _ in titles(imported) if at == url}
    assert changed == {"今天的标题"}
    assert all(title != "as it was read" for _, title, _, _ in titles(imported))
