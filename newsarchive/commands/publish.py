"""`newsarchive publish`: the archive as Parquet files in a lake that others read meanwhile."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.export.lake import publish as publish_archive
from newsarchive.i18n import _

if TYPE_CHECKING:
    from newsarchive.export.lake import Published


@click.command(epilog="Example: newsarchive publish /srv/lake; cd /srv/lake; duckdb -init views.sql")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--shard", help="Name of the archive in the lake; without it that of its file.")
@click.option(
    "--keep",
    default=60.0,
    show_default=True,
    type=click.FloatRange(0),
    help="Minutes for which replaced files stay, for those who still read them.",
)
@click.pass_obj
def publish(db: Path, /, folder: Path, shard: str | None, keep: float) -> None:
    """Publish the archive as Parquet in the lake FOLDER: what has changed since the last time.

    DuckDB, polars, Spark and others read the files that FOLDER/manifest.json names (views.sql is the same for DuckDB).
    Readers see each archive as it was at one moment, never half of a publication. Several archives may be published
    into one lake, each under a name of its own. Needs the extra `parquet`.
    """
    with Archive.open(db, readonly=True) as archive:
        done = publish_archive(archive.connection, folder, shard or db.stem.lower(), keep=timedelta(minutes=keep))
    print_publication(done)


def print_publication(done: Published) -> None:
    """Print what a publication of one archive or of all shards wrote."""
    click.echo(
        _(
            "{articles:,} articles, publication {generation}: {written:,} files written, {removed:,} taken off",
            articles=done.articles,
            generation=done.generation,
            written=done.written,
            removed=done.removed,
        )
    )
