"""`newsarchive bulk`: many files of raw pages, read by many processes, and loaded into the archive."""

from __future__ import annotations

import glob
import os
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsarchive.bulk.queue import LEASE, FileQueue
from newsarchive.errors import UserError
from newsarchive.i18n import _, ngettext
from newsarchive.progress_bar import progress_bar
from newsarchive.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsarchive.bulk.queue import Job, Queue


def _job(command: Callable[..., object]) -> Callable[..., object]:
    folder = click.option(
        "--folder",
        type=click.Path(path_type=Path, file_okay=False),
        show_default="bulk/ beside the archive",
        help="Where the job lies: its queue, and what was read.",
    )
    engine = click.option(
        "--engine",
        metavar="URL",
        envvar="NEWSARCHIVE_BULK_ENGINE",
        help="PostgreSQL of a cluster, which has the queue instead, for machines that share the folder and no locks.",
    )
    return folder(engine(command))


@click.group(
    epilog="Example: newsarchive bulk add '/mnt/cc-news/*.warc.gz'; newsarchive bulk work; newsarchive bulk load"
)
def bulk() -> None:
    """Read many files of raw pages with many processes, and load what was read.

    Files are WARC, ARC or WACZ: Common Crawl's CC-NEWS, those of other crawlers, an archive's own. Any number of
    workers may run; each has a file for itself, and the file of one that was killed is read by another.
    """


@bulk.command()
@click.argument("pattern", nargs=-1)
@click.option("--replay", is_flag=True, help="PATTERN names archives, whose raw pages are read again; --db without it.")
@_job
@click.pass_obj
def add(db: Path, /, pattern: tuple[str, ...], replay: bool, folder: Path | None, engine: str | None) -> None:
    """Add the files that PATTERN names to the job; one that has failed before is tried again.

    With --replay the raw pages of archives are read again by the rules of today, all that are there now, also where
    that was done before. `bulk load` then stores into each archive what was read of its own pages.
    """
    if not pattern and not replay:
        raise UserError(_("no files are named - write a path or, in quotes, a glob; or --replay"))
    if not pattern:
        pattern = (str(db),)
    paths = [Path(name) for one in pattern for name in sorted(glob.glob(one, recursive=True))]  # noqa: PTH207 - absolute, too
    files = [path for path in paths if path.is_file()]
    if not files:
        raise UserError(
            _("{pattern}: there is no such file - write a path or, in quotes, a glob", pattern=" ".join(pattern))
        )
    with _queue(db, folder, engine) as queue:
        if replay:
            from newsarchive.bulk.replay import parts_of  # noqa: PLC0415 - the other commands need none of it

            files = [part for archive in files for part in parts_of(archive.resolve())]
        added = queue.add(files, again=replay)
        told = _told(queue.job())
    click.echo(ngettext("{count} file added; {told}", "{count} files added; {told}", added, told=told))


@bulk.command()
@click.option(
    "--processes",
    default=os.cpu_count() or 1,
    show_default="one for each processor",
    type=click.IntRange(1),
    help="Workers to start.",
)
@click.option("--lease", default=LEASE, hidden=True, type=click.FloatRange(0.1))
@_job
@click.pass_obj
def work(db: Path, /, folder: Path | None, engine: str | None, processes: int, lease: float) -> int:
    """Read the files of the job until none is left; the status is 1 when some could not be read.

    It may run on several machines at a time where all see the folder and the files at the same paths, by a file
    system that locks files rightly, or with --engine.
    """
    with _queue(db, folder, engine) as queue:
        if processes == 1:
            from newsarchive.bulk.work import work as work_here  # noqa: PLC0415 - the parent of workers reads nothing

            with _queue(db, folder, engine) as renewing:
                work_here(queue, renewing, lease)
        else:
            _work_in_processes(db, queue.folder, engine, processes, lease)
        job = queue.job()
    if processes > 1 or job.failed:
        _print(job)
    return int(not job.is_over or bool(job.failed))


def _work_in_processes(db: Path, folder: Path, engine: str | None, processes: int, lease: float) -> None:
    command = [sys.executable, "-m", "newsarchive", "--db", str(db), "bulk", "work", "--processes", "1"]
    command += ["--folder", str(folder), "--lease", str(lease)]
    environment = os.environ | ({"NEWSARCHIVE_BULK_ENGINE": engine} if engine else {})
    workers = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)  # noqa: S603 - ours
        for _number in range(processes)
    ]
    try:
        for worker in workers:
            worker.wait()
    except KeyboardInterrupt:
        for worker in workers:
            worker.wait()
        raise


@bulk.command()
@click.argument("outputs", nargs=-1, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@_job
@click.pass_obj
def load(db: Path, /, outputs: tuple[Path, ...], folder: Path | None, engine: str | None) -> None:
    """Load what was read into the archive; what is loaded already is passed over.

    With OUTPUTS those files are loaded, which another program than `bulk work` may have had written.
    Each file is one transaction: meanwhile other programs can read the archive and not write to it.
    """
    from newsarchive.archive import Archive  # noqa: PLC0415 - the other commands need none of it
    from newsarchive.bulk.load import load as load_all  # noqa: PLC0415
    from newsarchive.bulk.replay import archive_of  # noqa: PLC0415

    with nullcontext() if outputs else _queue(db, folder, engine) as queue:
        # What was read again of another archive is left for that one.
        paths = [path for path in queue.to_load() if archive_of(path) in (None, db.resolve())] if queue else []
        files = {queue.output(path): path for path in paths} if queue else {}

        def loaded(output: Path) -> None:
            if queue is not None:
                queue.loaded(files[output])

        with Archive.open(db) as archive, progress_bar("files") as progress:
            counts = load_all(archive, outputs or list(files), loaded, progress)
        told = _told(queue.job()) if queue else ""
    new, changed = counts["articles/new"], counts["articles/changed"]
    known = counts["articles/known"]
    click.echo(_("{new:,} new articles, {changed:,} changed, {known:,} known", new=new, changed=changed, known=known))
    if told:
        click.echo(told)


@bulk.command()
@_job
@click.pass_obj
def status(db: Path, /, folder: Path | None, engine: str | None) -> int:
    """Show how far the job is; the status is 1 when files could not be read."""
    with _queue(db, folder, engine) as queue:
        job = queue.job()
    _print(job)
    return int(bool(job.failed))


@contextmanager
def _queue(db: Path, folder: Path | None, engine: str | None) -> Iterator[Queue]:
    place = (folder or db.parent / "bulk").resolve()
    if not engine:
        yield FileQueue(place)
        return
    try:
        from newsarchive.cluster.bulk_queue import EngineQueue  # noqa: PLC0415 - psycopg may not be there
        from newsarchive.cluster.engine import Engine  # noqa: PLC0415
    except ImportError as error:
        raise UserError(
            _("--engine needs psycopg ({error}) - pip install 'newsarchive[cluster]'", error=error)
        ) from error
    with Engine(engine) as asked:
        yield EngineQueue(place, asked)


def _told(job: Job) -> str:
    return _("{done:,} of {files:,} files read, {loaded:,} loaded", done=job.done, files=job.files, loaded=job.loaded)


def _print(job: Job) -> None:
    click.echo(
        _(
            "{told}, {leased:,} being read: {pages:,} pages, {articles:,} articles, {problems:,} problems",
            told=_told(job),
            leased=job.leased,
            pages=job.pages,
            articles=job.articles,
            problems=job.problems,
        )
    )
    for path, why in job.failed.items():
        click.echo(plain(_("Not read: {path}: {why}", path=path, why=why)), err=True)
