"""`newsarchive problems`: what went wrong in crawls, and what became of one URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.archive.problem_log import UrlEvent
from newsarchive.commands.completion import complete_reasons
from newsarchive.commands.output import print_rows, rows_options
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.text import plain
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from pathlib import Path

_PROBLEMS = (
    "SELECT last_at, site, stage, reason, count, url, detail FROM problems"
    " WHERE (?1 IS NULL OR reason = ?1) ORDER BY last_at DESC, id DESC LIMIT ?2"
)


@click.command(epilog="Example: newsarchive problems --reason no-date")
@click.option("--reason", shell_complete=complete_reasons, help="Only problems of this kind.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="How many at most.")
@rows_options
@click.argument("url", required=False)
@click.pass_obj
def problems(db: Path, url: str | None, reason: str | None, limit: int, form: str | None) -> int:
    """List what went wrong, newest first; with a URL, all that became of it, oldest first, as rows.

    `newsarchive why URL` tells the same history in sentences.

    Of a URL the list tells where and when it was found, what went wrong, whether a copy is stored, and its state now:
    pending (and when it is due), done, gone, blocked, rejected or failed. The status is 1 for one that was never seen.
    """
    with Archive.open(db, readonly=True) as archive:
        if url is None:
            cursor = archive.connection.execute(_PROBLEMS, (reason, limit))
            print_rows([column[0] for column in cursor.description], cursor, form)
            return 0
        if reason is not None:
            raise UserError(
                _("--reason goes with the list of all problems; of one URL everything is told - leave it out")
            )
        events = archive.problems.history(url)
        if events:
            print_rows(UrlEvent._fields, (event._replace(event=_(event.event)) for event in events[-limit:]), form)
            return 0
        click.echo(plain(unseen(archive, url)), err=True)
    return 1


def unseen(archive: Archive, url: str) -> str:
    """Print that a URL was never seen, and what is known instead."""
    if absolute_url(url if "://" in url else f"//{url}") is None:
        return _("{url} is not a readable URL", url=url)
    from newsarchive.archive.queries import stored_key  # noqa: PLC0415 - lists of problems need none of it

    key = stored_key(archive.connection, url)
    if key is not None:
        return _(
            "{url} was never seen, but its article is stored from elsewhere: newsarchive show {key}", url=url, key=key
        )
    return _(
        "{url} was never seen: no listing that was read leads to it - newsarchive status tells what was crawled",
        url=url,
    )
