"""`newsarchive watch`: saved searches that tell what is new, after each crawl or when cron runs them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.archive.connection import must_exist
from newsarchive.commands.completion import complete_searches
from newsarchive.commands.output import print_rows, rows_options
from newsarchive.errors import UserError
from newsarchive.i18n import N_, _, ngettext
from newsarchive.text import plain

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_COLUMNS = (
    *("name", "query", "destination", "quiet_hours", "digest", "last_found", "last_sent", "unsent", "failures"),
    *("next_try", "error"),
)
_NAME = click.argument("name", shell_complete=complete_searches)
_TO = "A file.atom or file.jsonl, https://..., smtp://user:password@host/?to=you@example.org, or an address of apprise."
_NO_SEARCHES = N_("There are no saved searches yet: newsarchive watch add QUERY --to DESTINATION")
_QUIET = "Send nothing in these hours of this machine's clock, as 22:00-07:00."
_DIGEST = "Send what has come together at this time of the day only, as 08:00; may be given several times."


@click.group(epilog="Example: newsarchive watch add 'code:600160 降准' --to data/central-bank.atom")
def watch() -> None:
    """Save searches, and send what is new for them to feeds, files, webhooks, mail and chat services.

    Each article is told once for each search. `newsarchive crawl` runs the saved searches when it ends; after other
    crawls, or by cron, `newsarchive watch run` does. The whole addresses, with what is secret in them, are in the file
    ARCHIVE-destinations.json beside the archive, which only its owner may read; they are never printed.
    """


@watch.command(
    epilog="Example: newsarchive watch add '银行 source:江湾晚报' --to https://example.org/hook --digest 08:00"
)
@click.argument("query")
@click.option("--to", "address", required=True, help=_TO)
@click.option("--name", default="", help="Name of the saved search; without it, the query is the name.")
@click.option("--quiet", help=_QUIET)
@click.option("--digest", multiple=True, help=_DIGEST)
@click.option("--existing", is_flag=True, help="Tell of what is in the archive already, too.")
@click.pass_obj
def add(
    db: Path,
    query: str,
    *,
    address: str,
    name: str,
    quiet: str | None,
    digest: tuple[str, ...],
    existing: bool,
) -> None:
    """Save the search QUERY, and tell of articles that match it from now on."""
    from newsarchive.alerts import searches  # noqa: PLC0415 - what only this command of several needs
    from newsarchive.alerts.destinations import AddressFile, read_destination  # noqa: PLC0415
    from newsarchive.alerts.files import write_feed  # noqa: PLC0415
    from newsarchive.alerts.schedule import read_digest, read_quiet_hours  # noqa: PLC0415

    destination = read_destination(address)
    _try_out(destination.kind, destination.address)
    quiet_hours, digest_times = read_quiet_hours(quiet), read_digest(digest)
    addresses = AddressFile(db)
    with Archive.open(must_exist(db)) as archive, archive.transaction():
        search = searches.add(
            archive,
            query,
            destination,
            name=name,
            quiet_hours=quiet_hours,
            digest_times=digest_times,
            tells_existing=existing,
        )
        addresses.set(search.name, destination.address)
        if destination.kind == "atom":  # so that a reader can subscribe to it at once
            write_feed(archive, search, destination.address)
        known = archive.search.count(archive.search.parse(query))
    articles = ngettext("{count} article", "{count} articles", known)
    told = (
        _(
            "Saved {name!r}. What matches now is to be told with the next run: {articles}.",
            name=search.name,
            articles=articles,
        )
        if existing
        else _(
            "Saved {name!r}. What matches now is known already and not told: {articles}.",
            name=search.name,
            articles=articles,
        )
    )
    click.echo(plain(told))


@watch.command(epilog="Example: newsarchive watch edit 银行 --to data/banks.jsonl")
@_NAME
@click.option("--to", "address", help=_TO)
@click.option("--quiet", help=f"{_QUIET} An empty text removes them.")
@click.option("--digest", multiple=True, help=f"{_DIGEST} An empty text removes them.")
@click.pass_obj
def edit(db: Path, name: str, address: str | None, quiet: str | None, digest: tuple[str, ...]) -> None:
    """Change where the alerts of the saved search NAME go, or when; what was told stays told."""
    from newsarchive.alerts import searches  # noqa: PLC0415
    from newsarchive.alerts.destinations import AddressFile, read_destination  # noqa: PLC0415
    from newsarchive.alerts.schedule import read_digest, read_quiet_hours  # noqa: PLC0415

    if address is None and quiet is None and not digest:
        raise UserError(_("nothing to change - give --to, --quiet or --digest"))
    destination = read_destination(address) if address is not None else None
    if destination is not None:
        _try_out(destination.kind, destination.address)
    with Archive.open(must_exist(db)) as archive, archive.transaction():
        search = searches.saved_search(archive, name)
        searches.edit(
            archive,
            search,
            destination=destination,
            quiet_hours=search.quiet_hours if quiet is None else read_quiet_hours(quiet or None),
            digest_times=read_digest([one for one in digest if one]) if digest else search.digest_times,
        )
        if destination is not None:
            AddressFile(db).set(search.name, destination.address)
    click.echo(plain(_("Changed {name!r}.", name=search.name)))


@watch.command("list", epilog="Example: newsarchive watch list --json")
@rows_options
@click.pass_obj
def list_searches(db: Path, form: str | None) -> None:
    """List the saved searches, what is still to be sent, and what failed; addresses without what is secret."""
    from newsarchive.alerts.searches import backlog, saved_searches  # noqa: PLC0415

    with Archive.open(db, readonly=True) as archive:
        found = [(one, backlog(archive, one)) for one in saved_searches(archive)]
    rows = (
        (
            *(one.name, one.query, one.destination, one.quiet_hours, one.digest_times, one.checked_at, one.sent_at),
            *(left.articles, left.attempts, left.next_attempt_at if left.attempts else None, left.error),
        )
        for one, left in found
    )
    if found or form:
        print_rows(_COLUMNS, rows, form)
    else:
        click.echo(_(_NO_SEARCHES), err=True)


@watch.command(epilog="Example: newsarchive watch remove 银行")
@_NAME
@click.pass_obj
def remove(db: Path, name: str) -> None:
    """Remove the saved search NAME, also what is still to be sent for it; files that it wrote stay."""
    from newsarchive.alerts import searches  # noqa: PLC0415
    from newsarchive.alerts.destinations import AddressFile  # noqa: PLC0415

    with Archive.open(must_exist(db)) as archive, archive.transaction():
        search = searches.saved_search(archive, name)
        searches.remove(archive, search)
        AddressFile(db).set(search.name, None)
    click.echo(plain(_("Removed {name!r}.", name=search.name)))


@watch.command(epilog="Example for cron: */10 * * * *  newsarchive --db data/archive.db watch run --quietly")
@click.option("--quietly", is_flag=True, help="Print only what went wrong, so that cron sends no mail without need.")
@click.pass_obj
def run(db: Path, quietly: bool) -> int:
    """Find what is new for all saved searches, and send what is due.

    What cannot be sent is tried again by later runs: after five minutes, then after pauses that double up to a day,
    until it is accepted. The status is 1 when anything could not be sent.
    """
    if not _has_searches(db):
        if not quietly:
            click.echo(_(_NO_SEARCHES), err=True)
        return 0
    return _tell(db, is_quiet=quietly)


@watch.command(epilog="Example: newsarchive watch test 银行")
@_NAME
@click.pass_obj
def test(db: Path, name: str) -> None:
    """Send the newest article of the saved search NAME as a test, which counts for nothing; a feed is written again."""
    from newsarchive.alerts.destinations import AddressFile  # noqa: PLC0415
    from newsarchive.alerts.message import test_message  # noqa: PLC0415
    from newsarchive.alerts.run import deliver, destination_of  # noqa: PLC0415
    from newsarchive.alerts.searches import saved_search  # noqa: PLC0415
    from newsarchive.timestamps import stamp  # noqa: PLC0415

    with Archive.open(db, readonly=True) as archive:
        search = saved_search(archive, name)
        message = test_message(archive, search, f"test-{uuid.uuid4()}", stamp(datetime.now(UTC)))
        try:
            deliver(archive, search, message, destination_of(AddressFile(db).read(), search), _trusted())
        except UserError as error:
            raise UserError(f"{search.destination}: {error}") from None
    click.echo(plain(_("Sent to {destination}: {subject}", destination=search.destination, subject=message.subject)))


def tell_after_crawl(db: Path) -> None:
    """Run the saved searches of an archive, if it has any, and print what came of it."""
    if _has_searches(db):
        _tell(db)


def _has_searches(db: Path) -> bool:
    with Archive.open(must_exist(db), readonly=True) as archive:
        return bool(archive.connection.execute("SELECT EXISTS (SELECT 1 FROM saved_searches)").fetchone()[0])


def _tell(db: Path, *, is_quiet: bool = False) -> int:
    from newsarchive.alerts.run import AlreadyRunningError  # noqa: PLC0415 - most archives have no saved searches
    from newsarchive.alerts.run import run as run_searches  # noqa: PLC0415

    with Archive.open(db) as archive:
        try:
            report = run_searches(archive, trusted=_trusted())
        except AlreadyRunningError as error:
            click.echo(_("newsarchive: {error}", error=error), err=True)
            return 0
    if not is_quiet:
        click.echo(
            _(
                "Saved searches: {found} found, {articles} sent in {messages}.",
                found=ngettext("{count} new article", "{count} new articles", report.found),
                articles=ngettext("{count} article", "{count} articles", report.articles),
                messages=ngettext("{count} message", "{count} messages", report.messages),
            )
        )
    for name, reason in report.failures:
        click.echo(plain(_("newsarchive: watch {name!r}: {reason}", name=name, reason=reason)), err=True)
    return int(bool(report.failures))


def _try_out(kind: str, address: str) -> None:
    """Raise UserError for a destination to which nothing could ever be sent: at once, not after the next crawl."""
    if kind not in ("mail", "chat"):
        return
    from newsarchive.alerts.sending import chat_service, receivers  # noqa: PLC0415

    if kind == "chat":
        chat_service(address)
    else:
        receivers(address)


def _trusted() -> Collection[str]:
    from newsarchive.options import from_environment  # noqa: PLC0415 - most commands need no settings

    hosts = str(from_environment()["NEWSARCHIVE_ALERT_HOSTS"])
    return {host.strip().lower() for host in hosts.split(",") if host.strip()}
