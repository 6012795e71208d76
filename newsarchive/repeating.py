"""Something that is done again and again in a thread of its own while something else goes on."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def repeated(work: Callable[[], bool], seconds: float) -> Iterator[None]:
    """Call a function in a thread, so many seconds apart, while the block runs and it returns True."""
    is_over = threading.Event()

    def repeat() -> None:
        while not is_over.wait(seconds) and work():
            pass

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
