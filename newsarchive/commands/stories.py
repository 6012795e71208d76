"""`newsarchive stories`: rebuild the stories of an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.archive.connection import must_exist
from newsarchive.i18n import _
from newsarchive.progress_bar import progress_bar

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
def stories() -> None:
    """Rebuild the stories of the archive."""


@stories.command()
@click.pass_obj
def rebuild(db: Path) -> None:
    """Rebuild all stories and their links; the result is the same as that of a crawl.

    Needed only after the rules by which stories are found have changed. An interrupted rebuild leaves the stories as
    they were.
    """
    with Archive.open(must_exist(db)) as archive, archive.transaction(), progress_bar("articles") as report:
        done = archive.stories.rebuild(report)
        (number,) = archive.connection.execute("SELECT count(*) FROM stories").fetchone()
    click.echo(_("{done:,} articles in {number:,} stories.", done=done, number=number))
