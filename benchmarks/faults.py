"""Crawl a site that fails in every way at once, until it answers well, and tell the fate of every page.

    python benchmarks/faults.py                        200 articles, the hostile section, trouble on two pages in five

The sample site's hostile section has one page for each way in which a server can answer badly for good; besides, two in
five of all other pages fail at first with status 503, 429 and Retry-After, resets in mid-body, slow bytes, truncated
gzip and wrong lengths. Between two runs robots.txt changes. Wanted: every page that ever answered well is stored, every
other has its reason, and each run ends by itself.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from newsarchive.demo import DemoSite, serve  # noqa: E402

SETTINGS = {
    "RETRY_TIMES": 1,
    "DOWNLOAD_TIMEOUT": 2,
    "DOWNLOAD_MAXSIZE": 1 << 20,
    "NEWSARCHIVE_BACKOFF": 0.5,
    "NEWSARCHIVE_LOSSES_PERCENT": 100,
}
_FATES = "SELECT state, coalesce(reason, ''), count(*) FROM frontier GROUP BY 1, 2 ORDER BY 3 DESC"
#: Runs after which every page has its fate: the attempts that a page is given, and one more.
MOST_RUNS = 8


def crawl(db: Path, base: str) -> tuple[int, float]:
    """Run a crawl; give (status, seconds)."""
    command = [sys.executable, "-m", "scrapy", "crawl", "category", "-a", "site=demo", "-a", f"base_url={base}"]
    for name, value in SETTINGS.items():
        command += ["-s", f"{name}={value}"]
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    began = time.monotonic()
    with (db.parent / "crawl.log").open("ab") as log:
        done = subprocess.run(
            command, cwd=ROOT, env=plain | {"NEWSARCHIVE_DB": str(db)}, stderr=log, check=False, timeout=600
        )
    return done.returncode, time.monotonic() - began


def main() -> int:
    """Crawl until nothing is pending and print every fate; 1 if a page that answered well is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--trouble", type=int, default=40, help="percent of the pages that fail at first")
    options = parser.parse_args()
    site = DemoSite(articles=options.articles, hostile=True, trouble=options.trouble)
    with tempfile.TemporaryDirectory(prefix="faults-") as name, serve(site) as server:
        db = Path(name) / "archive.db"
        for number in range(1, MOST_RUNS + 1):
            status, seconds = crawl(db, server.base_url)
            left = ask(db, "SELECT count(*) FROM frontier WHERE state = 'pending'")[0][0]
            print(f"run {number}: ended by itself with status {status} after {seconds:.0f} s, {left} pages pending")
            if not left:
                break
            server.site = replace(server.site, crawl_delay=0.01 * number)  # robots.txt is another one every time
            time.sleep(1)
        posts = {post.url for post in server.site.posts() if post.item.plan.shape != "broken-front-matter"}
        return report(db, posts)


def ask(db: Path, query: str) -> list[tuple[object, ...]]:
    """Ask an archive."""
    connection = sqlite3.connect(f"{db.as_uri()}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def report(db: Path, posts: set[str]) -> int:
    """Print what became of every page."""
    for state, reason, count in ask(db, _FATES):
        print(f"  {count:>5} {state}{f': {reason}' if reason else ''}")
    fates = Counter(state for (state,) in ask(db, "SELECT state FROM frontier"))
    nameless = ask(db, "SELECT url FROM frontier WHERE state <> 'done' AND reason IS NULL")
    stored = {url for (url,) in ask(db, "SELECT url FROM copies")}
    missing = {url for url in posts if url not in stored and "/hostile/" not in url}
    excused = {url for (url,) in ask(db, "SELECT url FROM frontier WHERE state = 'rejected'")}
    lost = missing - excused
    print(f"posts that answer well in the end: {len(posts)}; stored: {len(posts & stored)}; lost: {len(lost)}")
    print(f"pages without a fate: {fates['pending']}; fates without a reason: {len(nameless)}")
    for url in sorted(lost)[:5]:
        print(f"  lost: {url}")
    return int(bool(lost or nameless or fates["pending"]))


if __name__ == "__main__":
    sys.exit(main())
