"""Which articles a search gives, in which order: exactly the newest (oldest, longest), or the best among the newest.

Full-text matches come cheaply in the order of article ids, the order in which articles were first stored. People want
the order of publication. The two agree while a crawl follows the news, and part where old posts were read in later.
`by_time` is exact in both cases: it takes the newest matches by id, and then looks at every article that was
published later than what it has but stored earlier.
"""

from __future__ import annotations

import json
from heapq import nlargest
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from newsarchive.search.fields import Sql
from newsarchive.search.sql import CHARACTERS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from newsarchive.search.folding import Folding
    from newsarchive.search.sql import Plan

#: How many matches, the newest by id, are weighed against each other when the best are asked for.
MOST_RANKED = 5000
#: The same where only single characters are asked for.
MOST_RANKED_CHARACTERS = 1000

# The first look at the matches: this many for each article wanted. Then up to so many matches are fetched and sorted;
# where there are more, walking through the articles in their order finds the first of them sooner.
_FIRST_LOOK = 4
_FEW, _FEW_WITH_CONDITIONS = 2000, 5000
_MOST_STRAGGLERS = 2000
# Stragglers are looked for among all articles as new as the last wanted match. Where these would be more than so many,
# a rarer word is faster sorted as a whole.
_FAR, _FEW_AND_FAR = 25_000, 700
_SMALLEST_WINDOW, _LARGEST_WINDOW = 100, 16000
# A window's ids are looked up in so many ranges, cut where they lie farthest apart: every look-up begins the search
# in all segments of the index again (a millisecond or so), while reading on costs a fraction of a microsecond a match.
_RANGES = 8
# So many matches tell whether most of them meet the other conditions of a query.
_SAMPLE = 1000
# More matches than these are not looked at one by one.
_MOST_FILTERED = 30_000


class Position(NamedTuple):
    """A place in an order, behind which the next page begins: of publication, undated articles last, or of length."""

    published_at: str | None
    article_id: int
    char_count: int = 0


class _Direction(NamedTuple):
    sql: str
    beyond: str
    before: str


_NEWEST = _Direction("DESC", "<", ">")
_OLDEST = _Direction("ASC", ">", "<")


class Matches:
    """The articles that a plan finds, in the orders that people want. Only those that `have_words` can be ranked."""

    def __init__(self, connection: sqlite3.Connection, plan: Plan) -> None:
        self._connection = connection
        self._where = plan.where
        self.have_words = plan.match is not None
        self._has_conditions = bool(plan.conditions)
        self._index, self._expression = (plan.match.index, plan.match.expression) if plan.match else ("", "")

    def by_time(self, count: int, *, oldest: bool = False, after: Position | None = None) -> list[int]:
        """Return the ids of the `count` newest (or oldest) articles, those behind a position if one is given."""
        direction = _OLDEST if oldest else _NEWEST
        where = self._where
        if not self.have_words:
            return self._first(where, direction, after, count)
        few = _FEW_WITH_CONDITIONS
        if not self._has_conditions and after is None:
            few = _FEW
            if (exact := self._first_matches(count, direction)) is not None:
                return exact
        ids = self._matches(few + 1, direction)
        if len(ids) <= few:
            return self._first(_among(ids, where), direction, after, count)
        found: list[int] = []
        size = min(max(_SMALLEST_WINDOW, 2 * count * (abs(ids[0] - ids[-1]) // len(ids))), _LARGEST_WINDOW)
        for window in self._walk(where, direction, after, (size, _LARGEST_WINDOW)):
            found.extend(self._matching(window))
            if len(found) >= count:
                break
        return found[:count]

    def by_length(self, count: int, *, shortest: bool = False, after: Position | None = None) -> list[int]:
        """Return the ids of the `count` longest (or shortest) articles, those behind a position if one is given."""
        direction = _OLDEST if shortest else _NEWEST
        where, index = self._where, self._index
        if self.have_words:
            matching = f"a.id IN (SELECT rowid FROM {index} WHERE {index} MATCH ?) AND ({where.text})"  # noqa: S608
            where = Sql(matching, (self._expression, *where.parameters))
        beyond = "true" if after is None else f"(coalesce(a.char_count, 0), a.id) {direction.beyond} (?, ?)"
        rows = self._connection.execute(
            f"SELECT a.id FROM articles a WHERE ({where.text}) AND {beyond} "  # noqa: S608
            f"ORDER BY coalesce(a.char_count, 0) {direction.sql}, a.id {direction.sql} LIMIT ?",
            (*where.parameters, *(() if after is None else (after.char_count, after.article_id)), count),
        )
        return [row[0] for row in rows]

    def by_rank(self, count: int, folding: Folding) -> list[tuple[int, float]]:
        """Return the `count` best of the newest `MOST_RANKED` matches with their weights, the best (largest) first.

        A plan without words has none. Single characters weigh nothing in FTS5's sense: of the newest
        `MOST_RANKED_CHARACTERS` articles, those that have them in their title come first.
        """
        if not self.have_words:
            return []
        index, expression = self._index, self._expression
        if index == CHARACTERS:
            return self._by_title(count, folding)
        arguments: tuple[str | int, ...] = (expression,)
        if self._has_conditions:
            ids = self._newest_ids(MOST_RANKED)
            # The plus keeps SQLite from asking the index for one article at a time.
            condition, arguments = "+rowid IN (SELECT value FROM json_each(?))", (expression, json.dumps(ids))
            oldest = min(ids, default=0)
        else:
            condition = "true"
            row = self._connection.execute(
                f"SELECT rowid FROM {index} WHERE {index} MATCH ? ORDER BY rowid DESC LIMIT 1 OFFSET ?",  # noqa: S608
                (expression, MOST_RANKED - 1),
            ).fetchone()
            oldest = row[0] if row else 0
        # Without the plus FTS5 would weigh every match before the condition is looked at.
        return [
            (article_id, -rank)
            for article_id, rank in self._connection.execute(
                f"SELECT rowid, rank FROM {index} WHERE {index} MATCH ? AND {condition} AND rowid >= ? "  # noqa: S608
                "ORDER BY +rank LIMIT ?",
                (*arguments, oldest, count),
            )
        ]

    def _by_title(self, count: int, folding: Folding) -> list[tuple[int, float]]:
        ids = self._newest_ids(MOST_RANKED_CHARACTERS)
        letters = {letter for letter in self._expression if not letter.isascii()}
        titles = self._connection.execute(
            "SELECT id, title FROM articles WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id DESC",
            (json.dumps(ids),),
        )
        ranked = [
            (article_id, float(len(letters.intersection(folding.fold(title or ""))))) for article_id, title in titles
        ]
        ranked.sort(key=lambda pair: -pair[1])
        return ranked[:count]

    def _newest_ids(self, count: int) -> list[int]:
        """Return the newest ids that match with all conditions."""
        if not self._has_conditions:
            return self._matches(count, _NEWEST)
        wanted = _SAMPLE
        while True:
            ids = self._matches(wanted, _NEWEST)
            kept = self._filtered(ids, self._where)
            if len(ids) < wanted or len(kept) >= count:
                return kept[:count]
            # As many as hold enough, if the others are like these.
            enough = wanted * count * 5 // (4 * max(1, len(kept)))
            if wanted >= enough or enough > _MOST_FILTERED:
                break
            wanted = enough
        # Few matches meet the conditions: now it is cheaper to know all articles that do.
        where = self._where
        first, last = self._connection.execute(
            f"SELECT min(a.id), max(a.id) FROM articles a WHERE {where.text}",  # noqa: S608
            where.parameters,
        ).fetchone()
        rows = self._connection.execute(
            f"SELECT rowid FROM {self._index} WHERE {self._index} MATCH ? AND rowid BETWEEN ? AND ? "  # noqa: S608
            f"AND +rowid IN (SELECT a.id FROM articles a WHERE {where.text}) ORDER BY rowid DESC LIMIT ?",
            (self._expression, first, last, *where.parameters, count),
        )
        return [row[0] for row in rows]

    def _filtered(self, ids: list[int], where: Sql) -> list[int]:
        among = _among(ids, where)
        rows = self._connection.execute(
            f"SELECT a.id FROM articles a WHERE {among.text} ORDER BY a.id DESC",  # noqa: S608
            among.parameters,
        )
        return [row[0] for row in rows]

    def _matches(self, count: int, direction: _Direction) -> list[int]:
        rows = self._connection.execute(
            f"SELECT rowid FROM {self._index} WHERE {self._index} MATCH ? ORDER BY rowid {direction.sql} LIMIT ?",  # noqa: S608
            (self._expression, count),
        )
        return [row[0] for row in rows]

    def _first_matches(self, count: int, direction: _Direction) -> list[int] | None:
        """Return the first matches in time where a look at the first by id can tell them; None where it cannot."""
        look = _FIRST_LOOK * count
        ids = self._matches(look, direction)
        if len(ids) == look < _FEW_AND_FAR and abs(ids[0] - ids[count - 1]) > _FAR:
            look = _FEW_AND_FAR
            ids = self._matches(look, direction)
        if len(ids) < look:
            return self._first(_among(ids, Sql("true")), direction, None, count)
        return self._nearest(ids, count, direction)

    def _nearest(self, ids: list[int], count: int, direction: _Direction) -> list[int] | None:
        """Pick the first in time of the first matches by id and the stragglers; None when these are too many."""
        best = self._first(_among(ids, Sql("true")), direction, None, count)
        published_at, last = self._connection.execute(
            "SELECT published_at, id FROM articles WHERE id = ?", (best[-1],)
        ).fetchone()
        if published_at is None:
            return None
        stragglers = self._connection.execute(
            f"SELECT id FROM articles WHERE published_at {direction.before}= ?1 AND id {direction.beyond} ?2 "  # noqa: S608
            f"AND (published_at {direction.before} ?1 OR id {direction.before} ?3) LIMIT ?4",
            (published_at, ids[-1], last, _MOST_STRAGGLERS + 1),
        ).fetchall()
        if len(stragglers) > _MOST_STRAGGLERS:
            return None
        late = self._matching([row[0] for row in stragglers])
        if not late:
            return best
        return self._first(_among(best + late, Sql("true")), direction, None, count)

    def _first(self, where: Sql, direction: _Direction, after: Position | None, count: int) -> list[int]:
        """Return the first articles of a condition in the order of publication."""
        windows = self._walk(where, direction, after, (count, count))
        return list(islice(chain.from_iterable(windows), count))

    def _walk(
        self, where: Sql, direction: _Direction, after: Position | None, sizes: tuple[int, int]
    ) -> Iterator[list[int]]:
        """Yield the ids of the articles of a condition in the order of publication, in windows of growing size.

        Dated articles come first, then, as a stretch of its own, the undated in the order of their ids.
        """
        size, largest = sizes
        position = after
        while True:
            bound, parameters = _bound(position, direction)
            rows = self._connection.execute(
                f"SELECT a.published_at, a.id FROM articles a WHERE ({where.text}) AND {bound} "  # noqa: S608
                f"ORDER BY a.published_at {direction.sql}, a.id {direction.sql} LIMIT ?",
                (*where.parameters, *parameters, size),
            ).fetchall()
            if rows:
                yield [row[1] for row in rows]
                position = Position(*rows[-1])
            if len(rows) < size:
                if position is not None and position.published_at is None:
                    return
                position = Position(None, 0 if direction is _OLDEST else 1 << 62)
            size = min(4 * size, largest)

    def _matching(self, ids: list[int]) -> list[int]:
        """Return the ids that match, in the order given."""
        matching: set[int] = set()
        query = (
            f"SELECT rowid FROM {self._index} WHERE {self._index} MATCH ? AND rowid BETWEEN ? AND ? "  # noqa: S608
            "AND +rowid IN (SELECT value FROM json_each(?))"
        )
        for part in _ranges(sorted(ids)):
            rows = self._connection.execute(query, (self._expression, part[0], part[-1], json.dumps(part)))
            matching.update(row[0] for row in rows)
        return [article_id for article_id in ids if article_id in matching]


def _among(ids: list[int], condition: Sql) -> Sql:
    text = f"a.id IN (SELECT value FROM json_each(?)) AND ({condition.text})"  # noqa: S608
    return Sql(text, (json.dumps(ids), *condition.parameters))


def _bound(position: Position | None, direction: _Direction) -> tuple[str, tuple[str | int, ...]]:
    beyond = direction.beyond
    if position is None:
        return "a.published_at IS NOT NULL", ()
    if position.published_at is None:
        return f"a.published_at IS NULL AND a.id {beyond} ?", (position.article_id,)
    # Written so that the index on published_at serves it: one range, and a check inside it.
    bound = f"a.published_at {beyond}= ? AND (a.published_at {beyond} ? OR a.id {beyond} ?)"
    return bound, (position.published_at, position.published_at, position.article_id)


def _ranges(ids: list[int]) -> Iterator[list[int]]:
    """Cut ascending ids where they lie farthest apart."""
    gaps = ((after - before, position) for position, (before, after) in enumerate(pairwise(ids), start=1))
    cuts = sorted(position for gap, position in nlargest(_RANGES - 1, gaps) if gap > 1)
    for first, last in pairwise([0, *cuts, len(ids)]):
        if first < last:
            yield ids[first:last]
