"""Where the scripts of a page may name a value: looked for in its whole text, since no script is run or read as one."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: How many places are looked at for each word.
_MOST_PLACES = 200


def places_behind(page: str, words: Sequence[str]) -> list[int]:
    """List the positions right behind the first places of some words, in the order of the page."""
    return sorted(place for word in words for place in _places(page, word))


def _places(page: str, word: str) -> Iterator[int]:
    # In a long text a pattern finds a word in half the time.
    return (match.end() for match in islice(re.finditer(word, page), _MOST_PLACES))
