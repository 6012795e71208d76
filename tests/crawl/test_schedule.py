"""When a watched site is crawled again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from newsarchive.archive.schedules import Schedule
from newsarchive.crawl.schedule import Rest, adapted, after_failure, after_good_run, awake
from newsarchive.discovery.refresh import Refresh
from newsarchive.options import Options
from newsarchive.sites import Politeness, load_site

NOW = datetime(2026, 3, 5, 12, 10, tzinfo=UTC)
OPTIONS = Options(interval_min=5.0, interval_max=360.0, backoff=300.0)
HALF_HOUR = timedelta(minutes=30)
READ = {"listings/read": 2}


def minutes(number):
    return timedelta(minutes=number)


@pytest.mark.parametrize(
    ("counts", "after"),
    [
        (READ | {"listings/hardly-known": 1}, 20),
        (READ | {"listings/hardly-known": 1, "listings/partly-known": 1}, 20),
        (READ | {"listings/partly-known": 1}, 30),
        (READ, 45),
        ({"listings/unchanged": 3}, 45),
        ({"listings/resting": 1}, 30),
    ],
)
def test_a_site_is_asked_sooner_where_little_was_known_and_later_where_nearly_all_was(counts, after):
    assert adapted(HALF_HOUR, counts, OPTIONS) == minutes(after)


@pytest.mark.parametrize(("counts", "bound"), [(READ | {"listings/hardly-known": 1}, 5), (READ, 360)])
def test_an_interval_stays_within_its_bounds(counts, bound):
    interval = HALF_HOUR
    for _ in range(20):
        interval = adapted(interval, counts, OPTIONS)
    assert interval == minutes(bound)


def test_a_good_run_ends_a_row_of_failures():
    before = Schedule("small", NOW, HALF_HOUR, failures=3)
    assert after_good_run(before, READ, now=NOW, options=OPTIONS) == Schedule("small", NOW + minutes(45), minutes(45))


def test_a_site_that_fails_is_left_alone_for_twice_as_long_each_time_up_to_a_day():
    schedule = Schedule("small", NOW, HALF_HOUR)
    pauses = []
    for _ in range(11):
        schedule = after_failure(schedule, now=NOW, options=OPTIONS)
        pauses.append(schedule.due_at - NOW)
    assert pauses[:4] == [minutes(5), minutes(10), minutes(20), minutes(40)]
    assert pauses[-1] == timedelta(days=1)
    assert schedule.interval == HALF_HOUR


def site(**politeness):
    return replace(load_site("demo"), timezone=ZoneInfo("Asia/Shanghai"), politeness=Politeness(**politeness))


def test_a_site_without_wishes_is_awake_at_once():
    assert awake(NOW, site(), ()) == NOW
    assert awake(NOW, site(), [Rest()]) == NOW


def test_quiet_hours_are_those_of_the_clocks_of_the_site():
    assert awake(NOW, site(quiet_hours=(20, 21)), ()) == datetime(2026, 3, 5, 14, tzinfo=UTC)
    assert awake(NOW, site(quiet_hours=(12,)), ()) == NOW


def test_a_site_is_awake_when_the_first_of_its_listings_may_be_asked_for():
    soon, late = NOW + minutes(20), NOW + minutes(200)
    assert awake(NOW, site(), [Rest(late), Rest(soon)]) == soon
    assert awake(NOW, site(), [Rest(late), Rest()]) == NOW


def test_hours_and_days_of_rest_of_a_feed_are_waited_for():
    hours = Refresh(skip_hours=frozenset({12, 13}))
    days = Refresh(skip_days=frozenset({NOW.weekday()}))
    assert awake(NOW, site(), [Rest(refresh=hours)]) == datetime(2026, 3, 5, 14, tzinfo=UTC)
    assert awake(NOW, site(), [Rest(refresh=days)]) == datetime(2026, 3, 6, tzinfo=UTC)


def test_a_site_that_never_wakes_is_asked_some_day_all_the_same():
    never = Rest(refresh=Refresh(skip_days=frozenset(range(7))))
    assert awake(NOW, site(), [never]) < NOW + timedelta(days=9)
