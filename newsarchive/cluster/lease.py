"""A lease of a worker on a site, and the way of what its crawl writes: into the slice, and to the shard by the engine.

A crawl knows nothing of it: to it the slice is the archive, and the `LeaseChannel` is the channel to the process that
writes it. What it is told to be committed has reached the engine.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from newsarchive.cluster import claims, inbox
from newsarchive.cluster.engine import EngineAwayError
from newsarchive.cluster.envelope import pack
from newsarchive.cluster.inbox import Shipped
from newsarchive.cluster.slices import SliceOperations
from newsarchive.crawl.failures import HostPaused
from newsarchive.crawl.writer.channel import Channel
from newsarchive.crawl.writer.messages import Broken, Committed, Ended
from newsarchive.crawl.writer.wire import encode_crawl, encode_end
from newsarchive.errors import UserError
from newsarchive.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from newsarchive.archive import Archive
    from newsarchive.cluster.claims import Claim
    from newsarchive.cluster.engine import Engine
    from newsarchive.crawl.summary import RunSummary
    from newsarchive.crawl.writer.messages import Crawl, Message

# Bytes, before packing, and articles of one envelope; one that is larger is sent alone.
_ENVELOPE_BYTES = 4 << 20
# Seconds between two tries to send where the inbox is full, and between two looks at a lease that is running out.
_LOOK_AGAIN = 0.5
#: The part of a lease after which it is renewed.
RENEWAL = 1 / 3


class EngineThread:
    """An engine in a thread of its own, for a process that must not wait for it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="engine")

    def submit(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Future[Any]:
        """Have a function of an engine called, after those that were submitted before."""
        return self._pool.submit(function, self._engine, *arguments, **options)

    async def call(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Call a function of an engine, and return its result."""
        return await asyncio.wrap_future(self.submit(function, *arguments, **options))

    def close(self) -> None:
        """Wait until all that was submitted is done, and close the engine."""
        self._pool.shutdown()
        self._engine.close()


class Lease:
    """A site that this worker has, until it is lost; asked before every request (`Permission`)."""

    def __init__(self, claim: Claim, seconds: float, engine: EngineThread, claimed_at: float) -> None:
        self.claim = claim
        self.site, self.fence = claim.site, claim.fence
        self.seconds = seconds
        self._engine = engine
        #: When it runs out at the earliest (monotonic).
        self._until = claimed_at + seconds
        #: Why the site is not this worker's any more; None while it is.
        self.loss: str | None = None
        self.channel: LeaseChannel | None = None

    def renewed(self, asked_at: float, seconds: float) -> None:
        """Learn that it was made longer, by a statement that began at a time (monotonic)."""
        self._until = max(self._until, asked_at + seconds)

    def lose(self, reason: str) -> None:
        """Learn that it is lost: the crawl ends, and nothing of it is sent any more."""
        if self.loss is None:
            self.loss = reason
            if self.channel is not None:
                self.channel.break_off(reason)

    def left(self) -> float:
        """Return for how many seconds it lasts at least."""
        return self._until - time.monotonic()

    async def ask(self, host: str, delay: float) -> float:
        """Wait until a request to a host may begin; return for how many seconds it may last.

        It has to be over `delay` seconds before the lease is, so that whoever has the site next keeps the pause.

        Raises:
            HostPaused: the lease is lost.

        """
        self.seconds = max(self.seconds, delay * 4)
        if urlsplit(f"//{host}").hostname in self.claim.shared:
            try:
                await asyncio.sleep(await self._engine.call(claims.reserve_turn, host, delay))
            except EngineAwayError as error:  # the page is not at fault
                raise HostPaused(host, datetime.now(UTC) + timedelta(seconds=1)) from error
        while self.loss is None:
            # What is left behind two thirds without a renewal is kept for requests that are on their way.
            if (longest := self.left() - delay) > self.seconds * RENEWAL / 2:
                return longest
            if longest < -delay:
                self.lose(_lost(self.site))
                break
            await asyncio.sleep(min(_LOOK_AGAIN, self.seconds / 20))
        raise HostPaused(host, datetime.now(UTC) + timedelta(seconds=1))


class LeaseChannel(Channel):
    """Carries the messages of the one crawl of a lease: applies them to its slice and ships them, batch by batch."""

    def __init__(self, lease: Lease, slice_: Archive, engine: EngineThread, *, most: int, most_bytes: int) -> None:
        super().__init__()
        self._lease = lease
        self._slice = slice_
        self._engine = engine
        self._limits = {"most": most, "most_bytes": most_bytes}
        self._operations: SliceOperations | None = None
        self._crawl_frame = b""
        self._batch: list[tuple[Message, bytes]] = []
        self._is_shipping = False
        self._timer: asyncio.TimerHandle | None = None
        self._seq = 0
        lease.channel = self

    @property
    def is_shared(self) -> bool:
        """Whether other crawls would stand still with one that waits: the reactor is everybody's."""
        return True

    def wait(self, seconds: float | None = None) -> bool:
        """Block until the next answer is handled; without a bound nothing can come, since the reactor stands still."""
        if seconds is None:
            self._take(Broken(_("the crawl broke off before all was sent")))
            return True
        return super().wait(seconds)

    def break_off(self, reason: str) -> None:
        """Accept nothing any more."""
        self._hand_over(Broken(reason))

    async def end(self, summary: RunSummary) -> None:
        """Send how the crawl ended, behind all that it wrote.

        Raises:
            UserError: the lease was lost.

        """
        counts = summary.counts | {f"problems/{name}": number for name, number in summary.problems.items()}
        reason = summary.reason or "; ".join(summary.alarms) or None
        ended = Ended(summary.spider, summary.outcome, reason, summary.started_at, counts)
        self._seq += 1
        payload = pack([encode_end(ended)])
        while (shipped := await asyncio.wrap_future(self._submit(payload))) is Shipped.FULL:
            await asyncio.sleep(_LOOK_AGAIN)
        if shipped is Shipped.REFUSED:
            raise UserError(_lost(self._lease.site))

    def _begin(self, crawl: Crawl, descriptors: Sequence[int]) -> None:  # noqa: ARG002 - nothing is locked elsewhere
        self._crawl_frame = encode_crawl(crawl)
        self._seconds, self._size = crawl.options.batch_seconds, crawl.options.batch_size
        self._operations = SliceOperations(self._slice, crawl)

    def _send_on(self, message: Message, frame: bytes) -> None:
        self._batch.append((message, frame))
        if message.urgent or sum(one.method == "store" for one, _ in self._batch) >= self._size:
            self._flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._flush)

    def _flush(self) -> None:
        """Apply and ship what came in, unless something is on its way; then it follows."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._is_shipping or not self._batch or self.failure is not None:
            return
        assert self._operations is not None
        size, count = 0, 0
        for _message, frame in self._batch:
            size += len(frame)
            if count and size > _ENVELOPE_BYTES:
                break
            count += 1
        batch, self._batch = self._batch[:count], self._batch[count:]
        self._is_shipping = True
        try:
            with self._slice.transaction():
                results = [None if one.method is None else self._operations.attempt(one) for one, _ in batch]
        except UserError as error:
            self.break_off(str(error))
            return
        run_id = self._operations.crawl.run_id
        answer = Committed(results, {run_id: self._operations.take_report()})
        frames = [frame for message, frame in batch if message.method is not None]
        if not frames:
            self._hand_over(answer)
            return
        self._seq += 1
        self._ship(pack([self._crawl_frame, *frames]), answer)

    def _ship(self, payload: bytes, answer: Committed) -> None:
        if self.failure is not None:
            return

        def shipped(done: Future[Shipped]) -> None:  # in the engine's thread
            if (error := done.exception()) is not None:
                self._hand_over(Broken(str(error)))
            elif done.result() is Shipped.FULL:
                self._in_reactor_thread(loop.call_later, _LOOK_AGAIN, self._ship, payload, answer)
            else:
                self._hand_over(answer if done.result() is Shipped.SENT else Broken(_lost(self._lease.site)))

        loop = asyncio.get_running_loop()
        self._submit(payload).add_done_callback(shipped)

    def _submit(self, payload: bytes) -> Future[Shipped]:
        lease = self._lease
        return self._engine.submit(inbox.ship, lease.site, lease.fence, self._seq, payload, **self._limits)

    def _take(self, answer: Committed | Broken | None) -> None:
        if self.failure is not None:  # what was on its way when it broke; nobody waits for it any more
            return
        self._is_shipping = False
        super()._take(answer)
        if self._batch and self.failure is None:
            self._flush()

    def _how_it_ended(self) -> str:
        return _lost(self._lease.site)


def _lost(site: str) -> str:
    return _(
        "{site} is another worker's by now: this one did not renew its lease in time; what was not sent is left",
        site=site,
    )
