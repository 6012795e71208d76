"""`newsarchive status`: how the crawls are doing, for people and for monitoring."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.archive.health import LOSS_DAYS, health
from newsarchive.commands.output import to_json
from newsarchive.errors import UserError
from newsarchive.problems import REASONS

if TYPE_CHECKING:
    from pathlib import Path

    from newsarchive.archive.health import SiteHealth


@click.command()
@click.argument("site", required=False)
@click.option("--check", is_flag=True, help="Exit with status 1 when there is an alarm.")
@click.option("--run-hours", default=24.0, show_default=True, help="Alarm after so many hours without a good run.")
@click.option(
    "--silence-hours", default=48.0, show_default=True, help="Alarm after so many hours without new articles."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object per line.")
@click.pass_obj
def status(db: Path, /, site: str | None, *, check: bool, run_hours: float, silence_hours: float, as_json: bool) -> int:
    """Report on the crawls: last good run, new articles, pending pages, pages not collected.

    Reports on SITE, or on all sites that were ever crawled. A rule is reported as dead when a field that it used to
    fill is now nearly always empty: the site has changed its pages.
    """
    now = datetime.now(UTC)
    with Archive.open(db, readonly=True) as archive:
        found = health(archive.connection, now, site)
    if not found and (site or check):
        raise UserError(f"archive {db}: nothing was ever crawled{f' of site {site!r}' if site else ''}")
    alarms = 0
    for one in found:
        told = one.alarms(now, run_hours=run_hours, silence_hours=silence_hours)
        alarms += len(told)
        if as_json:
            click.echo(to_json(asdict(one) | {"alarms": told}))
        else:
            _print(one, told)
    return int(check and alarms > 0)


def _print(found: SiteHealth, alarms: list[str]) -> None:
    click.echo(found.site)
    last = f"{found.last_run} {found.outcome}" if found.last_run else "none"
    click.echo(f"  last run       {last}{f': {found.reason}' if found.reason else ''}")
    click.echo(f"  last good run  {found.last_good_run or 'none'}")
    click.echo(f"  last new       {found.last_new or 'none'}")
    click.echo(f"  new today      {found.today:,} (usual in a day: {found.usual:,.0f})")
    click.echo(f"  pending        {found.pending:,}{f' ({found.failing:,} failed before)' if found.failing else ''}")
    if found.not_collected:
        click.echo(f"  not collected in {LOSS_DAYS} days")
    for reason, count in found.not_collected.items():
        click.echo(f"    {count:>6,} {reason} ({REASONS.get(reason, '?')})")
    for alarm in alarms:
        click.secho(f"  ! {alarm}", fg="red", bold=True)
