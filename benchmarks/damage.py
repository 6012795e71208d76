"""Flip single bits of an archive and of its WARC files, and look whether `check --deep` finds and `repair` mends them.

    python benchmarks/damage.py                        60 bits of the database, 20 of WARC files; 300 articles
    python benchmarks/damage.py --articles 100 --bits 300 --warc-bits 50 --seed 2

Each bit is flipped in a fresh copy of a crawled archive. A bit that changes nothing that SQLite gives back (it lies in
the unused rest of a page, or a search answers as before) is counted as that: there is nothing to find. What is compared
after the repair is what the archive holds: articles, texts, copies, what copies said, raw pages.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from static_site import crawl, serve_static
from torture_commands import faults

from newsarchive.archive.connection import open_readonly
from newsarchive.errors import UserError
from newsarchive.maintenance.repair import repair

if TYPE_CHECKING:
    from collections.abc import Iterator

PORT = 8097
#: What must come back, or be told as lost.
HOLDS = {
    "articles": "SELECT article_key, title, body, published_at, content_hash, revision, first_seen_at FROM articles",
    "texts": "SELECT content_hash, body FROM texts",
    "copies": "SELECT url, role, site, first_seen_at, content_hash FROM copies",
    "readings": "SELECT c.url, r.title, r.fields FROM readings r JOIN copies c ON c.id = r.copy_id",
    "pages": "SELECT url, fetched_at, digest, length FROM snapshots WHERE lost_at IS NULL",
}
#: The search indexes; what FTS5 keeps of them in tables of its own is compared by what it answers.
INDEXES = ("search_index", "search_characters")
_BLOCKS = tuple(f"{index}_{table}".encode() for index in INDEXES for table in ("data", "idx", "docsize"))
Held = dict[str, set[tuple[object, ...]]]


def held(db: Path) -> Held:
    """Return what an archive holds."""
    with contextlib.closing(open_readonly(db)) as connection:
        return {name: set(connection.execute(query)) for name, query in HOLDS.items()}


def everything(db: Path) -> object:
    """Return all that SQLite gives back of a file, or what it says instead."""
    try:
        with contextlib.closing(open_readonly(db)) as connection:
            connection.text_factory = bytes
            names = connection.execute(
                "SELECT name FROM sqlite_master WHERE rootpage > 0 AND type = 'table'"
            ).fetchall()
            rows = {
                name: connection.execute(f'SELECT * FROM "{name.decode()}"').fetchall()
                for (name,) in names
                if not name.startswith(_BLOCKS)
            }
            rows |= {index.encode(): list(_answers(connection, index)) for index in INDEXES}
            return connection.execute("PRAGMA integrity_check").fetchall(), rows
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return str(error)


def _answers(connection: sqlite3.Connection, index: str) -> Iterator[object]:
    """Yield where the terms of a search index stand, and how many articles a search for each finds."""
    for form in ("instance", "row"):
        connection.execute(f"CREATE VIRTUAL TABLE temp.{index}_{form} USING fts5vocab(main, {index}, {form})")
    yield from connection.execute(f"SELECT * FROM temp.{index}_instance")
    for (term,) in connection.execute(f"SELECT term FROM temp.{index}_row").fetchall():
        yield connection.execute(
            f"SELECT count(*) FROM {index} WHERE {index} MATCH CAST(? AS TEXT)", (b'"%b"' % term,)
        ).fetchone()


def is_found(db: Path) -> bool:
    """Return whether `check --deep` tells of damage."""
    return bool(faults(db))


def flip(path: Path, chance: random.Random) -> str:
    """Flip a bit of a file; return where."""
    position, bit = chance.randrange(path.stat().st_size), chance.randrange(8)
    with path.open("r+b") as file:
        file.seek(position)
        byte = file.read(1)[0]
        file.seek(position)
        file.write(bytes([byte ^ (1 << bit)]))
    return f"bit {bit} of byte {position} of {path.name}"


def damage_and_repair(whole: Path, folder: Path, chance: random.Random, *, warc: bool) -> tuple[str, str]:
    """Flip a bit in a copy of an archive, check and repair it; return what became of it, and details."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(whole, folder)
    db = folder / "archive.db"
    files = sorted(folder.rglob("*.warc.gz")) if warc else [db]
    where = flip(chance.choice(files), chance)
    if not is_found(db):
        if not warc and everything(db) == everything(whole / "archive.db"):
            return "without effect", where
        return "NOT FOUND", f"{where}: {_changes(whole / 'archive.db', db)}"
    result, more = _repaired(whole, db)
    return result, f"{where}: {more}"


def _repaired(whole: Path, db: Path) -> tuple[str, str]:
    """Repair a damaged archive; return what became of it, and details."""
    try:
        done = repair(db, datetime.now(UTC))
    except UserError as error:
        return "found, NOT MENDED", str(error)
    if is_found(db):
        return "found, NOT MENDED", "check still finds damage"
    before, after = held(whole / "archive.db"), held(db)
    differing = {name: len(before[name] ^ after[name]) for name in HOLDS if before[name] != after[name]}
    if not differing:
        return "found and mended, nothing lost", ""
    if done.lost:
        return "found and mended, the rest told as lost", f"{differing}, {done.lost[:3]}"
    return "found and mended, LOST UNTOLD", f"{differing}, mended {dict(done.mended)}"


def _changes(whole: Path, db: Path) -> str:
    before, after = everything(whole), everything(db)
    if isinstance(before, str) or isinstance(after, str):
        return str(after)[:200]
    tables = [name.decode() for name in before[1] if before[1][name] != after[1].get(name)]  # type: ignore[index]
    return f"changed rows of {', '.join(tables)}"


def main() -> int:
    """Read the options, damage and repair, and print what was found; 1 where something was lost untold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--bits", type=int, default=60)
    parser.add_argument("--warc-bits", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    bad = 0
    with tempfile.TemporaryDirectory(prefix="damage-") as name:
        whole = Path(name) / "whole"
        whole.mkdir()
        with serve_static(PORT, articles=options.articles) as base:
            first = crawl(whole / "archive.db", "category", base)
        if first.status:
            raise SystemExit(f"the crawl ended with status {first.status}:\n{first.log[-2000:]}")
        for kind, number, warc in (("database", options.bits, False), ("WARC files", options.warc_bits, True)):
            tally: Counter[str] = Counter()
            for _ in range(number):
                result, where = damage_and_repair(whole, Path(name) / "copy", chance, warc=warc)
                tally[result] += 1
                if any(word.isupper() for word in result.split() if len(word) > 1):
                    bad += 1
                    print(f"{result}: {where}", flush=True)
            print(f"{number} bits of the {kind}:", ", ".join(f"{count} {what}" for what, count in tally.most_common()))
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
