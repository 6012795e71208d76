"""How often words are used: all of them or some, in all articles or by day, source and more."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from newsarchive.archive.grouping import GROUPS
from newsarchive.archive.joins import ARTICLES_WITH_NAMES
from newsarchive.archive.queries import articles_of
from newsarchive.corpus.segmentation import words
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.search import Search

if TYPE_CHECKING:
    import re
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from newsarchive.search import Sql


class WordCount(NamedTuple):
    """How often a word is used in the articles of a group (None: all), and in how many of them.

    `per_million` is how often in a million characters of text, so that groups of different sizes can be compared.
    """

    group: Any
    word: str
    number: int
    articles: int
    per_million: float


#: What words are counted by: groups of which an article has one.
BY = tuple(name for name, group in GROUPS.items() if not group.join)


def count_words(
    connection: sqlite3.Connection,
    query: str = "",
    *,
    by: str | None = None,
    only: Sequence[str] = (),
    limit: int = 50,
    shortest: int = 2,
    progress: Callable[[int], None] | None = None,
) -> Iterator[WordCount]:
    """Yield the `limit` words that are used most, in each group where `by` is given; `only` counts these words alone.

    Words of less than `shortest` characters are left out. Titles count. One group is in memory at a time. Raises
    QueryError, and UserError where the segmenter is missing.
    """
    search = Search(connection)
    where = search.condition(search.parse(query))
    patterns = {word: _pattern(search, word) for word in only}
    done = 0
    for group, ids in _groups(connection, where, by):
        counts: Counter[str] = Counter()
        spread: Counter[str] = Counter()
        characters = 0
        for article in articles_of(connection, ids, parts=()):
            text = "\n".join(filter(None, (article.row["title"], article.row["body"])))
            characters += len("".join(text.split()))
            found = _matched(text, patterns) if only else Counter(w for w in words(text) if len(w) >= shortest)
            counts.update(found)
            spread.update(dict.fromkeys(found, 1))
            done += 1
            if progress is not None and done % 100 == 0:
                progress(done)
        named = [(word, counts[word]) for word in only] if only else _most(counts, limit)
        for word, count in named:
            yield WordCount(group, word, count, spread[word], round(count * 1e6 / characters, 1) if characters else 0.0)


def _pattern(search: Search, word: str) -> re.Pattern[str]:
    pattern = search.word_pattern(search.parse(word))
    if pattern is None:
        raise UserError(_("{word!r} is no word that can be counted - write a word: --word 银行", word=word))
    return pattern


def _matched(text: str, patterns: dict[str, re.Pattern[str]]) -> Counter[str]:
    found = {word: sum(1 for _ in pattern.finditer(text)) for word, pattern in patterns.items()}
    return Counter({word: count for word, count in found.items() if count})


def _most(counts: Counter[str], limit: int) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]


def _groups(connection: sqlite3.Connection, where: Sql, by: str | None) -> Iterator[tuple[Any, list[int]]]:
    value = GROUPS[by].value if by else "NULL"
    rows = connection.execute(
        f"SELECT {value} AS value, a.id {ARTICLES_WITH_NAMES} WHERE {where.text} ORDER BY value, a.id",
        where.parameters,
    ).fetchall()
    for group, members in groupby(rows, itemgetter(0)):
        yield group, [article_id for _, article_id in members]
