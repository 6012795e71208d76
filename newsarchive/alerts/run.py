"""One run over all saved searches: find what is new, make messages of it, send what is due."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newsarchive.alerts import outbox
from newsarchive.alerts.destinations import AddressFile, Destination, read_destination
from newsarchive.alerts.files import append_lines, write_feed
from newsarchive.alerts.message import message_of
from newsarchive.alerts.schedule import is_due, is_quiet
from newsarchive.alerts.searches import SavedSearch, saved_searches
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.locks import try_lock
from newsarchive.search import QueryError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from newsarchive.alerts.message import Message
    from newsarchive.archive import Archive


@dataclass(slots=True)
class Report:
    """What a run did: articles found, messages and articles sent, and what went wrong, by the name of the search."""

    found: int = 0
    messages: int = 0
    articles: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)


class AlreadyRunningError(UserError):
    """Another run over the saved searches of this archive is going on."""


def run(archive: Archive, *, trusted: Collection[str] = (), now: datetime | None = None) -> Report:
    """Send what is new for every saved search; `trusted` are hosts in private networks to which alerts may go.

    Raises AlreadyRunningError where another process is at it.
    """
    now = now or datetime.now(UTC)
    report = Report()
    with _only_one(archive.path):
        searches = saved_searches(archive)
        for search in searches:
            try:
                report.found += outbox.find(archive, search, now)
            except QueryError as error:
                report.failures.append((search.name, _("its query cannot be read any more: {error}", error=error)))
        awake = {search.id: search for search in searches if not is_quiet(search.quiet_hours, now)}
        for search in awake.values():
            if is_due(search.digest_times, datetime.fromisoformat(search.bundled_at), now):
                outbox.bundle(archive, search, now)
        addresses = AddressFile(archive.path).read() if searches else {}
        broken: set[int] = set()
        for outgoing in outbox.outgoing(archive, awake.values(), now):
            search = awake[outgoing.search_id]
            if search.id in broken:  # what is down is asked once a run
                continue
            message = message_of(archive, search, outgoing.id)
            try:
                if message.alerts:
                    deliver(archive, search, message, destination_of(addresses, search), trusted)
            except UserError as error:
                outbox.note_failure(archive, outgoing, str(error), now)
                report.failures.append((search.name, f"{search.destination}: {error}"))
                broken.add(search.id)
            else:
                outbox.note_sent(archive, outgoing, now)
                report.messages += 1
                report.articles += len(message.alerts)
    return report


def destination_of(addresses: dict[str, str], search: SavedSearch) -> Destination:
    """Return the destination of a search. Raises UserError where its address is lost."""
    address = addresses.get(search.name)
    if address is None:
        raise UserError(_("its whole address is not known here - run: newsarchive watch edit NAME --to ADDRESS"))
    return read_destination(address)


def deliver(
    archive: Archive, search: SavedSearch, message: Message, destination: Destination, trusted: Collection[str]
) -> None:
    """Bring one message to its destination. Raises UserError, in words that may be shown, where it was not accepted."""
    if destination.kind == "atom":
        write_feed(archive, search, destination.address)
    elif destination.kind == "json-lines":
        append_lines(message, destination.address)
    else:
        from newsarchive.alerts.sending import send  # noqa: PLC0415 - files need none of the network

        send(message, destination, trusted=trusted)


@contextmanager
def _only_one(archive: Path) -> Iterator[None]:
    """Keep two runs apart, which would send the same messages; the lock ends with its process."""
    path = archive.with_name(f"{archive.name}.watch-lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise UserError(
            _("{path}: cannot be made: {strerror} - check the folder's permissions", path=path, strerror=error.strerror)
        ) from error
    try:
        if not try_lock(descriptor):
            raise AlreadyRunningError(_("the saved searches of this archive are being run already: nothing to do"))
        yield
    finally:
        os.close(descriptor)
