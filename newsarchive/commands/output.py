"""How commands print: rows in four forms, and texts of pages made harmless for a terminal."""

from __future__ import annotations

import json
import os
import re
import sys
from itertools import islice, product
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

import click

from newsarchive.i18n import ENGLISH, _, language
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
# Columns of a terminal: what is no longer is not broken; what is longer gets at least as much, or at least the second
# where it is not twice as long; and the shortest bar.
_SHORT, _LEAST, _SHORTEST_BAR = 20, 12, 6
# A moment of the archive; its seconds and its zone are in JSON and CSV.
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2})(?::[0-9.]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?")


_MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}")


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


def discard_output() -> None:
    """Let whatever is still written to standard output go nowhere: its reader is gone (`| head`)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
    spare: str | None = None,
    is_ours: bool = True,
) -> int:
    """Print rows as JSON lines, CSV, or a table: drawn on a terminal, tab-separated in a pipe. Returns their number.

    On a terminal the column of numbers named by `bar` is also drawn as bars, the column `spare` is left out where the
    table would have to break a value otherwise, and columns that are ours (`is_ours`) are named in the language of the
    reader. CSV cells that a spreadsheet would run get a leading apostrophe.
    """
    if form == "json":
        return _print_each(click.echo, (to_json(dict(zip(names, row, strict=True))) for row in rows))
    if form == "csv":
        return _print_csv(names, rows)
    if not on_terminal():
        click.echo("\t".join(names))
        return _print_each(click.echo, ("\t".join(map(_text, row)) for row in rows))
    return _print_table(names, rows, bar, spare, is_ours=is_ours)


def size_of(count: float) -> str:
    """Write a number of bytes for people."""
    if count < 1000:
        return _("{count:.0f} bytes", count=count)
    size, unit = count / 1000, "kB"
    for larger in ("MB", "GB"):
        if size >= 999.5:
            size, unit = size / 1000, larger
    return f"{size:.{1 if size < 99.95 else 0}f} {unit}"


def columns_of(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - what is ASCII needs none of it

    return cell_len(text)


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


def _print_csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    import csv  # noqa: PLC0415 - the other forms need neither

    from newsarchive.spreadsheet import cell  # noqa: PLC0415

    def written(value: Any) -> Any:
        if isinstance(value, bytes):
            return value.hex()
        return cell(plain_lines(value)) if isinstance(value, str) else value

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    return _print_each(writer.writerow, (list(map(written, row)) for row in rows))


def _print_each(write: Callable[[Any], Any], rows: Iterable[Any]) -> int:
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - counts them
        write(row)
    return count


def _print_table(
    names: Sequence[str], rows: Iterable[Sequence[Any]], bar: str | None, spare: str | None, *, is_ours: bool
) -> int:
    iterator = iter(rows)
    values = list(islice(iterator, MOST_ROWS))
    out = console()
    shown = [[_shown(value) for value in row] for row in values]
    place, spared = names.index(bar) if bar else None, names.index(spare) if spare else None
    names = [_(name) for name in names] if is_ours and language() != ENGLISH else names
    bar = names[place] if place is not None else None
    if not values:
        out.print(_table(names, values, shown, _Layout([0] * len(names), 0), bar))
        return 0
    without = {place for place in range(len(names)) if not any(row[place] for row in shown)}
    left_out = [set[int](), without] + ([without | {spared}] if spared is not None else [])
    variants = (shown, _without_year(shown))
    # Rather an empty column less, or the year, than a value that is broken.
    for breaks, absent, variant in product((False, True), left_out, variants):
        layout = _layout(names, variant, out.width, absent, has_bar=bar is not None, breaks=breaks)
        if layout is not None:
            out.print(_table(names, values, variant, layout, bar))
            break
    else:
        _print_records(out, names, shown)
    if next(iterator, None) is not None:
        click.echo(_("The first {most_rows:,} rows; a pipe, --json or --csv gives all.", most_rows=MOST_ROWS), err=True)
    return len(values)


def _shown(value: Any) -> str:
    """Write a value for a terminal: of a time the day and the minute, of a long text its beginning."""
    text = _text(value)
    if time := _TIME.fullmatch(text):
        return f"{time[1]} {time[2]}"
    return shorten(text, LONGEST_CELL)


def _without_year(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Write times without the year where all are of the same."""
    years = {text[:4] for row in rows for text in row if _MINUTE.fullmatch(text)}
    if len(years) != 1:
        return [list(row) for row in rows]
    return [[text[5:] if _MINUTE.fullmatch(text) else text for text in row] for row in rows]


class _Layout(NamedTuple):
    """How wide each column is (0: whatever is left; None: it is left out), and the bar."""

    columns: list[int | None]
    bar: int


def _layout(
    names: Sequence[str], rows: Sequence[Sequence[str]], width: int, absent: set[int], *, has_bar: bool, breaks: bool
) -> _Layout | None:
    """Share out the columns of a terminal among those not `absent`; None where they are too many or too wide.

    Short values are never broken; if it `breaks`, long ones are, where enough is left for them. A bar gets what
    remains, if anything.
    """
    widths = [
        None if place in absent else max(columns_of(names[place]), *map(columns_of, column))
        for place, column in enumerate(zip(*rows, strict=True))
    ]
    known = [column for column in widths if column is not None]
    long = [column for column in known if column > _SHORT]
    room = width - 3 * len(known) - 1 - sum(column for column in known if column <= _SHORT)
    if sum(long) <= room:  # it fits as it is
        left = room - sum(long) - 3
        return _Layout(widths, min(BAR, left) if has_bar and left >= _SHORTEST_BAR else 0)
    if not breaks or room < sum(_LEAST if column <= 2 * _SHORT else _SHORT for column in long):
        return None
    return _Layout([0 if column is not None and column > _SHORT else column for column in widths], 0)


def _table(
    names: Sequence[str],
    values: Sequence[Sequence[Any]],
    shown: Sequence[Sequence[str]],
    layout: _Layout,
    bar: str | None,
) -> Table:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(header_style="bold")
    drawn_places = [place for place, width in enumerate(layout.columns) if width is not None]
    for place in drawn_places:
        width = layout.columns[place]
        is_number = bool(values) and all(isinstance(row[place], int | float | None) for row in values)
        table.add_column(
            names[place],
            justify="right" if is_number else "left",
            no_wrap=bool(width),
            min_width=width or None,
            overflow="fold",
        )
    lengths = [row[names.index(bar)] or 0 for row in values] if bar and layout.bar else [0] * len(values)
    if layout.bar:
        table.add_column("", no_wrap=True, min_width=layout.bar)
    for row, length in zip(shown, lengths, strict=True):
        drawn = [Text("█" * round(layout.bar * length / max(1, *lengths)), "blue")] if layout.bar else []
        table.add_row(*(Text(row[place], overflow="fold") for place in drawn_places), *drawn)
    return table


def _print_records(out: Console, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows of more columns than fit beside each other one below the other; what is empty is left out."""
    from rich.text import Text  # noqa: PLC0415

    widest = max(map(columns_of, names))
    for number, row in enumerate(rows, 1):
        out.print(Text(f"── {number} ──", "dim"))
        for name, text in zip(names, row, strict=True):
            lines = wrap(text, max(20, out.width - widest - 4)) if text else []
            for place, line in enumerate(lines):
                head = "" if place else name
                head += " " * (widest + 2 - columns_of(head))
                out.print(Text.assemble((head, "bold"), line), no_wrap=True, crop=False)


# Signs that may not begin a line, and signs that may not end one.
_NOT_FIRST = frozenset("，。、；：？！）》」』】”’…—％,.;:?!)]}%")
_NOT_LAST = frozenset("（《「『【“‘([{")
# What is kept together: a Latin word or number, one blank, one character of any other kind.
_PIECES = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,:%'_/+-]*|\s+|.", re.DOTALL)


def wrap(text: str, width: int) -> list[str]:
    """Break a line of text into lines of at most `width` columns; signs that hang over are at most two columns."""
    if 2 * len(text) <= width:
        return [text.rstrip()]
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
