"""The listings of a site as one crawl uses them: which to ask for, whether one has changed, and what it led to.

What a listing leads to enters the archive in the transaction that records the listing as read. A run that is killed
behind it has lost nothing, and one that is killed before it reads the listing again.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from newsarchive.archive.listings import KnownListing, ListingLink, ReadListing, Validators
from newsarchive.archive.runs import SKEW
from newsarchive.crawl.http.conditional import NOT_MODIFIED, conditional_headers, is_unchanged, validators_of
from newsarchive.crawl.writer.operations import Operations
from newsarchive.discovery.refresh import Refresh
from newsarchive.i18n import _
from newsarchive.timestamps import stamp
from newsarchive.url_keys import canonical_url
from newsarchive.warc.record import payload_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scrapy.http import Response

    from newsarchive.archive import Link
    from newsarchive.archive.runs import Runs
    from newsarchive.crawl.http.offsite import AddressRules
    from newsarchive.crawl.outcomes import Outcome
    from newsarchive.crawl.session import Session
    from newsarchive.models import Page
    from newsarchive.sites import Site

logger = logging.getLogger(__name__)

#: Counts of listings of which less than a third, or less than two thirds, of what they list was known before.
HARDLY_KNOWN, PARTLY_KNOWN = "listings/hardly-known", "listings/partly-known"
_LITTLE, _MUCH = 1 / 3, 2 / 3


@dataclass(slots=True)
class KnownListings:
    """The listings of one site in one run.

    With `remembers` false nothing is taken from the archive and nothing is recorded of a listing but what it leads to:
    a run that wants a part of the articles alone must not keep the next one from reading the rest.
    """

    session: Session
    site: Site
    address_rules: AddressRules
    remembers: bool = True
    #: Whether listings are asked for without their validators: some servers say for ever that nothing has changed.
    asks_anew: bool = False
    #: Canonical URLs of the listing pages that this run has asked for.
    _asked: set[str] = field(default_factory=set)
    _rules: str = field(init=False)
    _reopens: bool | None = None
    #: How many listings were left alone.
    _rested: int = 0

    def __post_init__(self) -> None:
        rules = repr((self.site.listing, self.site.feeds, self.site.lists))
        self._rules = hashlib.sha256(rules.encode()).hexdigest()[:16]

    # Before a listing is asked for

    def admit(self, link: ListingLink) -> bool:
        """Return whether a listing is to be asked for: once a run, if its address is allowed and there is room."""
        if canonical_url(link.url) in self._asked:
            return False
        refusal = self.address_rules.refusal(link.url)
        if refusal is not None:
            self.problem(link.url, refusal.reason, refusal.detail)
            self._not_read(link, again=False)
            return False
        if len(self._asked) >= self.session.options.listings_max:
            self.cut(link.url, f"{len(self._asked)} listing pages in one run")
            return False
        self._asked.add(canonical_url(link.url))
        return True

    def headers(self, url: str) -> dict[str, str]:
        """Return the headers with which a listing is asked for."""
        known = None if self.asks_anew else self._known(url)
        return conditional_headers(known.validators if known else None)

    def resting(self, url: str) -> KnownListing | None:
        """Return what is known of a listing that asks not to be asked for yet; None for one that may be asked for."""
        known = self._known(url)
        if known is None or known.due or known.refresh is None:
            return None
        now = datetime.now(UTC)
        # A pause that was recorded under a longer bound than today's does not count.
        is_fresh = known.not_before is not None and stamp(now) < known.not_before <= stamp(now + self._longest)
        if not is_fresh and not Refresh.from_json(known.refresh).rests(now):
            return None
        if not self._rested:
            until = f"before {known.not_before}" if is_fresh else "at this hour"
            logger.info(_("Not asked for %s, as the feed itself asks (NEWSARCHIVE_FEED_PAUSE_MAX): %s"), until, url)
        self._rested += 1
        self.session.count("listings/resting")
        return known

    def older(self, url: str, changed: datetime) -> KnownListing | None:
        """Return what is known of a listing if it was read after it last changed, as an index says."""
        known = self._known(url)
        if known is None or known.due or not known.changed_at or known.changed_at <= stamp(changed):
            return None
        self.session.count("listings/unchanged")
        return known

    def due(self) -> Iterable[ListingLink]:
        """Return the listings that an earlier run was led to and did not get."""
        return self.session.archive.listings.due(self.site.name) if self.remembers else ()

    # What came of it

    def unchanged(self, url: str, response: Response) -> KnownListing | None:
        """Return what is known of a listing if the answer says that nothing on it has changed."""
        known = self._known(url)
        if known is None or not is_unchanged(response, known.validators):
            return None
        if self.asks_anew and self._may_reopen():
            return None  # what it still names was given up, and is tried again
        validators = validators_of(response)
        renewed = response.status != NOT_MODIFIED and _is_renewed(known.validators, validators)
        if known.due or renewed:
            self.session.writer.submit(Operations.answered, url, validators if renewed else None)
        if known.refresh:
            not_before = self._not_before(Refresh.from_json(known.refresh))
            if not_before != known.not_before:
                self.session.writer.submit(Operations.rest, url, not_before)
        self.session.count("listings/unchanged")
        return known

    async def read(
        self,
        link: ListingLink,
        response: Response,
        *,
        articles: Sequence[Link],
        further: Sequence[ListingLink],
        next_url: str | None,
        links: int,
        damage: str | None,
        refresh: Refresh | None = None,
        hub: str | None = None,
        is_listing: bool = True,
    ) -> int:
        """Record a listing that was read and all that it led to; return the number of articles that are new.

        `links` is how many articles it lists. With `damage` it was not read whole: that is told, and the listing is
        due again and not known again, so that it is told as long as it is so. A page that is no listing after all
        (`is_listing`) is not recorded itself.
        """
        listing = KnownListing(
            link.url,
            link.site,
            link.link_source,
            link.found_on,
            Validators() if damage else validators_of(response),
            self._rules,
            next_url,
            refresh=refresh.to_json() if refresh else None,
            not_before=self._not_before(refresh) if refresh else None,
            hub=hub,
            links=links,
        )
        if damage:
            self.problem(link.url, "bad-listing", damage)
            self.session.count("listings/damaged")
        before = self.links_before(link.url)
        new, known = await self.session.writer.call(
            Operations.read_listing, ReadListing(listing, articles, further), remember=self.remembers and is_listing
        )
        if damage:
            self._not_read(link, again=True)
        self.session.count("listings/read")
        self.session.count("links/known", known)
        self.session.count("links/new", new)
        if before and articles and (share := 1 - new / len(articles)) <= _MUCH:
            self.session.count(HARDLY_KNOWN if share < _LITTLE else PARTLY_KNOWN)
        return new

    def links_before(self, url: str) -> int:
        """Return how many articles a listing had when it was last read by the rules of today; 0 where none is known."""
        known = self._known(url)
        return known.links or 0 if known else 0

    def cut(self, url: str, detail: str) -> None:
        """Record that a listing is not followed to its end because of a limit of ours."""
        self.problem(url, "endless-paging", detail)
        self.session.count("listings/cut")

    def failed(self, link: ListingLink, outcome: Outcome) -> None:
        """Record a listing that did not come; unless it is gone or must not be asked, the next run asks again."""
        again = outcome.state in ("retry", "failed")
        self.session.count("listings/failed" if again else "listings/refused")
        self.problem(link.url, outcome.reason, outcome.detail)
        self._not_read(link, again=again)

    def problem(self, url: str, reason: str, detail: str) -> None:
        """Record a problem of a listing, or of a link on it."""
        self.session.writer.submit(Operations.problem, url, "listing", reason, detail)

    def not_stored(self, pages: Sequence[Page]) -> list[Page]:
        """Return those pages that the archive does not have as they are."""
        digests = self.session.archive.copies.digests(page.url for page in pages)
        return [page for page in pages if digests.get(page.url) != payload_digest(page.body)]

    def _not_before(self, refresh: Refresh) -> str | None:
        due = refresh.due_at(datetime.now(UTC), self._longest)
        return stamp(due) if due else None

    @property
    def _longest(self) -> timedelta:
        return timedelta(hours=self.session.options.feed_pause_max)

    def _not_read(self, link: ListingLink, *, again: bool) -> None:
        if self.remembers and again:
            self.session.writer.submit(Operations.want, link)
        elif self.remembers:
            self.session.writer.submit(Operations.answered, link.url)

    def _may_reopen(self) -> bool:
        """Return whether anything of the site was given up so long ago that a listing which names it opens it again."""
        if self._reopens is None:
            self._reopens = self.session.archive.frontier.may_reopen(self.site.name, datetime.now(UTC))
        return self._reopens

    def _known(self, url: str) -> KnownListing | None:
        known = self.session.archive.listings.get(url) if self.remembers else None
        return known if known is not None and known.rules == self._rules else None


def _is_renewed(before: Validators, now: Validators) -> bool:
    """Return whether a page of the same bytes came with other validators, to be sent along next time."""
    return (before.etag, before.last_modified) != (now.etag, now.last_modified)


#: The count under which a run records that it was a full discovery: it asked for every listing that is known.
FULL_DISCOVERY = "listings/sweep"
# Runs that are looked back over; an older full discovery is due again anyway.
_LOOK_BACK = 500


def full_discovery_is_due(runs: Runs, spider: str, site: str, now: datetime, interval: timedelta) -> bool:
    """Return whether no full discovery ended well within the interval, or a run after it did not end well."""
    for run in runs.ended(spider, site, _LOOK_BACK):
        if run.outcome != "finished" or run.counts.get("listings/failed"):
            return True
        if run.counts.get(FULL_DISCOVERY):
            return not now - interval < run.started_at <= now + SKEW  # one of the future had a clock that was ahead
    return True
