"""Rounds of torture.py that break off commands, or the power: `kill_commands` and `cut_power`.

A backup, a restore or a repair is killed at a random moment of its work; what is there afterwards has to be sound, and
the command run again has to end well. A power cut takes what was written and not synced: the processes run with
power_cut.c preloaded, which keeps what is synced. What the database wrote survives whether it was synced or not, as it
may in a power cut; of the WARC files only what was synced does. A row without its raw page is what must not be.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from static_site import ROOT, children_of, crawl, environment_of

from newsarchive.archive import Archive
from newsarchive.archive.connection import open_readonly
from newsarchive.errors import UserError
from newsarchive.maintenance.backup import backup
from newsarchive.maintenance.check import check
from newsarchive.warc.record import SnapshotDamagedError

if TYPE_CHECKING:
    import random

Tell = Callable[[str], None]
SOURCE = Path(__file__).with_name("power_cut.c")


def faults(db: Path) -> list[str]:
    """Return the damage that `check --deep` finds."""
    try:
        with Archive.open(db, readonly=True) as archive:
            report = check(archive, datetime.now(UTC), deep=True)
    except (UserError, sqlite3.DatabaseError) as error:
        return [str(error)]
    return [f"{one.what}: {one.examples}" for one in report.findings if one.severity == "damage"]


def command(db: Path, *arguments: object) -> list[str]:
    """Return the command line of newsarchive on an archive."""
    return [sys.executable, "-m", "newsarchive", "--db", str(db), *map(str, arguments)]


def damage(db: Path) -> None:
    """Damage an archive in several ways that can be mended."""
    with contextlib.closing(sqlite3.connect(db, isolation_level=None)) as connection:
        connection.execute("DELETE FROM search_index_data WHERE id > 10")
        connection.execute("DROP TRIGGER search_insert")
        connection.execute("UPDATE texts SET body = body || '。' WHERE id % 7 = 0")
    for file in sorted(db.parent.rglob("*.warc.gz"))[:1]:
        os.truncate(file, file.stat().st_size - 2000)


def kill_commands(whole: Path, scratch: Path, rounds: list[str], chance: random.Random, tell: Tell) -> None:
    """Kill backup, restore and repair; tell of everything that is not as it should be afterwards."""
    for number, what in enumerate(rounds, 1):
        folder, target = scratch / "killed", scratch / "backup"
        for path in (folder, target):
            shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(whole, folder)
        db = folder / "archive.db"
        backup(db, target)
        if what == "repair":
            damage(db)
        if what == "restore":
            os.truncate(db, db.stat().st_size // 2)
        arguments = (what,) if what == "repair" else (what, target)
        shutil.copytree(folder, scratch / "measured", dirs_exist_ok=True)
        began = time.monotonic()
        measured = command(scratch / "measured" / "archive.db", *arguments)
        subprocess.run(measured, capture_output=True, check=False, cwd=ROOT)
        seconds = time.monotonic() - began
        shutil.rmtree(scratch / "measured")
        for _ in range(3):  # the second and third begin with what the one before has left
            process = subprocess.Popen(
                command(db, *arguments), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0.3, 1.0) * seconds)
            process.send_signal(signal.SIGKILL)
            process.wait()
            if what == "backup" and (found := [*faults(db), *faults(target / "archive.db")]):
                tell(f"{what} {number}: damaged after the kill: {found[:2]}")
        done = subprocess.run(command(db, *arguments), capture_output=True, text=True, check=False, cwd=ROOT)
        found = faults(db)
        # A repair that tells something as lost ends with 1.
        if found or done.returncode > (what == "repair"):
            tell(f"{what} {number}: ended with {done.returncode}: {done.stderr[-300:]} {found[:3]}")
        print(f"\r{number} of {len(rounds)} kills of commands", end="", flush=True)
    print()


def control_power_cut(base: str, scratch: Path, pages: int, tell: Tell) -> tuple[int, int]:
    """Cut the power under a crawl whose syncs count for nothing; tell where no row without its page is found then.

    Returns how many rows of raw pages there were, and how many without one.
    """
    rows, missing = _cut_once(base, scratch, pages, {"POWER_CUT_NO_SYNC": "1"})
    if not missing:
        tell(f"control: without syncs none of {rows} rows lacks its raw page: a power cut shows nothing")
    return rows, missing


def _cut_once(base: str, scratch: Path, pages: int, more: dict[str, str]) -> tuple[int, int]:
    folder, shadow, disk = scratch / "written", scratch / "synced", scratch / "disk"
    for path in (folder, shadow, disk):
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
    _crawl_until_the_cut(base, folder, shadow, pages, {"LD_PRELOAD": str(_library(scratch)), **more})
    _survive(folder, shadow, disk)
    db = disk / "archive.db"
    return _rows_without_pages(db) if db.exists() else (0, 0)


def _library(scratch: Path) -> Path:
    library = scratch / "power_cut.so"
    if not library.exists():
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl"], check=True)
    return library


def cut_power(base: str, scratch: Path, moments: Sequence[int], tell: Tell) -> tuple[int, int]:
    """Cut the power under crawls, each when so many raw pages are committed.

    Returns how many rows of raw pages there were afterwards, and how many without one.
    """
    lost = kept = 0
    db = scratch / "disk" / "archive.db"
    for number, pages in enumerate(moments, 1):
        rows, missing = _cut_once(base, scratch, pages, {})
        kept, lost = kept + rows, lost + missing
        if missing:
            tell(f"power cut {number}: {missing} of {rows} rows have no raw page")
        after = crawl(db, "category", base)
        if after.status:
            tell(f"power cut {number}: the run after ended with {after.status}: {after.log[-300:]}")
        if found := faults(db):
            tell(f"power cut {number}: check says: {found[:3]}")
        print(f"\r{number} of {len(moments)} power cuts", end="", flush=True)
    print()
    return kept, lost


def _crawl_until_the_cut(base: str, folder: Path, shadow: Path, pages: int, preload: dict[str, str]) -> None:
    watched = {"POWER_CUT_BASE": str(folder), "POWER_CUT_SHADOW": str(shadow)}
    process = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", "category", "-a", "site=demo", "-a", f"base_url={base}"],
        cwd=ROOT, env=environment_of(folder / "archive.db", **watched, **preload),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while process.poll() is None and _count_pages(folder / "archive.db") < pages:
        time.sleep(0.05)
    # Both at one moment, as the power goes: the writer must not go on.
    for pid in [*children_of(process.pid), process.pid]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
    time.sleep(0.5)


def _count_pages(db: Path) -> int:
    with contextlib.suppress(sqlite3.Error), contextlib.closing(open_readonly(db)) as connection:
        return int(connection.execute("SELECT count(*) FROM snapshots").fetchone()[0])
    return 0


def _survive(folder: Path, shadow: Path, disk: Path) -> None:
    """Give a folder what a power cut leaves: the database as it was written, of the WARC files what was synced."""
    for name in ("archive.db", "archive.db-wal"):
        if (folder / name).exists():
            shutil.copy(folder / name, disk / name)
    synced = Path(f"{shadow}/data{folder}/warc")
    for file in synced.rglob("*.warc.gz"):
        place = Path("warc", file.relative_to(synced))
        if all(_is_named(shadow, folder, part) for part in (place, *place.parents) if part.name):
            (disk / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, disk / place)


def _is_named(shadow: Path, folder: Path, place: Path) -> bool:
    """Return whether the folder of a file was synced since the file had its name."""
    names = Path(f"{shadow}/names{folder / place.parent}/.names")
    return names.exists() and place.name in names.read_text().split("\n")


def _rows_without_pages(db: Path) -> tuple[int, int]:
    with Archive.open(db) as archive:
        ids = [row[0] for row in archive.connection.execute("SELECT id FROM snapshots")]
        missing = 0
        for snapshot_id in ids:
            try:
                archive.snapshots.verify(snapshot_id)
            except SnapshotDamagedError:
                missing += 1
    return len(ids), missing
