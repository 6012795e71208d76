"""Quiet hours and digests, by the clock of this machine."""

from datetime import datetime

import pytest

from newsarchive.alerts.schedule import is_due, is_quiet, read_digest, read_quiet_hours
from newsarchive.errors import UserError


def at(clock, day=5):
    return datetime.fromisoformat(f"2026-03-{day:02}T{clock}").astimezone()


@pytest.mark.parametrize(
    ("hours", "clock", "quiet"),
    [
        ("22:00-07:00", "21:59:59", False),
        ("22:00-07:00", "22:00", True),
        ("22:00-07:00", "03:00", True),
        ("22:00-07:00", "07:00", False),
        ("12:00-13:30", "13:29", True),
        ("12:00-13:30", "13:30", False),
        (None, "03:00", False),
    ],
)
def test_quiet_hours_begin_with_their_first_minute_and_may_go_over_midnight(hours, clock, quiet):
    assert is_quiet(hours, at(clock)) is quiet


def test_without_a_digest_messages_are_made_at_once():
    assert is_due(None, at("08:00"), at("08:00"))


def test_a_digest_is_made_by_the_first_run_after_its_time():
    assert not is_due("08:00", at("07:00"), at("07:59:59"))
    assert is_due("08:00", at("07:00"), at("08:00"))
    assert not is_due("08:00", at("08:00"), at("23:00"))


def test_a_digest_whose_time_passed_while_nothing_ran_is_made_up_for():
    assert is_due("23:30", at("12:00", day=4), at("00:10", day=5))


def test_a_digest_may_have_several_times():
    assert read_digest(["18:00", "8:00,18:00"]) == "08:00,18:00"
    assert is_due("08:00,18:00", at("08:05"), at("18:00"))
    assert read_digest([]) is None


def test_what_people_write_for_hours_is_read():
    assert read_quiet_hours("22:00 – 7:00") == "22:00-07:00"
    assert read_quiet_hours("22：00~7：00") == "22:00-07:00"
    assert read_quiet_hours(None) is None


@pytest.mark.parametrize("text", ["22", "25:00-07:00", "22:00", "22:00-22:00", "22:00-07:00-08:00", ""])
def test_what_is_no_span_of_hours_is_told(text):
    with pytest.raises(UserError):
        read_quiet_hours(text)


def test_what_is_no_time_is_told():
    with pytest.raises(UserError, match="'8 am' is not a time of day"):
        read_digest(["8 am"])
