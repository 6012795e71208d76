"""Measure the pages of `newsarchive browse` through HTTP on a generated archive.

    python -m benchmarks.browse --articles 100000 --folder /tmp/bench

Makes an archive of invented articles (sources, categories, copies, changed texts, mentions, stories, some raw pages)
and lets `newsarchive browse` serve it. Asks for every page and every question, each with several arguments, over one
connection, and prints the median and the 95th percentile in milliseconds; the server's processor time beside them
says more on a machine that does other things as well. Then several clients ask at once for a mixture of pages, and the
whole archive is downloaded as CSV. `--only WORD` measures what has the word in its name. The archive is kept in the
folder and used again.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from datasette.utils import tilde_encode

from benchmarks.search import Writer
from newsarchive.archive.connection import connect
from newsarchive.archive.schema_docs import descriptions
from newsarchive.archive.snapshots import Snapshots
from newsarchive.browse import plugin
from newsarchive.browse.metadata import COLUMNS_FIRST, queries
from newsarchive.browse.search_page import KINDS
from newsarchive.browse.subjects import KINDS as SUBJECTS
from newsarchive.models import Page
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
#: Pages whose every answer shall come within this time, in milliseconds, and pages a second for several clients.
TARGET, PAGES_A_SECOND = 150, 40
#: Articles whose raw page is kept.
KEPT = 50
#: What several clients ask for in turns, by what it is called below.
MIXTURE = (
    *("front page", "article", "article", "story", "search: a word", "search: two words, a month"),
    *("search: a source", "source", "table of articles", "articles_of_a_day (day)"),
)
# The statements that fill the archive; articles come first, the rest refers to them.
INSERTS = {
    "articles": "INSERT INTO articles"
    " (id, article_key, info_code, kind, site, url, share_url, title, body, published_at, published_date,"
    " source_id, category_id, lang, published_precision, paywalled, char_count, paragraph_count, story_id,"
    " content_hash, revision, first_seen_at, last_seen_at, changed_at, extractor) VALUES"
    " (?, ?, ?, 'media', 'bench', ?, ?, ?, ?, ?, ?, ?, ?, 'zh', 'minute', 0, ?, ?, ?, ?, ?, ?, ?, ?, 'bench')",
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
    keep_pages(connection)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def keep_pages(connection: sqlite3.Connection) -> None:
    """Keep the raw pages of the newest articles."""
    snapshots = Snapshots(connection)
    with closing(snapshots), transaction(connection):
        newest = (
            "SELECT c.id, c.url, a.title, a.body FROM articles a JOIN copies c ON c.id = 2 * a.id ORDER BY a.id DESC"
        )
        for copy, url, title, body in connection.execute(f"{newest} LIMIT ?", (KEPT,)).fetchall():
            html = f"<html><title>{title}</title><p>{body}</p></html>".encode()
            kept = snapshots.save(Page(url, "post", "bench", html, datetime.now(UTC)))
            connection.execute("UPDATE copies SET snapshot_id = ? WHERE id = ?", (kept, copy))


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
    keys = some("SELECT article_key FROM articles WHERE id % 101 = 0")
    sources = some("SELECT name FROM sources")
    days = some("SELECT DISTINCT published_date FROM articles")
    codes = some("SELECT DISTINCT code FROM mentions LIMIT 300")
    people = some("SELECT DISTINCT name FROM bylines")
    columns = "&".join(f"_col={column}" for column in COLUMNS_FIRST)
    subjects = {"source": sources, "security": codes, "author": people, "site": ["bench"], "day": days}
    measured = {
        "front page": ["/"],
        "article": [f"/article/{key}" for key in keys],
        "article: json": [f"/article/{key}.json" for key in keys],
        "article: bib": [f"/article/{key}.bib" for key in keys],
        "row of an article": [f"/{name}/articles/{one}" for one in some("SELECT id FROM articles WHERE id % 101 = 0")],
        "raw page": [f"/raw/{one}" for one in some("SELECT snapshot_id FROM copies WHERE snapshot_id IS NOT NULL")],
        "comparison of texts": [
            f"/article/{key}/changes" for key in some("SELECT article_key FROM articles WHERE revision > 1 LIMIT 500")
        ],
        "list of 20": [
            f"/list?ids={','.join(map(str, range(start, start + 20)))}" for start in range(1, 1 + 20 * rounds, 20)
        ],
        "list of 20: csv": ["/list.csv?ids=" + ",".join(map(str, range(1, 21)))],
        "search: longest first": [f"/search?order=longest&q={quote(word)}" for word in words],
        "what changed": [
            f"/article/{key}/changes/2" for key in some("SELECT article_key FROM articles WHERE revision > 1 LIMIT 500")
        ],
        "why": [f"/why?url={quote(url)}" for url in some("SELECT url FROM copies WHERE id % 101 = 0")],
        "story": [f"/story/{i}" for i in some("SELECT id FROM stories WHERE article_count > 1 LIMIT 500")],
        **{kind: [f"/{kind}/{tilde_encode(one)}" for one in subjects[kind]] for kind in SUBJECTS},
        "search: newest of all": ["/search"],
        "search: a word": [f"/search?q={quote(word)}" for word in words],
        "search: one character": [f"/search?q={quote(word[0])}" for word in words],
        "search: two words, a month": [
            f"/search?q={quote(f'{one} {other}')}&from=2026-02-01&to=2026-02-28"
            for one, other in zip(words, reversed(words), strict=True)
        ],
        "search: best first": [f"/search?order=rank&q={quote(word)}" for word in words],
        "search: oldest first": [f"/search?order=oldest&q={quote(word)}" for word in words],
        "search: a source": [f"/search?q={quote(f'source:{source}')}" for source in sources],
        "search: a source and a word": [
            f"/search?q={quote(f'source:{source} {word}')}" for source, word in zip(sources, words, strict=False)
        ],
        "search: a security": [f"/search?q=code:{code}" for code in codes],
        "search: a key": [f"/search?q={key}" for key in keys],
        "search: without a word": [f"/search?q={quote(f'-{word}')}" for word in words],
        "search: feed": [f"/search.atom?q={quote(word)}" for word in words],
        "search: 100 as json": [f"/search.json?size=100&q={quote(word)}" for word in words],
        **{
            f"all values: {kind}": ["/search/" + kind, *(f"/search/{kind}?q={quote(word)}" for word in words)]
            for kind in KINDS
        },
        "compare": [
            f"/compare?q={quote(one)}&q={quote(other)}" for one, other in zip(words, reversed(words), strict=True)
        ],
        "compare: csv": [f"/compare.csv?q={quote(word)}" for word in words],
        "list of tables": ["/tables"],
        "table of articles": [f"/{name}/articles?{columns}"],
        **{f"table: {table}": [f"/{name}/{table}"] for table, one in descriptions().items() if not one.hidden},
        "row of a copy": [f"/{name}/copies/{one}" for one in some("SELECT id FROM copies WHERE id % 101 = 0")],
        "SQL of a reader": [f"/{name}?sql=select+count(*)+from+articles", f"/{name}.csv?sql=select+1"],
    }
    arguments = {
        "source": sources,
        "day": days,
        "code": codes,
        "name": people,
        "days": ["7", "30"],
        "sources": ["2", "3"],
    }
    for query, content in queries().items():
        measured[query] = [f"/{name}/{query}"]
        for argument, values in arguments.items():
            if f":{argument})" in content["sql"] or f":{argument} " in content["sql"]:
                measured[f"{query} ({argument})"] = [f"/{name}/{query}?{argument}={quote(value)}" for value in values]
    measured["answer as csv"] = [f"/{name}/{query}.csv" for query in queries()]
    return measured


def not_measured(measured: dict[str, list[str]], name: str) -> list[str]:
    """Return the patterns of the pages that none of the addresses is of."""
    patterns = [pattern for pattern, _ in plugin.ROUTES]
    patterns += [re.escape(f"/{name}") + pattern for pattern, _ in plugin.TABLE_ROUTES]
    paths = {urlsplit(one).path for addresses in measured.values() for one in addresses}
    return [pattern for pattern in patterns if not any(re.match(pattern, path) for path in paths)]


class Server:
    """`newsarchive browse` as a program of its own."""

    def __init__(self, port: int, process: int) -> None:
        self._port, self._process = port, process

    def connect(self) -> http.client.HTTPConnection:
        """Open a connection to it."""
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)

    def worked(self) -> float:
        """Return the milliseconds of processor time that it and its children have taken."""
        ticks = 0
        for process in self._family():
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return 1000 * ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Return the megabytes that it and its children hold, each at its most since it began."""
        found = 0
        for process in self._family():
            status = Path(f"/proc/{process}/status").read_text()
            found += int(re.search(r"VmHWM:\s+(\d+)", status)[1])  # type: ignore[index]
        return found / 1000

    def _family(self) -> list[int]:
        children = Path(f"/proc/{self._process}/task/{self._process}/children").read_text().split()
        return [self._process, *map(int, children)]


def ask(client: http.client.HTTPConnection, address: str) -> tuple[float, int]:
    """Fetch an address; return milliseconds until the whole answer is here, and its bytes."""
    started = time.perf_counter()
    client.request("GET", address)
    response = client.getresponse()
    size = 0
    while piece := response.read(1 << 20):
        size += len(piece)
    if response.status not in (200, 302):
        print(f"{address}: status {response.status}", file=sys.stderr)
        return float("inf"), size
    return 1000 * (time.perf_counter() - started), size


@contextmanager
def served(path: Path, workers: int) -> Iterator[Server]:
    """Serve the archive on loopback with some processes."""
    command = [
        sys.executable,
        "-m",
        "newsarchive",
        "--db",
        str(path),
        "browse",
        "--port",
        "0",
        "--workers",
        str(workers),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())
        assert port is not None
        try:
            yield Server(int(port[1]), process.pid)
        finally:
            process.terminate()


def routes(server: Server, measured: dict[str, list[str]], rounds: int) -> list[str]:
    """Ask for one page after the other and print a line for each kind; return those that miss the target."""
    print(f"{'page':48}{'p50':>8}{'p95':>8}{'max':>8}{'cpu':>8}{'kB':>8}")
    slow = []
    with closing(server.connect()) as client:
        for name, addresses in measured.items():
            ask(client, addresses[0])  # what is read from the disk for the first time is not what is measured
            worked = server.worked()
            taken = [ask(client, addresses[i % len(addresses)]) for i in range(rounds)]
            work = (server.worked() - worked) / rounds
            times = sorted(time for time, _ in taken)
            p95 = times[int(0.95 * (len(times) - 1))]
            size = statistics.median(size for _, size in taken) / 1000
            numbers = (statistics.median(times), p95, times[-1], work, size)
            print(f"{name:48}" + "".join(f"{number:8.1f}" for number in numbers), flush=True)
            slow += [name] if p95 > TARGET else []
    return slow


def at_once(server: Server, measured: dict[str, list[str]], clients: int, seconds: float) -> float:
    """Let several clients ask for the mixture; print and return the pages a second."""
    started = time.perf_counter()
    worked = server.worked()

    def asking(place: int) -> list[float]:
        chance = random.Random(place)
        with closing(server.connect()) as client:
            taken = []
            while time.perf_counter() < started + seconds:
                taken.append(ask(client, chance.choice(measured[chance.choice(MIXTURE)]))[0])
            return taken

    with ThreadPoolExecutor(clients) as pool:
        times = sorted(one for taken in pool.map(asking, range(clients)) for one in taken)
    rate = len(times) / (time.perf_counter() - started)
    work = (server.worked() - worked) / len(times)
    middle, p95 = times[len(times) // 2], times[int(0.95 * (len(times) - 1))]
    print(f"{clients} clients: {rate:.1f} pages a second; p50 {middle:.0f} ms, p95 {p95:.0f} ms, cpu {work:.1f} ms")
    return rate


def download(server: Server) -> float:
    """Fetch all articles as CSV; print and return the seconds."""
    before, worked = server.memory(), server.worked()
    with closing(server.connect()) as client:
        taken, size = ask(client, "/search.csv")
    work, after = (server.worked() - worked) / 1000, server.memory()
    print(
        f"all articles as CSV: {taken / 1000:.1f} s (cpu {work:.1f} s), {size / 1e6:,.0f} MB;"
        f" the server held {before:.0f} MB at most before, {after:.0f} MB after"
    )
    return taken / 1000


def main() -> int:
    """Build the archive where it is missing, measure, print; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=20, help="how long the clients ask at once; 0 leaves it out")
    parser.add_argument("--workers", type=int, default=2, help="processes of the server")
    parser.add_argument("--only", default="", help="measure only the pages with this word in their name")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    path = options.folder / f"browse-{options.articles}.db"
    is_new = not path.exists()
    connection = connect(path)
    if is_new:
        started = time.perf_counter()
        build(connection, options.articles)
        print(f"built {options.articles:,} articles in {time.perf_counter() - started:.0f} s", flush=True)
    size = f"{path.stat().st_size / 1e6:,.0f} MB"
    print(f"{size}; milliseconds, {options.rounds} requests each, {options.workers} processes\n")
    measured = pages(connection, path.stem, options.rounds)
    if missing := not_measured(measured, path.stem):
        print(f"not measured: {', '.join(missing)}", file=sys.stderr)
        return 1
    wanted = {name: addresses for name, addresses in measured.items() if options.only in name}
    with served(path, options.workers) as server:
        slow = routes(server, wanted, options.rounds)
        print(f"\nslower than {TARGET} ms at p95: {', '.join(slow) or 'none'}")
        if not options.only:
            slow += [] if download(server) < 60 else ["CSV"]
            if options.seconds:
                rate = at_once(server, measured, options.clients, options.seconds)
                slow += [] if rate >= PAGES_A_SECOND else ["pages at once"]
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(main())
