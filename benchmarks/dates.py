"""How many printed dates are read rightly: the table of `tests/extract/date_table.tsv`, by language.

    python benchmarks/dates.py [TABLE]

A reading is right where it is the time that is meant, as exactly as it is printed; coarser where it is its day alone;
none where nothing was read; else wrong. Exits with status 1 when one is wrong.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))

from newsarchive.extract.dates import Dated, parse_date

TABLE = Path(__file__).parents[1] / "tests/extract/date_table.tsv"
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 12, tzinfo=ZONE)
_FORMS = {"day": "%Y-%m-%d", "minute": "%Y-%m-%d %H:%M", "second": "%Y-%m-%d %H:%M:%S"}

Verdict = Literal["right", "coarser", "none", "wrong"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table; `meant` is None where no date is certain."""

    lang: str
    printed: str
    meant: str | None

    def read(self) -> str | None:
        """Return what is read of the text, written as in the table."""
        dated = parse_date(self.printed, zone=ZONE, now=NOW, lang=self.lang)
        return _written(dated) if dated else None

    def verdict(self, found: str | None) -> Verdict:
        """Judge a reading."""
        if found == self.meant:
            return "right"
        if found is None:
            return "none"
        return "coarser" if self.meant is not None and self.meant.startswith(found + " ") else "wrong"


def _written(dated: Dated) -> str:
    when = dated.when if dated.precision == "day" else dated.when.astimezone(ZONE)
    return when.strftime(_FORMS[dated.precision])


def lines(table: Path = TABLE) -> list[Line]:
    """Read the table."""
    rows = (line.split("\t") for line in table.read_text(encoding="utf-8").splitlines() if line[:1] not in ("", "#"))
    return [Line(lang, printed, None if meant == "-" else meant) for lang, printed, meant in rows]


def main() -> int:
    """Print the counts of each language, and what is not right."""
    counts: dict[str, Counter[Verdict]] = defaultdict(Counter)
    for line in lines(Path(sys.argv[1]) if len(sys.argv) > 1 else TABLE):
        found = line.read()
        verdict = line.verdict(found)
        counts[line.lang.partition("-")[0]][verdict] += 1
        if verdict != "right":
            print(f"{verdict}: {line.lang} {line.printed!r}: {found} for {line.meant}")
    print(f"{'language':10} {'right':>6} {'coarser':>8} {'none':>6} {'wrong':>6}")
    total = sum(counts.values(), Counter[Verdict]())
    for name, count in [*sorted(counts.items()), ("all", total)]:
        print(f"{name:10} {count['right']:6} {count['coarser']:8} {count['none']:6} {count['wrong']:6}")
    return 1 if total["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
