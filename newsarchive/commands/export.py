"""`newsarchive export`: articles in the formats of other programs, whole or not at all."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.atomic import atomic_file, atomic_folder
from newsarchive.commands.completion import complete_query
from newsarchive.commands.output import on_terminal
from newsarchive.commands.query_words import QueryCommand
from newsarchive.errors import UserError
from newsarchive.export import FORMATS, Export, FileFormat, FolderFormat
from newsarchive.i18n import _, ngettext
from newsarchive.progress_bar import progress_bar
from newsarchive.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from newsarchive.search import Search

#: Entries of a feed unless another number is asked for.
FEED = 50


def _names(kind: type[FileFormat | FolderFormat]) -> list[str]:
    return [name for name, form in FORMATS.items() if isinstance(form, kind)]


def _listed(names: list[str], last: str = " and ") -> str:
    return last.join(filter(None, (", ".join(names[:-1]), names[-1])))


_LINES = "\n".join(f"{name:9} {form.help}" for name, form in FORMATS.items())
# \b is click's mark for lines that it must not join.
_HELP = f"""Export articles to a format that other programs read.

\b
{_LINES}

QUERY is the same as for `newsarchive search`; without it everything is exported. {_listed(_names(FileFormat))} go to
standard output unless --output names a file. A file or folder is written completely or not at all. The exit status is 1
when something is left out: raw pages that are damaged of a WACZ file, or rows that a sheet of Excel has no room for.
"""


@click.command(
    cls=QueryCommand,
    help=_HELP,
    epilog="Example: newsarchive export xlsx -o 2022-03.xlsx after:2022-03 before:2022-04",
)
@click.argument("format", type=click.Choice(list(FORMATS)))
@click.argument("query", nargs=-1, shell_complete=complete_query)
@click.option(
    "--output",
    "-o",
    type=click.Path(),
    help=f"File or ({_listed(_names(FolderFormat), ', ')}) new folder to write.",
)
@click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark: Excel needs it for Chinese.")
@click.option("--newest", default=FEED, show_default=True, type=click.IntRange(1), help="Length of an Atom feed.")
@click.option("--title", default="newsarchive", show_default=True, help="Title of an Atom feed or a WACZ file.")
@click.pass_obj
def export(
    db: Path,
    /,
    format: str,  # noqa: A002 - its name in the help
    query: tuple[str, ...],
    output: str | None,
    *,
    bom: bool,
    newest: int,
    title: str,
) -> int:
    """Write the articles that a query matches in one of `FORMATS`."""
    form, words = FORMATS[format], " ".join(query)
    is_folder = isinstance(form, FolderFormat)
    if output is None and (is_folder or on_terminal()):
        raise UserError(
            _("export {format}: where to? Add -o NAME", format=format)
            if is_folder
            else _("export {format}: where to? Add -o NAME or a pipe", format=format)
        )
    left_out: list[str] = []
    with Archive.open(db, readonly=True) as archive, _progress(archive.search, format, words) as progress:
        wanted = Export(archive.connection, words, bom, newest, title, progress, left_out.append)
        number = _write(form, wanted, output)
    if output:
        told = ngettext(
            "{count} article written to {output}", "{count} articles written to {output}", number, output=output
        )
    else:
        told = ngettext("{count} article", "{count} articles", number)
    click.echo(told, err=True)
    for reason in left_out:
        click.echo(_("Left out: {reason}", reason=plain(reason)), err=True)
    return int(bool(left_out))


def _write(form: FileFormat | FolderFormat, wanted: Export, output: str | None) -> int:
    if isinstance(form, FolderFormat):
        assert output is not None
        with atomic_folder(output) as folder:
            return form.write(wanted, folder)
    if output is None:
        return form.write(wanted, sys.stdout.buffer)
    with atomic_file(output) as stream:
        return form.write(wanted, stream)


@contextmanager
def _progress(search: Search, name: str, query: str) -> Iterator[Callable[[int], None]]:
    total = search.count(search.parse(query)) if sys.stderr.isatty() else None
    with progress_bar(name, total=total) as report:
        yield report
