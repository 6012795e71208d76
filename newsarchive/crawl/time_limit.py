"""A limit of processor time for the reading of one page."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

#: Seconds of processor time in which any page is read: thousands of times what the largest real ones need.
LONGEST = 20.0
# Seconds until it is said again, where a destructor or a callback swallowed what was raised.
_AGAIN = 1.0


class TooSlowError(Exception):
    """Reading a page takes longer than is allowed."""


@contextmanager
def time_limit(seconds: float = LONGEST) -> Iterator[None]:
    """Allow a block so much processor time; outside of the main thread, which alone hears of it, any.

    Raises:
        TooSlowError: the time is used up.

    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def expire(_number: int, _frame: FrameType | None) -> None:
        raise TooSlowError(f"more than {seconds:g} seconds of processor time")

    before = signal.signal(signal.SIGVTALRM, expire)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
