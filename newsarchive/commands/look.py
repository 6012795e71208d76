"""Commands that list what a crawl can fetch and what went wrong in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.commands.printing import print_rows, rows_options
from newsarchive.sites import load_site, site_names

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


@click.command(epilog="Example: newsarchive sites --json")
@rows_options
def sites(form: str | None) -> None:
    """List the sites that can be crawled."""
    rows = [(site.name, site.title, site.base_url) for site in map(load_site, site_names())]
    print_rows(["site", "title", "address"], rows, form)
