"""Facets: which sources, categories, days and securities the articles of a search have, and how many have each."""

from __future__ import annotations

import json
from bisect import bisect
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from newsarchive.search.fields import Sql

#: Where one span of lengths ends and the next begins, in characters.
LENGTHS = (300, 1000, 3000)
# What the values of a facet are called, and how the query language names them.
_NAMES = {
    "source": "SELECT id, name, name FROM sources",
    "category": "SELECT id, coalesce(name, slug), slug FROM categories",
}


@dataclass(frozen=True, slots=True)
class Facet:
    """A value that articles have in common: as a field of the query language takes it, as people read it, how often."""

    value: str
    label: str
    count: int


class Facets:
    """The values of the articles that meet a condition, those stored last, `most` of them at most.

    There are at most `lines` values of each kind: the commonest first, of `days` (2022-03-01) the latest first. A kind
    is counted when it is first asked for.
    """

    def __init__(self, connection: sqlite3.Connection, where: Sql, *, most: int, lines: int) -> None:
        matches = connection.execute(
            "SELECT a.id, a.source_id, a.category_id, a.published_date, a.lang, a.site, a.char_count"  # noqa: S608
            f" FROM articles a WHERE {where.text} ORDER BY a.id DESC LIMIT ?",
            (*where.parameters, most),
        ).fetchall()
        columns: Iterable[tuple[Any, ...]] = zip(*matches, strict=True) if matches else ((),) * 7
        self._ids, self._sources, self._categories, self._days, self._languages, self._sites, self._lengths = columns
        self._connection, self._lines = connection, lines
        #: How many articles were counted.
        self.counted = len(matches)

    @cached_property
    def sources(self) -> list[Facet]:
        """The sources."""
        return _named(self._connection, "source", self._sources, self._lines)

    @cached_property
    def categories(self) -> list[Facet]:
        """The categories."""
        return _named(self._connection, "category", self._categories, self._lines)

    @cached_property
    def days(self) -> list[Facet]:
        """The days of publication."""
        by_day = Counter(day for day in self._days if day)
        return [Facet(day, day, by_day[day]) for day in sorted(by_day, reverse=True)[: self._lines]]

    @cached_property
    def codes(self) -> list[Facet]:
        """The securities that the articles mark."""
        return _codes(self._connection, self._ids, self._lines)

    @cached_property
    def authors(self) -> list[Facet]:
        """The people whom the articles name as their authors."""
        found = self._connection.execute(
            "SELECT name, count(*) AS articles FROM bylines WHERE role = 'author'"
            " AND article_id IN (SELECT value FROM json_each(?)) GROUP BY name ORDER BY articles DESC, name LIMIT ?",
            (json.dumps(list(self._ids)), self._lines),
        )
        return [Facet(name, name, count) for name, count in found]

    @cached_property
    def lengths(self) -> list[Facet]:
        """How long the articles are, the shortest first."""
        counts = Counter(bisect(LENGTHS, length) for length in self._lengths if length is not None)
        ends = [*LENGTHS, None]
        spans = [(f"{start}..", f"{start:,}+") if end is None else (f"{start}..{end - 1}", f"{start:,}–{end - 1:,}")
                 for start, end in zip([0, *LENGTHS], ends, strict=True)]  # fmt: skip
        return [Facet(*spans[place], counts[place]) for place in sorted(counts)]

    @cached_property
    def languages(self) -> list[Facet]:
        """The languages."""
        return _plain(self._languages, self._lines)

    @cached_property
    def sites(self) -> list[Facet]:
        """The sites."""
        return _plain(self._sites, self._lines)


def _plain(values: Iterable[str | None], lines: int) -> list[Facet]:
    return [Facet(value, value, count) for value, count in Counter(filter(None, values)).most_common(lines)]


def _named(connection: sqlite3.Connection, field: str, ids: Iterable[int | None], lines: int) -> list[Facet]:
    counts = Counter(one for one in ids if one is not None)
    names = {row_id: (value, label) for row_id, label, value in connection.execute(_NAMES[field])} if counts else {}
    return [Facet(*names[one], count) for one, count in counts.most_common(lines) if one in names]


def _codes(connection: sqlite3.Connection, ids: Iterable[int], lines: int) -> list[Facet]:
    found = connection.execute(
        "SELECT code, max(name), count(*) AS articles FROM mentions"
        " WHERE article_id IN (SELECT value FROM json_each(?)) GROUP BY market, code ORDER BY articles DESC, code"
        " LIMIT ?",
        (json.dumps(list(ids)), lines),
    )
    return [Facet(code, f"{name or ''} {code}".strip(), count) for code, name, count in found]
