"""The writing process as the crawl sees it: tell it what to write, and learn when that is committed."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections import deque
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple

from newsarchive.crawl.writer import Broken, Committed, Message, process
from newsarchive.errors import UserError
from newsarchive.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newsarchive.crawl.writer.operations import Crawl, Operations

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")

# What may be on its way to the writing process before whoever brings more has to wait.
_MOST_MESSAGES = 400
_MOST_BYTES = 32 << 20


class Writer:
    """A process that writes into the archive of a crawl (see `writing`), started when this is made.

    Answers are told to `on_commit` and to those who asked, always in the crawl's own thread; when the archive cannot be
    written any more, `on_failure` is told why, and all that follows is ignored. `inherit` are descriptors that the
    process shall hold as long as it lives.
    """

    def __init__(
        self, *, on_commit: Callable[[Committed], None], on_failure: Callable[[str], None], inherit: Sequence[int] = ()
    ) -> None:
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one

        self._in_crawl_thread = reactor.callFromThread
        self._on_commit = on_commit
        self._on_failure = on_failure
        self._failure: str | None = None
        self._is_closed = False
        #: What is told and not committed yet: its size in bytes, and whom to tell of its result.
        self._pending: deque[tuple[int, Callable[[Any], object] | None]] = deque()
        self._bytes = 0
        self._is_urged = False
        self._asked: set[asyncio.Future[Any]] = set()
        self._waiting: list[asyncio.Future[None]] = []
        self._outbox: SimpleQueue[bytes | None] = SimpleQueue()
        self._inbox: SimpleQueue[Committed | Broken | None] = SimpleQueue()
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = _start(theirs.fileno(), inherit)
        self._connection = Connection(os.dup(self._socket.fileno()))
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._send, self._receive)]
        for thread in self._threads:
            thread.start()

    def begin(self, crawl: Crawl) -> None:
        """Say which crawl it is; the first that the process is told."""
        self._outbox.put(bytes(ForkingPickler.dumps(crawl)))

    def tell(
        self,
        method: Callable[[Operations, *Arguments], Result],
        *arguments: *Arguments,
        then: Callable[[Result], object] | None = None,
    ) -> None:
        """Have a method of the ledger called; `then` is told its result once that is committed."""
        self._put(Message(method, arguments), then)

    async def ask(self, method: Callable[[Operations, *Arguments], Result], *arguments: *Arguments) -> Result:
        """Have a method of the ledger called, and return its result once that is committed, which is done at once.

        Raises:
            UserError: the archive cannot be written any more.

        """
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._asked.add(answer)
        self._put(Message(method, arguments, urgent=True), partial(_resolve, answer))
        try:
            return await answer
        finally:
            self._asked.discard(answer)

    async def room(self) -> None:
        """Wait until not too much is on its way, so that memory stays flat where pages come faster than they go."""
        while len(self._pending) > _MOST_MESSAGES or self._bytes > _MOST_BYTES:
            waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            await waiting

    def wait(self) -> bool:
        """Stand still until a batch is committed; False when there is nothing to wait for."""
        if not self._pending:
            return False
        if not self._is_urged:
            self._put(Message(None, urgent=True), None)
        self._take(self._inbox.get())
        return True

    def close(self) -> None:
        """Have all committed that was told, and end the process."""
        while self.wait():
            pass
        self._is_closed = True
        self._outbox.put(None)
        for thread in self._threads:
            thread.join()
        self._process.wait()
        self._connection.close()
        self._socket.close()

    def _put(self, message: Message, then: Callable[[Any], object] | None) -> None:
        if self._failure is not None:
            self._give_up()
            return
        data = bytes(ForkingPickler.dumps(message))
        self._bytes += len(data)
        self._pending.append((len(data), then))
        self._is_urged = message.urgent
        self._outbox.put(data)

    def _take(self, answer: Committed | Broken | None) -> None:
        """Take an answer; None stands for the end of the process."""
        if isinstance(answer, Committed):
            self._on_commit(answer)
            for result in answer.results:
                size, then = self._pending.popleft()
                self._bytes -= size
                if then is not None:
                    then(result)
        elif self._failure is None and not self._is_closed:
            self._failure = answer.reason if answer else self._how_it_ended()
            self._pending.clear()
            self._bytes = 0
            self._give_up()
            self._on_failure(self._failure)
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            _resolve(future, None)

    def _how_it_ended(self) -> str:
        status = self._process.wait()
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return f"the process that writes the archive {how} - run the crawl again; it goes on where this one stopped"

    def _give_up(self) -> None:
        for answer in self._asked:
            if not answer.done():
                answer.set_exception(UserError(self._failure))

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


def _resolve(future: asyncio.Future[Result], result: Result) -> None:
    """Tell who waits, unless it was told not to wait any more."""
    if not future.done():
        future.set_result(result)


def _start(descriptor: int, inherit: Sequence[int]) -> subprocess.Popen[bytes]:
    path = os.pathsep.join([str(ROOT), *filter(None, [os.getenv("PYTHONPATH")])])
    return subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", process.__name__, str(descriptor)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=(descriptor, *inherit),
        env=os.environ | {"PYTHONPATH": path},
    )
