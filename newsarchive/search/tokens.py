"""Tokens: how a text is cut for the full-text index.

Words of languages without blanks cannot be separated reliably, so runs of such characters are cut into overlapping
pairs: 量子计算 becomes 量子, 子计, 计算 and, at the end of the run, 算 alone. Words and numbers stay whole (`etf`, `a`,
`2022`, `0.25` with its point, `1234.5` without the commas it may be printed with, `us` without the points of U.S.);
where letters and digits meet there is a cut, so `500ETF` is the neighbours `500` and `etf`, and each of them is found.
A search for neighbouring characters is a phrase of pairs and finds exactly what a comparison character by character
finds. A pair never reaches over punctuation, blanks or line ends.

Where a word meets an unspaced run the two are neighbours in the index; if more than blanks come between, a
token of its own (`PART`) separates them, so that 收3500点 is not found in 收3500，点评.
"""

from __future__ import annotations

import re
from array import array
from functools import cache
from itertools import chain
from operator import add
from typing import TYPE_CHECKING, NamedTuple

from newsarchive.search.folding import UNSPACED

if TYPE_CHECKING:
    from newsarchive.search.folding import Folding

#: Separates a word from an unspaced run where punctuation or a line end comes between.
PART = "\u00a6"
#: Replaces the decimal point; the index cuts at every ASCII character that is no letter or digit.
POINT = "\u00b7"
#: Longer words are indexed as several, so that no token reaches the index's own limit. Characters.
LONGEST_WORD = 64

# Marks that belong to the letters around them (Arabic, Indic and Thai vowel signs) though they are no letters.
_MARKS = "\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u0670\u06d6-\u06ed\u0900-\u0dff\u0e31-\u0e4e\u0eb1-\u0ece"
_LETTER = rf"(?:[^\W0-9_{UNSPACED}]|[{_MARKS}])"
_THOUSANDS = "[0-9]{1,3}+(?:,[0-9]{3}|(?!))++(?![0-9]|,[0-9])"
_BLANKS = " \t"
_UTF_32 = ("utf-32-le", "surrogatepass")  # slots of four bytes, whichever their order
# Stand for what lies between two unspaced runs: no word, or words.
_GAP, _CUT = "\0", "\1"
_AFTER_GAP = re.compile(f"{_GAP}(?s:.) ")


@cache
def _run() -> re.Pattern[str]:
    """Return what finds the runs of a text. Its classes of ten thousands of characters take a while to compile."""
    return re.compile(
        # Runs with what is no part of a word between them: one piece of work.
        rf"(?P<unspaced>[{UNSPACED}]++(?:(?:(?![{_MARKS}])[\W_]|(?!))++[{UNSPACED}]++|(?!))*+)"
        rf"|(?P<number>(?<![0-9][.,])(?:{_THOUSANDS}|[0-9]++)(?:\.[0-9]++(?!\.[0-9]))?|[0-9]++)"
        rf"|(?P<initials>(?<!{_LETTER})(?<!{_LETTER}\.)[a-z](?:\.[a-z])+(?!\.?{_LETTER})\.?)"
        rf"|(?P<word>{_LETTER}+)"
    )


@cache
def _unspaced_run() -> re.Pattern[str]:
    return re.compile(f"[{UNSPACED}]+")


@cache
def _spaced_run() -> re.Pattern[str]:
    return re.compile(f"[^{UNSPACED}]+")


def is_han(text: str) -> bool:
    """Return whether a text is nothing but common Han characters, as most queries are: these are one unspaced run."""
    return bool(text) and all("\u4e00" <= letter <= "\u9fff" for letter in text)


def pairs(text: str | None, folding: Folding) -> str:
    """Cut a text into the tokens of the index, in their order, one blank between them."""
    return _cut(folding.fold(text)) if text else ""


def characters(texts: tuple[str | None, ...], folding: Folding) -> str:
    """List the different unspaced characters of some texts, one blank between them."""
    letters = dict.fromkeys(folding.letters("\n".join(filter(None, texts))))
    return " ".join("".join(_unspaced_run().findall("".join(letters))))


class Phrase(NamedTuple):
    """What a piece of a query is in the index: neighbouring tokens; the last may be the beginning of a longer one."""

    tokens: tuple[str, ...]
    prefix: bool

    @property
    def is_character(self) -> bool:
        """Whether it asks for one unspaced character alone."""
        if len(self.tokens) != 1 or len(self.tokens[0]) != 1:
            return False
        return is_han(self.tokens[0]) or bool(_unspaced_run().match(self.tokens[0]))


def phrase(text: str, folding: Folding, *, prefix: bool = False) -> Phrase | None:
    """Turn a piece of a query into a phrase; None when it holds nothing that can be searched.

    With `prefix` a word at the end matches every word that begins with it.
    """
    folded = folding.fold(text)
    if is_han(folded):
        is_one = len(folded) == 1
        return Phrase((folded,) if is_one else tuple(map(add, folded, folded[1:])), prefix=is_one)
    tokens = _cut(folded).split()
    if not tokens:
        return None
    if _unspaced_run().match(tokens[-1]):
        # A text goes on after the query's last character: a pair begins with it, or it ends the run and stands alone.
        prefix = len(tokens) == 1 or len(tokens[-2]) != len("量子") or not _unspaced_run().match(tokens[-2])
        tokens = tokens if prefix else tokens[:-1]
    return Phrase(tuple(tokens), prefix)


def _cut(folded: str) -> str:
    """Cut a folded text into tokens, in their order, one blank between them."""
    runs: list[str] = []
    words: list[str] = [""]  # what stands before, between and behind the pieces of runs
    end, before = 0, ""
    for match in _run().finditer(folded):
        kind, text, start = match.lastgroup or "", match[0], match.start()
        is_border = before and (kind == "unspaced") is not (before == "unspaced")
        if is_border and start > end and folded[end:start].strip(_BLANKS):
            words[-1] += f"{PART} "
        end, before = match.end(), kind
        if kind == "unspaced":
            runs.append(_spaced_run().sub(_GAP, text))
            words.append("")
        else:
            word = text.replace(".", "") if kind == "initials" else text.replace(",", "").replace(".", POINT)
            words[-1] += "".join(f"{word[i : i + LONGEST_WORD]} " for i in range(0, len(word), LONGEST_WORD))
    if not runs:
        return words[0].rstrip()
    pieces = _paired(f"{_GAP}{_CUT}{_GAP}".join(runs)).split(f"{_CUT} ")
    return "".join(chain(*zip(words, pieces, strict=False), words[-1:])).rstrip()


def _paired(runs: str) -> str:
    """Write the pairs of some runs with a `_GAP` between them; by slices, since a loop costs several times as much."""
    characters = _codes(runs)
    triples = _codes("   " * len(runs))
    triples[0::3] = characters
    triples[1::3] = characters[1:] + _codes(_GAP)
    written = triples.tobytes().decode(*_UTF_32)
    return _AFTER_GAP.sub("", written).replace(_GAP, "")


def _codes(text: str) -> array[int]:
    return array("I", text.encode(*_UTF_32))
