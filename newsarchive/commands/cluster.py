"""`newsarchive cluster`: crawl with several machines, through PostgreSQL."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsarchive.cluster import overview, schema
from newsarchive.commands.output import print_rows, rows_options
from newsarchive.errors import UserError
from newsarchive.i18n import _, ngettext, stored
from newsarchive.text import plain

if TYPE_CHECKING:
    from newsarchive.cluster.engine import Engine
    from newsarchive.crawl.summary import RunSummary

_DSN = "NEWSARCHIVE_CLUSTER"
# Seconds for which a command waits for the engine; workers and shards wait longer.
_PATIENCE = 5.0
# Seconds after which a shard that was not seen, an envelope that waits and a site that nobody crawls are a fault.
_SILENT, _STUCK, _LATE = 60.0, 600.0, 1800.0
# Seconds between two looks at a move.
_LOOK_AGAIN = 0.5


@click.group()
def cluster() -> None:
    """Crawl with several machines, which PostgreSQL brings together (NEWSARCHIVE_CLUSTER says where it is)."""


@cluster.command()
def init() -> None:
    """Make the tables of the cluster, or bring them up to date after an update of newsarchive."""
    with _engine() as engine:
        steps = schema.init(engine)
    click.echo(_("newsarchive: the cluster's tables are there (steps applied: {number})", number=steps))


@cluster.command()
@click.argument("sites", nargs=-1, required=True, metavar="SITE...")
@click.option("--shard", type=click.IntRange(0), required=True, help="The number of the shard that stores them.")
@click.option("--family", help="Store all of them together, also when a shard is moved: they share articles.")
def add(sites: tuple[str, ...], shard: int, family: str | None) -> None:
    """Have sites crawled by the cluster, or bring their files up to date.

    A worker needs no site files: they go with the site. A site that is there stays with the shard that it has.
    """
    from newsarchive.sites import load_site, site_files  # noqa: PLC0415 - help does without it

    found = [(name, site_files(name), load_site(name).places) for name in sites]
    with _engine() as engine:
        from newsarchive.cluster import registry  # noqa: PLC0415 - psycopg may not be there

        for name, files, places in found:
            hosts = {place.partition(":")[0] for place in places}
            registry.add(engine, name, family=family or name, shard=shard, files=files, hosts=hosts)
    click.echo(_("newsarchive: added {sites}", sites=", ".join(sites)))


_lease_option = click.option(
    "--lease", type=click.FloatRange(1), default=60.0, envvar=f"{_DSN}_LEASE", show_default=True,
    help="Seconds after which the sites of a worker that died are another's.",
)  # fmt: skip


@cluster.command()
@_lease_option
@click.option("--inbox", type=click.IntRange(1), default=40, envvar=f"{_DSN}_INBOX", show_default=True,
              help="Envelopes of a site that may wait for their shard until its worker waits, too.")  # fmt: skip
@click.option("--inbox-mib", type=click.IntRange(1), default=256, envvar=f"{_DSN}_INBOX_MIB", show_default=True,
              help="The same for all sites of a shard, in MiB.")  # fmt: skip
@click.option("--verbose", "-v", is_flag=True, help="Show the crawls' log as it is written.")
def work(lease: float, inbox: int, inbox_mib: int, verbose: bool) -> int:
    """Crawl the sites that are due and that no other worker has, until Ctrl-C.

    As many workers as you like, on any machine that reaches the engine; they keep nothing. NEWSARCHIVE_SITES_AT_ONCE
    says how many sites one crawls at one time.
    """
    dsn = _dsn()
    _needed()
    from newsarchive.cluster.worker import Limits, Worker  # noqa: PLC0415 - psycopg may not be there
    from newsarchive.crawl.process import CrawlProcess  # noqa: PLC0415 - Scrapy takes a second
    from newsarchive.crawl.project_settings import project_settings  # noqa: PLC0415
    from newsarchive.options import Options, from_environment  # noqa: PLC0415

    settings = project_settings(**from_environment(), LOG_LEVEL="INFO" if verbose else "WARNING")
    process = CrawlProcess(settings)
    limits = Limits(lease, inbox, inbox_mib << 20)
    worker = Worker(process, dsn, Options.from_settings(settings), limits, _tell)
    click.echo(_("newsarchive: worker {name}, until Ctrl-C", name=worker.name))
    try:
        process.run(worker.run())
    except UserError as error:
        click.echo(plain(f"newsarchive: {error}"), err=True)
        return 1
    return 0


@cluster.command()
@click.argument("number", type=click.IntRange(0))
@_lease_option
@click.pass_obj
def shard(db: Path, number: int, lease: float) -> int:
    """Store what workers send to shard NUMBER in the archive (--db), until Ctrl-C.

    One process for each shard, on the machine that has its disk. All that reads archives reads it as any other. The
    lease is that of the workers: when the engine was lost, its sites are left to those who have them for so long.
    """
    from newsarchive.locks import CrawlLock  # noqa: PLC0415

    engine = _engine(60.0, is_durable=False)
    from newsarchive.cluster.shard import Shard  # noqa: PLC0415 - psycopg may not be there

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    stopped: list[int] = []
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda number, _frame: stopped.append(number))
    lock = CrawlLock(db, "cluster-shard")
    try:
        schema.must_be_current(engine)
        click.echo(_("newsarchive: shard {number} stores in {db}, until Ctrl-C", number=number, db=db))
        Shard(db, engine, number, lease=lease).run(lambda: bool(stopped))
    finally:
        engine.close()
        lock.release()
    return 0


@cluster.command()
@click.argument("site")
@click.option("--to", "shard", type=click.IntRange(0), required=True, help="The number of the shard to move it to.")
@click.option("--wait", is_flag=True, help="Return when it is there.")
def move(site: str, shard: int, wait: bool) -> None:
    """Move a site, with the others of its family, to another shard, while workers and both shards run.

    Its leases are let run out, then all that was stored of it goes to the other shard, raw pages included, and is
    removed where it was. Whatever is killed meanwhile, nothing is lost.
    """
    with _engine() as engine:
        from newsarchive.cluster import moves  # noqa: PLC0415 - psycopg may not be there

        schema.must_be_current(engine)
        moved = moves.begin(engine, site, shard)
        if not moved:
            click.echo(_("newsarchive: {site} is at shard {shard} already", site=site, shard=shard))
            return
        names = ", ".join(moved)
        click.echo(
            _(
                "newsarchive: {sites}: on the way to shard {shard}; see newsarchive cluster status",
                sites=names,
                shard=shard,
            )
        )
        while wait and any(set(moved) & set(row.sites) for row in moves.under_way(engine)):
            time.sleep(_LOOK_AGAIN)
        if wait:
            click.echo(_("newsarchive: {sites}: at shard {shard}", sites=names, shard=shard))


@cluster.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--keep", default=60.0, show_default=True, type=click.FloatRange(0),
              help="Minutes for which replaced files stay, for those who still read them.")  # fmt: skip
@click.option("--wait", default=3600.0, show_default=True, type=click.FloatRange(0),
              help="Seconds for which shards that write are waited for.")  # fmt: skip
def publish(folder: Path, keep: float, wait: float) -> None:
    """Publish the archives of all shards as one lake of Parquet files in FOLDER, which all machines see at that path.

    Each shard writes what has changed since the last time; when all have, the lake is replaced at once: readers see all
    of a publication or nothing. It waits for sites that move. `newsarchive publish` is the same for one archive.
    """
    told: set[str] = set()

    def waits(what: str) -> None:
        if what not in told:
            told.add(what)
            click.echo(_("newsarchive: waiting for {what}", what=what), err=True)

    with _engine() as engine:
        from newsarchive.cluster.publishing import publish as publish_all  # noqa: PLC0415 - psycopg may not be there
        from newsarchive.commands.publish import print_publication  # noqa: PLC0415 - the other commands need none of it

        schema.must_be_current(engine)
        done = publish_all(engine, folder.resolve(), keep=timedelta(minutes=keep), patience=wait, waits=waits)
    print_publication(done)


@cluster.command()
@click.option("--ready", is_flag=True, help="Print nothing but faults.")
@rows_options
def status(ready: bool, form: str | None) -> int:
    """Report on shards, workers and what is on its way.

    The status is 1 when something is wrong: a shard that is silent or cannot store, envelopes that wait for long or
    were put aside, sites that nobody crawls.
    """
    with _engine() as engine:
        from newsarchive.cluster import moves  # noqa: PLC0415 - psycopg may not be there

        schema.must_be_current(engine)
        shards, workers = overview.shards(engine), overview.workers(engine)
        late, seconds = overview.waiting(engine)
        failing = overview.failing(engine)
        moving = moves.under_way(engine)
    faults = [fault for row in shards for fault in _faults(row)]
    if late and seconds > _LATE:
        faults.append(
            ngettext(
                "{count} site is due and crawled by nobody, for {minutes:.0f} minutes",
                "{count} sites are due and crawled by nobody, the first for {minutes:.0f} minutes",
                late,
                minutes=seconds / 60,
            )
        )
    if not ready:
        rows = [
            ("shard", str(row.id), row.sites, row.envelopes, row.bytes, round(row.oldest), _seen(row.seen))
            for row in shards
        ]
        rows += [
            ("worker", row.holder, row.sites, "", "", "", _("lease {number:.0f} s", number=row.lease))
            for row in workers
        ]
        rows += [("moving", row.family, len(row.sites), row.waiting, row.bytes, "", _way(row)) for row in moving]
        rows += [("failing", row.name, row.failures, "", "", "", row.reason) for row in failing]
        rows.append(("due", "", late, "", "", round(seconds), ""))
        print_rows(("what", "name", "sites", "envelopes", "bytes", "seconds", "state"), rows, form)
    for fault in faults:
        click.echo(plain(f"newsarchive: {fault}"), err=True)
    return 1 if faults else 0


@cluster.command()
@click.option("--delete", "ids", type=int, multiple=True, help="Delete the envelope of this number; several times.")
@rows_options
def dead(ids: tuple[int, ...], form: str | None) -> int:
    """List the envelopes that could not be stored, and why; what they held is fetched again.

    The status is 1 when there are any.
    """
    with _engine() as engine:
        if ids:
            click.echo(_("newsarchive: deleted {number}", number=overview.forget_dead(engine, ids)))
            return 0
        rows = overview.dead(engine)
    columns = ("id", "shard", "site", "fence", "seq", "bytes", "at", "why")
    return 1 if print_rows(columns, [tuple(row) for row in rows], form) else 0


def _tell(site: str, ended: RunSummary | UserError) -> None:
    if isinstance(ended, UserError):
        click.echo(plain(f"{site}: {ended}"), err=True)
        return
    new = ended.articles("new")
    said = [_("{number} new", number=new)] if new else []
    if ended.reason and ended.outcome != "stopped":
        said.append(f"{_(ended.outcome)}: {stored(ended.reason)}")
    if said := [*said, *map(stored, ended.alarms)]:
        click.echo(plain(f"{site}: {_('; ').join(said)}"))


def _way(row: Any) -> str:
    return _("shard {one} to {other}, {number} parcels sent", one=row.shard_id, other=row.to_shard, number=row.sent)


def _seen(seconds: float | None) -> str:
    return _("was never there") if seconds is None else _("seen {number:.0f} s ago", number=seconds)


def _faults(row: Any) -> list[str]:
    """Return what is wrong with a shard."""
    found = []
    if row.seen is None or row.seen > _SILENT:
        found.append(
            _("shard {number} {seen} - start newsarchive cluster shard {number}", number=row.id, seen=_seen(row.seen))
        )
    if row.trouble:
        found.append(_("shard {number} stores nothing: {trouble}", number=row.id, trouble=row.trouble))
    if row.oldest > _STUCK:
        found.append(
            _(
                "shard {number}: an envelope waits for {minutes:.0f} minutes (shard {version})",
                number=row.id,
                minutes=row.oldest / 60,
                version=row.version,
            )
        )
    if row.dead:
        found.append(
            ngettext(
                "shard {number}: {count} envelope could not be stored - newsarchive cluster dead",
                "shard {number}: {count} envelopes could not be stored - newsarchive cluster dead",
                row.dead,
                number=row.id,
            )
        )
    return found


def _dsn() -> str:
    dsn = os.environ.get(_DSN, "")
    if not dsn:
        raise UserError(_("{name} is not set: where PostgreSQL is, as postgresql://user@host/newsarchive", name=_DSN))
    return dsn


def _needed() -> None:
    try:
        import psycopg  # noqa: F401, PLC0415
    except ImportError as error:
        raise UserError(
            _("clusters need psycopg ({error}) - pip install 'newsarchive[cluster]'", error=error)
        ) from error


def _engine(patience: float = _PATIENCE, *, is_durable: bool = True) -> Engine:
    dsn = _dsn()
    _needed()
    from newsarchive.cluster.engine import Engine  # noqa: PLC0415 - psycopg may not be there

    return Engine(dsn, patience=patience, is_durable=is_durable)
