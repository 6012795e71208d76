"""`newsarchive export`: articles in the formats of other programs, whole or not at all."""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from newsarchive import export as writers
from newsarchive.archive import Archive
from newsarchive.archive.queries import PARTS, articles, articles_of
from newsarchive.commands.output import on_terminal
from newsarchive.errors import UserError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import IO

    from newsarchive.search import Search

    Progress = Callable[[int], None]

#: Formats that are one file, and formats that are a folder.
FILES, FOLDERS = ("csv", "jsonl", "atom"), ("parquet", "jekyll", "text")
#: Entries of a feed where nobody asks for another number.
FEED = 50


@dataclass(frozen=True, slots=True)
class _Wanted:
    format: str
    query: str
    bom: bool
    newest: int
    title: str


@click.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
    epilog="Example: newsarchive export csv --bom -o 2022-03.csv after:2022-03 before:2022-04",
)
@click.argument("format", type=click.Choice([*FILES, *FOLDERS]))
@click.argument("query", nargs=-1)
@click.option("--output", "-o", type=click.Path(), help="File or (parquet, jekyll, text) new folder to write.")
@click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark: Excel needs it for Chinese.")
@click.option("--newest", default=FEED, show_default=True, type=click.IntRange(1), help="Length of an Atom feed.")
@click.option("--title", default="newsarchive", show_default=True, help="Title of an Atom feed.")
@click.pass_obj
def export(db: Path, /, format: str, query: tuple[str, ...], output: str | None, **options: str | int | bool) -> None:  # noqa: A002
    """Write articles in a format that other programs read.

    \b
    csv       one line an article, for spreadsheets (no cell is run as a formula)
    jsonl     JSON Lines: one article a line with paragraphs, mentions, images, copies
    atom      a feed of the newest
    parquet   a folder with one file a month, for DuckDB, polars and pandas
    jekyll    post files with front matter, in the mirror's own form
    text      a corpus: one plain text file an article, and index.csv

    QUERY takes what `newsarchive search` takes; without one everything is written. csv, jsonl and atom go to standard
    output unless --output names a file. What is half-written is never left behind.
    """  # noqa: D301 - click's mark for lines that it must not join
    wanted = _Wanted(format, " ".join(query), bool(options["bom"]), int(options["newest"]), str(options["title"]))
    if output is None and (format in FOLDERS or on_terminal()):
        raise UserError(f"export {format}: where to? Add -o NAME" + ("" if format in FOLDERS else " or a pipe"))
    with Archive.open(db, readonly=True) as archive, _progress(archive.search, wanted) as tell:
        number = _write(archive, wanted, output, tell)
    click.echo(f"{number:,} articles" + (f" written to {output}" if output else ""), err=True)


def _write(archive: Archive, wanted: _Wanted, output: str | None, tell: Progress) -> int:
    if wanted.format in FOLDERS:
        assert output is not None
        with writers.atomic_folder(output) as folder:
            return _write_folder(archive.connection, wanted, folder, tell)
    if output is None:
        return _write_stream(archive, wanted, sys.stdout.buffer, tell)
    with writers.atomic_file(output) as stream:
        return _write_stream(archive, wanted, stream, tell)


def _write_folder(connection: sqlite3.Connection, wanted: _Wanted, folder: Path, tell: Progress) -> int:
    if wanted.format == "parquet":
        return writers.write_parquet(connection, folder, wanted.query, progress=tell)
    write = writers.write_posts if wanted.format == "jekyll" else writers.write_corpus
    with closing(articles(connection, wanted.query, progress=tell)) as found:
        return write(found, folder)


def _write_stream(archive: Archive, wanted: _Wanted, stream: IO[bytes], tell: Progress) -> int:
    connection = archive.connection
    if wanted.format == "atom":
        hits = archive.search.hits(archive.search.parse(wanted.query), limit=wanted.newest)
        (archive_id,) = connection.execute("SELECT archive_id FROM identity").fetchone()
        feed_id = f"urn:newsarchive:feed:{archive_id}" + (f":{wanted.query}" if wanted.query else "")
        found = articles_of(connection, [hit.article_id for hit in hits])
        return writers.write_atom(found, stream, title=wanted.title, feed_id=feed_id)
    parts = () if wanted.format == "csv" else tuple(PARTS)
    with closing(articles(connection, wanted.query, parts=parts, progress=tell)) as found:
        if wanted.format == "csv":
            return writers.write_csv(found, stream, bom=wanted.bom)
        return writers.write_json_lines(found, stream)


@contextmanager
def _progress(search: Search, wanted: _Wanted) -> Iterator[Progress]:
    """Draw a bar on a terminal's standard error; elsewhere nothing is told."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    total = search.count(search.parse(wanted.query))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(wanted.format, total=total)
        yield lambda done: bar.update(task, completed=done)
