"""Alerts as files: an Atom feed of the newest, and JSON Lines to which each article is appended."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from newsarchive.alerts.message import newest_of
from newsarchive.archive.queries import articles_of, value
from newsarchive.atomic import atomic_file
from newsarchive.errors import UserError
from newsarchive.export.atom import write_atom
from newsarchive.i18n import _
from newsarchive.locks import try_lock

if TYPE_CHECKING:
    from newsarchive.alerts.message import Message
    from newsarchive.alerts.searches import SavedSearch
    from newsarchive.archive import Archive

#: Entries of a feed.
FEED = 100
_LONGEST_LINE = 1_000_000  # bytes


def write_feed(archive: Archive, search: SavedSearch, path: str) -> None:
    """Write the newest alerts of a search as an Atom feed, replacing the one before. Raises UserError."""
    ids = [alert.hit.article_id for alert in newest_of(archive, search, FEED)]
    archive_id = value(archive.connection, "SELECT archive_id FROM identity")
    with atomic_file(path) as stream:
        write_atom(
            articles_of(archive.connection, ids, parts=()),
            stream,
            title=search.name,
            subtitle=search.query if search.query != search.name else "",
            feed_id=f"urn:newsarchive:watch:{archive_id}:{search.id}",
        )


def append_lines(message: Message, path: str) -> None:
    """Append the articles of a message to a file; a line that a killed process left half-written is removed first.

    A message that is the last in the file already is not appended again. Raises UserError.
    """
    lines = message.as_json_lines()
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        with os.fdopen(descriptor, "r+b") as file:
            if not try_lock(descriptor):
                raise UserError(_("{path}: another program is writing to it - it is tried again later", path=path))
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - max(len(lines), _LONGEST_LINE)))
            tail = file.read()
            if tail.endswith(lines):
                return
            torn = len(tail) - (tail.rfind(b"\n") + 1)
            file.truncate(size - torn)
            file.seek(size - torn)
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise UserError(
            _(
                "{path}: cannot be written: {strerror} - check the folder and its owner",
                path=path,
                strerror=error.strerror,
            )
        ) from error
