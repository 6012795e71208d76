"""The part of a site's articles that a run wants: those of some categories, or of some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

    from newsarchive.discovery.html_listing import ListedArticle
    from newsarchive.models import Category


@dataclass(frozen=True, slots=True)
class Selection:
    """Slugs of categories, none for all of them, and the first and the last day by the clocks of a zone, the site's."""

    categories: tuple[str, ...] = ()
    since: date = date.min
    until: date = date.max
    zone: tzinfo = UTC

    @property
    def is_everything(self) -> bool:
        """Whether no article is left out."""
        return not self.categories and self.since == date.min and self.until == date.max

    def has_category(self, category: Category) -> bool:
        """Return whether a category is wanted."""
        return not self.categories or category.slug in self.categories

    def has(self, link: ListedArticle) -> bool:
        """Return whether a listed article is wanted; where the listing tells neither category nor day, it is.

        What last changed before the first day came out before it.
        """
        category = link.hints.category
        if category is not None and category.slug and not self.has_category(category):
            return False
        if self.since == date.min and self.until == date.max:
            return True
        # Only a run that asks for days reads them.
        from newsarchive.discovery.sitemap import changed_until  # noqa: PLC0415
        from newsarchive.extract.dates.hints import day_of  # noqa: PLC0415

        now = datetime.now(UTC)
        day = day_of(link.url, link.hints.published, zone=self.zone, now=now)
        if day is None:
            changed = changed_until(link.changed, zone=self.zone, now=now)
            return changed is None or changed.astimezone(self.zone).date() >= self.since
        return self.since <= day <= self.until
