"""`newsarchive sites`: what can be crawled, and whether a site's file is right about it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from newsarchive.commands.output import print_rows, rows_options
from newsarchive.sites import catalogue_names, load_site, site_names
from newsarchive.sites.verification import Verification, verifications, write_verification
from newsarchive.text import plain

if TYPE_CHECKING:
    from newsarchive.crawl.fetch_one import Load
    from newsarchive.crawl.site_check import Seen
    from newsarchive.sites import Site

_UNTRIED = "not tried"


@click.group(invoke_without_command=True, epilog="Example: newsarchive sites --json")
@rows_options
@click.pass_context
def sites(context: click.Context, form: str | None) -> None:
    """List the sites that can be crawled, or check one.

    Those of data/sites/ and the built-in ones are ready. Those of the catalogue come with the project, and nobody has
    tried their files on the live web: the last column says what `newsarchive sites check NAME` saw here.
    """
    if context.invoked_subcommand is not None:
        return
    tried = verifications()
    rows = [_row(load_site(name), tried.get(name)) for name in (*site_names(), *catalogue_names())]
    print_rows(["site", "title", "address", "state"], rows, form)
    if form is None:
        click.echo(f"{len(catalogue_names())} of these are the catalogue: second-hand facts,", err=True)
        click.echo("not tried on the live web before they came here.", err=True)
        click.echo("newsarchive sites check NAME tries one.", err=True)


@sites.command(epilog="Example: newsarchive sites check rthk")
@click.argument("name")
@rows_options
def check(name: str, form: str | None) -> int:
    """Look whether the file of site NAME is right: robots.txt, each way in, three articles.

    All is asked for as a crawl does, with its pauses and under its rules, and nothing is stored but the result, in
    data/sites/verified.json. The status is 1 when the file is not right.
    """
    from newsarchive.crawl.fetch_one import fetch_with  # noqa: PLC0415 - loads Scrapy and the reader
    from newsarchive.crawl.site_check import check_site  # noqa: PLC0415

    site = load_site(name)
    seen: list[Seen] = []

    async def work(load: Load) -> None:
        seen.extend(await check_site(site, load))

    fetch_with(work, [site.base_url + "/"])
    rows = [(one.what, one.address, "yes" if one.right else "no", one.seen) for one in seen]
    print_rows(["what", "address", "right", "seen"], rows, form)
    articles = [one.right for one in seen if one.what == "article"]
    is_right = bool(articles) and all(articles) and all(one.right for one in seen if one.what == "robots.txt")
    lines = tuple(f"{one.what} {one.address}: {one.seen}" for one in seen)
    day = datetime.now(UTC).date().isoformat()
    path = write_verification(name, Verification(day, is_right, lines))
    wrong = sum(not one.right for one in seen)
    told = f"{name}: {'right' if is_right else 'not right'}"
    if is_right and wrong:
        told += f", but for {wrong} way{'s' if wrong > 1 else ''} in"
    if not articles:
        told += ", no article was found"
    click.echo(plain(f"{told} - written to {path}"), err=True)
    return int(not is_right)


def _row(site: Site, tried: Verification | None) -> tuple[str, str, str, str]:
    state = "ready" if site.verified else _UNTRIED
    if tried is not None:
        state = f"{'right' if tried.is_right else 'not right'} on {tried.day}"
    return (site.name, site.title, site.base_url, state)
