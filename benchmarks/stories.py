"""Measure stories: what is found, what is wrongly joined, what an article costs, how large the index grows.

    python -m benchmarks.stories [--sizes 10000 30000 100000] [--english] [--seed 5] [--rebuild] [--shuffled] [--views]

The cost is that of `link` and of the commits, in milliseconds an article over the last tenth of the corpus: by the
clock, and of the processor, which other programs on the machine disturb less. The index is every table and index that
`create_tables` made, the text is title and body in UTF-8.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.story_corpus import KINDS, Item, corpus
from newsarchive.archive import sources, stories, views

#: Articles a transaction, as a crawl under way commits.
BATCH = 50

_ARTICLES = """
CREATE TABLE articles (
    id INTEGER PRIMARY KEY, article_key TEXT UNIQUE, title TEXT, body TEXT NOT NULL, published_at TEXT,
    published_date TEXT, source_id INTEGER, story_id INTEGER, first_seen_at TEXT NOT NULL
) STRICT;
"""


@dataclass(slots=True)
class Outcome:
    """What one corpus gave."""

    size: int
    recall: float
    precision: float
    by_kind: dict[str, float] = field(default_factory=dict)
    lookalikes_linked: int = 0
    milliseconds: float = 0.0
    processor: float = 0.0
    index_to_text: float = 0.0


def open_archive(path: Path) -> sqlite3.Connection:
    """Make an empty archive with the least that stories need."""
    connection = sqlite3.connect(path, isolation_level=None)
    # As the archive's own connection.
    connection.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -12288;" + _ARTICLES
    )
    connection.execute("BEGIN")
    stories.create_tables(connection)
    connection.execute("COMMIT")
    return connection


def insert(connection: sqlite3.Connection, item: Item, sources: dict[str, int]) -> int:
    """Store an article and return its id."""
    when = item.published_at
    cursor = connection.execute(
        "INSERT INTO articles (article_key, title, body, published_at, published_date, source_id, first_seen_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (item.key, item.title, "\n\n".join(item.paragraphs), when.isoformat(), when.date().isoformat(),
         sources.setdefault(item.source, len(sources) + 1), when.isoformat()),
    )  # fmt: skip
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def fill(connection: sqlite3.Connection, items: list[Item]) -> tuple[float, float]:
    """Store and link all articles.

    Returns what linking an article took over the last tenth of them, in milliseconds of time and of processor time;
    the commit is charged whole, though a part of it is the article's own.
    """
    sources: dict[str, int] = {}
    last_tenth = len(items) - len(items) // 10
    spent = busy = 0.0
    for start in range(0, len(items), BATCH):
        connection.execute("BEGIN IMMEDIATE")
        ids = [insert(connection, item, sources) for item in items[start : start + BATCH]]
        begun, begun_busy = time.perf_counter(), time.process_time()
        for article_id in ids:
            stories.link(connection, article_id)
        connection.execute("COMMIT")
        if start >= last_tenth:
            spent += time.perf_counter() - begun
            busy += time.process_time() - begun_busy
    count = max(1, len(items) - last_tenth)
    return 1000 * spent / count, 1000 * busy / count


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
        size=len(items),
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


def measure(size: int, seed: int, *, english: bool, shuffled: bool, rebuild: bool, time_views: bool) -> Outcome:
    """Run one corpus through an archive of its own."""
    items = corpus(size, seed, english=english)
    with tempfile.TemporaryDirectory() as folder:
        connection = open_archive(Path(folder) / "stories.db")
        stream = random.Random(seed).sample(items, len(items)) if shuffled else items
        spent = fill(connection, stream)
        outcome = judge(connection, items)
        outcome.milliseconds, outcome.processor = spent
        try:
            outcome.index_to_text = index_to_text(connection)
        except sqlite3.OperationalError:
            print("this SQLite has no dbstat: the index is not weighed")
        if rebuild:
            _check_rebuild(connection)
        if time_views:
            _time_views(connection)
        connection.close()
    return outcome


def _check_rebuild(connection: sqlite3.Connection) -> None:
    before = snapshot(connection)
    begun = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    count = stories.rebuild(connection)
    connection.execute("COMMIT")
    same = "the same" if snapshot(connection) == before else "ANOTHER"
    print(f"rebuild of {count:,} articles: {same} result, {time.perf_counter() - begun:.0f} s")


def _time_views(connection: sqlite3.Connection) -> None:
    """Read every view whole, four times, and print the best; the articles are dealt out to 2,000 sources anew."""
    connection.execute("BEGIN IMMEDIATE")
    sources.create_tables(connection)
    for number in range(2000):
        sources.resolve(connection, f"江湾{number}报")
    # A few sources print much, most print little.
    connection.execute("UPDATE articles SET source_id = 1 + 2000 * (id * 7919 % 1000) / (1000 + 20 * (id % 997))")
    connection.execute("CREATE INDEX articles_source ON articles (source_id, published_at)")
    connection.execute("CREATE INDEX articles_day ON articles (published_date, source_id)")
    stories.refresh(connection, [story for (story,) in connection.execute("SELECT id FROM stories").fetchall()])
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
    first: Outcome | None = None
    for size in options.sizes:
        got = measure(
            size,
            options.seed,
            english=options.english,
            shuffled=options.shuffled,
            rebuild=options.rebuild,
            time_views=options.views,
        )
        first = first or got
        print(
            f"{got.size:>7,} articles  recall {got.recall:.4f}  precision {got.precision:.5f}"
            f"  look-alikes joined {got.lookalikes_linked}  {got.milliseconds:.2f} ms an article"
            f" ({got.processor:.2f} ms of processor, {got.processor / first.processor:.2f} times the first)"
            f"  index {got.index_to_text:.2f} times the text"
        )
        for kind, recall in got.by_kind.items():
            print(f"        {kind:20} {recall:.4f}")


if __name__ == "__main__":
    main()
