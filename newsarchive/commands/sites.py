"""`newsarchive sites`: what can be crawled, and whether a site's file is right about it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from newsarchive.commands.output import print_rows, rows_options
from newsarchive.i18n import _, ngettext
from newsarchive.sites import catalogue_names, load_site, site_names
from newsarchive.sites.verification import Verification, verifications, write_verification
from newsarchive.text import plain

if TYPE_CHECKING:
    from newsarchive.crawl.fetch_one import Load
    from newsarchive.crawl.site_check import Seen
    from newsarchive.sites import Site


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
    print_rows(["site", "title", "address", "state"], rows, form, spare="address")
    if form is None:
        click.echo(
            _(
                "{number} of these are the catalogue: second-hand facts,\n"
                "not tried on the live web before they came here.\n"
                "newsarchive sites check NAME tries one.",
                number=len(catalogue_names()),
            ),
            err=True,
        )


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
    rows = [(_(one.what), one.address, _("yes") if one.right else _("no"), _(one.seen)) for one in seen]
    print_rows(["what", "address", "right", "seen"], rows, form)
    articles = [one.right for one in seen if one.what == "article"]
    is_right = bool(articles) and all(articles) and all(one.right for one in seen if one.what == "robots.txt")
    lines = tuple(f"{one.what} {one.address}: {one.seen}" for one in seen)
    day = datetime.now(UTC).date().isoformat()
    path = write_verification(name, Verification(day, is_right, lines))
    wrong = sum(not one.right for one in seen)
    if is_right and wrong:
        told = ngettext("right, but for {count} way in", "right, but for {count} ways in", wrong)
    elif articles:
        told = _("right") if is_right else _("not right")
    else:
        told = _("not right, no article was found")
    click.echo(plain(_("{name}: {told} - written to {path}", name=name, told=told, path=path)), err=True)
    return int(not is_right)


def _row(site: Site, tried: Verification | None) -> tuple[str, str, str, str]:
    state = _("ready") if site.verified else _("not tried")
    if tried is not None:
        state = _("right on {day}", day=tried.day) if tried.is_right else _("not right on {day}", day=tried.day)
    return (site.name, site.title, site.base_url, state)
