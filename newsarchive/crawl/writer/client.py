"""The writing process as a crawl sees it: submit what to write, and learn when that is committed."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from newsarchive.crawl.writer.channel import CHANNELS
from newsarchive.crawl.writer.messages import Failed, Message
from newsarchive.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newsarchive.crawl.writer.channel import Channel
    from newsarchive.crawl.writer.messages import Crawl, Report
    from newsarchive.crawl.writer.operations import Operations

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

# Back-pressure: what may be submitted and not committed before `drain` waits.
_MOST_MESSAGES = 400
_MOST_BYTES = 32 << 20


class Writer:
    """Writes into an archive for one crawl, in a process that starts with the first thing to write.

    A run that finds nothing has nothing to write, and does without the process, which costs as much as its requests.
    Crawls of one process that write into one archive share the writing process; it ends with the last of them.

    Methods of `Operations` are submitted, called in the order of their submission, and committed in batches. What each
    batch did is reported to `on_commit`, always in the crawl's own thread; when the archive cannot be written any more,
    `on_failure` is given the reason once, and whatever is submitted afterwards is ignored. `inherit` are descriptors
    that the process holds until the crawl is over and all that it submitted is committed.
    """

    def __init__(
        self,
        archive: str,
        *,
        on_commit: Callable[[Report], None],
        on_failure: Callable[[str], None],
        inherit: Sequence[int] = (),
    ) -> None:
        self.channel: Channel = CHANNELS.open(archive)
        self._on_commit = on_commit
        self._on_failure = on_failure
        self._inherit = inherit
        self._crawl: Crawl | None = None
        self._is_introduced = False
        self._has_ended = False
        self._is_closed = False
        self._is_broken = False
        #: What is submitted and not committed yet: its size in bytes, and who waits for its result.
        self._pending: deque[tuple[int, asyncio.Future[Any] | None]] = deque()
        self._bytes = 0
        self._waiting: list[asyncio.Future[None]] = []

    def begin(self, crawl: Crawl) -> None:
        """Announce the crawl, before anything is submitted."""
        self._crawl = replace(crawl, locks=len(self._inherit))

    def submit(
        self,
        operation: Callable[Concatenate[Operations, Parameters], object],
        *arguments: Parameters.args,
        **options: Parameters.kwargs,
    ) -> None:
        """Have an operation done; it is committed with its batch."""
        self._send_later(Message(operation.__name__, arguments, options))

    async def call(
        self,
        operation: Callable[Concatenate[Operations, Parameters], Result],
        *arguments: Parameters.args,
        **options: Parameters.kwargs,
    ) -> Result:
        """Have an operation done and committed at once, and return its result.

        Raises:
            UserError: the archive cannot be written any more.

        """
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._send_later(Message(operation.__name__, arguments, options, urgent=True), answer)
        return await answer

    async def drain(self) -> None:
        """Wait until not too much is on its way, so that memory stays flat where pages come faster than they go."""
        while len(self._pending) > _MOST_MESSAGES or self._bytes > _MOST_BYTES:
            await self._next_batch()

    @property
    def is_busy(self) -> bool:
        """Whether something that was submitted is not committed yet."""
        return bool(self._pending)

    @property
    def is_shared(self) -> bool:
        """Whether other crawls write through the same process now, which must not stand still for this one."""
        return self.channel.is_shared

    def wait_for_commit(self, seconds: float | None = None) -> bool:
        """Block until the next batch is committed; False when nothing is on its way, or not within so many seconds."""
        if not self._pending:
            return False
        self._urge()
        return self.channel.wait(seconds)

    async def committed(self) -> None:
        """Wait until all that was submitted is committed, or cannot be any more."""
        while self._pending:
            self._urge()
            await self._next_batch()

    async def end(self) -> None:
        """Wait as `committed` does, and until the process has let go of what it held for the crawl."""
        if self._is_introduced and self.channel.is_usable:
            self._send_later(Message(None, urgent=True, ends=True))
            self._has_ended = True
        await self.committed()

    def flush(self) -> None:
        """Block until all that was submitted is committed."""
        while self.wait_for_commit():
            pass

    def close(self) -> None:
        """Flush, and let the process end if no other crawl needs it; closing twice does no harm."""
        if self._is_closed:
            return
        self.flush()
        self._is_closed = True
        self._dismiss()
        CHANNELS.close(self.channel)

    def leave(self) -> None:
        """Leave the process, which has stopped answering: it stores what it was told when it goes on, and ends."""
        self._is_closed = True
        self._dismiss()
        self.channel.leave()

    # What the channel tells

    def reported(self, report: Report) -> None:
        """Hear what a batch did for this crawl."""
        self._on_commit(report)

    def answered(self, result: object) -> None:
        """Hear the result of the oldest message."""
        size, caller = self._pending.popleft()
        self._bytes -= size
        if isinstance(result, Failed):
            _fail(caller, RuntimeError(f"could not be written: {result.reason}"))
        else:
            _resolve(caller, result)

    def broken(self, reason: str) -> None:
        """Hear that the archive cannot be written any more."""
        self._is_broken = True
        unanswered = [caller for _, caller in self._pending]
        self._pending.clear()
        self._bytes = 0
        for caller in unanswered:
            _fail(caller, UserError(reason))
        self._on_failure(reason)

    def woken(self) -> None:
        """Let those go on who wait for a batch."""
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            _resolve(one, None)

    async def _next_batch(self) -> None:
        """Wait until a batch is committed, or none can be any more."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        await waiting

    def _urge(self) -> None:
        if not self.channel.is_urged:
            self._send_later(Message(None, urgent=True))

    def _send_later(self, message: Message, answer: asyncio.Future[Any] | None = None) -> None:
        if self.channel.failure is not None:
            _fail(answer, UserError(self.channel.failure))
            if not self._is_broken:  # it broke under another crawl, before this one had anything to write
                self.broken(self.channel.failure)
            return
        assert self._crawl is not None, "something is written before the crawl was announced"
        assert not self._has_ended or message.method is None, "something is written after the end of the crawl"
        if not self._is_introduced:
            self._is_introduced = True
            self.channel.introduce(self, self._crawl, self._inherit)
        size = self.channel.send(self, replace(message, run_id=self._crawl.run_id))
        self._bytes += size
        self._pending.append((size, answer))

    def _dismiss(self) -> None:
        if self._crawl is not None:
            self.channel.dismiss(self._crawl.run_id)


def _resolve(caller: asyncio.Future[Any] | None, result: object) -> None:
    """Resolve a future unless it was cancelled."""
    if caller is not None and not caller.done():
        caller.set_result(result)


def _fail(caller: asyncio.Future[Any] | None, error: Exception) -> None:
    if caller is not None and not caller.done():
        caller.set_exception(error)
