"""What is found in broken feeds, sitemaps, lists and pages, and what of the rest is told; beside other libraries.

    python benchmarks/formats.py [--single] [--show 20]

Every defect of `format_documents` alone and every pair of them, in six charsets. An entry counts as found where its
address is given, a document as well read where all its entries are found and no other, or where it is told that
something was lost. Beside it, where they are installed (`pip install feedparser ultimate-sitemap-parser`), the same
bytes go to feedparser (told: `bozo`) and to ultimate-sitemap-parser (told: an invalid sitemap); `better` counts the
documents in which they find more. Then the time of documents of twice the size, for every defect. Exits with status 1
when something was lost in silence.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from calendar import timegm
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.format_documents import BASE, CHARSETS, DEFECTS, Draft, Entry, draft
from newsarchive.discovery.feed import read_feed
from newsarchive.discovery.json_list import read_json_list
from newsarchive.discovery.sitemap import read_sitemap
from newsarchive.extract import read
from newsarchive.extract.dates import parse_date
from newsarchive.models import Page
from newsarchive.sites import Feed, JsonList, Site
from newsarchive.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMS = ("rss", "atom", "sitemap", "list", "page")
PATHS = {"rss": "/feed.xml", "atom": "/feed.xml", "sitemap": "/sitemap.xml", "list": "/list.json", "page": "/a/0.html"}
NOW = datetime(2026, 3, 6, tzinfo=UTC)
SITE = Site(
    "news",
    "News",
    BASE,
    ("news.example",),
    ZoneInfo("Asia/Shanghai"),
    feeds=(Feed("/feed.xml"),),
    lists=(JsonList("/list.json", "data.items", link=("url",), title=("title",), time=("time",)),),
)
READERS: dict[str, Callable[[Page, Site], Any]] = {
    "rss": read_feed, "atom": read_feed, "sitemap": read_sitemap, "list": read_json_list
}  # fmt: skip
#: A document of twice the size may take so many times as long; what takes less (seconds) is not judged.
ALLOWED, ENOUGH = 2.6, 0.02


@dataclass(slots=True)
class Found:
    """What a reader says: address -> (title, time), and whether it told that something was lost."""

    entries: dict[str, tuple[str | None, datetime | None]]
    is_told: bool


Reader = Callable[[Draft, bytes], Found]


def ours(of: Draft, body: bytes) -> Found:
    """Read a document as a crawl does."""
    page = Page(BASE + PATHS[of.form], "listing", "news", body, NOW, headers={"content-type": of.content_type})
    if of.form == "page":
        article = read(page, SITE)
        told = any(problem.reason != "wrong-charset" for problem in article.problems)
        sentence = CHARSETS[of.label][2]
        title = article.title if sentence in article.body or told else None
        return Found({page.url: (title, article.published_at)}, told)
    listed = READERS[of.form](page, SITE)
    entries = {}
    for found in listed.articles:
        dated = parse_date(found.hints.published or "", zone=SITE.timezone, now=NOW)
        entries[found.url] = (found.hints.title, dated.when if dated else None)
    return Found(entries, listed.damage is not None)


def by_feedparser() -> Reader:
    """Return a reader of feeds that asks feedparser."""
    feedparser = import_module("feedparser")

    def read_it(of: Draft, body: bytes) -> Found:
        headers = {"content-type": of.content_type, "content-location": BASE}
        parsed = feedparser.parse(body, response_headers=headers)
        entries = {}
        for entry in parsed.entries:
            at = entry.get("published_parsed")
            url = urljoin(BASE, entry.get("link") or "")
            entries[url] = (entry.get("title"), datetime.fromtimestamp(timegm(at), UTC) if at else None)
        return Found(entries, bool(parsed.bozo))

    return read_it


def by_usp() -> Reader:
    """Return a reader of sitemaps that asks ultimate-sitemap-parser."""
    helpers, tree, objects = map(import_module, ("usp.helpers", "usp.tree", "usp.objects.sitemap"))
    client = import_module("usp.web_client.abstract_client")

    class Answer(client.AbstractWebClientSuccessResponse):  # type: ignore[misc, name-defined]
        def __init__(self, of: Draft, body: bytes) -> None:
            self.of, self.body = of, body

        def status_code(self) -> int:
            return 200

        def status_message(self) -> str:
            return "OK"

        def header(self, case_insensitive_name: str) -> str | None:
            return self.of.content_type if case_insensitive_name.lower() == "content-type" else None

        def raw_data(self) -> bytes:
            return self.body

        def url(self) -> str:
            return BASE + PATHS["sitemap"] + (".gz" if self.body.startswith(b"\x1f\x8b") else "")

    def read_it(of: Draft, body: bytes) -> Found:
        answer = Answer(of, body)
        found = tree.sitemap_from_str(helpers.ungzipped_response_content(answer.url(), answer))
        entries = {}
        for page in found.all_pages():
            story = page.news_story
            entries[page.url] = (story.title, story.publish_date) if story else (None, None)
        return Found(entries, isinstance(found, objects.InvalidSitemap))

    return read_it


@dataclass(slots=True)
class Score:
    """Sums over many documents."""

    documents: int = 0
    entries: int = 0
    found: int = 0
    right: int = 0
    wrong: int = 0
    told: int = 0
    silent: int = 0
    raised: int = 0
    #: Documents in which more is found than newsarchive finds.
    better: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, name: str, there: list[Entry], found: Found | None) -> int:
        """Count a document, and return how many entries are found; None is one at which the reader raised."""
        self.documents += 1
        self.entries += len(there)
        if found is None:
            self.raised += 1
            return 0
        known = [entry for entry in there if entry.url in found.entries]
        wrong = len(found.entries) - len({entry.url for entry in known})
        right = sum(_is_right(entry, *found.entries[entry.url]) for entry in known)
        self.found += len(known)
        self.right += right
        self.wrong += wrong
        self.told += found.is_told
        if (len(known), wrong) != (len(there), 0) and not found.is_told:
            self.silent += 1
            self.failures.append(f"lost in silence: {name}: {len(known)} of {len(there)}, {wrong} wrong")
        elif right < len(known) and not found.is_told:
            self.failures.append(f"fields: {name}: {right} of {len(known)} right")
        return len(known)

    def row(self, name: str) -> str:
        """Write a line of the table."""
        return (
            f"{name:28} {self.documents:6} {self.entries:7} {self.found / self.entries:8.2%} "
            f"{self.right / self.entries:8.2%} {self.wrong:6} {self.told:6} {self.silent:6} {self.raised:6} "
            f"{self.better:6}"
        )


def _is_right(entry: Entry, title: str | None, published: datetime | None) -> bool:
    at = published.astimezone(UTC) if published and published.tzinfo else published
    return clean(title or "") == clean(entry.title) and at == entry.published.astimezone(UTC)


def cases(form: str, *, single: bool) -> Iterator[tuple[str, ...]]:
    """Yield the defects of a form, none, alone and in pairs."""
    names = [name for name, (forms, _) in DEFECTS.items() if form in forms]
    yield ()
    yield from ((name,) for name in names)
    if not single:
        yield from combinations(names, 2)


def spoilt(form: str, label: str, defects: tuple[str, ...], number: int = 12) -> Draft:
    """Return a draft with these defects."""
    made = draft(form, label, number)
    for name in defects:
        DEFECTS[name][1](made)
    return made


def measure(readers: dict[str, tuple[tuple[str, ...], Reader]], *, single: bool) -> dict[tuple[str, str], Score]:
    """Give every document to every reader of its form."""
    scores: dict[tuple[str, str], Score] = defaultdict(Score)
    for form in FORMS:
        for defects in cases(form, single=single):
            for label in CHARSETS:
                made = spoilt(form, label, defects)
                body = made.body()
                where = f"{form} {label} {' + '.join(defects) or 'sound'}"
                most = None
                for name, (forms, reader) in readers.items():
                    if form in forms:
                        score = scores[form, name]
                        number = score.add(where, made.entries, _guarded(reader, made, body))
                        most = number if most is None else most  # newsarchive is the first
                        score.better += number > most
    return scores


def _guarded(reader: Reader, made: Draft, body: bytes) -> Found | None:
    try:
        return reader(made, body)
    except Exception:  # every way in which a reader can fail is counted
        return None


def growth() -> list[str]:
    """Return the defects with which a document of twice the size takes more than twice the time."""
    slow = []
    for form in FORMS[:-1]:
        for defects in cases(form, single=True):
            small, large = (spoilt(form, "gb2312", defects, size) for size in (800, 1600))
            pairs = [(made, made.body()) for made in (small, large)]
            least = [float("inf"), float("inf")]
            for _ in range(4):
                for n, (made, body) in enumerate(pairs):
                    began = time.process_time()
                    ours(made, body)
                    least[n] = min(least[n], time.process_time() - began)
                if least[1] < ALLOWED * least[0] or least[1] < ENOUGH:
                    break
            else:
                slow.append(
                    f"{form} {' + '.join(defects)}: {least[1] / least[0]:.2f} times the time for twice the size"
                )
    return slow


def main() -> int:
    """Print the table, the failures and what grows faster than its input."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--single", action="store_true", help="single defects alone, no pairs")
    parser.add_argument("--show", type=int, default=20, help="how many of our own failures are printed")
    arguments = parser.parse_args()
    logging.disable()  # the others say what they cannot read, document by document
    readers: dict[str, tuple[tuple[str, ...], Reader]] = {"newsarchive": (FORMS, ours)}
    for name, forms, make in (
        ("feedparser", ("rss", "atom"), by_feedparser),
        ("ultimate-sitemap-parser", ("sitemap",), by_usp),
    ):
        try:
            readers[name] = (forms, make())
        except ImportError:
            print(f"{name} is not installed, and not compared", file=sys.stderr)
    scores = measure(readers, single=arguments.single)
    print(
        f"{'form and reader':28} {'docs':>6} {'entries':>7} {'found':>8} {'right':>8} {'wrong':>6} {'told':>6}"
        f" {'silent':>6} {'raised':>6} {'better':>6}"
    )
    for (form, name), score in scores.items():
        print(score.row(f"{form} {name}"))
    own = [score for (_, name), score in scores.items() if name == "newsarchive"]
    failures = [failure for score in own for failure in score.failures]
    for failure in failures[: arguments.show]:
        print(failure)
    if len(failures) > arguments.show:
        kinds = Counter(failure.partition(":")[0] for failure in failures)
        print(f"... in all {', '.join(f'{number} {kind}' for kind, number in kinds.items())}")
    slow = growth()
    print(*(slow or ["every defect: a document of twice the size takes at most twice the time"]), sep="\n")
    return 1 if slow or any(score.silent or score.raised for score in own) else 0


if __name__ == "__main__":
    sys.exit(main())
