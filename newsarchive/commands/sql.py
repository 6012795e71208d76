"""`newsarchive sql`: anybody's SQL, which can read everything, change nothing, and does not run for ever."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.archive.bounded_sql import bounded, must_say_something
from newsarchive.commands.output import print_rows, rows_options
from newsarchive.i18n import N_

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    epilog='Example: newsarchive sql "select published_date, count(*) from articles group by 1" --csv > days.csv'
)
@click.option("--timeout", default=60.0, show_default=True, help="Seconds after which the query is given up.")
@rows_options
@click.argument("query")
@click.pass_obj
def sql(db: Path, query: str, timeout: float, form: str | None) -> None:
    """Run a read-only SQL query and print its rows.

    QUERY is one statement; - reads it from standard input. `newsarchive sql "select * from sqlite_schema"` shows the
    tables, docs/schema.md explains them. Besides SQLite's own functions there is search_match(text), which makes of a
    search an expression for `search_index MATCH`.
    """
    text = sys.stdin.read() if query == "-" else query
    must_say_something(text)
    advice = N_("narrow it down, or add --timeout 600")
    with Archive.open(db, readonly=True) as archive, bounded(archive.connection, timeout, advice=advice):
        cursor = archive.connection.execute(text)
        print_rows([column[0] for column in cursor.description or ()], cursor, form, is_ours=False)
