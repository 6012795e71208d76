"""The words beside dates in the languages of the news (`words.toml`), made into patterns for lines in small letters."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

_WORDS = Path(__file__).with_name("words.toml")
_ENDING = r"[^\s\d_.,:;：|()（）/–—-]{0,12}"
#: For words that are whole.
WHOLE = r"(?![^\W\d_])"


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(_WORDS.read_text(encoding="utf-8"))


def table(name: str) -> dict[str, Any]:
    """Return one table of words, by language."""
    return _tables()[name]


def any_of(*names: str, ending: str = _ENDING) -> str:
    """Return a pattern for a word of some tables or what begins with one; the longest first, in small letters.

    `ending` is what may follow in scripts that part words.
    """
    found = {word.replace("_", " ") for name in names for words in table(name).values() for word in words.split()}
    longest_first = sorted(found, key=lambda word: (-len(word), word))
    parted = [word for word in longest_first if _is_parted(word)]
    others = [re.escape(word) for word in longest_first if not _is_parted(word)]
    # The first letter is looked at by itself: most words have another one.
    firsts = "".join(sorted({word[0] for word in parted}))
    return "|".join([rf"(?=[{firsts}])(?<![^\W\d_])(?:{'|'.join(map(re.escape, parted))}){ending}", *others])


def _is_parted(word: str) -> bool:
    """Return whether a word is of a script that parts words by blanks."""
    return word[0].isalpha() and not "\u3040" <= word[0] <= "\ud7af"
