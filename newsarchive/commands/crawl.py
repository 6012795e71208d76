"""`newsarchive crawl` and `newsarchive demo`: fill the archive, and serve the sample site to try it on."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.archive.statistics import last_runs, overview
from newsarchive.commands.overview import print_overview, print_run
from newsarchive.errors import UserError
from newsarchive.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: The spiders that fill an archive from a site, in the order in which each feeds the next.
SPIDERS = ("category", "share")
_FAILED = 1
_WRONG_USE = 2  # the spider said what was wrong, and nothing was crawled
_SHORT = 3  # it ended and brought less than it should have


@click.command()
@click.argument("site", default="demo")
@click.option("--since", help="Only articles of this day or later, as 2026-03-01.")
@click.option("--until", help="Only articles of this day or earlier.")
@click.option("--category", help="Only these categories: slugs, parted by commas.")
@click.option("--limit", help="At most so many articles.")
@click.option("--verbose", "-v", is_flag=True, help="Show the crawl's log as it is written.")
@click.pass_obj
def crawl(db: Path, /, site: str, verbose: bool, **filters: str | None) -> int:
    """Crawl SITE into the archive and print what came in.

    SITE is `demo` (the built-in sample site, started for the time of the crawl), `finews`, or a site of your own in
    data/sites/. The status is 0 when all went well (also when the site is being crawled already), 1 when a crawl failed
    or was stopped, 2 for a wrong argument, 3 when it ended but lost many pages or found nothing new for long.
    """
    arguments = {name: value for name, value in filters.items() if value}
    with Archive.open(db) as archive:
        (before,) = archive.connection.execute("SELECT coalesce(max(id), 0) FROM runs").fetchone()
    with _served(site) as base_url:
        if base_url:
            arguments["base_url"] = base_url
        status = 0
        for spider in SPIDERS:
            chosen = arguments if spider == "category" else {k: v for k, v in arguments.items() if k == "base_url"}
            ended = _scrapy(db, spider, {"site": site, **chosen}, verbose=verbose)
            if ended not in (0, _SHORT):
                status = ended if ended == _WRONG_USE else _FAILED
                break
            status = max(status, ended)
    if status != _WRONG_USE:
        with Archive.open(db, readonly=True) as archive:
            print_overview(overview(archive.connection), db)
            print_run(last_runs(archive.connection, before), db)
    return status


@click.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def demo(options: tuple[str, ...]) -> int:
    """Serve the sample site on loopback until Ctrl-C (demo --help shows its options)."""
    from newsarchive.demo.__main__ import main  # noqa: PLC0415 - the sample site is only loaded when it is asked for

    return main(options)


@contextlib.contextmanager
def _served(site: str) -> Iterator[str | None]:
    """Serve the sample site while it is crawled; every other site is out there already."""
    if site != "demo":
        yield None
        return
    from newsarchive.demo import DemoSite, serve  # noqa: PLC0415
    from newsarchive.demo.__main__ import PORT  # noqa: PLC0415 - fixed, so that every crawl finds the same addresses

    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(serve(DemoSite(), PORT))
        except OSError as error:
            raise UserError(f"the sample site cannot listen on 127.0.0.1:{PORT}: {error.strerror} - free it") from error
        yield server.base_url


def _scrapy(db: Path, spider: str, arguments: dict[str, str], *, verbose: bool) -> int:
    """Run one spider in a process of its own, as cron would, and return its exit status."""
    command = [sys.executable, "-m", "scrapy", "crawl", spider, "-s", f"NEWSARCHIVE_DB={db.absolute()}"]
    for name, value in arguments.items():
        command += ["-a", f"{name}={value}"]
    if not verbose:
        command += ["-s", "LOG_LEVEL=WARNING"]
    environment = os.environ | {"SCRAPY_SETTINGS_MODULE": "newsarchive.settings"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603
