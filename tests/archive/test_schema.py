"""What another program takes away of the schema is seen, and put back by whoever opens the archive for writing."""

from __future__ import annotations

import logging
import sqlite3
from typing import TYPE_CHECKING

import pytest
from sqlite_utils import Database
from support.archives import crawled
from support.articles import article
from support.pages import AT, page

from newsarchive.archive import Archive, schema
from newsarchive.maintenance.check import check

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(archive: Archive, tmp_path: Path) -> Path:
    for number in range(3):
        where = page(f"http://demo/post/{number}.html", f"<p>第{number}篇</p>" * 9)
        crawled(archive, article(where, f"渡口第{number}段", key=f"k{number}", title="渡轮"))
    archive.close()
    return tmp_path / "archive.db"


def execute(path: Path, script: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()


def found(archive: Archive, query: str) -> int:
    return archive.search.count(archive.search.parse(query))


def test_an_archive_as_it_was_made_differs_in_nothing(path: Path) -> None:
    with Archive.open(path, readonly=True) as archive:
        assert schema.differences(archive.connection) == []
        assert not schema.was_touched(archive.connection)


@pytest.mark.parametrize(
    ("script", "what"),
    [
        ("DROP TRIGGER search_update", "trigger search_update is missing"),
        ("DROP TRIGGER source_days_insert", "trigger source_days_insert is missing"),
        ("DROP INDEX idx_copies_url", "index idx_copies_url is missing"),
        ("DROP VIEW revisions", "view revisions is missing"),
        ("DROP VIEW story_links", "view story_links is missing"),
        ("DROP TABLE story_texts", "table story_texts is missing"),
        ("DROP TABLE search_characters", "table search_characters is missing"),
        ("DROP INDEX idx_copies_url; CREATE INDEX idx_copies_url ON copies (url)", "index idx_copies_url was changed"),
    ],
)
def test_what_is_missing_is_told_and_put_back_when_the_archive_is_opened_for_writing(
    path: Path, script: str, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    execute(path, script)
    with Archive.open(path, readonly=True) as archive:
        assert what in map(str, schema.differences(archive.connection))
    with caplog.at_level(logging.WARNING), Archive.open(path) as archive:
        assert schema.differences(archive.connection) == []
        assert check(archive, AT, deep=True).findings == []
    assert what in caplog.text


def test_what_was_written_without_the_triggers_is_found_by_a_search_afterwards(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        Database(connection).table("articles").transform(rename={})
    connection.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'articles'"
        ).fetchone() == (0,)
        connection.execute("UPDATE articles SET title = '灯塔' WHERE id = 2")
    connection.close()
    with Archive.open(path) as archive:
        assert (found(archive, "灯塔"), found(archive, "title:渡轮")) == (1, 2)


def test_what_an_owner_adds_stays(path: Path) -> None:
    execute(path, "CREATE INDEX mine ON articles (via); CREATE TABLE notes (text)")
    with Archive.open(path) as archive:
        assert schema.differences(archive.connection) == []
        (count,) = archive.connection.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('mine', 'notes')")
        assert count == (2,)


def test_a_lost_column_is_told_and_the_archive_can_still_be_opened(path: Path) -> None:
    execute(path, "ALTER TABLE listings DROP COLUMN rules")
    with Archive.open(path) as archive:
        assert [str(difference) for difference in schema.differences(archive.connection)] == [
            "table listings has lost rules"
        ]


def test_a_unique_index_that_the_rows_do_not_allow_any_more_is_left_to_be_told(path: Path) -> None:
    execute(
        path,
        "DROP INDEX idx_sources_name; INSERT INTO sources (name) VALUES ('江湾晚报'); INSERT INTO sources (name)"
        " VALUES ('江湾晚报')",
    )
    with Archive.open(path) as archive:
        assert [str(one) for one in schema.differences(archive.connection)] == ["index idx_sources_name is missing"]
