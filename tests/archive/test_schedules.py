"""When watched sites are due, and what a schedule is made of."""

from datetime import UTC, datetime, timedelta

from newsarchive.archive.frontier import Link
from newsarchive.archive.listings import KnownListing, ListingLink, Validators
from newsarchive.archive.schedules import Schedule

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)


def test_a_schedule_is_given_back_and_replaced_by_the_next(archive):
    first = Schedule("small", NOW, timedelta(minutes=30), failures=2)
    archive.schedules.set(first)
    archive.schedules.set(Schedule("other", NOW, timedelta(minutes=5)))
    assert archive.schedules.all()["small"] == first
    later = Schedule("small", NOW + timedelta(hours=1), timedelta(minutes=45))
    archive.schedules.set(later)
    assert archive.schedules.all() == {"small": later, "other": Schedule("other", NOW, timedelta(minutes=5))}


def test_the_next_work_of_a_site_is_what_may_be_fetched_first(archive):
    frontier = archive.frontier
    assert frontier.next_work("small") is None
    frontier.add([Link(f"http://h/{number}", "small", "post") for number in range(3)], None, NOW)
    assert frontier.next_work("small") < NOW
    frontier.retry("http://h/0", reason="http-error", now=NOW, next_at=NOW + timedelta(minutes=5))
    frontier.end("http://h/1", state="failed", reason="http-error", now=NOW)
    frontier.done("http://h/2", NOW)
    assert frontier.next_work("small") == NOW + timedelta(minutes=5)
    frontier.schedule_recheck("http://h/2", NOW + timedelta(minutes=2))
    assert frontier.next_work("small") == NOW + timedelta(minutes=2)
    assert frontier.next_work("other") is None


def test_first_listings_and_due_ones_say_for_how_long_they_rest(archive):
    def read(url, found_on=None, **schedule):
        archive.listings.read(
            KnownListing(url, "small", "feed", found_on, Validators(), "rules", None, **schedule), NOW
        )

    rest = {"refresh": '{"seconds": 60}', "not_before": "2026-03-05T12:01:00Z"}
    read("http://h/feed", **rest)
    read("http://h/plain")
    read("http://h/below", found_on="http://h/plain", **rest)
    assert archive.listings.rests("small") == [(rest["not_before"], rest["refresh"]), (None, None)]
    archive.listings.want(ListingLink("http://h/feed", "small", "feed"))
    archive.listings.want(ListingLink("http://h/below", "small", "feed"))
    assert archive.listings.rests("small") == [(None, None)] * 3
