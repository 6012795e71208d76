"""Which of the dates of one line is that of publication: by the words that stand right beside each."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from newsarchive.extract.dates.words import WHOLE, any_of

if TYPE_CHECKING:
    from newsarchive.extract.dates.parts import Dated

#: How well a label speaks for its date being that of publication: _NEUTRAL without one, 0 for no time of the text.
_NEUTRAL = 2
_TABLES = {3: "published", 1: "updated", 0: "other"}
#: What may stand between a label and its date.
FILLING = rf"(?:\s|[：:（(【\[,，|-]|{any_of('filling', 'date', ending=WHOLE)}){{0,6}}"
_BEFORE = {rank: re.compile(f"(?:{any_of(table)}){FILLING}$") for rank, table in _TABLES.items()}
_BEHIND = {rank: re.compile(rf"^[\s)）\]】]{{0,3}}(?:{any_of(table)})") for rank, table in _TABLES.items()}
_OTHER = re.compile(any_of("updated", "other"))
#: Of a line in small letters, like all patterns made of these words.
UPDATED = re.compile(any_of("updated"))
_PUBLISHED = re.compile(any_of("published"))
# No word has a digit: lines that differ by these alone are the same.
_ANY_DIGITS = str.maketrans("123456789", "0" * 9)
# A letter of a word: machines write times with T and Z alone.
_LETTER = re.compile(r"[^\W\d_TZ]")

# Before a date of few signs: nothing but a label or the day of the week; behind it, what parts it from the rest.
_LABELS = rf"(?:{any_of('published', 'updated', 'date')})|(?:vom|am|le|du|el|il|on|op)\s"
_DAY = rf"(?:{any_of('weekdays', ending=WHOLE)})\.?,?"
_INTRODUCED = re.compile(rf"\s?(?:(?:{_LABELS}){FILLING})?(?:{_DAY})?\s?")
_LABELLED = re.compile(
    rf"[\s（(【\[|]{{0,3}}(?:{any_of('published', 'updated')}){FILLING}(?:[^\W\d]{{2,12}}[,.]?\s)?"
    r"[0-9]{1,4}(?:[./年-]|\.?\s[^\W\d])"
)
_PARTED = re.compile(r"\s?[|·•]|$")


def is_set_apart(line: str, span: tuple[int, int]) -> bool:
    """Return whether a line says that what stands in a span is a date, or parts it from what else it says."""
    before = line[: span[0]].lower()
    if _INTRODUCED.fullmatch(before) is None:
        return False
    return before.strip() != "" or _PARTED.match(line, span[1]) is not None


def is_labelled_date(line: str) -> bool:
    """Return whether a line begins with the time of publication or of a change behind its label."""
    return _LABELLED.match(line.lower()) is not None


def tells_of_change(lowered: str) -> bool:
    """Return whether words, in small letters, speak of the last change and not of publication."""
    return UPDATED.search(lowered) is not None and _PUBLISHED.search(lowered) is None


def has_other_label(line: str) -> bool:
    """Return whether a line may say of a date that it is another one than that of publication."""
    return _LETTER.search(line) is not None and _names_other(line.lower().translate(_ANY_DIGITS))


@lru_cache(maxsize=4096)
def _names_other(lowered: str) -> bool:
    """Return whether a line names another time; a site prints all its dates among the same words."""
    return _OTHER.search(lowered) is not None


def choose(line: str, dates: list[Dated]) -> tuple[bool, Dated | None]:
    """Return whether labels stand beside the dates of a line, and the date that they leave for publication.

    It is one so labelled, else one without a label, else that of an update; a deadline never is one.
    """
    lowered = line.lower()
    ranks = _ranks(lowered if len(lowered) == len(line) else line, dates)
    if all(rank == _NEUTRAL for rank in ranks):
        return False, None
    best = max(ranks)
    return True, dates[ranks.index(best)] if best else None


def _ranks(line: str, dates: list[Dated]) -> list[int]:
    """Read the labels before the dates; those behind them where the line has none before the first."""
    edges = [0, *(edge for dated in dates for edge in dated.span), len(line)]
    gaps = [line[edges[n] : edges[n + 1]] for n in range(0, len(edges), 2)]
    before = [_rank(_BEFORE, gap) for gap in gaps[:-1]]
    behind = [_rank(_BEHIND, gap) for gap in gaps[1:]]
    return behind if dates and before[0] == _NEUTRAL and behind[-1] != _NEUTRAL else before


def _rank(patterns: dict[int, re.Pattern[str]], gap: str) -> int:
    return next((rank for rank, pattern in patterns.items() if pattern.search(gap)), _NEUTRAL)
