"""Word lists to patterns."""

from __future__ import annotations

import re


def words(text: str) -> tuple[str, ...]:
    """Part a list of words at white space."""
    return tuple(text.split())


def any_of(text: str) -> str:
    """Return a pattern that matches any of the words of a list, the longest first; for use inside a group."""
    return "|".join(sorted(map(re.escape, text.split()), key=len, reverse=True))
