"""`newsarchive mcp`: the archive for assistants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.errors import UserError
from newsarchive.i18n import _

if TYPE_CHECKING:
    from pathlib import Path


@click.command(epilog="Example: newsarchive --db data/archive.db mcp --http --port 8096")
@click.option("--http", is_flag=True, help="Serve over HTTP on loopback, instead of standard input and output.")
@click.option("--port", default=8096, show_default=True, type=click.IntRange(0, 65535), help="Port for --http.")
@click.pass_obj
def mcp(db: Path, http: bool, port: int) -> None:
    """Let assistants ask the archive, by the Model Context Protocol (MCP).

    Tools: overview, search, article, story, versions, questions, question, sql. All of them only read; SQL is bounded
    as in the browser. What pages say is marked as quoted, so that an assistant can tell it from what it is asked to do.
    A program that speaks MCP starts this command itself, and needs for it: command `newsarchive`, arguments `--db`,
    the whole path of the archive, `mcp`. Needs the extra `mcp`.
    """
    Archive.open(db, readonly=True).close()  # a mistake is told before a program waits for answers
    try:
        from newsarchive.mcp_server.server import serve_http, serve_stdio  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise UserError(
            _("newsarchive mcp needs the extra mcp - install it: pip install 'newsarchive[mcp]'")
        ) from error
    if http:
        serve_http(
            db,
            port,
            lambda address: click.echo(
                _("Serving {db} to assistants at {address} - Ctrl-C to stop.", db=db, address=address)
            ),
        )
    else:
        serve_stdio(db)
