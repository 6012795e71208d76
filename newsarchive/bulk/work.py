"""The life of a worker: a file out of the queue, its output written, the next one."""

from __future__ import annotations

import threading
import time
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

from newsarchive.bulk.queue import LEASE, FileQueue
from newsarchive.bulk.reading import read_file
from newsarchive.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newsarchive.bulk.queue import Lease

# Seconds between two looks at files that others have.
_LOOK_AGAIN = 0.5


def work(folder: Path, lease_seconds: float = LEASE) -> int:
    """Read files until none of the job is left, those that killed workers had among them; return how many were read."""
    queue = FileQueue(folder)
    read = 0
    while True:
        lease = queue.claim(lease_seconds)
        if lease is not None:
            with _renewed(queue, lease, lease_seconds):
                read += _read(queue, lease)
        elif queue.job().is_over:
            return read
        else:
            time.sleep(min(_LOOK_AGAIN, lease_seconds / 3))


def _read(queue: FileQueue, lease: Lease) -> bool:
    try:
        counts = read_file(lease.path, queue.output(lease.path))
    except UserError as error:
        queue.fail(lease, str(error))
    except Exception:  # a fault of ours in one file must not keep the others from being read: it is told with the file
        queue.fail(lease, traceback.format_exc())
    else:
        return queue.done(lease, counts)
    return False


@contextmanager
def _renewed(queue: FileQueue, lease: Lease, seconds: float) -> Iterator[None]:
    """Renew a lease in a thread while the block runs; one that was lost is not taken back."""
    is_over = threading.Event()

    def renew() -> None:
        while not is_over.wait(seconds / 3) and queue.renew(lease, seconds):
            pass

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
