"""`newsarchive opml`: lists of feeds, in and out."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsarchive.atomic import atomic_file
from newsarchive.commands.output import print_rows, rows_options
from newsarchive.commands.site_files import write_site_file
from newsarchive.discovery import feed_urls
from newsarchive.discovery.opml import read_opml, write_opml
from newsarchive.errors import UserError
from newsarchive.i18n import _, ngettext
from newsarchive.paths import user_sites
from newsarchive.sites import SiteError, load_site, site_names
from newsarchive.text import plain

if TYPE_CHECKING:
    from newsarchive.discovery.opml import FeedList, FeedOutline
    from newsarchive.drafting.feed_sites import FeedSite
    from newsarchive.sites import Site

_LARGEST = 64 << 20  # bytes
_COLUMNS = ("site", "title", "feeds", "what", "file")


@click.group()
def opml() -> None:
    """Exchange lists of feeds with feed readers (OPML)."""


@opml.command("import", epilog="Example: newsarchive opml import subscriptions.opml --dry-run")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--one-site", metavar="NAME", help="Make one site of all feeds; else one for each host.")
@click.option("--dry-run", is_flag=True, help="Write nothing; only tell what would be written.")
@rows_options
def import_(file: Path, one_site: str | None, dry_run: bool, form: str | None) -> int:
    """Make site files in data/sites/ of the feeds in FILE.

    Files that are there are never changed, and a feed that a site has already is passed over. The exit status is 1 when
    something of FILE could not be used.
    """
    listed = _read(file)
    sites = [load_site(name) for name in site_names()]
    known = {url: site.name for site in sites for url in feed_urls(site)}
    new = [feed for feed in listed.feeds if feed.url not in known]
    made = _made(new, one_site, listed.title, sites)
    hosts = {host: site.name for site in sites for host in site.hosts}
    rows, refused = [], list(listed.passed_over)
    done = _("would be written") if dry_run else _("written")
    for one in made:
        owner = None if one_site else next((hosts[host] for host in one.own_hosts if host in hosts), None)
        if owner is not None:
            refused += [
                _("{url}: the host belongs to the site {owner} - add it there", url=feed.url, owner=owner)
                for feed in one.feeds
            ]
            continue
        try:
            _check(one)
        except SiteError as error:
            refused += [f"{feed.url}: {error}" for feed in one.feeds]
            continue
        path = user_sites() / f"{one.name}.toml"
        if not dry_run:
            write_site_file(path, one.toml)
        rows.append((one.name, one.title, len(one.feeds), done, str(path)))
    print_rows(_COLUMNS, rows, form)
    if known_feeds := len(listed.feeds) - len(new):
        click.echo(
            ngettext("{count} feed known already", "{count} feeds known already", known_feeds),
            err=True,
        )
    for reason in refused:
        click.echo(plain(_("Passed over: {reason}", reason=reason)), err=True)
    return int(bool(refused or listed.damage))


@opml.command("export", epilog="Example: newsarchive opml export -o newsarchive.opml")
@click.argument("sites", nargs=-1)
@click.option("--output", "-o", type=click.Path(), help="File to write; else standard output.")
def export(sites: tuple[str, ...], output: str | None) -> None:
    """Write the feeds of SITES as a list that feed readers import; without a name those of all sites."""
    text = write_opml([load_site(name) for name in sites or site_names()], "newsarchive")
    if output is None:
        click.echo(text, nl=False)
        return
    with atomic_file(output) as stream:
        stream.write(text.encode())


def _read(file: Path) -> FeedList:
    try:
        if file.stat().st_size > _LARGEST:
            raise UserError(
                _("{file}: larger than {value} MiB - that is no list of feeds", file=file, value=_LARGEST >> 20)
            )
        listed = read_opml(file.read_bytes())
    except OSError as error:
        raise UserError(
            _("{file}: cannot be read: {strerror} - name an OPML file", file=file, strerror=error.strerror)
        ) from error
    if not listed.feeds and not listed.passed_over:
        raise UserError(
            _(
                "{file}: no feed in it ({value}) - name an OPML file",
                file=file,
                value=listed.damage or "no outline has an xmlUrl",
            )
        )
    if listed.damage:
        click.echo(
            plain(_("{file}: damaged ({damage}); what could be read is taken", file=file, damage=listed.damage)),
            err=True,
        )
    return listed


def _made(feeds: list[FeedOutline], name: str | None, title: str, sites: list[Site]) -> list[FeedSite]:
    from newsarchive.drafting.feed_sites import feed_sites, one_site  # noqa: PLC0415 - an export makes no sites

    taken = {site.name for site in sites}
    if name is None or not feeds:
        return feed_sites(feeds, taken=taken)
    if name in taken:
        raise UserError(_("--one-site {name}: there is a site of that name - choose another name", name=name))
    return [one_site(feeds, name, title)]


def _check(made: FeedSite) -> None:
    """Load the file as a crawl does; raises SiteError for one that it could not use."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"{made.name}.toml").write_text(made.toml, encoding="utf-8")
        try:
            load_site(made.name, folder)
        except SiteError as error:
            raise SiteError(str(error).removeprefix(f"{folder}/")) from error
