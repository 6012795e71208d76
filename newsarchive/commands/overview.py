"""Print an overview of the archive for people: totals, bars per day and source, what went wrong, what to type next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.cells import set_cell_size
from rich.columns import Columns
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from newsarchive.commands.output import BAR
from newsarchive.i18n import N_, _, ngettext, stored
from newsarchive.paths import ARCHIVE
from newsarchive.problems import REASONS
from newsarchive.text import plain, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsarchive.archive.statistics import Overview

_NEXT = (
    (N_("find a word"), "search 银行"),
    (N_("browse"), "open"),
    (N_("ask in SQL"), 'sql "select published_date, title from articles limit 5"'),
    (N_("see what went wrong"), "problems"),
)
_TITLE = 40


def print_overview(found: Overview, db: Path, console: Console | None = None) -> None:
    """Print what is in the archive; texts from pages are printed as text, never as markup or control codes."""
    console = console or Console(highlight=False)
    console.print(Panel(_totals(found), title=f"[bold]{plain(_near(db))}[/]", title_align="left", box=box.ROUNDED))
    if found.articles:
        counted = [(_("per day"), found.days), (_("per source"), found.top_sources)]
        console.print(Columns([_bars(title, rows) for title, rows in counted if rows], padding=(0, 3)), "")
        console.print(_latest(found), "")
    if found.problems:
        console.print(_problems(found), "")


def print_run(runs: Sequence[dict[str, Any]], db: Path, console: Console | None = None) -> None:
    """Print what the last runs brought, and what to type next."""
    console = console or Console(highlight=False)
    new = sum(run["counts"].get("articles/new", 0) for run in runs)
    changed = sum(run["counts"].get("articles/changed", 0) for run in runs)
    failed = [run for run in runs if run["outcome"] not in ("finished", "running")]
    if failed:
        for run in failed:
            console.print(f"[bold red]{_named(run, runs)} {_(run['outcome'])}[/]: {plain(stored(str(run['reason'])))}")
    elif new or changed:
        console.print(
            "[bold green]"
            + ngettext("This crawl added {count} article", "This crawl added {count} articles", new)
            + ngettext("; {count} more copy added to articles.", "; {count} more copies added to articles.", changed)
            + "[/]"
        )
    else:
        told = _("Nothing new: the archive already has everything that the site lists.")
        console.print(f"[bold]{told}[/]")
    for run in runs:
        if run["outcome"] == "finished" and run["reason"]:
            console.print(
                "[bold yellow]"
                + _("{run} collected less than expected", run=_named(run, runs))
                + f"[/]: {plain(stored(run['reason']))}"
            )
    option = "" if db.absolute() == ARCHIVE.absolute() else f"--db {db} "
    console.print("\n" + _("Next:"))
    for purpose, command in _NEXT:
        console.print(
            f"  {set_cell_size(_(purpose), 22)}[cyan].venv/bin/newsarchive {option}{command}[/]", soft_wrap=True
        )


def _named(run: dict[str, Any], runs: Sequence[dict[str, Any]]) -> str:
    """Name a run by its spider, and by its site where there are others."""
    return _("{spider} of {site}", spider=run["spider"], site=run["site"]) if len(runs) > 1 else str(run["spider"])


def _near(path: Path) -> str:
    """Spell a path from here where it lies below."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _totals(found: Overview) -> Text:
    if not found.articles:
        return Text(_("The archive is empty."))
    days = _("{first} to {last}", first=found.first_day, last=found.last_day) if found.first_day else _("no dates")
    lines = [
        _(
            "{articles} from {sources}, {days}",
            articles=ngettext("{count} article", "{count} articles", found.articles),
            sources=ngettext("{count} source", "{count} sources", found.sources),
            days=days,
        ),
        _(", ").join(
            (
                ngettext("{count} character", "{count} characters", found.characters),
                ngettext("{count} copy", "{count} copies", found.copies),
                ngettext("{count} article in several texts", "{count} articles in several texts", found.revised),
                ngettext("{count} security mentioned", "{count} securities mentioned", found.mentions),
            )
        ),
    ]
    if pending := found.frontier.get("pending"):
        lines.append(ngettext("{count} page is pending", "{count} pages are pending", pending))
    return Text("\n".join(lines))


def _bars(title: str, rows: Sequence[tuple[str, int]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, show_header=False, padding=(0, 1))
    most = max((count for _name, count in rows), default=1)
    for name, count in rows:
        table.add_row(
            Text(plain(name)), Text(str(count), style="bold"), Text("█" * max(1, BAR * count // most), "blue")
        )
    table.columns[1].justify = "right"
    return table


def _latest(found: Overview) -> Table:
    table = Table(
        title=_("newest"), title_justify="left", title_style="bold", box=None, show_header=False, padding=(0, 1)
    )
    for day, title, source in found.latest:
        table.add_row(
            day or _("no date"),
            Text(shorten(plain(title or _("(no title)")), _TITLE)),
            Text(plain(source or ""), "dim"),
        )
    return table


def _problems(found: Overview) -> Table:
    table = Table(title=_("problems"), title_justify="left", title_style="bold", box=None, show_header=False)
    for reason, count in found.problems:
        table.add_row(Text(str(count), style="bold yellow"), reason, Text(_(REASONS.get(reason, "")), style="dim"))
    table.columns[0].justify = "right"
    return table
