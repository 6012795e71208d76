"""Compare field by field what two versions of the reader make of the same pages: a change for speed alone changes none.

    git archive main | tar -x -C /tmp/before
    python benchmarks/same_reading.py /tmp/before

Over all pages that `benchmarks/reading.py` measures: those of the sets, and posts, originals and answers of the share
service of a known site. Each version reads in a process of its own. Prints each difference; exits with 1 if there is
any.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).resolve().parent
#: When all pages were fetched: dates that count from then must not differ.
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def dump(data: Path) -> None:
    """Print what this process's reader makes of every page, a line of JSON each."""
    sys.path.insert(0, str(HERE))
    reading = import_module("reading")
    for kind, page, site in reading.speed_pages(data, list(reading.SETS), None):
        page.fetched_at = NOW
        fields = asdict(reading.read(page, site))
        del fields["page"]
        print(json.dumps([kind, page.url, fields], default=str))


def readings(code: Path, data: Path) -> list[tuple[str, str, dict[str, object]]]:
    """Return what the reader of a folder makes of every page: kind, URL, fields."""
    command = (sys.executable, str(Path(__file__).resolve()), str(code), "--data", str(data), "--dump")
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in result.stdout.splitlines()]


def main() -> int:
    """Compare, or print for the process that compares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path, help="folder of the code to compare with")
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "reading", help="folder of the pages")
    parser.add_argument("--dump", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.dump:
        sys.path.insert(0, str(chosen.before))
        import_module("newsarchive")  # whatever is imported of it from now on is this one's
        dump(chosen.data)
        return 0
    before, after = (readings(code.resolve(), chosen.data.resolve()) for code in (chosen.before, HERE.parent))
    differing = 0
    for (kind, url, old), (_, _, new) in zip(before, after, strict=True):
        names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        differing += bool(names)
        for name in names:
            print(f"{kind} {url} {name}: {old.get(name)!r} -> {new.get(name)!r}")
    print(f"{differing} of {len(after)} pages are read in another way")
    return int(differing > 0)


if __name__ == "__main__":
    sys.exit(main())
