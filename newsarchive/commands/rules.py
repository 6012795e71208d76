"""`newsarchive rules`: rules for a site that has none."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from newsarchive.atomic import atomic_file
from newsarchive.commands.fetch import get_page
from newsarchive.errors import UserError
from newsarchive.text import plain

if TYPE_CHECKING:
    from newsarchive.models import Page

MOST_PAGES = 6
_PAUSE = 1.0  # seconds between two requests to the site


@click.group()
def rules() -> None:
    """Write reading rules for a new site."""


@rules.command(epilog="Example: newsarchive rules draft https://news.example/a/1.html https://news.example/a/2.html")
@click.argument("places", metavar="URL-OR-FILE=URL...", nargs=-1, required=True)
@click.option("--name", help="Name of the site; else taken from its host.")
@click.option("--output", "-o", type=click.Path(), help="File to write, as data/sites/NAME.toml; else standard output.")
def draft(places: tuple[str, ...], name: str | None, output: str | None) -> int:
    """Draft a site file from two or three article pages of one site.

    A saved page is given with the address that it had: saved.html=https://news.example/a/1.html. The generic reader
    finds title, time, text and credit; selectors are chosen that find the same on all pages, and the pages are read
    again by them. How sure each field is goes to standard error; the status is 1 when a field is not sure on all.
    """
    from newsarchive.sites.draft import draft as make_draft  # noqa: PLC0415 - loads the whole reader

    if not 2 <= len(places) <= MOST_PAGES:
        raise UserError(f"rules: two to {MOST_PAGES} pages are wanted, not {len(places)}")
    made = make_draft(_pages(places), name)
    if output is None:
        click.echo(made.toml, nl=False)
    else:
        with atomic_file(output) as stream:
            stream.write(made.toml.encode("utf-8"))
    for field in made.sure:
        rule = field.selector or "left to the generic reader"
        click.echo(plain(f"{field.field:12}{field.right} of {field.known} pages  {rule}"), err=True)
    return int(any(field.right < field.known or not field.selector for field in made.sure))


def _pages(places: tuple[str, ...]) -> list[Page]:
    pages = []
    for number, place in enumerate(places):
        path, _, rest = place.partition("=http")
        is_file = bool(rest) and not path.startswith(("http://", "https://"))
        if number and not is_file:
            time.sleep(_PAUSE)
        pages.append(get_page(path, url=f"http{rest}") if is_file else get_page(place))
    return pages
