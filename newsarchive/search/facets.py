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

    from newsarchive.search.fields import Sql

#: Where one span of lengths ends and the next begins, in characters.
LENGTHS = (300, 1000, 3000)
_COLUMNS = ("id", "source_id", "category_id", "published_date", "lang", "site", "char_count")
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
    is counted when it is first asked for; where only one is wanted of very many articles, `is_single` reads no other.
    """

    def __init__(
        self, connection: sqlite3.Connection, where: Sql, *, most: int, lines: int, is_single: bool = False
    ) -> None:
        self._connection, self._where, self._most, self._lines = connection, where, most, lines
        self._columns: dict[str, tuple[Any, ...]] | None = None if is_single else self._read()
        #: How many articles were counted.
        self.counted = self._number() if self._columns is None else len(self._columns["id"])

    def _read(self) -> dict[str, tuple[Any, ...]]:
        # All of these are in one index, which is why this is quick.
        matches = self._connection.execute(*self._newest(", ".join(f"a.{column}" for column in _COLUMNS))).fetchall()
        return dict(zip(_COLUMNS, zip(*matches, strict=True) if matches else ((),) * len(_COLUMNS), strict=True))

    def _newest(self, columns: str) -> tuple[str, tuple[str | int, ...]]:
        sql = f"SELECT {columns} FROM articles a WHERE {self._where.text} ORDER BY a.id DESC LIMIT ?"  # noqa: S608
        return sql, (*self._where.parameters, self._most)

    def _number(self) -> int:
        sql, parameters = self._newest("1")
        (number,) = self._connection.execute(f"SELECT count(*) FROM ({sql})", parameters).fetchone()  # noqa: S608
        return int(number)

    def _counts(self, column: str) -> Counter[Any]:
        """Count the values of a column: those that were read, or, of very many articles, in the database."""
        if self._columns is not None:
            return Counter(self._columns[column])
        sql, parameters = self._newest(f"a.{column} AS value")
        return Counter(
            dict(self._connection.execute(f"SELECT value, count(*) FROM ({sql}) GROUP BY 1", parameters).fetchall())  # noqa: S608
        )

    def _ids(self) -> tuple[str, tuple[str | int, ...]]:
        """Return the articles as the SQL of their ids."""
        if self._columns is not None:
            return "SELECT value FROM json_each(?)", (json.dumps(list(self._columns["id"])),)
        return self._newest("a.id")

    @cached_property
    def sources(self) -> list[Facet]:
        """The sources."""
        return _named(self._connection, "source", self._counts("source_id"), self._lines)

    @cached_property
    def categories(self) -> list[Facet]:
        """The categories."""
        return _named(self._connection, "category", self._counts("category_id"), self._lines)

    @cached_property
    def days(self) -> list[Facet]:
        """The days of publication."""
        by_day = self._counts("published_date")
        return [Facet(day, day, by_day[day]) for day in sorted(filter(None, by_day), reverse=True)[: self._lines]]

    @cached_property
    def codes(self) -> list[Facet]:
        """The securities that the articles mark."""
        ids, parameters = self._ids()
        found = self._connection.execute(
            f"SELECT code, max(name), count(*) AS articles FROM mentions WHERE article_id IN ({ids})"  # noqa: S608
            " GROUP BY code, market ORDER BY articles DESC, code LIMIT ?",
            (*parameters, self._lines),
        )
        return [Facet(code, f"{name or ''} {code}".strip(), count) for code, name, count in found]

    @cached_property
    def authors(self) -> list[Facet]:
        """The people whom the articles name as their authors."""
        ids, parameters = self._ids()
        found = self._connection.execute(
            f"SELECT name, count(*) AS articles FROM bylines WHERE role = 'author' AND article_id IN ({ids})"  # noqa: S608
            " GROUP BY name ORDER BY articles DESC, name LIMIT ?",
            (*parameters, self._lines),
        )
        return [Facet(name, name, count) for name, count in found]

    @cached_property
    def lengths(self) -> list[Facet]:
        """How long the articles are, the shortest first."""
        counts: Counter[int] = Counter()
        for length, number in self._counts("char_count").items():
            if length is not None:
                counts[bisect(LENGTHS, length)] += number
        ends = [*LENGTHS, None]
        spans = [(f"{start}..", f"{start:,}+") if end is None else (f"{start}..{end - 1}", f"{start:,}–{end - 1:,}")
                 for start, end in zip([0, *LENGTHS], ends, strict=True)]  # fmt: skip
        return [Facet(*spans[place], counts[place]) for place in sorted(counts)]

    @cached_property
    def languages(self) -> list[Facet]:
        """The languages."""
        return _plain(self._counts("lang"), self._lines)

    @cached_property
    def sites(self) -> list[Facet]:
        """The sites."""
        return _plain(self._counts("site"), self._lines)


def _plain(counts: Counter[Any], lines: int) -> list[Facet]:
    return [Facet(value, value, count) for value, count in counts.most_common() if value][:lines]


def _named(connection: sqlite3.Connection, field: str, counts: Counter[Any], lines: int) -> list[Facet]:
    names = {row_id: (value, label) for row_id, label, value in connection.execute(_NAMES[field])} if counts else {}
    return [Facet(*names[one], count) for one, count in counts.most_common() if one in names][:lines]
