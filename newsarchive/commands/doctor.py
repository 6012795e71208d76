"""`newsarchive doctor`: what this machine has and lacks, and how the archive is."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, NamedTuple

import click

from newsarchive import __version__
from newsarchive.archive import Archive, schema
from newsarchive.commands.output import (
    print_rows,
    rows_options,
    size_of,
)
from newsarchive.errors import UserError
from newsarchive.i18n import N_, _, ngettext, stored
from newsarchive.plots.fonts import FONT_HINT, find_font
from newsarchive.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: What the program needs, and bytes of free disk below which a crawl may stop in the middle.
PYTHON, SQLITE = (3, 11), (3, 37, 0)
LITTLE_SPACE = 500_000_000
_ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
# module -> what it is for, and how it is installed
_EXTRAS = {
    "datasette": (N_("browsing in Datasette"), "browse"),
    "pyarrow": ("export parquet", "parquet"),
    _ZSTD: (N_("reading .warc.zst files"), "zstd"),
    "matplotlib": ("plot", "plot"),
}
_RUNS = "SELECT spider, site, started_at, outcome, reason FROM runs ORDER BY id DESC LIMIT 5"


class Finding(NamedTuple):
    """One thing that was looked at: `state` is ok, note (something is optional and absent) or wrong."""

    what: str
    state: Literal["ok", "note", "wrong"]
    detail: str


@click.command(epilog="Example: newsarchive doctor --json")
@rows_options
@click.pass_obj
def doctor(db: Path, form: str | None) -> int:
    """Check whether this machine has what newsarchive needs.

    Checks Python, SQLite, fonts, optional packages, disk space, the archive, its permissions and its last runs. The
    exit status is 1 when something is wrong; a note is not a fault.
    """
    findings = [*_machine(), *_packages(), _chromium(), _font(), *_place(db), *_archive(db)]
    print_rows(Finding._fields, ((_(one.what), _(one.state), one.detail) for one in findings), form)
    return int(any(finding.state == "wrong" for finding in findings))


def _machine() -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("newsarchive", "ok", __version__)
    yield Finding("Python", "ok" if sys.version_info >= PYTHON else "wrong", f"{python} ({sys.executable})")
    is_new = sqlite3.sqlite_version_info >= SQLITE
    needed = "" if is_new else _(" - {version} or newer is needed", version=".".join(map(str, SQLITE)))
    yield Finding("SQLite", "ok" if is_new else "wrong", sqlite3.sqlite_version + needed)
    has_fts5 = _has_fts5()
    yield Finding(
        "FTS5", "ok" if has_fts5 else "wrong", _("there") if has_fts5 else _("this SQLite was built without it")
    )
    encoding = (sys.stdout.encoding or "").lower()
    is_utf8 = encoding.replace("-", "") == "utf8"
    advice = "" if is_utf8 else _(" cannot show Chinese - set LANG=C.UTF-8 or PYTHONUTF8=1")
    yield Finding(N_("output"), "ok" if is_utf8 else "note", encoding + advice)


def _has_fts5() -> bool:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5(c)")
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return True


def _packages() -> Iterator[Finding]:
    for module, (purpose, extra) in _EXTRAS.items():
        there = find_spec(module) is not None
        advice = (
            _("for {purpose}", purpose=_(purpose))
            if there
            else _("absent; for {purpose}: pip install 'newsarchive[{extra}]'", purpose=_(purpose), extra=extra)
        )
        yield Finding(module, "ok" if there else "note", advice)


def _chromium() -> Finding:
    from newsarchive.crawl.render.browser import find_chromium  # noqa: PLC0415 - loads Scrapy

    try:
        path = find_chromium(os.environ.get("NEWSARCHIVE_CHROMIUM", ""))
        return Finding("Chromium", "ok", _("for {purpose}", purpose="[render]") + f": {path}")
    except UserError as error:
        return Finding("Chromium", "note", str(error))


def _font() -> Finding:
    font = find_font()
    return Finding(N_("Chinese font"), "ok", str(font)) if font else Finding(N_("Chinese font"), "note", FONT_HINT)


def _place(db: Path) -> Iterator[Finding]:
    folder = next(parent for parent in db.absolute().parents if parent.is_dir())
    free = shutil.disk_usage(folder).free
    enough = free >= LITTLE_SPACE
    yield Finding(
        N_("disk"), "ok" if enough else "wrong", _("{size} free at {folder}", size=size_of(free), folder=folder)
    )
    may_write = os.access(folder, os.W_OK | os.X_OK)
    yield Finding(
        N_("folder"),
        "ok" if may_write else "wrong",
        str(folder) if may_write else _("{folder} cannot be written", folder=folder),
    )


def _archive(db: Path) -> Iterator[Finding]:
    if not db.exists():
        yield Finding(N_("archive"), "note", _("{db} is not there yet - newsarchive crawl makes it", db=db))
        return
    try:
        with Archive.open(db, readonly=True) as archive:
            (count,) = archive.connection.execute("SELECT count(*) FROM articles").fetchone()
            runs = archive.connection.execute(_RUNS).fetchall()
            broken = [*map(str, schema.differences(archive.connection)), *archive.search.check(words=False)]
    except (UserError, sqlite3.DatabaseError) as error:
        yield Finding(N_("archive"), "wrong", plain(str(error)))
        return
    yield Finding(
        N_("archive"),
        "ok",
        ngettext(
            "{db}: {count} article, {size}, up to date",
            "{db}: {count} articles, {size}, up to date",
            count,
            db=db,
            size=size_of(db.stat().st_size),
        ),
    )
    for what in broken:
        yield Finding(N_("archive"), "wrong", plain(_("{what} - newsarchive repair", what=what)))
    may_write = os.access(db, os.W_OK)
    yield Finding(
        N_("archive file"), "ok" if may_write else "note", _("can be written") if may_write else _("can only be read")
    )
    for spider, site, started_at, outcome, reason in runs:
        state: Literal["ok", "note"] = "ok" if outcome in ("finished", "running") else "note"
        yield Finding(
            N_("run"), state, plain(f"{started_at} {spider} {site or ''} {_(outcome)} {stored(reason or '')}".strip())
        )
