"""Sources: printed names stay, one house has one medium, and what a person decides holds for every article."""

from __future__ import annotations

import itertools
import sqlite3
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database
from support.archives import memory_archive

from newsarchive.archive import outlets
from newsarchive.archive.migrations import migrations, upgrade
from newsarchive.archive.outlets import Outlets
from newsarchive.errors import UserError
from newsarchive.search import register_functions
from newsarchive.stories import Stories

if TYPE_CHECKING:
    from collections.abc import Iterator

BODY = "江湾市交通局三日公布，跨海渡轮自下月起延长夜航，末班船由二十一时改为二十三时三十分，票价不变，老人与学生半价。"


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = memory_archive()
    yield connection
    connection.close()


def add(connection: sqlite3.Connection, printed: str) -> int:
    """Store an article of a printed source and give its id."""
    cursor = connection.execute(
        "INSERT INTO articles (article_key, site, url, content_hash, title, body, source_id, source_printed,"
        " first_seen_at, last_seen_at) VALUES (hex(randomblob(8)), 'demo', '', '', '', ?, ?, ?, '', '')",
        (BODY, Outlets(connection).resolve(printed), printed),
    )
    assert cursor.lastrowid is not None
    Stories(connection).link(cursor.lastrowid)
    return cursor.lastrowid


def names(connection: sqlite3.Connection) -> list[str]:
    """Return the source's name of every article, oldest first."""
    rows = connection.execute("SELECT name FROM articles a JOIN sources s ON s.id = a.source_id ORDER BY a.id")
    return [name for (name,) in rows]


def test_a_printed_name_is_the_name_of_its_source(connection: sqlite3.Connection) -> None:
    for name in ("证券时报网", "证券时报", "江湾新闻客户端", "21世纪经济报道 21财经APP", "证券时报网"):
        add(connection, name)
    assert names(connection) == ["证券时报网", "证券时报", "江湾新闻客户端", "21世纪经济报道 21财经APP", "证券时报网"]


def test_blanks_and_invisible_characters_make_no_other_source(connection: sqlite3.Connection) -> None:
    assert Outlets(connection).resolve(" 江湾\u200b晚报 ") == Outlets(connection).resolve("江湾晚报")


@pytest.mark.parametrize("name", ["", " ", "\u200b"])
def test_a_name_without_a_visible_character_is_refused(connection: sqlite3.Connection, name: str) -> None:
    with pytest.raises(ValueError, match="without a name"):
        Outlets(connection).resolve(name)


@pytest.mark.parametrize(
    ("name", "medium"),
    [
        ("证券时报网", "证券时报"),
        ("证券时报•e公司", "证券时报"),
        ("stcn", "证券时报"),
        ("ＳＴＣＮ", "证券时报"),
        ("上海证券报·中国证券网", "上海证券报"),
        ("《科创板日报》", "财联社"),
        ("江湾晚报客户端", "江湾晚报"),
        ("江湾晚报微信公众号", "江湾晚报"),
        ("江湾晚报官微", "江湾晚报"),
        ("江湾晚报APP", "江湾晚报"),
        ("证券时报网官方微博", "证券时报"),
        ("Techweb", "TechWeb"),
    ],
)
def test_names_of_one_house_have_one_medium(name: str, medium: str) -> None:
    found, reason = outlets.outlet_of(name)
    assert found == medium
    assert reason


@pytest.mark.parametrize(
    "name", ["新闻客户端", "财经APP", "客户端", "日报", "新闻网", "江湾晚报", "白鹭网站", "证券日报社"]
)
def test_ambiguous_names_stay_apart(name: str) -> None:
    assert outlets.outlet_of(name) == (name, None)


@given(st.text(max_size=40))
def test_any_name_has_a_medium_and_a_medium_is_its_own(name: str) -> None:
    medium, _ = outlets.outlet_of(name)
    assert outlets.outlet_of(medium)[0] == medium


def test_the_curated_rules_do_not_contradict_each_other() -> None:
    known = outlets.rules()
    assert all(reason for _, reason in known.media.values())
    assert {outlets.outlet_of(medium)[0] for medium, _ in known.media.values()} == {m for m, _ in known.media.values()}


def test_merged_sources_are_one_for_every_article_also_for_those_to_come(connection: sqlite3.Connection) -> None:
    add(connection, "白鹭网")
    add(connection, "白鹭网站")
    (before,) = connection.execute("SELECT source_count FROM stories").fetchone()
    assert Outlets(connection).merge("白鹭网站", "白鹭网") == 1
    add(connection, "白鹭网站")
    assert names(connection) == ["白鹭网"] * 3
    assert (before, *connection.execute("SELECT source_count FROM stories").fetchone()) == (2, 1)
    assert [(s.name, s.aliases, s.articles) for s in Outlets(connection).sources()] == [("白鹭网", ("白鹭网站",), 3)]


def test_split_undoes_a_merge_by_what_each_article_printed(connection: sqlite3.Connection) -> None:
    for name in ("白鹭网", "白鹭网站", "白鹭在线"):
        add(connection, name)
    Outlets(connection).merge("白鹭网站", "白鹭网")
    Outlets(connection).merge("白鹭网", "白鹭在线")
    assert names(connection) == ["白鹭在线"] * 3
    assert Outlets(connection).split("白鹭网站") == 1
    add(connection, "白鹭网站")
    assert names(connection) == ["白鹭在线", "白鹭网站", "白鹭在线", "白鹭网站"]
    assert connection.execute("SELECT source_count, article_count FROM stories").fetchall() == [(2, 4)]


def test_the_order_of_articles_and_decisions_leaves_no_trace() -> None:
    outcomes = set()
    for order in itertools.permutations(("白鹭网", "白鹭网站", "merge", "白鹭在线")):
        connection = memory_archive()
        Outlets(connection).resolve("白鹭网")
        Outlets(connection).resolve("白鹭网站")
        for step in order:
            if step == "merge":
                Outlets(connection).merge("白鹭网站", "白鹭网")
            else:
                add(connection, step)
        rows = connection.execute(
            "SELECT source_printed, name FROM articles a JOIN sources s ON s.id = a.source_id ORDER BY 1"
        )
        outcomes.add(tuple(rows.fetchall()))
        connection.close()
    assert len(outcomes) == 1


def test_a_person_may_group_a_source_elsewhere(connection: sqlite3.Connection) -> None:
    add(connection, "白鹭网")
    Outlets(connection).set_medium("白鹭网", "江湾晚报")
    add(connection, "白鹭网")
    assert [source.medium for source in Outlets(connection).sources()] == ["江湾晚报"]


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda c: Outlets(c).merge("无此报", "白鹭网"), "无此报 is no source"),
        (lambda c: Outlets(c).merge("白鹭网", "白鹭网"), "one source already"),
        (lambda c: Outlets(c).split("白鹭网"), "no alias"),
        (lambda c: Outlets(c).set_medium("无此报", "x"), "无此报 is no source"),
    ],
)
def test_what_cannot_be_done_is_told(connection: sqlite3.Connection, act: object, message: str) -> None:
    add(connection, "白鹭网")
    with pytest.raises(UserError, match=message):
        act(connection)  # type: ignore[operator]


def test_sources_known_before_get_their_outlet_and_articles_the_name_that_they_print() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    register_functions(connection)
    migrations.apply(Database(connection), stop_before="m0005_stories")
    connection.execute("INSERT INTO sources VALUES (7, '证券时报网', '证券时报网')")
    connection.execute(
        "INSERT INTO articles (article_key, site, url, content_hash, body, source_id, first_seen_at, last_seen_at)"
        " VALUES ('k', 'demo', '', '', '', 7, '', '')"
    )
    upgrade(Database(connection), lambda _done, _total=None: None)
    assert connection.execute("SELECT name, medium FROM sources").fetchall() == [("证券时报网", "证券时报")]
    assert connection.execute("SELECT source_printed FROM articles").fetchall() == [("证券时报网",)]
    Outlets(connection).set_medium("证券时报网", "江湾晚报")
    Outlets(connection).fill()
    assert connection.execute("SELECT medium FROM sources").fetchall() == [("江湾晚报",)]
