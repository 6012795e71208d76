"""`newsarchive status`: how the crawls are doing, for people and for monitoring."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.archive.connection import file_size
from newsarchive.archive.health import LOSS_DAYS, health
from newsarchive.commands.metrics import exposition
from newsarchive.commands.output import on_terminal, to_json, wrap
from newsarchive.errors import UserError
from newsarchive.i18n import _, stored
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
@click.option("--json", "form", flag_value="json", help="Print JSON, one object per line.")
@click.option("--metrics", "form", flag_value="metrics", help="Print metrics as Prometheus reads them.")
@click.pass_obj
def status(
    db: Path, /, site: str | None, *, check: bool, run_hours: float, silence_hours: float, form: str | None
) -> int:
    """Report on the crawls: last good run, new articles, pending pages, pages not collected.

    Reports on SITE, or on all sites that were ever crawled. A rule is reported as dead when a field that it used to
    fill is now nearly always empty: the site has changed its pages.
    """
    now = datetime.now(UTC)
    with Archive.open(db, readonly=True) as archive:
        found = health(archive.connection, now, site)
        sizes = _sizes(archive) if form == "metrics" else {}
    if not found and (site or check):
        raise UserError(
            _("archive {db}: nothing was ever crawled of site {site!r}", db=db, site=site)
            if site
            else _("archive {db}: nothing was ever crawled", db=db)
        )
    alarms = {one.site: one.alarms(now, run_hours=run_hours, silence_hours=silence_hours) for one in found}
    if form == "metrics":
        click.echo(exposition(found, {name: len(told) for name, told in alarms.items()}, sizes), nl=False)
    if any(one.due for one in found):
        found = _without_removed_sites(found)
    for one in found if form != "metrics" else ():
        if form == "json":
            click.echo(to_json(asdict(one) | {"alarms": alarms[one.site]}))
        else:
            _print(one, alarms[one.site])
    return int(check and any(alarms.values()))


def _sizes(archive: Archive) -> dict[str, int]:
    """Return the bytes of the archive's file and log, and of its raw pages."""
    (raw,) = archive.connection.execute("SELECT coalesce(sum(warc_length), 0) FROM snapshots").fetchone()
    return {"database": file_size(archive.path), "raw_pages": raw}


def _print(found: SiteHealth, alarms: list[str]) -> None:
    click.echo(found.site)
    last = f"{found.last_run} {_(found.outcome or '')}" if found.last_run else _("none")
    click.echo(_("  last run       {time}", time=": ".join(filter(None, (last, stored(found.reason or ""))))))
    click.echo(_("  last good run  {time}", time=found.last_good_run or _("none")))
    if found.due is not None:
        click.echo(_("  next run       {due} (where it is watched)", due=found.due))
    click.echo(_("  last new       {time}", time=found.last_new or _("none")))
    click.echo(_("  new today      {today:,} (usual in a day: {usual:,.0f})", today=found.today, usual=found.usual))
    if found.failing:
        click.echo(
            _("  pending        {pending:,} ({failing:,} failed before)", pending=found.pending, failing=found.failing)
        )
    else:
        click.echo(_("  pending        {pending:,}", pending=found.pending))
    if found.not_collected:
        click.echo(_("  not collected in {loss_days} days", loss_days=LOSS_DAYS))
    for reason, count in found.not_collected.items():
        click.echo(f"    {count:>6,} {reason} ({_(REASONS.get(reason, '?'))})")
    for alarm in alarms:
        lines = wrap(alarm, get_terminal_size().columns - 6) if on_terminal() else [alarm]
        click.secho("  ! " + "\n    ".join(lines), fg="red", bold=True)


def _without_removed_sites(found: list[SiteHealth]) -> list[SiteHealth]:
    """Leave out when sites are due whose files were removed: they are not crawled any more."""
    from newsarchive.sites import site_names  # noqa: PLC0415 - most archives have no schedules

    described = set(site_names())
    return [one if one.site in described else replace(one, due=None) for one in found]
