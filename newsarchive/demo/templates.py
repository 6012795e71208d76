"""Sentences with blanks and choices, and how they are filled.

A template is text with
`{name}`      a word by its name;
`{n:3-9}`     a whole number, `{d:0.5-2}` a decimal;
`[one|two]`   one of several forms, which may hold blanks and choices of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from newsarchive.demo.vocabulary import Stock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from newsarchive.demo.blocks import Run, Runs
    from newsarchive.demo.seeded_random import SeededRandom

    #: What a name stands for: a word, or several of which each use takes one. Words are templates too.
    Word = Run | tuple[str, ...]
    Words = Mapping[str, Word]
    DiceFor = Callable[[str], SeededRandom]

_TOKEN = re.compile(r"\{(?P<name>\w+)(?::(?P<low>[\d.]+)-(?P<high>[\d.]+))?\}|[\[|\]]")


@dataclass(frozen=True, slots=True)
class _Blank:
    spec: str
    name: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class _Choice:
    spec: str
    #: A form without blanks is its text.
    forms: tuple[str | _Parts, ...]


_Parts = tuple[str | _Blank | _Choice, ...]


def fill(template: str, words: Words, dice_for: DiceFor) -> Runs:
    """Put words and numbers into a template; KeyError for a name that has no word.

    Each number, choice and pick among several words is rolled with the dice for its spelling in the template.
    """
    parts = _parse(template)
    if len(parts) == 1 and isinstance(parts[0], str):
        return (parts[0],)
    runs: list[Run] = []
    _write(parts, words, dice_for, runs)
    return _joined(runs)


def _write(parts: _Parts, words: Words, dice_for: DiceFor, runs: list[Run]) -> None:
    for part in parts:
        if isinstance(part, str):
            runs.append(part)
        elif isinstance(part, _Choice):
            form = dice_for(part.spec).pick(part.forms)
            if isinstance(form, str):
                runs.append(form)
            else:
                _write(form, words, dice_for, runs)
        elif part.low:
            runs.append(_number(part, dice_for(part.spec)))
        else:
            _write_word(part, words, dice_for, runs)


def _write_word(blank: _Blank, words: Words, dice_for: DiceFor, runs: list[Run]) -> None:
    word = words[blank.name]
    if isinstance(word, tuple):
        word = dice_for(blank.spec).pick(word)
    if isinstance(word, Stock):
        runs.append(word)
    else:
        _write(_parse(word), words, dice_for, runs)


def _number(blank: _Blank, dice: SeededRandom) -> str:
    if blank.name == "n":
        return str(dice.between(int(blank.low), int(blank.high)))
    return dice.decimal(blank.low, blank.high)


@cache
def _parse(template: str) -> _Parts:
    """Parse a template; ValueError where a choice is not closed, or closed without being open."""
    forms, end = _parse_forms(template, 0)
    if end < len(template) or len(forms) != 1:
        raise ValueError(f"a bracket or bar too many in {template!r}")
    return forms[0]


def _parse_forms(template: str, start: int) -> tuple[list[_Parts], int]:
    """Read forms parted by bars up to the bracket that closes them, or the end; return them and where that is."""
    forms: list[list[str | _Blank | _Choice]] = [[]]
    while match := _TOKEN.search(template, start):
        if match.start() > start:
            forms[-1].append(template[start : match.start()])
        start = match.end()
        if match[0] == "]":
            return [tuple(form) for form in forms], match.start()
        if match[0] == "|":
            forms.append([])
        elif match[0] == "[":
            choice, start = _parse_choice(template, start)
            forms[-1].append(choice)
        else:
            forms[-1].append(_Blank(match[0], match["name"], match["low"] or "", match["high"] or ""))
    if start < len(template):
        forms[-1].append(template[start:])
    return [tuple(form) for form in forms], len(template)


def _parse_choice(template: str, start: int) -> tuple[_Choice, int]:
    forms, end = _parse_forms(template, start)
    if end == len(template):
        raise ValueError(f"a choice is not closed in {template!r}")
    plain = (form[0] if len(form) == 1 and isinstance(form[0], str) else form for form in forms)
    return _Choice(template[start:end], tuple(plain)), end + 1


def _joined(runs: list[Run]) -> Runs:
    joined: list[Run] = []
    text: list[str] = []
    for run in runs:
        if isinstance(run, str):
            text.append(run)
            continue
        if text:
            joined.append("".join(text))
            text = []
        joined.append(run)
    if text:
        joined.append("".join(text))
    return tuple(joined)
