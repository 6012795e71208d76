"""The pages of one listing, one after the other, until they end, repeat themselves or grow too many."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(slots=True)
class Paging:
    """How far a listing was followed. `number` is that of the present page, from 1."""

    max_pages: int
    number: int = 1
    _seen: set[str] = field(default_factory=set)

    def stop_reason(self, urls: Iterable[str]) -> str | None:
        """Count the articles of the current page; return why the next page must not be requested, or None.

        A page past the end may repeat the last one with status 200, so a page without anything new ends the paging.
        """
        new = set(urls) - self._seen
        self._seen |= new
        if self.number > 1 and not new:
            return f"page {self.number} lists nothing that the pages before it did not"
        return self.skip()

    def skip(self) -> str | None:
        """Advance past an unchanged page; return why the next must not be requested, or None."""
        if self.number >= self.max_pages:
            return f"stopped after {self.number} pages"
        self.number += 1
        return None
