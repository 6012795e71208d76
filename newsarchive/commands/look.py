"""Commands that look into the archive and change nothing."""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from newsarchive.archive import Archive
from newsarchive.archive.overview import overview
from newsarchive.commands.show_overview import print_overview
from newsarchive.errors import UserError
from newsarchive.sites import load_site, site_names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_P = ParamSpec("_P")
_T = TypeVar("_T")

_PROBLEMS = (
    "SELECT last_at, site, stage, reason, count, url, detail FROM problems"
    " WHERE (?1 IS NULL OR reason = ?1) ORDER BY last_at DESC, id DESC LIMIT ?2"
)


def _as_rows(command: Callable[_P, _T]) -> Callable[_P, _T]:
    """Give a command that prints rows its two options."""
    command = click.option("--json", "form", flag_value="json", help="Print JSON, one object a line.")(command)
    return click.option("--csv", "form", flag_value="csv", help="Print CSV with a heading.")(command)


@click.command()
@click.pass_obj
def stats(db: Path) -> None:
    """Show what is in the archive."""
    with Archive.open(db, readonly=True) as archive:
        print_overview(overview(archive.connection), db)


@click.command()
@click.option("--reason", help="Only problems of this kind.")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@_as_rows
@click.pass_obj
def problems(db: Path, reason: str | None, limit: int, form: str | None) -> None:
    """List what went wrong, newest first."""
    with Archive.open(db, readonly=True) as archive:
        cursor = archive.connection.execute(_PROBLEMS, (reason, limit))
        print_rows([column[0] for column in cursor.description], cursor.fetchall(), form)


@click.command()
@_as_rows
@click.argument("query")
@click.pass_obj
def sql(db: Path, query: str, form: str | None) -> None:
    """Run a read-only SQL QUERY and print its rows."""
    with Archive.open(db, readonly=True) as archive:
        try:
            cursor = archive.connection.execute(query)
            rows = cursor.fetchall()
        except sqlite3.Error as error:
            raise UserError(f"this SQL cannot be run: {error}") from error
        print_rows([column[0] for column in cursor.description or ()], rows, form)


@click.command()
@_as_rows
def sites(form: str | None) -> None:
    """List the sites that can be crawled."""
    rows = [(site.name, site.title, site.base_url) for site in map(load_site, site_names())]
    print_rows(["site", "title", "address"], rows, form)


def print_rows(names: Sequence[str], rows: Sequence[Sequence[Any]], form: str | None) -> None:
    """Print rows as JSON lines, CSV, or a table: drawn on a terminal, tab-separated in a pipe."""
    if form == "json":
        for row in rows:
            click.echo(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False))
    elif form == "csv" or not sys.stdout.isatty():
        writer = csv.writer(sys.stdout, delimiter="," if form == "csv" else "\t", lineterminator="\n")
        writer.writerows([names, *rows])
    else:
        table = Table(*names, header_style="bold")
        for row in rows:
            table.add_row(*(Text("" if value is None else str(value)) for value in row))
        Console().print(table)
