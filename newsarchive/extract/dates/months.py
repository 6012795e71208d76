"""Names of the months in languages other than English (`months.toml`), and which number comes first, day or month."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

from newsarchive.extract.dates.patterns import MONTHS

_NAMES = Path(__file__).with_name("months.toml")
_MARK = re.compile("[\u0300-\u036f]")
#: Languages that print the month before the day where both are numbers; English does in some countries. Others either
#: begin with the year or with the day. Source: Unicode CLDR 49, the short forms of dates.
_MONTH_FIRST = frozenset(("fil", "es-pa", "es-pr"))
_ENGLISH_MONTH_FIRST = frozenset(("us", "ph", "pr", "gu", "as", "mh", "um", "vi", "ca"))
_YEAR_FIRST = frozenset(("zh", "ja", "ko"))


def plain(name: str) -> str:
    """Return a word in small letters without accents, as it stands in capitals and on pages that cannot write them."""
    return _MARK.sub("", unicodedata.normalize("NFD", name.lower())).replace("ı", "i")


@lru_cache(maxsize=1)
def _months() -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Return the numbers of the months by their names: of each language, and of all for names that all agree on."""
    by_language: defaultdict[str, dict[str, int]] = defaultdict(dict)
    meanings: defaultdict[str, set[int]] = defaultdict(set)
    for name, number in MONTHS.items():
        meanings[name].add(number)
    for language, listed in tomllib.loads(_NAMES.read_text(encoding="utf-8")).items():
        for number, names in enumerate(listed, start=1):
            for name in map(plain, names.split("|")):
                by_language[language.partition("-")[0]].setdefault(name, number)
                meanings[name].add(number)
    return by_language, {name: numbers.pop() for name, numbers in meanings.items() if len(numbers) == 1}


def month_of(name: str, lang: str | None = None) -> int | None:
    """Return the number of a month by its name in the language of the page, else in any; None for another word."""
    by_language, by_all = _months()
    word = plain(name)
    return by_language.get((lang or "").lower()[:2], {}).get(word) or by_all.get(word)


def prints_year_first(lang: str | None) -> bool:
    """Return whether a page in this language begins a date in numbers with the year; without a language it does."""
    code = (lang or "")[:2].lower()
    return code in ("", "un") or code in _YEAR_FIRST


def prints_day_first(lang: str | None) -> bool:
    """Return whether a page in this language (with its country: en-GB) prints the day before the month as numbers."""
    code, _, country = (lang or "").lower().replace("_", "-").partition("-")
    if code == "en":
        return bool(country) and country not in _ENGLISH_MONTH_FIRST
    return code != "" and code not in _YEAR_FIRST and not {code, f"{code}-{country}"} & _MONTH_FIRST
