"""How much work a hostile input makes, told in ways that do not depend on the machine and on what else it does."""

from __future__ import annotations

import sys
from time import process_time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

#: Four times the size takes 4 times the work where it is linear, and 16 times where it is quadratic.
TIMES, ALLOWED = 4, 9
# Other programs and the clock's steps disturb a measurement; they do not make a quadratic one look linear.
ROUNDS, ENOUGH = 12, 0.02


def grows_linearly(work: Callable[[int], Callable[[], object]], size: int) -> bool:
    """Return whether `work(TIMES * size)` takes little more than TIMES the processor time of `work(size)`.

    `work` gets a size and gives what is to be measured, a function without arguments. The least of all rounds counts;
    another round is run only while they say no.
    """
    small, large = work(size), work(TIMES * size)
    least_small = least_large = float("inf")
    for _ in range(ROUNDS):
        least_small = min(least_small, _cost(small))
        least_large = min(least_large, _cost(large))
        if least_large < ALLOWED * least_small or least_large < ENOUGH:
            return True
    return False


def _cost(action: Callable[[], object]) -> float:
    began = process_time()
    action()
    return process_time() - began


def count_lines(action: Callable[[], object]) -> int:
    """Count the lines of Python that an action runs."""
    lines = 0

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
    return lines
