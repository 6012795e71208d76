"""The lock at its boundaries: who is told what, how soon, and what is left in the file."""

import fcntl
import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsarchive.errors import UserError
from newsarchive.locks import (
    AlreadyRunningError,
    CrawlLock,
    is_left_behind,
    lock_path,
    locked,
    no_crawl,
    only_user,
    try_lock,
)

LOCK = sys.modules[CrawlLock.__module__]
MINUTE = LOCK.LEFT_BEHIND
AT_ONCE = 10.0


@pytest.fixture(autouse=True)
def waiting_for_the_dead_is_told_from_no_waiting_in_seconds(monkeypatch):
    monkeypatch.setattr(LOCK, "LEFT_BEHIND", AT_ONCE + 1)


@contextmanager
def held(path, text):
    """Hold a lock file as another process would, with a text in it."""
    with path.open("w") as file:
        file.write(text)
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def refusal(archive, label="demo"):
    """Return the error that another crawl meets, and after how many seconds."""
    begun = time.monotonic()
    with pytest.raises(AlreadyRunningError) as refused:
        CrawlLock(archive, label)
    return refused.value, time.monotonic() - begun


def dead_process():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_crawl_that_is_going_on_is_told_at_once_with_its_site_and_process(tmp_path):
    lock = CrawlLock(tmp_path / "a.db", "Demo Site")
    error, seconds = refusal(tmp_path / "a.db", "Demo Site")
    assert seconds < AT_ONCE
    assert str(error) == f"Demo Site is being crawled already (process {os.getpid()}): nothing to do"
    assert (error.label, error.holder) == ("Demo Site", str(os.getpid()))
    lock.release()


@pytest.mark.parametrize(("text", "holder"), [("", "unknown"), (" \n", "unknown"), ("none", "none"), ("-1", "-1")])
def test_a_process_that_has_not_written_its_number_yet_is_there(tmp_path, text, holder):
    with held(lock_path(tmp_path / "a.db", "demo"), text):
        error, seconds = refusal(tmp_path / "a.db")
    assert seconds < AT_ONCE
    assert error.holder == holder


def test_a_number_is_read_whatever_stands_around_it_and_bytes_that_are_no_text_do_no_harm(tmp_path):
    path = lock_path(tmp_path / "a.db", "demo")
    with held(path, f" {os.getpid()}\n"):
        assert refusal(tmp_path / "a.db")[0].holder == str(os.getpid())
    with held(path, "é"):
        assert refusal(tmp_path / "a.db")[0].holder == "\ufffd\ufffd"
    with held(path, "x" * 40):
        assert refusal(tmp_path / "a.db")[0].holder == "x" * 32


def test_what_a_dead_process_left_behind_is_waited_for_only_so_long(tmp_path, monkeypatch):
    monkeypatch.setattr(LOCK, "LEFT_BEHIND", 0.4)
    process = dead_process()
    with held(lock_path(tmp_path / "a.db", "demo"), str(process)):
        error, seconds = refusal(tmp_path / "a.db")
    assert 0.4 <= seconds < AT_ONCE
    assert error.holder == str(process)


def test_the_lock_is_taken_as_soon_as_what_a_dead_process_left_behind_has_ended(tmp_path):
    path = lock_path(tmp_path / "a.db", "demo")
    path.write_text(str(dead_process()))
    file = path.open()
    fcntl.flock(file, fcntl.LOCK_EX)
    timer = threading.Timer(0.3, file.close)
    timer.start()
    begun = time.monotonic()
    CrawlLock(tmp_path / "a.db", "demo").release()
    assert time.monotonic() - begun < AT_ONCE
    assert path.read_text() == str(os.getpid())
    timer.join()


def test_a_minute_is_enough_for_what_a_killed_crawl_left_behind():
    assert MINUTE == 60.0


def test_a_refused_crawl_leaves_no_open_file_behind(tmp_path):
    lock = CrawlLock(tmp_path / "a.db", "demo")
    before = len(list(Path("/proc/self/fd").iterdir()))
    refusal(tmp_path / "a.db")
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    lock.release()


def test_the_file_holds_the_number_of_the_process_and_nothing_of_an_earlier_one(tmp_path):
    path = lock_path(tmp_path / "a.db", "demo")
    path.write_text("99999999999999999999")
    lock = CrawlLock(tmp_path / "a.db", "demo")
    assert path.read_text() == str(os.getpid())
    lock.release()
    assert path.read_text() == str(os.getpid())


def test_the_file_may_be_read_by_all_and_is_made_with_its_folders(tmp_path):
    mask = os.umask(0)
    try:
        lock = CrawlLock(tmp_path / "x" / "y" / "a.db", "demo")
    finally:
        os.umask(mask)
    assert lock.path == tmp_path / "x" / "y" / "a.db-demo.lock"
    assert lock.path.stat().st_mode & 0o777 == 0o644
    assert os.path.samestat(os.fstat(lock.fileno()), lock.path.stat())
    assert not os.get_inheritable(lock.fileno())
    lock.release()


def test_releasing_twice_closes_nothing_of_anybody_else(tmp_path):
    lock = CrawlLock(tmp_path / "a.db", "demo")
    number = lock.fileno()
    lock.release()
    with (tmp_path / "other").open("w") as file:
        assert file.fileno() == number
        lock.release()
        file.write("still open")
    assert (tmp_path / "other").read_text() == "still open"


def test_a_file_that_cannot_be_made_is_told_with_its_name_and_the_reason(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError) as refused:
        CrawlLock(tmp_path / "file" / "a.db", "demo")
    assert str(refused.value) == (
        f"{tmp_path}/file/a.db-demo.lock: cannot be made: File exists - check the folder's permissions"
    )
    lock_path(tmp_path / "a.db", "demo").mkdir()
    with pytest.raises(UserError, match=r"a\.db-demo\.lock: cannot be made: Is a directory - check"):
        CrawlLock(tmp_path / "a.db", "demo")


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("demo", "a.db-demo.lock"),
        ("FiNews_2.x", "a.db-finews_2.x.lock"),
        ("a  b/c", "a.db-a-b-c.lock"),
        ("../../etc/x y", "a.db-etc-x-y.lock"),
        ("-.x.-", "a.db-x.lock"),
        ("X-X", "a.db-x-x.lock"),
        ("新闻", "a.db-site.lock"),
        ("", "a.db-site.lock"),
    ],
)
def test_labels_that_differ_for_a_person_only_share_a_lock(tmp_path, label, name):
    assert lock_path(str(tmp_path / "a.db"), label) == tmp_path / name


def test_while_no_crawl_may_begin_each_known_site_is_locked_and_free_afterwards(tmp_path):
    path = tmp_path / "a.db"
    for label in ("demo", "finews", "a.lock"):
        CrawlLock(path, label).release()
    CrawlLock(tmp_path / "b.db", "other").release()
    (tmp_path / "a.db-notes.txt").write_text("")
    before = sorted(tmp_path.iterdir())
    with no_crawl(str(path)):
        for label in ("demo", "finews", "a.lock"):
            assert refusal(path, label)[0].holder == str(os.getpid())
        CrawlLock(tmp_path / "b.db", "other").release()
        assert sorted(tmp_path.iterdir()) == before
    for label in ("demo", "finews", "a.lock"):
        CrawlLock(path, label).release()


def test_a_crawl_that_is_going_on_is_named_and_no_other_site_stays_locked(tmp_path):
    path = tmp_path / "a.db"
    for label in ("a", "z"):
        CrawlLock(path, label).release()
    crawl = CrawlLock(path, "m")
    with pytest.raises(UserError) as refused, no_crawl(path):
        pytest.fail("a crawl is going on")
    assert str(refused.value) == (
        f"archive {path}: m is being crawled (process {os.getpid()}) - run this again when the crawl has ended"
    )
    assert not isinstance(refused.value, AlreadyRunningError)
    for label in ("a", "z"):
        CrawlLock(path, label).release()
    crawl.release()


def test_what_fails_while_no_crawl_may_begin_lets_crawls_begin_again(tmp_path):
    CrawlLock(tmp_path / "a.db", "demo").release()
    with pytest.raises(KeyError), no_crawl(tmp_path / "a.db"):
        raise KeyError
    CrawlLock(tmp_path / "a.db", "demo").release()


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


def test_what_a_killed_crawl_left_behind_is_told_from_a_crawl_that_goes_on_and_from_none(tmp_path):
    archive = tmp_path / "a.db"
    path = lock_path(archive, "demo")
    assert not is_left_behind(archive, "demo")
    assert not path.exists()
    before = open_files()
    for text, expected in ((str(dead_process()), True), (f" {dead_process()}\n", True), ("", False), ("é", False)):
        with held(path, text):
            assert is_left_behind(archive, "demo") is expected
    with held(path, str(os.getpid())):
        assert not is_left_behind(archive, "demo")
    path.write_text(str(dead_process()))
    assert not is_left_behind(str(archive), "demo")
    assert open_files() == before
    CrawlLock(archive, "demo").release()


@contextmanager
def other_process(code, *arguments):
    """Run code that prints a line when it is ready, and let it go on until the block ends."""
    command = [sys.executable, "-c", f"import sys\n{code}\nprint(flush=True)\nsys.stdin.read()", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            process.stdout.readline()
            yield
        finally:
            process.kill()


OPEN = "import sqlite3; archive = sqlite3.connect(sys.argv[1], timeout=0); archive.execute('SELECT * FROM texts')"


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE texts (text)")
    connection.close()
    return path


def test_nobody_opens_an_archive_that_is_kept_for_one_user(database):
    def read():
        return subprocess.run(
            [sys.executable, "-c", f"import sys; {OPEN}", database],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    before = open_files()
    with only_user(str(database)):
        assert "database is locked" in read().stderr
    assert (read().returncode, open_files()) == (0, before)
    with pytest.raises(KeyError), only_user(database):
        raise KeyError
    assert (read().returncode, open_files()) == (0, before)


def test_an_archive_that_a_program_has_open_is_kept_for_nobody_else(database):
    before = open_files()
    with other_process(OPEN, database):
        with pytest.raises(UserError) as refused, only_user(database):
            pytest.fail("a program has the archive open")
        assert str(refused.value) == (
            f"archive {database}: another program has it open - end it (a crawl, browse, Datasette, an editor) and "
            "run the same command again"
        )
    assert open_files() == before
    with only_user(database):
        pass


@pytest.mark.parametrize(
    ("byte", "is_sqlites"),
    [(0x40000000 - 1, False), (0x40000000, True), (0x40000000 + 511, True), (0x40000000 + 512, False)],
)
def test_an_archive_is_in_use_where_a_byte_is_locked_by_which_sqlite_locks(database, byte, is_sqlites):
    code = f"import fcntl; file = open(sys.argv[1], 'r+b'); fcntl.lockf(file, fcntl.LOCK_EX, 1, {byte})"
    with other_process(code, database):
        try:
            with only_user(database):
                assert not is_sqlites
        except UserError:
            assert is_sqlites


def test_an_archive_that_is_not_there_needs_no_lock_and_one_that_may_not_be_written_is_told(tmp_path):
    with only_user(tmp_path / "a.db"):
        assert not list(tmp_path.iterdir())
    with pytest.raises(UserError) as refused, only_user(tmp_path):
        pytest.fail("a folder is no archive")
    assert str(refused.value) == (f"archive {tmp_path}: Is a directory - check the owner and permissions of the file")


def test_who_comes_later_to_a_lock_file_waits_until_it_is_free(tmp_path):
    path, entered = tmp_path / "file.lock", threading.Event()

    def enter():
        with locked(path):
            entered.set()

    before, mask = open_files(), os.umask(0)
    later = threading.Thread(target=enter, daemon=True)
    try:
        with locked(path):
            later.start()
            assert not entered.wait(0.2)
    finally:
        os.umask(mask)
    assert entered.wait(AT_ONCE)
    later.join(AT_ONCE)
    assert path.stat().st_mode & 0o777 == 0o644
    assert open_files() == before


def test_what_fails_under_a_lock_file_lets_others_have_it(tmp_path):
    path = tmp_path / "file.lock"
    with pytest.raises(KeyError), locked(path):
        raise KeyError
    with locked(path), path.open() as other:
        assert not try_lock(other.fileno())
    with path.open() as other:
        assert try_lock(other.fileno())


def test_no_file_of_a_lock_is_handed_to_programs_that_are_started(database):
    def ours():
        return [file for file in Path("/proc/self/fd").iterdir() if file.exists() and file.readlink() in paths]

    paths = {database, database.with_name("file.lock")}
    with locked(database.with_name("file.lock")), only_user(database):
        assert len(ours()) == 2
        assert not any(os.get_inheritable(int(file.name)) for file in ours())
