"""`newsarchive add`: a site file for any news site, made by looking at it."""

from __future__ import annotations

import asyncio
import difflib
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsarchive.atomic import atomic_file
from newsarchive.commands.output import columns_of, to_json
from newsarchive.commands.site_files import write_site_file
from newsarchive.errors import UserError
from newsarchive.i18n import N_, _
from newsarchive.paths import user_sites
from newsarchive.sites import load_site, site_names
from newsarchive.text import plain
from newsarchive.urls import host_and_odd_port, is_loopback, split_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsarchive.crawl.fetch_one import Load
    from newsarchive.drafting.found_site import FoundSite
    from newsarchive.drafting.survey import Survey
    from newsarchive.models import Page

#: Sites that are looked at, at one time; each is asked for one page at a time.
_AT_ONCE = 8
_WIDTH = 11


@click.command(epilog="Example: newsarchive add https://news.example/ && newsarchive crawl example")
@click.argument("urls", metavar="URL...", nargs=-1)
@click.option("--file", type=click.Path(path_type=Path), help="A list of addresses, one a line.")
@click.option("--opml", type=click.Path(path_type=Path), help="A list of feeds: the sites that they belong to.")
@click.option("--name", help="Name of the site; else taken from its host.")
@click.option(
    "--delay", type=click.FloatRange(0, 60), default=1.0, show_default=True, help="Seconds between two pages."
)
@click.option("--dry-run", is_flag=True, help="Write nothing; print the site file.")
@click.option(
    "--again", is_flag=True, help="Look again at sites that are known, by name or address; print what changed."
)
@click.option("--apply", is_flag=True, help="With --again: write what changed into the site files.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a site.")
def add(
    *,
    urls: tuple[str, ...],
    file: Path | None,
    opml: Path | None,
    name: str | None,
    delay: float,
    dry_run: bool,
    again: bool,
    apply: bool,
    as_json: bool,
) -> int:
    """Look at news sites and write a site file in data/sites/ for each.

    Of every site at most 80 pages are asked for: its home page, robots.txt, feeds and sitemaps, pages that may list
    articles, and a few of each kind of page that may be an article. What was found is printed, how sure it is, and what
    was not found. After that, `newsarchive crawl NAME` crawls the site; within an hour it does not ask again for the
    pages that were looked at. A file that is there is never changed.

    With --again the sites are known already, and what has changed is printed as a diff, for `patch`, or is written with
    --apply. What a look cannot find out stays: layouts, other keys and tables of your own, the name, title and delay.

    The status is 1 when a site could not be added.
    """
    places = [*urls, *_listed(file), *_outlines(opml)]
    if not places:
        raise UserError(_("add: name the address of a site, or a list of them with --file or --opml"))
    if name and len(places) > 1:
        raise UserError(_("add: --name is for one site"))
    if apply and not again:
        raise UserError(_("add: --apply is for --again - without it the site file is written anyway"))
    wanted: dict[str, str | None] = {}
    for place in places:
        url = load_site(place).base_url + "/" if again and place in site_names() else _address(place)
        owner = _owner(url)
        if again and owner is None:
            raise UserError(_("add: {url} belongs to no site - add it without --again", url=url))
        if owner is not None and not again:
            click.echo(
                plain(_("{url} belongs to the site {owner} - newsarchive crawl {owner}", url=url, owner=owner)),
                err=True,
            )
        else:
            wanted[url] = owner
    taken, failed = set(site_names()), False
    with tempfile.TemporaryDirectory(prefix="newsarchive-add-") as folder:
        pages = {url: Path(folder) / f"{number}.warc.gz" for number, url in enumerate(wanted)}
        for url, survey in (_look(pages, delay) if wanted else {}).items():
            if isinstance(survey, str):
                click.echo(plain(f"newsarchive: {survey}"), err=True)
                failed = True
                continue
            found = _found(survey, wanted[url] or name, taken, delay)
            taken.add(found.name)
            _tell(survey, found, as_json=as_json)
            if again:
                _renew(found, is_written=apply and found.is_usable, as_json=as_json)
            else:
                _give(found, pages[url], dry_run=dry_run, as_json=as_json)
            failed |= not found.is_usable
    return int(failed)


def is_place(text: str) -> bool:
    """Return whether a text is the address of a site, and not the name of one."""
    return "." in text or "://" in text


def added(place: str) -> str:
    """Return the name of the site at an address; one that no site file names is added first.

    Raises:
        UserError: it could not be added; why was printed.

    """
    url = _address(place)
    if (name := _owner(url)) is None:
        # In a process of its own: a Twisted reactor cannot be started again for the crawl.
        subprocess.run([sys.executable, "-m", "newsarchive", "add", url], check=False)  # noqa: S603
        name = _owner(url)
    if name is None:
        raise UserError(_("{url}: no site file was written - make one by hand (docs/adding-a-site.md)", url=url))
    return name


def _owner(url: str) -> str | None:
    """Return the site whose file names the host of an address."""
    hosts = {host: name for name in site_names() for host in load_site(name).hosts}
    return hosts.get(host_and_odd_port(url))


def _address(place: str) -> str:
    """Return a full address for what a person typed."""
    url = place if "://" in place else f"https://{place}"
    parts = split_url(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UserError(_("add: {place!r} is no address of a site - write it as https://news.example/", place=place))
    return url if parts.path else f"{url}/"


def _listed(file: Path | None) -> Iterator[str]:
    if file is not None:
        lines = (line.partition(" #")[0].strip() for line in _read(file).decode("utf-8", "replace").splitlines())
        yield from (line for line in lines if line and not line.startswith("#"))


def _outlines(file: Path | None) -> Iterator[str]:
    if file is not None:
        from newsarchive.discovery.opml import read_opml  # noqa: PLC0415 - only where such a list is given
        from newsarchive.urls import origin_of  # noqa: PLC0415

        yield from dict.fromkeys(feed.page or origin_of(feed.url) for feed in read_opml(_read(file)).feeds)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UserError(
            _("{file}: cannot be read: {strerror} - name a list of addresses", file=file, strerror=error.strerror)
        ) from error


def _look(pages: dict[str, Path], delay: float) -> dict[str, Survey | str]:
    """Look at sites, several at a time; return what was found at each, or why nothing was.

    `pages` names by a site's address the file into which its pages are written, for the crawl.
    """
    from newsarchive.crawl.fetch_one import fetch_with  # noqa: PLC0415 - loads Scrapy and the reader
    from newsarchive.drafting.survey import survey  # noqa: PLC0415

    results: dict[str, Survey | str] = {}

    async def work(load: Load) -> None:
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(url: str) -> None:
            async with places:
                click.echo(plain(_("Looking at {url} ...", url=url)), err=True)
                try:
                    results[url] = await survey(url, _politely(load, delay, pages[url]))
                except UserError as error:
                    results[url] = str(error)

        await asyncio.gather(*map(one, pages))

    fetch_with(work, list(pages))
    return {url: results[url] for url in pages}


def _politely(load: Load, delay: float, pages: Path) -> Any:
    """Return what loads the pages of one site, with a pause between two; why a page does not come it tells in words.

    What came, and what is not there, is added to the file `pages`.
    """
    from newsarchive.crawl.fetch_one import StatusError  # noqa: PLC0415 - loads Scrapy
    from newsarchive.crawl.http.handed_on import missing, record_of  # noqa: PLC0415

    def keep(page: Page) -> None:
        with pages.open("ab") as file:
            file.write(record_of(page))

    asked = 0

    async def fetch(url: str) -> Page | str:
        nonlocal asked
        # A site on this machine is one's own.
        if asked and not is_loopback(split_url(url).hostname or ""):
            await asyncio.sleep(delay)
        asked += 1
        try:
            page = await load(url)
        except UserError as error:
            if isinstance(error, StatusError) and error.status in (404, 410):
                keep(missing(url, error.status))
            return str(error).removeprefix(f"{url}: ")
        keep(page)
        return page

    return fetch


def _found(survey: Survey, name: str | None, taken: set[str], delay: float) -> FoundSite:
    from newsarchive.drafting.found_site import found_site  # noqa: PLC0415

    return found_site(survey, day=datetime.now(UTC).date(), name=name, taken=taken, delay=delay)


def _tell(survey: Survey, found: FoundSite, *, as_json: bool) -> None:
    from newsarchive.drafting.findings import doubts, findings  # noqa: PLC0415

    unsure = list(doubts(survey, found))
    if as_json:
        patterns = [pattern._asdict() for pattern in found.patterns]
        lists = {one.url: number for one, number in found.lists.items()}
        click.echo(
            to_json(
                asdict(replace(found, lists={}))
                | {"patterns": patterns, "lists": lists, "doubts": unsure, "file": str(_path(found))}
            )
        )
        return
    click.echo(plain(_("{name}: {requests} requests", name=found.name, requests=found.requests)))
    for what, said in (*findings(survey, found), *((N_("not sure"), doubt) for doubt in unsure)):
        click.echo(plain(f"  {_(what)}{' ' * (_WIDTH - columns_of(_(what)))}{said}"))


def _give(found: FoundSite, pages: Path, *, dry_run: bool, as_json: bool) -> None:
    """Write a site file, and beside it the pages that its crawl needs not ask for again; or print the file."""
    from newsarchive.crawl.http.handed_on import handed_on_path  # noqa: PLC0415 - loads Scrapy

    if not dry_run:
        path = _path(found)
        write_site_file(path, found.toml)
        with atomic_file(handed_on_path(found.name)) as file, pages.open("rb") as kept:
            shutil.copyfileobj(kept, file)
        click.echo(plain(_("Written: {path} - next: newsarchive crawl {name}", path=path, name=found.name)), err=True)
    elif not as_json:
        click.echo(found.toml, nl=False)


def _renew(found: FoundSite, *, is_written: bool, as_json: bool) -> None:
    """Print what of a site file has changed, and write it if that is wanted."""
    from newsarchive.drafting.renewal import renewed  # noqa: PLC0415

    path = _path(found)
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    now = renewed(before, found.toml)
    if not as_json:
        click.echo("".join(_diff(before, now, path)), nl=False)
    if is_written:
        write_site_file(path, now)
        click.echo(plain(_("Written: {path} - next: newsarchive crawl {name}", path=path, name=found.name)), err=True)


def _path(found: FoundSite) -> Path:
    return user_sites() / f"{found.name}.toml"


def _diff(before: str, now: str, path: Path) -> Iterator[str]:
    return difflib.unified_diff(
        before.splitlines(keepends=True), now.splitlines(keepends=True), str(path), str(path), n=2
    )
