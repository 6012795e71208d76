"""Stories over several archives that are kept are each time those that are computed from nothing."""

import random
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from support.archives import new_archive
from support.running import run_on

from benchmarks.story_corpus import corpus
from newsarchive.archive.connection import connect
from newsarchive.errors import UserError
from newsarchive.stories import Stories
from newsarchive.stories.across import stories_across
from newsarchive.stories.kept import kept_stories

INSERT = (
    "INSERT INTO articles (article_key, title, body, published_at, published_date, url, site, content_hash,"
    " first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?, ?, 'press', ?, ?, ?) RETURNING id"
)
TABLES = ("story_texts", "story_text_links")


def archives(folder, number):
    for place in range(number):
        new_archive(folder / f"{place}.db").close()
    return [connect(folder / f"{place}.db") for place in range(number)]


def store(connection, item):
    when = item.published_at.isoformat()
    values = item.key, item.title, "\n\n".join(item.paragraphs), when, when[:10], item.key, item.key, when, when
    Stories(connection).link(connection.execute(INSERT, values).fetchone()[0])


def change(connection, chance, item):
    """Give an article the text of another item, or remove it."""
    ids = [row[0] for row in connection.execute("SELECT id FROM articles ORDER BY id")]
    article_id = chance.choice(ids)
    if chance.random() < 0.4:
        Stories(connection).remove(article_id)
        connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
    else:
        query = "UPDATE articles SET title = ?, body = ? WHERE id = ?"
        connection.execute(query, (item.title, "\n\n".join(item.paragraphs), article_id))
        Stories(connection).link(article_id)


@pytest.mark.parametrize("seed", range(3))
def test_after_each_batch_they_are_those_of_the_whole_computation(tmp_path, seed):
    chance = random.Random(seed)
    connections, items = archives(tmp_path, 3), corpus(150, 20 + seed) + corpus(50, 30 + seed, english=True)
    for number, item in enumerate(items):
        item.key = f"{number}{item.key}"
    chance.shuffle(items)
    days = sorted({item.published_at.date() for item in items})
    kept, sizes = tmp_path / "kept.db", []
    for batch in range(8):
        for connection in connections:
            connection.execute("BEGIN IMMEDIATE")
        for item in items[25 * batch : 25 * batch + 25]:
            for connection in chance.sample(connections, 1 + (chance.random() < 0.1)):  # now and then two have it
                store(connection, item)
        for _ in range(6):
            change(chance.choice(connections), chance, chance.choice(items))
        for connection in connections:
            connection.execute("COMMIT")
        for since in (None, str(days[batch * len(days) // 10]), str(days[-1] - timedelta(days=2))):
            expected = stories_across(connections, since)
            name = kept if since is None else tmp_path / f"{since == str(days[-1] - timedelta(days=2))}.db"
            assert kept_stories(name, "rules", connections, since) == expected
        sizes.append(len(stories_across(connections)))
    assert sizes[-1] > sizes[0] > 0


def test_days_before_the_first_one_are_left_out(tmp_path):
    first, second = connections = archives(tmp_path, 2)
    items = corpus(60, 5)
    for number, item in enumerate(items):
        item.key = f"{number}{item.key}"
        store((first, second)[number % 2], item)
    day = str(sorted(item.published_at.date() for item in items)[30])
    found = stories_across(connections, day)
    keys = {
        connections[place].execute("SELECT published_date FROM articles WHERE id = ?", (one,)).fetchone()[0] >= day
        for story in found
        for place, one in story
    }
    assert keys == {True}
    assert len(found) < len(stories_across(connections))


def links_of(kept):
    with closing(sqlite3.connect(kept)) as connection:
        return [connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES]


def test_what_was_compared_is_not_compared_again_until_the_rules_change(tmp_path, monkeypatch):
    connections = archives(tmp_path, 2)
    for number, item in enumerate(corpus(60, 5)):
        store(connections[number % 2], item)
    kept, asked = tmp_path / "kept.db", []
    expected = kept_stories(kept, "rules", connections)
    links = links_of(kept)
    monkeypatch.setattr("newsarchive.stories.across.Texts.sample", lambda *_: asked.append(1))
    assert kept_stories(kept, "rules", connections) == expected
    assert asked == []
    monkeypatch.undo()
    with closing(sqlite3.connect(kept)) as connection, connection:
        connection.execute("DELETE FROM story_text_links")
    assert kept_stories(kept, "rules", connections) != expected
    assert kept_stories(kept, "other rules", connections) == expected
    assert links_of(kept) == links


def test_another_file_is_neither_read_nor_changed(tmp_path):
    connections = archives(tmp_path, 2)
    with pytest.raises(UserError, match="has something else than stories"):
        kept_stories(tmp_path / "0.db", "rules", connections)
    (tmp_path / "notes.txt").write_text("no database, but long enough for one" * 40, encoding="utf-8")
    with pytest.raises(UserError, match="name another file"):
        kept_stories(tmp_path / "notes.txt", "rules", connections)


def test_the_command_prints_the_same_with_a_file_and_without(tmp_path):
    connections = archives(tmp_path, 2)
    for number, item in enumerate(corpus(60, 5)):
        store(connections[number % 2], item)
    words = "stories", "across", tmp_path / "1.db", "--csv", "--days", 36500
    kept = run_on(tmp_path / "0.db", *words, "--kept", tmp_path / "kept.db")
    assert kept.status == 0
    assert kept.out == run_on(tmp_path / "0.db", *words).out
    assert kept.out == run_on(tmp_path / "0.db", *words, "--kept", tmp_path / "kept.db").out
    for connection in connections:
        connection.execute("UPDATE articles SET published_date = '2001-02-03'")
    assert run_on(tmp_path / "0.db", *words[:-1], 1).status == 1
