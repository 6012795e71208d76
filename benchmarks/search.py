"""Measure the search on a generated archive: latency, what is found, size and indexing rate.

    python -m benchmarks.search --articles 100000 --folder /tmp/bench

Makes an archive of invented text (the same for the same seed), indexes it, and asks queries of one, two, four and eight
characters and of two words, sampled from the text itself, so that common words are asked as often as they occur. What
is found is compared with a plain comparison of characters in title and body. Latencies are those of whole searches:
query text in, marked titles and snippets out. The archive is kept in the folder and used again by the next run.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate, chain
from pathlib import Path
from typing import TYPE_CHECKING

from newsarchive.archive.connection import connect
from newsarchive.search import Search
from newsarchive.search.index import SearchIndex

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

SEED = 20220303
FIRST_DAY = datetime(2019, 1, 1, tzinfo=UTC)
BATCH = 50
#: For the last measurement, the last share of the articles is made older than all others: posts read in later.
LATE_SHARE = 0.1
KINDS = ("1 character", "2 characters", "4 characters", "8 characters", "two words")
HAN_RUN = re.compile("[\u4e00-\u9fff]+")


class Writer:
    """Invents articles: words of one to four characters by a Zipf law, some from the article's own topic."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        characters = [chr(code) for code in self._random.sample(range(0x4E00, 0x9000), 3500)]
        weights = list(accumulate(1 / (rank + 8) for rank in range(len(characters))))
        lengths = self._random.choices((1, 2, 3, 4), weights=(8, 70, 14, 8), k=40_000)
        pick = self._random.choices
        self._words = ["".join(pick(characters, cum_weights=weights, k=length)) for length in lengths]
        self._weights = list(accumulate(1 / (rank + 20) for rank in range(len(self._words))))
        self._topics = [self._random.sample(range(len(self._words)), 120) for _ in range(400)]
        self._topic_weights = list(accumulate(1 / (rank + 5) for rank in range(120)))

    def article(self) -> tuple[str, str]:
        """Invent a title and a body of about 600 characters in paragraphs."""
        chance, words = self._random, self._words
        topic = [words[i] for i in chance.choice(self._topics)]
        general = chance.choices(words, cum_weights=self._weights, k=210)
        special = chance.choices(topic, cum_weights=self._topic_weights, k=90)
        title = "".join(special[:4] + general[:4])
        pieces = []
        for i in range(30):
            pieces.extend([*general[7 * i : 7 * i + 3], *special[3 * i : 3 * i + 2]])
            pieces.append("。\n\n" if i % 9 == 8 else "。" if i % 3 == 2 else "，")
            if i % 5 == 4:
                pieces.append(f"{chance.randrange(1, 13)}月增长{chance.randrange(1, 900) / 10}%，")
            pieces.extend(general[3 + 7 * i : 7 + 7 * i])
        return title, "".join(pieces) + "。"


def build(connection: sqlite3.Connection, total: int) -> dict[str, float]:
    """Fill an archive and index it whole, then index some articles one by one and some as a crawl; return rates."""
    triggers = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'articles' AND name LIKE 'search_%' AND type = 'trigger'"
    )
    kept = triggers.fetchall()
    for name, _ in kept:
        connection.execute(f"DROP TRIGGER {name}")
    with transaction(connection):
        connection.executemany(
            "INSERT INTO sources (id, name) VALUES (?, ?)", [(i, f"Medium {i}") for i in range(1, 301)]
        )
    writer = Writer(SEED)
    live = min(5000, total // 10)
    text = 0
    writing = 0.0
    for rows in batches(writer, 1, total - live):
        text += sum(len(row[2].encode()) + len(row[3].encode()) for row in rows)
        writing += timed(lambda rows=rows: insert(connection, rows))
    started = time.perf_counter()
    with transaction(connection):
        Search(connection).reindex(
            lambda done, of: done % 100_000 or print(f"  indexed {done:,} of {of:,}", flush=True)
        )
    indexing = time.perf_counter() - started
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    unindexed = list(batches(writer, total - live + 1, total - live // 2))
    plain = sum(timed(lambda rows=rows: insert(connection, rows)) for rows in unindexed)
    with transaction(connection):
        connection.executemany("DELETE FROM articles WHERE id = ?", [(row[0],) for rows in unindexed for row in rows])
    for _, sql in kept:
        connection.execute(sql)
    at_once = sum(timed(lambda rows=rows: insert(connection, rows)) for rows in unindexed)
    rest = list(batches(writer, total - live // 2 + 1, total))
    indexed = sum(timed(lambda rows=rows: insert(connection, rows, at_the_end=True)) for rows in rest)
    text += sum(len(row[2].encode()) + len(row[3].encode()) for rows in [*unindexed, *rest] for row in rows)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return {
        "text bytes": text,
        "unindexed rows/s": (total - live) / writing,
        "reindex rows/s": (total - live) / indexing,
        "live unindexed rows/s": sum(map(len, unindexed)) / plain,
        "each indexed at once": sum(map(len, unindexed)) / at_once,
        "live indexed rows/s": sum(map(len, rest)) / indexed,
    }


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold one transaction; the archive's connections commit every statement otherwise."""
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("COMMIT")


def batches(writer: Writer, first: int, last: int) -> Iterator[list[tuple[object, ...]]]:
    """Invent articles with the ids from first to last, a batch at a time."""
    for start in range(first, last + 1, BATCH):
        yield [row(writer, i) for i in range(start, min(start + BATCH, last + 1))]


def row(writer: Writer, number: int) -> tuple[object, ...]:
    """Make one article's row; ids rise with the time of publication."""
    title, body = writer.article()
    published = (FIRST_DAY + timedelta(minutes=2 * number)).strftime("%Y-%m-%dT%H:%M:%S+08:00")
    key = f"{published[:10].replace('-', '')}{number:010d}"
    url = f"news.example/{key}.html"
    return (
        number,
        key,
        title,
        body,
        published,
        published[:10],
        number % 300 + 1,
        url,
        "example",
        key,
        published,
        published,
    )


def insert(connection: sqlite3.Connection, rows: list[tuple[object, ...]], *, at_the_end: bool = False) -> None:
    """Store some articles in one transaction, and index them as they come or, as a crawl does, at its end."""
    with transaction(connection):
        if at_the_end:
            SearchIndex(connection).defer()
        connection.executemany(
            "INSERT INTO articles (id, article_key, title, body, published_at, published_date, source_id, url, site, "
            "content_hash, first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        SearchIndex(connection).settle()


def move_dates(connection: sqlite3.Connection, total: int, years: int) -> None:
    """Move the times of the articles stored last by some years."""
    with transaction(connection):
        connection.execute(
            "UPDATE articles SET published_at = (substr(published_at, 1, 4) + ?) || substr(published_at, 5) "
            "WHERE id > ?",
            (years, int(total * (1 - LATE_SHARE))),
        )


def timed(call: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def queries(connection: sqlite3.Connection, total: int, count: int) -> dict[str, list[str]]:
    """Sample queries from the text of random articles."""
    chance = random.Random(SEED + 1)
    asked: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for kind, length in zip(KINDS, (1, 2, 4, 8, 2), strict=True):
        while len(asked[kind]) < count:
            (body,) = connection.execute(
                "SELECT body FROM articles WHERE id = ?", (chance.randint(1, total),)
            ).fetchone()
            runs = [run for run in HAN_RUN.findall(body) if len(run) >= length]
            words = []
            for run in chance.sample(runs, k=2 if kind == "two words" else 1):
                start = chance.randint(0, len(run) - length)
                words.append(run[start : start + length])
            asked[kind].append(" ".join(words))
    return asked


def compare(connection: sqlite3.Connection, asked: dict[str, list[str]]) -> tuple[float, float]:
    """Compare what is found with a comparison of characters over all texts; return recall and precision."""
    wanted = {
        query: connection.execute("SELECT search_fold(?)", (query,)).fetchone()[0].split()
        for query in chain(*asked.values())
    }
    truth: dict[str, set[int]] = {query: set() for query in wanted}
    for article_id, title, body in connection.execute("SELECT id, search_fold(title), search_fold(body) FROM articles"):
        for query, words in wanted.items():
            if all(word in body or word in title for word in words):
                truth[query].add(article_id)
    search = Search(connection)
    right = found_all = true_all = 0
    for query, true in truth.items():
        condition = search.condition(search.parse(query))
        sql = f"SELECT id FROM articles a WHERE {condition.text}"
        found = {found_id for (found_id,) in connection.execute(sql, condition.parameters)}
        right += len(found & true)
        found_all += len(found)
        true_all += len(true)
    return right / true_all, right / found_all


def latencies(connection: sqlite3.Connection, asked: list[str], **options: object) -> str:
    """Ask every query once and write the median and the 95th percentile in milliseconds."""

    def ask(text: str) -> None:
        search = Search(connection)
        search.hits(search.parse(text), **options)

    times = sorted(timed(partial(ask, query)) * 1000 for query in asked)
    return f"{statistics.median(times):8.1f} {times[int(len(times) * 0.95)]:8.1f}"


def index_bytes(connection: sqlite3.Connection, index: str) -> int:
    """Return the bytes that an index takes: its blocks, and the lengths of the texts that ranking needs."""
    (blocks,) = connection.execute(f"SELECT sum(length(block)) FROM {index}_data").fetchone()
    if index == "search_characters":
        return int(blocks)
    (lengths,) = connection.execute(f"SELECT sum(length(sz) + 8) FROM {index}_docsize").fetchone()
    return int(blocks + lengths)


def main() -> None:
    """Build where nothing is built yet, ask, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, required=True, help="where the archive is made and kept")
    parser.add_argument("--queries", type=int, default=60, help="queries of each kind")
    options = parser.parse_args()
    path = options.folder / f"search-{options.articles}.db"
    is_new = not path.exists()
    connection = connect(path)
    if is_new:
        for name, value in build(connection, options.articles).items():
            print(f"{name:24}{value:16,.0f}")
    text = connection.execute("SELECT sum(length(CAST(title || body AS BLOB))) FROM articles").fetchone()[0]
    for name in ("search_index", "search_characters"):
        size = index_bytes(connection, name)
        print(f"{name:24}{size:16,} bytes, {size / text:.2f} of the text")
    asked = queries(connection, options.articles, options.queries)
    print(f"{'milliseconds':16}{'newest p50':>12}{'p95':>9}{'ranked p50':>12}{'p95':>9}")
    for kind in KINDS:
        newest, ranked = (latencies(connection, asked[kind], order=order, limit=50) for order in ("newest", "rank"))
        print(f"{kind:16}    {newest}    {ranked}")
    move_dates(connection, options.articles, -20)
    print(f"newest after {LATE_SHARE:.0%} of the articles, the last stored, became the oldest:")
    for kind in KINDS:
        print(f"{kind:16}    {latencies(connection, asked[kind], order='newest', limit=50)}")
    move_dates(connection, options.articles, 20)
    print("recall {:.6f}, precision {:.6f}".format(*compare(connection, asked)))


if __name__ == "__main__":
    main()
