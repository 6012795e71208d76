"""Measure what commands that read an archive cost before they do anything: seconds of processor time.

    python -m benchmarks.startup                       # of a sample that is made for it
    python -m benchmarks.startup --db data/archive.db

Prints the least of several runs of each command, and of the bare interpreter, which says how fast the machine is.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.docs.sample import make_sample

COMMANDS = (
    ("--help",),
    ("sql", "select 1"),
    ("search", "银行"),
    ("search", "--json", "银行"),
    ("stats", "--by", "day"),
    ("sources",),
    ("mentions",),
    ("problems",),
)


def seconds(command: list[str], runs: int) -> float:
    """Return the least processor time, of the user and of the system, that a command took."""
    least = float("inf")
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        least = min(least, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return least


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--db", type=Path)
    parser.add_argument("--runs", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = options.db or Path(folder) / "archive.db"
        if options.db is None:
            make_sample(db, articles=60, visits=(0,))
        print(f"{seconds([sys.executable, '-c', 'pass'], options.runs):.3f}  python -c pass")
        for arguments in COMMANDS:
            command = [sys.executable, "-m", "newsarchive", "--db", str(db), *arguments]
            print(f"{seconds(command, options.runs):.3f}  newsarchive {' '.join(arguments)}", flush=True)


if __name__ == "__main__":
    main()
