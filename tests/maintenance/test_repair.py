"""Repairing an archive: what is made of other things is made again, what is lost is told and fetched again."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.archives import crawled
from support.pages import AT, page

from newsarchive.archive import Archive, replay_index
from newsarchive.errors import ArchiveDamagedError, UserError
from newsarchive.extract import process
from newsarchive.locks import CrawlLock
from newsarchive.maintenance.check import check
from newsarchive.maintenance.repair import repair
from newsarchive.search import register_functions

if TYPE_CHECKING:
    from pathlib import Path

    from newsarchive.maintenance.mending import Repair

DAY = "warc/2026/03/20260305-demo.warc.gz"
NOW = AT + timedelta(days=1)
HOLDS = (
    "SELECT url, title, body, content_hash, revision, first_seen_at, last_seen_at FROM articles ORDER BY 1",
    "SELECT url, role, first_seen_at, content_hash FROM copies ORDER BY 1",
    "SELECT content_hash, body FROM texts ORDER BY 1",
    "SELECT title, fields, extractor, checksum FROM readings ORDER BY 1, 2",
    "SELECT url, fetched_at, http_status, headers FROM snapshots ORDER BY 1",
)


@pytest.fixture
def path(archive: Archive, tmp_path: Path) -> Path:
    for number in range(12):
        text = f"今天上午，江湾港第{number}号泊位迎来了新船，市民在岸边等候了{number + 2}个小时。"
        body = f"<html><head><title>第{number}号泊位迎来新船</title></head><body><h1>第{number}号泊位迎来新船</h1>" + (
            f"<p>2026-03-05 08:{number:02}:00</p><article><p>{text}</p><p>{text[::-1]}</p></article></body></html>"
        )
        headers = {"content-length": str(len(body.encode())), "content-type": "text/html; charset=utf-8"}
        at = AT + timedelta(seconds=number)
        where = page(f"http://demo/post/{number}.html", body, role="original", at=at, headers=headers)
        crawled(archive, process(where))
    archive.close()
    return tmp_path / "archive.db"


def held(path: Path) -> list[list[tuple[object, ...]]]:
    with Archive.open(path, readonly=True) as archive:
        return [archive.connection.execute(query).fetchall() for query in HOLDS]


def change(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA writable_schema = ON")
    register_functions(connection)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def repaired(path: Path) -> Repair:
    """Repair an archive in which check finds damage, and see that it finds none afterwards."""
    with contextlib.suppress(ArchiveDamagedError), Archive.open(path, readonly=True) as archive:
        assert check(archive, NOW, deep=True).is_damaged
    done = repair(path, NOW)
    with Archive.open(path, readonly=True) as archive:
        report = check(archive, NOW, deep=True)
    assert not report.is_damaged, report.findings
    return done


def test_a_sound_archive_stays_as_it_is(path: Path) -> None:
    before = held(path)
    done = repair(path, NOW)
    assert (dict(done.mended), done.lost, done.kept) == ({}, [], None)
    assert held(path) == before


@pytest.mark.parametrize(
    "statements",
    [
        ["DELETE FROM search_index_data WHERE id > 10"],
        ["UPDATE search_folding SET folding = x'00'"],
        ["DROP TRIGGER search_update", "UPDATE articles SET title = 'x' WHERE id = 3"],
        ["DELETE FROM story_articles WHERE article_id = 2"],
        ["UPDATE articles SET body = '坏', title = NULL WHERE id = 2"],
        ["DELETE FROM paragraphs WHERE article_id = 3"],
        ["UPDATE texts SET body = '坏' WHERE id = 4"],
        ["UPDATE texts SET content_hash = 'x' WHERE id = 4"],
        ["UPDATE texts SET body = '坏' WHERE id = 5", "UPDATE articles SET body = '坏' WHERE id = 5"],
        ["UPDATE readings SET title = '坏' WHERE id = 6"],
        ["UPDATE readings SET fields = '{' WHERE id = 6"],
        ["UPDATE readings SET fields = replace(fields, ':', ';') WHERE id = 6"],
        ["UPDATE readings SET extractor = 'x' WHERE id = 6"],
        ["UPDATE readings SET text_id = 5 WHERE id = 6"],
        ["UPDATE readings SET checksum = '0' WHERE id = 6"],
        ["UPDATE copies SET content_hash = 'x' WHERE id = 7"],
        ["UPDATE snapshots SET headers = replace(headers, 'type', 'tipe') WHERE id = 4"],
        ["UPDATE snapshots SET headers = rtrim(headers, '}') WHERE id = 4"],
        ["UPDATE snapshots SET http_status = 201, url = url || 'x' WHERE id = 4"],
        ["UPDATE snapshots SET fetched_at = '2026-03-05T0?:02:03Z' WHERE id = 4"],
        ["DELETE FROM copies WHERE id = 8"],
        ["DELETE FROM readings WHERE id = 8", "DELETE FROM texts WHERE id = 8"],
        ["DELETE FROM copies WHERE id = 9", "DELETE FROM readings WHERE id = 9", "DELETE FROM articles WHERE id = 9"],
        ["UPDATE sqlite_master SET sql = replace(sql, 'url', 'u rl') WHERE name = 'idx_copies_url'"],
    ],
)
def test_what_is_still_to_be_had_somewhere_is_mended(path: Path, statements: list[str]) -> None:
    before = held(path)
    change(path, *statements)
    done = repaired(path)
    assert held(path) == before
    assert done.mended


def test_a_text_that_nothing_holds_any_more_is_told_as_lost(path: Path) -> None:
    change(path, "UPDATE texts SET body = '坏' WHERE id = 5", "UPDATE articles SET body = '坏' WHERE id = 5")
    (path.parent / DAY).unlink()
    done = repair(path, NOW)
    assert any(line.startswith("text 5 as it was stored: http://demo/post/4.html") for line in done.lost)


def test_a_flipped_bit_of_what_a_copy_said_is_corrected_without_its_raw_page(path: Path) -> None:
    before = held(path)
    change(
        path,
        "UPDATE readings SET fields = replace(fields, 'lang', 'lanw') WHERE id = 6",
        "UPDATE readings SET snapshot_id = NULL WHERE id = 6",
    )
    assert held(path) != before
    assert "reading of a copy" in repaired(path).mended
    assert held(path) == before


def damaged_page(path: Path, table: str) -> None:
    """Overwrite the last page of a table, and the last but one where it has so many."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xa5" * 4096)


@pytest.mark.parametrize(
    "table", ["articles", "copies", "readings", "paragraphs", "runs", "search_index_idx", "stories"]
)
def test_an_unreadable_table_is_made_anew_from_the_others_and_the_damaged_file_is_kept(path: Path, table: str) -> None:
    before = held(path)
    damaged_page(path, table)
    done = repaired(path)
    after = held(path)
    assert [row[:4] for row in after[0]] == [row[:4] for row in before[0]]
    assert after[2] == before[2]
    assert done.kept
    assert (done.kept / "archive.db").stat().st_size > 100_000


def test_what_the_replay_index_said_of_lost_rows_is_not_said_of_the_pages_that_come_after_them(path: Path) -> None:
    with Archive.open(path) as archive:
        assert replay_index.update(archive) == 12
    damaged_page(path, "snapshots")
    repair(path, NOW)
    with Archive.open(path) as archive:
        assert archive.connection.execute("SELECT * FROM replay_runs").fetchall() == []
        assert archive.connection.execute("SELECT count(*) FROM snapshots").fetchone() == (0,)
        assert archive.snapshots.save(page("http://demo/post/20.html", "<p>x</p>", at=NOW)) <= 12
        assert replay_index.update(archive) == 1


def test_a_damaged_header_is_mended(path: Path) -> None:
    before = held(path)
    with path.open("r+b") as file:
        file.write(b"SQLitE")
    with pytest.raises(UserError, match="not a database"):
        Archive.open(path)
    repair(path, NOW)
    assert held(path) == before


@pytest.mark.parametrize(("table", "column"), [("copies", "url"), ("texts", "content_hash"), ("snapshots", "digest")])
@pytest.mark.parametrize("in_index", [False, True])
def test_where_a_table_and_its_index_disagree_the_right_one_is_kept(
    path: Path, table: str, column: str, in_index: bool
) -> None:
    before = held(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (value,) = connection.execute(f"SELECT {column} FROM {table} WHERE id = 3").fetchone()
    connection.close()
    data = bytearray(path.read_bytes())
    places = [at for at in range(len(data)) if data.startswith(value.encode(), at)]
    roots = {place: owner(path, place // 4096 + 1) for place in places}
    wanted = [place for place, name in roots.items() if (name == table) != in_index and name.startswith((table, "idx"))]
    wanted = [place for place in wanted if roots[place] == table or table in roots[place]]
    data[wanted[0] + len(value) - 1] ^= 1
    path.write_bytes(data)
    done = repaired(path)
    assert held(path) == before, done


def owner(path: Path, number: int) -> str:
    """Return the table or index whose page has a number."""
    connection = sqlite3.connect(path)
    try:
        roots = dict(connection.execute("SELECT rootpage, name FROM sqlite_master WHERE rootpage > 0"))
    finally:
        connection.close()
    return str(roots.get(number, ""))


# Raw pages


def states(path: Path) -> set[str]:
    with Archive.open(path, readonly=True) as archive:
        return {state for (state,) in archive.connection.execute("SELECT state FROM frontier")}


def test_lost_raw_pages_are_told_and_their_urls_are_pending_again(path: Path) -> None:
    os.truncate(path.parent / DAY, 0)
    done = repaired(path)
    assert done.lost == [f"raw page of http://demo/post/{number}.html" for number in range(12)]
    assert states(path) == {"pending"}
    assert held(path)[0]


def test_a_page_that_comes_again_is_kept_whole_and_earlier_ones_of_its_body_are_readable_again(path: Path) -> None:
    os.truncate(path.parent / DAY, 0)
    repair(path, NOW)
    with Archive.open(path) as archive:
        (body,) = archive.connection.execute("SELECT id FROM snapshots WHERE url LIKE '%/3.html'").fetchone()
        again = page("http://demo/post/3.html", "", role="original", at=NOW)
        archive.connection.execute("SELECT 1")
        lost = archive.connection.execute("SELECT digest, length FROM snapshots WHERE id = ?", (body,)).fetchone()
        again.body = next(
            candidate for candidate in _bodies() if len(candidate) == lost[1] and "第3号" in candidate.decode()
        )
        new = archive.snapshots.save(again)
        assert archive.snapshots.load(new, role="original", site="demo").body == again.body
        assert archive.snapshots.load(body, role="original", site="demo").body == again.body
        assert archive.connection.execute("SELECT payload_id FROM snapshots WHERE id = ?", (body,)).fetchone() == (new,)


def _bodies() -> list[bytes]:
    bodies = []
    for number in range(12):
        text = f"今天上午，江湾港第{number}号泊位迎来了新船，市民在岸边等候了{number + 2}个小时。"
        bodies.append(
            (
                f"<html><head><title>第{number}号泊位迎来新船</title></head><body><h1>第{number}号泊位迎来新船</h1>"
                f"<p>2026-03-05 08:{number:02}:00</p><article><p>{text}</p><p>{text[::-1]}</p></article></body></html>"
            ).encode()
        )
    return bodies


# Clocks


def test_what_a_clock_that_was_ahead_wrote_is_set_back_by_what_the_servers_said(path: Path) -> None:
    late = AT + timedelta(days=400)
    with Archive.open(path) as archive:
        body = page(
            "http://demo/post/90.html",
            _bodies()[1].replace("第1号".encode(), "第90号".encode()).decode(),
            role="original",
            at=late,
            headers={"date": f"{AT:%a, %d %b %Y %H:%M:%S GMT}"},
        )
        crawled(archive, process(body))
    done = repaired(path)
    assert done.mended["time of the future"] > 0
    with Archive.open(path, readonly=True) as archive:
        seen = archive.connection.execute("SELECT first_seen_at, last_seen_at FROM copies WHERE url LIKE '%/90.html'")
        assert {at[:16] for at in seen.fetchone()} == {AT.isoformat()[:16]}


def test_a_machine_whose_clock_is_behind_sets_nothing_back(path: Path) -> None:
    with Archive.open(path) as archive:
        body = page("http://demo/post/91.html", "<p>x</p>", at=AT, headers={"date": f"{AT:%a, %d %b %Y %H:%M:%S GMT}"})
        archive.snapshots.save(body)
    before = held(path)
    with pytest.raises(UserError, match="set the clock"):
        repair(path, AT - timedelta(days=9000))
    assert held(path) == before


def test_a_crawl_that_is_going_on_is_not_disturbed(path: Path) -> None:
    lock = CrawlLock(path, "demo")
    try:
        with pytest.raises(UserError, match="is being crawled"):
            repair(path, NOW)
    finally:
        lock.release()


@pytest.mark.parametrize(
    ("statement", "query", "right"),
    [
        ("UPDATE frontier SET found_at = replace(found_at, '2026-03-0', '2026-03-p')", "found_at", "2026-03-"),
        ("UPDATE frontier SET role = 'orkginal'", "role", "original"),
        ("UPDATE frontier SET state = 'dmne'", "state", "done"),
        ("UPDATE frontier SET hints = replace(hints, '\"title\"', '2title\"')", "hints", '{"title"'),
    ],
    ids=["time", "role", "state", "hints"],
)
def test_a_flipped_bit_of_a_value_without_a_witness_is_found_and_corrected_by_its_form(
    path: Path, statement: str, query: str, right: str
) -> None:
    change(path, """UPDATE frontier SET hints = '{"title": "第1号泊位"}'""")
    before = held(path)
    change(path, f"{statement} WHERE rowid = 3")
    with Archive.open(path) as archive:
        assert any("nothing writes" in finding.what for finding in check(archive, NOW, deep=True).findings)
    assert not repaired(path).lost
    with Archive.open(path, readonly=True) as archive:
        (value,) = archive.connection.execute(f"SELECT {query} FROM frontier WHERE rowid = 3").fetchone()
    assert value.startswith(right)
    assert held(path) == before


def test_a_value_of_which_more_is_damaged_is_told_as_lost_and_its_page_is_fetched_again(path: Path) -> None:
    change(path, "UPDATE frontier SET state = '????', ended_at = 'never' WHERE rowid = 3")
    done = repaired(path)
    assert sorted(words.split(":")[0] for words in done.lost) == [
        "ended_at of row 3 of frontier",
        "state of row 3 of frontier",
    ]
    with Archive.open(path, readonly=True) as archive:
        assert archive.connection.execute("SELECT state, ended_at FROM frontier WHERE rowid = 3").fetchone() == (
            "pending",
            None,
        )


@pytest.mark.parametrize("entry", [b"last_seen_at", b'CREATE TABLE "frontier"', b"CREATE TRIGGER search_delete"])
def test_a_flipped_bit_of_the_schema_costs_no_row(path: Path, entry: bytes) -> None:
    before = held(path)
    change(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    data[data.index(entry) + len(entry) - 2] ^= 1
    path.write_bytes(bytes(data))
    done = repaired(path)
    assert done.mended["entry of the schema"] == 1
    assert not done.lost
    assert held(path) == before


def test_a_flipped_time_of_a_copy_is_taken_from_what_was_read_there(path: Path) -> None:
    before = held(path)
    change(path, "UPDATE copies SET first_seen_at = replace(first_seen_at, '2026', '2022') WHERE id = 3")
    assert repaired(path).mended["time of a copy"] == 1
    assert held(path) == before


def test_a_copy_of_which_all_words_are_lost_is_read_again_from_its_raw_page(path: Path) -> None:
    change(
        path,
        "UPDATE copies SET article_id = 2 WHERE id = 3",
        "DELETE FROM readings WHERE id = 3",
        "DELETE FROM articles WHERE id = 3",
    )
    repaired(path)
    with Archive.open(path, readonly=True) as archive:
        assert archive.connection.execute("SELECT count(*) FROM readings").fetchone() == (12,)
        assert archive.connection.execute("SELECT count(*) FROM frontier WHERE state = 'pending'").fetchone() == (0,)
