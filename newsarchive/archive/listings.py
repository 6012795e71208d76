"""Listings: every page that lists articles, and how it is recognised when nothing on it has changed.

A listing's row is written when its page was read, in the transaction that brings what it lists into the frontier, and
not again before the page changes. `due` marks a listing that something led to and that was not answered for since: the
next run asks for it, whatever became of this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsarchive.models import Category
from newsarchive.timestamps import stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from newsarchive.archive.frontier import Link


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells whether a page has changed: the server's ETag and Last-Modified, and the digest of the body."""

    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class ListingLink:
    """A listing that something led to: `link_source` says how it is read, `found_on` on which listing it was found."""

    url: str
    site: str
    link_source: str
    found_on: str | None = None


@dataclass(frozen=True, slots=True)
class KnownListing(ListingLink):
    """A listing as it was last read; `rules` names the rules by which that was done.

    `refresh` (JSON) says how often it asks to be read, `not_before` (UTC, written as in the archive) is what follows
    from that, `hub` its WebSub hub, `changed_at` when a change of it was last read.
    """

    validators: Validators = Validators()
    rules: str | None = None
    next_url: str | None = None
    due: bool = False
    refresh: str | None = None
    not_before: str | None = None
    hub: str | None = None
    changed_at: str | None = None
    #: How many articles it listed; None where that was not counted yet.
    links: int | None = None


@dataclass(frozen=True, slots=True)
class ReadListing:
    """A listing page that was just read, the articles and the further listings that it led to."""

    listing: KnownListing
    articles: Sequence[Link]
    further: Sequence[ListingLink]

    @property
    def next_page(self) -> ListingLink | None:
        """The page after it."""
        this = self.listing
        return ListingLink(this.next_url, this.site, this.link_source, this.url) if this.next_url else None


class Listings:
    """The listings of an archive."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, url: str) -> KnownListing | None:
        """Return what is known of a listing; None where it was never heard of."""
        row = self._connection.execute(
            "SELECT url, site, way, found_on, etag, last_modified, digest, rules, next_url, due, refresh, not_before,"
            " hub, changed_at, links FROM listings WHERE url = ?",
            (url,),
        ).fetchone()
        if row is None:
            return None
        _, site, link_source, found_on, etag, last_modified, digest, rules, next_url, due, *schedule = row
        known_by = Validators(etag, last_modified, digest)
        return KnownListing(url, site, link_source, found_on, known_by, rules, next_url, bool(due), *schedule)

    def find(self, links: Iterable[ListingLink]) -> None:
        """Record listings as due; those that are known already stay as they are."""
        self._connection.executemany(
            "INSERT INTO listings (url, site, way, found_on, due) VALUES (?, ?, ?, ?, 1) ON CONFLICT (url) DO NOTHING",
            [(link.url, link.site, link.link_source, link.found_on) for link in links],
        )

    def want(self, link: ListingLink) -> None:
        """Record a listing as due, also where it is known."""
        self._connection.execute(
            "INSERT INTO listings (url, site, way, found_on, due) VALUES (?, ?, ?, ?, 1)"
            " ON CONFLICT (url) DO UPDATE SET due = 1 WHERE due = 0",
            (link.url, link.site, link.link_source, link.found_on),
        )

    def read(self, listing: KnownListing, now: datetime) -> None:
        """Record what a listing said when it was read; it is no longer due."""
        known_by = listing.validators
        self._connection.execute(
            "INSERT INTO listings (url, site, way, found_on, etag, last_modified, digest, rules, next_url, refresh,"
            " not_before, hub, due, changed_at, links) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)"
            " ON CONFLICT (url) DO UPDATE SET way = excluded.way, etag = excluded.etag,"
            " last_modified = excluded.last_modified, digest = excluded.digest, rules = excluded.rules,"
            " next_url = excluded.next_url, refresh = excluded.refresh, not_before = excluded.not_before,"
            " hub = excluded.hub, due = 0, changed_at = excluded.changed_at, links = excluded.links",
            (
                listing.url,
                listing.site,
                listing.link_source,
                listing.found_on,
                known_by.etag,
                known_by.last_modified,
                known_by.digest,
                listing.rules,
                listing.next_url,
                listing.refresh,
                listing.not_before,
                listing.hub,
                stamp(now),
                listing.links,
            ),
        )

    def answered(self, url: str) -> None:
        """Record that a listing is no longer due although nothing was read: it is unchanged, or it is not there."""
        self._connection.execute("UPDATE listings SET due = 0 WHERE url = ? AND due = 1", (url,))

    def renew(self, url: str, validators: Validators) -> None:
        """Replace the validators of an unchanged listing."""
        self._connection.execute(
            "UPDATE listings SET etag = ?, last_modified = ? WHERE url = ?",
            (validators.etag, validators.last_modified, url),
        )

    def rest(self, url: str, not_before: str | None) -> None:
        """Set until when (UTC, written as in the archive) an unchanged listing is not to be asked for."""
        self._connection.execute("UPDATE listings SET not_before = ? WHERE url = ?", (not_before, url))

    def due(self, site: str) -> list[ListingLink]:
        """Return the listings of a site that something led to and that were not answered for since."""
        return self._select("site = ? AND due = 1", site)

    def rests(self, site: str) -> list[tuple[str | None, str | None]]:
        """Return until when (UTC) the first listings of a site rest, and how often each asks to be read (JSON).

        None where a listing asks for nothing, or is due whatever it asks for.
        """
        return self._connection.execute(
            "SELECT CASE WHEN due = 0 AND refresh IS NOT NULL THEN not_before END, CASE WHEN due = 0 THEN refresh END"
            " FROM listings WHERE site = ? AND (found_on IS NULL OR due = 1)",
            (site,),
        ).fetchall()

    def of_site(self, site: str) -> list[ListingLink]:
        """Return all listings of a site, in the order in which they were found; later pages are not among them."""
        return self._select(
            "site = ? AND NOT EXISTS (SELECT 1 FROM listings p WHERE p.url = l.found_on AND p.next_url = l.url)", site
        )

    def below(self, url: str) -> list[ListingLink]:
        """Return the listings that a listing leads to, without its next page."""
        return self._select(
            "found_on = ? AND url IS NOT (SELECT next_url FROM listings p WHERE p.url = l.found_on)", url
        )

    def categories(self, site: str) -> list[Category]:
        """Return the categories of a site that are known from its articles and listings, by their slugs."""
        rows = self._connection.execute("SELECT slug, name, url FROM categories WHERE site = ? ORDER BY slug", (site,))
        return [Category(slug, name, url) for slug, name, url in rows]

    def _select(self, condition: str, value: str) -> list[ListingLink]:
        rows = self._connection.execute(
            f"SELECT url, site, way, found_on FROM listings l WHERE {condition} ORDER BY rowid",  # noqa: S608
            (value,),
        ).fetchall()
        return [ListingLink(*row) for row in rows]
