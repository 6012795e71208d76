"""`newsarchive browse`: the archive in a browser."""

from __future__ import annotations

import json
import webbrowser
from pathlib import Path

import click

from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.warc.replay import replay_base


@click.command()
@click.option(
    "--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes any free one."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on; 0.0.0.0 for every network.")
@click.option("--open", "open_browser", is_flag=True, help="Open the front page in the browser.")
@click.option(
    "--write-metadata",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the metadata for Datasette's own command to this file instead of serving.",
)
@click.option("--public", is_flag=True, help="Serve others behind a web server: no arbitrary SQL.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Processes that answer; one for this machine alone, one a core (four at most) where others ask.",
)
@click.argument("archives", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def browse(
    db: Path,
    /,
    archives: tuple[Path, ...],
    port: int,
    host: str,
    *,
    open_browser: bool,
    write_metadata: Path | None,
    public: bool,
    workers: int | None,
) -> None:
    """Serve the archive to a browser until Ctrl-C: search, articles, stories, questions, tables.

    With ARCHIVES, these are served and not the one of --db; the first has its pages at the root, and every page leads
    to the others.

    The archive is opened read-only. Arbitrary SQL is allowed on this machine only, not with a --host that others can
    reach.
    """
    try:
        from newsarchive.browse.metadata import metadata  # noqa: PLC0415 - Datasette takes a while to load
        from newsarchive.browse.serve import serve  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UserError(
            _("{name} is not installed - run: pip install 'newsarchive[browse]'", name=error.name)
        ) from error
    db, *others = archives or (db,)
    replay_base()  # a wrong address is told now, and not on each page
    if write_metadata is not None:
        text = json.dumps(metadata(db), ensure_ascii=False, indent=2) + "\n"
        try:
            write_metadata.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UserError(
                _(
                    "{write_metadata}: cannot be written: {strerror} - choose another place",
                    write_metadata=write_metadata,
                    strerror=error.strerror,
                )
            ) from error
        click.echo(
            _("{write_metadata} written; now: datasette {db} -m {write_metadata}", write_metadata=write_metadata, db=db)
        )
        return

    def ready(address: str) -> None:
        click.echo(_("Serving {db} on {address} (Ctrl-C stops it)", db=db, address=address))
        if open_browser:
            webbrowser.open(address)

    serve(db, host, port, ready, public=public, others=others, workers=workers)


@click.command("open", epilog="Example: newsarchive open --port 0")
@click.option(
    "--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes any free one."
)
@click.pass_context
def open_archive(context: click.Context, port: int) -> None:
    """Serve the archive and open its front page in the browser."""
    context.invoke(browse, port=port, open_browser=True)
