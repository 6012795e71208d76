"""`newsarchive prune`: keep an archive from growing without end."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from newsarchive.archive import Archive
from newsarchive.archive.connection import must_exist
from newsarchive.commands.output import json_option, size_of, to_json
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.locks import no_crawl
from newsarchive.maintenance.prune import Rules, sites_of
from newsarchive.maintenance.prune import prune as run_prune
from newsarchive.sites import Retention, load_site, site_names
from newsarchive.sites.schema import read_runs_age
from newsarchive.text import plain
from newsarchive.timestamps import read_age

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from newsarchive.maintenance.prune import Pruned


class Age(click.ParamType[timedelta]):
    """An age such as `400d`."""

    name = "age"

    def __init__(self, reader: Callable[[Any], timedelta] = read_age) -> None:
        self._reader = reader

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read it."""
        if isinstance(value, timedelta):
            return value
        try:
            return self._reader(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.argument("site", required=False)
@click.option("--keep-raw", metavar="AGE", type=Age(), help="Remove raw pages that are older.")
@click.option("--keep-runs", metavar="AGE", type=Age(read_runs_age), help="Remove rows of runs that are older.")
@click.option("--keep-problems", metavar="AGE", type=Age(), help="Remove problems that did not occur since then.")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@json_option
@click.pass_obj
def prune(
    db: Path,
    /,
    site: str | None,
    *,
    keep_raw: timedelta | None,
    keep_runs: timedelta | None,
    keep_problems: timedelta | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Remove raw pages, runs and problems that are old enough to go; never a text.

    An age is a number of days, weeks or years: 400d, 8w, 2y. What is to be kept for how long is said by the options,
    and for its own things by the [retention] of a site's file, which goes before the options unless SITE is named.
    A page stays as long as a younger one takes its body from it.

    No crawl may be running: otherwise nothing is done, and the exit status is 2. It may be killed at any moment; the
    next prune finishes what was begun. `newsarchive vacuum` then makes the archive's file smaller. The exit status is
    1 when a WARC file could not be pruned.

    \b
    Examples:
      newsarchive prune --keep-raw 400d --keep-runs 1y --dry-run
      newsarchive prune finews --keep-raw 8w
    """  # noqa: D301 - click wants the character
    given = Retention(keep_raw, keep_runs, keep_problems)
    now = datetime.now(UTC)
    if dry_run:
        with Archive.open(db, readonly=True) as archive:
            done = run_prune(archive, _rules(archive, site, given), now, dry_run=True)
    else:
        with no_crawl(must_exist(db)), Archive.open(db) as archive:
            done = run_prune(archive, _rules(archive, site, given), now)
    if as_json:
        click.echo(to_json(asdict(done) | {"dry_run": dry_run}))
    else:
        _print(done, dry_run=dry_run)
    return int(bool(done.refused))


def _rules(archive: Archive, site: str | None, given: Retention) -> Rules:
    """Put the options and the rules of site files together. Raises UserError where there is neither."""
    held = sites_of(archive.connection)
    if site is not None:
        if site not in held:
            raise UserError(
                _(
                    "archive {path}: holds nothing of site {site!r} - there are {held}",
                    path=archive.path,
                    site=site,
                    held=", ".join(held),
                )
            )
        own = load_site(site).retention if site in site_names() else Retention()
        rules = Rules({site: _over(own, given)})
    else:
        known = set(site_names())
        rules = Rules({name: _over(given, load_site(name).retention) for name in held if name in known}, given)
    if rules.is_empty:
        raise UserError(
            _("no age is given, and no site file has a [retention] - say what may go, as in --keep-raw 400d")
        )
    return rules


def _over(one: Retention, other: Retention) -> Retention:
    """Return a retention with what another says in its place."""
    return Retention(other.raw or one.raw, other.runs or one.runs, other.problems or one.problems)


def _print(done: Pruned, *, dry_run: bool) -> None:
    verb = _("Would remove") if dry_run else _("Removed")
    files = f"{done.files_removed:,} WARC files {'would go' if dry_run else 'are gone'}"
    click.echo(
        _(
            "{verb} {raw_pages:,} raw pages ({raw_bytes}), {runs:,} runs, {problems:,} problems; "
            "{files}, {files_rewritten:,} written anew.",
            verb=verb,
            raw_pages=done.raw_pages,
            raw_bytes=size_of(done.raw_bytes),
            runs=done.runs,
            problems=done.problems,
            files=files,
            files_rewritten=done.files_rewritten,
        )
    )
    if done.needed:
        click.echo(_("{needed:,} old pages stay, because younger ones take their body from them.", needed=done.needed))
    for reason in done.refused:
        click.echo(_("Left as it is: {reason}", reason=plain(reason)), err=True)
