"""Commands that maintain an archive: check, backup, vacuum, migrate."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from newsarchive.archive import Archive
from newsarchive.commands.existing import must_exist
from newsarchive.commands.output import json_option, size_of, to_json
from newsarchive.locks import no_crawl
from newsarchive.maintenance.backup import backup as back_up
from newsarchive.maintenance.backup import vacuum as make_small
from newsarchive.maintenance.check import Report
from newsarchive.maintenance.check import check as run_check
from newsarchive.text import plain


@click.command()
@click.option(
    "--deep",
    is_flag=True,
    help="Read every raw page, not only the newest, and compare each word of the search index.",
)
@json_option
@click.pass_obj
def check(db: Path, deep: bool, as_json: bool) -> int:
    """Verify that the archive is intact.

    Runs SQLite's own checks and compares texts with their hashes, articles with their copies, raw pages with their
    digests, and the frontier with what is stored. Nothing is written, and a crawl may be running. The exit status is 1
    when anything is lost or damaged.
    """
    with Archive.open(db, readonly=True) as archive:
        report = run_check(archive, datetime.now(UTC), deep=deep)
    if as_json:
        click.echo(to_json(asdict(report) | {"damaged": report.is_damaged}, indent=2))
    else:
        _print_report(report, db)
    return int(report.is_damaged)


@click.command()
@click.argument("target", type=click.Path(path_type=Path, file_okay=False))
@click.option("--no-warc", is_flag=True, help="Copy the archive only, without the raw pages.")
@click.pass_obj
def backup(db: Path, target: Path, no_warc: bool) -> int:
    """Back up the archive and its raw pages into the folder TARGET.

    A crawl may be running. The copy is verified before it replaces an earlier one, and raw pages that are already
    there are not copied again. The exit status is 1 when raw pages of the archive are lost or damaged; everything else
    is copied all the same.
    """
    done = back_up(db, target, warc=not no_warc)
    click.echo(f"{done.path}: {done.articles:,} articles, {size_of(done.bytes)}, verified.")
    if not no_warc:
        click.echo(f"Raw pages: {done.files_copied} of {done.files} files copied ({size_of(done.bytes_copied)}).")
    for name in done.damaged:
        click.echo(f"Damaged or missing, not copied: {name} - run newsarchive check --deep", err=True)
    return int(bool(done.damaged))


@click.command()
@click.pass_obj
def vacuum(db: Path) -> None:
    """Shrink the archive's file.

    No crawl may be running: otherwise nothing is done, and the exit status is 2.
    """
    must_exist(db)
    with no_crawl(db):
        before, after = make_small(db)
    click.echo(f"{db}: {size_of(before)} before, {size_of(after)} now.")


@click.command()
@click.pass_obj
def migrate(db: Path) -> None:
    """Upgrade an archive written by an older version.

    A crawl and every command that writes do so, too; commands that only read need this one first. It takes minutes
    for a large archive. An interrupted upgrade leaves the archive as it was.
    """
    must_exist(db)
    with no_crawl(db), Archive.open(db):
        click.echo(f"{db} is up to date.")


def _print_report(report: Report, db: Path) -> None:
    counts = ", ".join(f"{count:,} {name}" for name, count in report.counts.items())
    click.echo(f"{db}: {counts}")
    for finding in report.findings:
        click.echo(f"{finding.severity}: {finding.what} ({finding.count:,} x)")
        for example in finding.examples:
            click.echo(f"    {plain(example)}")
        if finding.count > len(finding.examples):
            click.echo("    ...")
        if finding.advice:
            click.echo(f"    -> {finding.advice}")
    click.echo("Something is damaged or lost." if report.is_damaged else "The archive is intact.")
