"""Listings: known by their validators, due until they were answered for."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsarchive.archive.listings import KnownListing, ListingLink, Validators
from newsarchive.timestamps import stamp

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
HOME, CATEGORY, SECOND = "http://h/", "http://h/c", "http://h/c2"


@pytest.fixture
def listings(archive):
    return archive.listings


def note_read(listings, url, found_on=None, next_url=None, **schedule):
    known_by = Validators('"1"', None, "sha1:X")
    known = KnownListing(url, "demo", "category", found_on, known_by, "rules", next_url, **schedule)
    listings.read(known, NOW)
    return known


def urls(found):
    return [listing.url for listing in found]


def test_what_was_read_is_given_back(listings):
    assert listings.get(HOME) is None
    noted = note_read(listings, HOME, next_url=SECOND)
    assert listings.get(HOME) == replace(noted, changed_at=stamp(NOW))


def test_a_listing_is_given_back_with_its_schedule(listings):
    note_read(listings, HOME, refresh='{"seconds": 60}', not_before="2026-03-05T12:01:00Z", hub="https://hub.example/")
    listings.rest(HOME, "2026-03-05T13:00:00Z")
    known = listings.get(HOME)
    assert (known.refresh, known.not_before, known.hub) == (
        '{"seconds": 60}',
        "2026-03-05T13:00:00Z",
        "https://hub.example/",
    )


def test_a_found_listing_is_due_until_it_is_read_or_answered_for(listings):
    listings.find([ListingLink(CATEGORY, "demo", "category", HOME), ListingLink(SECOND, "demo", "category", HOME)])
    assert urls(listings.due("demo")) == [CATEGORY, SECOND]
    note_read(listings, CATEGORY)
    listings.answered(SECOND)
    assert urls(listings.due("demo")) == []
    listings.find([ListingLink(CATEGORY, "demo", "category", HOME)])
    assert urls(listings.due("demo")) == []
    listings.want(ListingLink(CATEGORY, "demo", "category", HOME))
    assert urls(listings.due("demo")) == [CATEGORY]
    assert urls(listings.due("other")) == []


def test_a_next_page_is_followed_from_its_page_and_not_asked_for_by_itself(listings):
    note_read(listings, HOME)
    note_read(listings, CATEGORY, HOME, next_url=SECOND)
    note_read(listings, SECOND, CATEGORY)
    assert urls(listings.below(HOME)) == [CATEGORY]
    assert urls(listings.below(CATEGORY)) == []
    assert urls(listings.of_site("demo")) == [HOME, CATEGORY]


def test_renewed_validators_replace_the_old_ones_and_nothing_else(listings):
    before = note_read(listings, HOME)
    listings.renew(HOME, Validators('"2"', "Thu, 05 Mar 2026 00:00:00 GMT", "ignored"))
    after = listings.get(HOME)
    assert after is not None
    assert after.validators == Validators('"2"', "Thu, 05 Mar 2026 00:00:00 GMT", before.validators.digest)
