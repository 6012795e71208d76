"""Gives every value of an article its one spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.extract.normalize import normalize

if TYPE_CHECKING:
    from newsarchive.models import Article


class Normalize:
    """Item pipeline: Article -> Article."""

    def process_item(self, item: Article) -> Article:
        """Normalize an article."""
        return normalize(item)
