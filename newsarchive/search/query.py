"""The query language: what a person types becomes a small tree, or an error that says what to mend.

    降准 银行                       both words              降准 OR 加息        one of them
    降准 -美联储, 降准 NOT 美联储    without a word          (降准 OR 加息) 银行  groups
    "全面 降准"                     neighbours, in order    inflat*             words that begin so
    source:财联社                   a field, see `fields`   source:(财联社 OR 证券时报)

Words may be of any script; what is written without blanks between is searched as neighbours. Punctuation is not
searched. Full-width signs (：（）“”) mean what the plain ones mean. An empty query asks for everything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.search.fields import FIELDS, MEANT
from newsarchive.search.tokens import phrase

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsarchive.search.folding import Folding
    from newsarchive.search.tokens import Phrase


#: Bounds of a query: characters, words and fields together, groups inside groups.
LONGEST = 1000
MOST_TERMS = 60
DEEPEST = 12
#: A longer value of a field is not written into a query. Characters.
LONGEST_VALUE = 300

_OPERATORS = ("AND", "OR", "NOT")
_QUOTES = {'"': '"“”„＂', "“": '"“”„＂', "”": '"“”„＂', "„": '"“”„＂', "＂": '"“”„＂', "「": "」", "『": "』"}
_OPENING, _CLOSING = "(（", ")）"
_CHUNK = re.compile(rf"[^\s{''.join(_QUOTES)}{_OPENING}{_CLOSING}]+")
_FIELD = re.compile(r"([A-Za-z]{1,20})[:：]")
_MINUS = "-－"


class QueryError(UserError):
    """A query that cannot be understood: what is wrong, at which character (from 1), and what to do.

    `instead` is what may be written in the place of what is wrong, where that is known.
    """

    def __init__(self, problem: str, position: int, advice: str, instead: str = "") -> None:
        super().__init__(
            _(
                "search: {problem} (at character {number}) - {advice}",
                problem=problem,
                number=position + 1,
                advice=advice,
            )
        )
        self.instead = instead
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

#: What an empty query asks for.
EVERYTHING = And(())


def parse(text: str, folding: Folding) -> Query:
    """Read a query; an empty one is `EVERYTHING`.

    Raises QueryError for one that cannot be understood, and for one of which nothing can be searched (！？).
    """
    if not text.strip():
        return EVERYTHING
    if len(text) > LONGEST:
        raise QueryError(
            _("the query is longer than {longest} characters", longest=LONGEST), LONGEST, _("search for less")
        )
    query = _Parser(lex(text), folding).whole()
    if query is None:
        raise QueryError(
            _("there is nothing to search for"), 0, _("type a word, for example 降准, or a field: source:财联社")
        )
    return query


def all_of(*queries: Query) -> Query:
    """Return the query that finds what all of these find."""
    parts: list[Query] = []
    for query in queries:
        parts.extend(query.parts if isinstance(query, And) else (query,))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def narrow(text: str, query: Query, condition: Filter) -> str | None:
    """Write as text what `query`, read from `text`, and a condition ask for together.

    None where the query has the condition already, and where no text can hold its value.
    """
    term = write_term(condition.field, condition.value)
    if term is None or condition in (query.parts if isinstance(query, And) else (query,)):
        return None
    # Whether the OR is an operator cannot be told from the tree: parts that hold nothing to search for are left out.
    whole = f"({text}) {term}" if "OR" in text else f"{text} {term}".lstrip()
    return whole if len(whole) <= LONGEST else None


_MARKS_OF_SYNTAX = frozenset("".join(_QUOTES.values()) + "「『" + _OPENING + _CLOSING + "*")


def write_term(field: str, value: str) -> str | None:
    """Write a field with its value, such as source:"财联社"; None for a value that no query can hold.

    It is too long, or has every kind of quotation mark in it.
    """
    if not value or len(value) > LONGEST_VALUE:
        return None
    if not any(character.isspace() or character in _MARKS_OF_SYNTAX for character in value):
        return f"{field}:{value}"
    for opening in '"「『':
        if not any(character in _QUOTES[opening] for character in value):
            return f"{field}:{opening}{value}{_QUOTES[opening][0]}"
    return None


class Token(NamedTuple):
    """A lexical piece: `kind` is open, close, quoted, chunk, field, minus, AND, OR or NOT."""

    kind: str
    text: str
    position: int

    @property
    def end(self) -> int:
        """Where the query goes on behind it."""
        return self.position + len(self.text) + {"quoted": 2, "field": 1}.get(self.kind, 0)


def lex(text: str) -> list[Token]:
    """Cut a query into its tokens. Raises QueryError for a quotation mark that is not closed and an unknown field."""
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        character = text[position]
        if character.isspace():
            position += 1
        elif character in _OPENING or character in _CLOSING:
            tokens.append(Token("open" if character in _OPENING else "close", character, position))
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


def _quoted(text: str, start: int) -> Token:
    for end in range(start + 1, len(text)):
        if text[end] in _QUOTES[text[start]]:
            return Token("quoted", text[start + 1 : end], start)
    raise QueryError(_("a quotation mark is not closed"), start, _("add the closing one, or remove this one"))


def _chunk(text: str, chunk: str, position: int) -> list[Token]:
    if chunk in _OPERATORS:
        return [Token(chunk, chunk, position)]
    end = position + len(chunk)
    follows = text[end : end + 1]
    is_before_group = follows != "" and (follows in _QUOTES or follows in _OPENING)
    tokens: list[Token] = []
    if chunk[0] in _MINUS and (len(chunk) > 1 or is_before_group):
        tokens.append(Token("minus", chunk[0], position))
        chunk, position = chunk[1:], position + 1
    if name := _field_name(chunk, position):
        tokens.append(Token("field", name, position))
        if len(chunk) == len(name) + 1 and not is_before_group:
            raise QueryError(
                _("{name}: has no value", name=name),
                position,
                _("write it without a blank: {example}", example=FIELDS[name].example),
            )
        chunk, position = chunk[len(name) + 1 :], position + len(name) + 1
    return [*tokens, Token("chunk", chunk, position)] if chunk else tokens


def _field_name(chunk: str, position: int) -> str | None:
    match = _FIELD.match(chunk)
    if match is None:
        return None
    name = match[1].lower()
    if name in FIELDS:
        return name
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    close = MEANT.get(name) or next(iter(get_close_matches(name, FIELDS, n=1, cutoff=0.6)), None)
    is_text = chunk.startswith("//", match.end()) or match[0].endswith("：")
    if close is None and is_text:
        return None  # http://... and the printed colon of GDP：增长
    advice = (
        _("write {field}: instead", field=close) if close else _("the fields are {fields}", fields=", ".join(FIELDS))
    )
    raise QueryError(
        _("there is no field {match}:", match=match[1]),
        position,
        _('{advice}, or search for "{match}" in quotes', advice=advice, match=match[0]),
        f"{close}:" if close else "",
    )


class _Parser:
    """One pass over the tokens. A part that holds nothing to search for (only punctuation) is None and left out."""

    def __init__(self, tokens: list[Token], folding: Folding) -> None:
        self._tokens = tokens
        self._folding = folding
        self._next = 0
        self._depth = 0
        self._terms = 0

    def whole(self) -> Query | None:
        query = self._either(None)
        if (token := self._peek()) is not None:
            raise QueryError(
                _("a bracket is closed that was not opened"), token.position, _("remove it, or open it before")
            )
        return query

    def _peek(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _accept(self, kind: str) -> Token | None:
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
            raise QueryError(
                _("{kind} has nothing before it", kind=token.kind), token.position, _operator_advice(token)
            )

    def _need_operand(self, operator: Token) -> None:
        token = self._peek()
        if token is None or token.kind in ("AND", "OR", "close"):
            raise QueryError(
                _("{kind} has nothing after it", kind=operator.kind), operator.position, _operator_advice(operator)
            )

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

    def _nested(self, token: Token, read: Callable[[], Query | None]) -> Query | None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise QueryError(
                _("more than {deepest} groups inside each other", deepest=DEEPEST),
                token.position,
                _("write it more simply"),
            )
        query = read()
        self._depth -= 1
        return query

    def _group(self, bracket: Token, field: str | None) -> Query | None:
        query = self._either(field)
        if self._accept("close") is None:
            raise QueryError(
                _("a bracket is not closed"), bracket.position, _("add the closing one, or remove this one")
            )
        return query

    def _term(self, field: str | None) -> Query | None:
        token = self._tokens[self._next]
        self._next += 1
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise QueryError(
                _("more than {most_terms} words", most_terms=MOST_TERMS), token.position, _("search for fewer at once")
            )
        is_prefix = token.kind == "chunk" and len(token.text) > 1 and token.text.endswith("*")
        text = token.text.removesuffix("*") if is_prefix else token.text
        if is_prefix and field is not None and not FIELDS[field].takes_prefix:
            raise QueryError(
                _("{field}: takes no *", field=field),
                token.position,
                _("write the whole value: {example}", example=FIELDS[field].example),
            )
        if field is None or FIELDS[field].where is None:
            found = phrase(text, self._folding, prefix=is_prefix)
            return Words(text, found, in_title=field is not None) if found else None
        return Filter(field, _value(field, text.strip(), token), is_prefix)


def _join(kind: type[And | Or], parts: list[Query | None]) -> Query | None:
    known = tuple(part for part in parts if part is not None)
    if not known:
        return None
    if kind is And:
        return all_of(*known)
    return known[0] if len(known) == 1 else Or(known)


def _operator_advice(operator: Token) -> str:
    return _(
        'put a word there, or write "{word}" in small letters to search for the word itself',
        word=operator.kind.lower(),
    )


def _value(name: str, text: str, token: Token) -> str:
    """Check the value of a field and bring it into the form in which it is compared."""
    field = FIELDS[name]
    if not text:
        raise QueryError(
            _("{name}: has no value", name=name),
            token.position,
            _("write for example {example}", example=field.example),
        )
    value = field.read(text)
    if value is None:
        raise QueryError(_("{text!r} is no value for {name}:", text=text, name=name), token.position, _(field.advice))
    return value
