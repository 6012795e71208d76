"""Measure bulk reading, the lake and stories over archives, with kills.

    python -m benchmarks.bulk read --files 24 --kills 5
    python -m benchmarks.bulk lake --publishes 50 --kills 10
    python -m benchmarks.bulk stories --articles 6000

`read` has invented files read by one worker, by two, and by two of which some are killed: the outputs must be equal.
`lake` has a reader read all files of the manifest in a loop while an archive grows and is published. `stories` compares
the stories over eight archives with those of one. The status is 1 where something is not as it must be.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from benchmarks.story_corpus import corpus
from benchmarks.story_prose import Prose
from newsarchive.archive import Archive
from newsarchive.archive.connection import open_readonly
from newsarchive.bulk.queue import FileQueue
from newsarchive.models import Article, Page, Paragraph
from newsarchive.stories.across import stories_across

_PAGE = (
    '<html><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>'
    '<div class="time">2026-03-05 08:30:00</div><div id="content">{paragraphs}</div></body></html>'
)
#: Every state of an archive that is published has as many articles in each of these months.
_MONTHS = range(1, 7)


def command(folder: Path, *arguments: object) -> list[str]:
    """Return a command line of newsarchive on the archive of a folder."""
    return [sys.executable, "-m", "newsarchive", "--db", str(folder / "archive.db"), *map(str, arguments)]


def write_files(folder: Path, files: int, pages: int) -> None:
    """Write WARC files of invented pages."""
    folder.mkdir()
    prose = Prose(random.Random(5), "zh")
    for number in range(files):
        with (folder / f"{number:03}.warc.gz").open("wb") as stream:
            writer = WARCWriter(stream, gzip=True)
            for page in range(pages):
                title, paragraphs = prose.article()
                body = _PAGE.format(title=title, paragraphs="".join(f"<p>{text}</p>" for text in paragraphs)).encode()
                record = writer.create_warc_record(
                    f"http://press.example/{number}-{page}.html",
                    "response",
                    io.BytesIO(body),
                    len(body),
                    http_headers=StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1"),
                    warc_headers_dict={"WARC-Date": "2026-03-06T03:00:00Z"},
                )
                writer.write_record(record)


def digest_of(folder: Path) -> str:
    """Return a digest of all outputs of a job."""
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*.frames.gz")):
        whole.update(path.name.encode() + path.read_bytes())
    return whole.hexdigest()[:16]


def read_all(folder: Path, job: str, workers: int, kills: int) -> tuple[float, float, str]:
    """Have a job read; workers that were killed are replaced.

    Return the seconds that passed, those of processor time of all workers, and the digest of the outputs.
    """
    place = folder / job
    subprocess.run(
        command(folder, "bulk", "add", folder / "warcs" / "*", "--folder", place), check=True, capture_output=True
    )
    work = command(folder, "bulk", "work", "--processes", 1, "--folder", place, "--lease", 3)
    queue, chance = FileQueue(place), random.Random(3)
    started, busy = time.perf_counter(), _children()
    running = [subprocess.Popen(work) for _ in range(workers)]
    while kills:
        time.sleep(chance.uniform(0.5, 2))
        if queue.job().is_over:
            break
        victim = chance.randrange(workers)
        running[victim].kill()
        running[victim].wait()
        running[victim] = subprocess.Popen(work)
        kills -= 1
    for worker in running:
        worker.wait()
    if kills:
        print(f"  {kills} kills were left when all was read: take more --files")
    return time.perf_counter() - started, _children() - busy, digest_of(place)


def _children() -> float:
    """Return the processor time of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def read(options: argparse.Namespace, folder: Path) -> bool:
    """Measure reading."""
    write_files(folder / "warcs", options.files, options.pages)
    number = options.files * options.pages
    digests = set()
    alone = cost = 0.0
    for name, workers, kills in (("one", 1, 0), ("two", 2, 0), ("killed", 2, options.kills)):
        seconds, busy, digest = read_all(folder, name, workers, kills)
        alone, cost = alone or seconds, cost or busy
        digests.add(digest)
        print(
            f"{workers} workers, {kills} kills: {number:,} pages, {seconds:.1f} s, {number / seconds:.0f} pages/s,"
            f" {alone / seconds:.2f} times one; {busy:.1f} s of CPU ({busy / seconds:.2f} processors on average),"
            f" {number / busy:.0f} pages for a second of CPU: {workers * cost / busy:.2f} times one if each had a"
            f" processor of its own; digest {digest}",
            flush=True,
        )
    started = time.perf_counter()
    subprocess.run(command(folder, "bulk", "load", "--folder", folder / "one"), check=True)
    rate = number / (time.perf_counter() - started)
    bare = bare_rate(folder / "archive.db", folder / "bare.db")
    print(
        f"loading: {rate:.0f} pages/s, with raw pages, search index, stories; bare rows by executemany: {bare:,.0f} /s"
    )
    return len(digests) == 1


def bare_rate(archive: Path, bare: Path) -> float:
    """Return how many rows a second SQLite takes of the same articles and nothing else: one table without an index."""
    with closing(open_readonly(archive)) as connection:
        rows = connection.execute("SELECT * FROM articles").fetchall()
    with closing(sqlite3.connect(bare)) as connection:
        started = time.perf_counter()
        connection.execute(f"CREATE TABLE articles ({', '.join(f'c{number}' for number in range(len(rows[0])))})")
        connection.executemany(f"INSERT INTO articles VALUES ({', '.join('?' * len(rows[0]))})", rows)
        connection.commit()
        return len(rows) / (time.perf_counter() - started)


def grow(archive: Archive, state: int) -> None:
    """Store one article more in every month."""
    with archive.transaction():
        for month in _MONTHS:
            url = f"https://press.example/{month}-{state}.html"
            seen = datetime(2026, 8, 1, tzinfo=UTC)
            article = Article(Page(url, "original", "press", b"", seen), url, title=f"第{state}号泊位")
            article.published_at = datetime(2026, month, 1 + state % 28, tzinfo=UTC)
            article.paragraphs = [Paragraph(f"第{month}期第{state}篇：泊位恢复作业，货轮离港。")]
            archive.store(article, None, seen, fetched=False)


def lake(options: argparse.Namespace, folder: Path) -> bool:
    """Measure what readers of a lake see while it is published and publishers are killed."""
    from pyarrow import parquet  # noqa: PLC0415 - the others need none of it

    place = folder / "lake"
    seen: list[tuple[int, ...]] = []
    faults: list[str] = []
    is_over = threading.Event()

    def look() -> None:
        while not is_over.is_set():
            try:
                manifest = json.loads((place / "manifest.json").read_bytes())
                numbers = [parquet.read_metadata(place / one["path"]).num_rows for one in manifest["files"]]
            except FileNotFoundError as error:
                if (place / "manifest.json").exists():
                    faults.append(str(error))
                continue
            seen.append(tuple(numbers))
            if len(set(numbers)) > 1:
                faults.append(f"half a publication: {numbers}")

    reader = threading.Thread(target=look)
    chance, kills = random.Random(9), 0
    publish = command(folder, "publish", place, "--keep", 1)
    try:
        with Archive.open(folder / "archive.db") as archive:
            for state in range(options.publishes):
                grow(archive, state)
                publisher = subprocess.Popen(publish, stdout=subprocess.DEVNULL)
                if state == 0:
                    publisher.wait()
                    reader.start()
                elif state % max(1, options.publishes // options.kills) == 0 and kills < options.kills:
                    time.sleep(chance.uniform(0.3, 3))
                    kills += publisher.poll() is None
                    publisher.kill()
                publisher.wait()
        subprocess.run(publish, check=True, stdout=subprocess.DEVNULL)
    finally:
        is_over.set()
        reader.join()
    manifest = json.loads((place / "manifest.json").read_bytes())
    total = sum(parquet.read_metadata(place / one["path"]).num_rows for one in manifest["files"])
    print(
        f"{options.publishes} publishes, {kills} of them killed, {len(seen):,} readings of {len(set(seen))} states,"
        f" {len(faults)} faults; {total} of {options.publishes * len(_MONTHS)} articles in the lake"
    )
    print("\n".join(faults[:5]))
    return not faults and total == options.publishes * len(_MONTHS)


def stories(options: argparse.Namespace, folder: Path) -> bool:
    """Compare the stories over eight archives with those of one."""
    items = corpus(options.articles * 3 // 4, 5) + corpus(options.articles // 4, 6, english=True)
    for number, item in enumerate(items):
        item.key = f"{number}{item.key}"
    archives = [Archive.open(folder / f"{name}.db") for name in ("whole", *range(8))]
    whole, *parts = archives
    seconds = 0.0
    for number, item in enumerate(items):
        for archive in (whole, parts[number % 8]):
            when = item.published_at.isoformat()
            begun = time.process_time()
            with archive.transaction():
                (article_id,) = archive.connection.execute(
                    "INSERT INTO articles (article_key, title, body, published_at, published_date, url, site,"
                    " content_hash, first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?, ?, 'press', ?, ?, ?)"
                    " RETURNING id",
                    (item.key, item.title, "\n\n".join(item.paragraphs), when, when[:10], *[item.key] * 2, when, when),
                ).fetchone()
                archive.stories.link(article_id)
            seconds += (time.process_time() - begun) * (archive is whole)
    joined = [archive.connection for archive in parts]
    begun = time.process_time()
    found = stories_across(joined)
    across = time.process_time() - begun
    key = "SELECT article_key FROM articles WHERE id = ?"
    over = {frozenset(joined[archive].execute(key, (one,)).fetchone()[0] for archive, one in story) for story in found}
    group = "SELECT group_concat(article_key, ' ') FROM articles GROUP BY story_id HAVING count(*) > 1"
    of_whole = {frozenset(keys.split(" ")) for (keys,) in whole.connection.execute(group)}
    alone = {frozenset(keys.split(" ")) for part in joined for (keys,) in part.execute(group)}
    print(
        f"{len(items):,} articles: {len(of_whole):,} stories with more than one, over eight archives {len(over):,}, "
        f"{'the same' if over == of_whole else 'OTHERS'} ({len(of_whole - alone):,} of them no archive knows alone); "
        f"{across:.1f} s CPU; storing, indexing and linking them in one archive {seconds:.1f} s"
    )
    for archive in archives:
        archive.close()
    return over == of_whole


def main() -> int:
    """Measure, print, and return whether something was not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["read", "lake", "stories"])
    parser.add_argument("--files", type=int, default=24)
    parser.add_argument("--pages", type=int, default=100, help="pages in a file")
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--publishes", type=int, default=50)
    parser.add_argument("--articles", type=int, default=6000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newsarchive-bulk-") as folder:
        return int(not {"read": read, "lake": lake, "stories": stories}[options.what](options, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
