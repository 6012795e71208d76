"""Which texts are worth comparing, and the links that came of it: tables of texts and their links.

The links are a function of the set of texts alone, whatever the order in which they came. Two texts *meet* at a
shingle when both have it and fewer than `REACH` texts that have it stand between them, in the order of their ids
(which are hashes of the texts, so the order means nothing and nobody can choose a place in it). Texts that meet
often enough for their sizes, and look alike, are compared. A text that comes or goes changes who meets only around its
own places; exactly those pairs are looked at again. `REACH` bounds the work for a phrase that ten thousand texts have,
and yet a story of a thousand copies hangs together, each copy linked with its neighbours.

An id shows the kind of its text, so most texts that only have a stock phrase in common need not be read.
"""

from __future__ import annotations

import json
import struct
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsarchive.stories.overlap import Comparable, compare
from newsarchive.stories.shingles import (
    SHINGLE_TABLES,
    around,
    count_between,
    create_shingle_tables,
    enter,
    take_out,
)
from newsarchive.stories.text import (
    KIND_BITS,
    StoryText,
    expected,
    look_alike,
    sample,
    story_text,
)

if TYPE_CHECKING:
    import sqlite3

    from newsarchive.stories.overlap import Overlap
    from newsarchive.stories.text import Sample

#: Texts on either side of a text, among those that have a shingle, with which it meets there.
REACH = 4
#: Two texts are compared when they meet at this share of the shingles that they had in common, were one a part of the
#: other; one stock phrase is not enough.
COMMON = 0.1
#: Characters of recently compared texts that are kept in memory, with their pieces (about 120 bytes a character).
_REMEMBERED = 150_000

#: The tables by which stories are found.
INDEX_TABLES = ("story_texts", *SHINGLE_TABLES, "story_text_links", "story_articles")

_TABLES = """
CREATE TABLE story_texts (
    id INTEGER PRIMARY KEY,
    shingles BLOB NOT NULL,
    sketch BLOB NOT NULL
) STRICT;
CREATE TABLE story_text_links (
    text_id INTEGER NOT NULL,
    other_id INTEGER NOT NULL,
    share REAL NOT NULL,
    other_share REAL NOT NULL,
    relation TEXT NOT NULL,
    joins INTEGER NOT NULL,
    PRIMARY KEY (text_id, other_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE story_articles (
    article_id INTEGER PRIMARY KEY,
    text_id INTEGER NOT NULL,
    printed INTEGER NOT NULL
) STRICT;
CREATE INDEX story_articles_text ON story_articles (text_id);
"""

# By the kinds of two texts, at how many shingles they must meet.
_ENOUGH = [
    [max(1, round(COMMON * expected(kind, other))) for other in range(KIND_BITS + 1)] for kind in range(KIND_BITS + 1)
]


def create_index_tables(connection: sqlite3.Connection) -> None:
    """Create the tables of this module; the caller holds the transaction."""
    create_shingle_tables(connection)
    for statement in _TABLES.split(";"):
        connection.execute(statement)


@dataclass(slots=True)
class Change:
    """What the coming or going of a text did to the links between others and itself, by text ids."""

    joined: set[int] = field(default_factory=set)
    separated: set[int] = field(default_factory=set)


class _Recent:
    """The texts compared last. Ids are hashes of the texts, so what is remembered can never be stale."""

    def __init__(self, characters: int) -> None:
        self._room = characters
        self._texts: OrderedDict[int, Comparable] = OrderedDict()

    def get(self, text_id: int) -> Comparable | None:
        if text_id in self._texts:
            self._texts.move_to_end(text_id)
        return self._texts.get(text_id)

    def add(self, comparable: Comparable) -> None:
        if comparable.id in self._texts:
            return
        self._texts[comparable.id] = comparable
        self._room -= comparable.length
        while self._room < 0:
            self._room += self._texts.popitem(last=False)[1].length


_recent = _Recent(_REMEMBERED)


class TextIndex:
    """The texts of an archive and the links between them."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    def add(self, text: StoryText) -> Change:
        """Enter a text that the index does not have, and link it; pairs that it comes between may lose their link."""
        _recent.add(Comparable(text))
        return self.add_sample(text.id, sample(text))

    def add_sample(self, text_id: int, taken: Sample) -> Change:
        """Enter a text by its sample; see `add`."""
        shingles, sketch = _pack("i", taken.shingles), _pack("H", taken.sketch)
        self._cursor.execute("INSERT INTO story_texts VALUES (?, ?, ?)", (text_id, shingles, sketch))
        neighbours = around(self._cursor, text_id, taken.shingles, REACH)
        enter(self._cursor, text_id, taken.shingles)
        change = Change()
        meetings = Counter(other for before, after in neighbours for other in (*before, *after))
        enough = _ENOUGH[text_id & KIND_BITS]
        candidates = [other for other, met in meetings.items() if met >= enough[other & KIND_BITS]]
        for other in self._like(text_id, taken.sketch, candidates):
            if (overlap := self.overlap(text_id, other)) and self._link(text_id, other, overlap):
                change.joined.add(other)
        for one, other in self._linked(_straddling(neighbours)):
            if not self._meet(one, other) and self._unlink(one, other):
                change.separated |= {one, other}
        return change

    def remove(self, text_id: int) -> Change:
        """Remove a text and its links from the index; pairs that it came between may gain one."""
        shingles = self._shingles(text_id)
        take_out(self._cursor, text_id, shingles)
        change = Change()
        links = self._cursor.execute("SELECT other_id FROM story_text_links WHERE text_id = ?", (text_id,)).fetchall()
        for (other,) in links:
            if self._unlink(text_id, other):
                change.separated.add(other)
        self._cursor.execute("DELETE FROM story_texts WHERE id = ?", (text_id,))
        pairs = _straddling(around(self._cursor, text_id, shingles, REACH))
        for one, other in pairs - set(self._linked(pairs)):
            if not (self._meet(one, other) and self._like(one, self._sketch(one), [other])):
                continue
            if (overlap := self.overlap(one, other)) and self._link(one, other, overlap):
                change.joined |= {one, other}
        return change

    def _linked(self, pairs: set[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return those of the pairs that are linked, in a fixed order."""
        if not pairs:
            return []
        links = self._cursor.execute(
            "SELECT text_id, other_id FROM story_text_links WHERE text_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list({one for one, _ in pairs})),),
        )
        return sorted(pairs.intersection(links.fetchall()))

    def _meet(self, one: int, other: int) -> bool:
        """Return whether two texts (the smaller id first) meet often enough."""
        missing = _ENOUGH[one & KIND_BITS][other & KIND_BITS]
        for shingle in self._shingles(one) & self._shingles(other):
            missing -= count_between(self._cursor, shingle, one, other, REACH) < REACH
            if not missing:
                return True
        return False

    def _like(self, text_id: int, sketch: frozenset[int], others: list[int]) -> list[int]:
        """Return those of other texts that look like a text at a glance."""
        if not others:
            return []
        rows = self._cursor.execute(
            "SELECT id, sketch FROM story_texts WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(others),)
        )
        return [other for other, packed in rows if look_alike(text_id, sketch, other, _unpack("H", packed))]

    def _shingles(self, text_id: int) -> frozenset[int]:
        (packed,) = self._cursor.execute("SELECT shingles FROM story_texts WHERE id = ?", (text_id,)).fetchone()
        return unpack_shingles(packed)

    def _sketch(self, text_id: int) -> frozenset[int]:
        (packed,) = self._cursor.execute("SELECT sketch FROM story_texts WHERE id = ?", (text_id,)).fetchone()
        return unpack_sketch(packed)

    def overlap(self, one: int, other: int) -> Overlap | None:
        """Return what two texts have in common; None where one of them cannot be loaded."""
        first, second = self.load(one), self.load(other)
        return compare(first, second) if first and second else None

    def load(self, text_id: int) -> Comparable | None:
        """Return a text of the index: remembered, or built again from any article that has it.

        None when the article has another text by now: its own turn to be linked is still to come.
        """
        if comparable := _recent.get(text_id):
            return comparable
        row = self._cursor.execute(
            "SELECT title, body, published_date FROM articles"
            " WHERE id = (SELECT article_id FROM story_articles WHERE text_id = ? LIMIT 1)",
            (text_id,),
        ).fetchone()
        text = story_text(*row) if row else None
        if text is None or text.id != text_id:
            return None
        comparable = Comparable(text)
        _recent.add(comparable)
        return comparable

    def _link(self, one: int, other: int, overlap: Overlap) -> bool:
        """Enter a link, readable from either side; return whether it joins two stories."""
        for first, second, seen in ((one, other, overlap), (other, one, overlap.reversed())):
            self._cursor.execute(
                "INSERT INTO story_text_links VALUES (?, ?, ?, ?, ?, ?)",
                (first, second, seen.share, seen.other_share, seen.relation, int(seen.joins)),
            )
        return overlap.joins

    def _unlink(self, one: int, other: int) -> bool:
        """Remove a link; return whether it joined two stories."""
        (joins,) = self._cursor.execute(
            "DELETE FROM story_text_links WHERE text_id = ? AND other_id = ? RETURNING joins", (one, other)
        ).fetchone()
        self._cursor.execute("DELETE FROM story_text_links WHERE text_id = ? AND other_id = ?", (other, one))
        return bool(joins)


def meet_often(one: int, other: int, met: int) -> bool:
    """Return whether two texts that meet at so many shingles are to be compared."""
    return met >= _ENOUGH[one & KIND_BITS][other & KIND_BITS]


def unpack_shingles(packed: bytes) -> frozenset[int]:
    """Return the shingles of a text out of its row."""
    return frozenset(_unpack("i", packed))


def unpack_sketch(packed: bytes) -> frozenset[int]:
    """Return the sketch of a text out of its row."""
    return frozenset(_unpack("H", packed))


def _straddling(neighbours: list[tuple[list[int], list[int]]]) -> set[tuple[int, int]]:
    """Return the pairs that meet at a shingle without the text between them and do not meet there with it."""
    return {
        (before[i], after[REACH - 1 - i])
        for before, after in neighbours
        for i in range(max(0, REACH - len(after)), len(before))
    }


def _pack(kind: str, hashes: frozenset[int]) -> bytes:
    return struct.pack(f"<{len(hashes)}{kind}", *sorted(hashes))


def _unpack(kind: str, packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(packed) // struct.calcsize(kind)}{kind}", packed)
