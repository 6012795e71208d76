"""A concordance: every place at which a word stands, in the middle of a line, with what is around it (KWIC)."""

from __future__ import annotations

import heapq
from contextlib import closing
from typing import TYPE_CHECKING, Literal, NamedTuple

from newsarchive.archive.queries import articles
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.search import Search
from newsarchive.text import plain

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

Sort = Literal["newest", "oldest", "left", "right"]


class Line(NamedTuple):
    """A place: what stands before it, the word as printed, what follows, and where that was said."""

    left: str
    match: str
    right: str
    published_at: str | None
    source: str | None
    article_key: str


class Concordance(NamedTuple):
    """The first lines of a concordance in the order asked for, and how many there are in how many articles."""

    lines: list[Line]
    places: int
    articles: int


def concordance(
    connection: sqlite3.Connection, query: str, *, width: int = 40, sort: Sort = "newest", limit: int = 100
) -> Concordance:
    """Return the places of all words of a query in the articles that it finds, with `width` characters on each side.

    `left` and `right` sort by what stands beside the word, from the word outwards. A line never reaches over the end of
    a paragraph. Raises QueryError, and UserError for a query without a word.
    """
    search = Search(connection)
    pattern = search.word_pattern(search.parse(query))
    if pattern is None:
        raise UserError(
            _("this query has no word to show - write one, for example: newsarchive kwic 银行 after:2026-03")
        )
    places = number = 0

    def lines() -> Iterator[Line]:
        nonlocal places, number
        with closing(articles(connection, query, parts=())) as found:
            for article in found:
                before = places
                row = article.row
                for text in (row["title"], *(row["body"] or "").split("\n\n")):
                    for match in pattern.finditer(text or ""):
                        places += 1
                        start, end = match.span()
                        left, right = text[max(0, start - width) : start], text[end : end + width]
                        yield Line(
                            plain(left), plain(match[0]), plain(right), row["published_at"], row["source"], article.key
                        )
                number += places > before

    chosen = _first(lines(), sort, limit)
    return Concordance(chosen, places, number)


def _first(lines: Iterator[Line], sort: Sort, limit: int) -> list[Line]:
    """Return the first lines of an order; no more than these are in memory."""
    if sort == "newest":
        return heapq.nlargest(limit, lines, key=lambda line: (line.published_at or "", line.article_key))
    if sort == "oldest":
        return heapq.nsmallest(limit, lines, key=lambda line: (line.published_at or "\x7f", line.article_key))
    if sort == "left":
        return heapq.nsmallest(limit, lines, key=lambda line: line.left[::-1].lstrip())
    return heapq.nsmallest(limit, lines, key=lambda line: line.right.lstrip())
