"""The query language: what a person types becomes a small tree, or an error that says what to mend.

    降准 银行                       both words              降准 OR 加息        one of them
    降准 -美联储, 降准 NOT 美联储    without a word          (降准 OR 加息) 银行  groups
    "全面 降准"                     neighbours, in order    inflat*             words that begin so
    title:降准 source:财联社 category:cailianshe code:600160 story:12 lang:zh key:NW202203032294703888
    after:2022-03-01 before:2022-04 that day and later; up to, but not including, that month

Words may stand in any script; what is written without blanks between is searched as neighbours. Punctuation is not
searched. Full-width signs (：（）“”) mean what the plain ones mean. A field takes a group: source:(财联社 OR 证券时报).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from newsarchive.errors import UserError
from newsarchive.search.tokens import phrase
from newsarchive.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsarchive.search.folding import Folding
    from newsarchive.search.tokens import Phrase


#: Bounds of a query: characters, words and fields together, groups inside groups.
LONGEST = 1000
MOST_TERMS = 60
DEEPEST = 12

#: field -> an example of its value, for errors and help.
FIELDS = {
    "title": "title:降准",
    "source": "source:财联社",
    "after": "after:2022-03-01",
    "before": "before:2022-04",
    "code": "code:600160",
    "category": "category:cailianshe",
    "story": "story:12",
    "lang": "lang:zh",
    "key": "key:NW202203032294703888",
}

#: Fields whose value may end in * for "begins so".
PREFIX_FIELDS = ("title", "source", "category", "code")

_OPERATORS = ("AND", "OR", "NOT")
_QUOTES = {'"': '"“”„＂', "“": '"“”„＂', "”": '"“”„＂', "„": '"“”„＂', "＂": '"“”„＂', "「": "」", "『": "』"}
_OPENING, _CLOSING = "(（", ")）"
_CHUNK = re.compile(rf"[^\s{''.join(_QUOTES)}{_OPENING}{_CLOSING}]+")
_FIELD = re.compile(r"([A-Za-z]{1,20})[:：]")
_MINUS = "-－"


class QueryError(UserError):
    """A query that cannot be understood: what is wrong, at which character (from 1), and what to do."""

    def __init__(self, problem: str, position: int, advice: str) -> None:
        super().__init__(f"search: {problem} (at character {position + 1}) - {advice}")
        self.problem = problem
        self.position = position
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Words:
    """Neighbouring words or characters, in one field or (`in_title` false) in any."""

    text: str
    phrase: Phrase
    in_title: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on a field other than the text. `prefix` asks for values that begin so."""

    field: str
    value: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """Everything that the part does not match."""

    part: Query


@dataclass(frozen=True, slots=True)
class And:
    """What all parts match."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What at least one part matches."""

    parts: tuple[Query, ...]


Query = Words | Filter | Not | And | Or


def parse(text: str, folding: Folding) -> Query:
    """Read a query. Raises QueryError for one that cannot be understood or holds nothing to search for."""
    if len(text) > LONGEST:
        raise QueryError(f"the query is longer than {LONGEST} characters", LONGEST, "search for less")
    query = _Parser(_lex(text), folding).whole()
    if query is None:
        raise QueryError(
            "there is nothing to search for", 0, "type a word, for example 降准, or a field: source:财联社"
        )
    return query


class _Token(NamedTuple):
    """A lexical piece: `kind` is open, close, quoted, chunk, field, minus, AND, OR or NOT."""

    kind: str
    text: str
    position: int


def _lex(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    while position < len(text):
        character = text[position]
        if character.isspace():
            position += 1
        elif character in _OPENING or character in _CLOSING:
            tokens.append(_Token("open" if character in _OPENING else "close", character, position))
            position += 1
        elif character in _QUOTES:
            token = _quoted(text, position)
            tokens.append(token)
            position += len(token.text) + 2
        else:
            chunk = _CHUNK.match(text, position)
            assert chunk is not None  # it takes whatever is no blank, bracket or opening quotation mark
            tokens.extend(_chunk(text, chunk[0], position))
            position = chunk.end()
    return tokens


def _quoted(text: str, start: int) -> _Token:
    for end in range(start + 1, len(text)):
        if text[end] in _QUOTES[text[start]]:
            return _Token("quoted", text[start + 1 : end], start)
    raise QueryError("a quotation mark is not closed", start, "add the closing one, or remove this one")


def _chunk(text: str, chunk: str, position: int) -> list[_Token]:
    if chunk in _OPERATORS:
        return [_Token(chunk, chunk, position)]
    end = position + len(chunk)
    follows = text[end : end + 1]
    is_before_group = follows != "" and (follows in _QUOTES or follows in _OPENING)
    tokens: list[_Token] = []
    if chunk[0] in _MINUS and (len(chunk) > 1 or is_before_group):
        tokens.append(_Token("minus", chunk[0], position))
        chunk, position = chunk[1:], position + 1
    if name := _field_name(chunk, position):
        tokens.append(_Token("field", name, position))
        if len(chunk) == len(name) + 1 and not is_before_group:
            raise QueryError(f"{name}: has no value", position, f"write it without a blank: {FIELDS[name]}")
        chunk, position = chunk[len(name) + 1 :], position + len(name) + 1
    return [*tokens, _Token("chunk", chunk, position)] if chunk else tokens


def _field_name(chunk: str, position: int) -> str | None:
    match = _FIELD.match(chunk)
    if match is None:
        return None
    name = match[1].lower()
    if name in FIELDS:
        return name
    if close := get_close_matches(name, FIELDS, n=1, cutoff=0.7):
        raise QueryError(
            f"there is no field {match[1]}:",
            position,
            f'write {close[0]}: instead, or search for "{match[0]}" in quotes',
        )
    return None  # 10:30, http://... and the like are text


class _Parser:
    """One pass over the tokens. A part that holds nothing to search for (only punctuation) is None and left out."""

    def __init__(self, tokens: list[_Token], folding: Folding) -> None:
        self._tokens = tokens
        self._folding = folding
        self._next = 0
        self._depth = 0
        self._terms = 0

    def whole(self) -> Query | None:
        query = self._either(None)
        if (token := self._peek()) is not None:
            raise QueryError("a bracket is closed that was not opened", token.position, "remove it, or open it before")
        return query

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _accept(self, kind: str) -> _Token | None:
        token = self._peek()
        if token is None or token.kind != kind:
            return None
        self._next += 1
        return token

    def _either(self, field: str | None) -> Query | None:
        parts = [self._all(field)]
        while operator := self._accept("OR"):
            self._need_operand(operator)
            parts.append(self._all(field))
        return _join(Or, parts)

    def _all(self, field: str | None) -> Query | None:
        self._refuse_leading_operator()
        parts: list[Query | None] = []
        while (token := self._peek()) is not None and token.kind not in ("OR", "close"):
            if operator := self._accept("AND"):
                self._need_operand(operator)
            parts.append(self._one(field))
        return _join(And, parts)

    def _refuse_leading_operator(self) -> None:
        token = self._peek()
        if token is not None and token.kind in ("AND", "OR"):
            raise QueryError(f"{token.kind} has nothing before it", token.position, _operator_advice(token))

    def _need_operand(self, operator: _Token) -> None:
        token = self._peek()
        if token is None or token.kind in ("AND", "OR", "close"):
            raise QueryError(f"{operator.kind} has nothing after it", operator.position, _operator_advice(operator))

    def _one(self, field: str | None) -> Query | None:
        if operator := self._accept("NOT") or self._accept("minus"):
            if operator.kind == "NOT":
                self._need_operand(operator)
            part = self._nested(operator, lambda: self._one(field))
            return part.part if isinstance(part, Not) else part and Not(part)
        if bracket := self._accept("open"):
            return self._nested(bracket, lambda: self._group(bracket, field))
        if name := self._accept("field"):
            return self._one(name.text)
        return self._term(field)

    def _nested(self, token: _Token, read: Callable[[], Query | None]) -> Query | None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise QueryError(f"more than {DEEPEST} groups inside each other", token.position, "write it more simply")
        query = read()
        self._depth -= 1
        return query

    def _group(self, bracket: _Token, field: str | None) -> Query | None:
        query = self._either(field)
        if self._accept("close") is None:
            raise QueryError("a bracket is not closed", bracket.position, "add the closing one, or remove this one")
        return query

    def _term(self, field: str | None) -> Query | None:
        token = self._tokens[self._next]
        self._next += 1
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise QueryError(f"more than {MOST_TERMS} words", token.position, "search for fewer at once")
        is_prefix = token.kind == "chunk" and len(token.text) > 1 and token.text.endswith("*")
        text = token.text.removesuffix("*") if is_prefix else token.text
        if is_prefix and field is not None and field not in PREFIX_FIELDS:
            raise QueryError(f"{field}: takes no *", token.position, f"write the whole value: {FIELDS[field]}")
        if field is None or field == "title":
            found = phrase(text, self._folding, prefix=is_prefix)
            return Words(text, found, in_title=field == "title") if found else None
        return Filter(field, _value(field, text.strip(), token), is_prefix)


def _join(kind: type[And | Or], parts: list[Query | None]) -> Query | None:
    known = tuple(part for part in parts if part is not None)
    return known[0] if len(known) == 1 else kind(known) if known else None


def _operator_advice(operator: _Token) -> str:
    return f'put a word there, or write "{operator.kind.lower()}" in small letters to search for the word itself'


def _value(field: str, text: str, token: _Token) -> str:
    """Check the value of a field and bring it into the form in which it is compared."""
    problem = f"{text!r} is no value for {field}:"
    if not text:
        raise QueryError(f"{field}: has no value", token.position, f"write for example {FIELDS[field]}")
    if field in ("after", "before"):
        moment = read_moment(text)
        if moment is None:
            raise QueryError(problem, token.position, "write a day, month or year: 2022-03-01, 2022-03 or 2022")
        return moment
    if field == "story" and not re.fullmatch(r"[0-9]{1,18}", text):
        raise QueryError(problem, token.position, f"write the story's number: {FIELDS[field]}")
    return text


_MOMENT = re.compile(
    r"(?P<year>[12][0-9]{3})"
    r"(?:[-/.年](?P<month>[0-9]{1,2})月?(?:[-/.]?(?P<day>[0-9]{1,2})日?)?|年)?"
    r"|(?P<compact>[12][0-9]{7})"
)


def read_moment(text: str) -> str | None:
    """Read a day, month or year (2022-03-01, 2022/3, 2022年3月1日, 20220301, 2022) as ISO 8601 text of its precision.

    Such texts sort before every time inside the day, month or year, so they serve as bounds. None for anything else.
    """
    match = _MOMENT.fullmatch(fold(text).strip())
    if match is None:
        return None
    compact = match["compact"]
    year, month, day = (compact[:4], compact[4:6], compact[6:]) if compact else match.group("year", "month", "day")
    try:
        when = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return when.isoformat()[: 10 if day else 7 if month else 4]
