"""The way to what writes an archive: to a process on this machine, or (newsarchive.cluster) to one on another.

The process is started with the first thing to write, and shared by all who write.

Crawls of one process that write into the same archive have one channel, so that one process writes for all of them and
nobody waits for a lock.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections import Counter, deque
from contextlib import contextmanager
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from newsarchive.crawl.writer.messages import STOPPING, Broken, Committed, Report
from newsarchive.crawl.writer.wire import decode, encode_crawl, encode_message
from newsarchive.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsarchive.crawl.writer.messages import Crawl, Message

_PROCESS = "newsarchive.crawl.writer.process"


class Sender(Protocol):
    """Who sends messages of one crawl through a channel and hears what became of them."""

    def reported(self, report: Report) -> None:
        """Hear what a batch did for the crawl, before its results come."""

    def answered(self, result: object) -> None:
        """Hear the result of the oldest message that has none."""

    def broken(self, reason: str) -> None:
        """Hear that the archive cannot be written any more, and that no message is answered."""

    def woken(self) -> None:
        """Hear that something was committed, or cannot be any more."""


class _Packet(NamedTuple):
    """Bytes for the process, and the descriptors that go behind them, which are closed when they are sent."""

    data: bytes
    descriptors: Sequence[int] = ()


class Channel(ABC):
    """Carries messages to what writes an archive, and its answers back, in their order, in the reactor's thread."""

    def __init__(self) -> None:
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one

        self._in_reactor_thread = reactor.callFromThread
        #: Why the archive cannot be written any more; None while it can.
        self.failure: str | None = None
        #: The senders who use it.
        self.senders: dict[int, Sender] = {}
        self._is_closed = False
        #: Who sent what was not answered yet.
        self._unanswered: deque[Sender] = deque()
        #: Whether the process was asked to commit at once, and nothing was sent since.
        self.is_urged = False
        self._inbox: SimpleQueue[Committed | Broken | None] = SimpleQueue()

    def introduce(self, sender: Sender, crawl: Crawl, descriptors: Sequence[int]) -> None:
        """Send what begins a crawl, which is not answered."""
        self.senders[crawl.run_id] = sender
        self._begin(crawl, descriptors)

    def send(self, sender: Sender, message: Message) -> int:
        """Send a message, which is answered; return its size in bytes."""
        frame = encode_message(message)
        self._unanswered.append(sender)
        self.is_urged = message.urgent
        self._send_on(message, frame)
        return len(frame)

    @abstractmethod
    def _begin(self, crawl: Crawl, descriptors: Sequence[int]) -> None:
        """Pass on what begins a crawl, and what the writer holds until it is over."""

    @abstractmethod
    def _send_on(self, message: Message, frame: bytes) -> None:
        """Pass a message on, which is encoded in `frame`."""

    def dismiss(self, run_id: int) -> None:
        """Forget a sender that has nothing to hear any more."""
        self.senders.pop(run_id, None)

    def wait(self, seconds: float | None = None) -> bool:
        """Block until the next answer is handled; False when none came within so many seconds."""
        try:
            self._take(self._inbox.get(timeout=seconds))
        except Empty:
            return False
        return True

    def close(self) -> None:
        """Send no more, and wait until what was sent is stored."""
        self.leave()

    def leave(self) -> None:
        """Send no more, and do not wait until what was sent is stored."""
        self._is_closed = True

    @property
    def is_usable(self) -> bool:
        """Whether something can be sent."""
        return self.failure is None and not self._is_closed

    @property
    def is_shared(self) -> bool:
        """Whether other crawls would stand still with one that waits."""
        return len(self.senders) > 1

    def _take(self, answer: Committed | Broken | None) -> None:
        """Handle an answer; None stands for the end of the process."""
        concerned = list(self.senders.values())
        if isinstance(answer, Committed):
            for run_id, report in answer.reports.items():
                if run_id in self.senders:
                    self.senders[run_id].reported(report)
            for result in answer.results:
                self._unanswered.popleft().answered(result)
        elif self.failure is None and not self._is_closed:
            self.failure = answer.reason if answer else self._how_it_ended()
            self._unanswered.clear()
            for sender in concerned:
                sender.broken(self.failure)
        for sender in concerned:
            sender.woken()

    @abstractmethod
    def _how_it_ended(self) -> str:
        """Return for people why no answers come any more."""

    def _hand_over(self, answer: Committed | Broken | None) -> None:
        """Have an answer handled in the thread of the reactor, from any other."""
        self._inbox.put(answer)
        self._in_reactor_thread(self._collect)

    def _collect(self) -> None:
        while not self._inbox.empty():
            self._take(self._inbox.get())


class ProcessChannel(Channel):
    """Carries messages to a process of this machine, which starts with the first and ends with `close`."""

    def __init__(self) -> None:
        super().__init__()
        self.process: subprocess.Popen[bytes] | None = None
        self.outbox: SimpleQueue[_Packet | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    def _begin(self, crawl: Crawl, descriptors: Sequence[int]) -> None:
        self._put(_Packet(encode_crawl(crawl), [os.dup(descriptor) for descriptor in descriptors]))

    def _send_on(self, message: Message, frame: bytes) -> None:  # noqa: ARG002 - other channels look into it
        self._put(_Packet(frame))

    def close(self) -> None:
        """End the process, and wait until it has; what was sent is stored."""
        super().close()
        if self.process is None:
            return
        for thread in self._threads:
            thread.join()
        self.process.wait()
        self._connection.close()
        self._socket.close()

    def leave(self) -> None:
        """Let the process end when it has stored what it was told, and do not wait for it."""
        if not self._is_closed:
            super().leave()
            self.outbox.put(None)

    def _put(self, packet: _Packet) -> None:
        if self.process is None:
            self._start()
        self.outbox.put(packet)

    def _start(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self.process = _start(theirs.fileno())
        self._connection = Connection(os.dup(self._socket.fileno()))
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._send, self._receive)]
        for thread in self._threads:
            thread.start()

    def _how_it_ended(self) -> str:
        assert self.process is not None
        status = self.process.wait()
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return f"the process that writes the archive {how} - run the crawl again; it goes on where this one stopped"

    # In threads of their own, which end with the process

    def _send(self) -> None:
        while (packet := self.outbox.get()) is not None:
            try:
                self._connection.send_bytes(packet.data)
                for descriptor in packet.descriptors:
                    socket.send_fds(self._socket, [b"\0"], [descriptor])
            except OSError:  # the other thread sees it, too
                return
            finally:
                for descriptor in packet.descriptors:
                    os.close(descriptor)
        self._socket.shutdown(socket.SHUT_WR)

    def _receive(self) -> None:
        try:
            while True:
                self._hand_over(cast("Committed | Broken", decode(self._connection.recv_bytes())))
        except (EOFError, ConnectionResetError):
            pass
        finally:
            self._hand_over(None)


class Channels:
    """The channels of this process, one an archive; one ends with its last user, unless it is kept."""

    def __init__(self) -> None:
        self._channels: dict[str, Channel] = {}
        self._users: Counter[Channel] = Counter()
        self._is_kept = False

    def open(self, archive: str) -> Channel:
        """Return the channel to the process that writes an archive."""
        channel = self._channels.get(archive)
        if channel is None or not channel.is_usable:
            channel = self._channels[archive] = ProcessChannel()
        self._users[channel] += 1
        return channel

    def put(self, archive: str, channel: Channel | None) -> None:
        """Have a channel used for what has the path of an archive; None for the usual one again."""
        before = self._channels.pop(archive, None)
        if before is not None:
            self._users.pop(before, None)
        if channel is not None:
            self._channels[archive] = channel

    def close(self, channel: Channel) -> None:
        """Release a channel; its process ends with the last one."""
        self._users[channel] -= 1
        if self._users[channel] > 0 or (self._is_kept and channel.is_usable):
            return
        del self._users[channel]
        self._channels = {archive: one for archive, one in self._channels.items() if one is not channel}
        channel.close()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Let processes live on between their users until the end of the block, where those without one end."""
        self._is_kept = True
        try:
            yield
        finally:
            self._is_kept = False
            for channel in list(self._channels.values()):
                self._users[channel] += 1
                self.close(channel)


#: Those of this process.
CHANNELS = Channels()


def _start(descriptor: int) -> subprocess.Popen[bytes]:
    path = os.pathsep.join([str(ROOT), *filter(None, [os.getenv("PYTHONPATH")])])
    # The process begins with these blocked: a Ctrl-C while it still starts must not end it.
    unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        return subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", _PROCESS, str(descriptor)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(descriptor,),
            env=os.environ | {"PYTHONPATH": path},
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
