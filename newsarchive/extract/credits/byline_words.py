"""The words of bylines in the languages of the news (`bylines.toml`): what stands before, behind and between names."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

_TABLES: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("bylines.toml").read_text(encoding="utf-8"))


def _words(table: str) -> list[str]:
    found = {word.replace("_", " ") for words in _TABLES[table].values() for word in words.split()}
    return sorted(found, key=lambda word: (-len(word), word))


def _any_of(table: str) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in _words(table))


#: A label at the beginning, with what parts it from the names: `firm` is a sign.
LABEL = re.compile(rf"(?:{_any_of('before')})(?:\s?(?P<firm>[:：/／|｜●])\s?|\s)", re.IGNORECASE)
#: What heads a few words about the author.
ABOUT = re.compile(rf"(?:{_any_of('about')})\s?[:：]?\s?", re.IGNORECASE)
#: What a name's bearer does, at the end.
ROLE = re.compile(rf"(?:,?\s|(?<=[\u3040-\ud7af]))(?:{_any_of('behind')})$", re.IGNORECASE)
#: What parts two names.
BETWEEN = re.compile(rf"\s?(?:[,،，;|、/／&＆•·]|\s(?:{_any_of('and')})(?=\s))\s?", re.IGNORECASE)
NOBODY = frozenset(_words("nobody"))
