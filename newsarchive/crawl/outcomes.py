"""What became of a URL of the frontier; known to the writing process, and so without Scrapy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

#: The state of a frontier row whose URL goes on failing like this; of `retry` that is `failed`.
State = Literal["retry", "gone", "blocked", "rejected", "failed"]

# What another try at the same page does not change.
_LASTING = frozenset(("robots", "too-large", "no-text", "bad-info-code", "spider-error", "unfinished", "too-complex"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a frontier row goes on, and why.

    `not_before` (UTC) is the earliest time of another try, where known; one that is `final` is never tried again.
    """

    reason: str
    state: State
    detail: str = ""
    not_before: datetime | None = None
    final: bool = False

    @property
    def may_pass(self) -> bool:
        """Whether another try may end otherwise."""
        return not self.final and self.reason not in _LASTING
