from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database
from support.searching import add, count, hits, ids, matching, open_archive, page_by_page

from newsarchive.archive.connection import connect
from newsarchive.archive.migrations import migrations
from newsarchive.search import Marks, QueryError, Search, match_expression, ranking, register_functions
from newsarchive.search.fields import FIELDS
from newsarchive.search.folding import UNSPACED, Folding, built_in_folding

MARKS = Marks("[", "]")


@pytest.fixture
def connection(tmp_path):
    connection = open_archive(tmp_path / "archive.db")
    yield connection
    connection.close()


@pytest.fixture
def news(connection):
    connection.execute("INSERT INTO sources (id, name) VALUES (1, '财联社'), (2, '證券時報'), (3, '证券日报')")
    connection.execute("INSERT INTO categories (id, site, slug, name) VALUES (1, 'demo', 'cailianshe', '财联社新闻')")
    add(
        connection,
        1,
        "央行全面降准",
        "央行决定降准0.25个百分点。\n\n释放长期资金，约5300亿元。",
        published_at="2022-04-25T18:00:00+08:00",
    )
    add(
        connection,
        2,
        "臺灣半導體",
        "臺灣的半導體公司在A股上市。",
        published_at="2022-03-01T09:00:00+08:00",
        source_id=1,
    )
    add(
        connection,
        3,
        "5G 手机",
        "5G手机销量，升。Inflation rises",
        published_at="2022-03-31T23:59:59+08:00",
        source_id=2,
        lang="zh",
    )
    add(
        connection,
        4,
        None,
        "国",
        digest="只在摘要里",
        published_at=None,
        source_id=3,
        category_id=1,
        story_id=12,
        lang="zh-Hant",
    )
    connection.execute("INSERT INTO mentions VALUES (1, '1', '600160', '巨化股份', 2), (2, '105', 'NIO', '蔚来', 1)")
    return connection


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("降准", [1]),
        ("准", [1]),
        ("台湾", [2]),
        ("臺灣", [2]),
        ("灣的半导体公司在", [2]),
        ("A股", [2]),
        ("ａ股", [2]),
        ("股", [2]),
        ("5G手机", [3]),
        ("5G 手机", [3]),
        ('"手机 inflation"', []),
        ("G手机", [3]),
        ("inflation", [3]),
        ("infla", []),
        ("infla*", [3]),
        ("0.25", [1]),
        ("25", []),
        ("5300亿", [1]),
        ("530*", [1]),
        ("量升", []),
        ('"量，升"', [3]),
        ("摘要", [4]),
        ("降准 台湾", []),
        ("降准 OR 台湾", [1, 2]),
        ("(降准 OR 台湾) -央行", [2]),
        ("降准 NOT (释放 资金)", []),
        ("-降准", [3, 2, 4]),
        ("NOT (降准 OR source:财联社)", [3, 4]),
        ("降准 OR source:财联社", [1, 2]),
        ("国 OR 股", [2, 4]),
        ("国 OR 台湾", [2, 4]),
        ("title:降准", [1]),
        ("title:释放", []),
        ("title:准", [1]),
        ("title:央行 释放", [1]),
        ("source:财联社", [2]),
        ("source:证券时报", [3]),
        ("source:证券*", [3, 4]),
        ("category:cailianshe", [4]),
        ("category:财联社*", [4]),
        ("code:600160", [1]),
        ("code:1.600160 降准", [1]),
        ("code:0.600160", []),
        ("code:nio", [2]),
        ("code:6001*", [1]),
        ("story:12", [4]),
        ("lang:zh", [3, 4]),
        ("key:202203030000000003", [3]),
        ("key:NW202203030000000003", [3]),
        ("after:2022-03-31", [1, 3]),
        ("before:2022-03-31", [2]),
        ("after:2022-03 before:2022-04", [3, 2]),
        ("央行 after:2022-04", [1]),
        ("央行 before:2022-04", []),
    ],
)
def test_query_finds(news, query, found):
    assert ids(news, query) == found
    assert count(news, query) == len(found)
    assert sorted(ids(news, query, order="rank")) == sorted(found)
    assert set(ids(news, query, order="oldest")) == set(found)


def test_a_minus_before_a_group_excludes_every_article_of_the_group(news):
    assert ids(news, "-(降准 OR 台湾)") == [3, 4]
    assert ids(news, "上市 OR 手机 OR 央行 -(降准 OR 台湾)") == [3, 2]
    assert ids(news, "(上市 OR 手机 OR 央行) -(降准 OR 台湾)") == [3]
    assert ids(news, "(上市 OR 手机 OR 央行) －（降准 台湾）") == [1, 3, 2]
    assert ids(news, "-source:(财联社 OR 证券时报)") == [1, 4]
    assert ids(news, '-"上市公司" -title:(央行 OR 手机) -国') == [2]


@pytest.mark.parametrize("order", ["newest", "oldest", "longest", "shortest", "rank"])
def test_an_empty_query_finds_every_article(news, order):
    assert sorted(ids(news, "", order=order)) == sorted(ids(news, " \n", order=order)) == [1, 2, 3, 4]
    assert count(news, "") == 4
    assert matching(news, " ") == {1, 2, 3, 4}
    with pytest.raises(QueryError):
        ids(news, "！？")


def test_facets_count_what_the_matches_have_in_common(news):
    news.execute("UPDATE articles SET published_date = substr(published_at, 1, 10)")
    search = Search(news)
    facets = search.facets(search.parse("source:(财联社 OR 证券*) OR 央行"))
    shown = {
        name: [(facet.value, facet.label, facet.count) for facet in getattr(facets, name)]
        for name in ("sources", "categories", "days", "codes")
    }
    assert facets.counted == 4
    assert {facet[1:] for facet in shown["sources"]} == {("财联社", 1), ("證券時報", 1), ("证券日报", 1)}
    assert shown["categories"] == [("cailianshe", "财联社新闻", 1)]
    assert [value for value, _, _ in shown["days"]] == ["2022-04-25", "2022-03-31", "2022-03-01"]
    assert shown["codes"] == [("600160", "巨化股份 600160", 1), ("NIO", "蔚来 NIO", 1)]
    few = search.facets(search.parse(""), most=2, lines=1)
    assert (few.counted, len(few.sources), [facet.value for facet in few.days]) == (2, 1, ["2022-03-31"])
    assert search.facets(search.parse("龘")).counted == 0


def test_hit_shows_the_articles_own_text(news):
    (hit,) = hits(news, "台湾 半导体", marks=MARKS)
    assert hit.title == "臺灣半導體"
    assert hit.marked_title == "[臺灣][半導體]"
    assert hit.snippet == "[臺灣]的[半導體]公司在A股上市。"
    assert (hit.source, hit.published_at) == ("财联社", "2022-03-01T09:00:00+08:00")


def test_title_weighs_more_than_body(connection):
    add(connection, 1, "银行", "今日要闻。" + "市场平稳。" * 20)
    add(connection, 2, "要闻", "今日银行。" + "市场平稳。" * 20)
    for i in range(3, 9):
        add(connection, i, "其他", "市场平稳。" * 20)
    first, second = hits(connection, "银行", order="rank")
    assert (first.article_id, second.article_id) == (1, 2)
    assert first.rank > second.rank > 0


def test_single_character_in_a_title_ranks_first(connection):
    add(connection, 1, "国债", "利率")
    add(connection, 2, "利率", "国债")
    assert ids(connection, "国", order="rank") == [1, 2]


# -- in step ---------------------------------------------------------------------------------------------------------


def test_index_follows_every_kind_of_change(connection):
    add(connection, 1, "旧题", "旧文")
    connection.execute("UPDATE articles SET title = '新题' WHERE id = 1")
    assert [ids(connection, q) for q in ("旧题", "新题", "旧文", "旧", "新")] == [[], [1], [1], [1], [1]]
    connection.execute(
        "INSERT INTO articles (id, article_key, site, url, body, content_hash, first_seen_at, last_seen_at) "
        "VALUES (1, 'k', 's', 'u', '插入', '-', '-', '-') ON CONFLICT (id) DO UPDATE SET body = '更改'"
    )
    assert [ids(connection, q) for q in ("旧文", "更改", "插入", "旧")] == [[], [1], [], []]
    connection.execute("UPDATE articles SET digest = '摘要' WHERE id = 1")
    assert ids(connection, "摘要") == [1]
    connection.execute("UPDATE articles SET id = 7 WHERE id = 1")
    assert ids(connection, "更改") == [7]
    assert Search(connection).check() == []
    connection.execute("DELETE FROM articles WHERE id = 7")
    assert [ids(connection, q) for q in ("更改", "新题", "摘要", "新")] == [[], [], [], []]
    assert Search(connection).check() == []


def test_index_is_rolled_back_with_the_article(connection):
    connection.execute("BEGIN")
    add(connection, 1, "降准", "央行")
    assert ids(connection, "降准") == [1]
    connection.execute("ROLLBACK")
    assert ids(connection, "降准") == []
    assert Search(connection).check() == []


def test_seeing_an_article_again_does_not_touch_the_index(connection):
    add(connection, 1, "降准", "央行")
    before = connection.execute("SELECT count(*), sum(length(block)) FROM search_index_data").fetchone()
    connection.execute("UPDATE articles SET last_seen_at = 'later', title = title, body = body")
    assert connection.execute("SELECT count(*), sum(length(block)) FROM search_index_data").fetchone() == before


def test_digest_that_the_body_repeats_is_indexed_once(connection):
    add(connection, 1, None, "央行降准。释放资金。", digest="央行降准。")
    assert connection.execute("SELECT digest FROM search_index_text").fetchone() == ("",)


def test_a_missing_and_a_foreign_row_are_noticed_and_mended(connection):
    add(connection, 1, "降准", "央行")
    connection.execute("INSERT INTO search_index (rowid, body) VALUES (99, '鬼魂')")
    assert "search_index" in Search(connection).check()[0]
    Search(connection).reindex()
    assert Search(connection).check() == []
    connection.execute(
        "INSERT INTO search_characters (search_characters, rowid, characters) VALUES ('delete', 1, '央 行 降 准')"
    )
    assert "search_characters does not agree" in Search(connection).check()[0]


def test_reindex_tells_its_progress(connection, monkeypatch):
    monkeypatch.setattr("newsarchive.search.index.STEP", 2)
    for i in range(1, 6):
        add(connection, i, "降准", "央行")
    seen = []
    Search(connection).reindex(lambda done, total: seen.append((done, total)))
    assert seen == [(2, 5), (4, 5), (5, 5)]
    for index in ("search_index", "search_characters"):
        assert connection.execute(f"SELECT count(DISTINCT segid) FROM {index}_idx").fetchone() == (1,)
    assert count(connection, "降准") == 5
    assert Search(connection).check() == []


def test_archive_made_before_there_was_a_search_is_indexed_when_it_is_opened(tmp_path):
    old = sqlite3.connect(tmp_path / "old.db", isolation_level=None)
    migrations.apply(Database(old), stop_before="m0003_search")
    add(old, 1, "降准", "央行")
    old.close()
    connection = open_archive(tmp_path / "old.db")
    assert ids(connection, "降准") == [1]
    assert Search(connection).check() == []
    connection.close()


def test_writer_without_the_functions_is_refused_rather_than_ignored(tmp_path):
    open_archive(tmp_path / "archive.db").close()
    plain = sqlite3.connect(tmp_path / "archive.db")
    with pytest.raises(sqlite3.OperationalError, match="no such function"):
        add(plain, 1, "降准", "央行")
    plain.close()


def test_index_keeps_the_folding_it_was_made_with(tmp_path, monkeypatch):
    other = Folding({ord("臺"): "台", ord("灣"): "湾"})
    with monkeypatch.context() as patched:
        patched.setattr("newsarchive.search.index.built_in_folding", lambda: other)
        connection = connect(tmp_path / "archive.db")
        add(connection, 1, "臺灣後", "A")
        connection.close()
    connection = sqlite3.connect(tmp_path / "archive.db")
    register_functions(connection)
    assert [ids(connection, q) for q in ("台湾", "後", "后")] == [[1], [1], []]
    connection.execute("UPDATE articles SET title = '後來'")
    connection.commit()
    assert Search(connection).check() == []
    connection.rollback()
    Search(connection).reindex()
    assert [ids(connection, q) for q in ("后来", "a")] == [[1], [1]]
    assert Search(connection).check() == []
    connection.close()


# -- what is found is what a comparison of characters finds ----------------------------------------------------------

TEXT = st.text(st.sampled_from("中国经济臺台。，, \n\u3000Aab12.é5"), max_size=30)


@pytest.fixture(scope="module")
def workbench(tmp_path_factory):
    connection = open_archive(tmp_path_factory.mktemp("search") / "archive.db")
    yield connection
    connection.close()


def atoms(folded: str) -> list[tuple[str, bool]]:
    """Write a text as words and single characters, each with whether it is parted from the one before.

    Between a word and an unspaced character blanks part nothing; between two words something always does.
    """
    found: list[tuple[str, bool]] = []
    end, before = 0, ""
    letter = rf"[^\W0-9_{UNSPACED}]"
    thousands = "[0-9]{1,3}+(?:,[0-9]{3}|(?!))++(?![0-9]|,[0-9])"
    number = rf"(?<![0-9][.,])(?:{thousands}|[0-9]++)(?:\.[0-9]++(?!\.[0-9]))?|[0-9]+"
    initials = rf"(?<!{letter})(?<!{letter}\.)[a-z](?:\.[a-z])+(?!\.?{letter})\.?"
    for match in re.finditer(rf"[{UNSPACED}]|{number}|{initials}|{letter}+", folded):
        gap = folded[end : match.start()]
        is_unspaced = [bool(re.match(f"[{UNSPACED}]", atom)) for atom in (before, match[0])]
        parted = bool(gap) if all(is_unspaced) else not any(is_unspaced) or bool(gap.strip(" \t"))
        has_points = match[0][0].isalpha()
        found.append((match[0].replace("." if has_points else ",", ""), parted))
        end, before = match.end(), match[0]
    return found


def contains(text: str, query: str) -> bool:
    """Find a query in a text by going through it place by place."""
    folding = built_in_folding()
    texts, wanted = atoms(folding.fold(text)), atoms(folding.fold(query))
    if not wanted:
        return False
    for start in range(len(texts) - len(wanted) + 1):
        window = [(texts[start][0], False), *texts[start + 1 : start + len(wanted)]]
        if window == [(wanted[0][0], False), *wanted[1:]]:
            return True
    return False


def refill(connection, texts):
    connection.execute("BEGIN")
    connection.execute("DELETE FROM articles")
    for i, (title, body) in enumerate(texts, start=1):
        add(connection, i, title, body)
    connection.execute("COMMIT")


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4), data=st.data())
def test_phrase_is_found_where_a_comparison_finds_it(workbench, texts, data):
    refill(workbench, texts)
    for _ in range(5):
        whole = data.draw(st.sampled_from([part for pair in texts for part in pair]))
        start = data.draw(st.integers(0, len(whole)))
        query = whole[start : start + data.draw(st.integers(1, 8))]
        expected = [i for i, pair in enumerate(texts, start=1) if any(contains(part, query) for part in pair)]
        quoted = f'"{query}"'
        if atoms(built_in_folding().fold(query)):
            assert ids(workbench, quoted, order="oldest") == expected
            assert sorted(ids(workbench, quoted, order="rank")) == expected


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(st.sampled_from("中国经济，A\n"), max_size=30), min_size=1, max_size=5),
    query=st.text(st.sampled_from("中国经济"), min_size=1, max_size=8),
)
def test_unspaced_characters_are_found_where_like_finds_them(workbench, texts, query):
    refill(workbench, [("", text) for text in texts])
    like = workbench.execute("SELECT id FROM articles WHERE body LIKE ? ORDER BY id", (f"%{query}%",)).fetchall()
    assert [(found,) for found in ids(workbench, query, order="oldest")] == like


PIECES = [
    "降准",
    "国",
    "A股",
    "a*",
    " ",
    " ",
    '"',
    "“",
    "「",
    "(",
    ")",
    "-",
    " AND ",
    " OR ",
    " NOT ",
    "*",
    "：",
    "%",
    "_",
    "'",
    "\0",
]


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    query=st.one_of(
        st.text(max_size=40),
        st.lists(
            st.sampled_from([*PIECES, *(field.example for field in FIELDS.values()), *(f"{name}:" for name in FIELDS)]),
            max_size=20,
        ).map("".join),
    ),
    order=st.sampled_from(["newest", "oldest", "longest", "shortest", "rank"]),
)
def test_no_query_reaches_sqlite_as_an_error(workbench, query, order):
    try:
        hits(workbench, query, order=order, limit=3)
        count(workbench, query)
    except QueryError:
        pass
    expression = match_expression(query)
    workbench.execute("SELECT rowid FROM search_index WHERE search_index MATCH ?", (expression,)).fetchall()
    assert workbench.execute("SELECT search_match(?)", (query,)).fetchone()[0] == expression
    assert workbench.execute("SELECT count(*) FROM sqlite_master WHERE name = 'articles'").fetchone() == (1,)


def test_expression_for_other_tools_takes_a_broken_query_for_plain_words(news):
    def found(query):
        sql = "SELECT rowid FROM search_index WHERE search_index MATCH search_match(?)"
        return [row[0] for row in news.execute(sql, (query,))]

    assert found('降准 "释放') == [1]
    assert found("台湾 OR 降准") == [1, 2]
    assert found("国") == [4]
    assert found("source:财联社") == []
    assert found("-降准") == []
    assert found(None) == []
    assert found("(央行 " * 10_000) == [1]


# -- order -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stored", ["as published", "old ones last", "shuffled", "half undated", "at one time"])
@pytest.mark.parametrize("query", ["国", "中国", "罕见", "中国 source:甲", "中国 after:2022-01-03", "source:甲"])
def test_newest_and_oldest_are_exact_whatever_the_order_of_storing(connection, monkeypatch, stored, query):
    for name, value in {
        "_FEW": 20,
        "_FEW_WITH_CONDITIONS": 30,
        "_MOST_STRAGGLERS": 15,
        "_LARGEST_WINDOW": 64,
        "_RANGES": 3,
        "_FAR": 40,
        "_FEW_AND_FAR": 40,
    }.items():
        monkeypatch.setattr(ranking, name, value)
    monkeypatch.setattr(ranking, "_SMALLEST_WINDOW", 16)
    connection.execute("INSERT INTO sources (id, name) VALUES (1, '甲'), (2, '乙')")
    first = datetime(2022, 1, 1, tzinfo=UTC)
    rows = []
    connection.execute("BEGIN")
    for i in range(1, 241):
        hour = {"as published": i, "old ones last": i if i < 180 else i - 230, "half undated": i}.get(
            stored, i * 97 % 241
        )
        published = (first + timedelta(hours=hour if stored != "at one time" else 60)).isoformat()
        if stored == "half undated" and i % 2:
            published = None
        rows.append((i, published))
        body = "中国" + ("，罕见" if i % 50 == 7 else "")
        add(connection, i, "题", body, published_at=published, source_id=1 + i % 3 % 2)
    connection.execute("COMMIT")
    found = matching(connection, query)
    assert 0 < len(found) <= 240
    dated = sorted((p, i) for i, p in rows if p and i in found)
    undated = sorted(i for i, p in rows if not p and i in found)
    oldest = [i for _, i in dated] + undated
    newest = [i for _, i in reversed(dated)] + undated[::-1]
    for order, expected in (("newest", newest), ("oldest", oldest)):
        for limit in (1, 7, 60, 300):
            assert ids(connection, query, order=order, limit=limit) == expected[:limit]
        assert ids(connection, query, order=order, limit=5, offset=4) == expected[4:9]
        assert page_by_page(connection, query, order) == expected


@pytest.mark.parametrize("query", ["", "中国", "罕", "中国 source:甲", "source:甲", "-罕见", "length:100..400"])
def test_longest_and_shortest_are_exact_and_can_be_paged_through(connection, query):
    connection.execute("INSERT INTO sources (id, name) VALUES (1, '甲'), (2, '乙')")
    lengths = {}
    for i in range(1, 121):
        lengths[i] = i * 37 % 60 * 10 if i % 10 else None
        body = "中国" + ("，罕见" if i % 7 == 3 else "")
        add(connection, i, "题", body, char_count=lengths[i] or 0, source_id=1 + i % 2)
    found = sorted(matching(connection, query), key=lambda i: (lengths[i] or 0, i))
    assert found
    for order, expected in (("shortest", found), ("longest", found[::-1])):
        assert ids(connection, query, order=order, limit=200) == expected
        assert ids(connection, query, order=order, limit=5, offset=4) == expected[4:9]
        assert page_by_page(connection, query, order) == expected


@pytest.mark.parametrize(
    "query", ["中国 source:甲", "中国 source:乙", "中国 before:2022-03", "国 source:甲", "国 -source:甲"]
)
def test_only_the_newest_that_meet_the_conditions_are_ranked(connection, monkeypatch, query):
    monkeypatch.setattr(ranking, "MOST_RANKED", 10)
    monkeypatch.setattr(ranking, "MOST_RANKED_CHARACTERS", 10)
    monkeypatch.setattr(ranking, "_SAMPLE", 10)
    connection.execute("INSERT INTO sources (id, name) VALUES (1, '甲'), (2, '乙')")
    for i in range(1, 61):
        published = f"2022-{1 + i // 12:02}-01T09:00:00+08:00"
        add(connection, i, "题", "中国", published_at=published, source_id=2 if i % 9 == 0 else 1)
    expected = sorted(matching(connection, query), reverse=True)[:10]
    assert sorted(ids(connection, query, order="rank", limit=60), reverse=True) == expected


def test_a_page_that_cannot_be_is_refused(news):
    for page in ({"limit": 0}, {"limit": -1}, {"offset": -1}):
        with pytest.raises(ValueError, match="no such page"):
            hits(news, "降准", **page)


def test_only_the_newest_matches_are_ranked(connection, monkeypatch):
    monkeypatch.setattr(ranking, "MOST_RANKED", 10)
    for i in range(1, 31):
        add(connection, i, "中国" if i < 5 else "题", "中国")
    found = ids(connection, "中国", order="rank", limit=50)
    assert sorted(found) == list(range(21, 31))
    assert ids(connection, "中国", order="rank", limit=3, offset=4) == found[4:7]


@pytest.mark.parametrize(
    ("printed", "queries"),
    [
        ("江湾500ETF净申购三千万份", ["ETF", "500", "500ETF", "江湾500", "湾500E*", "ETF净申购", "500etf净"]),
        ("tPad15发布会延期", ["tPad", "15", "tpad15", "tPad 15", "15发布会", "tPad1*"]),
        ("QFII2号基金，H5N1与5G、Q3", ["QFII", "2号基金", "H5N1", "5g", "Q3", "q", "N1"]),
        ("成交1,234.56亿元，另有12,345,678股", ["1234.56", "1,234.56", "12345678", "12345678股", "1234.56亿"]),
        ("USD1.5亿与0.25bp", ["1.5", "USD1.5", "1.5亿", "0.25", "bp", "0.25bp"]),
        ("The U.S. economy and the U.N., 并称U.S.国债", ["US", "U.S.", "u.s", "UN", "US国债", "U.S. economy"]),
        ("第①条：②2022年的事项⑶，½", ["①", "1", "2022", "②", "3", "第①条"]),
        ("编号7,12,345与600160,600161", ["345", "600160", "600161"]),
    ],
)
def test_numbers_letters_and_initials_are_found_in_every_way_of_writing(connection, printed, queries):
    add(connection, 1, "公告", printed)
    for query in queries:
        assert ids(connection, query) == [1], query


@pytest.mark.parametrize(
    ("printed", "query"),
    [
        ("江湾500ETF", "ET"),
        ("江湾500ETF", "50"),
        ("江湾500ETF", "ETF500"),
        ("tPad15", "tPad1"),
        ("1,234.56", "234.56"),
        ("1,2345与1,234,56", "12345"),
        ("②2022年", "22022"),
        ("A.B.Chen", "ab"),
        ("U.S.国债", "S国债"),
        ("2022，300人", "2022300"),
    ],
)
def test_a_part_of_a_word_or_number_is_not_the_whole(connection, printed, query):
    add(connection, 1, "公告", printed)
    assert ids(connection, query) == []


@pytest.mark.parametrize(
    ("simplified", "printed"),
    [
        *[("复苏", "復甦"), ("了解", "瞭解"), ("卫生", "衞生"), ("着手", "著手"), ("斗争", "鬪爭"), ("麻醉", "痲醉")],
        *[("焊接", "銲接"), ("台灯", "枱燈"), ("新村", "新邨"), ("宁静", "甯靜"), ("并立", "竝立"), ("祥和", "祥龢")],
        *[("化妆", "化粧"), ("炮火", "砲火"), ("你好", "妳好"), ("它们", "牠們"), ("叙述", "敍述"), ("里面", "裏面")],
        *[("关系", "関係"), ("一只", "一衹"), ("驿站", "駅站"), ("杂志", "襍誌"), ("尝试", "甞試"), ("暖气", "煖氣")],
        *[("户口", "戸口"), ("告示", "吿示"), ("青年", "靑年"), ("概况", "槪況"), ("增加", "増加"), ("饮食", "飮食")],
    ],
)
def test_rare_traditional_forms_are_found_by_the_simplified_word_and_the_other_way_round(
    connection, simplified, printed
):
    add(connection, 1, "一", f"镇上的{printed}。")
    add(connection, 2, "二", f"镇上的{simplified}。")
    assert ids(connection, simplified, order="oldest") == ids(connection, printed, order="oldest") == [1, 2]


def test_a_source_that_the_archive_lacks_is_told_with_the_nearest_one(news):
    search = Search(news)
    for query in ("source:财连社", "降准 -source:财连社", "降准 OR source:(财联社 OR 财连社)"):
        with pytest.raises(QueryError, match=r"there is no source '财连社' in this archive .* write source:财联社"):
            search.parse(query)
    with pytest.raises(QueryError, match="write how it begins"):
        search.parse("source:%")
    assert ids(news, "source:证券时报") == [3]
    assert ids(news, "source:无*") == []


def test_an_archive_without_sources_has_none_to_propose(connection):
    assert ids(connection, "source:财联社") == []


def test_days_may_be_counted_back_from_today(connection):
    today = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    for days in range(4):
        add(connection, days + 1, "消息", "一则消息", published_at=(today - timedelta(days=days)).isoformat())
    assert ids(connection, "after:昨天") == ids(connection, "after:yesterday") == ids(connection, "after:1d") == [1, 2]
    assert ids(connection, "before:昨天 after:7d") == [3, 4]
    assert ids(connection, "消息 before:前天") == [4]


def test_a_minus_before_a_group_excludes_all_that_the_group_finds(news):
    assert ids(news, "-(降准 OR 5G)") == ids(news, "NOT (降准 OR 5G)") == [2, 4]
    assert ids(news, "手机 -(降准 OR 5G)") == []
