"""Commands that maintain an archive: check, repair, backup, restore, vacuum, migrate."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from newsarchive.archive import Archive
from newsarchive.archive.connection import must_exist
from newsarchive.commands.output import json_option, size_of, to_json
from newsarchive.i18n import _
from newsarchive.locks import no_crawl
from newsarchive.maintenance.backup import backup as back_up
from newsarchive.maintenance.backup import vacuum as make_small
from newsarchive.maintenance.check import Report
from newsarchive.maintenance.check import check as run_check
from newsarchive.maintenance.repair import repair as mend
from newsarchive.maintenance.restore import restore as bring_back
from newsarchive.text import plain

#: Lost things that are named; the rest is counted.
_MOST_LINES = 50


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
@click.pass_obj
def repair(db: Path) -> int:
    """Mend what check finds.

    What is made of other things is made again: search index, stories, articles, indexes. A raw page that is damaged is
    told as lost, and the next crawl fetches it again. A file that SQLite cannot read is kept aside, and a new one made
    of its rows. No crawl may be running. The exit status is 1 when something is lost or still damaged.
    """
    must_exist(db)
    now = datetime.now(UTC)
    done = mend(db, now)
    for what, count in done.mended.items():
        click.echo(_("mended: {what} ({count:,} x)", what=what, count=count))
    if done.kept:
        click.echo(_("The damaged file is kept in {kept}", kept=done.kept))
    for line in done.lost[:_MOST_LINES]:
        click.echo(plain(_("lost: {line}", line=line)), err=True)
    if len(done.lost) > _MOST_LINES:
        click.echo(_("... and {value:,} more", value=len(done.lost) - _MOST_LINES), err=True)
    with Archive.open(db, readonly=True) as archive:
        report = run_check(archive, now)
    _print_report(report, db)
    return int(bool(done.lost) or report.is_damaged)


@click.command()
@click.argument("target", type=click.Path(path_type=Path, file_okay=False))
@click.option("--no-warc", is_flag=True, help="Copy the archive only, without the raw pages.")
@click.option(
    "--keep", type=click.IntRange(1), metavar="N", help="Keep N backups, this one included; remove older ones."
)
@click.pass_obj
def backup(db: Path, target: Path, no_warc: bool, keep: int | None) -> int:
    """Back up the archive and its raw pages into the folder TARGET.

    A crawl may be running. The copy is verified, text by text, before it replaces an earlier one: an archive that was
    damaged since the earlier backup is refused. Raw pages that are already there are not copied again. The exit status
    is 1 when something of the archive is lost or damaged.
    """
    done = back_up(db, target, warc=not no_warc, keep=keep)
    verified = _("damaged") if done.faults else _("verified")
    click.echo(
        _(
            "{path}: {articles:,} articles, {bytes}, {verified}.",
            path=done.path,
            articles=done.articles,
            bytes=size_of(done.bytes),
            verified=verified,
        )
    )
    if not no_warc:
        click.echo(
            _(
                "Raw pages: {files_copied} of {files} files copied ({bytes_copied}).",
                files_copied=done.files_copied,
                files=done.files,
                bytes_copied=size_of(done.bytes_copied),
            )
        )
    if done.generations:
        click.echo(_("Earlier backups: {value}", value=", ".join(path.name for path in done.generations)))
    for name in done.damaged:
        click.echo(
            _("Damaged or missing, not copied: {name} - run newsarchive check --deep, then repair", name=name), err=True
        )
    for fault in done.faults[:_MOST_LINES]:
        click.echo(
            plain(_("Damaged in the archive and so in its copy: {fault} - run newsarchive repair", fault=fault)),
            err=True,
        )
    return int(bool(done.damaged or done.faults))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--generation", metavar="NAME", help="Restore this earlier backup, as the folder names it.")
@click.pass_obj
def restore(db: Path, folder: Path, generation: str | None) -> int:
    """Restore the archive from the backup in FOLDER.

    Raw pages are copied first, the backup is verified, and the archive replaced in one step. What was there is kept in
    a folder beside it. No crawl or other program may use the archive. The exit status is 1 when raw pages are damaged
    in the backup, too.
    """
    done = bring_back(folder, db, datetime.now(UTC), generation=generation)
    click.echo(_("{path}: {articles:,} articles, verified.", path=done.path, articles=done.articles))
    click.echo(
        _(
            "Raw pages: {files_copied} of {files} files copied, the others were whole.",
            files_copied=done.files_copied,
            files=done.files,
        )
    )
    if done.kept:
        click.echo(_("What was there is kept in {kept}", kept=done.kept))
        if (done.kept / "warc").is_dir():
            click.echo(
                _("Pages that came in after the backup: scrapy crawl warc -a path={value}", value=done.kept / "warc")
            )
    for name in done.damaged:
        click.echo(_("Damaged in the backup, too: {name} - run newsarchive repair, then crawl", name=name), err=True)
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
    click.echo(_("{db}: {before} before, {after} now.", db=db, before=size_of(before), after=size_of(after)))


@click.command()
@click.pass_obj
def migrate(db: Path) -> None:
    """Upgrade an archive written by an older version.

    A crawl and every command that writes do so, too; commands that only read need this one first. It takes minutes
    for a large archive. An interrupted upgrade leaves the archive as it was.
    """
    must_exist(db)
    with no_crawl(db), Archive.open(db):
        click.echo(_("{db} is up to date.", db=db))


def _print_report(report: Report, db: Path) -> None:
    counts = _(", ").join(f"{count:,} {_(name)}" for name, count in report.counts.items())
    click.echo(f"{db}: {counts}")
    for finding in report.findings:
        severity = _("damage") if finding.severity == "damage" else _("notice")
        click.echo(_("{severity}: {what} ({count:,} x)", severity=severity, what=finding.what, count=finding.count))
        for example in finding.examples:
            click.echo(f"    {plain(example)}")
        if finding.count > len(finding.examples):
            click.echo("    ...")
        if finding.advice:
            click.echo(f"    -> {_(finding.advice)}")
    click.echo(_("Something is damaged or lost.") if report.is_damaged else _("The archive is intact."))
