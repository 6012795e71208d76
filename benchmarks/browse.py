"""Measure the pages of `newsarchive browse` through HTTP on a generated archive.

    python -m benchmarks.browse --articles 100000 --folder /tmp/bench

Makes an archive of invented articles (sources, categories, copies, changed texts, mentions, stories), serves it as
`newsarchive browse` does, and asks for every page and every question, each with several arguments, over one
connection. Prints the median and the 95th percentile in milliseconds, and the median of the processor's time, which
says more on a machine that does other things as well. The archive is kept in the folder and used again.
"""

from __future__ import annotations

import argparse
import http.client
import random
import statistics
import sys
import threading
import time
from contextlib import closing, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import uvicorn

from benchmarks.search import Writer
from newsarchive.archive.connection import connect
from newsarchive.browse.metadata import COLUMNS_FIRST, queries
from newsarchive.browse.serve import application, listen
from newsarchive.search import Search

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

SEED = 20260305
CHINA = timezone(timedelta(hours=8))
LAST = datetime(2026, 3, 5, 12, tzinfo=CHINA)
PER_DAY = 1000
SOURCES, CATEGORIES = 120, 40
BATCH = 500
#: Pages whose every answer shall come within this time, in milliseconds.
TARGET = 200
# The statements that fill the archive; articles come first, the rest refers to them.
INSERTS = {
    "articles": "INSERT INTO articles"
    " (id, article_key, info_code, kind, site, url, share_url, title, body, published_at, published_date,"
    " source_id, category_id, lang, paywalled, char_count, paragraph_count, story_id, content_hash,"
    " revision, first_seen_at, last_seen_at, changed_at, extractor) VALUES"
    " (?, ?, ?, 'media', 'bench', ?, ?, ?, ?, ?, ?, ?, ?, 'zh', 0, ?, ?, ?, ?, ?, ?, ?, ?, 'bench')",
    "copies": "INSERT INTO copies (id, article_id, url, role, site, first_seen_at, last_seen_at, gone_at, http_status)"
    " VALUES (?, ?, ?, ?, 'bench', ?, ?, ?, 200)",
    "texts": "INSERT INTO texts (id, content_hash, body) VALUES (?, ?, ?)",
    "readings": "INSERT INTO readings (copy_id, article_id, first_seen_at, last_seen_at, cause, title, text_id, fields)"
    " VALUES (?, ?, ?, ?, 'site', ?, ?, '{}')",
    "paragraphs": "INSERT INTO paragraphs (article_id, position, kind, text) VALUES (?, ?, 'text', ?)",
    "mentions": "INSERT INTO mentions (article_id, market, code, name, count) VALUES (?, '1', ?, ?, ?)",
    "bylines": "INSERT INTO bylines (article_id, role, name) VALUES (?, 'author', ?)",
}


class Generator:
    """Invents articles and everything that belongs to them, the same for the same seed."""

    def __init__(self, total: int) -> None:
        self._chance = random.Random(SEED)
        self._writer = Writer(SEED)
        self._total = total
        self._texts = 0

    def batch(self, first: int, last: int) -> dict[str, list[tuple[object, ...]]]:
        """Invent the articles with the ids from first to last."""
        rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in INSERTS}
        for number in range(first, last + 1):
            self._add(rows, number)
        return rows

    def _add(self, rows: dict[str, list[tuple[object, ...]]], number: int) -> None:
        chance = self._chance
        title, body = self._writer.article()
        when = LAST - timedelta(seconds=(self._total - number) * 86400 // PER_DAY)
        published, seen = when.isoformat(), when.strftime("%Y-%m-%dT%H:%M:%SZ")
        key = f"{when:%Y%m%d}{number:010d}"
        # A tenth of the articles tells a story that one of the articles just before has told.
        story = number - chance.randrange(1, 40) if number > 50 and chance.random() < 0.1 else number
        changed = chance.random() < 0.03
        post, share = f"https://news.example/{key}.html", f"https://share.example/?infoCode=NW{key}"
        paragraphs = body.split("\n\n")
        rows["articles"].append((
            number, key, f"NW{key}", post, share, title, body, published, published[:10],
            min(chance.randrange(SOURCES), chance.randrange(SOURCES)) + 1, chance.randrange(CATEGORIES) + 1,
            len(body), len(paragraphs), story, f"{number:032x}", 2 if changed else 1, seen, seen, seen,
        ))  # fmt: skip
        gone = seen if chance.random() < 0.05 else None
        rows["copies"].append((2 * number, number, post, "post", seen, seen, gone))
        rows["copies"].append((2 * number + 1, number, share, "share", seen, seen, None))
        states = [body.replace("增长", "上升"), body] if changed else [body]
        for state, text in enumerate(states):
            self._texts += 1
            rows["texts"].append((self._texts, f"{self._texts:032x}", text))
            later = (when + timedelta(hours=state)).strftime("%Y-%m-%dT%H:%M:%SZ")
            rows["readings"].append((2 * number, number, later, later, title, self._texts))
        rows["readings"].append((2 * number + 1, number, seen, seen, None, self._texts))
        rows["paragraphs"] += [(number, position, text) for position, text in enumerate(paragraphs)]
        codes = {f"{600000 + chance.randrange(chance.randrange(1, 2000)):06d}" for _ in range(chance.randrange(3))}
        rows["mentions"] += [(number, code, f"公司{code}", chance.randrange(1, 5)) for code in sorted(codes)]
        if chance.random() < 0.3:
            rows["bylines"].append((number, f"记者{chance.randrange(400)}"))


def build(connection: sqlite3.Connection, total: int) -> None:
    """Fill an archive; its words are indexed at the end, as after an import."""
    kept = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE name LIKE 'search_%' AND type = 'trigger'"
    ).fetchall()
    generator = Generator(total)
    with transaction(connection):
        for name, _ in kept:
            connection.execute(f"DROP TRIGGER {name}")
        connection.executemany(
            "INSERT INTO sources (id, name) VALUES (?, ?)", [(i, f"媒体{i}") for i in range(1, SOURCES + 1)]
        )
        connection.executemany(
            "INSERT INTO categories (id, site, slug, name) VALUES (?, 'bench', ?, ?)",
            [(i, f"c{i}", f"栏目{i}") for i in range(1, CATEGORIES + 1)],
        )
    for first in range(1, total + 1, BATCH):
        with transaction(connection):
            for name, rows in generator.batch(first, min(first + BATCH - 1, total)).items():
                connection.executemany(INSERTS[name], rows)
    with transaction(connection):
        connection.execute(
            "INSERT INTO stories (id, lead_article_id, lead_source_id, article_count, source_count,"
            " first_published_at, last_published_at) SELECT story_id, first, (SELECT source_id FROM articles WHERE id ="
            " first), articles, sources, since, until FROM (SELECT story_id, min(id) AS first, count(*) AS articles,"
            " count(DISTINCT source_id) AS sources, min(published_at) AS since, max(published_at) AS until"
            " FROM articles GROUP BY story_id)"
        )
        Search(connection).reindex()
        for _, sql in kept:
            connection.execute(sql)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("COMMIT")


def pages(connection: sqlite3.Connection, name: str, rounds: int) -> dict[str, list[str]]:
    """Choose the addresses to ask for: what is measured -> the addresses that take turns."""
    chance = random.Random(SEED)

    def some(sql: str) -> list[str]:
        found = [str(row[0]) for row in connection.execute(sql)]
        return [chance.choice(found) for _ in range(rounds)]

    words = [title[:length] for length in (2, 4) for title in some("SELECT title FROM articles WHERE id % 997 = 0")]
    sources = some("SELECT name FROM sources")
    columns = "&".join(f"_col={column}" for column in COLUMNS_FIRST)
    measured = {
        "front page": ["/"],
        "article": [f"/article/{key}" for key in some("SELECT article_key FROM articles WHERE id % 101 = 0")],
        "what changed": [
            f"/article/{key}/changes/2" for key in some("SELECT article_key FROM articles WHERE revision > 1 LIMIT 500")
        ],
        "story": [f"/story/{i}" for i in some("SELECT id FROM stories WHERE article_count > 1 LIMIT 500")],
        "search: newest of all": ["/search"],
        "search: a word": [f"/search?q={quote(word)}" for word in words],
        "search: two words, a month": [
            f"/search?q={quote(f'{one} {other}')}&from=2026-02-01&to=2026-02-28"
            for one, other in zip(words, reversed(words), strict=True)
        ],
        "search: best first": [f"/search?order=rank&q={quote(word)}" for word in words],
        "search: a source": [f"/search?q={quote(f'source:{source}')}" for source in sources],
        "search: feed": [f"/search.atom?q={quote(word)}" for word in words],
        "list of tables": ["/tables"],
        "table of articles": [f"/{name}/articles?{columns}"],
    }
    arguments = {
        "source": sources,
        "day": some("SELECT DISTINCT published_date FROM articles"),
        "code": some("SELECT DISTINCT code FROM mentions LIMIT 300"),
        "name": some("SELECT DISTINCT name FROM bylines"),
        "days": ["7", "30"],
        "sources": ["2", "3"],
    }
    for query, content in queries().items():
        measured[f"{query}"] = [f"/{name}/{query}"]
        for argument, values in arguments.items():
            if f":{argument})" in content["sql"] or f":{argument} " in content["sql"]:
                measured[f"{query} ({argument})"] = [f"/{name}/{query}?{argument}={quote(value)}" for value in values]
    return measured


def ask(client: http.client.HTTPConnection, address: str) -> tuple[float, float, int]:
    """Fetch an address; return milliseconds until the whole answer is here, those of the processor, and its bytes."""
    started, worked = time.perf_counter(), time.process_time()
    client.request("GET", address)
    response = client.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{address}: status {response.status}")
    return 1000 * (time.perf_counter() - started), 1000 * (time.process_time() - worked), len(body)


@contextmanager
def served(path: Path) -> Iterator[http.client.HTTPConnection]:
    """Serve the archive on loopback and open a connection to it."""
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    config = uvicorn.Config(application(path).app(), log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def main() -> int:
    """Build the archive where it is missing, measure, print; 1 when a page misses the target."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    path = options.folder / f"browse-{options.articles}.db"
    is_new = not path.exists()
    connection = connect(path)
    if is_new:
        started = time.perf_counter()
        build(connection, options.articles)
        print(f"built {options.articles:,} articles in {time.perf_counter() - started:.0f} s", flush=True)
    print(f"{path.stat().st_size / 1e6:,.0f} MB; milliseconds, {options.rounds} requests each\n")
    print(f"{'page':48}{'p50':>8}{'p95':>8}{'max':>8}{'cpu':>8}{'kB':>8}")
    slow = []
    measured = pages(connection, path.stem, options.rounds)
    with served(path) as client:
        for name, addresses in measured.items():
            ask(client, addresses[0])  # what is read from the disk for the first time is not what is measured
            taken = [ask(client, addresses[i % len(addresses)]) for i in range(options.rounds)]
            times = sorted(time for time, _, _ in taken)
            p95 = times[int(0.95 * (len(times) - 1))]
            work, size = (statistics.median(values) for values in list(zip(*taken, strict=True))[1:])
            numbers = (statistics.median(times), p95, times[-1], work, size / 1000)
            print(f"{name:48}" + "".join(f"{number:8.1f}" for number in numbers), flush=True)
            slow += [name] if p95 > TARGET else []
    print(f"\nslower than {TARGET} ms at p95: {', '.join(slow) or 'none'}")
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(main())
