"""What a crawl writes into the archive. Every method is a part of a transaction that its caller holds."""

from __future__ import annotations

import sqlite3
import traceback
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from newsarchive.archive import FrontierEntry
from newsarchive.crawl import rechecks
from newsarchive.crawl.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsarchive.archive import Archive, Link
    from newsarchive.archive.listings import KnownListing, ListingLink, Validators
    from newsarchive.models import Article, Page
    from newsarchive.options import Options
    from newsarchive.sites import Recheck

_LONGEST_BACKOFF = timedelta(days=1)
# How exactly `last_seen_at` tells when a copy still stood in a listing. To the day, every copy costs one write a day.
_SIGHT = timedelta(days=1)
# What a single article can break on without the archive being at fault.
_BAD_ARTICLE = (sqlite3.Error, ValueError, TypeError)


@dataclass(frozen=True, slots=True)
class Crawl:
    """What the ledger has to know of a crawl; `label` names its WARC files, for the rest see `ArchiveSpider`."""

    run_id: int
    site: str
    label: str
    fetches: bool
    reread_at: datetime | None
    recheck: Recheck
    options: Options


class Operations:
    """The archive as one crawl writes to it: a fate for every URL, in the transaction that stores what came of it.

    What it did is counted in `counts`, by the names of the run's row; `grown` tells whether the frontier got new rows,
    `errors` what our own rules failed on (tracebacks). Whoever reads them takes them (`take`).

    All methods raise UserError when the archive cannot be written.
    """

    def __init__(self, archive: Archive, crawl: Crawl) -> None:
        self.archive = archive
        self.crawl = crawl
        self.counts: Counter[str] = Counter()
        self.grown = False
        self.errors: list[str] = []
        archive.snapshots.label = crawl.label

    def take(self) -> tuple[Counter[str], bool, list[str]]:
        """Return `counts`, `grown` and `errors`, and reset them."""
        taken = self.counts, self.grown, self.errors
        self.counts, self.grown, self.errors = Counter(), False, []
        return taken

    def keep(self, page: Page) -> None:
        """Keep the raw bytes of a page."""
        with self._guarded(page):
            self.archive.snapshots.keep(page)

    def store(self, article: Article, found: Sequence[Link]) -> None:
        """Store an article, whose page is kept already, and what it leads to."""
        page = article.page
        now = _now()
        with self._guarded(page):
            if page.snapshot_id is None:
                page.snapshot_id = self.archive.snapshots.find(page.url, page.fetched_at)
            stored = self.archive.store(
                article, self.crawl.run_id, now, fetched=self.crawl.fetches, reread_at=self.crawl.reread_at
            )
            if self.crawl.fetches and page.role in rechecks.ROLES:
                self._look_again(page.url, article.published_at)
            self.find(found)
            self.counts[f"articles/{stored.outcome}"] += 1
            self.counts.update(f"problems/{problem.reason}" for problem in article.problems)

    def find(self, found: Sequence[Link]) -> int:
        """Write URLs into the frontier; return the number of new ones."""
        new = self.archive.frontier.add(found, self.crawl.run_id, _now())
        self.grown = self.grown or new > 0
        return new

    def problem(self, url: str, stage: str, reason: str, detail: str, site: str | None = None) -> None:
        """Record a problem of a URL."""
        self.archive.problems.add(
            self.crawl.run_id,
            url=url,
            site=site or self.crawl.site,
            stage=stage,
            reason=reason,
            detail=detail,
            now=_now(),
        )
        self.counts[f"problems/{reason}"] += 1

    def settle(
        self, row: FrontierEntry, stage: str, outcome: Outcome, status: int | None = None, found: Sequence[Link] = ()
    ) -> None:
        """Record how a URL of the frontier failed, when it is due again, if ever, and what is to be asked instead.

        What is stored stays stored: a copy that is gone is marked so, any other failure is left to the next look.
        """
        stored = bool(self.archive.copies.known([row.url]))
        if not (stored and outcome.state == "gone"):
            self.problem(row.url, stage, outcome.reason, outcome.detail, row.site)
        if not self.crawl.fetches:
            return
        self.find(found)
        if stored:
            self._settle_stored(row, outcome, status)
        else:
            self._settle_missing(row, outcome)

    def unchanged(self, url: str) -> None:
        """Record that a stored copy was looked at and is as it was."""
        self.archive.copies.touch([url], _now())
        self._look_again(url, None)
        self.counts["checks/unchanged"] += 1

    def read_listing(
        self,
        articles: Sequence[Link],
        further: Sequence[ListingLink],
        next_page: ListingLink | None,
        listing: KnownListing | None,
    ) -> tuple[int, int]:
        """Record a listing's links and, if it is to be remembered, the listing; return the (new, known) articles."""
        now = _now()
        known = self.archive.copies.known(found.url for found in articles)
        self.archive.copies.touch(known, now, older_than=_SIGHT)
        new = self.find([found for found in articles if found.url not in known])
        if listing is not None:
            self.archive.listings.find(further)
            if next_page is not None and new:
                self.archive.listings.want(next_page)
            self.archive.listings.read(listing, now)
        return new, len(known)

    def answered(self, url: str, renewed: Validators | None = None) -> None:
        """Record that a listing is not due any more, and by what it is `renewed` to be known, if that changed."""
        self.archive.listings.answered(url)
        if renewed is not None:
            self.archive.listings.renew(url, renewed)

    def want(self, listing: ListingLink) -> None:
        """Record that a listing is due."""
        self.archive.listings.want(listing)

    def _settle_missing(self, row: FrontierEntry, outcome: Outcome) -> None:
        now = _now()
        if outcome.state == "retry" and row.attempts + 1 < self.crawl.options.attempts:
            next_at = max(now + self._backoff(row.attempts), outcome.not_before or now)
            self.archive.frontier.retry(row.url, reason=outcome.reason, now=now, next_at=next_at)
        else:
            state = "failed" if outcome.state == "retry" else outcome.state
            self.archive.frontier.end(row.url, state=state, reason=outcome.reason, now=now)
        if outcome.state in ("retry", "failed"):
            self.counts["lost"] += 1

    def _settle_stored(self, row: FrontierEntry, outcome: Outcome, status: int | None) -> None:
        # Some sites say with status 200 that the article is not there any more.
        if outcome.state != "gone" and outcome.reason != "error-page":
            self._look_again(row.url, None)
            return
        self.counts["articles/gone"] += 1
        self.archive.copies.gone(row.url, status or 404, _now())
        self.archive.frontier.end(row.url, state="gone", reason="gone", now=_now())

    def _look_again(self, url: str, published_at: datetime | None) -> None:
        """Set when a stored copy is looked at again for changes."""
        found_at = self.archive.frontier.found_at(url)
        if found_at is not None:
            at = rechecks.next_recheck(self.crawl.recheck, now=_now(), found_at=found_at, published_at=published_at)
            self.archive.frontier.look_again(url, at)

    def _backoff(self, attempts: int) -> timedelta:
        return min(timedelta(seconds=self.crawl.options.backoff * (1 << min(attempts, 20))), _LONGEST_BACKOFF)

    @contextmanager
    def _guarded(self, page: Page) -> Iterator[None]:
        """Take back what was written of a page that our rules fail on, and record that instead."""
        try:
            with self.archive.transaction():
                yield
        except _BAD_ARTICLE as error:
            self.errors.append(f"Not stored: {page.url}\n{traceback.format_exc()}")
            outcome = Outcome("spider-error", "failed", f"{type(error).__name__}: {error}")
            self.settle(FrontierEntry.of_page(page), "store", outcome)


def _now() -> datetime:
    return datetime.now(UTC)
