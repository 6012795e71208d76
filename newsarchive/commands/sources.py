"""`newsarchive sources`: the sources that articles are credited to, and their spellings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.archive.connection import must_exist
from newsarchive.commands.completion import complete_aliases, complete_sources
from newsarchive.commands.output import print_rows, rows_options
from newsarchive.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = ("source", "medium", "articles", "aliases")


@click.group(invoke_without_command=True, epilog="Example: newsarchive sources merge 江湾晚报数字报 江湾晚报")
@rows_options
@click.pass_context
def sources(context: click.Context, form: str | None) -> None:
    """List the sources that articles are credited to, or correct their names.

    `medium` is the outlet to which a source belongs (its paper, site, application); `aliases` are other names that were
    merged into it.
    """
    if context.invoked_subcommand is None:
        with Archive.open(context.obj, readonly=True) as archive:
            found = archive.outlets.sources()
        rows = ((one.name, one.medium, one.articles, ", ".join(one.aliases)) for one in found)
        print_rows(_COLUMNS, rows, form, bar="articles")


@sources.command(epilog="Example: newsarchive sources merge 江湾晚报数字报 江湾晚报")
@click.argument("name", shell_complete=complete_sources)
@click.argument("into", shell_complete=complete_sources)
@click.pass_obj
def merge(db: Path, name: str, into: str) -> None:
    """Make NAME an alias of INTO, for the articles that are there and for those to come."""
    with Archive.open(must_exist(db)) as archive, archive.transaction():
        moved = archive.outlets.merge(name, into)
    click.echo(_("{name} is now an alias of {into}: {moved:,} articles moved.", name=name, into=into, moved=moved))


@sources.command(epilog="Example: newsarchive sources split 江湾晚报数字报")
@click.argument("alias", shell_complete=complete_aliases)
@click.pass_obj
def split(db: Path, alias: str) -> None:
    """Make ALIAS a source of its own again, with the articles that print it."""
    with Archive.open(must_exist(db)) as archive, archive.transaction():
        moved = archive.outlets.split(alias)
    click.echo(_("{alias} is a source of its own again: {moved:,} articles moved.", alias=alias, moved=moved))


@sources.command(epilog="Example: newsarchive sources medium 江湾晚报客户端 江湾晚报")
@click.argument("name", shell_complete=complete_sources)
@click.argument("outlet")
@click.pass_obj
def medium(db: Path, name: str, outlet: str) -> None:
    """Assign the source NAME to the outlet OUTLET."""
    with Archive.open(must_exist(db)) as archive, archive.transaction():
        archive.outlets.set_medium(name, outlet)
    click.echo(_("{name} belongs to {outlet}.", name=name, outlet=outlet))
