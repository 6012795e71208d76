"""Invented prose: clauses of real words, an own cast of names in every article, stock phrases and notices in some."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

_DATA = tomllib.loads((Path(__file__).parent / "story_words.toml").read_text(encoding="utf-8"))
_SLOT = re.compile(r"\{(\w+)\}|#")
#: Names that are one text, not a list.
_TEXTS = ("glue", "between_clauses", "link", "stop", "credit", "alphabet")
#: How often a sentence is a stock phrase, begins with a linking word, and an article ends in a notice.
STOCK, LINKED, NOTICED = 0.06, 0.2, 0.2


def _entries(text: str, *, parted_by_blanks: bool) -> list[str]:
    return text.split() if parted_by_blanks and "|" not in text else text.split("|")


def _lists(data: dict[str, Any]) -> dict[str, list[str]]:
    texts = {name: text for name, text in data.items() if isinstance(text, str) and name not in _TEXTS}
    # English patterns have blanks of their own, even where there is only one.
    return {
        name: _entries(text, parted_by_blanks=data["glue"] == "" or "{" not in text) for name, text in texts.items()
    }


class Prose:
    """Writes articles in one language (`zh` or `en`)."""

    def __init__(self, rng: random.Random, language: str) -> None:
        self.rng = rng
        data = _DATA[language]
        self.words = _lists(data)
        self.glue: str = data["glue"]
        self.stop: str = data["stop"]
        self.alphabet: str = "".join(data["alphabet"].split())
        self.form_cast = self.words["form_cast"]
        self._between: str
        self._link: str
        self._credit: str
        self._between, self._link, self._credit = data["between_clauses"], data["link"], data["credit"]
        self._clauses: list[int] = data["clauses_per_sentence"]

    def write(self, pattern: str, cast: list[str] | None = None) -> str:
        """Fill in a pattern, and the patterns that it names."""

        def fill(slot: re.Match[str]) -> str:
            if slot[0] == "#":
                return self.rng.choice("123456789")
            if slot[1] == "cast" and cast:
                return self.rng.choice(cast)
            return self.write(self.rng.choice(self.words[slot[1]]), cast)

        return _SLOT.sub(fill, pattern) if "{" in pattern or "#" in pattern else pattern

    def any(self, name: str, cast: list[str] | None = None) -> str:
        """Write one of the patterns of a name."""
        return self.write(self.rng.choice(self.words[name]), cast)

    def cast(self) -> list[str]:
        """Invent the names that one article is about."""
        return [self.write(pattern) for pattern in self.words["cast"]]

    def clause(self, cast: list[str]) -> str:
        """Write one clause."""
        return self.any("clauses", cast)

    def sentence(self, cast: list[str]) -> str:
        """Write a sentence, sometimes a stock phrase."""
        if self.rng.random() < STOCK:
            return self.any("stock")
        clauses = [self.clause(cast) for _ in range(self.rng.randint(*self._clauses))]
        if self.rng.random() < LINKED:
            clauses[0] = self.write(self._link) + clauses[0]
        text = self._between.join(clauses)
        return text[0].upper() + text[1:] + self.stop

    def paragraph(self, cast: list[str]) -> str:
        """Write a paragraph of two to four sentences."""
        return self.glue.join(self.sentence(cast) for _ in range(self.rng.randint(2, 4)))

    def title(self, cast: list[str]) -> str:
        """Write a headline."""
        return self.any("titles", cast)

    def credit(self) -> str:
        """Write a credit line."""
        return self.write(self._credit)

    def article(self) -> tuple[str, list[str]]:
        """Write a title and four to nine paragraphs."""
        cast = self.cast()
        paragraphs = [self.paragraph(cast) for _ in range(self.rng.randint(4, 9))]
        if self.rng.random() < NOTICED:
            paragraphs.append(self.any("notices"))
        return self.title(cast), paragraphs
