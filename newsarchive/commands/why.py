"""`newsarchive why`: what became of one address, when it is tried next, and why its article shows the text it shows."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from newsarchive.archive import Archive
from newsarchive.commands.output import columns_of, json_option, to_json
from newsarchive.commands.problems import unseen
from newsarchive.errors import UserError
from newsarchive.i18n import N_, _, ngettext
from newsarchive.problems import REASONS
from newsarchive.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from newsarchive.archive.observations import Observation
    from newsarchive.archive.problem_log import UrlEvent

#: The states of the frontier -> what they mean for people.
_STATES = {
    "pending": N_("waits to be fetched"),
    "done": N_("is stored"),
    "gone": N_("is given up: it stayed gone"),
    "blocked": N_("is not fetched, because robots.txt forbids it"),
    "rejected": N_("is given up: what came is no article"),
    "failed": N_("is given up: it did not come"),
}


@click.command(epilog="Example: newsarchive why https://news.example/a/1.html")
@click.option("--raw", is_flag=True, help="Write the newest raw page of URL as it came, also of one that was refused.")
@json_option
@click.argument("url")
@click.pass_obj
def why(db: Path, url: str, raw: bool, as_json: bool) -> int:
    """Tell what became of URL, when it is tried next, and why its article shows the text it shows.

    URL is any address that was ever seen, an article's or a listing's, or an article's key. The history is the one
    that `newsarchive problems URL` prints as rows. The status is 1 for an address that was never seen.
    """
    with Archive.open(db, readonly=True) as archive:
        if raw:
            return _write_raw(archive, url)
        events = archive.problems.history(url)
        # A listing is no article, and what an article is told by loads much.
        copies = [] if any(event.event == "listing" for event in events) else _copies(archive, url)
        if not events and not copies:
            click.echo(plain(unseen(archive, url)), err=True)
            return 1
    if as_json:
        click.echo(to_json(_as_object(events, copies), indent=2))
    else:
        for line in _lines(events, copies):
            click.echo(plain(line))
    return 0


def _write_raw(archive: Archive, url: str) -> int:
    snapshot_id = archive.problems.newest_page(url)
    if snapshot_id is None:
        raise UserError(_("no raw page of {url} is kept - newsarchive why tells what became of it", url=url))
    page = archive.snapshots.load(snapshot_id, role="original", site="")
    sys.stdout.buffer.write(page.body)
    return 0


def _copies(archive: Archive, url: str) -> list[Observation]:
    """Return the copies of the article at a URL in the order in which their texts are taken; none without one."""
    from newsarchive.archive.history import History  # noqa: PLC0415 - a listing needs none of it
    from newsarchive.archive.merge import order_of_trust  # noqa: PLC0415
    from newsarchive.archive.queries import find_article  # noqa: PLC0415

    try:
        article_id = find_article(archive.connection, url)
    except UserError:
        return []
    readings = History(archive.connection).newest(article_id)
    first = order_of_trust(readings)
    return [*first, *(reading for reading in readings if reading not in first)]


def _shown(copies: Sequence[Observation]) -> Observation | None:
    return next((copy for copy in copies if copy.body), None)


def _as_object(events: Sequence[UrlEvent], copies: Sequence[Observation]) -> dict[str, Any]:
    shown = _shown(copies)
    return {
        "history": [event._asdict() for event in events],
        "copies": [
            {"url": copy.url, "role": copy.role, "shown": copy is shown, "why": _reason(copy, shown)} for copy in copies
        ],
    }


def _lines(events: Sequence[UrlEvent], copies: Sequence[Observation]) -> Iterator[str]:
    for event in events:
        if event.event in _STATES:
            yield f"{event.url} {_state(event)}"
    for event in events:
        reason = f"{event.reason}: " if event.reason else ""
        times = (
            " " + ngettext("({count} time)", "({count} times)", event.times) if event.times and event.times > 1 else ""
        )
        due = _(", due {time}", time=event.next_at) if event.next_at else ""
        yield f"  {event.at}  {_filled(_(event.event), 8)}  {reason}{event.detail}{times}{due}"
    shown = _shown(copies)
    for copy in copies:
        what = _("shown") if copy is shown else _("not shown")
        yield f"  {_filled(what, 9)}  {_(copy.role)} {copy.url}: {_reason(copy, shown)}"


def _filled(text: str, columns: int) -> str:
    return text + " " * (columns - columns_of(text))


def _state(event: UrlEvent) -> str:
    told = _(_STATES[event.event])
    if event.reason:
        told += f" ({_(REASONS.get(event.reason, event.reason))})"
    if event.event == "pending":
        if event.times:
            told += ngettext("; {count} try was in vain", "; {count} tries were in vain", event.times)
        if event.next_at:
            return told + _("; it is tried next after {time}", time=event.next_at)
        return told + _("; it is tried next by the next run")
    return told + _("; it is rechecked after {time}", time=event.next_at) if event.next_at else told


def _reason(copy: Observation, shown: Observation | None) -> str:
    if copy is shown:
        return _("the most trusted copy that has a text")
    if not copy.body:
        return _("has no text")
    if shown is not None and shown.trusted and not copy.trusted:
        return _("its text is not whole")
    return _("another copy is trusted more (original, share service, post, file, feed)")
