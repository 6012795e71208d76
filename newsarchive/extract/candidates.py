"""What a page may mean for a field: gathered without judgement, one function for each kind of evidence, then weighed.

A gatherer yields candidates and never looks at those of others; a judge sees all of them at once, and what it did not
choose can be shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """A value that a page may mean for a field.

    `printed` is the value as it stands in the page, `value` as it was read, `rule` what found it, `line` the number of
    the line where it is printed (-1: it is not). The more `points`, the likelier.
    """

    value: T
    printed: str
    rule: str
    points: float
    line: int = -1


def likeliest(candidates: Iterable[Candidate[T]]) -> Candidate[T] | None:
    """Return the candidate with the most points, of equals the first; None where there is none."""
    return max(candidates, key=points_of, default=None)


def points_of(candidate: Candidate[T]) -> float:
    """Return the points of a candidate, to sort by."""
    return candidate.points
