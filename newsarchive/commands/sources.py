"""`newsarchive sources`: the media that articles are credited to, and their spellings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.archive import outlets as media
from newsarchive.commands.output import print_rows, rows_options

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = ("source", "medium", "articles", "aliases")


@click.group(invoke_without_command=True, epilog="Example: newsarchive sources merge 江湾晚报数字报 江湾晚报")
@rows_options
@click.pass_context
def sources(context: click.Context, form: str | None) -> None:
    """List the media that articles are credited to, or mend their names.

    `medium` is the house to which a source belongs (paper, site, application); `aliases` are other names that were
    merged into it.
    """
    if context.invoked_subcommand is None:
        with Archive.open(context.obj, readonly=True) as archive:
            found = media.list_sources(archive.connection)
        rows = ((one.name, one.medium, one.articles, ", ".join(one.aliases)) for one in found)
        print_rows(_COLUMNS, rows, form, bar="articles")


@sources.command(epilog="Example: newsarchive sources merge 江湾晚报数字报 江湾晚报")
@click.argument("name")
@click.argument("into")
@click.pass_obj
def merge(db: Path, name: str, into: str) -> None:
    """Make NAME an alias of INTO; its articles follow, now and later."""
    with Archive.open(db) as archive, archive.transaction():
        moved = media.merge(archive.connection, name, into)
    click.echo(f"{name} is {into} from now on: {moved:,} articles moved.")


@sources.command(epilog="Example: newsarchive sources split 江湾晚报数字报")
@click.argument("alias")
@click.pass_obj
def split(db: Path, alias: str) -> None:
    """Make ALIAS a source of its own again; the articles that print it follow."""
    with Archive.open(db) as archive, archive.transaction():
        moved = media.split(archive.connection, alias)
    click.echo(f"{alias} is a source of its own: {moved:,} articles moved.")


@sources.command(epilog="Example: newsarchive sources medium 江湾晚报客户端 江湾晚报")
@click.argument("name")
@click.argument("house")
@click.pass_obj
def medium(db: Path, name: str, house: str) -> None:
    """Group the source NAME under the medium HOUSE."""
    with Archive.open(db) as archive, archive.transaction():
        media.set_medium(archive.connection, name, house)
    click.echo(f"{name} belongs to {house}.")
