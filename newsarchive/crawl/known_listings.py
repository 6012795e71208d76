"""What a crawl remembers of listings: whether one is as it was, what it leads to, and what is still to be asked.

What a listing leads to enters the archive in the transaction that notes the listing as read. A run that is killed
behind it has lost nothing, and one that is killed before it reads the listing again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsarchive.archive.listings import KnownListing, ListingLink
from newsarchive.crawl.http.conditional import conditional_headers, is_unchanged, validators_of
from newsarchive.crawl.writer.operations import Operations
from newsarchive.warc.record import payload_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from scrapy.http import Response

    from newsarchive.archive import Link
    from newsarchive.archive.listings import Validators
    from newsarchive.archive.runs import Runs
    from newsarchive.crawl.session import Session
    from newsarchive.models import Page
    from newsarchive.sites import Site


@dataclass(frozen=True, slots=True)
class ReadListing:
    """What a listing page led to: articles, further listings, and the page after it."""

    url: str
    way: str
    found_on: str | None = None
    articles: Sequence[Link] = ()
    further: Sequence[str] = ()
    next_url: str | None = None


@dataclass(slots=True)
class ListingMemory:
    """The listings of one site, as one run uses them.

    Without `remembers` nothing is taken from it and nothing is noted: a run that wants a part of the articles alone
    must not keep the next one from reading the rest.
    """

    session: Session
    site: Site
    remembers: bool = True
    _rules: str = field(init=False)

    def __post_init__(self) -> None:
        rules = repr((self.site.listing, self.site.feeds, self.site.lists))
        self._rules = hashlib.sha256(rules.encode()).hexdigest()[:16]

    def headers(self, url: str) -> dict[str, str]:
        """Return the headers with which a listing is asked for."""
        known = self._known(url)
        return conditional_headers(known.validators if known else None)

    def unchanged(self, url: str, response: Response) -> KnownListing | None:
        """Return what is known of a listing if the answer says that nothing on it has changed."""
        known = self._known(url)
        if known is None or not is_unchanged(response, known.validators):
            return None
        now_known_by = validators_of(response)
        renewed = response.status != 304 and _is_renewed(known.validators, now_known_by)
        if known.due or renewed:
            self.session.writer.tell(Operations.answered, url, now_known_by if renewed else None)
        return known

    async def read(self, listing: ReadListing, response: Response) -> tuple[int, int]:
        """Record a listing that was read and all that it leads to; return the number of (new, known) articles."""
        return await self.session.writer.ask(
            Operations.read_listing,
            list(listing.articles),
            [self._found(url, listing) for url in listing.further],
            self._found(listing.next_url, listing) if listing.next_url else None,
            self._as_read(listing, validators_of(response)) if self.remembers else None,
        )

    def not_stored(self, pages: Sequence[Page]) -> list[Page]:
        """Return those pages that the archive does not have as they are."""
        digests = self.session.archive.copies.digests(page.url for page in pages)
        return [page for page in pages if digests.get(page.url) != payload_digest(page.body)]

    def failed(self, url: str, way: str, *, again: bool) -> None:
        """Record that a listing did not come: it is due, or with `again` false it is not there or must not be asked."""
        if not self.remembers:
            return
        if again:
            self.session.writer.tell(Operations.want, ListingLink(url, self.site.name, way))
        else:
            self.session.writer.tell(Operations.answered, url, None)

    def due(self) -> Iterable[ListingLink]:
        """Return the listings that an earlier run was led to and did not get."""
        return self.session.archive.listings.due(self.site.name) if self.remembers else ()

    def all(self) -> Iterable[ListingLink]:
        """Return all listings of the site, without later pages."""
        return self.session.archive.listings.of_site(self.site.name)

    def below(self, url: str) -> Iterable[ListingLink]:
        """Return the listings that an unchanged listing leads to."""
        return self.session.archive.listings.below(url)

    def _known(self, url: str) -> KnownListing | None:
        known = self.session.archive.listings.get(url) if self.remembers else None
        return known if known is not None and known.rules == self._rules else None

    def _found(self, url: str, listing: ReadListing) -> ListingLink:
        return ListingLink(url, self.site.name, listing.way, listing.url)

    def _as_read(self, listing: ReadListing, known_by: Validators) -> KnownListing:
        return KnownListing(
            url=listing.url,
            site=self.site.name,
            way=listing.way,
            found_on=listing.found_on,
            validators=known_by,
            rules=self._rules,
            next_url=listing.next_url,
        )


def _is_renewed(before: Validators, now: Validators) -> bool:
    """Return whether a page of the same bytes came with other validators, by which it is to be asked for next time."""
    return (before.etag, before.last_modified) != (now.etag, now.last_modified)


#: The count under which a run records that it was a sweep.
FULL_DISCOVERY = "listings/sweep"
# Runs that are looked back over; an older sweep is due again anyway.
_LOOK_BACK = 500


def full_discovery_is_due(runs: Runs, spider: str, site: str, now: datetime, interval: timedelta) -> bool:
    """Return whether no sweep of a site ended well within the interval, or a run after it did not end well."""
    for run in runs.ended(spider, site, _LOOK_BACK):
        if run.outcome != "finished" or run.counts.get("listings/failed"):
            return True
        if run.counts.get(FULL_DISCOVERY):
            return run.started_at + interval <= now
    return True
