"""`newsarchive du`: what takes how much room."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.commands.output import json_option, size_of, to_json
from newsarchive.maintenance.du import KINDS, Usage, usage
from newsarchive.text import plain, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# Columns of a line: 14 + 7 + 5 * 10 with blanks between them, less than the 80 of a terminal.
_SITE, _MONTH, _SIZE = 14, 7, 10
_NONE = "(none)"


@click.command()
@click.option("--by", type=click.Choice(["month", "site"]), default="month", show_default=True, help="How finely.")
@json_option
@click.pass_obj
def du(db: Path, by: str, as_json: bool) -> None:
    """Show what takes how much room: texts, index, raw pages, machinery, by site and month.

    Texts are articles with all their parts and versions, the index is what is made of them for search and stories, warc
    are the raw pages, machinery is what crawls need to know (frontier, runs, problems, listings, rows of raw pages).
    Months are those in which an article or address was first seen and a page fetched (UTC). Sizes of tables are exact;
    they are divided among sites and months in proportion to what these hold.
    """
    with Archive.open(db, readonly=True) as archive:
        found = usage(archive)
    if by == "site":
        found = _sum_by_site(found)
    total = _sum("total", "", found)
    if as_json:
        for one in (*found, total):
            click.echo(to_json(asdict(one) | {"total": one.total}))
        return
    click.echo(_line("site", "month", *KINDS, "total"))
    for one in found:
        click.echo(_usage_line(one))
    click.echo(_usage_line(total))


def _sum_by_site(found: Iterable[Usage]) -> list[Usage]:
    sites: dict[str, list[Usage]] = defaultdict(list)
    for one in found:
        sites[one.site].append(one)
    return [_sum(site, "", parts) for site, parts in sites.items()]


def _sum(site: str, month: str, parts: list[Usage]) -> Usage:
    return Usage(site, month, *(sum(getattr(part, kind) for part in parts) for kind in KINDS))


def _usage_line(one: Usage) -> str:
    sizes = [size_of(getattr(one, kind)) for kind in (*KINDS, "total")]
    return _line(shorten(plain(one.site), _SITE) or _NONE, one.month, *sizes)


def _line(site: str, month: str, *sizes: str) -> str:
    return " ".join((f"{site:{_SITE}}", f"{month:{_MONTH}}", *(f"{size:>{_SIZE}}" for size in sizes)))
