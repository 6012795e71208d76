"""`newsarchive read`: what is read from one page and why, for people who write rules for a site."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

import newsarchive
from newsarchive.commands.output import (
    json_option,
    on_terminal,
    print_rows,
    to_json,
    wrap,
)
from newsarchive.commands.pages import get_page
from newsarchive.extract.explain import explain
from newsarchive.extract.validate import rejection
from newsarchive.i18n import _
from newsarchive.problems import REASONS
from newsarchive.sites import load_site
from newsarchive.text import plain
from newsarchive.timestamps import as_known

if TYPE_CHECKING:
    from newsarchive.models import Article

_WIDEST, _UNKNOWN = 88, 80
_COLUMNS = ("field", "value", "evidence")


@click.command(epilog="Example: newsarchive read saved.html --url https://news.example/a/1.html --explain")
@click.option("--site", help="Read by the rules of this site; else by those of the address's host, or by none.")
@click.option("--url", help="The address that a file had: it holds dates, numbers and the host.")
@click.option("--explain", "why", is_flag=True, help="Print every field with the rule that gave it.")
@json_option
@click.argument("place", metavar="URL-OR-FILE")
def read(place: str, site: str | None, url: str | None, why: bool, as_json: bool) -> int:
    """Show what is read from one page, and which rule gave each field.

    Nothing is stored. A page is fetched once, robots.txt permitting; addresses inside a private network are refused
    (a loopback address that was typed here is not). The status is 1 when the page is no article.
    """
    rules = load_site(site) if site else None
    article = newsarchive.process(get_page(place, rules, url=url), rules)
    rejected = rejection(article)
    if as_json:
        click.echo(to_json(_as_object(article), indent=2))
    elif why:
        print_rows(_COLUMNS, explain(article), None)
    else:
        _print(article)
    for problem in article.problems:
        text = f"{problem.reason}: {problem.detail or REASONS.get(problem.reason, '')}"
        click.echo(plain(text), err=True)
    if rejected:
        click.echo(plain(_("This page is no article: {value}", value=rejected.detail or rejected.reason)), err=True)
    return int(rejected is not None)


def _as_object(article: Article) -> dict[str, Any]:
    values = asdict(article)
    page = values.pop("page")
    values["published_at"] = article.published_at.isoformat() if article.published_at else None
    return {"url": page["url"], "status": page["status"], **values}


def _print(article: Article) -> None:
    width = min(_WIDEST, shutil.get_terminal_size((_UNKNOWN, 24)).columns) if on_terminal() else _UNKNOWN
    when = as_known(article.published_at.isoformat(), article.precision) if article.published_at else "no date"
    credit = " < ".join(filter(None, (article.source, *article.via)))
    names = " ".join(f"{byline.role} {byline.name}" for byline in article.bylines)
    for line in wrap(plain(article.title or "(no title)"), width):
        click.secho(line, bold=True)
    for line in wrap(plain(" · ".join(part for part in (credit, when, names, article.extractor) if part)), width):
        click.secho(line, fg="cyan")
    for paragraph in article.paragraphs:
        click.echo()
        for line in wrap(plain(paragraph.text), width):
            click.secho(line, bold=paragraph.kind == "heading")
