"""`newsarchive diff`: what changed between two revisions of an article, to the letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.archive.queries import find_article, revisions
from newsarchive.commands.output import (
    console,
    on_terminal,
    print_rows,
    rows_options,
)
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.text import plain
from newsarchive.textdiff import difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rich.text import Text

    from newsarchive.archive.queries import Revision
    from newsarchive.textdiff import Line, Piece

_COLUMNS = ("change", "before", "after")
# A removed or added piece in a pipe, as wdiff marks it.
_MARKS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
_LEADS = {"same": " ", "removed": "-", "added": "+", "changed": "~"}
_STYLES = {"removed": "red strike", "added": "green bold"}


@click.command(epilog="Example: newsarchive diff 202603053101994652 1 2")
@click.option("--all", "whole", is_flag=True, help="Also show unchanged paragraphs.")
@rows_options
@click.argument("key")
@click.argument("numbers", metavar="[REVISIONS]...", nargs=-1, type=click.IntRange(1))
@click.pass_obj
def diff(db: Path, key: str, numbers: tuple[int, ...], whole: bool, form: str | None) -> int:
    """Show what changed between two revisions of an article.

    KEY is the same as for `newsarchive show`. REVISIONS are two numbers; without them the newest revision is compared
    with the one before. A terminal shows them side by side; in a pipe, [-deletions-] and {+insertions+} are marked. The
    exit status is 1 when there is only one revision.
    """
    with Archive.open(db, readonly=True) as archive:
        known = revisions(archive.connection, find_article(archive.connection, key))
    if len(known) < 2 and not numbers:
        click.echo(_("There is only one revision: no change was seen."), err=True)
        return 1
    before, after = _pair(known, numbers)
    lines = difference(_text(before), _text(after))
    lines = lines if whole else [line for line in lines if not line.is_same]
    if form:
        print_rows(_COLUMNS, map(_row, lines), form)
    elif on_terminal():
        _draw(before, after, lines)
    else:
        _print(before, after, lines)
    return 0


def _pair(known: Sequence[Revision], wanted: tuple[int, ...]) -> tuple[Revision, Revision]:
    if not wanted:
        return known[-2], known[-1]
    if len(wanted) != 2:
        raise UserError(_("diff: give two revisions, or none - for example: newsarchive diff KEY 1 2"))
    by_number = {revision.revision: revision for revision in known}
    missing = [number for number in wanted if number not in by_number]
    if missing:
        raise UserError(
            _("there is no revision {missing}: the article has {known}", missing=missing[0], known=len(known))
        )
    return by_number[wanted[0]], by_number[wanted[1]]


def _text(revision: Revision) -> str:
    """Prepend the title as the first paragraph, so that it is compared like the others."""
    return "\n\n".join(part for part in (revision.title, revision.body) if part)


def _kind(line: Line) -> str:
    kinds = {piece.kind for piece in line.pieces}
    return kinds.pop() if len(kinds) == 1 else "changed"


def _side(line: Line, without: str) -> list[Piece]:
    return [piece for piece in line.pieces if piece.kind != without]


def _row(line: Line) -> tuple[str, str, str]:
    before, after = ("".join(piece.text for piece in _side(line, without)) for without in ("added", "removed"))
    return _kind(line), before, after


def _head(revision: Revision) -> str:
    return _(
        "revision {number} {time} ({cause})",
        number=revision.revision,
        time=revision.seen_at,
        cause=_(revision.cause),
    )


def _print(before: Revision, after: Revision, lines: Sequence[Line]) -> None:
    click.echo(f"--- {_head(before)}\n+++ {_head(after)}")
    for line in lines:
        kind = _kind(line)
        click.echo(f"{_LEADS[kind]} " + ("".join(_marked(line)) if kind == "changed" else plain(line.pieces[0].text)))


def _marked(line: Line) -> Iterator[str]:
    return (_MARKS[piece.kind].format(plain(piece.text)) for piece in line.pieces)


def _draw(before: Revision, after: Revision, lines: Sequence[Line]) -> None:
    from rich import box  # noqa: PLC0415 - only a terminal needs it
    from rich.table import Table  # noqa: PLC0415

    table = Table(_head(before), _head(after), box=box.SIMPLE_HEAD, show_lines=True, expand=True)
    for column in table.columns:
        column.ratio, column.overflow = 1, "fold"
    for line in lines:
        table.add_row(_drawn(_side(line, "added")), _drawn(_side(line, "removed")))
    console().print(table)


def _drawn(pieces: Sequence[Piece]) -> Text:
    from rich.text import Text  # noqa: PLC0415

    text = Text(overflow="fold")
    for piece in pieces:
        text.append(plain(piece.text), _STYLES.get(piece.kind, ""))
    return text
