"""One crawl of a site at a time."""

import os
import signal
import subprocess
import sys
import time

import pytest

from newsarchive.errors import UserError
from newsarchive.locks import (
    AlreadyRunningError,
    CrawlLock,
    lock_path,
    no_crawl,
)


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """What is done where a lock waits, in place of sleeping: a test that does not say what does not wait."""
    actions = []

    def wait(_seconds):
        assert actions, "the lock waits for a process that is there"
        actions.pop()()

    monkeypatch.setattr("newsarchive.locks.time.sleep", wait)
    return actions


def test_a_lock_is_held_until_it_is_released(tmp_path):
    lock = CrawlLock(tmp_path / "a.db", "finews")
    begun = time.monotonic()
    with pytest.raises(AlreadyRunningError, match=f"finews is being crawled already .process {os.getpid()}."):
        CrawlLock(tmp_path / "a.db", "finews")
    assert time.monotonic() - begun < 20, "told after a wait that only a dead process is worth"
    lock.release()
    lock.release()
    CrawlLock(tmp_path / "a.db", "finews").release()


def test_other_sites_and_other_archives_are_not_locked(tmp_path):
    locks = [CrawlLock(tmp_path / db, site) for db in ("a.db", "b.db") for site in ("demo", "finews")]
    assert len({lock.path for lock in locks}) == len(locks)
    for lock in locks:
        lock.release()


def test_the_lock_lies_beside_the_archive_under_a_harmless_name(tmp_path):
    assert lock_path(tmp_path / "a.db", "../../etc/x y").parent == tmp_path


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be made"):
        CrawlLock(tmp_path / "file" / "a.db", "demo")


def test_what_a_killed_crawl_left_behind_is_waited_for(tmp_path, waits):
    # The lock is made by a process that hands it to another and dies; the other lives until its input ends.
    code = (
        "import os, subprocess, sys\n"
        "import newsarchive.archive  # which newsarchive.locks needs, and which needs newsarchive.locks\n"
        "from newsarchive.locks import CrawlLock\n"
        "lock = CrawlLock(sys.argv[1], 'demo')\n"
        "subprocess.Popen([sys.executable, '-c', 'input()'], pass_fds=[lock.fileno()], stderr=subprocess.DEVNULL)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "a.db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as crawl:
        assert crawl.wait() == -signal.SIGKILL

        def let_the_other_end():
            crawl.stdin.close()
            assert crawl.stdout.read() == b"", "its end is told by the end of its output"

        waits.append(let_the_other_end)
        CrawlLock(tmp_path / "a.db", "demo").release()
    assert waits == []


def test_what_needs_the_archive_for_itself_waits_for_no_crawl_and_lets_none_begin(tmp_path):
    path = tmp_path / "a.db"
    CrawlLock(path, "demo").release()
    crawl = CrawlLock(path, "finews")
    CrawlLock(tmp_path / "b.db", "demo")
    with pytest.raises(UserError, match=f"finews is being crawled .process {os.getpid()}."), no_crawl(path):
        pytest.fail("a crawl is going on")
    CrawlLock(path, "demo").release()
    crawl.release()
    with no_crawl(path), pytest.raises(AlreadyRunningError):
        CrawlLock(path, "finews")
    CrawlLock(path, "finews").release()
