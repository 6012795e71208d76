"""The rows of snapshots: what is kept of a page, which record holds its bytes, and how damage is told."""

from __future__ import annotations

import gzip
import os
import sqlite3
from dataclasses import astuple, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from support.archives import new_archive
from warcio.archiveiterator import ArchiveIterator

from newsarchive.archive import Archive, Link
from newsarchive.archive.snapshots import saved_pages
from newsarchive.models import Article, Page, Paragraph
from newsarchive.warc.record import SnapshotDamagedError, payload_digest

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 3, 5, 1, 0, 1, tzinfo=UTC)
FILE = "warc/2026/03/20260305-demo.warc.gz"
URL = "http://demo/1"
BODY = "<p>第一篇</p>".encode()


def page(url: str = URL, *, seconds: int = 0, body: bytes = BODY, **more: Any) -> Page:
    fields = {"role": "post", "site": "demo", "headers": {"etag": '"中文"'}} | more
    return Page(url=url, body=body, fetched_at=AT + timedelta(seconds=seconds), **fields)


def rows(archive: Archive, columns: str) -> list[tuple[Any, ...]]:
    return archive.connection.execute(f"SELECT {columns} FROM snapshots ORDER BY id").fetchall()


def kinds(path: Path) -> list[str]:
    """Read a file with warcio, which verifies it, and return the types of its records."""
    with path.open("rb") as file:
        return [record.rec_type for record in ArchiveIterator(file, check_digests="raise") if record.raw_stream]


def damage(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 0xFF
    path.write_bytes(data)


def test_a_row_says_what_was_fetched_when_and_where_its_record_lies(archive: Archive, tmp_path: Path) -> None:
    kept = page(status=203)
    assert archive.snapshots.save(kept) == 1
    assert rows(archive, "url, fetched_at, http_status, headers, charset, digest, length, warc_file, payload_id") == [
        (URL, "2026-03-05T01:00:01Z", 203, '{"etag": "\\"中文\\""}', None, payload_digest(BODY), len(BODY), FILE, None)
    ]
    ((offset, length),) = rows(archive, "warc_offset, warc_length")
    assert offset > 0
    assert offset + length == (tmp_path / FILE).stat().st_size
    assert archive.snapshots.load(1, role="share", site="other") == replace(
        kept, role="share", site="other", snapshot_id=1
    )


def test_a_page_is_known_by_its_address_time_and_body(archive: Archive) -> None:
    assert archive.snapshots.save(page()) == 1
    assert archive.snapshots.save(page(headers={"x": "y"}, status=500, site="other")) == 1
    assert archive.snapshots.save(page(seconds=1)) == 2
    assert archive.snapshots.save(page("http://demo/2")) == 3
    assert archive.snapshots.save(page(body=b"other")) == 4
    assert archive.snapshots.save(page(seconds=1)) == 2
    assert len(rows(archive, "id")) == 4


def test_a_charset_belongs_to_one_page(archive: Archive) -> None:
    for number in range(2):
        archive.snapshots.save(page(seconds=number))
    archive.snapshots.note_charset(2, "gb18030")
    assert rows(archive, "charset") == [(None,), ("gb18030",)]


def test_a_body_is_kept_with_the_first_page_that_had_it(archive: Archive, tmp_path: Path) -> None:
    for number in range(3):
        archive.snapshots.save(page(f"http://demo/{number}", seconds=number, headers={"n": str(number)}))
    assert rows(archive, "payload_id, length") == [(None, len(BODY)), (1, len(BODY)), (1, len(BODY))]
    assert kinds(tmp_path / FILE) == ["warcinfo", "response", "revisit", "revisit"]
    with (tmp_path / FILE).open("rb") as file:
        heads = [record.rec_headers for record in ArchiveIterator(file)][2:]
    assert [head.get_header("WARC-Refers-To-Target-URI") for head in heads] == ["http://demo/0"] * 2
    assert [head.get_header("WARC-Refers-To-Date") for head in heads] == ["2026-03-05T01:00:01Z"] * 2
    for number in range(3):
        loaded = archive.snapshots.load(number + 1, role="post", site="demo")
        assert (loaded.body, loaded.headers) == (BODY, {"n": str(number)})
    assert archive.snapshots.body_of(payload_digest(BODY)) == BODY
    assert archive.snapshots.body_of(payload_digest(b"unknown")) is None


def test_a_body_of_another_length_is_another_body_whatever_its_digest(archive: Archive) -> None:
    archive.snapshots.save(page())
    archive.connection.execute("UPDATE snapshots SET length = length + 1")
    archive.snapshots.save(page(seconds=1))
    assert rows(archive, "payload_id") == [(None,), (None,)]


def test_an_empty_body_is_kept_with_each_page(archive: Archive) -> None:
    for number in range(2):
        archive.snapshots.save(page(seconds=number, body=b""))
    assert rows(archive, "payload_id, length") == [(None, 0), (None, 0)]
    assert archive.snapshots.load(2, role="post", site="demo").body == b""


def test_a_page_that_was_never_kept_cannot_be_loaded(archive: Archive) -> None:
    with pytest.raises(KeyError) as missing:
        archive.snapshots.load(7, role="post", site="demo")
    assert missing.value.args == (7,)


def test_whole_records_pass_and_damaged_ones_are_told_each_for_itself(archive: Archive, tmp_path: Path) -> None:
    for number in range(2):
        archive.snapshots.save(page(seconds=number))
    for number in (1, 2):
        assert archive.snapshots.verify(number) is None
    (_, (offset, length)) = rows(archive, "warc_offset, warc_length")
    damage(tmp_path / FILE, offset + length // 2)
    archive.snapshots.verify(1)
    with pytest.raises(SnapshotDamagedError) as told:
        archive.snapshots.verify(2)
    message = str(told.value)
    assert message.startswith("snapshot 2: the packed record is damaged (")
    assert message.endswith(
        f" ({FILE}, byte {offset}) - `newsarchive check --deep` names all that is damaged,"
        " `newsarchive repair` has the page fetched again"
    )
    assert isinstance(told.value.__cause__, SnapshotDamagedError)
    # The body of the damaged repetition lies in a whole record.
    assert archive.snapshots.load(2, role="post", site="demo").body == BODY


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 1), (1, 3), (2, 4)])
def test_a_row_that_points_at_another_record_is_told(archive: Archive, one: int, other: int) -> None:
    archive.snapshots.save(page())
    archive.snapshots.save(page(seconds=1))
    archive.snapshots.save(page(seconds=2, body=b"another"))
    archive.snapshots.save(page(seconds=3, body=b"another"))
    offset, length = rows(archive, "warc_offset, warc_length")[other - 1]
    archive.connection.execute("UPDATE snapshots SET warc_offset = -1 WHERE id = ?", (other,))
    archive.connection.execute(
        "UPDATE snapshots SET warc_offset = ?, warc_length = ? WHERE id = ?", (offset, length, one)
    )
    with pytest.raises(SnapshotDamagedError, match=f"^snapshot {one}: "):
        archive.snapshots.verify(one)


def test_a_missing_file_is_told_with_its_name(archive: Archive, tmp_path: Path) -> None:
    archive.snapshots.save(page())
    (tmp_path / FILE).unlink()
    with pytest.raises(SnapshotDamagedError, match=f"^snapshot 1: {FILE} cannot be read .*{FILE}, byte"):
        archive.snapshots.load(1, role="post", site="demo")


def test_files_bear_the_day_in_utc_and_the_name_of_the_crawl_or_of_the_site(archive: Archive, tmp_path: Path) -> None:
    china = timezone(timedelta(hours=8))
    archive.snapshots.save(replace(page(), fetched_at=datetime(2026, 3, 6, 7, 59, tzinfo=china)))
    archive.snapshots.save(replace(page(), fetched_at=datetime(2026, 3, 6, 8, 0, tzinfo=china), site="other"))
    archive.snapshots.label = "crawl"
    archive.snapshots.save(page(seconds=9))
    assert [name.removeprefix("warc/2026/03/") for (name,) in rows(archive, "warc_file")] == [
        "20260305-demo.warc.gz",
        "20260306-other.warc.gz",
        "20260305-crawl.warc.gz",
    ]


def test_a_file_belongs_to_one_archive_under_one_name(archive: Archive, tmp_path: Path) -> None:
    archive.snapshots.save(page())
    (archive_id,) = archive.connection.execute("SELECT archive_id FROM identity").fetchone()
    with (tmp_path / FILE).open("rb") as file:
        information = next(iter(ArchiveIterator(file))).content_stream().read().decode()
    assert f"isPartOf: {archive_id} archive.db\r\n" in information


def test_a_record_without_its_row_is_taken_back(archive: Archive, tmp_path: Path) -> None:
    archive.snapshots.save(page())
    size = (tmp_path / FILE).stat().st_size
    archive.connection.execute(
        "CREATE TEMP TRIGGER refuse BEFORE INSERT ON snapshots BEGIN SELECT raise(ABORT, 'refused'); END"
    )
    with pytest.raises(sqlite3.Error, match="refused"):
        archive.snapshots.save(page(seconds=1, body=b"another"))
    assert (tmp_path / FILE).stat().st_size == size
    archive.connection.execute("DROP TRIGGER refuse")
    archive.snapshots.save(page(seconds=2, body=b"a third"))
    assert kinds(tmp_path / FILE) == ["warcinfo", "response", "response"]


def test_what_lies_behind_the_last_known_record_is_cut_off_when_the_file_is_written_to_again(tmp_path: Path) -> None:
    with new_archive(tmp_path / "archive.db") as archive:
        for number in range(3):
            archive.snapshots.save(page(seconds=number, body=b"body %d" % number))
    with (tmp_path / FILE).open("ab") as file:
        file.write(b"rest of a killed run")
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.snapshots.save(page(seconds=9, body=b"body 9"))
        assert kinds(tmp_path / FILE) == ["warcinfo"] + ["response"] * 4
        for number, body in enumerate([b"body 0", b"body 1", b"body 2", b"body 9"], 1):
            assert archive.snapshots.load(number, role="post", site="demo").body == body


def test_when_snapshots_are_closed_another_archive_object_may_write(archive: Archive, tmp_path: Path) -> None:
    archive.snapshots.save(page())
    archive.snapshots.close()
    with Archive.open(tmp_path / "archive.db") as other:
        assert other.snapshots.save(page(seconds=1, body=b"another")) == 2
    assert kinds(tmp_path / FILE) == ["warcinfo", "response", "response"]


LATER = AT + timedelta(days=4)
LOST = "2026-03-09T01:00:01Z"


def test_a_lost_page_is_told_with_its_day_and_its_repetitions_have_no_body(archive: Archive) -> None:
    for number in range(2):
        archive.snapshots.save(page(seconds=number))
    archive.snapshots.save(page(body=b"another"))
    assert archive.snapshots.lose(1, LATER) is False
    assert rows(archive, "lost_at, payload_id") == [(LOST, None), (None, 1), (None, None)]
    for number in (1, 2):
        with pytest.raises(SnapshotDamagedError, match=r"^snapshot 1: its page was found to be lost on 2026-03-09$"):
            archive.snapshots.load(number, role="post", site="demo")
    archive.snapshots.verify(2)
    assert archive.snapshots.body_of(payload_digest(b"another")) == b"another"


def test_a_body_that_comes_again_is_that_of_all_who_lost_it(archive: Archive) -> None:
    for number in range(3):
        archive.snapshots.save(page(seconds=number))
    archive.snapshots.save(page(body=b"another"))
    archive.snapshots.lose(1, LATER)
    archive.snapshots.lose(4, LATER)
    assert archive.snapshots.save(page("http://demo/2")) == 5
    assert rows(archive, "payload_id") == [(5,), (5,), (5,), (None,), (None,)]
    for number in (1, 2, 3, 5):
        assert archive.snapshots.load(number, role="post", site="demo").body == BODY
    assert archive.snapshots.body_of(payload_digest(BODY)) == BODY
    with pytest.raises(SnapshotDamagedError, match="lost on"):
        archive.snapshots.verify(1)


def test_a_lost_page_of_another_length_has_not_the_body_that_comes_again(archive: Archive) -> None:
    archive.snapshots.save(page())
    archive.snapshots.lose(1, LATER)
    archive.connection.execute("UPDATE snapshots SET length = length + 1")
    archive.snapshots.save(page(seconds=1))
    assert rows(archive, "payload_id") == [(None,), (None,)]


def test_a_lost_page_has_its_body_where_another_record_holds_it(archive: Archive, tmp_path: Path) -> None:
    for number in range(2):
        archive.snapshots.save(page(seconds=number))
    damage(tmp_path / FILE, rows(archive, "warc_offset + warc_length / 2")[0][0])
    archive.snapshots.save(page(seconds=2))
    assert rows(archive, "payload_id") == [(None,), (1,), (None,)]
    assert archive.snapshots.lose(1, LATER) is True
    assert rows(archive, "lost_at, payload_id") == [(LOST, 3), (None, 3), (None, None)]
    assert archive.snapshots.load(2, role="post", site="demo").body == BODY


def test_of_several_whole_bodies_the_last_is_the_one_that_is_repeated(archive: Archive, tmp_path: Path) -> None:
    archive.snapshots.save(page())
    place = rows(archive, "warc_offset + warc_length / 2")[0][0]
    damage(tmp_path / FILE, place)
    archive.snapshots.save(page(seconds=1))
    damage(tmp_path / FILE, place)  # once more: it is whole again
    archive.snapshots.save(page(seconds=2))
    assert rows(archive, "payload_id") == [(None,), (None,), (2,)]
    archive.snapshots.lose(2, LATER)
    archive.snapshots.save(page(seconds=3))
    assert rows(archive, "payload_id") == [(None,), (1,), (1,), (1,)]
    assert archive.snapshots.body_of(payload_digest(BODY)) == BODY


def test_a_lost_repetition_keeps_its_body(archive: Archive) -> None:
    for number in range(2):
        archive.snapshots.save(page(seconds=number))
    assert archive.snapshots.lose(2, LATER) is True
    assert rows(archive, "lost_at, payload_id") == [(None, None), (LOST, 1)]
    assert archive.snapshots.load(2, role="post", site="demo").body == BODY


def test_a_lost_page_that_comes_again_is_found_at_its_new_place(archive: Archive, tmp_path: Path) -> None:
    for number in range(2):
        archive.snapshots.save(page(seconds=number))
    (first, second) = rows(archive, "warc_offset")
    archive.snapshots.lose(2, LATER)
    assert archive.snapshots.save(page(seconds=1)) == 2
    archive.snapshots.lose(1, LATER)
    archive.snapshots.label = "repair"
    assert archive.snapshots.save(page()) == 1
    assert rows(archive, "lost_at, payload_id, url") == [(None, None, URL), (None, 1, URL)]
    ((repaired, one), (name, two)) = rows(archive, "warc_file, warc_offset")
    assert (repaired, name) == (FILE.replace("demo", "repair"), FILE)
    assert first < second < (two,)
    for number in (1, 2):
        archive.snapshots.verify(number)
        assert archive.snapshots.load(number, role="post", site="demo").body == BODY
    assert kinds(tmp_path / FILE) == ["warcinfo", "response", "revisit", "revisit"]
    assert kinds(tmp_path / repaired) == ["warcinfo", "response"]
    assert one > 0


def test_a_saved_page_is_found_by_its_address_and_time_the_last_where_there_are_two(archive: Archive) -> None:
    archive.snapshots.save(page())
    archive.snapshots.save(page("http://demo/2"))
    archive.snapshots.save(page(body=b"another"))
    archive.snapshots.save(page(seconds=1))
    at = archive.snapshots.at
    assert [at(page()), at(page("http://demo/2")), at(page(seconds=1))] == [3, 2, 4]
    assert [at(page(seconds=2)), at(page("http://demo/3"))] == [None, None]


def test_whether_a_page_with_a_status_is_saved_can_be_asked(archive: Archive) -> None:
    archive.snapshots.save(page(status=404))
    archive.snapshots.save(page("http://demo/2"))
    has = archive.snapshots.has
    assert [has(URL, 404), has("http://demo/2", 200)] == [True, True]
    assert [has(URL, 200), has("http://demo/2", 404), has("http://demo/3", 200)] == [False, False, False]


def test_bodies_are_found_by_address_and_time_and_records_as_they_lie_in_their_file(
    archive: Archive, tmp_path: Path
) -> None:
    for number in range(2):
        archive.snapshots.save(page(seconds=number))
    archive.snapshots.save(page("http://demo/2", body=b"another"))
    body_at = archive.snapshots.body_at
    assert body_at(URL, "2026-03-05T01:00:01Z") == body_at(URL, "2026-03-05T01:00:02Z") == BODY
    assert body_at("http://demo/2", "2026-03-05T01:00:01Z") == b"another"
    assert body_at("http://demo/2", "2026-03-05T01:00:02Z") is None
    whole = (tmp_path / FILE).read_bytes()
    for number, (offset, length) in enumerate(rows(archive, "warc_offset, warc_length"), 1):
        packed = whole[offset : offset + length]
        assert archive.snapshots.record(number) == packed
        assert archive.snapshots.unpacked(number) == gzip.decompress(packed)


def test_a_row_is_verified_as_it_would_be_with_other_columns(archive: Archive) -> None:
    archive.snapshots.save(page())
    (offset,) = rows(archive, "warc_offset")[0]
    archive.connection.execute("UPDATE snapshots SET warc_offset = 1")
    with pytest.raises(SnapshotDamagedError, match="byte 1"):
        archive.snapshots.verify(1)
    archive.snapshots.verify(1, warc_offset=offset)
    with pytest.raises(SnapshotDamagedError):
        archive.snapshots.verify(1, warc_offset=offset, length=1)


def test_records_are_on_the_disk_before_their_rows_are_committed(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", synced.append)
    archive.snapshots.save(page())
    assert len(synced) == 1
    with archive.transaction():
        archive.snapshots.save(page(seconds=1))
        archive.snapshots.save(page(seconds=2))
        assert len(synced) == 1
        archive.snapshots.sync()
        assert len(synced) == 2


def found(archive: Archive, number: int, *, site: str = "demo") -> str:
    url = f"http://{site}/{number}"
    archive.frontier.add([Link(url, site, "post")], None, AT)
    return url


def copied(archive: Archive, number: int, *, site: str = "demo", seconds: int = 0) -> str:
    """Store an article from a page that was saved."""
    kept = page(found(archive, number, site=site), site=site, seconds=seconds, body=b"%d" % number, role="share")
    kept.snapshot_id = archive.snapshots.save(kept)
    archive.store(Article(page=kept, article_key=kept.url, title="题", paragraphs=[Paragraph("文。")]), None, AT)
    return kept.url


def given_up(archive: Archive, number: int, state: Any = "rejected", **more: Any) -> str:
    """Save a page that is no article."""
    url = found(archive, number)
    archive.snapshots.save(page(url, body=b"%d" % number, **more))
    archive.frontier.end(url, state=state, reason="no-body", now=AT)
    return url


def saved(archive: Archive, site: str | None = None, since: str = "2026-01-01") -> list[str]:
    return [one.url for one in saved_pages(archive.connection, site=site, since=date.fromisoformat(since))]


@pytest.mark.parametrize("chunk", [1, 2, 500])
def test_the_newest_page_of_each_copy_is_given_and_then_what_no_article_could_be_made_of(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr("newsarchive.archive.snapshots._CHUNK", chunk)
    left = [given_up(archive, 1), given_up(archive, 2, "failed")]
    copies = [copied(archive, number) for number in (3, 4, 5)]
    tried, lost = found(archive, 6), given_up(archive, 7)
    archive.snapshots.save(page(tried, body=b"6"))
    archive.frontier.retry(tried, reason="empty-page", now=AT, next_at=LATER)
    archive.snapshots.lose(archive.snapshots.at(page(lost)) or 0, LATER)
    given_up(archive, 8, "gone")
    given_up(archive, 9, status=404)
    pending = found(archive, 10)
    archive.snapshots.save(page(pending, body=b"10"))
    archive.frontier.end(copies[0], state="rejected", reason="no-body", now=AT)
    assert saved(archive) == [*copies, *left, tried]


def test_saved_pages_are_those_of_a_site_from_a_day_on(archive: Archive) -> None:
    day = 24 * 3600
    demo = [
        copied(archive, 1),
        copied(archive, 2, seconds=day),
        given_up(archive, 3),
        given_up(archive, 4, seconds=day),
    ]
    other = copied(archive, 1, site="other")
    assert saved(archive) == [*demo[:2], other, *demo[2:]]
    assert saved(archive, "demo") == demo
    assert saved(archive, "other") == [other]
    assert saved(archive, since="2026-03-05") == [*demo[:2], other, *demo[2:]]
    assert saved(archive, since="2026-03-06") == [demo[1], demo[3]]


def test_a_saved_page_is_given_with_what_its_url_is_to_an_article(archive: Archive) -> None:
    copied(archive, 1)
    url = given_up(archive, 2)
    assert archive.snapshots.save(page(url, body=b"newer", seconds=1)) == 3
    assert archive.snapshots.save(page(url, body=b"not found", seconds=2, status=404)) == 4
    pages = saved_pages(archive.connection, site=None, since=AT.date())
    assert list(map(astuple, pages)) == [(1, "http://demo/1", "share", "demo"), (3, url, "post", "demo")]


def test_the_lost_page_of_a_copy_is_given_where_its_body_is_still_there(archive: Archive) -> None:
    copies = [copied(archive, 1), copied(archive, 2)]
    archive.snapshots.lose(1, LATER)
    assert saved(archive) == copies[1:]
    archive.snapshots.save(page("http://demo/9", body=b"1"))
    assert saved(archive) == copies
