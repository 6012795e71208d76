"""`newsarchive crawl` and `newsarchive demo`: fill the archive, and serve the sample site to try it on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from newsarchive.archive import Archive
from newsarchive.archive.statistics import last_runs, overview
from newsarchive.commands.add import added, is_place
from newsarchive.commands.output import discard_output
from newsarchive.commands.overview import print_overview, print_run
from newsarchive.commands.watch import tell_after_crawl
from newsarchive.errors import UserError
from newsarchive.i18n import _, ngettext, stored
from newsarchive.locks import AlreadyRunningError
from newsarchive.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from scrapy.settings import Settings

    from newsarchive.crawl.summary import RunSummary
    from newsarchive.crawl.watch import Watched

_SPIDER = "site"
_SAMPLE = "demo"
#: Ports that are tried for the sample site before any free one.
_PORTS = 20
_LAST_ADDRESS = """
SELECT json_extract(arguments, '$.base_url') FROM runs WHERE site = 'demo' AND json_valid(arguments)
ORDER BY id DESC LIMIT 1
"""
_CRAWLED = "SELECT DISTINCT site FROM runs WHERE spider = ?"
# Seconds after which new articles of a watch are looked through by the saved searches.
_SEARCH_AFTER = 30.0
# The statuses of a command for what its worst run did; a failed run is worse than one that lost too much.
_BY_BADNESS = (0, 3, 1)


@click.command()
@click.argument("sites", nargs=-1, metavar="[SITE]...")
@click.option("--all", "every", is_flag=True, help="Crawl every site of data/sites/, and those crawled before.")
@click.option("--watch", is_flag=True, help="Stay, and crawl each site (without SITE: as --all) whenever it is due.")
@click.option("--since", help="Only articles of this day or later, as 2026-03-01.")
@click.option("--until", help="Only articles of this day or earlier.")
@click.option("--category", help="Only these categories: slugs, parted by commas.")
@click.option("--limit", help="At most so many articles of each site.")
@click.option("--verbose", "-v", is_flag=True, help="Show the crawl's log as it is written.")
@click.pass_obj
def crawl(db: Path, /, sites: tuple[str, ...], every: bool, watch: bool, verbose: bool, **filters: str | None) -> int:
    """Crawl SITE into the archive and print what came in.

    SITE is `demo` (the built-in sample site, started for the time of the crawl; also without SITE), a site of your own
    in data/sites/, the address of any news site, which is looked at first, as by `newsarchive add`, or a name that
    `newsarchive sites` lists, such as one of the catalogue. All the
    ways into the site that its file describes are taken, as by `scrapy crawl site`. Several sites are crawled at one
    time, by one process. Ctrl-C stops the crawl: what was fetched is stored, and the next crawl goes on from there.

    With --watch it stays until Ctrl-C: how soon a site is crawled again follows from what its listings brought, from
    what its feeds ask for and from failures, between NEWSARCHIVE_INTERVAL_MIN and NEWSARCHIVE_INTERVAL_MAX minutes. A
    SIGHUP makes it look for new and removed site files.

    The status is 0 when all went well (also when the site is being crawled already), 1 when a crawl failed or was
    stopped, 2 for a wrong argument, 3 when it ended but lost many pages or found nothing new for long; of several sites
    it is the worst.
    """
    given = {name: value for name, value in filters.items() if value}
    if sites and every:
        raise UserError(_("--all crawls every site: leave out {sites}, or --all", sites=", ".join(sites)))
    if watch and given:
        raise UserError(_("--watch crawls all that is new: leave out --{given}", given=", --".join(given)))
    sites = tuple(added(site) if is_place(site) else site for site in sites)
    with Archive.open(db) as archive:
        (before,) = archive.connection.execute("SELECT coalesce(max(id), 0) FROM runs").fetchone()
        (address,) = archive.connection.execute(_LAST_ADDRESS).fetchone() or (None,)
        names = dict.fromkeys(sites or (_all_sites(archive) if every or watch else (_SAMPLE,)))
    with _served(names, address) as base_url:
        own = {_SAMPLE: {"base_url": base_url} if base_url else {}}
        settings = _settings(db, verbose=verbose)
        if watch:
            return _watch(db, settings, None if not sites else list(names), own)
        arguments = {name: {"site": name} | given | own.get(name, {}) for name in names}
        return _crawl(db, settings, arguments, before)


@click.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def demo(options: tuple[str, ...]) -> int:
    """Serve the sample site on loopback until Ctrl-C (demo --help shows its options)."""
    from newsarchive.demo.__main__ import main  # noqa: PLC0415 - the sample site is only loaded when it is asked for

    return main(options)


def _settings(db: Path, *, verbose: bool) -> Settings:
    from newsarchive.crawl.project_settings import project_settings  # noqa: PLC0415 - Scrapy takes a second

    return project_settings(NEWSARCHIVE_DB=str(db.absolute()), LOG_LEVEL="INFO" if verbose else "WARNING")


def _all_sites(archive: Archive) -> list[str]:
    """Return the sites of the user's folder, and the built-in ones that were crawled into the archive before.

    The sample site is nobody's, and crawled only where it is named.
    """
    from newsarchive.paths import user_sites  # noqa: PLC0415
    from newsarchive.sites import catalogue_names, site_names  # noqa: PLC0415 - help does without it

    crawled = {site for (site,) in archive.connection.execute(_CRAWLED, (_SPIDER,))}
    own = {path.stem for path in user_sites().glob("*.toml")}
    known = (*site_names(), *catalogue_names())
    return [name for name in known if name in own | crawled and name != _SAMPLE]


def _tell_unverified(names: Iterable[str]) -> None:
    """Say of which sites nobody has seen that their files are right."""
    from newsarchive.sites import load_site  # noqa: PLC0415 - help does without it
    from newsarchive.sites.verification import verifications  # noqa: PLC0415

    untried = [name for name in names if not load_site(name).verified]
    if untried:
        right = {name for name, one in verifications().items() if one.is_right}
        untried = [name for name in untried if name not in right]
    for name in untried:
        click.echo(
            _(
                "newsarchive: {name}: nobody has verified its site file here - newsarchive sites check {name} tries it",
                name=name,
            ),
            err=True,
        )


# One run of each site


def _crawl(db: Path, settings: Settings, arguments: Mapping[str, Mapping[str, str]], before: int) -> int:
    """Crawl each site once; print what came in, and return the worst status.

    Raises:
        UserError: an argument or a setting is wrong, or there is no site to crawl; nothing was begun then.

    """
    from newsarchive.crawl.process import CrawlProcess, crawl_each  # noqa: PLC0415 - Scrapy takes a second
    from newsarchive.crawl.run import check  # noqa: PLC0415

    if not arguments:
        raise UserError(_("there is no site to crawl: put site files into data/sites/, or name a built-in site"))
    for given in arguments.values():
        check(settings, _SPIDER, given)
    _tell_unverified(arguments)
    process = CrawlProcess(settings)
    ended: list[RunSummary | UserError] = []
    try:
        process.run(crawl_each(process, _SPIDER, list(arguments.values()), ended.append))
    except UserError as error:
        ended.append(error)
    for one in ended:
        if isinstance(one, UserError):
            click.echo(plain(f"newsarchive: {one}"), err=True)
    summaries = [one for one in ended if not isinstance(one, UserError)]
    if process.stopping.is_set():
        _print_stopped(summaries)
    elif summaries:
        with Archive.open(db, readonly=True) as archive:
            print_overview(overview(archive.connection), db)
            print_run(last_runs(archive.connection, before), db)
    tell_after_crawl(db)
    statuses = [_status(one) for one in ended]
    return max([*statuses, int(process.stopping.is_set())], key=_BY_BADNESS.index)


def _status(ended: RunSummary | UserError) -> int:
    if isinstance(ended, AlreadyRunningError):
        return 0
    return 1 if isinstance(ended, UserError) else ended.exit_status


def _print_stopped(summaries: Sequence[RunSummary]) -> None:
    stored = sum(summary.articles("new") for summary in summaries)
    click.echo(
        ngettext(
            "newsarchive: stopped; {count} new article came in and is stored - crawl again to go on from here",
            "newsarchive: stopped; {count} new articles came in and are stored - crawl again to go on from here",
            stored,
        ),
        err=True,
    )


# Watching


def _watch(db: Path, settings: Settings, names: list[str] | None, own: Mapping[str, Mapping[str, str]]) -> int:
    """Crawl sites, all there are where none is named, whenever they are due, until somebody stops it.

    Raises:
        UserError: a setting is wrong, or one of the sites that are named.

    """
    from newsarchive.crawl.process import CrawlProcess  # noqa: PLC0415 - Scrapy takes a second
    from newsarchive.crawl.run import check  # noqa: PLC0415
    from newsarchive.crawl.watch import Watch  # noqa: PLC0415
    from newsarchive.options import Options  # noqa: PLC0415

    for name in names or ():
        check(settings, _SPIDER, {"site": name})
    _tell_unverified(names or ())
    with Archive.open(db) as archive:

        def find() -> dict[str, Mapping[str, str]]:
            found = names or _all_sites(archive)
            return {name: {"site": name, **own.get(name, {})} for name in found}

        searches = _SavedSearches(db)

        is_read = True

        def told(ended: Watched) -> None:
            nonlocal is_read
            try:
                if is_read:
                    _print_watched(ended)
            except OSError:  # the terminal was closed, or who read the pipe is done
                discard_output()
                is_read = False  # a second signal would break off the crawls that are ending
                os.kill(os.getpid(), signal.SIGTERM)
            if ended.summary is not None and ended.summary.articles("new"):
                searches.want()

        process = CrawlProcess(settings)
        watch = Watch(process, archive, Options.from_settings(settings), _SPIDER, find, told)
        click.echo(_("newsarchive: watching {find} sites until Ctrl-C", find=len(find())))
        try:
            process.run(watch.run())
        except UserError as error:
            click.echo(plain(f"newsarchive: {error}"), err=True)
            return 1
    searches.run()
    return 0


class _SavedSearches:
    """Runs the saved searches beside a watch: some time after something new came, and once more in the end."""

    def __init__(self, db: Path) -> None:
        self._db = db
        self._is_wanted = False
        self._task: asyncio.Task[None] | None = None

    def want(self) -> None:
        """Have them run soon."""
        self._is_wanted = True
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._run_soon())

    async def _run_soon(self) -> None:
        await asyncio.sleep(_SEARCH_AFTER)
        await asyncio.to_thread(self.run)  # it sends messages, for which no crawl is to stand still

    def run(self) -> None:
        """Run them, if something new came since they ran last."""
        if self._is_wanted:
            self._is_wanted = False
            try:
                tell_after_crawl(self._db)
            except UserError as error:
                click.echo(plain(f"newsarchive: {error}"), err=True)


def _print_watched(ended: Watched) -> None:
    """Print a line for a run that brought something, or on which something is to be said."""
    if ended.summary is None:
        told = str(ended.error)
    else:
        new, changed = ended.summary.articles("new"), ended.summary.articles("changed")
        said = [_("{new} new, {changed} changed", new=new, changed=changed)] if new or changed else []
        if ended.summary.reason and ended.summary.outcome != "stopped":
            said.append(f"{_(ended.summary.outcome)}: {stored(ended.summary.reason)}")
        told = _("; ").join([*said, *map(stored, ended.summary.alarms)])
    if told:
        schedule = ended.schedule
        began, due = ended.began_at.astimezone(), schedule.due_at.astimezone()
        click.echo(
            plain(
                _(
                    "{began:%Y-%m-%d %H:%M:%S} {site}: {told} (next {due:%H:%M})",
                    began=began,
                    site=schedule.site,
                    told=told,
                    due=due,
                )
            )
        )


@contextlib.contextmanager
def _served(sites: Mapping[str, object], address: str | None) -> Iterator[str | None]:
    """Serve the sample site while it is crawled; every other site is out there already.

    It is served at the `address` at which it was crawled last, so that every crawl finds the same pages; where another
    program has that port, or it was never crawled, at the first port that is free.
    """
    if _SAMPLE not in sites:
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
                    raise UserError(
                        _("the sample site cannot listen on 127.0.0.1: {strerror}", strerror=error.strerror)
                    ) from error
            else:
                yield server.base_url
                return
