"""No page takes longer to read than it may."""

import signal
import threading
import time

import pytest

from newsarchive.crawl.time_limit import TooSlowError, time_limit


def work(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(range(1000))


def test_a_block_that_takes_too_long_is_broken_off():
    began = time.process_time()
    with pytest.raises(TooSlowError, match=r"more than 0\.05 seconds"), time_limit(0.05):
        work(5)
    assert time.process_time() - began < 4


def test_a_block_that_ends_in_time_leaves_nothing_behind():
    before = signal.getsignal(signal.SIGVTALRM)
    with time_limit(0.2):
        pass
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
    assert signal.getsignal(signal.SIGVTALRM) is before


def test_outside_of_the_main_thread_a_block_may_take_any_time():
    done = []

    def run():
        with time_limit(0.01):
            work(0.05)
        done.append(True)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert done == [True]
