"""What a page changed between two fetches, in a word and in characters."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from newsarchive.i18n import N_
from newsarchive.text import fold
from newsarchive.textdiff import difference, line_difference

if TYPE_CHECKING:
    import sqlite3

#: What is compared of one text at most, in characters.
MOST_COMPARED = 200_000
#: The word for a change of which nothing is left without punctuation, blanks and width.
TRIFLE = N_("signs and blanks")
_HEADLINE, _TEXT, _BOTH = N_("headline"), N_("text"), N_("headline and text")


def what_changed(old_title: str | None, title: str | None, old_body: str, body: str) -> str:
    """Return whether the headline, the text, both, or nothing but signs and blanks changed.

    A headline that one of the two does not have (the share service prints none) is no change.
    """
    has_title = bool(old_title and title)
    parts = [(_HEADLINE, old_title or "", title or "")] * has_title + [(_TEXT, old_body, body)]
    changed = [name for name, before, after in parts if before != after]
    if changed and all(_words(before) == _words(after) for _, before, after in parts):
        return TRIFLE
    return _BOTH if len(changed) > 1 else "".join(changed)


def changed_characters(old_title: str | None, title: str | None, old_body: str, body: str) -> int:
    """Count the characters that were removed or added, in headline and text."""
    pieces = [piece for line in difference(old_body[:MOST_COMPARED], body[:MOST_COMPARED]) for piece in line.pieces]
    if old_title and title:
        pieces += line_difference(old_title, title)
    return sum(len(piece.text) for piece in pieces if piece.kind != "same")


def register_comparisons(connection: sqlite3.Connection) -> None:
    """Register both as functions of SQL."""
    for comparison in (what_changed, changed_characters):
        connection.create_function(comparison.__name__, 4, comparison, deterministic=True)


def _words(text: str) -> str:
    return "".join(c for c in fold(text) if unicodedata.category(c)[0] not in "ZPC")
