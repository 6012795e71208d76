"""The conditions that a query holds as text (source:财联社, source:(财联社 OR 证券时报)): found, added to, taken out.

A page that shows what a search is narrowed to changes the text that the reader typed, so that the same query can be
read, sent to others, and given to the command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from newsarchive.search.query import LONGEST, QueryError, Token, lex, write_term

if TYPE_CHECKING:
    from collections.abc import Sequence


class Term(NamedTuple):
    """A field with one value, or several of which one must hold; `start` and `end` are where it stands in the query."""

    field: str
    values: tuple[str, ...]
    is_excluded: bool
    start: int
    end: int


def terms(text: str) -> list[Term]:
    """List the conditions that hold for all that a query finds.

    None of them where the query is a choice as a whole (OR outside of brackets), or cannot be understood.
    """
    try:
        tokens = lex(text)
    except QueryError:
        return []
    found: list[Term] = []
    depth = 0
    for place, token in enumerate(tokens):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth:
            continue
        if token.kind == "OR":
            return []
        if token.kind == "field" and (term := _term(tokens, place)) is not None:
            found.append(term)
    return found


def without(text: str, term: Term) -> str:
    """Return a query without one of its terms."""
    return f"{text[: term.start].rstrip()} {text[term.end :].lstrip()}".strip()


def with_values(text: str, term: Term, values: Sequence[str]) -> str | None:
    """Return a query with other values in one of its terms; None where no query can hold them."""
    if not values:
        return without(text, term)
    written = [write_term(term.field, value) for value in values]
    if None in written:
        return None
    one_of = " OR ".join((one or "").removeprefix(f"{term.field}:") for one in written)
    new = f"{term.field}:({one_of})" if len(written) > 1 else str(written[0])
    whole = " ".join(filter(None, (text[: term.start].rstrip(), new, text[term.end :].lstrip())))
    return whole if len(whole) <= LONGEST else None


def _term(tokens: Sequence[Token], place: int) -> Term | None:
    values, last = _values(tokens, place + 1)
    if not values:
        return None
    first, end = place, tokens[last].end
    while first and tokens[first - 1].kind in ("minus", "NOT"):
        first -= 1
    is_excluded = (place - first) % 2 == 1
    # An AND would have nothing on one of its sides.
    if last + 1 < len(tokens) and tokens[last + 1].kind == "AND":
        end = tokens[last + 1].end
    elif first and tokens[first - 1].kind == "AND":
        first -= 1
    return Term(tokens[place].text, values, is_excluded, tokens[first].position, end)


def _values(tokens: Sequence[Token], place: int) -> tuple[tuple[str, ...], int]:
    """Read one value, or several in brackets with OR between them; return them and the place of the last token."""
    if place >= len(tokens):
        return (), place
    if tokens[place].kind in ("chunk", "quoted"):
        return (tokens[place].text,), place
    if tokens[place].kind != "open":
        return (), place
    values: list[str] = []
    for number, token in enumerate(tokens[place + 1 :], start=place + 1):
        is_value = (number - place) % 2 == 1
        if is_value and token.kind in ("chunk", "quoted"):
            values.append(token.text)
        elif not is_value and token.kind == "close":
            return tuple(values), number
        elif is_value or token.kind != "OR":
            break
    return (), place
