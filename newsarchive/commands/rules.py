"""`newsarchive rules`: rules for a site that has none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsarchive.commands.pages import is_address, read_file
from newsarchive.commands.site_files import write_site_file
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.text import plain

if TYPE_CHECKING:
    from newsarchive.crawl.fetch_one import Load
    from newsarchive.drafting import Draft, Proof
    from newsarchive.models import Page

MOST_PAGES = 6
# From so many pages on the last one proves what the others gave; so many links are tried where there is none.
_FEWEST_TO_PROVE, _MOST_TRIED = 3, 3


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

    The rules are proved on a page that was no example: the last of three or more, else an article to which an example
    links. Where that one is read otherwise, the status is 1, too.
    """
    if not 2 <= len(places) <= MOST_PAGES:
        raise UserError(
            _("rules: two to {most_pages} pages are wanted, not {places}", most_pages=MOST_PAGES, places=len(places))
        )
    made, proof = _drafted(places, name)
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
    click.echo(plain(_told(proof)), err=True)
    unsure = any(field.right < field.known or not field.selector for field in made.sure)
    return int(unsure or bool(proof and proof.otherwise))


def _told(proof: Proof | None) -> str:
    """Say how the page was read that was no example."""
    if proof is None:
        return _("not proved: no page that was no example - give a third article page")
    if not proof.otherwise:
        return _("proved: {url}, which was no example, is read right", url=proof.url)
    fields = ", ".join(proof.otherwise)
    return _("failed: {url}, which was no example, is read otherwise: {fields}", url=proof.url, fields=fields)


def _drafted(places: tuple[str, ...], name: str | None) -> tuple[Draft, Proof | None]:
    """Draft rules from pages, and prove them; all that is on the web is fetched in one go, in the order of print."""
    urls = list(filter(is_address, places))
    if not urls:
        return _proved([_read(place) for place in places], name)
    from newsarchive.crawl.fetch_one import fetch_all, fetch_with  # noqa: PLC0415 - loads Scrapy

    found: list[tuple[Draft, Proof | None]] = []

    async def work(load: Load) -> None:
        fetched: list[Page] = []
        await fetch_all(urls, fetched, load)
        pages = [fetched.pop(0) if is_address(place) else _read(place) for place in places]
        made, proof = _proved(pages, name)
        found.append((made, proof or await _proof_among_links(made, pages, load)))

    fetch_with(work, urls)
    return found[0]


def _proved(pages: list[Page], name: str | None) -> tuple[Draft, Proof | None]:
    """Draft rules from pages; of three or more the last proves them, and is an example only where it cannot."""
    from newsarchive.drafting import draft as make_draft  # noqa: PLC0415 - loads the whole reader
    from newsarchive.drafting import prove  # noqa: PLC0415

    if len(pages) < _FEWEST_TO_PROVE:
        return make_draft(pages, name), None
    made = make_draft(pages[:-1], name)
    proof = prove(made, pages[-1])
    return (made, proof) if proof and not proof.otherwise else (make_draft(pages, name), proof)


async def _proof_among_links(made: Draft, pages: list[Page], load: Load) -> Proof | None:
    """Prove rules on the first article among the pages to which the examples link; few are tried."""
    import asyncio  # noqa: PLC0415

    from newsarchive.crawl.fetch_one import PAUSE  # noqa: PLC0415
    from newsarchive.drafting import linked_articles, prove  # noqa: PLC0415

    for url in linked_articles(made, pages)[:_MOST_TRIED]:
        await asyncio.sleep(PAUSE)
        try:
            page = await load(url)
        except UserError:
            continue
        proof = prove(made, replace(page, url=page.base_url, final_url=None))
        if proof is not None:
            return proof
    return None


def _read(place: str) -> Page:
    path, _, rest = place.partition("=http")
    page = read_file(path, url=f"http{rest}" if rest else None)
    return page if rest else _at_its_own_address(page)


def _at_its_own_address(page: Page) -> Page:
    """Return a saved page with the address that it declares (rel=canonical, og:url), if it declares one."""
    from newsarchive import read  # noqa: PLC0415 - loads the whole reader

    declared = read(page).canonical_url
    return replace(page, url=declared) if declared and is_address(declared) else page
