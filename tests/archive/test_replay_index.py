"""The index for replay: right after every crash, change and loss, and cheap to keep so."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.archives import new_archive
from support.pages import AT, numbered_page, page
from support.running import run_on

from newsarchive.archive import Archive, replay_index
from newsarchive.errors import UserError
from newsarchive.warc.formats import read_pages

if TYPE_CHECKING:
    from pathlib import Path


def save(archive: Archive, *numbers: int) -> None:
    for number in numbers:
        archive.snapshots.save(numbered_page(number))


def lines(archive: Archive) -> list[bytes]:
    """Return the lines of all files, each of which is sorted."""
    found: list[bytes] = []
    for path in files(archive):
        own = path.read_bytes().splitlines()
        assert own == sorted(own)
        found += own
    return sorted(found)


def files(archive: Archive) -> list[Path]:
    return sorted(replay_index.index_folder(archive).iterdir())


def urls(archive: Archive) -> list[str]:
    return [json.loads(line.split(b" ", 2)[2])["url"] for line in lines(archive)]


def all_urls(archive: Archive) -> list[str]:
    rows = archive.connection.execute("SELECT url FROM snapshots WHERE url LIKE 'http%'")
    return sorted(url for (url,) in rows)


def test_a_line_says_where_the_record_lies(archive: Archive) -> None:
    first = page("http://press.example/a/1.html?b=2&a=1", "<p>江湾</p>", content_type="text/html; charset=utf-8")
    again = page(first.url, first.body, at=AT + timedelta(days=1), content_type="text/html")
    for one in (first, again, page("file:2026-03-05-a.md", "---", role="file")):
        archive.snapshots.save(one)
    assert replay_index.update(archive) == 2
    captured, revisited = (line.decode().split(" ", 2) for line in lines(archive))
    assert captured[:2] == ["example,press)/a/1.html?a=1&b=2", "20260305010000"]
    assert revisited[:2] == ["example,press)/a/1.html?a=1&b=2", "20260306010000"]
    values = json.loads(captured[2])
    assert (values["url"], values["mime"], values["status"]) == (first.url, "text/html", "200")
    assert json.loads(revisited[2])["mime"] == "warc/revisit"
    assert json.loads(revisited[2])["digest"] == values["digest"]
    warc = archive.path.parent / "warc" / values["filename"]
    (at,) = [one for one in read_pages(warc, 10_000) if one.offset == int(values["offset"])]
    assert at.headers["warc-payload-digest"] == values["digest"]
    packed = warc.read_bytes()[int(values["offset"]) :][: int(values["length"])]
    assert packed.startswith(b"\x1f\x8b")


def test_what_is_saved_later_is_added_and_few_files_stay(archive: Archive) -> None:
    for number in range(1, 41):
        save(archive, number)
        assert replay_index.update(archive) == 1
    assert urls(archive) == all_urls(archive)
    assert len(files(archive)) <= 3
    assert replay_index.update(archive) == 0


def test_it_is_brought_up_to_date_in_several_steps(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_index, "_CHUNK", 7)
    save(archive, *range(1, 31))
    assert replay_index.update(archive) == 30
    assert urls(archive) == all_urls(archive)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM snapshots WHERE id = 3",
        "DELETE FROM snapshots WHERE id = 10",
        "UPDATE snapshots SET warc_file = 'warc/other.warc.gz', warc_offset = 7 WHERE id = 5",
        "UPDATE snapshots SET id = 99 WHERE id = 5",
    ],
)
def test_pages_that_are_pruned_or_moved_are_right_after_the_next_update(archive: Archive, change: str) -> None:
    save(archive, *range(1, 11))
    replay_index.update(archive)
    before = lines(archive)
    archive.connection.execute(change)
    replay_index.update(archive)
    assert urls(archive) == all_urls(archive)
    assert lines(archive) != before or "id = 99" in change


def test_the_note_of_a_charset_changes_nothing(archive: Archive) -> None:
    save(archive, 1)
    replay_index.update(archive)
    archive.snapshots.note_charset(1, "gb18030")
    assert replay_index.update(archive) == 0


def test_files_that_are_lost_cut_or_left_behind_are_made_good(archive: Archive) -> None:
    save(archive, *range(1, 6))
    replay_index.update(archive)
    whole = lines(archive)
    (path,) = files(archive)
    for damage in (path.unlink, lambda: path.write_bytes(path.read_bytes()[:-5])):
        damage()
        assert replay_index.update(archive) == 5
        assert lines(archive) == whole
    (path.parent / ".000.cdxj.partial").write_bytes(b"x")
    (path.parent / "000000000001-000000000099.cdxj").write_bytes(b"x y {}\n")
    assert replay_index.update(archive) == 0
    assert files(archive) == [path]


def test_an_update_that_is_killed_at_any_step_leaves_nothing_wrong(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in ("_set_rows", "_write_run", "_merge", "_merge_two", "_ids", "_remove_others"):
        save(archive, len(all_urls(archive)) + 1)
        with monkeypatch.context() as patched:

            def die(*_: object) -> None:
                raise KeyboardInterrupt

            patched.setattr(replay_index, step, die)
            with pytest.raises(KeyboardInterrupt):
                replay_index.update(archive)
        replay_index.update(archive)
        assert urls(archive) == all_urls(archive)


def test_a_page_that_is_changed_while_the_index_is_written_is_seen(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(archive, 1, 2, 3)
    write = replay_index._write_run

    def write_and_prune(*arguments: object) -> object:
        run = write(*arguments)  # type: ignore[arg-type]
        with sqlite3.connect(archive.path) as other:
            other.execute("DELETE FROM snapshots WHERE id = 2")
        other.close()
        monkeypatch.setattr(replay_index, "_write_run", write)
        return run

    monkeypatch.setattr(replay_index, "_write_run", write_and_prune)
    assert replay_index.update(archive) == 2
    assert urls(archive) == all_urls(archive)
    assert len(urls(archive)) == 2


def test_two_processes_update_it_one_after_the_other(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    save(archive, 1)
    monkeypatch.setattr(replay_index, "_PATIENCE", 0.1)
    with (
        replay_index._alone(replay_index.index_folder(archive)),
        pytest.raises(UserError, match="another process writes it"),
    ):
        replay_index.update(archive)


def test_the_command_updates_and_rebuilds_and_tells_of_an_archive_that_is_not_there(archive: Archive) -> None:
    save(archive, 1, 2)
    assert run_on(archive.path, "replay-index").out.startswith("2 pages indexed in ")
    assert run_on(archive.path, "replay-index").out.startswith("0 pages indexed")
    assert run_on(archive.path, "replay-index", "--rebuild").out.startswith("2 pages indexed")
    ran = run_on(archive.path.with_name("none.db"), "replay-index")
    assert ran.status == 2
    assert "there is no such file" in ran.err
    assert not archive.path.with_name("none.db").exists()


@pytest.mark.parametrize("removed", ["TRIGGER replay_runs_delete", "TRIGGER replay_runs_update", "TABLE replay_runs"])
def test_what_another_program_did_without_the_triggers_is_made_good(archive: Archive, removed: str) -> None:
    save(archive, 1, 2, 3)
    replay_index.update(archive)
    with closing(sqlite3.connect(archive.path)) as other, other:
        for what in ("TRIGGER replay_runs_delete", "TRIGGER replay_runs_update", removed):
            other.execute(f"DROP {what.replace(' ', ' IF EXISTS ')}")
        other.execute("DELETE FROM snapshots WHERE id = 2")
    with Archive.open(archive.path) as opened:
        replay_index.update(opened)
        assert urls(opened) == all_urls(opened)
        assert len(urls(opened)) == 2


def test_a_page_that_is_lost_is_not_offered(archive: Archive) -> None:
    save(archive, 1, 2)
    replay_index.update(archive)
    archive.snapshots.lose(1, AT)
    replay_index.update(archive)
    assert urls(archive) == ["http://demo/x/2.html"]


def test_the_index_lies_beside_the_files_also_of_an_archive_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    new_archive(tmp_path / "disk" / "real.db").close()
    (tmp_path / "archive.db").symlink_to(tmp_path / "disk" / "real.db")
    with Archive.open(tmp_path / "archive.db") as archive:
        save(archive, 1)
        assert replay_index.update(archive) == 1
        (line,) = lines(archive)
        warc = replay_index.index_folder(archive).parents[1] / json.loads(line.split(b" ", 2)[2])["filename"]
    assert warc.is_file()
    assert warc.is_relative_to(tmp_path / "disk" / "warc")
