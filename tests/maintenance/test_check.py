"""Checking an archive: a sound one is told to be, and every kind of damage is found and named."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.archives import crawled, new_archive
from support.articles import article
from support.pages import AT, page

from newsarchive.archive import Archive, Link
from newsarchive.maintenance.check import Report, check
from newsarchive.models import Byline, Category, Image, Mention, Paragraph

if TYPE_CHECKING:
    from pathlib import Path

    from newsarchive.models import Article, Page, Role

DAY = "warc/2026/03/20260305-demo.warc.gz"


def fill(archive: Archive, count: int = 4) -> None:
    """Store some articles as a crawl does: frontier, snapshot, article; each with two copies."""
    copies: tuple[tuple[Role, int], ...] = (("post", 0), ("share", 5))
    for number in range(count):
        for role, minute in copies:
            where = page(
                f"http://demo/{role}/{number}.html",
                f"<p>第{number}篇 {role}</p>" * 20,
                role=role,
                at=AT + timedelta(minutes=minute, seconds=number),
            )
            crawled(archive, full_article(where, number))


def full_article(page: Page, number: int) -> Article:
    """Return an article with a row in every table; the share service gives no title, time and category."""
    return article(
        page,
        key=f"20260305{number:010}",
        title=f"第{number}篇" if page.role == "post" else None,
        paragraphs=[Paragraph("第一段。"), Paragraph(f"第{number}段。", "quote")],
        published_at=AT if page.role == "post" else None,
        source="江湾晚报",
        bylines=[Byline("editor", "周明"), Byline("author", "李青")],
        mentions=[Mention("1", "600519", "酒业", 2)],
        images=[Image("http://demo/1.png", "图")],
        category=Category("jiangwan", "江湾晚报") if page.role == "post" else None,
    )


@pytest.fixture
def archive(archive: Archive) -> Archive:
    fill(archive)
    return archive


def found(archive: Archive, **more: bool) -> list[tuple[str, str, int]]:
    report = check(archive, AT + timedelta(days=1), **more)
    return [(finding.severity, finding.what, finding.count) for finding in report.findings]


@pytest.mark.parametrize("deep", [False, True])
def test_a_sound_archive_has_no_findings(archive: Archive, deep: bool) -> None:
    report = check(archive, AT + timedelta(days=1), deep=deep)
    assert report == Report(
        [],
        {
            "articles": 4,
            "copies": 8,
            "readings": 8,
            "texts": 4,
            "snapshots": 8,
            "frontier": 8,
            "problems": 0,
            "runs": 0,
        },
    )
    assert not report.is_damaged


def test_it_can_be_checked_without_the_right_to_write(archive: Archive, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db", readonly=True) as readable:
        assert found(readable) == []


def test_an_open_transaction_of_a_crawl_does_not_disturb(archive: Archive, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db", readonly=True) as other, archive.transaction():
        archive.connection.execute("UPDATE articles SET title = 'not yet'")
        assert found(other) == []


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE articles SET title = 'x' WHERE id = 2", "an article's title is not what its copies say"),
        ("UPDATE articles SET source_id = NULL WHERE id = 2", "an article's source_id is not what its copies"),
        ("UPDATE articles SET revision = 9 WHERE id = 2", "an article's revision is not what its copies say"),
        ("UPDATE articles SET last_seen_at = '2030' WHERE id = 2", "an article's last_seen_at is not what"),
        ("UPDATE paragraphs SET text = 'x' WHERE article_id = 2 AND position = 1", "an article's paragraphs is not"),
        ("DELETE FROM bylines WHERE article_id = 2 AND role = 'editor'", "an article's bylines is not what"),
        ("UPDATE mentions SET count = 3 WHERE article_id = 2", "an article's mentions is not what its copies say"),
        ("DELETE FROM images WHERE article_id = 2", "an article's images is not what its copies say"),
        ("UPDATE categories SET slug = 'y'", "an article's category is not what its copies say"),
        ("UPDATE texts SET body = 'x' WHERE id = 2", "a text is not the one that was stored"),
        ("UPDATE readings SET fields = '[]' WHERE article_id = 2", "what the copies of an article say cannot be read"),
        ("DELETE FROM readings WHERE article_id = 2", "an article has no copy that says anything"),
        ("UPDATE readings SET text_id = 99 WHERE article_id = 2", "a row of readings names a row of texts that"),
        ("UPDATE frontier SET url = url || '?' WHERE url LIKE '%post/2%'", "a URL is marked as stored, but there is"),
        ("DELETE FROM search_index_docsize WHERE id = 2", "an article is not in the search index"),
        (
            "INSERT INTO search_index_docsize VALUES (99, x'')",
            "the search index has an article that does not exist",
        ),
        ("UPDATE search_folding SET folding = x'00'", "the search index is not that of the articles"),
        ("UPDATE copies SET content_hash = 'x' WHERE id = 2", "a copy names another text than the one that was last"),
        ("DROP TRIGGER search_delete", "another program changed the tables of the archive"),
        ("ALTER TABLE listings DROP COLUMN rules", "another program changed the tables of the archive"),
        ("UPDATE copies SET last_seen_at = '2027-04-09T00:00:00Z'", "a row of copies is of the future: a clock was"),
        ("UPDATE frontier SET ended_at = '2027-04-09T00:00:00Z'", "a row of frontier is of the future: a clock was"),
        ("UPDATE readings SET fields = '{' WHERE article_id = 2", "what the copies of an article say cannot be read"),
        ("UPDATE snapshots SET warc_file = 'x' || char(0) WHERE id = 3", "a WARC file cannot be read ("),
        ("UPDATE snapshots SET warc_offset = warc_offset - 9 WHERE id = 3", "two snapshots lie in one place"),
        ("UPDATE snapshots SET payload_id = 2 WHERE id = 3", "a snapshot takes its body from one that has another"),
        ("UPDATE snapshots SET digest = 'sha1:X' WHERE id = 3", "a snapshot cannot be read"),
        ("UPDATE snapshots SET url = url || '9' WHERE id = 3", "the row of a snapshot is not what its record says"),
        ("UPDATE snapshots SET http_status = 204 WHERE id = 3", "the row of a snapshot is not what its record says"),
        ("UPDATE snapshots SET fetched_at = '2026-03-05T00:00:0' WHERE id = 3", "the row of a snapshot is not what"),
        ('UPDATE snapshots SET headers = \'{"x-age": "1"}\' WHERE id = 3', "the row of a snapshot is not what"),
        ("UPDATE snapshots SET headers = '{' WHERE id = 3", "the row of a snapshot is not what its record says"),
    ],
)
def test_what_was_changed_behind_the_archives_back_is_damage(archive: Archive, statement: str, what: str) -> None:
    archive.connection.execute("PRAGMA foreign_keys = OFF")
    archive.connection.execute(statement)
    assert ("damage", what) in {(severity, text[: len(what)]) for severity, text, _ in found(archive)}
    assert check(archive, AT).is_damaged


def test_a_flipped_byte_of_a_page_is_damage(archive: Archive, tmp_path: Path) -> None:
    data = bytearray((tmp_path / DAY).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / DAY).write_bytes(data)
    assert found(archive, deep=True) == [("damage", "a snapshot cannot be read", 1)]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO search_index (rowid, title) VALUES (2, '鬼魂')",
        "INSERT INTO search_characters (search_characters, rowid, characters) VALUES ('delete', 2, '第')",
        "DELETE FROM search_index_data WHERE id > 10",
    ],
)
@pytest.mark.parametrize("readonly", [False, True])
def test_a_word_too_many_or_too_few_in_the_search_index_is_damage(
    archive: Archive, tmp_path: Path, statement: str, readonly: bool
) -> None:
    archive.connection.execute(statement)
    before = archive.connection.execute("PRAGMA data_version").fetchone()
    with Archive.open(tmp_path / "archive.db", readonly=readonly) as other:
        is_broken = statement.startswith("DELETE")  # without `deep` only what the index itself shows is seen
        assert found(other) == [("damage", "the search index is not that of the articles", 1)][: int(is_broken)]
        assert found(other, deep=True) == [("damage", "the search index is not that of the articles", 1)]
        assert other.connection.execute("SELECT count(*) FROM sqlite_temp_master").fetchone() == (0,)
    assert archive.connection.execute("PRAGMA data_version").fetchone() == before
    archive.search.reindex()
    assert found(archive, deep=True) == []


def test_words_that_a_search_cannot_find_any_more_are_damage(archive: Archive) -> None:
    """FTS5 finds its blocks whole, but a search is led past one of them."""
    for number in range(40):
        text = "".join(chr(0x4E00 + (number * 331 + place * 17) % 8000) for place in range(4000))
        archive.connection.execute("UPDATE articles SET body = ? WHERE id = ?", (text, number % 4 + 1))
    archive.search.reindex()
    terms = "SELECT segid, term FROM search_index_idx WHERE length(term) > 0 ORDER BY term"
    (_, before), (segment, term) = archive.connection.execute(terms).fetchall()[-2:]
    archive.connection.execute(
        "UPDATE search_index_idx SET term = ? WHERE segid = ? AND term = ?", (before + b"0", segment, term)
    )
    assert "does not find" in str(archive.search.check())
    archive.search.reindex()
    assert archive.search.check() == []


def test_the_search_index_is_compared_while_a_crawl_writes(archive: Archive, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db", readonly=True) as other, archive.transaction():
        archive.connection.execute("UPDATE articles SET title = '还没有' WHERE id = 2")
        assert found(other, deep=True) == []


def test_no_room_for_the_comparison_of_the_search_index_is_no_damage(archive: Archive) -> None:
    archive.connection.execute("CREATE TEMP TABLE other (x)")
    archive.connection.execute("PRAGMA temp.max_page_count = 5")
    report = check(archive, AT, deep=True)
    assert [finding.what for finding in report.findings] == ["the search index could not be compared with the articles"]
    assert "disk is full" in report.findings[0].examples[0]
    assert not report.is_damaged


def test_without_deep_only_the_newest_pages_are_read(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsarchive.maintenance.check.SAMPLE", 2)
    (offset,) = archive.connection.execute("SELECT warc_offset FROM snapshots WHERE id = 1").fetchone()
    data = bytearray((tmp_path / DAY).read_bytes())
    data[offset + 50] ^= 1
    (tmp_path / DAY).write_bytes(data)
    assert found(archive) == []
    assert found(archive, deep=True) == [("damage", "a snapshot cannot be read", 1)]


def test_a_shorter_or_missing_file_is_damage_and_says_how_much_is_lost(archive: Archive, tmp_path: Path) -> None:
    os.truncate(tmp_path / DAY, (tmp_path / DAY).stat().st_size - 5)
    report = check(archive, AT)
    assert [(finding.what, finding.examples) for finding in report.findings] == [
        ("a WARC file is shorter than it was", [f"{DAY}: 1 snapshot is lost"]),
        ("a snapshot cannot be read", report.findings[1].examples),
    ]
    (tmp_path / DAY).unlink()
    assert found(archive)[0] == ("damage", "a WARC file cannot be read (No such file or directory)", 1)


def test_what_a_killed_run_wrote_and_strange_files_are_only_noticed(archive: Archive, tmp_path: Path) -> None:
    with (tmp_path / DAY).open("ab") as file:
        file.write(b"half a record")
    (tmp_path / "warc" / "other.warc.gz").write_bytes(b"x")
    severities = {severity for severity, _, _ in found(archive)}
    assert severities == {"notice"}
    assert len(found(archive)) == 2


def test_urls_that_wait_for_long_and_copies_without_a_snapshot_are_noticed(archive: Archive) -> None:
    archive.frontier.add([Link("http://demo/late", "demo", "post")], None, AT - timedelta(days=8))
    archive.connection.execute("UPDATE copies SET snapshot_id = NULL WHERE id = 1")
    assert found(archive) == [
        ("notice", "a URL waits to be fetched for more than 7 days", 1),
        ("notice", "a copy has no snapshot", 1),
    ]


def test_a_listing_that_was_read_needs_no_copy(archive: Archive) -> None:
    archive.frontier.add([Link("http://demo/", "demo", "listing")], None, AT)
    archive.frontier.done("http://demo/", AT)
    assert found(archive) == []


def test_damage_inside_the_sqlite_file_is_told_and_the_other_checks_go_on(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with new_archive(path) as archive:
        fill(archive, 300)
        (root,) = archive.connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'paragraphs'").fetchone()
        (page_size,) = archive.connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * page_size)
        file.write(b"\xee" * page_size)
    with Archive.open(path, readonly=True) as archive:
        findings = found(archive)
    assert ("damage", "the SQLite file cannot be read") in [finding[:2] for finding in findings]
    assert not any("snapshot" in what for _, what, _ in findings)


def test_many_findings_of_one_kind_are_counted_and_some_are_named(archive: Archive) -> None:
    archive.connection.execute("UPDATE copies SET snapshot_id = NULL")
    (finding,) = check(archive, AT).findings
    assert (finding.count, len(finding.examples)) == (8, 5)


def test_every_damage_is_told_with_the_command_that_mends_it(archive: Archive) -> None:
    for statement in (
        "DROP INDEX idx_copies_url",
        "DELETE FROM search_index_data WHERE id > 10",
        "UPDATE articles SET title = 'x' WHERE id = 2",
        "UPDATE texts SET body = 'x' WHERE id = 3",
    ):
        archive.connection.execute(statement)
    findings = check(archive, AT).findings
    assert len(findings) >= 4
    assert all(finding.advice.startswith("newsarchive ") for finding in findings if finding.severity == "damage"), (
        findings
    )


def test_a_time_that_is_a_little_ahead_is_that_of_another_machine(archive: Archive) -> None:
    archive.connection.execute("UPDATE runs SET started_at = ?", ((AT + timedelta(minutes=50)).isoformat(),))
    assert found(archive) == []


def test_a_lost_raw_page_is_no_damage_any_more_once_it_is_told(archive: Archive, tmp_path: Path) -> None:
    os.truncate(tmp_path / DAY, 0)
    for (snapshot_id,) in archive.connection.execute("SELECT id FROM snapshots").fetchall():
        archive.snapshots.lose(snapshot_id, AT)
    assert found(archive, deep=True) == [("notice", "the raw page of a copy is lost", 8)]
