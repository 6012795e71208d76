"""The writing process as the crawl sees it: submit what to write, and learn when that is committed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from newsarchive.crawl.writer.messages import STOPPING, Broken, Committed, Crawl, Failed, Message, Report
from newsarchive.errors import UserError
from newsarchive.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newsarchive.crawl.writer.operations import Operations

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_PROCESS = "newsarchive.crawl.writer.process"
# Back-pressure: what may be submitted and not committed before `drain` waits.
_MOST_MESSAGES = 400
_MOST_BYTES = 32 << 20


class Writer:
    """Writes into the archive of a crawl, in a process that starts with the first thing to write and ends with `close`.

    A run that finds nothing has nothing to write, and does without the process, which costs as much as its requests.

    Methods of `Operations` are submitted, called in the order of their submission, and committed in batches. What each
    batch did is reported to `on_commit`, always in the crawl's own thread; when the archive cannot be written any more,
    `on_failure` is given the reason once, and whatever is submitted afterwards is ignored. `inherit` are descriptors
    that the process holds as long as it lives.
    """

    def __init__(
        self, *, on_commit: Callable[[Report], None], on_failure: Callable[[str], None], inherit: Sequence[int] = ()
    ) -> None:
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one

        self._in_crawl_thread = reactor.callFromThread
        self._on_commit = on_commit
        self._on_failure = on_failure
        self._failure: str | None = None
        self._is_closed = False
        #: What is submitted and not committed yet: its size in bytes, and who waits for its result.
        self._pending: deque[tuple[int, asyncio.Future[Any] | None]] = deque()
        self._bytes = 0
        self._is_urged = False
        self._waiting: list[asyncio.Future[None]] = []
        self._outbox: SimpleQueue[bytes | None] = SimpleQueue()
        self._inbox: SimpleQueue[Committed | Broken | None] = SimpleQueue()
        self._inherit = inherit
        self._process: subprocess.Popen[bytes] | None = None
        self._threads: list[threading.Thread] = []

    def begin(self, crawl: Crawl) -> None:
        """Announce the crawl, before anything is submitted."""
        self._outbox.put(bytes(ForkingPickler.dumps(crawl)))

    def submit(
        self,
        operation: Callable[Concatenate[Operations, Parameters], object],
        *arguments: Parameters.args,
        **options: Parameters.kwargs,
    ) -> None:
        """Have an operation done; it is committed with its batch."""
        self._send_later(Message(operation, arguments, options))

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
        self._send_later(Message(operation, arguments, options, urgent=True), answer)
        return await answer

    async def drain(self) -> None:
        """Wait until not too much is on its way, so that memory stays flat where pages come faster than they go."""
        while len(self._pending) > _MOST_MESSAGES or self._bytes > _MOST_BYTES:
            await self._next_batch()

    @property
    def is_busy(self) -> bool:
        """Whether something that was submitted is not committed yet."""
        return bool(self._pending)

    def wait_for_commit(self, seconds: float | None = None) -> bool:
        """Block until the next batch is committed; False when nothing is on its way, or not within so many seconds."""
        if not self._pending:
            return False
        self._urge()
        try:
            self._take(self._inbox.get(timeout=seconds))
        except Empty:
            return False
        return True

    async def committed(self) -> None:
        """Wait until all that was submitted is committed, or cannot be any more."""
        while self._pending:
            self._urge()
            await self._next_batch()

    def flush(self) -> None:
        """Block until all that was submitted is committed."""
        while self.wait_for_commit():
            pass

    def close(self) -> None:
        """Flush, and end the process."""
        self.flush()
        self._is_closed = True
        if self._process is None:
            return
        self._outbox.put(None)
        for thread in self._threads:
            thread.join()
        self._process.wait()
        self._connection.close()
        self._socket.close()

    def leave(self) -> None:
        """Leave the process, which has stopped answering: it stores what it was told when it goes on, and ends."""
        self._is_closed = True
        self._outbox.put(None)

    async def _next_batch(self) -> None:
        """Wait until a batch is committed, or none can be any more."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        await waiting

    def _urge(self) -> None:
        if not self._is_urged:
            self._send_later(Message(None, urgent=True))

    def _send_later(self, message: Message, answer: asyncio.Future[Any] | None = None) -> None:
        if self._failure is not None:
            _fail(answer, UserError(self._failure))
            return
        if self._process is None:
            self._process = self._start()
        data = bytes(ForkingPickler.dumps(message))
        self._bytes += len(data)
        self._pending.append((len(data), answer))
        self._is_urged = message.urgent
        self._outbox.put(data)

    def _take(self, answer: Committed | Broken | None) -> None:
        """Handle an answer; None stands for the end of the process."""
        if isinstance(answer, Committed):
            self._on_commit(answer.report)
            for result in answer.results:
                size, caller = self._pending.popleft()
                self._bytes -= size
                if isinstance(result, Failed):
                    _fail(caller, RuntimeError(f"could not be written: {result.reason}"))
                else:
                    _resolve(caller, result)
        elif self._failure is None and not self._is_closed:
            self._failure = answer.reason if answer else self._how_it_ended()
            unanswered = [caller for _, caller in self._pending]
            self._pending.clear()
            self._bytes = 0
            for caller in unanswered:
                _fail(caller, UserError(self._failure))
            self._on_failure(self._failure)
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            _resolve(one, None)

    def _start(self) -> subprocess.Popen[bytes]:
        self._socket, theirs = socket.socketpair()
        with theirs:
            process = _start(theirs.fileno(), self._inherit)
        self._connection = Connection(os.dup(self._socket.fileno()))
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._send, self._receive)]
        for thread in self._threads:
            thread.start()
        return process

    def _how_it_ended(self) -> str:
        assert self._process is not None
        status = self._process.wait()
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return f"the process that writes the archive {how} - run the crawl again; it goes on where this one stopped"

    # In threads of their own, which end with the process

    def _send(self) -> None:
        while (data := self._outbox.get()) is not None:
            try:
                self._connection.send_bytes(data)
            except OSError:  # the other thread sees it, too
                return
        self._socket.shutdown(socket.SHUT_WR)

    def _receive(self) -> None:
        try:
            while True:
                self._hand_over(self._connection.recv())
        except (EOFError, ConnectionResetError):
            pass
        finally:
            self._hand_over(None)

    def _hand_over(self, answer: Committed | Broken | None) -> None:
        self._inbox.put(answer)
        self._in_crawl_thread(self._collect)

    def _collect(self) -> None:
        while not self._inbox.empty():
            self._take(self._inbox.get())


def _resolve(caller: asyncio.Future[Any] | None, result: object) -> None:
    """Resolve a future unless it was cancelled."""
    if caller is not None and not caller.done():
        caller.set_result(result)


def _fail(caller: asyncio.Future[Any] | None, error: Exception) -> None:
    if caller is not None and not caller.done():
        caller.set_exception(error)


def _start(descriptor: int, inherit: Sequence[int]) -> subprocess.Popen[bytes]:
    path = os.pathsep.join([str(ROOT), *filter(None, [os.getenv("PYTHONPATH")])])
    # The process begins with these blocked: a Ctrl-C while it still starts must not end it.
    unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        return subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", _PROCESS, str(descriptor)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(descriptor, *inherit),
            env=os.environ | {"PYTHONPATH": path},
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
