"""Stories: one story is one story, whoever prints it.

Every article belongs to one story: the articles whose texts are linked, from text to text, and lead is the one that
was first. Which articles that are depends on the texts alone, not on the order in which they came; a late text may
join two stories, a changed one may leave its story. A story's id is the smallest id of its articles, so it stays
while others join, and a rebuild gives the same ids.

All functions work inside the transaction that the caller holds.
"""

from __future__ import annotations

import json
from collections import defaultdict
from operator import itemgetter
from typing import TYPE_CHECKING

from newsarchive.stories.candidates import (
    INDEX_TABLES,
    add_text,
    create_index_tables,
    remove_text,
)
from newsarchive.stories.text import fingerprint, story_text
from newsarchive.timestamps import as_known

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable

    from newsarchive.stories.text import StoryText

_TABLES = """
CREATE TABLE stories (
    id INTEGER PRIMARY KEY,
    lead_article_id INTEGER NOT NULL,
    lead_source_id INTEGER,
    article_count INTEGER NOT NULL,
    source_count INTEGER NOT NULL,
    first_published_at TEXT,
    last_published_at TEXT
) STRICT;
CREATE INDEX stories_shared ON stories (last_published_at) WHERE article_count > 1;
CREATE INDEX stories_lead_source ON stories (lead_source_id, article_count);
CREATE VIEW story_links AS
SELECT a.article_id, b.article_id AS other_id, l.share, l.other_share, l.relation, l.joins
FROM story_articles a
JOIN story_text_links l ON l.text_id = a.text_id
JOIN story_articles b ON b.text_id = l.other_id
UNION ALL
SELECT a.article_id, b.article_id, 1.0, 1.0, 'same', 1
FROM story_articles a
JOIN story_articles b ON b.text_id = a.text_id AND b.article_id <> a.article_id;
"""

_INDEX = "CREATE INDEX articles_story ON articles (story_id, source_id, published_at, published_precision)"
# All that is counted lies in the index, so a story of a thousand articles costs no look at their texts.
_MEMBERS = (
    "SELECT julianday(published_at), published_precision, published_at, source_id FROM articles WHERE story_id = ?"
)
# Who was first: by time of publication, then by time of crawl; what has no readable time comes last. An article of
# which the day alone is known may be as late as the end of that day.
_LEAD = """
SELECT id, source_id FROM articles
WHERE story_id = ?1 AND (?2 IS NULL OR julianday(published_at) + (published_precision IS 'day') = ?2)
ORDER BY first_seen_at, article_key LIMIT 1
"""


def create_tables(connection: sqlite3.Connection) -> None:
    """Create the tables, indexes and the view of stories beside an `articles` table; the caller holds the transaction.

    `story_links` shows each pair of linked articles from both sides: `share` of the article's own text that the
    other has, `other_share` of the other's text that it has, the relation (the article is the `same` as the other,
    `shortened`, `extended`, an `excerpt` of it, or the `whole` of which the other is an excerpt), and whether the
    link `joins` them into one story.
    """
    create_index_tables(connection)
    for statement in (*_TABLES.split(";"), _INDEX):
        connection.execute(statement)


def link(connection: sqlite3.Connection, article_id: int) -> int:
    """Return an article its story, after it was stored or its title, text, date or source changed.

    Returns the story's id. Calling it again without a change does nothing. Raises KeyError for an unknown article.
    """
    cursor = _plain_cursor(connection)
    row = cursor.execute(
        "SELECT title, body, published_date, story_id FROM articles WHERE id = ?", (article_id,)
    ).fetchone()
    if row is None:
        raise KeyError(article_id)
    title, body, day, story_id = row
    printed = fingerprint("\0".join((title or "", day or "", body)))
    if story_id is not None and _is_linked(cursor, article_id, printed):
        _refresh(cursor, story_id)
        return int(story_id)
    text = story_text(title, body, day)
    if story_id is not None:
        if _text_of(cursor, article_id) == (text.id if text else None):
            cursor.execute("UPDATE story_articles SET printed = ? WHERE article_id = ?", (printed, article_id))
            _refresh(cursor, story_id)
            return int(story_id)
        _leave(cursor, article_id, story_id)
    return _join(cursor, article_id, printed, text)


def unlink(connection: sqlite3.Connection, article_id: int) -> None:
    """Take an article out of its story, before it is deleted; the others stay together only as far as they still do."""
    cursor = _plain_cursor(connection)
    row = cursor.execute("SELECT story_id FROM articles WHERE id = ?", (article_id,)).fetchone()
    if row and row[0] is not None:
        _leave(cursor, article_id, row[0])


def rebuild(connection: sqlite3.Connection, progress: Callable[[int, int], None] | None = None) -> int:
    """Compute all stories and links anew and return the number of articles.

    The result, ids included, is what linking each article as it came has given. `progress` is told after every
    article how many are done and how many there are.
    """
    cursor = _plain_cursor(connection)
    for table in ("stories", *INDEX_TABLES):
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608
    cursor.execute("UPDATE articles SET story_id = NULL WHERE story_id IS NOT NULL")
    article_ids = [article_id for (article_id,) in cursor.execute("SELECT id FROM articles ORDER BY id")]
    for done, article_id in enumerate(article_ids, 1):
        link(connection, article_id)
        if progress is not None:
            progress(done, len(article_ids))
    return len(article_ids)


def refresh(connection: sqlite3.Connection, story_ids: Iterable[int]) -> None:
    """Count stories anew and find their leads, after sources or dates of their articles changed."""
    cursor = _plain_cursor(connection)
    for story_id in story_ids:
        _refresh(cursor, story_id)


def _plain_cursor(connection: sqlite3.Connection) -> sqlite3.Cursor:
    """Return a cursor whose rows are tuples, whatever row factory the connection has."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor


def _text_of(cursor: sqlite3.Cursor, article_id: int) -> int | None:
    row = cursor.execute("SELECT text_id FROM story_articles WHERE article_id = ?", (article_id,)).fetchone()
    return row[0] if row else None


def _is_linked(cursor: sqlite3.Cursor, article_id: int, printed: int) -> bool:
    """Return whether an article was linked as it is printed now, without looking at what of it is compared."""
    query = "SELECT 1 FROM story_articles WHERE article_id = ? AND printed = ?"
    return cursor.execute(query, (article_id, printed)).fetchone() is not None


def _join(cursor: sqlite3.Cursor, article_id: int, printed: int, text: StoryText | None) -> int:
    """Bring an article that has no story into the stories that its text is linked with; they become one."""
    if text is None:
        return _settle(cursor, {article_id}, set())
    known = cursor.execute("SELECT 1 FROM story_texts WHERE id = ?", (text.id,)).fetchone()
    cursor.execute("INSERT INTO story_articles VALUES (?, ?, ?)", (article_id, text.id, printed))
    if known:
        return _settle(cursor, {article_id}, _stories_of(cursor, [text.id]))
    change = add_text(cursor, text)
    story_id = _settle(cursor, {article_id}, _stories_of(cursor, change.joined))
    if not change.parted:
        return story_id
    _regroup(cursor, _stories_of(cursor, change.parted))
    return int(cursor.execute("SELECT story_id FROM articles WHERE id = ?", (article_id,)).fetchone()[0])


def _leave(cursor: sqlite3.Cursor, article_id: int, story_id: int) -> None:
    """Take an article out of its story; the text goes with the last article that has it."""
    text_id = _text_of(cursor, article_id)
    cursor.execute("UPDATE articles SET story_id = NULL WHERE id = ?", (article_id,))
    touched = {story_id}
    if text_id is not None:
        cursor.execute("DELETE FROM story_articles WHERE article_id = ?", (article_id,))
        if not cursor.execute("SELECT 1 FROM story_articles WHERE text_id = ?", (text_id,)).fetchone():
            change = remove_text(cursor, text_id)
            touched |= _stories_of(cursor, change.joined | change.parted)
    _regroup(cursor, touched)


def _stories_of(cursor: sqlite3.Cursor, text_ids: Collection[int]) -> set[int]:
    """Return the stories of the articles that have these texts; an article just being linked has none yet."""
    if not text_ids:
        return set()
    rows = cursor.execute(
        "SELECT DISTINCT a.story_id FROM json_each(?) j JOIN story_articles s ON s.text_id = j.value"
        " JOIN articles a ON a.id = s.article_id WHERE a.story_id IS NOT NULL",
        (json.dumps(list(text_ids)),),
    )
    return {story_id for (story_id,) in rows}


def _settle(cursor: sqlite3.Cursor, article_ids: set[int], story_ids: set[int]) -> int:
    """Make one story of articles without one and of whole stories; it has the smallest id of all."""
    target = min(article_ids | story_ids)
    for story_id in story_ids - {target}:
        cursor.execute("UPDATE articles SET story_id = ? WHERE story_id = ?", (target, story_id))
        cursor.execute("DELETE FROM stories WHERE id = ?", (story_id,))
    cursor.executemany("UPDATE articles SET story_id = ? WHERE id = ?", [(target, one) for one in article_ids])
    if len(article_ids) == 1 and not story_ids:
        _open_alone(cursor, target)
    else:
        _refresh(cursor, target)
    return target


def _regroup(cursor: sqlite3.Cursor, story_ids: set[int]) -> None:
    """Part the articles of some stories anew into groups that hang together."""
    marks = json.dumps(list(story_ids))
    rows = cursor.execute(
        "SELECT a.id, s.text_id FROM articles a LEFT JOIN story_articles s ON s.article_id = a.id"
        " WHERE a.story_id IN (SELECT value FROM json_each(?))",
        (marks,),
    ).fetchall()
    articles: dict[int, set[int]] = defaultdict(set)
    groups: list[set[int]] = []
    for article_id, text_id in rows:
        if text_id is None:
            groups.append({article_id})
        else:
            articles[text_id].add(article_id)
    groups += [set().union(*(articles[text_id] for text_id in texts)) for texts in _components(cursor, set(articles))]
    cursor.execute("DELETE FROM stories WHERE id IN (SELECT value FROM json_each(?))", (marks,))
    # The ids are given anew: none may still be worn by an article of another group.
    cursor.execute("UPDATE articles SET story_id = NULL WHERE story_id IN (SELECT value FROM json_each(?))", (marks,))
    for group in groups:
        _settle(cursor, group, set())


def _components(cursor: sqlite3.Cursor, text_ids: set[int]) -> list[set[int]]:
    """Part texts into those that joining links hold together; the links lead to no other texts."""
    neighbours: dict[int, list[int]] = defaultdict(list)
    for one, other in cursor.execute(
        "SELECT text_id, other_id FROM story_text_links WHERE joins AND text_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(text_ids)),),
    ):
        neighbours[one].append(other)
    components = []
    left = set(text_ids)
    while left:
        component, edge = set(), [left.pop()]
        while edge:
            text_id = edge.pop()
            component.add(text_id)
            found = left.intersection(neighbours[text_id])
            left -= found
            edge.extend(found)
        components.append(component)
    return components


def _open_alone(cursor: sqlite3.Cursor, article_id: int) -> None:
    """Enter the story of an article that stands alone, without looking for others."""
    cursor.execute(
        "INSERT OR REPLACE INTO stories"
        " SELECT id, id, source_id, 1, source_id IS NOT NULL, published_at, published_at FROM"
        " (SELECT id, source_id, CASE WHEN julianday(published_at) IS NULL THEN NULL"
        " WHEN published_precision = 'day' THEN substr(published_at, 1, 10) ELSE published_at END AS published_at"
        " FROM articles WHERE id = ?)",
        (article_id,),
    )


def _refresh(cursor: sqlite3.Cursor, story_id: int) -> None:
    members = cursor.execute(_MEMBERS, (story_id,)).fetchall()
    dated = [
        (when, when + (precision == "day"), as_known(printed, precision))
        for when, precision, printed, _ in members
        if when is not None
    ]
    _, latest, first = min(dated, key=itemgetter(1, 2), default=(None, None, None))
    *_, last = max(dated, key=itemgetter(0, 2), default=(None,))
    lead = cursor.execute(_LEAD, (story_id, latest)).fetchone()
    sources = {source_id for *_, source_id in members if source_id is not None}
    story = (story_id, *lead, len(members), len(sources), first, last)
    if cursor.execute("SELECT * FROM stories WHERE id = ?", (story_id,)).fetchone() != story:
        cursor.execute("INSERT OR REPLACE INTO stories VALUES (?, ?, ?, ?, ?, ?, ?)", story)
