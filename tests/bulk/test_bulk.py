"""Bulk reading: outputs that depend on their files alone, leases that outlive workers, loading that loses nothing."""

import os
import signal
import subprocess
import time
from datetime import UTC, datetime

import pytest
from support.running import command_line, run_on

from newsarchive.archive import Archive
from newsarchive.bulk import Counts, read_file
from newsarchive.bulk.queue import FileQueue
from newsarchive.errors import UserError
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
    assert run_on(db, "bulk", "load").out == "30 new articles, 0 changed, 0 known; 6 of 6 read, 6 loaded\n"
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
    queue._ask("UPDATE bulk SET loaded_at = NULL WHERE path LIKE '%-3.warc.gz'")
    assert run_on(db, "bulk", "load").out == "0 new articles, 0 changed, 5 known; 6 of 6 read, 6 loaded\n"
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
    assert ran.out.startswith("6 of 7 read, 0 loaded")
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
    current = queue.claim(60)
    assert current.fence == late.fence + 1
    assert not queue.done(late, Counts(1, 1, 0))
    queue.fail(late, "too late")
    assert queue.renew(current)
    assert queue.done(current, Counts(2, 1, 0))
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
