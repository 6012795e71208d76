"""Crawl a site that fails in every way at once, until it answers well, and tell the fate of every page.

    python benchmarks/faults.py                        all three parts
    python benchmarks/faults.py --part trouble         200 articles, the hostile section, trouble on two pages in five
    python benchmarks/faults.py --part passing         pages that fail first in one of 27 ways (`passing_faults`)
    python benchmarks/faults.py --part hostile         30 hostile pages in a gigabyte of memory (`hostile_pages`)

The sample site's hostile section has one page for each way in which a server can answer badly for good; besides, two in
five of all other pages fail at first with status 503, 429 and Retry-After, resets in mid-body, slow bytes, truncated
gzip and wrong lengths. Half a day passes after each of the first two runs, and robots.txt changes: the posts of one
medium are forbidden from the midst of the first run on, those of another in the second run, and its Crawl-delay is
another one every time. Wanted: every page that answered well and was allowed when it was found is stored, every other
has its reason, and each run ends by itself.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import hostile_pages  # noqa: E402
import passing_faults  # noqa: E402
from static_site import environment_of  # noqa: E402

from newsarchive.archive.connection import open_readonly  # noqa: E402
from newsarchive.demo import DemoSite, serve  # noqa: E402

if TYPE_CHECKING:
    from newsarchive.demo.reply import Reply
    from newsarchive.demo.server import RunningServer

SETTINGS = {
    "RETRY_TIMES": 1,
    "DOWNLOAD_TIMEOUT": 2,
    "DOWNLOAD_MAXSIZE": 1 << 20,
    "NEWSARCHIVE_BACKOFF": 0.5,
    "NEWSARCHIVE_ATTEMPTS": 6,
    "NEWSARCHIVE_SWEEP_HOURS": 0.001,  # every listing in every run: forbidden posts lead to none
    "NEWSARCHIVE_LOSSES_PERCENT": 100,
}
#: What differs for pages that fail for hours, and for hostile ones, which are large and are to be given up soon.
PATIENT = {"NEWSARCHIVE_BACKOFF": 300, "NEWSARCHIVE_ATTEMPTS": 10}
HASTY = {"NEWSARCHIVE_BACKOFF": 0.1, "NEWSARCHIVE_ATTEMPTS": 3, "DOWNLOAD_MAXSIZE": 16 << 20}
_FATES = "SELECT state, coalesce(reason, ''), count(*) FROM frontier GROUP BY 1, 2 ORDER BY 3 DESC"
#: Runs after which every page has its fate: the attempts that a page is given, and one more.
MOST_RUNS = 8
#: Requests after which a run is in its midst: the listings are read, and some of the pages.
MIDST = 120


@dataclass(frozen=True)
class ChangingSite(DemoSite):
    """The sample site with folders that robots.txt forbids besides its own."""

    forbidden: tuple[str, ...] = ()

    def reply(self, target: str, attempt: int = 0) -> Reply:
        """Answer for an address."""
        answer = super().reply(target, attempt)
        if target != "/robots.txt":
            return answer
        return replace(answer, body=answer.body + "".join(f"Disallow: {path}\n" for path in self.forbidden).encode())


def folders(site: DemoSite) -> list[str]:
    """Return the folders of posts that have plain names, the fullest first."""
    counts = Counter(urlsplit(post.url).path.split("/")[1] for post in site.posts())
    return [f"/{name}/" for name, _ in counts.most_common() if name.isascii() and name.isalnum()]


def crawl(db: Path, server: RunningServer, meanwhile: tuple[str, ...] = ()) -> tuple[int, float]:
    """Run a crawl, in the midst of which robots.txt forbids what `meanwhile` names; give (status, seconds)."""
    command = [
        *(sys.executable, "-m", "scrapy", "crawl", "category"),
        *("-a", "site=demo", "-a", f"base_url={server.base_url}"),
    ]
    for name, value in SETTINGS.items():
        command += ["-s", f"{name}={value}"]
    began = time.monotonic()
    asked = len(server.requests)
    with (db.parent / "crawl.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment_of(db), stderr=log)
        while process.poll() is None and time.monotonic() - began < 600:
            if meanwhile and len(server.requests) - asked >= MIDST:
                server.site = replace(server.site, forbidden=meanwhile)
            time.sleep(0.02)
        process.kill()
    return process.wait(), time.monotonic() - began


def run_spider(db: Path, site: str, environment: dict[str, str], memory: int | None = None) -> int:
    """Crawl a site; with `memory`, in so many bytes of address space a process."""
    command = [sys.executable, "-m", "scrapy", "crawl", "category", "-a", f"site={site}"]
    for name, value in (SETTINGS | (PATIENT if memory is None else HASTY)).items():
        command += ["-s", f"{name}={value}"]
    with (db.parent / "crawl.log").open("ab") as log:
        return subprocess.run(
            command,
            cwd=ROOT,
            env=environment_of(db, **environment),
            stderr=log,
            preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory))) if memory else None,
            check=False,
        ).returncode


def passing(pages: int) -> int:
    """Crawl a site whose pages fail at first, for two days; 1 if a page is missing or a text is wrong."""
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        found = passing_faults.measure(Path(name), pages, run_spider)
    print(
        f"pages that failed first in one of {len(passing_faults.WAYS)} ways: {found.pages}; collected in"
        f" {found.runs} runs of {passing_faults.DAYS} simulated days: {found.collected}; wrong texts: {found.wrong}"
    )
    for way, count in found.missing.items():
        print(f"  missing or wrong: {count} x {way}")
    return int(bool(found.missing or found.wrong))


def hostile() -> int:
    """Crawl a site of hostile pages; 1 if a good page is missing or a hostile one is not given up."""
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        found = hostile_pages.measure(
            Path(name), lambda db, site, more: run_spider(db, site, more, hostile_pages.MEMORY)
        )
    print(
        f"hostile pages: {len(found.fates)}, good pages beside them: {found.good}; collected:"
        f" {found.collected}; wrong texts: {found.wrong}; statuses of the runs: {found.statuses}"
    )
    for page, fate in found.fates.items():
        print(f"  {page:28} {fate}")
    return int(not found.is_good)


def main() -> int:
    """Run the parts that were asked for; 1 if one of them does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("all", "trouble", "passing", "hostile"), default="all")
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--trouble", type=int, default=40, help="percent of the pages that fail at first")
    options = parser.parse_args()
    parts = {
        "trouble": lambda: trouble(options.articles, options.trouble),
        "passing": lambda: passing(options.articles),
        "hostile": hostile,
    }
    return max(part() for name, part in parts.items() if options.part in ("all", name))


def trouble(articles: int, percent: int) -> int:
    """Crawl until nothing is pending and print every fate; 1 if a page that answered well is missing."""
    site = ChangingSite(articles=articles, hostile=True, trouble=percent)
    always, once = folders(site)[:2]
    with tempfile.TemporaryDirectory(prefix="faults-") as name, serve(site) as server:
        db = Path(name) / "archive.db"
        for number in range(1, MOST_RUNS + 1):
            status, seconds = crawl(db, server, meanwhile=(always,) if number == 1 else ())
            left = ask(db, "SELECT count(*) FROM frontier WHERE state = 'pending'")[0][0]
            print(f"run {number}: ended by itself with status {status} after {seconds:.0f} s, {left} pages pending")
            if not left and number > 2:
                break
            forbidden = (always, once) if number == 1 else (always,)
            server.site = replace(server.site, forbidden=forbidden, crawl_delay=0.01 * number)
            if number <= 2:
                server.advance(hours=12)
            time.sleep(1)
        posts = {post.url for post in server.site.posts() if post.item.plan.shape != "broken-front-matter"}
        return report(db, posts, {always: "from the midst of run 1 on", once: "in run 2"})


def ask(db: Path, query: str) -> list[tuple[object, ...]]:
    """Ask an archive."""
    with closing(open_readonly(db)) as connection:
        return connection.execute(query).fetchall()


def report(db: Path, posts: set[str], forbidden: dict[str, str]) -> int:
    """Print what became of every page."""
    for state, reason, count in ask(db, _FATES):
        print(f"  {count:>5} {state}{f': {reason}' if reason else ''}")
    stored = {url for (url,) in ask(db, "SELECT url FROM copies")}
    blocked = {url for (url,) in ask(db, "SELECT url FROM frontier WHERE state = 'blocked' AND reason = 'robots'")}
    for folder, when in forbidden.items():
        here = {url for url in posts if urlsplit(url).path.startswith(folder)}
        fates = f"{len(here & stored)} stored, {len(here & blocked)} blocked, {len(here - stored - blocked)} neither"
        print(f"forbidden {when}: {len(here)} posts of {folder}: {fates}")
    excused = {url for (url,) in ask(db, "SELECT url FROM frontier WHERE state = 'rejected'")} | {
        url for url in blocked if urlsplit(url).path.startswith(tuple(forbidden))
    }
    lost = {url for url in posts - stored - excused if "/hostile/" not in url}
    pending = ask(db, "SELECT count(*) FROM frontier WHERE state = 'pending'")[0][0]
    nameless = ask(db, "SELECT url FROM frontier WHERE state <> 'done' AND reason IS NULL")
    print(f"posts that answer well in the end: {len(posts)}; stored: {len(posts & stored)}; lost: {len(lost)}")
    print(f"pages without a fate: {pending}; fates without a reason: {len(nameless)}")
    for url in sorted(lost)[:5]:
        print(f"  lost: {url}")
    return int(bool(lost or nameless or pending))


if __name__ == "__main__":
    sys.exit(main())
