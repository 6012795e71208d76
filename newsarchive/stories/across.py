"""Stories over several archives: the same that one archive with all their articles would have.

Which texts are linked depends on the set of texts alone, and their ids are hashes. So what each archive keeps of its
texts is enough to find all pairs that meet; only those that no archive has compared have their texts read.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict, deque
from contextlib import closing
from typing import TYPE_CHECKING

from newsarchive.stories.candidates import REACH, TextIndex, meet_often, unpack_shingles, unpack_sketch
from newsarchive.stories.overlap import Overlap, compare
from newsarchive.stories.text import Sample, look_alike

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: An article: the place of its archive in the list of archives, and its id there.
Place = tuple[int, int]


def stories_across(connections: Sequence[sqlite3.Connection], since: str | None = None) -> list[list[Place]]:
    """Return the stories of several archives that have more than one article, each and all in the order of the places.

    An article that two archives have, by its key, is one. `since`, a day as in 2026-03-01, leaves out the articles that
    were published before, as if no archive had them. The caller holds a read transaction of each archive.
    """
    return joined(connections, since, _joined_pairs(Texts(connections, since)))


def joined(
    connections: Sequence[sqlite3.Connection], since: str | None, pairs: Iterable[tuple[int, int]]
) -> list[list[Place]]:
    """Return the stories, as `stories_across` does, by the pairs of texts that belong to one."""
    groups = _Groups()
    for one, other in pairs:
        groups.join(("text", one), ("text", other))
    articles: dict[tuple[str, int | str], list[Place]] = defaultdict(list)
    for archive, connection in enumerate(connections):
        for article_id, key, text_id in _articles(connection, since):
            if text_id is not None:
                groups.join(("key", key), ("text", text_id))
            articles["key", key].append((archive, article_id))
    stories: dict[tuple[str, int | str], list[Place]] = defaultdict(list)
    for node, places in articles.items():
        stories[groups.root(node)] += places
    return sorted(sorted(places) for places in stories.values() if len(places) > 1)


class Texts:
    """The texts of the articles of several archives, each of the first archive that has it."""

    def __init__(self, connections: Sequence[sqlite3.Connection], since: str | None) -> None:
        self._cursors = [_cursor(connection) for connection in connections]
        self._indexes = [TextIndex(cursor) for cursor in self._cursors]
        self._homes: dict[int, int] = {}
        for archive, connection in enumerate(connections):
            for _article_id, _key, text_id in _articles(connection, since):
                if text_id is not None:
                    self._homes.setdefault(text_id, archive)
        #: The ids of all texts.
        self.ids = self._homes.keys()

    def sample(self, text_id: int) -> Sample:
        """Return what of a text is looked up and compared first."""
        query = "SELECT shingles, sketch FROM story_texts WHERE id = ?"
        shingles, sketch = self._cursors[self._homes[text_id]].execute(query, (text_id,)).fetchone()
        return Sample(unpack_shingles(shingles), unpack_sketch(sketch))

    def overlap(self, one: int, other: int) -> Overlap | None:
        """Return what two texts have in common, as the archive of the first knows it where it has both."""
        if one not in self._homes or other not in self._homes:
            return None
        home, further = self._homes[one], self._homes[other]
        query = "SELECT share, other_share, relation, joins FROM story_text_links WHERE text_id = ? AND other_id = ?"
        if (row := self._cursors[home].execute(query, (one, other)).fetchone()) is not None:
            share, other_share, relation, joins = row
            return Overlap(share, other_share, relation, bool(joins))
        first, second = self._indexes[home].load(one), self._indexes[further].load(other)
        return compare(first, second) if first and second else None


class _Groups:
    """Sets that are joined (union-find)."""

    def __init__(self) -> None:
        self._above: dict[tuple[str, int | str], tuple[str, int | str]] = {}

    def root(self, node: tuple[str, int | str]) -> tuple[str, int | str]:
        path = []
        while (above := self._above.get(node, node)) != node:
            path.append(node)
            node = above
        for one in path:
            self._above[one] = node
        return node

    def join(self, one: tuple[str, int | str], other: tuple[str, int | str]) -> None:
        self._above[self.root(one)] = self.root(other)


def _articles(connection: sqlite3.Connection, since: str | None) -> sqlite3.Cursor:
    """Return id, key and text of the articles; those without a date count by when they were first seen."""
    query = "SELECT a.id, a.article_key, s.text_id FROM articles a LEFT JOIN story_articles s ON s.article_id = a.id"
    if since is None:
        return _cursor(connection).execute(f"{query} ORDER BY a.id")
    return _cursor(connection).execute(
        f"{query} WHERE a.published_date >= ?1 OR (a.published_date IS NULL AND a.first_seen_at >= ?1) ORDER BY a.id",
        (since,),
    )


def _joined_pairs(texts: Texts) -> Iterator[tuple[int, int]]:
    """Yield the pairs of texts whose link makes one story of two."""
    for (one, other), met in _meetings(texts).items():
        if not meet_often(one, other, met):
            continue
        if look_alike(one, texts.sample(one).sketch, other, texts.sample(other).sketch):
            overlap = texts.overlap(one, other)
            if overlap is not None and overlap.joins:
                yield one, other


def _meetings(texts: Texts) -> Counter[tuple[int, int]]:
    """Count at how many shingles two texts (the smaller id first) meet."""
    meetings: Counter[tuple[int, int]] = Counter()
    # On the disk where memory does not suffice: there are a dozen shingles a text.
    with closing(sqlite3.connect("")) as work:
        work.execute("CREATE TABLE places (shingle, text_id, PRIMARY KEY (shingle, text_id)) WITHOUT ROWID")
        for text_id in texts.ids:
            places = [(shingle, text_id) for shingle in texts.sample(text_id).shingles]
            work.executemany("INSERT INTO places VALUES (?, ?)", places)
        before: deque[int] = deque(maxlen=REACH)
        last = None
        for shingle, text_id in work.execute("SELECT shingle, text_id FROM places ORDER BY shingle, text_id"):
            if shingle != last:
                before.clear()
                last = shingle
            meetings.update((one, text_id) for one in before)
            before.append(text_id)
    return meetings


def _cursor(connection: sqlite3.Connection) -> sqlite3.Cursor:
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor
