"""Hosts that several crawls of a process ask: they get the pauses of all of them."""

import pytest

from newsarchive.crawl.http.host_pauses import HostPauses

HOST = "news.example"


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pauses(clock):
    return HostPauses(clock)


def test_a_host_that_asked_for_a_pause_is_left_alone_by_everybody_until_then(pauses, clock):
    pauses.rest(HOST, 30)
    pauses.rest(HOST, 10)  # a shorter one does not end the longer
    assert pauses.left(HOST) == 30
    assert pauses.left("other.example") == 0
    clock.now += 30
    assert pauses.left(HOST) <= 0


def test_a_crawl_that_is_alone_with_a_host_waits_for_nobody(pauses):
    assert [pauses.take_turn(HOST, "a", 2.0) for _ in range(3)] == [0, 0, 0]


def test_after_an_answer_a_host_has_half_of_its_pause_also_from_the_next_crawl(pauses, clock):
    pauses.take_turn(HOST, "a", 2.0)
    clock.now += 3
    pauses.answered(HOST, 1.0)
    clock.now += 0.25
    assert pauses.take_turn(HOST, "a", 2.0) == 0.75
    clock.now += 2.75
    pauses.answered(HOST, 1.0)
    pauses.leave("a")
    assert pauses.take_turn(HOST, "b", 2.0) == 1.0


def test_requests_of_several_crawls_take_turns_with_the_pause_between_them(pauses, clock):
    assert pauses.take_turn(HOST, "a", 2.0) == 0
    assert pauses.take_turn(HOST, "b", 3.0) == 2
    assert pauses.take_turn(HOST, "a", 2.0) == 5
    assert pauses.take_turn("other.example", "b", 3.0) == 0
    clock.now += 20
    assert pauses.take_turn(HOST, "b", 3.0) == 0


def test_a_crawl_that_is_over_is_waited_for_no_longer(pauses, clock):
    pauses.take_turn(HOST, "a", 2.0)
    assert pauses.take_turn(HOST, "b", 2.0) == 2
    pauses.leave("a")
    assert pauses.take_turn(HOST, "b", 2.0) == 4, "its own request before went out at 2"
    clock.now += 6
    assert [pauses.take_turn(HOST, "b", 2.0) for _ in range(2)] == [0, 0]


def test_a_pause_outlives_the_crawl_that_heard_of_it(pauses, clock):
    pauses.take_turn(HOST, "a", 2.0)
    pauses.rest(HOST, 30)
    pauses.leave("a")
    clock.now += 29
    assert pauses.left(HOST) == 1
