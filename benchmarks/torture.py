"""Kill crawls at random moments, again and again, and look whether anything was lost, stored twice or broken.

    python benchmarks/torture.py                       50 kills, 10 double SIGTERMs, 10 kills of the process that
                                                       writes the archive; 2,000 articles
    python benchmarks/torture.py --articles 300 --kills 5 --terms 2
    python benchmarks/torture.py --only power-cuts     also: backups, restores, repairs, or one of the above

One undisturbed crawl of the sample site gives what an archive of it must hold. Then crawls are begun on another archive
and killed (SIGKILL, SIGTERM twice, or SIGKILL of the writing process alone) at a random moment of their work; each is
followed by a normal run on the same archive, and what it holds is compared with the undisturbed one. Every kill begins
with an empty archive or, every other time, with what the run before left when it was killed, so that a crawl is also
killed while it takes up leftovers. Then backups, restores and repairs are killed, and the power is cut under crawls
(torture_commands.py); single bits are flipped by damage.py. The archives of a round in which something was found
are kept in build/torture.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from static_site import ROOT, children_of, crawl, environment_of, serve_static
from torture_commands import control_power_cut, cut_power, kill_commands

from newsarchive.archive.connection import open_readonly

PORT = 8096
#: Commands that are killed.
COMMANDS = ("backup", "restore", "repair")
#: Ways to break a crawl off: the signals that are sent, and whether to its writing process.
WAYS = {
    "kills": ((signal.SIGKILL,), False),
    "terms": ((signal.SIGTERM, signal.SIGTERM), False),
    "writer-kills": ((signal.SIGKILL,), True),
}
#: What an archive holds, whenever and however often it was crawled.
_HOLDS = {
    "copies": "SELECT url, role, content_hash FROM copies",
    "articles": "SELECT article_key, title, body, content_hash, revision FROM articles",
    "pages": "SELECT DISTINCT url, digest FROM snapshots",
    "listings": "SELECT url, digest, next_url, due FROM listings",
    # Pages that are gone, and are tried again on another day.
    "waiting": "SELECT url, reason FROM frontier WHERE state = 'pending'",
}


@dataclass
class Tally:
    """What was found over all rounds."""

    rounds: int = 0
    killed: int = 0
    ended_before: int = 0
    lost: int = 0
    twice: int = 0
    broken: int = 0
    failed_runs: int = 0
    notes: list[str] = field(default_factory=list)

    def add(self, kind: str, number: int, what: str) -> None:
        """Count a finding and keep its words."""
        setattr(self, kind, getattr(self, kind) + number)
        if number:
            self.notes.append(what)
            print(f"\n{what}", flush=True)


def holds(db: Path) -> dict[str, set[tuple[object, ...]]]:
    """Return what an archive holds."""
    with closing(open_readonly(db)) as connection:
        return {name: set(connection.execute(query)) for name, query in _HOLDS.items()}


def break_off(db: Path, base: str, after: float, way: str) -> bool:
    """Begin a crawl and break it off after so many seconds; return whether it was still at work."""
    signals, writer = WAYS[way]
    command = [sys.executable, "-m", "scrapy", "crawl", "category", "-a", "site=demo", "-a", f"base_url={base}"]
    with (db.parent / "killed.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment_of(db), stderr=log, stdout=log)
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            for number in signals:
                for pid in children_of(process.pid) if writer else [process.pid]:
                    os.kill(pid, number)
                time.sleep(0.02)
            process.wait(120)
            return True
    return False


def look(db: Path, expected: dict[str, set[tuple[object, ...]]], tally: Tally) -> None:
    """Compare an archive with what it must hold, and check the file and its WARC files."""
    found = holds(db)
    for name, rows in expected.items():
        missing, more = rows - found[name], found[name] - rows
        tally.add("lost", len(missing), f"round {tally.rounds}: {name} lost: {sorted(missing, key=str)[:2]}")
        tally.add("twice", len(more), f"round {tally.rounds}: {name} too many: {sorted(more, key=str)[:2]}")
    connection = sqlite3.connect(db)
    doubles = 0
    for table, key in (("articles", "article_key"), ("copies", "url"), ("readings", "copy_id")):
        (more,) = connection.execute(f"SELECT count(*) - count(DISTINCT {key}) FROM {table}").fetchone()
        doubles += more
    connection.close()
    tally.add("twice", doubles, f"round {tally.rounds}: {doubles} articles, copies or readings twice")
    checked = subprocess.run(
        [sys.executable, "-c", "from newsarchive.cli import main; main()", "--db", str(db), "check", "--deep"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if checked.returncode:
        tally.add("broken", 1, f"round {tally.rounds}: check says: {checked.stdout[-500:]}{checked.stderr[-300:]}")


def torture(base: str, scratch: Path, rounds: list[str], seed: int) -> Tally:
    """Run all rounds and give the tally."""
    chance = random.Random(seed)
    whole = scratch / "whole"
    whole.mkdir()
    first = crawl(whole / "archive.db", "category", base)
    if first.status:
        raise SystemExit(f"the undisturbed crawl ended with status {first.status}:\n{first.log[-2000:]}")
    expected = holds(whole / "archive.db")
    print(
        f"undisturbed: {len(expected['articles'])} articles, {len(expected['copies'])} copies in {first.seconds:.0f} s"
    )
    tally = Tally()
    folder = scratch / "killed"
    for way in rounds:
        tally.rounds += 1
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        db = folder / "archive.db"
        for _ in range(2 if tally.rounds % 2 else 1):
            at_work = break_off(db, base, chance.uniform(0.5, first.seconds), way)
            tally.killed += at_work
            tally.ended_before += not at_work
        after = crawl(db, "category", base)
        note = f"round {tally.rounds}: the run after ended with {after.status}: {after.log[-300:]}"
        tally.add("failed_runs", int(after.status != 0), note)
        before = len(tally.notes)
        look(db, expected, tally)
        if len(tally.notes) > before:
            kept = shutil.copytree(folder, ROOT / "build" / "torture" / f"round{tally.rounds}", dirs_exist_ok=True)
            print(f"kept for a closer look: {kept}", flush=True)
        print(f"\rround {tally.rounds} of {len(rounds)}: {len(tally.notes)} findings", end="", flush=True)
    print()
    return tally


def torture_commands(base: str, scratch: Path, numbers: dict[str, int], seed: int, tally: Tally) -> None:
    """Kill commands and cut the power, and print what came of it."""
    chance = random.Random(seed)

    def tell(what: str) -> None:
        tally.add("broken", 1, what)

    rounds = [name for name in COMMANDS for _ in range(numbers[f"{name}s"])]
    if rounds:
        before = tally.broken
        kill_commands(scratch / "whole", scratch, rounds, chance, tell)
        told = ", ".join(f"{rounds.count(name)} {name}s" for name in COMMANDS if name in rounds)
        print(f"{told}, each killed three times: {tally.broken - before} findings")
    if numbers["power_cuts"]:
        pages = len(holds(scratch / "whole" / "archive.db")["pages"])
        moments = [chance.randrange(1, pages) for _ in range(numbers["power_cuts"])]
        kept, lost = cut_power(base, scratch, moments, tell)
        rows, missing = control_power_cut(base, scratch, max(moments), tell)
        print(f"control without syncs: {missing} of {rows} rows of raw pages without their page")
        print(f"{len(moments)} power cuts: {kept} rows of raw pages survived, {lost} of them without their page")


def main() -> int:
    """Read the options, torture, and print what was found; 1 if anything was."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--terms", type=int, default=10)
    parser.add_argument("--writer-kills", type=int, default=10)
    for name in (*COMMANDS, "power-cut"):
        parser.add_argument(f"--{name}s", type=int, default=10)
    parser.add_argument("--only", choices=[*WAYS, *(f"{name}s" for name in (*COMMANDS, "power-cut"))])
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    numbers = {
        name: number if options.only in (None, name.replace("_", "-")) else 0 for name, number in vars(options).items()
    }
    rounds = [way for way in WAYS for _ in range(numbers[way.replace("-", "_")])]
    random.Random(options.seed).shuffle(rounds)
    with (
        tempfile.TemporaryDirectory(prefix="torture-") as name,
        serve_static(PORT, articles=options.articles) as base,
    ):
        tally = torture(base, Path(name), rounds, options.seed)
        torture_commands(base, Path(name), numbers, options.seed, tally)
    print(f"{tally.rounds} rounds, {tally.killed} crawls killed at work, {tally.ended_before} had ended before")
    print(f"lost: {tally.lost}   stored twice: {tally.twice}   broken archives: {tally.broken}   "
          f"runs after that failed: {tally.failed_runs}")  # fmt: skip
    return int(bool(tally.notes))


if __name__ == "__main__":
    sys.exit(main())
