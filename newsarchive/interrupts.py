"""An interrupt (Ctrl-C) that is not lost where the code that it interrupts swallows its exception."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import FrameType

_came = False


def remember() -> None:
    """Have interrupts remembered from now on; where they are ignored, as by `nohup`, they stay so."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def came() -> bool:
    """Return whether somebody asked to stop since the process began, though the interrupt may have been swallowed."""
    return _came


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    global _came  # noqa: PLW0603 - a signal is heard by the process
    _came = True
    raise KeyboardInterrupt
