"""Raw pages are on the disk before the rows that name them are committed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.pages import AT, numbered_page

from newsarchive.errors import UserError

if TYPE_CHECKING:
    from newsarchive.archive import Archive

DAY = "warc/2026/03/20260305-demo.warc.gz"


@pytest.fixture
def events(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is synced and what SQLite is told, in the order in which it happens."""
    events: list[str] = []
    fdatasync, fsync = os.fdatasync, os.fsync

    def note(descriptor: int) -> None:
        events.append("sync " + Path(f"/proc/self/fd/{descriptor}").readlink().name)

    monkeypatch.setattr(os, "fdatasync", lambda descriptor: (note(descriptor), fdatasync(descriptor)))
    monkeypatch.setattr(os, "fsync", lambda descriptor: (note(descriptor), fsync(descriptor)))
    archive.connection.set_trace_callback(lambda sql: events.append(sql.split()[0]))
    return events


def test_a_batch_of_pages_is_synced_once_with_the_folders_that_were_made_and_then_committed(
    archive: Archive, events: list[str]
) -> None:
    with archive.transaction():
        for number in range(3):
            with archive.transaction():
                archive.snapshots.save(numbered_page(number))
    synced = [event for event in events if event.startswith("sync")]
    assert sorted(synced[:3]) == sorted(["sync warc", "sync 2026", synced[2]])  # the archive's own folder is the third
    assert synced[3:] == ["sync 20260305-demo.warc.gz", "sync 03"]
    assert events.index("COMMIT") > events.index(synced[-1])


def test_a_transaction_without_a_page_waits_for_no_disk(archive: Archive, events: list[str]) -> None:
    with archive.transaction():
        archive.snapshots.save(numbered_page(1))
    events.clear()
    with archive.transaction():
        archive.problems.add(None, url="http://demo/", site=None, stage="fetch", reason="gone", now=AT)
    assert [event for event in events if event.startswith("sync")] == []


def test_a_page_that_is_saved_alone_is_synced_before_its_row(archive: Archive, events: list[str]) -> None:
    archive.snapshots.save(numbered_page(1))
    assert events.index("sync 20260305-demo.warc.gz") < events.index("INSERT")


def test_a_file_that_was_removed_under_the_crawl_is_told_and_its_rows_are_not_committed(
    archive: Archive, tmp_path: Path
) -> None:
    archive.snapshots.save(numbered_page(1))

    def save_and_lose() -> None:
        with archive.transaction():
            archive.snapshots.save(numbered_page(2))
            (tmp_path / DAY).unlink()

    with pytest.raises(UserError, match="was removed or replaced while it was written to"):
        save_and_lose()
    assert archive.connection.execute("SELECT count(*) FROM snapshots").fetchone() == (1,)


def test_a_body_whose_record_is_damaged_is_saved_whole_again_and_served_from_there(
    archive: Archive, tmp_path: Path
) -> None:
    first = archive.snapshots.save(numbered_page(1, body=b"<p>same</p>" * 9))
    with (tmp_path / DAY).open("r+b") as file:
        file.seek(-12, os.SEEK_END)
        file.write(b"\0" * 4)
    second = archive.snapshots.save(numbered_page(2, body=b"<p>same</p>" * 9))
    third = archive.snapshots.save(numbered_page(3, body=b"<p>same</p>" * 9))
    rows = archive.connection.execute("SELECT id, payload_id FROM snapshots ORDER BY id").fetchall()
    assert rows == [(first, None), (second, None), (third, second)]
    assert archive.snapshots.load(third, role="post", site="demo").body == b"<p>same</p>" * 9
