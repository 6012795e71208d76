"""`newsarchive problems`: what went wrong in crawls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.commands.output import print_rows, rows_options

if TYPE_CHECKING:
    from pathlib import Path

_PROBLEMS = (
    "SELECT last_at, site, stage, reason, count, url, detail FROM problems"
    " WHERE (?1 IS NULL OR reason = ?1) ORDER BY last_at DESC, id DESC LIMIT ?2"
)


@click.command(epilog="Example: newsarchive problems --reason no-date")
@click.option("--reason", help="Only problems of this kind.")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@rows_options
@click.pass_obj
def problems(db: Path, reason: str | None, limit: int, form: str | None) -> None:
    """List what went wrong, newest first."""
    with Archive.open(db, readonly=True) as archive:
        cursor = archive.connection.execute(_PROBLEMS, (reason, limit))
        print_rows([column[0] for column in cursor.description], cursor, form)
