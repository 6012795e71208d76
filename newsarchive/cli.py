"""The command line: `newsarchive ...`. Each group of commands is a file in `newsarchive.commands`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newsarchive import __version__
from newsarchive.commands.crawl import crawl, demo
from newsarchive.commands.look import problems, sites, sql, stats
from newsarchive.errors import UserError
from newsarchive.paths import ARCHIVE


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
@click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="NEWSARCHIVE_DB",
    default=ARCHIVE,
    show_default="data/archive.db of the checkout",
    help="The archive's SQLite file (also: NEWSARCHIVE_DB).",
)
@click.pass_context
def cli(context: click.Context, db: Path) -> None:
    """Crawl and archive syndicated news, and look into the archive."""
    context.obj = db


for command in (crawl, demo, stats, problems, sites, sql):
    cli.add_command(command)


def main() -> None:
    """Run the command line; a person's mistake is told in one line and ends with status 2."""
    try:
        status = cli(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except UserError as error:
        click.echo(f"newsarchive: {error}", err=True)
        sys.exit(2)
    sys.exit(status if isinstance(status, int) else 0)
