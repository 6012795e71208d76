"""The process that writes the archive while the crawl downloads and reads: `serve` is its life.

Extracting an article and storing it take about equally long; in two processes they take place at the same time. One
process writes, so that nobody ever waits for a lock, and it commits in batches: when one is full or old, or at once
when the crawl waits for it (`Message.urgent`). It outlives the crawl by a batch: when the crawl is gone, however it
ended, it commits what it was told, lets go of the crawl's lock, and ends.
"""

from __future__ import annotations

import signal
import sys
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from newsarchive.archive import Archive
from newsarchive.crawling.ledger import Crawl, Ledger
from newsarchive.crawling.messages import Broken, Committed, Message
from newsarchive.errors import UserError


def serve(connection: Connection) -> None:
    """Write what a connection tells (a `Crawl`, then `Message`s) until it ends; answer each batch."""
    try:
        crawl: Crawl = connection.recv()
    except EOFError:
        return
    try:
        with Archive.open(crawl.options.db) as archive:
            ledger = Ledger(archive, crawl)
            while (first := _receive(connection)) is not None:
                answer = _write_batch(connection, ledger, first)
                with suppress(BrokenPipeError, ConnectionResetError):  # the crawl is gone, and asks for no answer
                    connection.send(answer)
    except UserError as error:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.send(Broken(str(error)))


def _receive(connection: Connection) -> Message | None:
    try:
        message: Message = connection.recv()
    except (EOFError, ConnectionResetError):
        return None
    return message


def _write_batch(connection: Connection, ledger: Ledger, first: Message) -> Committed:
    options = ledger.crawl.options
    end = time.monotonic() + options.batch_seconds
    results: list[Any] = []
    stored = 0
    with ledger.archive.transaction():
        message: Message | None = first
        while message is not None:
            results.append(message.method(ledger, *message.arguments) if message.method else None)
            stored += message.method is Ledger.store
            if message.urgent or stored >= options.batch_size or not connection.poll(max(0.0, end - time.monotonic())):
                break
            message = _receive(connection)
    return Committed(results, *ledger.take())


def main() -> None:
    """Serve the connection whose descriptor is the only argument."""
    # The crawl decides when this process ends; both are sent the same signals when a person or a service stops it.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with Connection(int(sys.argv[1])) as connection:
        serve(connection)


if __name__ == "__main__":
    main()
