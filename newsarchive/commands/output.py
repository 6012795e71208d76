"""How commands print: rows in four forms, and texts of pages made harmless for a terminal."""

from __future__ import annotations

import csv
import json
import re
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from newsarchive.spreadsheet import cell as spreadsheet_cell
from newsarchive.text import plain, plain_lines, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.console import Console
    from rich.table import Table


_P = ParamSpec("_P")
_T = TypeVar("_T")

#: A terminal gets so many rows and so many characters of a cell at most; pipes, JSON and CSV get everything.
MOST_ROWS, LONGEST_CELL = 1000, 300
#: Length of the longest bar in terminal columns.
BAR = 24
# Columns of a terminal below which a column of a table cannot be read.
_NARROWEST = 8


def rows_options(command: Callable[_P, _T]) -> Callable[_P, _T]:
    """Return a command that prints rows its two options; it receives `form`: "json", "csv" or None."""
    command = click.option("--json", "form", flag_value="json", help="Print JSON, one object per line.")(command)
    return click.option("--csv", "form", flag_value="csv", help="Print CSV with a header line.")(command)


def json_option(command: Callable[_P, _T]) -> Callable[_P, _T]:
    """Return a command that prints one thing its option; it receives `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def on_terminal() -> bool:
    """Return whether a person reads along, so that colours and drawn tables are of use."""
    return sys.stdout.isatty()


def console() -> Console:
    """Make a console for standard output; markup and highlighting are off, because texts of pages go through it."""
    from rich.console import Console  # noqa: PLC0415 - a tenth of a second that a pipe need not pay

    return Console(highlight=False, markup=False, emoji=False)


def to_json(value: Any, *, indent: int | None = None) -> str:
    """Write JSON that loses nothing and has no character that a terminal obeys: those are written as escapes."""
    return _UNPRINTABLE.sub(_escape, json.dumps(value, ensure_ascii=False, indent=indent, default=_hex))


def print_rows(
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    form: str | None,
    *,
    bar: str | None = None,
) -> int:
    """Print rows as JSON lines, CSV, or a table: drawn on a terminal, tab-separated in a pipe. Returns their number.

    On a terminal the column of numbers named by `bar` is also drawn as bars. CSV cells that a spreadsheet would run
    get a leading apostrophe.
    """
    if form == "json":
        return _print_each(click.echo, (to_json(dict(zip(names, row, strict=True))) for row in rows))
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        return _print_each(writer.writerow, ([_csv_cell(value) for value in row] for row in rows))
    if not on_terminal():
        click.echo("\t".join(names))
        return _print_each(click.echo, ("\t".join(map(_text, row)) for row in rows))
    return _print_table(names, rows, bar)


def size_of(count: float) -> str:
    """Write a number of bytes for people."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


# Everything but letters, signs and the blank: control and format characters, other blanks, surrogates, private use.
_UNPRINTABLE = re.compile(
    "[\x7f-\x9f\u00ad\u0600-\u0605\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _hex(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _text(value: Any) -> str:
    if value is None:
        return ""
    return plain(value if isinstance(value, str) else value.hex() if isinstance(value, bytes) else str(value))


def _csv_cell(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return spreadsheet_cell(plain_lines(value)) if isinstance(value, str) else value


def _print_each(write: Callable[[Any], Any], rows: Iterable[Any]) -> int:
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - counts them
        write(row)
    return count


def _print_table(names: Sequence[str], rows: Iterable[Sequence[Any]], bar: str | None) -> int:
    iterator = iter(rows)
    shown = list(islice(iterator, MOST_ROWS))
    out = console()
    if len(names) * _NARROWEST > out.width:
        _print_records(out, names, shown)
    else:
        out.print(_table(names, shown, bar))
    if next(iterator, None) is not None:
        click.echo(f"The first {MOST_ROWS:,} rows; a pipe, --json or --csv gives all.", err=True)
    return len(shown)


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]], bar: str | None) -> Table:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(*names, header_style="bold")
    for place, column in enumerate(table.columns):
        if rows and all(isinstance(row[place], int | float | None) for row in rows):
            column.justify = "right"
    lengths = [0 if bar is None else row[names.index(bar)] or 0 for row in rows]
    if bar:
        table.add_column("", no_wrap=True, min_width=BAR)
    for row, length in zip(rows, lengths, strict=True):
        drawn = [Text("█" * round(BAR * length / max(1, *lengths)), "blue")] if bar else []
        table.add_row(*(Text(shorten(_text(value), LONGEST_CELL), overflow="fold") for value in row), *drawn)
    return table


def _print_records(out: Console, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows of more columns than fit beside each other one below the other."""
    from rich.text import Text  # noqa: PLC0415

    widest = max(map(len, names))
    for number, row in enumerate(rows, 1):
        out.print(Text(f"── {number} ──", "dim"))
        for name, value in zip(names, row, strict=True):
            lines = wrap(shorten(_text(value), LONGEST_CELL), max(20, out.width - widest - 4))
            for place, line in enumerate(lines):
                head = f"{'' if place else name:{widest}}  "
                out.print(Text.assemble((head, "bold"), line), no_wrap=True, crop=False)


# Signs that may not begin a line, and signs that may not end one.
_NOT_FIRST = frozenset("，。、；：？！）》」』】”’…—％,.;:?!)]}%")
_NOT_LAST = frozenset("（《「『【“‘([{")
# What is kept together: a Latin word or number, one blank, one character of any other kind.
_PIECES = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,:%'_/+-]*|\s+|.", re.DOTALL)


def wrap(text: str, width: int) -> list[str]:
    """Break a line of text into lines of at most `width` columns; signs that hang over are at most two columns."""
    from rich.cells import cell_len  # noqa: PLC0415 - a pipe breaks no lines

    lines: list[str] = []
    line, columns = "", 0
    for piece in _pieces(text, width):
        size = cell_len(piece)
        if columns + size > width and line and not (piece in _NOT_FIRST and columns <= width):
            kept = _tail(line)
            lines.append(line[: len(line) - len(kept)].rstrip())
            line, columns = kept, cell_len(kept)
            piece = piece.lstrip()  # noqa: PLW2901 - a blank at the break is the break
        line += piece
        columns = columns + size if piece else columns
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str, width: int) -> Iterator[str]:
    for piece in _PIECES.findall(text):
        if len(piece) <= width:
            yield piece
        else:  # an address or a number longer than a line
            yield from (piece[start : start + width] for start in range(0, len(piece), width))


def _tail(line: str) -> str:
    """Return the signs at the end of a line that belong to what follows."""
    end = len(line)
    while end > 1 and line[end - 1] in _NOT_LAST:
        end -= 1
    return line[end:]
