"""Stories: one story is one story, whoever prints it.

Every article belongs to one story: the articles whose texts are linked, from text to text, and lead is the one that
was first. Which articles that are depends on the texts alone, not on the order in which they came; a late text may
join two stories, a changed one may leave its story. A story's id is the smallest id of its articles, so it stays
while others join, and a rebuild gives the same ids.

Everything works inside the transaction that the caller holds.
"""

from __future__ import annotations

import json
from collections import defaultdict
from operator import itemgetter
from typing import TYPE_CHECKING

from newsarchive.stories.candidates import INDEX_TABLES, TextIndex, create_index_tables
from newsarchive.stories.text import fingerprint, story_text

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
# A time of publication as far as it is known.
_KNOWN = "CASE WHEN published_precision = 'day' THEN substr(published_at, 1, 10) ELSE published_at END"
# All that is counted lies in the index, so a story of a thousand articles costs no look at their texts.
_MEMBERS = (
    f"SELECT julianday(published_at), published_precision IS 'day', {_KNOWN}, source_id FROM articles"  # noqa: S608
    " WHERE story_id = ?"
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


class Stories:
    """The stories of one archive."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._cursor = connection.cursor()
        self._cursor.row_factory = None  # rows are tuples, whatever the connection makes of them
        self._texts = TextIndex(self._cursor)

    def link(self, article_id: int) -> int:
        """Assign an article to its story, after it was stored or its title, text, date or source changed.

        Returns the story's id. Calling it again without a change does nothing. Raises KeyError for an unknown article.
        """
        row = self._cursor.execute(
            "SELECT title, body, published_date, story_id FROM articles WHERE id = ?", (article_id,)
        ).fetchone()
        if row is None:
            raise KeyError(article_id)
        title, body, day, story_id = row
        printed = fingerprint("\0".join((title or "", day or "", body)))
        if story_id is not None and self._is_linked(article_id, printed):
            self._refresh(story_id)
            return int(story_id)
        text = story_text(title, body, day)
        if story_id is not None:
            if self._text_of(article_id) == (text.id if text else None):
                self._cursor.execute(
                    "UPDATE story_articles SET printed = ? WHERE article_id = ?", (printed, article_id)
                )
                self._refresh(story_id)
                return int(story_id)
            self._leave(article_id, story_id)
        return self._join(article_id, printed, text)

    def remove(self, article_id: int) -> None:
        """Remove an article from its story, before it is deleted."""
        (story_id,) = self._cursor.execute("SELECT story_id FROM articles WHERE id = ?", (article_id,)).fetchone()
        if story_id is not None:
            self._leave(article_id, story_id)

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Find all stories and links again and return the number of articles.

        The result, ids included, is what linking each article as it came has given. `progress` is called after every
        article with how many are done and how many there are.
        """
        for table in ("stories", *INDEX_TABLES):
            self._cursor.execute(f"DELETE FROM {table}")  # noqa: S608
        self._cursor.execute("UPDATE articles SET story_id = NULL WHERE story_id IS NOT NULL")
        article_ids = [article_id for (article_id,) in self._cursor.execute("SELECT id FROM articles ORDER BY id")]
        for done, article_id in enumerate(article_ids, 1):
            self.link(article_id)
            if progress is not None:
                progress(done, len(article_ids))
        return len(article_ids)

    def refresh(self, story_ids: Iterable[int]) -> None:
        """Count stories again and find their leads, after sources or dates of their articles changed."""
        for story_id in story_ids:
            self._refresh(story_id)

    def _text_of(self, article_id: int) -> int | None:
        row = self._cursor.execute("SELECT text_id FROM story_articles WHERE article_id = ?", (article_id,)).fetchone()
        return row[0] if row else None

    def _is_linked(self, article_id: int, printed: int) -> bool:
        """Return whether an article was linked as it is printed now, without looking at what of it is compared."""
        query = "SELECT 1 FROM story_articles WHERE article_id = ? AND printed = ?"
        return self._cursor.execute(query, (article_id, printed)).fetchone() is not None

    def _join(self, article_id: int, printed: int, text: StoryText | None) -> int:
        """Bring an article that has no story into the stories that its text is linked with; they become one."""
        if text is None:
            return self._settle({article_id}, set())
        known = self._cursor.execute("SELECT 1 FROM story_texts WHERE id = ?", (text.id,)).fetchone()
        self._cursor.execute("INSERT INTO story_articles VALUES (?, ?, ?)", (article_id, text.id, printed))
        if known:
            return self._settle({article_id}, self._stories_of([text.id]))
        change = self._texts.add(text)
        story_id = self._settle({article_id}, self._stories_of(change.joined))
        if not change.separated:
            return story_id
        self._regroup(self._stories_of(change.separated))
        return int(self._cursor.execute("SELECT story_id FROM articles WHERE id = ?", (article_id,)).fetchone()[0])

    def _leave(self, article_id: int, story_id: int) -> None:
        """Remove an article from its story; the text goes with the last article that has it."""
        text_id = self._text_of(article_id)
        self._cursor.execute("UPDATE articles SET story_id = NULL WHERE id = ?", (article_id,))
        touched = {story_id}
        if text_id is not None:
            self._cursor.execute("DELETE FROM story_articles WHERE article_id = ?", (article_id,))
            if not self._cursor.execute("SELECT 1 FROM story_articles WHERE text_id = ?", (text_id,)).fetchone():
                change = self._texts.remove(text_id)
                touched |= self._stories_of(change.joined | change.separated)
        self._regroup(touched)

    def _stories_of(self, text_ids: Collection[int]) -> set[int]:
        """Return the stories of the articles that have these texts; an article just being linked has none yet."""
        if not text_ids:
            return set()
        rows = self._cursor.execute(
            "SELECT DISTINCT a.story_id FROM json_each(?) j JOIN story_articles s ON s.text_id = j.value"
            " JOIN articles a ON a.id = s.article_id WHERE a.story_id IS NOT NULL",
            (json.dumps(list(text_ids)),),
        )
        return {story_id for (story_id,) in rows}

    def _settle(self, article_ids: set[int], story_ids: set[int]) -> int:
        """Make one story of articles without one and of whole stories; it has the smallest id of all."""
        target = min(article_ids | story_ids)
        for story_id in story_ids - {target}:
            self._cursor.execute("UPDATE articles SET story_id = ? WHERE story_id = ?", (target, story_id))
            self._cursor.execute("DELETE FROM stories WHERE id = ?", (story_id,))
        self._cursor.executemany(
            "UPDATE articles SET story_id = ? WHERE id = ?", [(target, one) for one in article_ids]
        )
        if len(article_ids) == 1 and not story_ids:
            self._open_alone(target)
        else:
            self._refresh(target)
        return target

    def _regroup(self, story_ids: set[int]) -> None:
        """Split the articles of some stories into groups that are linked."""
        marks = json.dumps(list(story_ids))
        rows = self._cursor.execute(
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
        groups += [set().union(*(articles[text_id] for text_id in texts)) for texts in self._components(set(articles))]
        those = "IN (SELECT value FROM json_each(?))"
        self._cursor.execute(f"DELETE FROM stories WHERE id {those}", (marks,))  # noqa: S608
        # The ids are given again: no article of another group may still have one.
        self._cursor.execute(f"UPDATE articles SET story_id = NULL WHERE story_id {those}", (marks,))  # noqa: S608
        for group in groups:
            self._settle(group, set())

    def _components(self, text_ids: set[int]) -> list[set[int]]:
        """Split texts into the groups that joining links hold together; the links lead to no other texts."""
        neighbours: dict[int, list[int]] = defaultdict(list)
        for one, other in self._cursor.execute(
            "SELECT text_id, other_id FROM story_text_links"
            " WHERE joins AND text_id IN (SELECT value FROM json_each(?))",
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

    def _open_alone(self, article_id: int) -> None:
        """Enter the story of a single article, without looking for others."""
        self._cursor.execute(
            "INSERT OR REPLACE INTO stories"  # noqa: S608
            " SELECT id, id, source_id, 1, source_id IS NOT NULL, published_at, published_at FROM"
            f" (SELECT id, source_id, CASE WHEN julianday(published_at) IS NOT NULL THEN {_KNOWN} END AS published_at"
            " FROM articles WHERE id = ?)",
            (article_id,),
        )

    def _refresh(self, story_id: int) -> None:
        members = self._cursor.execute(_MEMBERS, (story_id,)).fetchall()
        dated = [(when, when + is_day, known) for when, is_day, known, _ in members if when is not None]
        _, latest, first = min(dated, key=itemgetter(1, 2), default=(None, None, None))
        *_, last = max(dated, key=itemgetter(0, 2), default=(None,))
        lead = self._cursor.execute(_LEAD, (story_id, latest)).fetchone()
        sources = {source_id for *_, source_id in members if source_id is not None}
        story = (story_id, *lead, len(members), len(sources), first, last)
        if self._cursor.execute("SELECT * FROM stories WHERE id = ?", (story_id,)).fetchone() != story:
            self._cursor.execute("INSERT OR REPLACE INTO stories VALUES (?, ?, ?, ?, ?, ?, ?)", story)
