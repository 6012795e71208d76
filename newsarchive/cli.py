"""The command line: `newsarchive ...`. The commands are listed in `newsarchive.commands.registry`."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

import click

from newsarchive import __version__
from newsarchive.commands.registry import LazyGroup
from newsarchive.errors import UserError
from newsarchive.paths import ARCHIVE


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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
    """Crawl and archive syndicated news, and look into the archive.

    The status is 0 when all went well, 1 when nothing was found or something is wrong, 2 for a wrong argument.
    """
    context.obj = db


def main() -> None:
    """Run the command line; a person's mistake is told in one line and ends with status 2."""
    try:
        # A terminal that cannot print a character gets its number instead of an end.
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        status = cli(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except UserError as error:
        from newsarchive.commands.printing import plain  # noqa: PLC0415 - loads more than a command that went well needs

        # A server may have had a say in it.
        click.echo(plain(f"newsarchive: {error}"), err=True)
        sys.exit(2)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.ProgrammingError | sqlite3.IntegrityError):
            raise
        click.echo(f"newsarchive: the archive: {error} - newsarchive doctor and newsarchive check say more", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # Who reads the pipe has had enough (`| head`); click ends so, too, where it is the one to notice.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)
