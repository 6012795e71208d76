"""Pictures of the terminal for the documentation."""

from __future__ import annotations

import html
import io
import re
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import MONOKAI

from newsarchive.archive import Archive
from newsarchive.archive.statistics import last_runs, overview
from newsarchive.commands.overview import print_overview, print_run
from newsarchive.paths import ARCHIVE

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = 110
# rich names fonts that a viewer would load from elsewhere; the viewer's own will do.
_TEXT = re.compile(r'textLength="([\d.]+)"([^>]*)>([^<]+)<')
_REMOTE_FONT = re.compile(r"@font-face\s*\{[^}]*\}")


def draw_crawl(path: Path, picture: Path) -> None:
    """Draw what the first crawl into the archive at `path` printed at its end."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), highlight=False)
    with Archive.open(path, readonly=True) as archive:
        console.print("[bold]$ make crawl[/]")
        print_overview(overview(archive.connection), ARCHIVE, console)
        print_run(last_runs(archive.connection, 0)[:2], ARCHIVE, console)
    svg = console.export_svg(title="newsarchive", theme=MONOKAI)
    picture.write_text(_TEXT.sub(_widen, _REMOTE_FONT.sub("", svg)), encoding="utf-8")


def _widen(match: re.Match[str]) -> str:
    """Return Chinese characters their two columns: rich counts every character as one."""
    text = html.unescape(match[3])
    length = float(match[1]) * cell_len(text) / len(text)
    return f'textLength="{length:.1f}"{match[2]}>{match[3]}<'
