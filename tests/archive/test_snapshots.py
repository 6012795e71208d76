"""Snapshots: pages come back as they were, and what kills, full disks and strangers do loses nothing."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.pages import AT, numbered_page
from warcio.archiveiterator import ArchiveIterator

from newsarchive.archive import Archive
from newsarchive.errors import UserError
from newsarchive.warc.record import SnapshotDamagedError, payload_digest

if TYPE_CHECKING:
    from newsarchive.models import Page

DAY = "warc/2026/03/20260305-demo.warc.gz"


def load(archive: Archive, snapshot_id: int) -> Page:
    return archive.snapshots.load(snapshot_id, role="post", site="demo")


def records(path: Path) -> list[tuple[str, str]]:
    """Read a file with warcio, which verifies it; return types and addresses."""
    with path.open("rb") as file:
        found = []
        for record in ArchiveIterator(file, check_digests="raise"):
            record.content_stream().read()
            found.append((record.rec_type, record.rec_headers.get_header("WARC-Target-URI")))
        return found


def rows(archive: Archive, columns: str) -> list[tuple[object, ...]]:
    return archive.connection.execute(f"SELECT {columns} FROM snapshots ORDER BY id").fetchall()


def test_a_page_comes_back_as_it_was(archive: Archive) -> None:
    kept = numbered_page(status=203, body=b"\xff\x00\r\n\r\n<p>", headers={"content-encoding": "gzip", "x": "中文"})
    kept.snapshot_id = archive.snapshots.save(kept)
    assert load(archive, kept.snapshot_id) == kept
    with pytest.raises(KeyError):
        load(archive, 99)


def test_keeping_the_same_page_again_writes_nothing(archive: Archive, tmp_path: Path) -> None:
    first = archive.snapshots.save(numbered_page())
    size = (tmp_path / DAY).stat().st_size
    assert archive.snapshots.save(numbered_page()) == first
    assert (tmp_path / DAY).stat().st_size == size


def test_two_answers_of_one_second_are_both_kept(archive: Archive) -> None:
    one, other = (
        archive.snapshots.save(numbered_page(body=b"one")),
        archive.snapshots.save(numbered_page(body=b"other")),
    )
    assert (load(archive, one).body, load(archive, other).body) == (b"one", b"other")


def test_a_known_body_is_kept_once_and_comes_back_with_the_headers_of_each_fetch(
    archive: Archive, tmp_path: Path
) -> None:
    again = replace(numbered_page(), fetched_at=AT + timedelta(minutes=5), headers={"etag": '"later"'})
    first, second = archive.snapshots.save(numbered_page()), archive.snapshots.save(again)
    elsewhere = archive.snapshots.save(numbered_page(3, body=numbered_page().body))
    assert load(archive, second) == replace(again, snapshot_id=second)
    assert load(archive, elsewhere).body == numbered_page().body
    assert [kind for kind, _ in records(tmp_path / DAY)] == ["warcinfo", "response", "revisit", "revisit"]
    assert rows(archive, "payload_id") == [(None,), (first,), (first,)]


def test_empty_bodies_are_not_taken_for_one_another(archive: Archive, tmp_path: Path) -> None:
    ids = [archive.snapshots.save(numbered_page(number, body=b"")) for number in (1, 2)]
    assert [load(archive, one).body for one in ids] == [b"", b""]
    assert [kind for kind, _ in records(tmp_path / DAY)] == ["warcinfo", "response", "response"]


def test_each_utc_day_and_each_site_has_its_file(archive: Archive, tmp_path: Path) -> None:
    china = timezone(timedelta(hours=8))
    archive.snapshots.save(numbered_page(1, at=datetime(2026, 3, 6, 7, 59, tzinfo=china)))
    archive.snapshots.save(numbered_page(2, at=datetime(2026, 3, 6, 8, 1, tzinfo=china)))
    archive.snapshots.save(numbered_page(3, site="../A b/中"))
    names = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.warc.gz"))
    assert names == [
        "warc/2026/03/20260305-a-b.warc.gz",
        DAY,
        "warc/2026/03/20260306-demo.warc.gz",
    ]
    assert all(records(tmp_path / name)[0][0] == "warcinfo" for name in names)
    assert {name for (name,) in rows(archive, "warc_file")} == set(names)


def test_a_crawl_may_name_its_files_itself_so_that_each_has_one_writer(archive: Archive, tmp_path: Path) -> None:
    archive.snapshots.label = "demo"
    archive.snapshots.save(numbered_page(1))
    archive.snapshots.save(numbered_page(2, site="origin"))
    assert [path.name for path in tmp_path.rglob("*.warc.gz")] == ["20260305-demo.warc.gz"]


def test_more_days_than_files_may_be_open_at_once_are_still_all_written(archive: Archive, tmp_path: Path) -> None:
    ids = [archive.snapshots.save(numbered_page(n, at=AT + timedelta(days=n % 20))) for n in range(60)]
    assert len(list(tmp_path.rglob("*.warc.gz"))) == 20
    assert [load(archive, one).body for one in ids] == [numbered_page(n).body for n in range(60)]


def test_rows_say_where_each_record_lies(archive: Archive, tmp_path: Path) -> None:
    for number in range(5):
        archive.snapshots.save(numbered_page(number, body=numbered_page(number % 3).body))
    archive.snapshots.close()
    with (tmp_path / DAY).open("rb") as file:
        iterator = ArchiveIterator(file)
        places = [(iterator.get_record_offset(), iterator.get_record_length()) for _ in iterator]
    assert rows(archive, "warc_offset, warc_length") == places[1:]
    assert sum(places[-1]) == (tmp_path / DAY).stat().st_size


def test_warcio_finds_no_fault_in_the_file(archive: Archive, tmp_path: Path) -> None:
    for number in range(20):
        archive.snapshots.save(numbered_page(number, body=numbered_page(number % 7).body * 2000))
    archive.snapshots.save(numbered_page(30, role="file", url="file:a.md", headers={}))
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", str(tmp_path / DAY)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("digest pass") == 9
    index = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "index", "-f", "offset,warc-type,warc-target-uri", str(tmp_path / DAY)],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [json.loads(line) for line in index.stdout.splitlines()]
    assert [line["warc-type"] for line in lines].count("revisit") == 13


def test_a_body_is_found_by_its_digest(archive: Archive) -> None:
    archive.snapshots.save(numbered_page(1))
    assert archive.snapshots.body_of(payload_digest(numbered_page(1).body)) == numbered_page(1).body
    assert archive.snapshots.body_of(payload_digest(b"unknown")) is None


def test_the_charset_of_a_page_can_be_noted(archive: Archive) -> None:
    archive.snapshots.note_charset(archive.snapshots.save(numbered_page()), "gb18030")
    assert rows(archive, "charset") == [("gb18030",)]


# What goes wrong


def test_a_flipped_byte_is_told_with_file_and_place(archive: Archive, tmp_path: Path) -> None:
    ids = [archive.snapshots.save(numbered_page(number)) for number in range(3)]
    (_, (offset, length), _) = rows(archive, "warc_offset, warc_length")
    data = bytearray((tmp_path / DAY).read_bytes())
    data[offset + length // 2] ^= 1
    (tmp_path / DAY).write_bytes(data)
    assert load(archive, ids[0]).body == numbered_page(0).body
    with pytest.raises(SnapshotDamagedError, match=rf"snapshot {ids[1]}: .*{re.escape(DAY)}, byte {offset}"):
        load(archive, ids[1])
    assert load(archive, ids[2]).body == numbered_page(2).body


def test_a_missing_or_shorter_file_is_told(archive: Archive, tmp_path: Path) -> None:
    first = archive.snapshots.save(numbered_page())
    os.truncate(tmp_path / DAY, 400)
    with pytest.raises(SnapshotDamagedError, match="ends before byte"):
        load(archive, first)
    (tmp_path / DAY).unlink()
    with pytest.raises(SnapshotDamagedError, match="No such file"):
        load(archive, first)


@pytest.mark.parametrize("rest", [b"\x1f\x8b\x08\x00 half a record", b"", b"0" * 100_000])
def test_what_a_killed_run_left_behind_the_last_known_record_is_cut_off(tmp_path: Path, rest: bytes) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        first = archive.snapshots.save(numbered_page(1))
    with (tmp_path / DAY).open("ab") as file:
        file.write(rest)
    with Archive.open(tmp_path / "archive.db") as archive:
        second = archive.snapshots.save(numbered_page(2))
        assert [load(archive, one).body for one in (first, second)] == [numbered_page(1).body, numbered_page(2).body]
    assert [kind for kind, _ in records(tmp_path / DAY)] == ["warcinfo", "response", "response"]


def test_what_a_killed_run_left_is_cut_off_on_a_later_day_too(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.snapshots.save(numbered_page(1))
    with (tmp_path / DAY).open("ab") as file:
        file.write(b"half a record")
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.snapshots.save(numbered_page(2, at=AT + timedelta(days=40)))
    assert [kind for kind, _ in records(tmp_path / DAY)] == ["warcinfo", "response"]


def test_records_of_a_transaction_that_was_never_committed_are_cut_off(tmp_path: Path) -> None:
    code = (
        "import os, sys; from support.pages import numbered_page; from newsarchive.archive import Archive\n"
        "archive = Archive.open(sys.argv[1]); archive.snapshots.save(numbered_page(1))\n"
        "archive.connection.execute('BEGIN')\n"
        "for n in range(2, 9): archive.snapshots.save(numbered_page(n))\n"
        "os._exit(9)"
    )
    run(code, tmp_path)
    assert len(records(tmp_path / DAY)) == 9
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.snapshots.save(numbered_page(20))
    assert [url for _, url in records(tmp_path / DAY)] == [None, numbered_page(1).url, numbered_page(20).url]


def test_a_run_that_was_killed_before_its_first_commit_leaves_no_file_behind(tmp_path: Path) -> None:
    code = (
        "import os, sys; from support.pages import numbered_page; from newsarchive.archive import Archive\n"
        "archive = Archive.open(sys.argv[1]); archive.connection.execute('BEGIN')\n"
        "archive.snapshots.save(numbered_page(1)); os._exit(9)"
    )
    run(code, tmp_path)
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.snapshots.save(numbered_page(2))
    assert [path.name for path in tmp_path.rglob("*.warc.gz")] == [Path(DAY).name]
    assert [url for _, url in records(tmp_path / DAY)] == [None, numbered_page(2).url]


def test_a_file_that_lost_records_is_left_as_it_is_and_the_day_goes_on_in_another(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        ids = [archive.snapshots.save(numbered_page(number)) for number in range(3)]
    size = (tmp_path / DAY).stat().st_size
    os.truncate(tmp_path / DAY, size - 10)
    with Archive.open(tmp_path / "archive.db") as archive:
        later = archive.snapshots.save(numbered_page(9))
        assert rows(archive, "warc_file")[-1] == (DAY.replace("demo", "demo-2"),)
        assert load(archive, later).body == numbered_page(9).body
        assert load(archive, ids[1]).body == numbered_page(1).body
    assert (tmp_path / DAY).stat().st_size == size - 10


@pytest.mark.parametrize("how", ["another archive", "a copy of the archive", "no archive of ours"])
def test_the_files_of_others_are_never_cut(tmp_path: Path, how: str) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        kept = archive.snapshots.save(numbered_page(1))
    other = tmp_path / "other.db"
    if how == "a copy of the archive":
        shutil.copy(tmp_path / "archive.db", other)
        with Archive.open(tmp_path / "archive.db") as archive:
            archive.snapshots.save(numbered_page(2))
    if how == "no archive of ours":
        (tmp_path / DAY).write_bytes(b"somebody's notes")
    before = (tmp_path / DAY).read_bytes()
    with Archive.open(other) as archive:
        mine = archive.snapshots.save(numbered_page(3))
        assert load(archive, mine).body == numbered_page(3).body
    assert (tmp_path / DAY).read_bytes() == before
    assert (tmp_path / DAY.replace("demo", "demo-2")).exists()
    if how != "no archive of ours":
        with Archive.open(tmp_path / "archive.db") as archive:
            assert load(archive, kept).body == numbered_page(1).body


def test_a_second_writer_of_the_same_file_is_refused(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as first, Archive.open(tmp_path / "archive.db") as second:
        kept = first.snapshots.save(numbered_page(1))
        with pytest.raises(UserError, match=r"20260305-demo.*another crawl is writing to it"):
            second.snapshots.save(numbered_page(2))
        assert load(second, kept).body == numbered_page(1).body
        first.snapshots.close()
        second.snapshots.save(numbered_page(2))
        assert [load(first, n).body for (n,) in rows(second, "id")] == [numbered_page(1).body, numbered_page(2).body]
    assert len(records(tmp_path / DAY)) == 3


def test_an_archive_that_was_never_closed_does_not_keep_others_from_writing(tmp_path: Path) -> None:
    forgotten = Archive.open(tmp_path / "archive.db")
    forgotten.snapshots.save(numbered_page(1))
    del forgotten
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.snapshots.save(numbered_page(2))
        assert [load(archive, n).body for (n,) in rows(archive, "id")] == [numbered_page(1).body, numbered_page(2).body]


def test_a_disk_that_fills_up_in_mid_record_is_told_and_costs_nothing_that_was_kept(tmp_path: Path) -> None:
    code = """
import os, resource, sys
from support.pages import numbered_page
from newsarchive.archive import Archive
from newsarchive.errors import UserError
archive = Archive.open(sys.argv[1])
for n in range(3):
    archive.snapshots.save(numbered_page(n))
size = os.stat(sys.argv[2]).st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 700, -1))
try:
    archive.snapshots.save(numbered_page(5, body=os.urandom(5000)))
except UserError as error:
    print(error)
assert os.stat(sys.argv[2]).st_size == size
resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))
archive.snapshots.save(numbered_page(6))
"""
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.snapshots.save(numbered_page(99))
        # As large as it gets, so that the limit only meets the WARC file.
        archive.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    done = run(code, tmp_path, str(tmp_path / DAY))
    assert "cannot be written: File too large - make room" in done.stdout
    with Archive.open(tmp_path / "archive.db") as archive:
        assert [load(archive, int(str(n))).body for (n,) in rows(archive, "id")] == [
            numbered_page(n).body for n in (99, 0, 1, 2, 6)
        ]
    assert len(records(tmp_path / DAY)) == 6


def test_when_the_row_cannot_be_written_the_record_is_taken_back(archive: Archive, tmp_path: Path) -> None:
    archive.snapshots.save(numbered_page(1))
    size = (tmp_path / DAY).stat().st_size
    archive.connection.execute("PRAGMA query_only = ON")
    with pytest.raises(Exception, match="readonly"):
        archive.snapshots.save(numbered_page(2))
    assert (tmp_path / DAY).stat().st_size == size
    archive.connection.execute("PRAGMA query_only = OFF")
    archive.snapshots.save(numbered_page(3))
    assert [url for _, url in records(tmp_path / DAY)] == [None, numbered_page(1).url, numbered_page(3).url]


def test_a_folder_that_cannot_be_made_is_told(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "warc").write_text("in the way")
    with pytest.raises(UserError, match=r"20260305-demo.*cannot be written"):
        archive.snapshots.save(numbered_page())
    assert rows(archive, "id") == []


def test_a_kill_at_any_moment_loses_no_page_that_has_a_row(tmp_path: Path) -> None:
    code = """
import os, sys
from support.pages import numbered_page
from newsarchive.archive import Archive
archive = Archive.open(sys.argv[1])
n = int(sys.argv[2])
while True:
    archive.snapshots.save(numbered_page(n, body=numbered_page(n).body + (b"" if n % 5 else os.urandom(60_000))))
    os.write(1, b"%d\\n" % n)
    n += 1
"""
    dice = random.Random(20260305)
    acknowledged: set[int] = set()
    for round_ in range(6):
        process = start(code, tmp_path, str(1000 * round_))
        assert process.stdout is not None
        # At a moment that is told by what it has done, so that a slow machine gets as far as a fast one.
        acknowledged |= {int(process.stdout.readline()) for _ in range(dice.randrange(4, 60))}
        time.sleep(dice.uniform(0, 0.005))
        process.send_signal(signal.SIGKILL)
        acknowledged |= {int(line) for line in process.stdout.read().splitlines()}
        process.wait()
        process.stdout.close()
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.snapshots.save(numbered_page(10_000))
        kept = {str(url): load(archive, int(str(n))).body for n, url in rows(archive, "id, url")}
    assert len(acknowledged) > 20
    assert {numbered_page(n).url for n in acknowledged} <= set(kept)
    assert all(kept[numbered_page(n).url].startswith(numbered_page(n).body) for n in acknowledged)
    assert [url for _, url in records(tmp_path / DAY)][1:] == list(kept)


def start(code: str, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Run code in a process of its own, in which pages can be made as they are here."""
    tests = Path(__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tests.parent), str(tests)])}
    command = [sys.executable, "-c", code, str(folder / "archive.db"), *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def run(code: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code to its end and give what it printed."""
    process = start(code, folder, *arguments)
    out, _ = process.communicate(timeout=300)
    assert process.returncode in (0, 9), out
    return subprocess.CompletedProcess(process.args, process.returncode, out)
