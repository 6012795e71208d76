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
from newsarchive.stories.overlap import compare
from newsarchive.stories.text import look_alike

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: An article: the place of its archive in the list of archives, and its id there.
Place = tuple[int, int]


def stories_across(connections: Sequence[sqlite3.Connection]) -> list[list[Place]]:
    """Return the stories of several archives that have more than one article, each and all in the order of the places.

    An article that two archives have, by its key, is one. The caller holds a read transaction of each archive.
    """
    groups = _Groups()
    for one, other in _joined_pairs(connections):
        groups.join(("text", one), ("text", other))
    articles: dict[tuple[str, int | str], list[Place]] = defaultdict(list)
    query = (
        "SELECT a.id, a.article_key, s.text_id FROM articles a LEFT JOIN story_articles s ON s.article_id = a.id"
        " ORDER BY a.id"
    )
    for archive, connection in enumerate(connections):
        for article_id, key, text_id in connection.execute(query):
            if text_id is not None:
                groups.join(("key", key), ("text", text_id))
            articles["key", key].append((archive, article_id))
    stories: dict[tuple[str, int | str], list[Place]] = defaultdict(list)
    for node, places in articles.items():
        stories[groups.root(node)] += places
    return sorted(sorted(places) for places in stories.values() if len(places) > 1)


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


def _joined_pairs(connections: Sequence[sqlite3.Connection]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of texts whose link makes one story of two."""
    indexes = [TextIndex(_cursor(connection)) for connection in connections]
    homes: dict[int, int] = {}
    for archive, connection in enumerate(connections):
        for (text_id,) in connection.execute("SELECT id FROM story_texts"):
            homes.setdefault(text_id, archive)
    meetings = _meetings(connections)
    for (one, other), met in meetings.items():
        if not meet_often(one, other, met):
            continue
        connection, further = connections[homes[one]], connections[homes[other]]
        joins = _known(connection, one, other)
        if joins is None and look_alike(one, _sketch(connection, one), other, _sketch(further, other)):
            first, second = indexes[homes[one]].load(one), indexes[homes[other]].load(other)
            overlap = compare(first, second) if first and second else None
            joins = overlap is not None and overlap.joins
        if joins:
            yield one, other


def _meetings(connections: Sequence[sqlite3.Connection]) -> Counter[tuple[int, int]]:
    """Count at how many shingles two texts (the smaller id first) meet."""
    meetings: Counter[tuple[int, int]] = Counter()
    # On the disk where memory does not suffice: there are a dozen shingles a text.
    with closing(sqlite3.connect("")) as work:
        work.execute("CREATE TABLE places (shingle, text_id, PRIMARY KEY (shingle, text_id)) WITHOUT ROWID")
        for connection in connections:
            for text_id, packed in connection.execute("SELECT id, shingles FROM story_texts"):
                places = [(shingle, text_id) for shingle in unpack_shingles(packed)]
                work.executemany("INSERT OR IGNORE INTO places VALUES (?, ?)", places)
        before: deque[int] = deque(maxlen=REACH)
        last = None
        for shingle, text_id in work.execute("SELECT shingle, text_id FROM places ORDER BY shingle, text_id"):
            if shingle != last:
                before.clear()
                last = shingle
            meetings.update((one, text_id) for one in before)
            before.append(text_id)
    return meetings


def _known(connection: sqlite3.Connection, one: int, other: int) -> bool | None:
    """Return whether the link of two texts joins their stories, as an archive that has both knows it; else None."""
    query = "SELECT joins FROM story_text_links WHERE text_id = ? AND other_id = ?"
    row = connection.execute(query, (one, other)).fetchone()
    return bool(row[0]) if row else None


def _sketch(connection: sqlite3.Connection, text_id: int) -> frozenset[int]:
    (packed,) = connection.execute("SELECT sketch FROM story_texts WHERE id = ?", (text_id,)).fetchone()
    return unpack_sketch(packed)


def _cursor(connection: sqlite3.Connection) -> sqlite3.Cursor:
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor
