"""The process that writes the archive while crawls download and read: `serve` is its life.

Extracting an article and storing it take about equally long; in two processes they take place at the same time. One
process writes, so that nobody ever waits for a lock, and it commits in batches: when one is full or old, or at once
when a crawl waits for it (`Message.urgent`). It outlives the crawls by a batch: when their process is gone, however it
ended, it commits what was submitted, lets go of their locks, and ends.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, cast

from newsarchive.archive import Archive, replay_index
from newsarchive.archive.connection import CRAWL_PATIENCE, explain, is_damage, set_patience
from newsarchive.crawl.writer.messages import STOPPING, Broken, Committed, Crawl, Message
from newsarchive.crawl.writer.operations import Operations
from newsarchive.crawl.writer.wire import decode, encode_answer
from newsarchive.errors import UserError
from newsarchive.i18n import _

if TYPE_CHECKING:
    from newsarchive.options import Options

#: KiB of the archive kept in memory while it is written; enough to find stories at full speed.
CACHE = "PRAGMA cache_size = -12288"

_SAVING = ("save", "save_refused")
#: Pages that a long crawl saves before they can be replayed.
_INDEXED_PAGES = 2000


def serve(connection: Connection) -> None:
    """Do what comes through a connection (a `Crawl` before its `Message`s) until it ends; answer each batch."""
    try:
        first = cast("Crawl", decode(connection.recv_bytes()))
    except EOFError:
        return
    try:
        with Archive.open(first.options.db) as archive:
            archive.connection.execute(CACHE)
            set_patience(archive.connection, CRAWL_PATIENCE)
            crawls = _Crawls(archive, connection)
            crawls.begin(first)
            index = ReplayIndex(archive)
            while messages := crawls.gather(first.options):
                answer = crawls.write(messages)
                with suppress(BrokenPipeError, ConnectionResetError):  # the crawl is gone, and asks for no answer
                    connection.send_bytes(encode_answer(answer))
                index.note(messages)
            index.update()
    except Exception as error:
        if is_damage(error):
            error = explain(error, first.options.db)
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.send_bytes(encode_answer(Broken(_reason(error))))
        if not isinstance(error, UserError):
            raise  # a fault of ours: its traceback is for those who mend it


def _received_descriptor(connection: Connection) -> int:
    """Receive a descriptor; the way of multiprocessing is not taken, since it waits for an answer on the same socket.

    Raises:
        EOFError: the crawl has ended.

    """
    with socket.socket(fileno=os.dup(connection.fileno())) as one:
        _, descriptors, _, _ = socket.recv_fds(one, 1, 1)
    if not descriptors:
        raise EOFError
    return descriptors[0]


class _Crawls:
    """The crawls that are going on, each with what it does to the archive and the locks that are held for it."""

    def __init__(self, archive: Archive, connection: Connection) -> None:
        self._archive = archive
        self._connection = connection
        self._operations: dict[int, Operations] = {}
        self._locks: dict[int, list[int]] = {}

    def begin(self, crawl: Crawl) -> None:
        """Begin a crawl, and receive its locks."""
        self._locks[crawl.run_id] = [_received_descriptor(self._connection) for _ in range(crawl.locks)]
        self._operations[crawl.run_id] = Operations(self._archive, crawl)

    def gather(self, options: Options) -> list[Message]:
        """Collect messages until a batch is full, old or urgent; none when the connection has ended.

        No transaction is open meanwhile: another program may be waiting to write.
        """
        messages: list[Message] = []
        stored, end = 0, 0.0
        with suppress(EOFError, ConnectionResetError):
            while not messages or self._connection.poll(max(0.0, end - time.monotonic())):
                received = cast("Crawl | Message", decode(self._connection.recv_bytes()))
                if isinstance(received, Crawl):
                    self.begin(received)
                    continue
                messages.append(received)
                end = end or time.monotonic() + options.batch_seconds
                stored += received.method == "store"
                if received.urgent or stored >= options.batch_size:
                    break
        return messages

    def write(self, messages: list[Message]) -> Committed:
        """Write a batch, all or nothing, and let go of the crawls that end with it."""
        with self._archive.transaction():
            results = [self._do(message) for message in messages]
        concerned = {message.run_id for message in messages if message.method is not None}
        reports = {run_id: self._operations[run_id].take_report() for run_id in concerned}
        for run_id in (message.run_id for message in messages if message.ends):
            self._end(run_id)
        return Committed(results, reports)

    def _do(self, message: Message) -> object:
        # One that asks for nothing but a commit may come behind the end of its crawl.
        return None if message.method is None else self._operations[message.run_id].attempt(message)

    def _end(self, run_id: int) -> None:
        del self._operations[run_id]
        self._archive.snapshots.close()  # another process may write the files of this site next
        for descriptor in self._locks.pop(run_id):
            os.close(descriptor)


class ReplayIndex:
    """Keeps the index for replay in step with what is saved; it is derived, so that its failure fails no crawl."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._saved = 0

    def note(self, messages: list[Message]) -> None:
        """Count the pages that were saved, and bring the index up to date when they are many or a crawl is over."""
        self._saved += sum(message.method in _SAVING for message in messages)
        if self._saved >= _INDEXED_PAGES or any(message.ends for message in messages):
            self.update()

    def update(self) -> None:
        """Bring the index up to date."""
        if not self._saved:
            return
        self._saved = 0
        try:
            replay_index.update(self._archive)
        except (UserError, OSError) as error:
            sys.stderr.write(
                _(
                    "newsarchive: the index for replay is not up to date: {error} (newsarchive replay-index)\n",
                    error=error,
                )
            )


def _reason(error: Exception) -> str:
    if isinstance(error, UserError):
        return str(error)
    return f"the archive could not be written because of a fault in newsarchive ({type(error).__name__}: {error})"


def main() -> None:
    """Serve the connection whose descriptor is the only argument."""
    # The crawl decides when this process ends; both are sent the same signals when a person or a service stops it.
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)  # they were blocked until here
    with Connection(int(sys.argv[1])) as connection:
        serve(connection)


if __name__ == "__main__":
    main()
