"""Saved searches: what is asked for again after each crawl, where its alerts go, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.text import plain, shorten
from newsarchive.timestamps import stamp

if TYPE_CHECKING:
    from newsarchive.alerts.destinations import Destination
    from newsarchive.archive import Archive

_LONGEST_NAME = 100
_COLUMNS = "id, name, query, destination, quiet_hours, digest_times, created_at, checked_at, bundled_at, sent_at"


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A row of `saved_searches`; `destination` is what may be shown of it, times are as the archive writes them."""

    id: int
    name: str
    query: str
    destination: str
    quiet_hours: str | None
    digest_times: str | None
    created_at: str
    checked_at: str | None
    bundled_at: str
    sent_at: str | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is still to be sent for a search: articles, and how often and why the oldest message failed."""

    articles: int
    attempts: int
    next_attempt_at: str | None
    error: str | None


def saved_searches(archive: Archive) -> list[SavedSearch]:
    """Return all saved searches by name."""
    rows = archive.connection.execute(f"SELECT {_COLUMNS} FROM saved_searches ORDER BY name")  # noqa: S608
    return [SavedSearch(*row) for row in rows]


def saved_search(archive: Archive, name: str) -> SavedSearch:
    """Return the saved search of a name. Raises UserError where there is none, naming the nearest."""
    known = {one.name: one for one in saved_searches(archive)}
    if name in known:
        return known[name]
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    close = get_close_matches(name, known, n=1, cutoff=0.5)
    advice = _("did you mean {value!r}?", value=close[0]) if close else _("newsarchive watch list shows all")
    raise UserError(_("there is no saved search {name!r} - {advice}", name=name, advice=advice))


def add(
    archive: Archive,
    query: str,
    destination: Destination,
    *,
    name: str = "",
    quiet_hours: str | None = None,
    digest_times: str | None = None,
    tells_existing: bool = False,
    now: datetime | None = None,
) -> SavedSearch:
    """Save a search; its name is the query where none is given.

    What matches already counts as known, unless `tells_existing`. Raises UserError for a name that is taken and
    QueryError for a query that cannot be read.
    """
    name = " ".join((name or query).split())
    if not name.isprintable() or not 0 < len(name) <= _LONGEST_NAME:
        raise UserError(
            _(
                "a name has 1 to {longest_name} printable characters - give another with --name",
                longest_name=_LONGEST_NAME,
            )
        )
    condition = archive.search.condition(archive.search.parse(query))
    at = stamp(now or datetime.now(UTC))
    connection = archive.connection
    with archive.transaction():
        if connection.execute("SELECT 1 FROM saved_searches WHERE name = ?", (name,)).fetchone():
            raise UserError(
                _(
                    "there is a saved search {name!r} already - give another name with --name, or change that "
                    "one with: newsarchive watch edit NAME",
                    name=plain(shorten(name, 40)),
                )
            )
        (last_change,) = connection.execute("SELECT coalesce(max(id), 0) FROM key_changes").fetchone()
        cursor = connection.execute(
            "INSERT INTO saved_searches (name, query, destination, quiet_hours, digest_times, created_at, bundled_at,"
            " key_change_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (name, query, destination.shown, quiet_hours, digest_times, at, at, last_change),
        )
        if not tells_existing:
            connection.execute(
                "INSERT INTO alerts (search_id, article_key, found_at, sent_at)"  # noqa: S608 - a condition of ours
                f" SELECT ?, a.article_key, ?, ? FROM articles a WHERE {condition.text}",
                (cursor.lastrowid, at, at, *condition.parameters),
            )
    return saved_search(archive, name)


def edit(
    archive: Archive,
    search: SavedSearch,
    *,
    destination: Destination | None,
    quiet_hours: str | None,
    digest_times: str | None,
) -> None:
    """Set another destination of a saved search and other times; what fails now is tried again at once."""
    with archive.transaction():
        archive.connection.execute(
            "UPDATE saved_searches SET destination = ?, quiet_hours = ?, digest_times = ? WHERE id = ?",
            (destination.shown if destination else search.destination, quiet_hours, digest_times, search.id),
        )
        archive.connection.execute(
            "UPDATE alert_messages SET next_attempt_at = created_at WHERE search_id = ?", (search.id,)
        )


def remove(archive: Archive, search: SavedSearch) -> None:
    """Remove a saved search with all that is noted of it, also what is still to be sent."""
    with archive.transaction():
        for table in ("alerts", "alert_messages"):
            archive.connection.execute(f"DELETE FROM {table} WHERE search_id = ?", (search.id,))  # noqa: S608
        archive.connection.execute("DELETE FROM saved_searches WHERE id = ?", (search.id,))


def backlog(archive: Archive, search: SavedSearch) -> Backlog:
    """Return what is still to be sent for a search."""
    (articles,) = archive.connection.execute(
        "SELECT count(*) FROM alerts WHERE search_id = ? AND sent_at IS NULL", (search.id,)
    ).fetchone()
    failed = archive.connection.execute(
        "SELECT attempts, next_attempt_at, error FROM alert_messages WHERE search_id = ? ORDER BY created_at LIMIT 1",
        (search.id,),
    ).fetchone()
    return Backlog(articles, *(failed or (0, None, None)))
