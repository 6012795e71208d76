"""What counts as new for a saved search: each article once, under whatever key it is known later."""

from datetime import timedelta

import pytest
from support.articles import article
from support.pages import AT, page

from newsarchive.alerts import outbox, searches
from newsarchive.alerts.destinations import read_destination
from newsarchive.archive.regroup import Articles
from newsarchive.errors import UserError
from newsarchive.search import QueryError


def store(archive, number, text="银行下调利率。", **fields):
    key = f"news.example/{number}.html"
    archive.store(article(page(f"https://{key}"), text, key=key, **fields), None, AT)
    return key


@pytest.fixture
def save(archive, tmp_path):
    def saved(query, **options):
        return searches.add(archive, query, read_destination(str(tmp_path / "out.jsonl")), now=AT, **options)

    return saved


def unsent(archive, search):
    rows = archive.connection.execute(
        "SELECT article_key FROM alerts WHERE search_id = ? AND sent_at IS NULL ORDER BY article_key", (search.id,)
    )
    return [key for (key,) in rows]


def test_articles_that_were_there_when_the_search_was_saved_are_not_new(archive, save):
    store(archive, 1)
    search = save("银行")
    new = store(archive, 2)
    store(archive, 3, "渡轮停航。")
    assert outbox.find(archive, search, AT) == 1
    assert unsent(archive, search) == [new]


def test_with_existing_they_are(archive, save):
    old = store(archive, 1)
    search = save("银行", tells_existing=True)
    outbox.find(archive, search, AT)
    assert unsent(archive, search) == [old]


def test_an_article_is_found_once_however_often_it_is_looked_for(archive, save):
    search = save("银行")
    store(archive, 1)
    assert [outbox.find(archive, search, AT) for _ in range(3)] == [1, 0, 0]


def test_an_article_that_matches_only_after_it_was_changed_is_found_then(archive, save):
    search = save("利率")
    store(archive, 1, "银行今天开会。")
    assert outbox.find(archive, search, AT) == 0
    later = page("https://news.example/1.html", at=AT + timedelta(hours=1))
    archive.store(article(later, "银行下调利率。", key="news.example/1.html"), None, later.fetched_at, is_latest=True)
    assert outbox.find(archive, search, AT) == 1


def test_two_searches_each_find_the_same_article(archive, save):
    first, second = save("银行"), save("利率", name="利率走势")
    store(archive, 1)
    assert (outbox.find(archive, first, AT), outbox.find(archive, second, AT)) == (1, 1)


def test_an_article_under_another_key_is_no_new_one(archive, save):
    search = save("银行")
    store(archive, 1)
    outbox.find(archive, search, AT)
    with archive.transaction():
        assert Articles(archive.connection).set_number(1, "202603051234567890", "2026-03-05T02:00:00Z")
    assert outbox.find(archive, search, AT) == 0
    assert unsent(archive, search) == ["202603051234567890"]


def test_of_two_articles_that_became_one_the_other_is_not_told(archive, save):
    search = save("银行")
    kept, joined = store(archive, 1), store(archive, 2, "银行下调利率，市场平静。")
    outbox.find(archive, search, AT)
    with archive.transaction():
        Articles(archive.connection).join([1, 2], "2026-03-05T02:00:00Z")
    assert outbox.find(archive, search, AT) == 0
    assert unsent(archive, search) == [kept]
    assert joined != kept


def test_a_new_article_that_gets_the_number_of_a_deleted_row_is_found(archive, save):
    search = save("银行")
    store(archive, 1)
    outbox.find(archive, search, AT)
    with archive.transaction():
        archive.connection.execute("DELETE FROM readings")
        archive.connection.execute("DELETE FROM copies")
        Articles(archive.connection).delete(1)
    store(archive, 2)
    assert archive.connection.execute("SELECT id FROM articles").fetchall() == [(1,)]
    assert outbox.find(archive, search, AT) == 1


def test_a_name_is_taken_once(save):
    save("银行")
    with pytest.raises(UserError, match="already"):
        save("银行")


def test_a_query_that_cannot_be_read_is_not_saved(archive, save):
    with pytest.raises(QueryError):
        save("银行 (")
    assert searches.saved_searches(archive) == []


def test_a_search_that_is_not_there_is_told_with_the_nearest(archive, save):
    save("银行利率")
    with pytest.raises(UserError, match="did you mean '银行利率'"):
        searches.saved_search(archive, "银行利息")


def test_removing_a_search_removes_what_is_noted_of_it(archive, save):
    search = save("银行")
    store(archive, 1)
    outbox.find(archive, search, AT)
    outbox.bundle(archive, search, AT)
    searches.remove(archive, search)
    for table in ("saved_searches", "alerts", "alert_messages"):
        assert archive.connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_many_articles_become_several_messages_of_bounded_size(archive, save):
    search = save("银行")
    for number in range(outbox.MOST_ARTICLES + 1):
        store(archive, number, f"银行第{number}号公告。")
    outbox.find(archive, search, AT)
    assert outbox.bundle(archive, search, AT) == 2
    rows = archive.connection.execute("SELECT count(*) FROM alerts GROUP BY message_id ORDER BY 1")
    assert [count for (count,) in rows] == [1, outbox.MOST_ARTICLES]


def test_what_fails_is_tried_after_ever_longer_pauses_of_a_day_at_most(archive, save):
    search = save("银行")
    store(archive, 1)
    outbox.find(archive, search, AT)
    outbox.bundle(archive, search, AT)
    pauses = []
    now = AT
    for _ in range(14):
        (message,) = outbox.outgoing(archive, [search], now)
        outbox.note_failure(archive, message, "it answers 503", now)
        (text,) = archive.connection.execute("SELECT next_attempt_at FROM alert_messages").fetchone()
        after = AT.fromisoformat(text)
        assert outbox.outgoing(archive, [search], after - timedelta(seconds=1)) == []
        pauses.append(after - now)
        now = after
    assert pauses[:3] == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    assert pauses[-1] == timedelta(days=1)
