"""A bulk job whose queue the engine has: what several machines read that share no locks."""

import hashlib
import signal
import subprocess
import time

import pytest
from support.leases import assert_next_holder_ends_it
from support.running import command_line, run_on
from support.warcs import write_warcs

from newsarchive.cluster.bulk_queue import EngineQueue

LIMIT = 240  # seconds that a process of a test may take


@pytest.fixture
def warcs(tmp_path):
    return write_warcs(tmp_path / "warcs", "0123")


def digest(folder):
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.glob("*.frames.gz")))).hexdigest()


def test_who_lost_a_lease_can_neither_renew_nor_end_it_and_jobs_know_nothing_of_each_other(tmp_path, engine):
    queue, other = EngineQueue(tmp_path / "one", engine), EngineQueue(tmp_path / "two", engine)
    assert queue.add([tmp_path / "a.warc", tmp_path / "b.warc"]) == 2
    assert queue.add([tmp_path / "a.warc"]) == 0
    assert other.claim(60) is None
    late = queue.claim(0.2)
    assert queue.claim(60).path.name == "b.warc"
    assert queue.claim(60) is None
    time.sleep(0.3)
    assert not queue.renew(late, 60)
    assert_next_holder_ends_it(queue, late)
    assert queue.to_load() == [tmp_path / "a.warc"]
    queue.loaded(tmp_path / "a.warc")
    assert (queue.job().pages, queue.job().loaded, queue.job().leased, queue.job().failed) == (2, 1, 1, {})


def test_workers_by_the_engine_that_are_killed_lose_no_file(warcs, tmp_path, dsn, engine):
    db, quiet, killed = tmp_path / "archive.db", tmp_path / "quiet", tmp_path / "killed"
    for folder in (quiet, killed):
        run_on(db, "bulk", "add", warcs / "*.warc.gz", "--folder", folder, "--engine", dsn)
    assert run_on(db, "bulk", "work", "--processes", 1, "--folder", quiet, "--engine", dsn).status == 0
    work = command_line(
        db, "bulk", "work", "--processes", 1, "--folder", killed, "--engine", dsn, "--lease", 1
    )  # fmt: skip
    queue = EngineQueue(killed, engine)
    for _ in range(2):
        worker = subprocess.Popen(work)
        try:
            end = time.monotonic() + LIMIT
            while not queue.job().leased and time.monotonic() < end:
                time.sleep(0.01)
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
    subprocess.run(work, check=True, timeout=LIMIT)
    assert digest(killed) == digest(quiet)
    loaded = run_on(db, "bulk", "load", "--folder", killed, "--engine", dsn)
    assert loaded.out == "20 new articles, 0 changed, 0 known\n4 of 4 files read, 4 loaded\n"
