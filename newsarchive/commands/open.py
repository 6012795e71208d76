"""`newsarchive open`: from the command line to the archive's front page in one word."""

from __future__ import annotations

import click

from newsarchive.commands.browse import browse


@click.command("open", epilog="Example: newsarchive open --port 0")
@click.option(
    "--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes any free one."
)
@click.pass_context
def open_archive(context: click.Context, port: int) -> None:
    """Show the archive in a browser and open its front page."""
    context.invoke(browse, port=port, open_browser=True)
