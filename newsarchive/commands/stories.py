"""`newsarchive stories`: rebuild the stories of an archive."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
def stories() -> None:
    """Compute anew which articles tell one story."""


@stories.command()
@click.pass_obj
def rebuild(db: Path) -> None:
    """Rebuild all stories and their links; the result is the same as that of a crawl.

    Needed only after the rules by which stories are found have changed. All or nothing: a rebuild that is interrupted
    leaves the stories as they were.
    """

    def tell(done: int, total: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done:,} of {total:,} articles", nl=done == total, err=True)

    with Archive.open(db) as archive, archive.transaction():
        done = archive.stories.rebuild(tell)
        (number,) = archive.connection.execute("SELECT count(*) FROM stories").fetchone()
    click.echo(f"{done:,} articles tell {number:,} stories.")
