"""What stands aside: comments, other articles, and what else a page prints around an article."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from newsarchive.extract.heuristics.class_names import COMMENTS, FURNITURE, hints_of
from newsarchive.tree import ancestors

if TYPE_CHECKING:
    from newsarchive.tree import Element

# So far up an element is looked for that says so.
_UP = 8


def is_aside(element: Element) -> bool:
    """Return whether an element stands in one that is, by its tag or its names, no part of an article.

    The names of the whole page tell how it is laid out: sidebar-right.
    """
    outside = (outer for outer in islice(ancestors(element), _UP) if outer.tag != "body")
    return any(hints_of(outer) & (COMMENTS | FURNITURE) for outer in outside)
