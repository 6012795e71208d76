"""Measure stories: what is found, what is wrongly joined, what an article costs, how large the index grows.

    python -m benchmarks.stories [--sizes 10000 30000 100000] [--english] [--seed 5] [--rebuild] [--shuffled] [--views]

The cost is that of `link` and of the commits, in milliseconds an article over the last tenth of a corpus: by the clock,
and of the processor, which other programs on the machine disturb less. All archives are filled as far as that first;
then they take turns, so that a machine whose speed changes with the minute does not decide how their costs compare. Of
the smaller sizes there are several archives. The index is every table and index that `create_tables` made, the text is
title and body in UTF-8.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Literal

from benchmarks.story_corpus import KINDS, Item, corpus
from newsarchive.archive import views
from newsarchive.archive.connection import PRAGMAS
from newsarchive.archive.outlets import Outlets
from newsarchive.crawl.writer.process import CACHE
from newsarchive.stories import Stories, create_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Articles a transaction, as a crawl under way commits.
BATCH = 50
#: So many articles of every size are timed at least.
TIMED = 3000

_ARTICLES = """
CREATE TABLE articles (
    id INTEGER PRIMARY KEY, article_key TEXT UNIQUE, title TEXT, body TEXT NOT NULL, published_at TEXT,
    published_precision TEXT, published_date TEXT, source_id INTEGER, story_id INTEGER, first_seen_at TEXT NOT NULL
) STRICT;
"""
_SOURCES = """
CREATE TABLE sources (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, slug TEXT, medium TEXT) STRICT;
CREATE TABLE source_aliases (alias TEXT PRIMARY KEY, source_id INTEGER NOT NULL, reason TEXT NOT NULL) STRICT
"""


@dataclass(slots=True)
class Outcome:
    """What was found in one archive."""

    recall: float
    precision: float
    by_kind: dict[str, float]
    lookalikes_linked: int


class Archive:
    """An archive that a corpus goes into, batch by batch."""

    def __init__(self, path: Path, items: list[Item], order: list[Item]) -> None:
        self.items = items
        self.timed = 0
        self.seconds = self.busy = 0.0
        self._order = order
        self._done = 0
        self._sources: dict[str, int] = {}
        self.connection = sqlite3.connect(path, isolation_level=None)
        for pragma in (*PRAGMAS, CACHE):
            self.connection.execute(pragma)
        self.connection.execute("BEGIN")
        self.connection.execute(_ARTICLES)
        create_tables(self.connection)
        self.connection.execute("COMMIT")

    @property
    def part_done(self) -> float:
        """How much of the corpus is in the archive, from 0 to 1."""
        return self._done / len(self._order)

    def take_batch(self, *, timed: bool) -> None:
        """Store and link the next articles; the commit is charged whole, though a part is the articles' own."""
        batch = self._order[self._done : self._done + BATCH]
        self._done += len(batch)
        self.connection.execute("BEGIN IMMEDIATE")
        ids = [self._insert(item) for item in batch]
        begun, begun_busy = time.perf_counter(), time.process_time()
        for article_id in ids:
            Stories(self.connection).link(article_id)
        self.connection.execute("COMMIT")
        if timed:
            self.seconds += time.perf_counter() - begun
            self.busy += time.process_time() - begun_busy
            self.timed += len(batch)

    def _insert(self, item: Item) -> int:
        when = item.published_at
        cursor = self.connection.execute(
            "INSERT INTO articles (article_key, title, body, published_at, published_date, source_id, first_seen_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (item.key, item.title, "\n\n".join(item.paragraphs), when.isoformat(), when.date().isoformat(),
             self._sources.setdefault(item.source, len(self._sources) + 1), when.isoformat()),
        )  # fmt: skip
        assert cursor.lastrowid is not None
        return cursor.lastrowid


def judge(connection: sqlite3.Connection, items: list[Item]) -> Outcome:
    """Compare the stories found with the true ones.

    Recall: a copy is found when it is in the story of its original. Precision: the share of articles that stand in
    a story of two and more and belong to the story's most frequent true story.
    """
    truth = {item.key: item for item in items}
    found: dict[str, int] = dict(connection.execute("SELECT article_key, story_id FROM articles"))
    originals = {item.story: found[item.key] for item in items if item.kind == "original"}
    copies = [item for item in items if item.kind in KINDS]
    hit = Counter(item.kind for item in copies if found[item.key] == originals[item.story])
    total = Counter(item.kind for item in copies)
    members: dict[int, list[Item]] = defaultdict(list)
    for key, story in found.items():
        members[story].append(truth[key])
    shared = [group for group in members.values() if len(group) > 1]
    right = sum(Counter(item.story for item in group).most_common(1)[0][1] for group in shared)
    return Outcome(
        recall=sum(hit.values()) / max(1, len(copies)),
        precision=right / max(1, sum(map(len, shared))),
        by_kind={kind: hit[kind] / max(1, total[kind]) for kind in KINDS},
        lookalikes_linked=sum(item.kind.startswith("form") for group in shared for item in group),
    )


def index_to_text(connection: sqlite3.Connection) -> float:
    """Weigh everything that stories keep against the text, in bytes."""
    (text,) = connection.execute(
        "SELECT sum(length(CAST(title AS BLOB)) + length(CAST(body AS BLOB))) FROM articles"
    ).fetchone()
    (index,) = connection.execute(
        "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'stor%' OR name = 'articles_story'"
    ).fetchone()
    return float(index / text)


def open_archives(folder: Path, size: int, options: argparse.Namespace) -> Iterator[Archive]:
    """Make the archives of one size, each of a corpus with a seed of its own, and fill nine tenths of them."""
    for seed in range(options.seed, options.seed + max(1, 10 * TIMED // size)):
        items = corpus(size, seed, english=options.english)
        order = random.Random(seed).sample(items, len(items)) if options.shuffled else items
        archive = Archive(folder / f"{size}-{seed}.db", items, order)
        while archive.part_done < 0.9:
            archive.take_batch(timed=False)
        yield archive


def take_turns(archives: list[Archive]) -> None:
    """Fill the archives up, always the one that is furthest behind."""
    while (behind := min(archives, key=lambda archive: archive.part_done)).part_done < 1:
        behind.take_batch(timed=True)


def _check_rebuild(connection: sqlite3.Connection) -> None:
    before = snapshot(connection)
    begun = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    count = Stories(connection).rebuild()
    connection.execute("COMMIT")
    same = "the same" if snapshot(connection) == before else "ANOTHER"
    print(f"rebuild of {count:,} articles: {same} result, {time.perf_counter() - begun:.0f} s")


def _time_views(connection: sqlite3.Connection) -> None:
    """Read every view whole, four times, and print the best; the articles are dealt out to 2,000 sources again."""
    connection.execute("BEGIN IMMEDIATE")
    for statement in _SOURCES.split(";"):
        connection.execute(statement)
    for number in range(2000):
        Outlets(connection).resolve(f"江湾{number}报")
    # A few sources print much, most print little.
    connection.execute("UPDATE articles SET source_id = 1 + 2000 * (id * 7919 % 1000) / (1000 + 20 * (id % 997))")
    connection.execute("CREATE INDEX articles_source ON articles (source_id, published_at)")
    connection.execute("CREATE INDEX articles_day ON articles (published_date, source_id)")
    Stories(connection).refresh([story for (story,) in connection.execute("SELECT id FROM stories").fetchall()])
    views.create_views(connection)
    connection.execute("COMMIT")
    for name in ("daily_counts", "syndication", "source_activity", "gaps"):
        times = []
        for _ in range(4):
            begun = time.perf_counter()
            count = len(connection.execute(f"SELECT * FROM {name}").fetchall())
            times.append(1000 * (time.perf_counter() - begun))
        print(f"{name}: {count:,} rows in {min(times):.0f} ms")


def snapshot(connection: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
    """Read everything that stories keep, in a fixed order."""
    queries = (
        "SELECT article_key, story_id FROM articles ORDER BY 1",
        "SELECT * FROM stories ORDER BY 1",
        "SELECT * FROM story_text_links ORDER BY 1, 2",
    )
    return [connection.execute(query).fetchall() for query in queries]


def report(size: int, archives: list[Archive], first: list[Archive]) -> None:
    """Print what the archives of one size gave, and their cost against that of the first size."""
    outcomes = [judge(archive.connection, archive.items) for archive in archives]
    try:
        index = f"{index_to_text(archives[0].connection):.2f} times the text"
    except sqlite3.OperationalError:
        index = "not weighed: this SQLite has no dbstat"
    clock, first_clock = (_milliseconds(group, "seconds") for group in (archives, first))
    processor, first_processor = (_milliseconds(group, "busy") for group in (archives, first))
    print(
        f"{size:>7,} articles  recall {mean(one.recall for one in outcomes):.4f}"
        f"  precision {mean(one.precision for one in outcomes):.5f}"
        f"  look-alikes joined {sum(one.lookalikes_linked for one in outcomes)}"
        f"  index {index}"
    )
    print(
        f"        an article costs {clock:.2f} ms by the clock, {processor:.2f} ms of processor:"
        f" {clock / first_clock:.2f} and {processor / first_processor:.2f} times as much as the first size"
    )
    for kind in KINDS:
        print(f"        {kind:20} {mean(one.by_kind[kind] for one in outcomes):.4f}")


def _milliseconds(archives: list[Archive], what: Literal["seconds", "busy"]) -> float:
    return 1000 * sum(getattr(one, what) for one in archives) / sum(one.timed for one in archives)


def main() -> None:
    """Print one block for every size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 30_000, 100_000])
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--english", action="store_true", help="English articles instead of Chinese ones")
    parser.add_argument("--shuffled", action="store_true", help="in random order instead of that of publication")
    parser.add_argument("--rebuild", action="store_true", help="also rebuild, and compare with the incremental way")
    parser.add_argument("--views", action="store_true", help="also time the views")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        by_size = {size: list(open_archives(Path(folder), size, options)) for size in options.sizes}
        take_turns([archive for archives in by_size.values() for archive in archives])
        for size, archives in by_size.items():
            report(size, archives, by_size[options.sizes[0]])
            if options.rebuild:
                _check_rebuild(archives[0].connection)
            if options.views:
                _time_views(archives[0].connection)


if __name__ == "__main__":
    main()
