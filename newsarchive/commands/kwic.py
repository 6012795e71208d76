"""`newsarchive kwic`: a concordance on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.commands.completion import complete_query
from newsarchive.commands.output import console, on_terminal, print_rows, rows_options
from newsarchive.commands.query_words import QueryCommand
from newsarchive.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newsarchive.corpus.concordance import Line, Sort

# Columns of a terminal that a line needs beside its text: the day, and blanks.
_DAY = 12


@click.command(cls=QueryCommand, epilog="Example: newsarchive kwic 银行 source:江湾晚报 --sort right")
@click.option(
    "--width", default=40, show_default=True, type=click.IntRange(1, 400), help="Characters shown on each side."
)
@click.option(
    "--sort",
    type=click.Choice(["newest", "oldest", "left", "right"]),
    default="newest",
    show_default=True,
    help="By time, or by what stands beside the word.",
)
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1), help="Maximum number of lines.")
@rows_options
@click.argument("query", nargs=-1, required=True, shell_complete=complete_query)
@click.pass_obj
def kwic(db: Path, query: tuple[str, ...], *, width: int, sort: Sort, limit: int, form: str | None) -> int:
    """Show every place at which a word stands, with what is around it (a concordance).

    QUERY is the same as for `newsarchive search`; the places of all its words are shown, those to be left out excepted.
    The status is 1 when there is none.
    """
    from newsarchive.corpus.concordance import Line, concordance  # noqa: PLC0415 - the help needs none of it

    with Archive.open(db, readonly=True) as archive:
        found = concordance(archive.connection, " ".join(query), width=width, sort=sort, limit=limit)
    if form is None and on_terminal():
        _draw(found.lines)
    elif found.lines or form:
        print_rows(Line._fields, found.lines, form)
    places = ngettext("{count} place", "{count} places", found.places)
    articles = ngettext("{count} article", "{count} articles", found.articles)
    if len(found.lines) < found.places:
        shown = f"{len(found.lines):,}"
        told = _("The first {shown} of {places} in {articles}", shown=shown, places=places, articles=articles)
    else:
        told = _("{places} in {articles}", places=places, articles=articles)
    click.echo(told, err=True)
    return int(not found.places)


def _draw(lines: Sequence[Line]) -> None:
    """Print the words below each other; what does not fit is cut at the outer ends."""
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415 - only a terminal needs it
    from rich.text import Text  # noqa: PLC0415

    out = console()
    side = max(8, (out.width - _DAY - max((cell_len(line.match) for line in lines), default=0)) // 2)
    for line in lines:
        left = line.left
        while cell_len(left) > side:
            left = left[1:]
        text = Text()
        text.append(f"{(line.published_at or '')[:10]:10}  ", "cyan")
        text.append(" " * (side - cell_len(left)) + left)
        text.append(line.match, "bold reverse")
        text.append(set_cell_size(line.right, min(cell_len(line.right), side)).rstrip())
        out.print(text, no_wrap=True, crop=False)
