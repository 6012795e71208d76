"""Gives every value of an article its one spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsarchive.models import Article


class Normalize:
    """Item pipeline: Article -> Article."""

    def process_item(self, item: Article) -> Article:
        """Normalize an article."""
        from newsarchive.extract.normalize import normalize  # noqa: PLC0415 - a run that finds nothing reads nothing

        return normalize(item)
