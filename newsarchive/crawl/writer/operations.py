"""What a crawl does to its archive. Every method is a part of a transaction that its caller holds."""

from __future__ import annotations

import sqlite3
import traceback
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newsarchive.archive import FrontierEntry
from newsarchive.archive.connection import is_damage
from newsarchive.archive.frontier import UNFINISHED
from newsarchive.crawl import rechecks
from newsarchive.crawl.impostors import MOST_ADDRESSES, another_article, cut_down, repeated
from newsarchive.crawl.outcomes import Outcome
from newsarchive.crawl.retries import next_try
from newsarchive.crawl.writer.messages import Failed, Message, Report
from newsarchive.models import FEED_MARK
from newsarchive.text import shorten
from newsarchive.url_keys import url_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsarchive.archive import Archive, Link
    from newsarchive.archive.listings import ListingLink, ReadListing, Validators
    from newsarchive.crawl.writer.messages import Crawl
    from newsarchive.models import Article, Page

# How exactly `last_seen_at` says when a copy was still listed. To the day, every copy costs one write a day.
_SIGHT = timedelta(days=1)
# What a single article can break on without the archive being at fault.
_BAD_ARTICLE = (sqlite3.Error, ValueError, TypeError)
#: Saved pages whose snapshot is remembered for their article. A page goes through the pipelines alone, so that its
#: article is the next thing but one to be submitted; what is remembered beyond that are pages that were no article.
MOST_SAVED = 1000


class Operations:
    """The archive as one crawl writes to it: an outcome for every URL, in the transaction that stores what came of it.

    All methods raise UserError when the archive cannot be written.
    """

    def __init__(self, archive: Archive, crawl: Crawl) -> None:
        self.archive = archive
        self.crawl = crawl
        self.report = Report()
        #: (URL, time of fetching) of the pages that were saved last -> their snapshots.
        self._saved: dict[tuple[str, datetime], int] = {}
        #: Keys of the URLs that listings of this run led to -> the spelling that was found first.
        self._found: dict[str, str] = {}

    def take_report(self) -> Report:
        """Return what was done since this was last called."""
        report, self.report = self.report, Report()
        return report

    def attempt(self, message: Message) -> Any:
        """Do what a message asks for, and return its result; where that fails, nothing of it alone is written."""
        assert message.method is not None, "there is nothing to attempt"
        try:
            with self.archive.transaction():
                return getattr(self, message.method)(*message.arguments, **message.options)
        except _BAD_ARTICLE as error:
            if is_damage(error):
                raise
            what = f"{message.method}{message.arguments[:1]!r}"
            self.report.errors.append(f"Not written: {shorten(what, 500)}\n{traceback.format_exc()}")
            return Failed(f"{type(error).__name__}: {error}")

    def save(self, page: Page) -> None:
        """Save the raw bytes of a page."""
        self.archive.snapshots.label = self.crawl.label
        with self._guarded(page):
            self._saved[page.url, page.fetched_at] = self.archive.snapshots.save(page)
            if len(self._saved) > MOST_SAVED:
                del self._saved[next(iter(self._saved))]

    def store(self, article: Article, links: Sequence[Link]) -> None:
        """Store an article, whose page is saved already, and what it leads to."""
        page = article.page
        now = _now()
        if page.snapshot_id is None:
            page.snapshot_id = self._saved.pop((page.url, page.fetched_at), None) or self.archive.snapshots.at(page)
        with self._guarded(page):
            if self.crawl.fetches and (outcome := self._impostor(article)) is not None:
                self.report.counts["articles/rejected"] += 1
                self.settle(FrontierEntry.of_page(page), "store", outcome)
                return
            stored = self.archive.store(
                article,
                self.crawl.run_id,
                now,
                fetched=self.crawl.fetches,
                reread_at=self.crawl.reread_at,
                is_latest=self.crawl.fetches,
            )
            if self.crawl.fetches and page.role in rechecks.ROLES:
                self._schedule_recheck(page.url, article.published_at)
            self.find(links)
            self.report.counts[f"articles/{stored.outcome}"] += 1
            self.report.counts.update(f"problems/{problem.reason}" for problem in article.problems)
        self.report.settled.add(page.url)

    def find(self, links: Sequence[Link]) -> int:
        """Write URLs into the frontier; return the number of new ones. One that cannot be written fails alone."""
        try:
            with self.archive.transaction():
                new = self.archive.frontier.add(links, self.crawl.run_id, _now())
        except ValueError:
            if len(links) == 1:
                raise
            new = 0
            for link in links:
                found = self.attempt(Message("find", ([link],)))
                new += 0 if isinstance(found, Failed) else found
            return new
        self.report.grown = self.report.grown or new > 0
        return new

    def save_refused(self, page: Page) -> None:
        """Save a page that is not read, so that it can be looked at; once for each status of its URL."""
        if not self.archive.snapshots.has(page.url, page.status):
            self.save(page)

    def problem(self, url: str, stage: str, reason: str, detail: str = "", site: str | None = None) -> None:
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
        self.report.counts[f"problems/{reason}"] += 1

    def begin(self, url: str) -> None:
        """Record that a URL of the frontier is asked for now, before anything can go wrong with it."""
        self.archive.frontier.begin(url)

    def settle(
        self,
        row: FrontierEntry,
        stage: str,
        outcome: Outcome,
        status: int | None = None,
        fallbacks: Sequence[Link] = (),
    ) -> None:
        """Record how a URL of the frontier failed, when it is due again, if ever, and what is to be fetched instead.

        What is stored stays stored: a copy that stays gone is marked so, any other failure is left to the next recheck.
        """
        self.report.settled.add(row.url)
        stored = bool(self.archive.copies.known([row.url]))
        if not (stored and outcome.state == "gone"):
            self.problem(row.url, stage, outcome.reason, outcome.detail, row.site)
        if not self.crawl.fetches:
            return
        self.find(fallbacks)
        if stored:
            self._settle_stored(row, outcome, status)
        else:
            tries = self.archive.frontier.tries(row.url)
            self._settle_missing(row, stage, outcome, status, tries)
            # What robots.txt forbids is meant so, and what is looked for elsewhere may come from there.
            if outcome.state != "blocked" and not fallbacks:
                self.report.counts["lost"] += 1
                # A server that names a time is busy: its pages are not what an alarm about new ones is for.
                if tries > 1 or outcome.not_before is not None:
                    self.report.counts["lost/again"] += 1

    def unchanged(self, url: str) -> None:
        """Record that a stored copy was rechecked and is as it was."""
        self.report.settled.add(url)
        self.archive.copies.touch([url], _now())
        self.archive.copies.returned(url)
        self._schedule_recheck(url, None)
        self.report.counts["checks/unchanged"] += 1

    def read_listing(self, read: ReadListing, *, remember: bool) -> tuple[int, int]:
        """Record what a listing led to and, with `remember`, the listing; return the number of (new, known) articles.

        What it led to is written in the same transaction: a crawl that is killed behind it has lost nothing, and one
        that is killed before it reads the listing again.
        """
        now = _now()
        known = self.archive.copies.stored_as(link.url for link in read.articles)
        self.archive.copies.touch(known.values(), now, older_than=_SIGHT)
        self.archive.frontier.doubt_gone(known.values(), now)
        new = self.find([link for link in read.articles if link.url not in known and self._is_first(link.url)])
        if remember:
            self.archive.listings.find(read.further)
            if new and (next_page := read.next_page):
                self.archive.listings.want(next_page)
            self.archive.listings.read(read.listing, now)
        return new, len(known)

    def answered(self, url: str, renewed: Validators | None = None) -> None:
        """Record that a listing is not due any more, and its `renewed` validators, if they changed."""
        self.archive.listings.answered(url)
        if renewed is not None:
            self.archive.listings.renew(url, renewed)

    def rest(self, url: str, not_before: str | None) -> None:
        """Record until when an unchanged listing is not to be asked for."""
        self.archive.listings.rest(url, not_before)

    def want(self, listing: ListingLink) -> None:
        """Record that a listing is due."""
        self.archive.listings.want(listing)

    def _is_first(self, url: str) -> bool:
        """Return whether no other spelling of a URL was found in this run, as those with another session id are."""
        return self._found.setdefault(url if url.endswith(FEED_MARK) else url_key(url), url) == url

    def _impostor(self, article: Article) -> Outcome | None:
        """Return why a page that looks like an article is none, by what is known of other pages and earlier times."""
        page = article.page
        if page.snapshot_id is not None and page.role in rechecks.ROLES:
            others = self.archive.copies.keys_of_page(page.snapshot_id, MOST_ADDRESSES + 1)
            if len(others) >= MOST_ADDRESSES:  # hardly ever: only then what else is known of the address counts
                address = self._address(article)
                is_named = self.archive.copies.is_named_by_page(page.snapshot_id, address)
                if not is_named and (outcome := repeated(others, address)) is not None:
                    return outcome
        before = self.archive.copies.observation(page.url)
        if before is None:
            return None
        return another_article(before, article) or cut_down(before, article)

    def _address(self, article: Article) -> str:
        """Return the key of the address at which a page stands: that of an article it leads to, where it is known."""
        landed = article.page.final_url
        if landed is not None and self.archive.frontier.found_at(landed) is not None:
            return url_key(landed)
        return next(filter(self.archive.copies.is_address, article.aliases), article.article_key)

    def _settle_missing(self, row: FrontierEntry, stage: str, outcome: Outcome, status: int | None, tries: int) -> None:
        now = _now()
        next_at = next_try(
            outcome,
            status=status,
            tries=tries,
            said=self.archive.problems.times(row.url, stage, outcome.reason),
            now=now,
            options=self.crawl.options,
        )
        if next_at is not None:
            self.archive.frontier.retry(row.url, reason=outcome.reason, now=now, next_at=next_at)
        else:
            state = "failed" if outcome.state == "retry" else outcome.state
            self.archive.frontier.end(row.url, state=state, reason=outcome.reason, now=now)

    def _settle_stored(self, row: FrontierEntry, outcome: Outcome, status: int | None) -> None:
        if outcome.reason == "error-page":  # some sites say with status 200 that the article is not there any more
            outcome = replace(outcome, state="gone")
        if outcome.reason == UNFINISHED:
            self.archive.frontier.schedule_recheck(row.url, None)
            return
        if outcome.state != "gone":
            self._schedule_recheck(row.url, None)
            return
        now, said = _now(), self.archive.frontier.tries(row.url)
        next_at = next_try(outcome, status=status, tries=said, said=said, now=now, options=self.crawl.options)
        if next_at is not None:
            self.archive.frontier.missed(row.url, next_at)
            return
        self.report.counts["articles/gone"] += 1
        self.archive.copies.gone(row.url, status or 404, now)
        self.archive.frontier.end(row.url, state="gone", reason="gone", now=now)

    def _schedule_recheck(self, url: str, published_at: datetime | None) -> None:
        found_at = self.archive.frontier.found_at(url)
        if found_at is not None:
            at = rechecks.next_recheck(self.crawl.recheck, now=_now(), found_at=found_at, published_at=published_at)
            self.archive.frontier.schedule_recheck(url, at)

    @contextmanager
    def _guarded(self, page: Page) -> Iterator[None]:
        """Roll back what was written of a page on which our rules fail, and record the failure instead."""
        try:
            with self.archive.transaction():
                yield
        except _BAD_ARTICLE as error:
            if is_damage(error):
                raise
            self.report.errors.append(f"Not stored: {page.url}\n{traceback.format_exc()}")
            outcome = Outcome("spider-error", "failed", f"{type(error).__name__}: {error}")
            self.settle(FrontierEntry.of_page(page), "store", outcome)


def _now() -> datetime:
    return datetime.now(UTC)
