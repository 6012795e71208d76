"""`newsarchive stats`: how many articles, by day, source, category and more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from newsarchive.archive import Archive
from newsarchive.archive.grouping import GROUPS
from newsarchive.archive.joins import ARTICLES_WITH_NAMES
from newsarchive.commands.completion import complete_query
from newsarchive.commands.output import on_terminal, print_rows, rows_options
from newsarchive.commands.query_words import QueryCommand

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from newsarchive.search import Sql


_SUMMARY = ("day", "source", "category")


@click.command(
    cls=QueryCommand,
    epilog="Example: newsarchive stats --by source 降准 after:2022-03",
)
@click.option("--by", type=click.Choice(list(GROUPS)), help="Count by this only.")
@click.option(
    "--limit", type=click.IntRange(1), help="Maximum number of lines: the newest, or those with most articles."
)
@rows_options
@click.argument("query", nargs=-1, shell_complete=complete_query)
@click.pass_obj
def stats(db: Path, by: str | None, limit: int | None, form: str | None, query: tuple[str, ...]) -> None:
    """Count articles by day, source, category and more.

    QUERY is the same as for `newsarchive search`: only the articles that it finds are counted. Without QUERY and --by
    an overview is printed; with --json or --csv, the counts by day, source and category. Articles without a value (no
    date, no time of day, no source) are counted under an empty one; weekdays are numbers, 0 is Sunday. Days and hours
    are local to the site.
    """
    with Archive.open(db, readonly=True) as archive:
        # Without a query nothing of the search is loaded.
        where = archive.search.condition(archive.search.parse(" ".join(query))) if query else None
        if by:
            print_rows((by, "articles"), _count(archive.connection, by, where, limit), form, bar="articles")
        elif form or query:
            print_rows(("by", "value", "articles"), _summary(archive.connection, where, limit), form, bar="articles")
        else:
            from newsarchive.archive.statistics import overview  # noqa: PLC0415 - counts by one thing need none of it
            from newsarchive.commands.overview import print_overview  # noqa: PLC0415 - draws with much of rich

            print_overview(overview(archive.connection), db)
            if on_terminal():
                rows = _count(archive.connection, "category", where, limit or 12)
                print_rows(("category", "articles"), rows, None, bar="articles")


def _summary(connection: sqlite3.Connection, where: Sql | None, limit: int | None) -> Iterator[tuple[Any, ...]]:
    for by in _SUMMARY:
        yield from ((by, *row) for row in _count(connection, by, where, limit))


def _count(connection: sqlite3.Connection, by: str, where: Sql | None, limit: int | None) -> list[tuple[Any, ...]]:
    group = GROUPS[by]
    order = "1 DESC" if group.in_order else "2 DESC, 1"
    rows = connection.execute(
        f"SELECT {group.value}, count(*) {ARTICLES_WITH_NAMES} {group.join} WHERE {where.text if where else 'true'}"
        f" GROUP BY 1 ORDER BY {order} LIMIT ?",
        (*(where.parameters if where else ()), -1 if limit is None else limit),
    ).fetchall()
    return rows[::-1] if group.in_order else rows
