"""`newsarchive plot`: charts as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.atomic import atomic_file
from newsarchive.commands.completion import complete_query
from newsarchive.commands.output import size_of
from newsarchive.commands.query_words import QueryCommand
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.plots.charts import KINDS, draw, has_chinese_font
from newsarchive.plots.fonts import FONT_HINT

if TYPE_CHECKING:
    from pathlib import Path

_FORMATS = ("svg", "png")


@click.command(
    cls=QueryCommand,
    epilog="Example: newsarchive plot volume volume.svg source:财联社 after:2022-03",
)
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("output")
@click.argument("query", nargs=-1, shell_complete=complete_query)
@click.pass_obj
def plot(db: Path, kind: str, output: str, query: tuple[str, ...]) -> None:
    """Draw a chart to an SVG or PNG file.

    \b
    volume   articles per day, stacked by source
    hours    weekday and hour of publication
    lag      hours until others carried a story
    gaps     sources by day, and the days on which they are silent

    OUTPUT ends in .svg or .png. QUERY is the same as for `newsarchive search`. Needs matplotlib (the extra `plot`) and,
    for Chinese labels, a font of this machine (NEWSARCHIVE_FONT may name its file).
    """  # noqa: D301 - click's mark for lines that it must not join
    form = output.rpartition(".")[2].lower()
    if form not in _FORMATS:
        raise UserError(_("{output}: a chart is written to a file that ends in .svg or .png", output=output))
    with Archive.open(db, readonly=True) as archive:
        figure = draw(archive.connection, kind, " ".join(query))
    # Nothing of the day or the program's version: the same archive gives the same file.
    metadata = {"Date": None, "Creator": "newsarchive"} if form == "svg" else {"Software": None}
    with atomic_file(output) as stream:
        figure.savefig(stream, format=form, metadata=metadata)
        size = stream.tell()
    click.echo(f"{output}: {size_of(size)}")
    if not has_chinese_font():
        click.echo(_("Its Chinese labels are missing. Fonts: {font_hint}", font_hint=FONT_HINT), err=True)
