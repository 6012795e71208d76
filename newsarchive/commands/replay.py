"""`newsarchive replay-server` and `replay-index`: pages as they were, by pywb, out of the archive's WARC files."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import click
import yaml

from newsarchive.archive import Archive, replay_index
from newsarchive.archive.connection import must_exist
from newsarchive.errors import UserError
from newsarchive.i18n import N_, _
from newsarchive.repeating import repeated
from newsarchive.warc.replay import COLLECTION

# Seconds after which pages that a crawl saved meanwhile can be replayed.
_REFRESH = 30.0
_MISSING = N_(
    "pywb is not installed - install it in an environment of its own (pipx install pywb), so that its"
    " `wayback` command is on the PATH, or name that command with --pywb"
)


@click.command("replay-server", epilog="Example: newsarchive replay-server --port 8090")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="Port to serve on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on; 0.0.0.0 for every network.")
@click.option("--pywb", help="pywb's command, where it is not `wayback` on the PATH.")
@click.option("--write-config", is_flag=True, help="Print the configuration for pywb instead of serving.")
@click.pass_obj
def replay_server(db: Path, /, port: int, host: str, *, pywb: str | None, write_config: bool) -> int:
    """Serve the raw pages to a browser, as they were, until Ctrl-C.

    This starts pywb, which has to be installed. The archive is served as it is: pywb reads its WARC files and the index
    beside them. A crawl may be running; what it saves can be replayed within a minute.
    """
    with Archive.open(must_exist(db)) as archive:
        folder = replay_index.index_folder(archive)
        config = pywb_config(folder)
        if write_config:
            click.echo(config, nl=False)
            return 0
        command = _wayback(pywb)
        replay_index.update(archive)
    address = f"http://{host}:{port}/{COLLECTION}/"
    click.echo(_("Serving the pages of {db} on {address} (Ctrl-C stops it)", db=db, address=address))
    click.echo(
        _("With NEWSARCHIVE_REPLAY={address} the pages of newsarchive browse, and show, lead there.", address=address)
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a service that is stopped takes pywb with it
    with tempfile.TemporaryDirectory(prefix="newsarchive-replay-") as place, repeated(partial(_update, db), _REFRESH):
        (Path(place) / "config.yaml").write_text(config, encoding="utf-8")
        try:
            ended = subprocess.run(  # noqa: S603 - what the user named
                [command, "--port", str(port), "--bind", host, "--directory", place], check=False
            )
        except OSError as error:
            raise UserError(
                _(
                    "{command}: cannot be started: {strerror} - {missing}",
                    command=command,
                    strerror=error.strerror,
                    missing=_MISSING,
                )
            ) from error
        except KeyboardInterrupt:
            return 0
    if ended.returncode > 0:
        raise UserError(
            _("pywb ended with status {returncode} - what it said stands above", returncode=ended.returncode)
        )
    return 0


@click.command("replay-index", epilog="Example: newsarchive replay-index --rebuild")
@click.option("--rebuild", is_flag=True, help="Write all of it again.")
@click.pass_obj
def replay_index_command(db: Path, rebuild: bool) -> None:
    """Bring the index for replay up to date.

    The index (CDXJ, for pywb and other web archives) lies beside the WARC files. A crawl keeps it up to date; this
    command is for older archives and after a file of it was lost.
    """
    with Archive.open(must_exist(db)) as archive:
        number = replay_index.rebuild(archive) if rebuild else replay_index.update(archive)
        click.echo(
            _("{number:,} pages indexed in {archive}", number=number, archive=replay_index.index_folder(archive))
        )


def pywb_config(folder: Path) -> str:
    """Return the configuration with which pywb serves the archive whose index lies in a folder."""
    collection = {
        "index_paths": f"{folder.absolute()}{os.sep}",
        "archive_paths": f"{folder.absolute().parents[1]}{os.sep}",
    }
    return yaml.safe_dump({"collections": {COLLECTION: collection}, "enable_auto_colls": False}, allow_unicode=True)


def _wayback(named: str | None) -> str:
    beside = Path(sys.executable).with_name("wayback")
    found = shutil.which(named or "wayback") or (str(beside) if not named and beside.is_file() else None)
    if found is None:
        raise UserError(
            _("{named}: there is no such command", named=named) + f" - {_(_MISSING)}" if named else _(_MISSING)
        )
    return found


def _update(db: Path) -> bool:
    """Index what crawls have saved; return True, since it is to be done again."""
    try:
        with Archive.open(db) as archive:
            replay_index.update(archive)
    except UserError as error:
        click.echo(_("The index for replay is not up to date: {error}", error=error), err=True)
    return True
