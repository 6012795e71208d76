"""`newsarchive words`: how often words are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.archive.grouping import GROUPS
from newsarchive.commands.completion import complete_query
from newsarchive.commands.output import print_rows, rows_options
from newsarchive.commands.query_words import QueryCommand

if TYPE_CHECKING:
    from pathlib import Path


@click.command(cls=QueryCommand, epilog="Example: newsarchive words --by source --word 银行 --word 渡轮 --csv")
@click.option(
    "--by",
    type=click.Choice([name for name, group in GROUPS.items() if not group.join]),
    help="Count in each of these.",
)
@click.option("--word", "only", multiple=True, help="Count this word alone; may be given several times.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="Words of each group at most.")
@click.option(
    "--min-length", default=2, show_default=True, type=click.IntRange(1), help="Leave shorter words out. Characters."
)
@rows_options
@click.argument("query", nargs=-1, shell_complete=complete_query)
@click.pass_obj
def words(
    db: Path,
    query: tuple[str, ...],
    *,
    by: str | None,
    only: tuple[str, ...],
    limit: int,
    min_length: int,
    form: str | None,
) -> int:
    """Count words: those that are used most, or those given with --word.

    QUERY is the same as for `newsarchive search`: only the articles that it finds are counted, with their headlines.
    `per_million` is how often a word stands in a million characters, so that days and sources of different sizes can be
    compared. Chinese is cut into words by a segmenter (the extra `words`); with --word none is needed, and every place
    counts that a search would find.
    """
    from newsarchive.corpus.counts import count_words  # noqa: PLC0415 - the help needs none of it
    from newsarchive.progress_bar import progress_bar  # noqa: PLC0415

    with Archive.open(db, readonly=True) as archive, progress_bar("articles") as progress:
        found = list(
            count_words(
                archive.connection,
                " ".join(query),
                by=by,
                only=only,
                limit=limit,
                shortest=min_length,
                progress=progress,
            )
        )
    names = [by] if by else []
    rows = ((*([one.group] if by else []), one.word, one.number, one.articles, one.per_million) for one in found)
    print_rows((*names, "word", "count", "articles", "per_million"), rows, form, bar="count")
    return int(not found)
