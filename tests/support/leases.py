"""What holds of the leases of every queue of a bulk job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.bulk import Counts

if TYPE_CHECKING:
    from newsarchive.bulk.queue import Lease, Queue


def assert_next_holder_ends_it(queue: Queue, late: Lease) -> None:
    """Claim the file of a lease that ran out: its former holder cannot end it, the new one renews and ends it."""
    current = queue.claim(60)
    assert current is not None
    assert current.fence == late.fence + 1
    assert not queue.done(late, Counts(1, 1, 0))
    queue.fail(late, "too late")
    assert queue.renew(current)
    assert queue.done(current, Counts(2, 1, 0))
