"""`newsarchive du`: what takes how much room."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.commands.output import columns_of, json_option, size_of, to_json
from newsarchive.i18n import N_, _
from newsarchive.maintenance.du import KINDS, Usage, usage
from newsarchive.text import plain, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

# The narrowest column of sites.
_SITE = 6


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
    total = _sum(_("total"), "", found)
    if as_json:
        for one in (*found, total):
            click.echo(to_json(asdict(one) | {"total": one.total}))
        return
    lines = [_cells(one) for one in (*found, total)]
    _print(
        [tuple(_(name) for name in (N_("site"), N_("month"), *KINDS, N_("total"))), *lines], get_terminal_size().columns
    )


def _sum_by_site(found: Iterable[Usage]) -> list[Usage]:
    sites: dict[str, list[Usage]] = defaultdict(list)
    for one in found:
        sites[one.site].append(one)
    return [_sum(site, "", parts) for site, parts in sites.items()]


def _sum(site: str, month: str, parts: list[Usage]) -> Usage:
    return Usage(site, month, *(sum(getattr(part, kind) for part in parts) for kind in KINDS))


def _cells(one: Usage) -> tuple[str, ...]:
    return (plain(one.site) or _("(none)"), one.month, *(size_of(getattr(one, kind)) for kind in (*KINDS, "total")))


def _print(lines: Sequence[tuple[str, ...]], width: int) -> None:
    """Print columns as wide as what is in them; names of sites are cut where a terminal is too narrow."""
    site, *others = (max(map(columns_of, column)) for column in zip(*lines, strict=True))
    site = min(site, max(_SITE, width - 1 - sum(others) - len(others)))
    for name, *cells in lines:
        name = shorten(name, site)  # noqa: PLW2901
        parts = [name + " " * (site - columns_of(name))]
        parts += [" " * (column - columns_of(cell)) + cell for cell, column in zip(cells, others, strict=True)]
        click.echo(" ".join(parts))
