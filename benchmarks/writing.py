"""Print where the milliseconds of one stored article go: merging, stories, readings, search index, commit.

    python -m benchmarks.writing [--archive FILE] [--articles 2000] [--batch 50]

Invented articles are stored as the writing process of a crawl stores them, in transactions of a batch, into a new
archive or into a copy of one (`python -m benchmarks.search` makes large ones). Milliseconds are those of the
processor, which other programs on the machine disturb less; what a part calls that is a part itself is counted there
alone. With `--batch 1` every article is a transaction of its own.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.search import Writer
from newsarchive.archive import Archive, store
from newsarchive.archive import archive as archive_module
from newsarchive.archive.copies import Copies
from newsarchive.archive.copy_keys import CopyKeys
from newsarchive.archive.history import History
from newsarchive.archive.regroup import Articles
from newsarchive.archive.store import ArticleStore
from newsarchive.crawl.writer.process import CACHE
from newsarchive.models import Article, Byline, Page, Paragraph
from newsarchive.search.index import SearchIndex
from newsarchive.stories import Stories

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 7
STARTED = datetime(2026, 3, 5, tzinfo=UTC)
#: What is timed: the words by which it is printed, where it is found, and its name there.
PARTS: tuple[tuple[str, Any, str], ...] = (
    ("transaction, commit", archive_module, "transaction"),
    ("store: the rest", ArticleStore, "store"),
    ("reading as kept", store, "observation_of"),
    ("identity and keys", store, "identity_of"),
    ("identity and keys", CopyKeys, "articles_of"),
    ("identity and keys", CopyKeys, "record"),
    ("identity and keys", Articles, "settle_key"),
    ("identity and keys", Articles, "settle_namesakes"),
    ("merging", store, "merge"),
    ("row of the article", ArticleStore, "insert"),
    ("row of its copy", Copies, "see"),
    ("row of its reading", History, "add"),
    ("stories", Stories, "link"),
    ("search index", SearchIndex, "settle"),
)


class Clock:
    """Times parts of a program that call each other; the time of the innermost counts."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._open = ["elsewhere"]
        self._since = time.process_time()

    def begin(self, part: str) -> None:
        """Begin a part."""
        self._count()
        self._open.append(part)

    def end(self) -> None:
        """End the part that was begun last."""
        self._count()
        self._open.pop()

    def _count(self) -> None:
        now = time.process_time()
        self.seconds[self._open[-1]] += now - self._since
        self._since = now


def timed(clock: Clock, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is timed as a part."""

    @wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        clock.begin(part)
        try:
            return function(*arguments, **options)
        finally:
            clock.end()

    return call


class CommitTimed:
    """A transaction whose beginning and end are timed, and what is done in it not."""

    def __init__(self, clock: Clock, part: str, transaction: Any) -> None:
        self._clock, self._part, self._transaction = clock, part, transaction

    def __call__(self, connection: Any) -> CommitTimed:
        """Return the transaction of a connection."""
        return CommitTimed(self._clock, self._part, self._transaction(connection))

    def __enter__(self) -> None:
        self._clock.begin(self._part)
        self._transaction.__enter__()
        self._clock.end()

    def __exit__(self, *raised: Any) -> Any:
        self._clock.begin(self._part)
        try:
            return self._transaction.__exit__(*raised)
        finally:
            self._clock.end()


def articles(count: int) -> list[Article]:
    """Invent articles of about 600 characters."""
    writer, made = Writer(SEED), []
    for number in range(count):
        title, body = writer.article()
        seen = STARTED + timedelta(seconds=number)
        url = f"https://press.example/{number}.html"
        made.append(
            Article(
                Page(url, "post", "press", b"", seen),
                url.removeprefix("https://"),
                title=title,
                published_at=seen,
                source=f"Medium {number % 300}",
                bylines=[Byline("author", f"Author {number % 50}")],
                paragraphs=[Paragraph(text) for text in body.split("\n\n")],
            )
        )
    return made


def write(path: Path, made: list[Article], batch: int) -> Clock:
    """Store articles in batches and return what was timed."""
    with Archive.open(path) as archive:
        archive.connection.execute(CACHE)
        archive.store(made[0], None, STARTED)  # imports what is imported late
        clock = Clock()
        for part, place, name in PARTS:
            function = getattr(place, name)
            is_transaction = place is archive_module
            setattr(place, name, CommitTimed(clock, part, function) if is_transaction else timed(clock, part, function))
        clock.begin("elsewhere")
        started = time.perf_counter()
        for first in range(1, len(made), batch):
            with archive.transaction():
                for article in made[first : first + batch]:
                    with archive.transaction():
                        archive.store(article, None, STARTED)
        seconds = time.perf_counter() - started
        clock.end()
    count = len(made) - 1
    work = sum(clock.seconds.values())
    print(f"{count} articles in batches of {batch}: {count / seconds:.0f} a second by the clock,")
    print(f"{count / work:.0f} by the processor: {work / count * 1000:.2f} milliseconds an article")
    return clock


def main() -> None:
    """Read the options, store and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, help="an archive whose copy is written to")
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--batch", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="writing-") as name:
        path = Path(name) / "archive.db"
        if options.archive is not None:
            shutil.copyfile(options.archive, path)
        clock = write(path, articles(options.articles + 1), options.batch)
    for part, seconds in clock.seconds.most_common():
        print(f"{part:24}{seconds / options.articles * 1000:8.3f}")


if __name__ == "__main__":
    main()
