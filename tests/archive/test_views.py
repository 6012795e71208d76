"""The views for people, on an archive small enough to count by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.archives import memory_archive

from newsarchive.archive import views
from newsarchive.archive.outlets import Outlets
from newsarchive.stories import Stories

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

REPORT = (
    "江湾市交通局三日公布，跨海渡轮自下月起延长夜航，末班船由二十一时改为二十三时三十分，票价不变，老人与学生半价。"
)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = memory_archive()
    yield connection
    connection.close()


def add(connection: sqlite3.Connection, source: str | None, at: str | None, body: str = REPORT) -> int:
    """Store and link an article, published at a time or on a day, and return its id."""
    source_id = Outlets(connection).resolve(source) if source else None
    precision = at and ("day" if len(at) == 10 else "second")
    moment = f"{at}T00:00:00+08:00" if precision == "day" else at
    cursor = connection.execute(
        "INSERT INTO articles (article_key, site, url, content_hash, title, body, published_at, published_precision,"
        " published_date, source_id, first_seen_at, last_seen_at)"
        " VALUES (hex(randomblob(8)), 'demo', '', '', '', ?, ?, ?, ?, ?, '', '')",
        (body, moment, precision, at and at[:10], source_id),
    )
    assert cursor.lastrowid is not None
    Stories(connection).link(cursor.lastrowid)
    return cursor.lastrowid


def rows(connection: sqlite3.Connection, sql: str) -> list[tuple[object, ...]]:
    return connection.execute(sql).fetchall()


def test_syndication_tells_who_followed_whom_and_how_much_later(connection: sqlite3.Connection) -> None:
    follower = add(connection, "白鹭网", "2026-03-03T15:30:00+08:00")
    lead = add(connection, "江湾晚报", "2026-03-03T08:00:00+08:00")
    undated = add(connection, None, None)
    add(
        connection,
        "云溪日报",
        "2026-03-03T08:00:00+08:00",
        "云溪日报记者在渡口看到，新装的候船厅有暖气、热水和一排充电插座，工人正在粉刷外墙。",
    )
    assert rows(connection, "SELECT * FROM syndication ORDER BY article_id") == [
        (follower, lead, "江湾晚报", follower, "白鹭网", 7.5),
        (follower, lead, "江湾晚报", undated, None, None),
    ]


def test_syndication_tells_no_hours_from_or_to_an_article_of_which_the_day_alone_is_known(
    connection: sqlite3.Connection,
) -> None:
    query = "SELECT lead_source, source, hours_later FROM syndication ORDER BY article_id"
    add(connection, "白鹭网", "2026-03-03")
    add(connection, "云溪日报", "2026-03-04T08:00:00+08:00")
    assert rows(connection, query) == [("白鹭网", "云溪日报", None)]
    add(connection, "江湾晚报", "2026-03-03T20:00:00+08:00")
    assert rows(connection, query) == [("江湾晚报", "白鹭网", None), ("江湾晚报", "云溪日报", 12.0)]


def test_source_activity_counts_own_stories_and_reprints(connection: sqlite3.Connection) -> None:
    add(connection, "江湾晚报", "2026-03-03T08:00:00+08:00")
    add(connection, "白鹭网", "2026-03-03T09:00:00+08:00")
    add(connection, "白鹭网", "2026-03-04T09:00:00+08:00")
    add(connection, "白鹭网", "2026-03-09T08:00:00+08:00", "如图")
    assert rows(connection, "SELECT * FROM source_activity ORDER BY articles") == [
        ("江湾晚报", "江湾晚报", 1, 1, 0, 2, 1, "2026-03-03", "2026-03-03"),
        ("白鹭网", "白鹭网", 3, 1, 2, 0, 3, "2026-03-03", "2026-03-09"),
    ]


def test_daily_counts_follow_every_change(connection: sqlite3.Connection) -> None:
    first = add(connection, "江湾晚报", "2026-03-03T08:00:00+08:00")
    add(connection, "江湾晚报", "2026-03-03T09:00:00+08:00")
    second = add(connection, None, None)
    daily = "SELECT * FROM daily_counts ORDER BY 1, 2"
    assert rows(connection, daily) == [("2026-03-03", "江湾晚报", "江湾晚报", 2)]
    connection.execute("UPDATE articles SET published_date = '2026-03-05' WHERE id IN (?, ?)", (first, second))
    assert rows(connection, daily) == [
        ("2026-03-03", "江湾晚报", "江湾晚报", 1),
        ("2026-03-05", None, None, 1),
        ("2026-03-05", "江湾晚报", "江湾晚报", 1),
    ]
    connection.execute("DELETE FROM articles")
    assert rows(connection, "SELECT * FROM source_days") == []


def test_gaps_tell_when_a_source_or_the_whole_archive_fell_silent(connection: sqlite3.Connection) -> None:
    for day in (*range(1, 11), 16, 17):
        add(connection, "江湾晚报", f"2026-03-{day:02}T08:00:00+08:00")
    for day in (1, 2, 8, 9, 13):
        add(connection, "白鹭周刊", f"2026-03-{day:02}T08:00:00+08:00")
    assert rows(connection, "SELECT * FROM gaps ORDER BY source, silent_from") == [
        (None, None, "2026-03-11", "2026-03-12", 2),
        (None, None, "2026-03-14", "2026-03-15", 2),
        ("江湾晚报", "江湾晚报", "2026-03-11", "2026-03-15", 5),
    ]


def test_an_archive_that_was_filled_before_is_counted(connection: sqlite3.Connection) -> None:
    add(connection, "江湾晚报", "2026-03-03T08:00:00+08:00")
    views.drop_views(connection)
    left = "SELECT name FROM sqlite_master WHERE name LIKE 'source_days%' OR name IN ('gaps', 'syndication')"
    assert rows(connection, left) == []
    views.create_views(connection)
    assert rows(connection, "SELECT * FROM daily_counts") == [("2026-03-03", "江湾晚报", "江湾晚报", 1)]


def test_the_first_revisions_of_all_need_no_more_than_the_first_articles(connection: sqlite3.Connection) -> None:
    for number in range(300):
        article_id = add(connection, None, None, f"第{number}号灯塔的日志。")
        connection.execute("INSERT INTO texts (id, content_hash, body) VALUES (?1, ?1, ?1)", (article_id,))
        connection.execute(
            "INSERT INTO copies (id, article_id, url, role, site, first_seen_at, last_seen_at)"
            " VALUES (?1, ?1, ?1, 'post', 'demo', '', '')",
            (article_id,),
        )
        connection.execute(
            "INSERT INTO readings (copy_id, article_id, first_seen_at, last_seen_at, cause, text_id, fields)"
            " VALUES (?1, ?1, '2026-03-01', '2026-03-01', 'site', ?1, '{}')",
            (article_id,),
        )
    looks = 0

    def look() -> None:
        nonlocal looks
        looks += 1

    connection.set_progress_handler(look, 100)  # is called after so many steps of SQLite's machine
    assert len(rows(connection, "SELECT * FROM revisions")) == 300
    whole, looks = looks, 0
    assert len(rows(connection, "SELECT * FROM revisions LIMIT 3")) == 3
    assert looks < whole / 20
