"""From a query's tree to SQL: one FTS5 expression for its words, conditions with parameters for everything else.

Nothing of a query's text is ever put into SQL; it travels in parameters. An FTS5 expression holds tokens in double
quotes, and a token has letters, digits and marks of our own in it and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from newsarchive.search.fields import FIELDS, Sql
from newsarchive.search.query import (
    And,
    Filter,
    Not,
    Or,
    Query,
    Words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newsarchive.search.tokens import Phrase

#: The index of pairs and words, with their places; and the one of single characters, which knows only articles.
PAIRS, CHARACTERS = "search_index", "search_characters"


@dataclass(frozen=True, slots=True)
class Match:
    """An FTS5 expression and the index that it is for."""

    index: str
    expression: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What must hold for an article `a`: its words match (`match`, if any) and the conditions hold (if any)."""

    match: Match | None
    conditions: tuple[Sql, ...]

    @property
    def where(self) -> Sql:
        """All conditions as one; true when there is none."""
        if not self.conditions:
            return Sql("true")
        text = " AND ".join(f"({condition.text})" for condition in self.conditions)
        return Sql(text, tuple(chain.from_iterable(condition.parameters for condition in self.conditions)))


@lru_cache(maxsize=16)
def plan(query: Query, *, only: str | None = None) -> Plan:
    """Split a query into what the full-text index can answer as a whole and what it cannot.

    With `only` the words are asked of that index, whatever would be faster. The plans made last are remembered: one
    query is often asked for its hits, its number and its counts.
    """
    parts = query.parts if isinstance(query, And) else (query,)
    texts = [part for part in parts if not _has_filter(part)]
    text = And(tuple(texts)) if len(texts) > 1 else texts[0] if texts else None
    match = _match(text, only) if text is not None else None
    rest = parts if match is None else [part for part in parts if _has_filter(part)]
    return Plan(match, tuple(_condition(part) for part in rest))


def words_of(query: Query) -> Iterator[Words]:
    """Yield the words that a matching article may hold: all but the excluded ones."""
    if isinstance(query, Words):
        yield query
    elif isinstance(query, And | Or):
        for part in query.parts:
            yield from words_of(part)


def filters_of(query: Query) -> Iterator[Filter]:
    """Yield the conditions of a query on fields other than the text, excluded ones among them."""
    return (leaf for leaf in _leaves(query) if isinstance(leaf, Filter))


def _leaves(query: Query) -> Iterator[Words | Filter]:
    if isinstance(query, Words | Filter):
        yield query
    else:
        for part in (query.part,) if isinstance(query, Not) else query.parts:
            yield from _leaves(part)


def _has_filter(query: Query) -> bool:
    return any(isinstance(leaf, Filter) for leaf in _leaves(query))


def _match(query: Query, only: str | None = None) -> Match | None:
    """Write a tree of words as one FTS5 expression; None when FTS5 has no form for it (only exclusions)."""
    leaves = [leaf for leaf in _leaves(query) if isinstance(leaf, Words)]
    single = only != PAIRS and all(leaf.phrase.is_character and not leaf.in_title for leaf in leaves)
    expression = _expression(query, single=single)
    return Match(CHARACTERS if single else PAIRS, expression) if expression else None


def _expression(query: Query, *, single: bool) -> str | None:
    if isinstance(query, Words):
        found = fts5_phrase(query.phrase, is_prefix=query.phrase.prefix and not single)
        return f"(title : {found})" if query.in_title else found
    if isinstance(query, Or):
        return _joined(" OR ", (_expression(part, single=single) for part in query.parts))
    if isinstance(query, And):
        wanted = _joined(" AND ", (_expression(p, single=single) for p in query.parts if not isinstance(p, Not)))
        for part in query.parts:
            if isinstance(part, Not) and wanted:
                unwanted = _expression(part.part, single=single)
                wanted = f"({wanted} NOT {unwanted})" if unwanted else None
        return wanted
    return None


def _joined(operator: str, parts: Iterable[str | None]) -> str | None:
    known = list(parts)
    if not known or None in known:
        return None
    return known[0] if len(known) == 1 else f"({operator.join(filter(None, known))})"


def fts5_phrase(phrase: Phrase, *, is_prefix: bool) -> str:
    """Write a phrase in FTS5's own language."""
    return f'"{" ".join(phrase.tokens)}"{" *" if is_prefix else ""}'


def _condition(query: Query) -> Sql:
    if isinstance(query, Filter):
        where = FIELDS[query.field].where
        assert where is not None
        return where(query.value, query.prefix)
    if not _has_filter(query) and (match := _match(query)) is not None:
        return Sql(f"a.id IN (SELECT rowid FROM {match.index} WHERE {match.index} MATCH ?)", (match.expression,))  # noqa: S608
    if isinstance(query, Not):
        inner = _condition(query.part)
        # A condition on an empty column is unknown, not false; its opposite shall be true.
        return Sql(f"({inner.text}) IS NOT true", inner.parameters)
    assert isinstance(query, And | Or)
    inners = [_condition(part) for part in query.parts]
    operator = " AND " if isinstance(query, And) else " OR "
    parameters = tuple(chain.from_iterable(inner.parameters for inner in inners))
    return Sql(operator.join(f"({inner.text})" for inner in inners), parameters)
