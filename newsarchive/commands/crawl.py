"""`newsarchive crawl` and `newsarchive demo`: fill the archive, and serve the sample site to try it on."""

from __future__ import annotations

import contextlib
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from newsarchive.archive import Archive
from newsarchive.archive.statistics import last_runs, overview
from newsarchive.commands.overview import print_overview, print_run
from newsarchive.commands.watch import tell_after_crawl
from newsarchive.errors import UserError
from newsarchive.locks import AlreadyRunningError
from newsarchive.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newsarchive.crawl.summary import RunSummary

_SPIDER = "site"
_FAILED = 1
#: Ports that are tried for the sample site before any free one.
_PORTS = 20
_LAST_ADDRESS = """
SELECT json_extract(arguments, '$.base_url') FROM runs WHERE site = 'demo' AND json_valid(arguments)
ORDER BY id DESC LIMIT 1
"""


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
    data/sites/. All the ways into the site that its file describes are taken, as by `scrapy crawl site`. Ctrl-C stops
    the crawl: what was fetched is stored, and the next crawl goes on from there.

    The status is 0 when all went well (also when the site is being crawled already), 1 when a crawl failed or was
    stopped, 2 for a wrong argument, 3 when it ended but lost many pages or found nothing new for long.
    """
    arguments = {"site": site} | {name: value for name, value in filters.items() if value}
    with Archive.open(db) as archive:
        (before,) = archive.connection.execute("SELECT coalesce(max(id), 0) FROM runs").fetchone()
        (address,) = archive.connection.execute(_LAST_ADDRESS).fetchone() or (None,)
    try:
        summary = _crawl(db, arguments, address, verbose=verbose)
    except AlreadyRunningError as error:
        click.echo(plain(f"newsarchive: {error}"), err=True)
        return 0
    if summary is None:
        return _FAILED
    if summary.outcome == "stopped":
        stored = summary.articles("new")
        click.echo(
            f"newsarchive: stopped; {stored} new article{'' if stored == 1 else 's'} came in and"
            f" {'is' if stored == 1 else 'are'} stored - crawl again to go on from here",
            err=True,
        )
    else:
        with Archive.open(db, readonly=True) as archive:
            print_overview(overview(archive.connection), db)
            print_run(last_runs(archive.connection, before), db)
    tell_after_crawl(db)
    return summary.exit_status


@click.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def demo(options: tuple[str, ...]) -> int:
    """Serve the sample site on loopback until Ctrl-C (demo --help shows its options)."""
    from newsarchive.demo.__main__ import main  # noqa: PLC0415 - the sample site is only loaded when it is asked for

    return main(options)


def _crawl(db: Path, arguments: dict[str, str], address: str | None, *, verbose: bool) -> RunSummary | None:
    """Run the crawl in this process; None when it broke off, which is told then.

    Raises:
        UserError: an argument or a setting is wrong; as AlreadyRunningError, if the site is being crawled already.

    """
    from newsarchive.crawl.project_settings import project_settings  # noqa: PLC0415 - Scrapy takes a second
    from newsarchive.crawl.run import check, crawl_here  # noqa: PLC0415

    settings = project_settings(NEWSARCHIVE_DB=str(db.absolute()), LOG_LEVEL="INFO" if verbose else "WARNING")
    check(settings, _SPIDER, arguments)
    with _served(arguments["site"], address) as base_url:
        given = {"base_url": base_url} if base_url else {}
        try:
            return crawl_here(_SPIDER, arguments | given, settings)
        except AlreadyRunningError:
            raise
        except UserError as error:
            click.echo(plain(f"newsarchive: {error}"), err=True)
            return None


@contextlib.contextmanager
def _served(site: str, address: str | None) -> Iterator[str | None]:
    """Serve the sample site while it is crawled; every other site is out there already.

    It is served at the `address` at which it was crawled last, so that every crawl finds the same pages; where another
    program has that port, or it was never crawled, at the first port that is free.
    """
    if site != "demo":
        yield None
        return
    from newsarchive.demo import DemoSite, serve  # noqa: PLC0415
    from newsarchive.demo.__main__ import PORT  # noqa: PLC0415

    last = urlsplit(address or "").port
    with contextlib.ExitStack() as stack:
        for port in chain([last] if last else [], range(PORT, PORT + _PORTS), [0]):
            try:
                server = stack.enter_context(serve(DemoSite(), port))
            except OSError as error:
                if port == 0:
                    raise UserError(f"the sample site cannot listen on 127.0.0.1: {error.strerror}") from error
            else:
                yield server.base_url
                return
