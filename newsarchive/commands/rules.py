"""`newsarchive rules`: rules for a site that has none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsarchive.commands.pages import fetch_pages, is_address, read_file
from newsarchive.commands.site_files import write_site_file
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.text import plain

if TYPE_CHECKING:
    from newsarchive.models import Page

MOST_PAGES = 6


@click.group()
def rules() -> None:
    """Write reading rules for a new site."""


@rules.command(epilog="Example: newsarchive rules draft https://news.example/a/1.html https://news.example/a/2.html")
@click.argument("places", metavar="URL-OR-FILE=URL...", nargs=-1, required=True)
@click.option("--name", help="Name of the site; else taken from its host.")
@click.option("--output", "-o", type=click.Path(), help="File to write, as data/sites/NAME.toml; else standard output.")
def draft(places: tuple[str, ...], name: str | None, output: str | None) -> int:
    """Draft a site file from two or three article pages of one site.

    A saved page is given with the address that it had: saved.html=https://news.example/a/1.html. Without one it has the
    address that it declares for itself, if any. The heuristics
    find title, time, text and credit; selectors are chosen that find the same on all pages, and the pages are read
    again by them. How sure each field is goes to standard error; the status is 1 when a field is not sure on all.
    """
    from newsarchive.drafting import draft as make_draft  # noqa: PLC0415 - loads the whole reader

    if not 2 <= len(places) <= MOST_PAGES:
        raise UserError(
            _("rules: two to {most_pages} pages are wanted, not {places}", most_pages=MOST_PAGES, places=len(places))
        )
    made = make_draft(_pages(places), name)
    if output is None:
        click.echo(made.toml, nl=False)
    else:
        write_site_file(Path(output), made.toml)
    for field in made.sure:
        rule = field.selector or _("left to the heuristics")
        click.echo(
            plain(
                _(
                    "{field:12}{right} of {known} pages  {rule}",
                    field=field.field,
                    right=field.right,
                    known=field.known,
                    rule=rule,
                )
            ),
            err=True,
        )
    return int(any(field.right < field.known or not field.selector for field in made.sure))


def _pages(places: tuple[str, ...]) -> list[Page]:
    """Return the pages in the order in which they were named; all that are on the web are fetched in one go."""
    urls = list(filter(is_address, places))
    fetched = iter(fetch_pages(urls) if urls else ())
    return [next(fetched) if is_address(place) else _read(place) for place in places]


def _read(place: str) -> Page:
    path, _, rest = place.partition("=http")
    page = read_file(path, url=f"http{rest}" if rest else None)
    return page if rest else _at_its_own_address(page)


def _at_its_own_address(page: Page) -> Page:
    """Return a saved page with the address that it declares (rel=canonical, og:url), if it declares one."""
    from newsarchive import read  # noqa: PLC0415 - loads the whole reader

    declared = read(page).canonical_url
    return replace(page, url=declared) if declared and is_address(declared) else page
