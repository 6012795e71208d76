"""Stories over several archives are those of one archive with all their articles."""

import pytest
from support.archives import new_archive
from support.running import run_on

from benchmarks.story_corpus import corpus
from newsarchive.archive.connection import connect
from newsarchive.stories import Stories
from newsarchive.stories.across import stories_across


def fill(path, items):
    new_archive(path).close()
    connection = connect(path)
    for item in items:
        when = item.published_at.isoformat()
        connection.execute("BEGIN IMMEDIATE")
        article_id = connection.execute(
            "INSERT INTO articles (article_key, title, body, published_at, published_date, url, site, content_hash,"
            " first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?, ?, 'press', ?, ?, ?) RETURNING id",
            (item.key, item.title, "\n\n".join(item.paragraphs), when, when[:10], item.key, item.key, when, when),
        ).fetchone()[0]
        Stories(connection).link(article_id)
        connection.execute("COMMIT")
    return connection


def keys(connections, places):
    query = "SELECT article_key FROM articles WHERE id = ?"
    return sorted(connections[archive].execute(query, (article_id,)).fetchone()[0] for archive, article_id in places)


def shared(connection):
    rows = connection.execute(
        "SELECT group_concat(article_key, ' ') FROM articles GROUP BY story_id HAVING count(*) > 1"
    )
    return sorted(sorted(joined.split(" ")) for (joined,) in rows)


@pytest.mark.slow
def test_eight_archives_have_the_stories_of_one(tmp_path):
    items = corpus(300, 7) + corpus(100, 8, english=True)
    for number, item in enumerate(items):
        item.key = f"{number}{item.key}"
    whole = fill(tmp_path / "whole.db", items)
    parts = [fill(tmp_path / f"{n}.db", items[n::8]) for n in range(8)]
    found = sorted(keys(parts, places) for places in stories_across(parts))
    assert len(found) > 30
    assert found == shared(whole)
    alone = sorted(story for part in parts for story in shared(part))
    assert alone != found


def test_an_article_that_two_archives_have_is_one(tmp_path):
    items = corpus(12, 3)
    parts = [fill(tmp_path / "a.db", items), fill(tmp_path / "b.db", items[:1])]
    assert [items[0].key] * 2 in [keys(parts, places) for places in stories_across(parts)]


def test_the_command_prints_each_story_with_its_archives(tmp_path):
    items = corpus(60, 5)
    for n in range(2):
        fill(tmp_path / f"{n}.db", items[n::2]).close()
    ran = run_on(tmp_path / "0.db", "stories", "across", tmp_path / "1.db", "--csv")
    assert ran.status == 0
    assert ran.lines[0] == "story,article_key,published_at,source,title,archive"
    assert {line.rsplit("/", 1)[1] for line in ran.lines[1:]} == {"0.db", "1.db"}
    assert "there is no such file" in run_on(tmp_path / "0.db", "stories", "across", tmp_path / "gone.db").err
