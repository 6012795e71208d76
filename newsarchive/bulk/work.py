"""The life of a worker: a file out of the queue, its output written, the next one."""

from __future__ import annotations

import time
import traceback
from functools import partial
from typing import TYPE_CHECKING

from newsarchive.bulk.queue import LEASE
from newsarchive.bulk.reading import read_file
from newsarchive.bulk.replay import is_part, read_part
from newsarchive.errors import UserError
from newsarchive.repeating import repeated

if TYPE_CHECKING:
    from newsarchive.bulk.queue import Lease, Queue

# Seconds between two looks at files that others have.
_LOOK_AGAIN = 0.5


def work(queue: Queue, renewing: Queue, lease_seconds: float = LEASE) -> int:
    """Read files until none of the job is left, those that killed workers had among them; return how many were read.

    Leases are renewed by another thread, which asks the queue by a connection of its own, `renewing`.
    """
    read = 0
    while True:
        lease = queue.claim(lease_seconds)
        if lease is not None:
            # A lease that was lost is not taken back.
            with repeated(partial(renewing.renew, lease, lease_seconds), lease_seconds / 3):
                read += _read(queue, lease)
        elif queue.job().is_over:
            return read
        else:
            time.sleep(min(_LOOK_AGAIN, lease_seconds / 3))


def _read(queue: Queue, lease: Lease) -> bool:
    read = read_part if is_part(lease.path) else read_file
    try:
        counts = read(lease.path, queue.output(lease.path))
    except UserError as error:
        queue.fail(lease, str(error))
    except Exception:  # a fault of ours in one file must not keep the others from being read: it is told with the file
        queue.fail(lease, traceback.format_exc())
    else:
        return queue.done(lease, counts)
    return False
